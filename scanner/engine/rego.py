"""Rego rules over a graph: one input for all, and verdicts from denies and from what is unknown among the reads.

In the input an unknown is left out, so that a deny may rest on its absence; `at` names all that a deny rests
on. All known = fail; any unknown = unknown; no deny but an unknown among the reads = unknown; else pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import orjson

from scanner.engine.backend import Deny, RegoBackend, crash
from scanner.engine.discover import BESIDE
from scanner.engine.draft import Draft, Outcome, attribute_of
from scanner.graph.columns import Graph
from scanner.graph.export import SENSITIVE, export, telling
from scanner.graph.node import Evidence, Node
from scanner.model.diagnostic import Diagnostic
from scanner.model.finding import Verdict
from scanner.model.kinds import RELATIONS
from scanner.model.rule import Rule
from scanner.model.value import Unknown, first_unknown


class _Wrong(ValueError):
    """A deny that names what is not there: a bug of the rule."""


def run_rego(graph: Graph, rules: Sequence[Rule], backend: RegoBackend) -> tuple[list[Outcome], list[Diagnostic]]:
    """Each rule's verdict on every node of the kinds that it selects."""
    diagnostics = backend.load(rules)
    told = {each.summary for each in diagnostics}
    reading = Reading(graph)
    outcomes = []
    for rule, answer in backend.decide(document(graph, rules), rules):
        outcome = Outcome(rule)
        outcomes.append(outcome)
        if isinstance(answer, Diagnostic):
            if answer.summary not in told:
                told.add(answer.summary)
                diagnostics.append(answer)
            _all_unknown(graph, outcome, answer.summary)
            continue
        try:
            _settle(reading, outcome, answer)
        except _Wrong as wrong:
            diagnostics.append(crash(rule, str(wrong)))
            _all_unknown(graph, outcome, str(wrong))
    return outcomes, diagnostics


def document(graph: Graph, rules: Iterable[Rule]) -> bytes:
    """The one input of a run: kinds that the rules select or name, and those at the far end of their relations."""
    rules = list(rules)
    graph.settle({name.rpartition(".")[2] for rule in rules for name in rule.reads})
    return orjson.dumps(export(graph, input_kinds(graph, rules)), option=orjson.OPT_NON_STR_KEYS)


def input_kinds(graph: Graph, rules: Iterable[Rule]) -> set[str]:
    """Selected kinds, kinds of dotted reads, and kinds that a relation read ties to a selected node."""
    kinds: set[str] = set()
    reached: set[tuple[str, str]] = set()
    for rule in rules:
        kinds.update(rule.selects)
        for name in rule.reads:
            head, dot, _ = name.partition(".")
            if dot:
                kinds.add(head)
            elif head in RELATIONS:
                reached.update((kind, head) for kind in rule.selects)
    for kind, relation in reached:
        kinds.update(_far_kinds(graph, kind, relation))
    return kinds


def _far_kinds(graph: Graph, kind: str, relation: str) -> set[str]:
    far: set[str] = set()
    for index in graph.nodes(kind):
        for other in (*graph.targets(relation, index), *graph.sources(relation, index)):
            far.add(graph.kind(other).name)
    return far


@dataclass(slots=True)
class Reading:
    """Which nodes have something unknown under a name; each column is looked through once."""

    graph: Graph
    _columns: dict[tuple[str, str], dict[int, str]] = field(default_factory=dict)
    _opened: dict[str, dict[int, str]] = field(default_factory=dict)
    _ids: dict[str, dict[str, int]] = field(default_factory=dict)

    def unknown(self, kind: str, name: str) -> dict[int, str]:
        """Nodes of a kind whose attribute is unknown, in part or whole, or whose relation is open; why."""
        found = self._columns.get((kind, name))
        if found is None:
            found = self._columns[kind, name] = self._look(kind, name)
        return found

    def find(self, kinds: Sequence[str], text: str) -> int | None:
        """A node of these kinds by its id."""
        for kind in kinds:
            ids = self._ids.get(kind)
            if ids is None:
                ids = self._ids[kind] = {str(self.graph.addresses[each]): each for each in self.graph.nodes(kind)}
            if text in ids:
                return ids[text]
        return None

    def has(self, index: int, name: str) -> bool:
        table = self.graph.tables[self.graph.kind(index).name]
        return name in BESIDE or name in RELATIONS or name in table.columns

    def _look(self, kind: str, name: str) -> dict[int, str]:
        self.graph.settle((name,))
        table = self.graph.tables.get(kind)
        tells = telling(self.graph.secrets)
        found: dict[int, str] = {}
        if table is not None and name in table.columns:
            for index, value in zip(table.nodes, table.columns[name], strict=True):
                why = _why(value)
                if why is not None:
                    found[index] = why.reason
                elif tells is not None and tells(value):
                    found[index] = SENSITIVE  # the input leaves it out, so that nothing can rest on it
        if table is not None and name in RELATIONS:
            opened = self._open(name)
            found.update((index, opened[index]) for index in table.nodes if index in opened)
        return found

    def _open(self, name: str) -> dict[int, str]:
        """Nodes with an open relation of this name, either way: the input's `$unknown` tells no direction."""
        if not self._opened:
            for (relation, index), why in (
                *self.graph.open_relations(),
                *self.graph.open_inverse_relations(),
            ):
                self._opened.setdefault(relation, {}).setdefault(index, why.reason)
        return self._opened.get(name, {})


