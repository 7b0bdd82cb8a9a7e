"""What can be said of a rule without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from scanner.engine.rego_reads import NotRead, reads_of
from scanner.engine.regorus import EngineFault
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.rule import Rule

CASES = ("bad", "good", "unknown")

# Over nodes these decide on what is listed; `some` and `every` know that there may be more.
_TWO_VALUED = frozenset(("all", "any", "bool", "len", "max", "min", "sorted", "sum"))
_ITERATORS = frozenset(("into", "out"))
_HOLE = re.compile(r"\{(\w*)\}")


def lint(rules: Sequence[Rule], fixtures: Path | None = None) -> list[Diagnostic]:
    """An error diagnostic `rule-lint` for each thing that is wrong, by rule. With `fixtures`, every rule must
    have its three examples there."""
    found: list[Diagnostic] = []
    for rule in rules:
        for check in _CHECKS:
            found.extend(_said(rule, text) for text in check(rule))
        if fixtures is not None:
            found.extend(_said(rule, text) for text in _examples(rule, fixtures))
    return found


def folder(rule: Rule, fixtures: Path) -> Path:
    """Where a rule's examples lie: `fixtures/<principle>/<name>`, in snake_case."""
    return fixtures.joinpath(*rule.id.replace("-", "_").split("/"))


def _said(rule: Rule, text: str) -> Diagnostic:
    place = f" ({rule.path.name})" if rule.path else ""
    return Diagnostic(Level.ERROR, "rule-lint", f"{rule.id}{place}: {text}")


def _texts(rule: Rule) -> Iterator[str]:
    if not rule.description:
        yield "it has no description"
    if not rule.remedy:
        yield "it has no `## Remedy`"


def _message(rule: Rule) -> Iterator[str]:
    """`{node}`, `{kind}` and names that the rule hands over as values; braces are never bare."""
    given = {"node", "kind", *_value_names(rule)}
    for hole in _HOLE.finditer(rule.message):
        if hole[1] not in given:
            yield f"its message asks for {{{hole[1]}}}, which it never gives"
    if "{node}" not in rule.message:
        yield "its message does not name the {node}"


def _value_names(rule: Rule) -> set[str]:
    """Keys of the `values` that a rule's text gives: the string keys that stand in it."""
    if rule.check is None:
        return set(re.findall(r'"(\w+)"\s*:', rule.source))
    tree = _tree(rule)
    names = {key.value for each in ast.walk(tree) if isinstance(each, ast.Dict) for key in each.keys
             if isinstance(key, ast.Constant) and isinstance(key.value, str)}  # fmt: skip
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    if any(isinstance(call.func, ast.Name) and call.func.id == "together" for call in calls):
        names.add("what")  # scanner.rule.together gives it
    return names | {word.arg for call in calls for word in call.keywords if word.arg}


def _two_valued(rule: Rule) -> Iterator[str]:
    """`any(node.out(...))` and its like: directly, over a comprehension, through a list or a name."""
    if rule.check is None:
        return
    tree = _tree(rule)
    held = _held(tree)
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        if call.func.id in _TWO_VALUED and any(_iterates(argument, held) for argument in call.args):
            yield f"line {call.lineno}: {call.func.id}() over a relation; use some() or every()"


def _held(tree: ast.AST) -> frozenset[str]:
    """Names that are given a relation's nodes, through other such names too."""
    held: frozenset[str] = frozenset()
    assigned = [each for each in ast.walk(tree) if isinstance(each, ast.Assign)]
    for _ in assigned:
        names = (name for each in assigned if _iterates(each.value, held) for name in each.targets)
        held = held | {name.id for name in names if isinstance(name, ast.Name)}
    return held


def _iterates(value: ast.expr, held: frozenset[str]) -> bool:
    if isinstance(value, ast.Name):
        return value.id in held
    if isinstance(value, ast.Call):
        function = value.func
        if isinstance(function, ast.Attribute):
            return function.attr in _ITERATORS
        through = isinstance(function, ast.Name) and function.id in ("list", "set", "tuple", "filter", "map")
        return through and any(_iterates(inner, held) for inner in value.args)
    if isinstance(value, (ast.GeneratorExp, ast.ListComp, ast.SetComp)):
        return any(_iterates(clause.iter, held) for clause in value.generators)
    return False


def _tree(rule: Rule) -> ast.AST:
    return ast.parse(rule.path.read_text("utf-8")) if rule.path is not None else ast.Module([], [])


def _reads(rule: Rule) -> Iterator[str]:
    """A Rego rule's `reads` are what its text reads, no more and no less."""
    if rule.check is not None:
        return
    try:
        used = reads_of(rule)
    except (EngineFault, NotRead) as fault:
        yield str(fault)
        return
    declared = set(rule.reads)
    for name in sorted(used - declared):
        yield f"it reads {name}, which `reads` does not list"
    for name in sorted(declared - used):
        yield f"`reads` lists {name}, which it does not read"


def _examples(rule: Rule, fixtures: Path) -> Iterator[str]:
    place = folder(rule, fixtures)
    for case in CASES:
        if not (place / case).is_dir():
            yield f"no example {place.parent.name}/{place.name}/{case}"


_CHECKS: tuple[Callable[[Rule], Iterator[str]], ...] = (_texts, _message, _two_valued, _reads)
