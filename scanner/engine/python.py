"""Python rules over a graph: each selected node once, unknown raised as Undetermined, crashes kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.engine.backend import crash
from scanner.engine.discover import BESIDE
from scanner.engine.draft import Draft, Outcome, attribute_of
from scanner.graph.columns import Graph
from scanner.graph.node import Evidence, Node
from scanner.model.diagnostic import Diagnostic
from scanner.model.finding import Verdict
from scanner.model.kinds import RELATIONS
from scanner.model.rule import Rule
from scanner.model.value import Undetermined, Unknown, unknowns
from scanner.rule import Match


class _Crash(NamedTuple):
    """An exception as text, and the rule's line that it passed through."""

    text: str
    line: int


@dataclass(slots=True)
class _Run:
    """One rule's way over the graph."""

    rule: Rule
    graph: Graph
    outcome: Outcome
    crashes: dict[_Crash, list[int]] = field(default_factory=dict)


def run_python(graph: Graph, rule: Rule) -> tuple[Outcome, list[Diagnostic]]:
    """The rule's verdict on every node of the kinds that it selects."""
    run = _Run(rule, graph, Outcome(rule))
    for kind in rule.selects:
        for index in graph.nodes(kind):
            _judge(run, index)
    return run.outcome, [_told(run, each, nodes) for each, nodes in run.crashes.items()]


def _judge(run: _Run, index: int) -> None:
    drafts: list[Draft] = []
    why = ""
    culprit = ""
    try:
        for match in _check(run, Node(run.graph, index)):
            drafts.append(_draft(run, index, match))  # noqa: PERF401 - what came before an exception stands
    except Undetermined as undetermined:
        why = undetermined.unknown.reason
        if not _fails(drafts):
            culprit = _culprit(run, index, undetermined.unknown)
    except Exception as error:  # whatever a rule raises is the rule's fault, not the scan's
        seen = _Crash(_worded(error), _line(error, run.rule))
        run.crashes.setdefault(seen, []).append(index)
        why = f"the rule crashed: {seen.text}"
    _settle(run, index, drafts, why, culprit)


def _check(run: _Run, node: Node) -> Iterator[object]:
    if run.rule.check is None:
        raise TypeError(f"{run.rule.id} is no Python rule")
    yield from run.rule.check(node)


def _settle(run: _Run, index: int, drafts: list[Draft], why: str, culprit: str) -> None:
    """Enter one obligation: matches before an Undetermined stand; without one, it is unknown."""
    outcome = run.outcome
    if _fails(drafts):
        outcome.failed.add(index)
    elif why:
        outcome.unknown.add(index)
        at = (culprit,) if culprit else ()
        drafts = [*drafts, Draft(run.rule, index, Verdict.UNKNOWN, at, reason=why)]
    elif drafts:
        outcome.unknown.add(index)
    else:
        outcome.passed.add(index)
    outcome.drafts.extend(drafts)


def _fails(drafts: Iterable[Draft]) -> bool:
    return any(draft.verdict is Verdict.FAIL for draft in drafts)


def _draft(run: _Run, index: int, match: object) -> Draft:
    if not isinstance(match, Match):
        raise TypeError(f"a rule yields Match, not {type(match).__name__}")
    if match.node.index != index:
        raise ValueError("a rule matches the node that it was given; others are related")
    reason = _reason(run.graph, index, match.attributes)
    return Draft(
        run.rule,
        index,
        Verdict.UNKNOWN if reason else Verdict.FAIL,
        match.attributes,
        tuple(_known_part(match.related)),
        match.cut,
        match.values,
        match.assumptions,
        reason,
        match.severity,
    )


def _reason(graph: Graph, index: int, attributes: tuple[str, ...]) -> str:
    """Why a match cannot be more than unknown: an attribute that it rests on is."""
    kind = graph.kind(index)
    columns = graph.tables[kind.name].columns
    for name in map(attribute_of, attributes):
        if name not in columns:
            if name in RELATIONS or name in BESIDE:
                continue
            raise ValueError(f"`at` names '{name}', which {kind.name} does not have")
        value = graph.peek(index, name)
        if isinstance(value, Unknown):
            return value.reason
    return ""


def _known_part(related: Iterable[Evidence]) -> Iterator[Evidence]:
    """Evidence is shown, not decided on: what of it is unknown is left out."""
    try:
        yield from related
    except Undetermined:
        return


def _culprit(run: _Run, index: int, unknown: Unknown) -> str:
    """The node's own attribute or relation whose reading raised, found by running the check again, watched."""
    read: list[str] = []

    def watch(node: int, name: str) -> None:
        if node == index:
            read.append(name)

    try:
        for _ in _check(run, Node(run.graph, index, watch)):
            pass
    except Exception:  # the same as the first time
        return _holding(run.graph, index, read, unknown)
    return ""


def _holding(graph: Graph, index: int, read: list[str], unknown: Unknown) -> str:
    """Of the names read, the last that holds the unknown (with the place of the element of a list that does);
    failing that, the last that holds any; then the last."""
    held = {name: _unknowns(graph, index, name) for name in read}
    for name in reversed(read):
        if any(each is unknown for each in held[name]):
            return name + _element(graph, index, name, unknown)
    return next((name for name in reversed(read) if held[name]), read[-1] if read else "")


def _element(graph: Graph, index: int, name: str, unknown: Unknown) -> str:
    """`[2]` where the unknown lies in that element of a list whose elements have places of their own."""
    value = graph.peek(index, name) if name in graph.tables[graph.kind(index).name].columns else None
    for position, each in enumerate(value if isinstance(value, list) else ()):
        place = f"[{position}]"
        if name + place in graph.origins[index] and any(inner is unknown for inner in unknowns(each)):
            return place
    return ""


def _unknowns(graph: Graph, index: int, name: str) -> list[Unknown]:
    """The unknowns under one name of a node: in its value at any depth, or of the open relation."""
    held = [graph.why_open(name, index), graph.why_open_in(name, index)]
    columns = graph.tables[graph.kind(index).name].columns
    inside = unknowns(graph.peek(index, name)) if name in columns else ()
    return [*inside, *(each for each in held if each is not None)]


def _told(run: _Run, seen: _Crash, nodes: list[int]) -> Diagnostic:
    """One diagnostic for one bug, however many nodes it met."""
    node = str(run.graph.addresses[nodes[0]])
    more = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
    place = f"{run.rule.path.name}:{seen.line}: " if run.rule.path and seen.line else ""
    return crash(run.rule, f"{place}{seen.text} (at {node}{more})")


def _worded(error: Exception) -> str:
    text = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _line(error: Exception, rule: Rule) -> int:
    """The rule's own line that the exception passed through last."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if rule.path is not None and trace.tb_frame.f_code.co_filename == str(rule.path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
