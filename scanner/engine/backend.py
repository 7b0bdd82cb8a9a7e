"""What a Rego engine must do for us, and the form of its answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.finding import Severity
from scanner.model.rule import Rule
from scanner.model.value import Value


class Note(NamedTuple):
    """One related place of a deny: a node's id, an attribute or relation of it (or ""), a note for people."""

    node: str
    at: str = ""
    note: str = ""


class Deny(NamedTuple):
    """One element of a rule's `deny` set: `at` is all that it rests on, the first where it is shown; `severity`
    where it differs from the rule's."""

    node: str
    at: tuple[str, ...] = ()
    related: tuple[Note, ...] = ()
    cut: str = ""
    values: tuple[tuple[str, Value], ...] = ()
    severity: Severity | None = None


# What an engine says of one rule: its denies, or why it could not decide.
Decision = tuple[Rule, list[Deny] | Diagnostic]


class RegoBackend(Protocol):
    """A Rego engine. `load` first, then `decide` as often as there are inputs, then `close`."""

    name: str

    def load(self, rules: Sequence[Rule]) -> list[Diagnostic]:
        """Take the policies in. A rule that does not compile gives a diagnostic and is decided as a fault."""
        ...

    def decide(self, document: bytes, rules: Sequence[Rule]) -> Iterator[Decision]:
        """Each rule's answer over one JSON document, in the order of the rules."""
        ...

    def close(self) -> None:
        """Give back what was taken (pushed policies, processes)."""
        ...


class Malformed(ValueError):
    """A deny that does not have the form of one."""


def denies(value: Value) -> list[Deny]:
    """Denies from an engine's JSON (a list, or None where the rule is undefined). Raises Malformed."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Malformed(f"deny is {type(value).__name__}, not a set")
    return [_deny(item) for item in value]


_FIELDS = frozenset(("node", "at", "related", "cut", "values", "severity"))
_SEVERITIES = {each.value: each for each in Severity}


def _deny(item: Value) -> Deny:
    if not isinstance(item, dict) or not isinstance(item.get("node"), str):
        raise Malformed('a deny is an object with "node", the id of the node')
    strange = sorted(item.keys() - _FIELDS)
    if strange:
        raise Malformed(f"a deny has no {', '.join(strange)}")
    values = item.get("values") or {}
    if not isinstance(values, dict):
        raise Malformed('"values" of a deny is an object')
    related = item.get("related") or []
    if not isinstance(related, list):
        raise Malformed('"related" of a deny is a list')
    severity = item.get("severity")
    if severity is not None and severity not in _SEVERITIES:
        raise Malformed(f'"severity" of a deny is one of {", ".join(_SEVERITIES)}')
    return Deny(
        item["node"],
        _names(item.get("at")),
        tuple(_note(each) for each in related),
        str(item.get("cut") or ""),
        tuple(sorted(values.items())),
        None if severity is None else _SEVERITIES[severity],
    )


def _names(value: Value) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Malformed('"at" of a deny is a name or a list of names')
    return tuple(names)


def _note(item: Value) -> Note:
    if not isinstance(item, dict) or not isinstance(item.get("node"), str):
        raise Malformed('"related" of a deny lists objects with "node"')
    return Note(item["node"], str(item.get("at") or ""), str(item.get("note") or ""))


def crash(rule: Rule, why: str) -> Diagnostic:
    """A rule that failed while it ran."""
    return Diagnostic(Level.ERROR, "rule-crash", f"{rule.id}: {why}", remedy="its verdicts are unknown")


def unloadable(rule: Rule, why: str) -> Diagnostic:
    """A rule that the engine did not take."""
    return Diagnostic(Level.ERROR, "rule-load", f"{rule.id}: {why}")
