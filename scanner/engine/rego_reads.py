"""Which attributes and relations a Rego rule's text reads, from the engine's syntax tree.

Variables are followed from `input.kinds.K` through `some x in`, `:=`, `=`, `every` and arguments of the file's
own functions. A field that is computed (`node[attribute]`) counts as every attribute whose name stands in the
text as a string.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from scanner.engine.regorus import guarded, new_engine
from scanner.model.kinds import COMMON, KINDS, RELATIONS
from scanner.model.rule import Rule

# What every node has and no one needs to declare.
_GIVEN = frozenset(("id", "kind", "layer", "planes", "tier", "$unknown"))
_SELECTED = ""  # the kind of a node that was taken from `input.kinds[kind]`

Tree = Any  # dictionaries and lists, as the engine writes them


class NotRead(Exception):
    """The text iterates over no kind, so that nothing can be said of its reads."""


def reads_of(rule: Rule) -> set[str]:
    """Attributes and relations in the form of `reads`: plain for selected kinds, `KIND.attribute` for others.
    Raises EngineFault where the text does not parse, NotRead."""
    engine = new_engine()
    guarded(engine.add_policy, f"{rule.id}.rego", rule.source)
    modules = orjson.loads(engine.get_ast_as_json())
    text = _Text(rule, modules[0]["ast"]["rules"])
    text.follow()
    if not text.nodes:
        raise NotRead("it takes no node from input.kinds")
    return set(text.reads())


@dataclass(slots=True)
class _Text:
    """The rules of one file; `nodes` maps (rule number, variable) to the kinds of the nodes it may hold."""

    rule: Rule
    parts: list[Tree]
    nodes: dict[tuple[int, str], set[str]] = field(default_factory=dict)
    sets: dict[str, set[str]] = field(default_factory=dict)

    def follow(self) -> None:
        """Bind variables until nothing new is learned: functions are called before and after they stand."""
        before = -1
        while before != (before := self._learned()):
            for number, part in enumerate(self.parts):
                self._head(number, part)
                for step in _walk(part):
                    self._bind(number, step)

    def _learned(self) -> int:
        return sum(map(len, self.nodes.values())) + sum(map(len, self.sets.values()))

    def reads(self) -> Iterator[str]:
        strings = {step["String"]["value"] for part in self.parts for step in _walk(part) if "String" in step}
        for number, part in enumerate(self.parts):
            for step in _walk(part):
                for kind, name in self._fields(number, step, strings):
                    if name not in _GIVEN:
                        yield name if kind in (_SELECTED, *self.rule.selects) else f"{kind}.{name}"
        for part in self.parts:
            yield from self._relations(part)

    # binding

    def _head(self, number: int, part: Tree) -> None:
        """`stores := input.kinds.object_store` and `stores contains x` name sets of nodes."""
        head = part.get("Spec", {}).get("head", {})
        if "Compr" in head and head["Compr"].get("assign"):
            name = _name(head["Compr"]["refr"])
            self.sets.setdefault(name, set()).update(self._kinds_in(head["Compr"]["assign"]["value"]))
        if "Set" in head and head["Set"].get("key"):
            name = _name(head["Set"]["refr"])
            self.sets.setdefault(name, set()).update(self._kinds_of(number, head["Set"]["key"]))

    def _bind(self, number: int, step: Tree) -> None:
        if "SomeIn" in step:
            self._hold(number, step["SomeIn"]["value"], self._kinds_in(step["SomeIn"]["collection"]))
        elif "Every" in step:
            self._hold(number, self._token(step["Every"]["value"]), self._kinds_in(step["Every"]["domain"]))
        elif "AssignExpr" in step:
            left, right = step["AssignExpr"]["lhs"], step["AssignExpr"]["rhs"]
            self._hold(number, left, self._kinds_of(number, right))
        elif "Call" in step:
            self._call(number, step["Call"])

    def _call(self, number: int, call: Tree) -> None:
        """Arguments of the file's own functions hold what they are called with."""
        name = _name(call["fcn"])
        for other, part in enumerate(self.parts):
            head = part.get("Spec", {}).get("head", {}).get("Func")
            if head and _name(head["refr"]) == name:
                for parameter, argument in zip(head["args"], call["params"], strict=False):
                    self._hold(other, parameter, self._kinds_of(number, argument))

    def _token(self, span: Tree) -> Tree:
        """The variable of `every x in`, which the tree gives as a span of bytes only."""
        text = self.rule.source.encode()[span["start"] : span["end"]].decode()
        return {"Var": {"value": text}}

    def _hold(self, number: int, variable: Tree, kinds: set[str]) -> None:
        name = _name(variable)
        if name and kinds:
            self.nodes.setdefault((number, name), set()).update(kinds)

    def _kinds_in(self, collection: Tree) -> set[str]:
        """Kinds of the nodes in a collection: `input.kinds.K`, `input.kinds[k]`, a set of the file's own."""
        path = _path(collection)
        if path[:2] == ["input", "kinds"] and len(path) == 3:
            return {path[2] or _SELECTED}
        return self.sets.get(path[0] or "", set()) if len(path) == 1 else set()

    def _kinds_of(self, number: int, value: Tree) -> set[str]:
        """Kinds of the node that an expression is: a variable, or one element of a collection."""
        if "Var" in value:
            return self.nodes.get((number, value["Var"]["value"]), set())
        if "RefBrack" in value:
            return self._kinds_in(value["RefBrack"]["refr"])
        return set()

    # reading

    def _fields(self, number: int, step: Tree, strings: set[str]) -> Iterator[tuple[str, str]]:
        """(kind, attribute) of an access: `node.x`, `node["x"]`, `node[x]`, `object.get(node, "x", _)`."""
        if "RefDot" in step and step["RefDot"].get("field"):
            kinds = self._kinds_of(number, step["RefDot"]["refr"])
            yield from ((kind, step["RefDot"]["field"][1]) for kind in kinds)
        elif "RefBrack" in step:
            kinds = self._kinds_of(number, step["RefBrack"]["refr"])
            index = step["RefBrack"]["index"]
            for kind in kinds:
                names = [index["String"]["value"]] if "String" in index else sorted(strings)
                yield from ((kind, name) for name in names if "String" in index or self._has(kind, name))
        elif "Call" in step and _path(step["Call"]["fcn"]) == ["object", "get"]:
            node, name = step["Call"]["params"][:2]
            if "String" in name:
                yield from ((kind, name["String"]["value"]) for kind in self._kinds_of(number, node))

    def _has(self, kind: str, name: str) -> bool:
        kinds = self.rule.selects if kind == _SELECTED else (kind,)
        common = any(each.name == name for each in COMMON)
        return common or any(KINDS[each].has(name) for each in kinds if each in KINDS)

    def _relations(self, part: Tree) -> Iterator[str]:
        """`input.relations.NAME`; it may be listed plainly, or as KIND.NAME for a hop further on."""
        for step in _walk(part):
            path = _path(step)
            if path[:2] == ["input", "relations"] and len(path) == 3 and path[2] in RELATIONS:
                listed = [name for name in self.rule.reads if name.rpartition(".")[2] == path[2]]
                yield from listed or [path[2]]


def _walk(tree: Tree) -> Iterator[Tree]:
    stack = [tree]
    while stack:
        step = stack.pop()
        if isinstance(step, dict):
            yield step
            stack.extend(step.values())
        elif isinstance(step, list):
            stack.extend(step)


def _path(tree: Tree) -> list[str | None]:
    """`input.kinds.x` as its names, None for what is computed; [] for what is no reference."""
    if not isinstance(tree, dict):
        return []
    if "Var" in tree:
        return [tree["Var"]["value"]]
    for form in ("RefDot", "RefBrack"):
        if form in tree:
            inner = _path(tree[form]["refr"])
            return [*inner, _step(tree[form])] if inner else []
    return []


def _step(reference: Tree) -> str | None:
    if "field" in reference:
        return str(reference["field"][1]) if reference["field"] else None
    index = reference["index"]
    return str(index["String"]["value"]) if "String" in index else None


def _name(tree: Tree) -> str:
    """The variable that an expression is, or "" for anything else."""
    path = _path(tree)
    return path[0] or "" if len(path) == 1 else ""
