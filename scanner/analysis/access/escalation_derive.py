"""Escalation as derived attributes: what each principal can become, and which statement is the one to take away.

A way stands at the node whose statement opens it (a policy, a trust, a principal that holds a policy of AWS), once
for all principals to whom that statement gives it: one cause, one finding. Whoever gets there only by way of
another principal that escalates is not told again: the cut that stops that one stops both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from scanner.analysis.access.eks import AWS_AUTH, ENTERS, ENTRY
from scanner.analysis.access.escalation import DIRECT, SIGN_IN, Escalations, Way
from scanner.analysis.access.escalation_hops import EVERYTHING, Step
from scanner.analysis.access.escalation_looks import is_plain
from scanner.analysis.access.escalation_world import UNKNOWN
from scanner.analysis.access.names import readable
from scanner.analysis.access.paths import PATHS
from scanner.analysis.access.policy import Source
from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value

ATTRIBUTES = ("admin", "escalations")
_PRINCIPALS = ("role", "user", "permission_set")
_HOLDERS = ("binding", "group", "policy", "trust", *_PRINCIPALS)
_GIVES = {path.id: path.gives for path in PATHS}
# Not told again: whoever is an administrator as it stands, and whom an administrative role's own trust names.
_SAID = (DIRECT, SIGN_IN, "sts-001")
_SHOWN = 3  # principals that are named


def derive_escalations(graph: Graph, complete: Collection[str]) -> None:
    """Set `admin` of every principal and `escalations` of everything that holds statements."""
    for kind in _HOLDERS:
        for index in graph.nodes(kind):
            graph.set(index, "escalations", [])
            if kind in _PRINCIPALS:
                graph.set(index, "admin", None)
    if not any(graph.peek(each, "provider") == "aws" for kind in _PRINCIPALS for each in graph.nodes(kind)):
        return
    found = Escalations(graph, complete)
    caused: dict[Source, list[tuple[int, Way]]] = {}
    for index in sorted(found.estate.principals):
        told = found.admin(index)
        way = found.way(index)
        _say(found, index, told)
        if told == "unknown":
            continue
        if way is None and (hop := found.sideways(index)) is not None:
            _note(caused, index, Way(hop.path, (hop,), hop.target, hop.fact))
        elif way is not None and way.id not in _SAID and _is_own(found, way):
            _note(caused, index, way)
    for source, ways in caused.items():
        _tell(found, source, ways)


_SURE = ("no", "unknown", "conditional", "yes")


def _say(found: Escalations, index: int, told: str) -> None:
    """Set `admin`; a permission set is what the most powerful of its roles is."""
    graph, shown = found.graph, found.estate.sign_on.shown_at(index)
    if graph.kind(shown).name not in _PRINCIPALS:
        return
    before = graph.peek(shown, "admin")
    known = "unknown" if isinstance(before, Unknown) else str(before or "no")
    if shown != index and _SURE.index(told) < _SURE.index(known):
        return
    graph.set(shown, "admin", _unknown(found, index) if told == "unknown" else told)
    if told == "unknown":
        graph.set(shown, "escalations", [_unknown(found, index)])
    elif isinstance(before, Unknown):
        graph.set(shown, "escalations", [])


def _note(caused: dict[Source, list[tuple[int, Way]]], index: int, way: Way) -> None:
    cut = _cut(way)
    if cut is not None and cut.source is not None:
        caused.setdefault(cut.source, []).append((index, way))


def _unknown(found: Escalations, index: int) -> Unknown:
    way = found.way(index)
    notes = [each.removeprefix(UNKNOWN) for each in found.conditions(way)] if way is not None else []
    return Unknown("; ".join(notes) or found.why_unknown(index), Cause.OUTSIDE_SCAN)


def _is_own(found: Escalations, way: Way) -> bool:
    """Whether a way does not lead through another principal that escalates itself. One that may do everything to
    identities, and says so, counts as an administrator."""
    if len(way.hops) == 1:
        return True
    other = way.hops[0].target
    return other >= 0 and found.hops.has(other) and found.hops.looks.plain(other)


def _cut(way: Way) -> Step | None:
    """The step to take away: handing over a role where one is handed, else the first that a statement allows."""
    known = [step for step in way.hops[0].steps if step.source is not None and step.source.node is not None]
    return next((step for step in known if step.action == "iam:PassRole"), known[0] if known else None)


def _tell(found: Escalations, source: Source, ways: list[tuple[int, Way]]) -> None:
    graph, node = found.graph, source.node
    if node is None or graph.kind(node).name not in _HOLDERS:
        return
    first, way = ways[0]
    names = [found.world.name(index) for index, _ in ways]
    held: list[Value] = list(graph.peek(node, "escalations"))
    held.append({
        "id": way.id,
        "admin": found.admin(first),
        "label": source.label,
        "number": source.number,
        "at": source.attribute,
        "principals": [str(graph.addresses[index]) for index, _ in ways],
        "names": _listed(names),
        "way": readable(_described(found, way)),
        "plain": _is_plain(found, source, first),
        "conditions": found.conditions(way),
        "because": list(_steps(found, first, way)),
        "cut": readable(source.label),
        "action": next(step.action for step in way.steps if step.source == source),
    })  # fmt: skip
    graph.set(node, "escalations", held)


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


def _described(found: Escalations, way: Way) -> str:
    """The first hop in words."""
    hop = way.hops[0]
    gives = _GIVES.get(hop.path, hop.path)
    target = next((step.target for step in hop.steps if isinstance(step.target, int)), hop.target)
    name = found.world.name(target) if isinstance(target, int) and target >= 0 else ""
    reached = found.world.name(hop.target) if hop.target >= 0 else ""
    words = {
        "self": "writes its own permissions",
        "unbound": "removes its own permissions boundary",
        "made": "makes a principal with whatever permissions",
        "user": f"takes over the user {reached}",
        "role": f"takes the role {reached}",
        "rewritten": f"writes the permissions of {name} and takes it",
        "group": f"joins the group {reached}",
        "passed": f"hands the role {reached} to a service that runs its code",
        "carried": f"runs its code in {name}, which acts as the role {reached}",
        ENTRY: f"enters the cluster {name}, from where it acts as the role {reached}",
        AWS_AUTH: f"enters the cluster {name}, from where it acts as the role {reached}",
    }
    actions = ", ".join(dict.fromkeys(step.action for step in hop.steps))
    return f"{words.get(gives, 'gains more power')} ({actions})"


def _steps(found: Escalations, index: int, way: Way) -> Iterator[dict[str, Any]]:
    """The evidence: the principal, then each statement that allows a step, then what is reached."""
    graph = found.graph
    yield {"node": str(graph.addresses[index]), "at": "", "note": "holds the statement", "relation": ""}
    for step in way.steps:
        source = step.source
        if source is not None and source.node is not None:
            at = f"{source.attribute}[{source.number}]" if source.attribute == "statements" else source.attribute
            note = "lets it in" if step.action == ENTERS else readable(f"allows {step.action}")
            yield {"node": str(graph.addresses[source.node]), "at": at, "note": note, "relation": step.action}
    last = way.hops[-1].target
    if last != EVERYTHING and last >= 0:
        note = "is an administrator" if way.reaches == EVERYTHING else "is taken over"
        yield {"node": str(graph.addresses[last]), "at": "", "note": note, "relation": way.id}


def _is_plain(found: Escalations, source: Source, index: int) -> bool:
    """Whether the statement allows all actions on identities: what it is then needs no path."""
    statements = (each for policy in found.hops.principal(index).identity for each in policy.statements)
    return any(each.source == source and is_plain(each) for each in statements)