def _why(value: object) -> Unknown | None:
    if value is None or isinstance(value, (str, int, float)):
        return None
    return first_unknown(value)


def _settle(reading: Reading, outcome: Outcome, answer: Sequence[Deny]) -> None:
    rule, graph = outcome.rule, reading.graph
    drafts = [_draft(reading, rule, deny) for deny in answer]
    outcome.failed.update(each.index for each in drafts if each.verdict is Verdict.FAIL)
    outcome.unknown.update(each.index for each in drafts if each.index not in outcome.failed)
    silent = _undecided(reading, rule)
    for kind in rule.selects:
        for index in graph.nodes(kind):
            if index in outcome.failed or index in outcome.unknown:
                continue
            if index in silent:
                outcome.unknown.add(index)
                name, why = silent[index]
                drafts.append(Draft(rule, index, Verdict.UNKNOWN, (name,), reason=why))
            else:
                outcome.passed.add(index)
    outcome.drafts.extend(sorted(drafts, key=lambda draft: draft.index))


def _undecided(reading: Reading, rule: Rule) -> dict[int, tuple[str, str]]:
    """Selected nodes with an unknown among the rule's reads: the first such name of the node's own, and why."""
    silent: dict[int, tuple[str, str]] = {}
    for kind in rule.selects:
        for name in rule.reads:
            if "." in name:
                continue
            for index, why in reading.unknown(kind, name).items():
                silent.setdefault(index, (name, why))
    for name in rule.reads:
        far_kind, dot, attribute = name.partition(".")
        if dot:
            _far_unknowns(reading, rule, reading.unknown(far_kind, attribute), silent)
    return silent


def _far_unknowns(
    reading: Reading, rule: Rule, unknown: dict[int, str], silent: dict[int, tuple[str, str]]
) -> None:
    """Selected nodes tied, through the relations that the rule reads, to a node whose attribute is unknown.

    Where a rule reads no relation at all, any such node may have been looked at, and all selected are unknown.
    """
    graph = reading.graph
    relations = frozenset(last for name in rule.reads if (last := name.rpartition(".")[2]) in RELATIONS)
    for far, why in unknown.items():
        told = f"{graph.addresses[far].name}: {why}"
        if relations:
            for index, relation in tied(graph, far, relations):
                silent.setdefault(index, (relation, told))
            continue
        for kind in rule.selects:
            for index in graph.nodes(kind):
                silent.setdefault(index, ("", told))


def tied(graph: Graph, far: int, relations: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Nodes on paths from a node that take each relation once at most, either way, and the relation that
    reaches them."""
    stack = [(far, relations)]
    seen = {(far, relations)}
    while stack:
        at, left = stack.pop()
        for relation in sorted(left):
            rest = left - {relation}
            for index in (*graph.targets(relation, at), *graph.sources(relation, at)):
                yield index, relation
                if rest and (index, rest) not in seen:
                    seen.add((index, rest))
                    stack.append((index, rest))


def _draft(reading: Reading, rule: Rule, deny: Deny) -> Draft:
    index = reading.find(rule.selects, deny.node)
    if index is None:
        raise _Wrong(f"it denies {deny.node}, which it does not select")
    kind = reading.graph.kind(index).name
    reason = ""
    for name in map(attribute_of, deny.at):
        if not reading.has(index, name):
            raise _Wrong(f"its `at` names '{name}', which {kind} does not have")
        reason = reason or reading.unknown(kind, name).get(index, "")
    related, why = _related(reading, deny)
    reason = reason or why
    verdict = Verdict.UNKNOWN if reason else Verdict.FAIL
    return Draft(rule, index, verdict, deny.at, related, deny.cut, dict(deny.values), (), reason, deny.severity)


def _related(reading: Reading, deny: Deny) -> tuple[tuple[Evidence, ...], str]:
    """The related places as evidence, and why one of them is unknown: a deny rests on them too."""
    found: list[Evidence] = []
    reason = ""
    for note in deny.related:
        index = reading.find(tuple(reading.graph.tables), note.node)
        if index is None:
            raise _Wrong(f"its `related` names {note.node}, which is no node")
        if note.at and not reading.has(index, note.at):
            raise _Wrong(f"its `related` names '{note.at}', which {note.node} does not have")
        kind = reading.graph.kind(index).name
        if note.at and not reason:
            reason = reading.unknown(kind, note.at).get(index, "")
        found.append(Evidence(Node(reading.graph, index), note.at, note.note))
    return tuple(found), reason


def _all_unknown(graph: Graph, outcome: Outcome, why: str) -> None:
    """A rule that could not be evaluated decides nothing of what it selects."""
    outcome.drafts.clear()
    outcome.passed.clear()
    outcome.failed.clear()
    outcome.unknown.clear()
    for kind in outcome.rule.selects:
        for index in graph.nodes(kind):
            outcome.unknown.add(index)
            outcome.drafts.append(Draft(outcome.rule, index, Verdict.UNKNOWN, reason=why))
