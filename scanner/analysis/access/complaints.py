"""Policies of a scan that AWS would refuse: said at their place, since what they mean is not known.

Grammar: IAM User Guide, "Grammar of the IAM JSON policy language"; what its API refuses with
MalformedPolicyDocument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.analysis.access.refusals import refusal
from scanner.graph.columns import Graph
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.kinds import KINDS
from scanner.model.location import Span
from scanner.model.value import Unknown, Value, unwrap

_HOLDING = tuple(
    name for name, kind in KINDS.items() if any(each.name == "statements" for each in kind.attributes)
)
_SHOWN = 3
_NO_ACTION = "AWS takes it, and it allows or denies nothing; an action newer than our list is not in it either."
_NO_KEY = "AWS takes it, and no request holds it: what asks for it never matches."
_UNREADABLE = ("is not valid JSON", "is not a JSON object")
_REMEDY = "AWS refuses such a policy; until it is mended, questions about it are answered with unknown."


def complaints(graph: Graph) -> Iterator[Diagnostic]:
    """One warning for each policy that is no policy, and for each statement that is none."""
    for kind in _HOLDING:
        for index in graph.nodes(kind):
            if graph.peek(index, "provider") == "aws":
                yield from _of(graph, index)


def _of(graph: Graph, index: int) -> Iterator[Diagnostic]:
    found = unwrap(graph.peek(index, "statements"))
    if isinstance(found, Unknown):
        if found.reason.endswith(_UNREADABLE):
            yield _told(graph, index, found.reason)
        return
    for number, statement in enumerate(found or ()):
        why = refusal(statement) if isinstance(statement, dict) else ""
        if why:
            yield _told(graph, index, f"statement {number + 1} of the policy {why}")
        elif isinstance(statement, dict):
            yield from _unmeant(graph, index, number, statement)


def _unmeant(graph: Graph, index: int, number: int, statement: dict[str, Any]) -> Iterator[Diagnostic]:
    """Actions and keys that AWS has none of: it takes them, and they match nothing."""
    name = graph.addresses[index].name
    for word, code, help_ in ((_action, "action-unknown", _NO_ACTION), (_key, "condition-key-unknown", _NO_KEY)):
        found = list(dict.fromkeys(word(statement)))
        if found:
            listed = ", ".join(found[:_SHOWN]) + (
                f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            )
            summary = f"{name}: statement {number + 1} of the policy names {listed}"
            yield Diagnostic(Level.WARNING, code, summary, _span(graph, index), help_)


def _action(statement: dict[str, Any]) -> Iterator[str]:
    """The actions that the catalogue lacks, each with what it may have been meant to be."""
    from scanner.analysis.access.catalogue import catalogue  # noqa: PLC0415 - only where policies are

    for each in (*_listed(statement["actions"]), *_listed(statement["not_actions"])):
        if each.isascii() and ":" in each and not catalogue().bits(each):
            yield f"{each}{_like(each, _near(each))}"


def _near(action: str) -> Iterable[str]:
    """What an action may be a misspelling of: an action of its service; one called alike of another service."""
    from scanner.analysis.access.catalogue import catalogue  # noqa: PLC0415 - as above

    known = catalogue()
    service, _, name = action.partition(":")
    if service.lower() in known.services:
        return known.members(known.bits(f"{service}:*"))
    return [f"{each}:{name}" for each in known.services if known.bits(f"{each}:{name}")]


def _key(statement: dict[str, Any]) -> Iterator[str]:
    """The global keys that AWS does not document; those of services are their own."""
    from scanner.analysis.access.keys import GLOBAL, is_global  # noqa: PLC0415 - as above

    for condition in _listed(statement["conditions"], dict):
        key = condition["key"]
        if isinstance(key, str) and key.isascii() and key.lower().startswith("aws:") and not is_global(key):
            yield f"{key}{_like(key.lower(), GLOBAL)}"


def _listed(value: Value, type_: type = str) -> list[Any]:
    return [each for each in value if isinstance(each, type_)] if isinstance(value, list | tuple) else []


def _like(text: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a fault

    found = get_close_matches(text, known, 1, 0.8)
    return f" ({found[0]}?)" if found else ""


def _told(graph: Graph, index: int, reason: str) -> Diagnostic:
    name = graph.addresses[index].name
    return Diagnostic(Level.WARNING, "policy-refused", f"{name}: {reason}", _span(graph, index), _REMEDY)


def _span(graph: Graph, index: int) -> Span | None:
    span = graph.origins[index].get("statements") or graph.spans[index]
    return span if span.path else None
