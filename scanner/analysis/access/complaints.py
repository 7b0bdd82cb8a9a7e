"""Policies of a scan that AWS would refuse: said at their place, since what they mean is not known.

Grammar: IAM User Guide, "Grammar of the IAM JSON policy language"; what its API refuses with
MalformedPolicyDocument.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.analysis.access.refusals import refusal
from scanner.graph.columns import Graph
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.kinds import KINDS
from scanner.model.location import Span
from scanner.model.value import Unknown, unwrap

_HOLDING = tuple(
    name for name, kind in KINDS.items() if any(each.name == "statements" for each in kind.attributes)
)
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


def _told(graph: Graph, index: int, reason: str) -> Diagnostic:
    name = graph.addresses[index].name
    return Diagnostic(Level.WARNING, "policy-refused", f"{name}: {reason}", _span(graph, index), _REMEDY)


def _span(graph: Graph, index: int) -> Span | None:
    span = graph.origins[index].get("statements") or graph.spans[index]
    return span if span.path else None
