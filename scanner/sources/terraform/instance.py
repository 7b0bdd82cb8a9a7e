"""One module as called: its values, worked out when they are asked for, each once.

Everything that can be asked for is an Item. Before an item is worked out, the items that its expressions name
are, on an explicit stack, so that a chain of a thousand locals needs no deep recursion, and a cycle is found
instead of followed. Nothing here knows a provider but for the pure data sources in `pure.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from scanner.hcl.errors import EvaluationError
from scanner.hcl.evaluate import evaluate
from scanner.hcl.syntax import Expression
from scanner.model.address import Address
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span
from scanner.model.resource import Call
from scanner.model.value import Cause, Unknown, Value
from scanner.sources.terraform.module import Declared, Module

Key = str | int | None


class Item(NamedTuple):
    """Something of one module instance: `what` is var, local, output, resource, data or call."""

    owner: Instance
    what: str
    name: str

    def __repr__(self) -> str:
        return f"{self.owner.prefix}{self.what}.{self.name}"

    @property
    def shown(self) -> str:
        """The item as Terraform names it in a reference."""
        lead = {"resource": "", "call": "module."}.get(self.what, f"{self.what}.")
        return f"{self.owner.prefix}{lead}{self.name}"


class Expansion(NamedTuple):
    """The instances of a block: their keys, `each.value` per key, and why they cannot be told (if so)."""

    keys: tuple[Key, ...]
    values: dict[Key, Value]
    unknown: Unknown | None
    form: str  # "single", "count" or "for_each"


SINGLE = Expansion((None,), {}, None, "single")


class Instance:
    """One call of a module, or the root module itself."""

    def __init__(
        self,
        module: Module,
        root: str,
        parent: Instance | None = None,
        call: Declared | None = None,
        key: Key = None,
        scope: dict[str, Value] | None = None,
    ) -> None:
        self.module = module
        self.root = root
        self.parent = parent
        self.call = call
        self.scope = scope or {}
        name = call.block.labels[0] if call else ""
        self.prefix: str = f"{parent.prefix}module.{name}{shown_key(key)}." if parent and call else ""
        self.calls: tuple[Call, ...] = ()
        if parent and call:
            self.calls = (*parent.calls, Call(self.prefix[:-1], call.header))
        self.values: dict[tuple[str, str], Value] = {}
        self.expansions: dict[tuple[str, str], Expansion] = {}
        self.children: dict[str, dict[Key, Instance]] = {}
        self.absent: dict[str, Unknown] = {}
        self.given: dict[str, Value] = {}
        self.written: Mapping[str, Span] = {}  # where the values of a root's variables are given, if in the tree
        self.presence: Unknown | None = parent.presence if parent else None

    def __repr__(self) -> str:
        return f"Instance({self.root}:{self.prefix})"

    def address(self, name: str) -> Address:
        return Address("tf", self.root, self.prefix + name)

    @property
    def depth(self) -> int:
        return len(self.calls)

    def ancestors(self) -> Iterator[Instance]:
        """This instance and those that called it, innermost first."""
        here: Instance | None = self
        while here is not None:
            yield here
            here = here.parent


def shown_key(key: Key) -> str:
    """An instance key as addresses show it: `[0]`, `["a"]`, or nothing."""
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    escaped = escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return f'["{escaped}"]'


class Frame:
    """The scope of one expression: the module instance, with `each`, `count`, `self` and iterators on top."""

    __slots__ = ("_engine", "instance", "names", "presence")

    def __init__(
        self, engine: Any, instance: Instance, names: dict[str, Value], presence: Unknown | None = None
    ) -> None:
        self._engine = engine
        self.instance = instance
        self.names = names
        self.presence = instance.presence if presence is None else presence

    @property
    def files(self) -> Any:
        return self._engine.files_of(self.instance)

    @property
    def functions(self) -> Any:
        """What the providers of the module add to Terraform's own."""
        return self.instance.module.functions

    def resolve(self, root: str, steps: tuple[str | int, ...]) -> tuple[Value, int]:
        """The value of a variable and how many of the literal steps after it were taken."""
        if root in self.names:
            return self.names[root], 0
        found: tuple[Value, int] = self._engine.resolve(self.instance, root, steps)
        return found

    def within(self, names: dict[str, Value]) -> Frame:
        """The same scope with further names (the iterator of a dynamic block)."""
        return Frame(self._engine, self.instance, {**self.names, **names}, self.presence)


def attempt(expr: Expression, frame: Frame, path: str, diagnostics: list[Diagnostic]) -> Value:
    """The value of an expression; where Terraform would refuse it, Unknown and a diagnostic.

    In a block that is perhaps not there, what would be refused if it were is no fault: it is as unknown as the
    block's presence is.
    """
    try:
        return evaluate(expr, frame)
    except EvaluationError as error:
        presence = frame.presence
        if presence is not None and error.code != "limit":
            return Unknown(presence.reason, presence.cause, presence.references)
        for each in (error, *error.others):
            span = Span(path, *(each.span or (expr.start, expr.end)))
            code, level, _ = _ERRORS.get(each.code, _ERRORS["evaluate"])
            diagnostics.append(Diagnostic(level, code, each.message, span))
        return Unknown(error.message, _ERRORS.get(error.code, _ERRORS["evaluate"])[2])
    except Exception as fault:  # ours: it costs this one value, and counts against us
        told = f"{type(fault).__name__}: {fault}"
        summary = f"layerproof failed to evaluate this expression ({told}); please report it"
        diagnostics.append(Diagnostic(Level.ERROR, "evaluate-fault", summary, Span(path, expr.start, expr.end)))
        return Unknown(f"the evaluator failed ({told})", Cause.FAULT)


# What Terraform refuses with the values at hand is no fault of the evaluator: other inputs would make it valid.
_ERRORS = {
    "limit": ("limit-expansion", Level.ERROR, Cause.LIMIT),
    "undeclared": ("evaluate-undeclared", Level.WARNING, Cause.OUTSIDE_SCAN),
    "evaluate": ("evaluate-expression", Level.WARNING, Cause.OUTSIDE_SCAN),
}
