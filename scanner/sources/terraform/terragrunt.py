"""Terragrunt files: what one of them says, with what it includes; see units.py for what becomes of it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from scanner.hcl.errors import EvaluationError
from scanner.hcl.evaluate import evaluate
from scanner.hcl.parse import parse
from scanner.hcl.syntax import Attribute, Block, Body, Expression, Literal, Object, Traversal
from scanner.hcl.values import to_plain
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span
from scanner.model.settings import Aws
from scanner.model.value import Cause, Unknown, Value, unwrap
from scanner.sources.terraform.files import ModuleFiles, within
from scanner.sources.terraform.terragrunt_functions import TerragruntFunction, functions
from scanner.sources.tree import Tree

FILE = "terragrunt.hcl"
MOST_DEPTH = 16  # of files that read one another
Outputs = Callable[[str], "Mapping[str, Value] | Unknown"]


@dataclass(slots=True)
class Reading:
    """What all Terragrunt files of a scan share: the tree, parsed bodies, diagnostics.

    `outputs` gives what the unit in a directory puts out, Unknown where that cannot be told.
    """

    tree: Tree
    aws: Aws
    diagnostics: list[Diagnostic]
    outputs: Outputs
    depth: int = 0
    _bodies: dict[str, Body] = field(default_factory=dict)

    def body(self, path: str) -> Body:
        """The parsed file, empty where it cannot be read."""
        body = self._bodies.get(path)
        if body is None:
            file = self.tree.read(path)
            body, found = parse(file.text, path) if file is not None else (Body({}, [], 0, 0), [])
            self.diagnostics.extend(found)
            self._bodies[path] = body
        return body


class Configuration:
    """One Terragrunt file as a unit sees it: a place for functions, and the scope of its own expressions.

    `origin` is the file whose directory counts (see terragrunt_functions), `child` the one that includes this one.
    """

    def __init__(
        self, reading: Reading, path: str, origin: str = "", unit: str = "", child: Configuration | None = None
    ) -> None:
        self.reading = reading
        self.path = path
        self.origin = origin or path
        self.unit = unit or self.origin
        self.child = child
        self.body = reading.body(path)
        self.functions: Mapping[str, TerragruntFunction] = functions(self)
        folder = posixpath.dirname(self.origin) or "."
        self.files = ModuleFiles(reading.tree, folder, folder)
        self._locals: dict[str, Value] = {}
        self._active: set[str] = set()
        self._includes: dict[str, Configuration] | None = None
        self._dependencies: dict[str, Value] = {}

    @property
    def tree(self) -> Tree:
        return self.reading.tree

    @property
    def aws(self) -> Aws:
        return self.reading.aws

    # blocks

    def blocks(self, type: str) -> Iterator[Block]:
        return (block for block in self.body.blocks if block.type == type)

    @property
    def includes(self) -> dict[str, Configuration]:
        """The files that this one includes, by label, in the order of the text."""
        if self._includes is None:
            self._includes = {}
            if self.child is None:  # what is included cannot include further
                for block in self.blocks("include"):
                    found = self._include(block)
                    if found is not None:
                        self._includes[block.labels[0] if block.labels else ""] = found
        return self._includes

    def _include(self, block: Block) -> Configuration | None:
        attribute = block.body.attributes.get("path")
        value = unwrap(self.value(attribute.expr)) if attribute is not None else None
        name = within(value, posixpath.dirname(self.path) or ".") if isinstance(value, str) else None
        if name is not None and self.tree.exists(name):
            return Configuration(self.reading, name, self.origin, self.unit, self)
        if not isinstance(value, Unknown) or value.cause is not Cause.FAULT:
            told = (
                f"include {' '.join(block.labels)}: {value if isinstance(value, str) else 'its path'} is not here"
            )
            self.tell("module-include", told, Span(self.path, block.start, block.header_end))
        return None

    def chain(self) -> Iterator[tuple[Configuration, str]]:
        """This file and what it includes, the strongest first, each with how it is merged."""
        yield self, "shallow"
        strategies = {
            block.labels[0] if block.labels else "": self._strategy(block) for block in self.blocks("include")
        }
        for name, included in reversed(self.includes.items()):
            if strategies[name] != "no_merge":
                yield included, strategies[name]

    def _strategy(self, block: Block) -> str:
        attribute = block.body.attributes.get("merge_strategy")
        value = attribute.expr.value if attribute is not None and isinstance(attribute.expr, Literal) else None
        return value if isinstance(value, str) else "shallow"

    def labelled(self, type: str) -> dict[str, tuple[Configuration, Block]]:
        """The blocks of a type by label, over all that is included; the strongest counts."""
        found: dict[str, tuple[Configuration, Block]] = {}
        for each, _ in self.chain():
            for block in each.blocks(type):
                found.setdefault(block.labels[0] if block.labels else "", (each, block))
        return found

    # what is merged

    def inputs(self) -> Value:
        """The inputs of the unit: a dict of values, or Unknown where a part of it cannot be told."""
        merged: Value = {}
        for each, strategy in self.chain():
            attribute = each.body.attributes.get("inputs")
            if attribute is not None:
                merged = _merged(each.value(attribute.expr), merged, deep=strategy == "deep")
        return merged

    def inputs_written(self) -> dict[str, Span]:
        """Where inputs are written out by name."""
        found: dict[str, Span] = {}
        for each, _ in self.chain():
            attribute = each.body.attributes.get("inputs")
            expr = attribute.expr if attribute is not None else None
            for key, value in expr.items if isinstance(expr, Object) else ():
                name = key.root if isinstance(key, Traversal) else getattr(key, "value", None)
                if isinstance(name, str):
                    found.setdefault(name, Span(each.path, key.start, value.end))
        return found

    def source(self) -> tuple[Value, Span] | None:
        """`terraform { source }` and where it stands; None where no file says one."""
        for each, _ in self.chain():
            for block in each.blocks("terraform"):
                attribute = block.body.attributes.get("source")
                if attribute is not None:
                    span = Span(each.path, attribute.start, attribute.end)
                    return unwrap(each.value(attribute.expr)), span
        return None

    def exposed(self) -> dict[str, Value]:
        """The whole file as `read_terragrunt_config` and `include.x` show it."""
        told: dict[str, Value] = {"locals": self._all_locals(), "inputs": self.inputs()}
        source = self.source()
        if source is not None:
            told["terraform"] = {"source": source[0]}
        return told

    def configuration(self, path: str) -> Value:
        if self.reading.depth >= MOST_DEPTH:
            raise EvaluationError(f"{path} is read by what it reads")
        self.reading.depth += 1
        try:
            return Configuration(self.reading, path, unit=self.unit).exposed()
        finally:
            self.reading.depth -= 1

    def included(self, name: str) -> str | None:
        if self.child is not None and not name:
            return self.path
        known = self.child.includes if self.child is not None else self.includes
        found = known.get(name) if name or "" in known else next(iter(known.values()), None)
        return found.path if found is not None else None

    # expressions

    def value(self, expr: Expression) -> Value:
        """The value of an expression of this file; Unknown, with a diagnostic, where there is none."""
        try:
            return to_plain(evaluate(expr, self))
        except EvaluationError as error:
            span = Span(self.path, *(error.span or (expr.start, expr.end)))
            self.tell("evaluate-expression", error.message, span)
            return Unknown(error.message, Cause.FAULT)

    def tell(self, code: str, summary: str, span: Span, remedy: str = "", level: Level = Level.WARNING) -> None:
        found = Diagnostic(level, code, summary, span, remedy)
        if found not in self.reading.diagnostics:
            self.reading.diagnostics.append(found)

    def resolve(self, root: str, steps: tuple[str | int, ...]) -> tuple[Value, int]:
        """The value of a name in this file, and how many of the steps after it that takes."""
        first = steps[0] if steps else None
        if root == "local" and isinstance(first, str):
            return self._local(first), 1
        if root == "include":
            return self._of_include(steps)
        if root == "dependency" and isinstance(first, str):
            return self._dependency(first), 1
        if root == "feature" and isinstance(first, str):
            return self._feature(first), 1
        if root in ("values", "unit", "stack"):
            return Unknown(f"{root} is given by a stack, which is not read", Cause.OUTSIDE_SCAN), len(steps)
        raise EvaluationError(f'there is no "{root}" in a Terragrunt file')

    def _written(self, name: str) -> Attribute | None:
        for block in self.blocks("locals"):
            if name in block.body.attributes:
                return block.body.attributes[name]
        return None

    def _local(self, name: str) -> Value:
        if name in self._locals:
            return self._locals[name]
        attribute = self._written(name)
        if attribute is None:
            raise EvaluationError(f"local.{name} is not declared")
        if name in self._active:
            raise EvaluationError(f"local.{name} depends on itself")
        self._active.add(name)
        try:
            self._locals[name] = self.value(attribute.expr)
        finally:
            self._active.discard(name)
        return self._locals[name]

    def _all_locals(self) -> dict[str, Value]:
        return {name: self._local(name) for block in self.blocks("locals") for name in block.body.attributes}

    def _of_include(self, steps: tuple[str | int, ...]) -> tuple[Value, int]:
        known = self.child.includes if self.child is not None else self.includes
        taken = 0 if "" in known else 1
        name = str(steps[0]) if taken and steps else ""
        if name not in known:
            raise EvaluationError(f'there is no include "{name}" that can be read')
        found, rest = known[name], steps[taken:]
        if len(rest) > 1 and rest[0] == "locals":
            return found._local(str(rest[1])), taken + 2
        return found.exposed(), taken

    def _feature(self, name: str) -> Value:
        """A feature flag has its default unless the command line sets it, which is not known."""
        for block in self.blocks("feature"):
            if block.labels == (name,):
                attribute = block.body.attributes.get("default")
                return {"value": self.value(attribute.expr) if attribute is not None else None}
        raise EvaluationError(f"feature.{name} is not declared")

    # other units

    def _dependency(self, name: str) -> Value:
        top = self.child or self
        found = self._dependencies.get(name)
        if found is None:
            where = top.labelled("dependency").get(name)
            if where is None:
                raise EvaluationError(f'there is no dependency "{name}" here')
            found = self._dependencies[name] = where[0]._of_dependency(name, where[1])
        return found

    def _of_dependency(self, name: str, block: Block) -> Value:
        """A dependency's outputs: what its unit puts out, else its mocks, else Unknown."""
        attributes = block.body.attributes
        path = unwrap(self.value(attributes["config_path"].expr)) if "config_path" in attributes else None
        folder = within(path, posixpath.dirname(self.origin) or ".") if isinstance(path, str) else None
        why = f'dependency "{name}": {path if isinstance(path, str) else "its path"} is not part of this scan'
        told: Mapping[str, Value] | Unknown = Unknown(why, Cause.OUTSIDE_SCAN)
        if folder is not None:
            told = self.reading.outputs(folder)
        mocks = unwrap(self.value(attributes["mock_outputs"].expr)) if "mock_outputs" in attributes else None
        mocks = mocks if isinstance(mocks, dict) else {}
        if isinstance(told, Unknown):
            return {"outputs": mocks or told, "inputs": told}
        return {"outputs": {**mocks, **told}, "inputs": Unknown(why, Cause.OUTSIDE_SCAN)}


def _merged(under: Value, over: Value, *, deep: bool) -> Value:
    """One map laid over another; deep joins maps and lists within."""
    under, over = unwrap(under), unwrap(over)
    if isinstance(under, Unknown) or isinstance(over, Unknown):
        return over if isinstance(over, Unknown) else under
    if not isinstance(under, dict) or not isinstance(over, dict):
        return under if over is None else over
    if not deep:
        return {**under, **over}
    told = dict(under)
    for name, value in over.items():
        before = told.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            told[name] = _merged(before, value, deep=True)
        elif isinstance(before, list) and isinstance(value, list):
            told[name] = [*before, *value]
        else:
            told[name] = value
    return told
