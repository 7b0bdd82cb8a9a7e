"""The network of one cluster: which class of pods, and which addresses outside, get through to which.

Policies of every dialect (see `policies`) become two filters, one asked at the destination and one at the source;
a connection is let through when both let it. Replies always are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from scanner.analysis.network.atoms import ANYTHING, NOTHING, TCP, Ranges
from scanner.analysis.network.endpoints import Endpoints
from scanner.analysis.network.guards import Guards
from scanner.analysis.network.mesh import Mesh
from scanner.analysis.network.outside import Outside
from scanner.analysis.network.plugin import ASSUMED, Plugin, plugin
from scanner.analysis.network.policies import IN, OUT, Draft, Policy, Reading
from scanner.analysis.network.stages import (
    NONE,
    Action,
    Bits,
    Crossing,
    Filter,
    Row,
    Rule,
    Space,
    Stages,
    verdicts,
)
from scanner.analysis.network.verdict import Bounds, bounds
from scanner.graph.columns import Graph
from scanner.model.value import Unknown

_ON_A_MACHINE = "a pod in the network of its machine reaches every pod of that machine, whichever those are"


class Flow(NamedTuple):
    """Which classes get through to one destination with which connections.

    `sources` below `Network.pods` are classes of pods, from there on the classes of `Network.sources`.
    """

    connections: Ranges
    sources: Bits


class Network:
    """What passes between the classes of a cluster, and between them and the classes of addresses outside."""

    def __init__(self, endpoints: Endpoints, plugin: Plugin) -> None:
        self.endpoints = endpoints
        self.plugin = plugin
        reading = Reading(endpoints, plugin)
        self.policies: list[Policy] = [] if plugin.enforces is False else reading.policies()
        guards = None if endpoints.compat else Guards(reading)
        self._guards = guards.policies if guards else []
        self.grouped = guards.grouped if guards else 0  # classes whose pods may wear groups of their own
        self.blocks = reading.blocks
        mesh = None if endpoints.compat else Mesh(reading)
        called = mesh.drafts() if mesh else []
        self.inside = mesh.inside if mesh else NONE  # the classes that are part of the mesh
        self.pods = len(endpoints.classes)
        drafts = {side: list(self._drafts(side)) for side in (IN, OUT)}
        self.sources = Outside(_outside_sets([*drafts[IN], *called]), reading.universe)
        self.destinations = Outside(_outside_sets(drafts[OUT]), reading.universe)
        everyone = {
            IN: (1 << (self.pods + len(self.sources.classes))) - 1,
            OUT: (1 << (self.pods + len(self.destinations.classes))) - 1,
        }
        stages = {side: self._staged(side, everyone[side]) for side in (IN, OUT)}
        asked = self._called(mesh, everyone[IN]) if mesh else []
        every = [*stages[IN], *stages[OUT], *asked]
        self.space = Space(rule.connections for stage in every for rule in stage)
        self.inward = Filter(
            stages[IN],
            self.space,
            inward=True,
            destinations=self.pods,
            sources=self.pods + len(self.sources.classes),
        )
        self.outward = Filter(
            stages[OUT],
            self.space,
            inward=False,
            destinations=self.pods + len(self.destinations.classes),
            sources=self.pods,
        )
        filters, exempt = [self.inward, self.outward], self._exempt()
        if asked:
            count = self.pods + len(self.sources.classes)
            mesh_filter = Filter(asked, self.space, inward=True, destinations=self.pods, sources=count)
            filters, exempt = [*filters, mesh_filter], [*exempt, NONE]
        self.meshed: Filter | None = filters[2] if asked else None
        self._crossing = Crossing(filters, exempt)
        incoming = [self.inward, *filters[2:]]
        self._coming = Crossing(incoming, [exempt[0], *exempt[2:]]) if asked else None
        self.assumptions = (ASSUMED,) if self.policies and plugin.enforces is None else ()

    # building

    def _drafts(self, side: str) -> Iterator[Draft]:
        every = (*self._guards, *self.policies)
        return (each for policy in every for each in policy.drafts if each.direction == side)

    def _staged(self, side: str, everyone: int) -> Stages:
        """The rules of a direction by stage, those that isolate at the end of theirs."""
        ordered: dict[tuple[float, str], list[Policy]] = {}
        for policy in (*self._guards, *self.policies):
            stage = "default" if policy.stage == "cilium" else policy.stage
            ordered.setdefault((policy.order[0], stage), []).append(policy)
        stages = [self._first_denied(side)]
        first = {policy.node for policy in self.policies if policy.stage == "cilium"}
        for key in sorted(ordered):
            rules = [
                self._rule(each)
                for each in self._of(ordered[key], side)
                if each.action is not Action.DENY or each.policy not in first
            ]
            captured = NONE
            for policy in ordered[key]:
                captured = captured.either(policy.captured.get(side, NONE))
            if captured.maybe:
                rules.append(Rule(Action.DENY, ANYTHING, captured, Bits(everyone, everyone)))
            stages.append(rules)
        return [stage for stage in stages if stage]

    def _of(self, policies: Iterable[Policy], side: str) -> Iterator[Draft]:
        return (each for policy in policies for each in policy.drafts if each.direction == side)

    def _first_denied(self, side: str) -> list[Rule]:
        """What Cilium denies is denied before anything is allowed."""
        chosen = [policy for policy in self.policies if policy.stage == "cilium"]
        return [self._rule(each) for each in self._of(chosen, side) if each.action is Action.DENY]

    def _rule(self, draft: Draft) -> Rule:
        outside = self.sources if draft.direction == IN else self.destinations
        sure, maybe = draft.peers.pods
        sure |= outside.within(draft.peers.sure) << self.pods
        maybe |= outside.within(draft.peers.maybe) << self.pods
        return Rule(
            draft.action,
            draft.connections,
            draft.subjects,
            Bits(sure, maybe),
            draft.policy,
            draft.position,
            draft.condition,
            draft.why,
        )

    def _called(self, mesh: Mesh, everyone: int) -> Stages:
        """The stages of the mesh; what it isolates is denied at the end, as far as it speaks TCP."""
        stages = [[self._rule(each) for each in stage] for stage in mesh.stages]
        for index, subjects in mesh.isolated.items():
            why = () if subjects.sure == subjects.maybe else ("whether it is part of the mesh is not known",)
            stages[2].append(Rule(Action.DENY, TCP, subjects, Bits(everyone, everyone), index, -1, "", why))
        return [stage for stage in stages if stage]

    def _exempt(self) -> list[Bits]:
        """Whom a filter does not concern: what comes from outside has no policy for what goes out; a pod and its
        own machine always reach each other, so pods in the machine's network may be let through everywhere."""
        host = Bits(0, 0) if self.endpoints.compat else Bits(0, self.endpoints.host.maybe)
        outside = self.sources.everything << self.pods
        if isinstance(self.plugin.enforces, Unknown):
            everyone = (1 << self.pods) - 1 | outside
            return [Bits(0, everyone), Bits(outside, everyone)]
        return [host, Bits(outside, outside)]

    # asking

    def to(self, destination: int) -> list[Flow]:
        """What reaches a class of pods. One in the network of its machine is reached by the pods of that machine,
        whichever those are."""
        row = self._crossing.to(destination)
        if not self.endpoints.compat and self.endpoints.host.maybe >> destination & 1:
            row = _perhaps(row, self.space.full, self.endpoints.everything)
        return self._flows(row)

    def out_to(self, outside: int) -> list[Flow]:
        """What reaches a class of addresses outside, by its number in `destinations`."""
        number = self.outward.row(self.pods + outside)
        return self._flows(self.outward.rows[number])

    def _flows(self, row: Row) -> list[Flow]:
        return [Flow(self.space.ranges(mask), Bits(sure, maybe)) for mask, sure, maybe in row if maybe]

    def between(self, source: int, destination: int) -> Bounds:
        """What a class of pods, or of `sources` from `pods` on, sends to a class of pods."""
        found = _picked(self.to(destination), source)
        return found if found.sure is found.maybe else found._replace(why=self.why(source, destination))

    def inward_to(self, source: int, destination: int) -> Bounds:
        """What the policies of a destination let in from a source, whatever the source's own say."""
        found = _picked(self.all_to(destination), source)
        return found if found.sure is found.maybe else found._replace(why=self.why(source, destination))

    def all_to(self, destination: int) -> list[Flow]:
        """What the policies of a destination let in from whom, whatever the sources' own say."""
        if self._coming is not None:
            return self._flows(self._coming.to(destination))
        return self._flows(self.inward.rows[self.inward.row(destination)])

    @property
    def everyone(self) -> int:
        """All sources: classes of pods, then of addresses."""
        return (1 << (self.pods + len(self.sources.classes))) - 1

    def outward_to(self, source: int, outside: int) -> Bounds:
        """What a class of pods sends to a class of `destinations`."""
        found = _picked(self.out_to(outside), source)
        if found.sure is found.maybe:
            return found
        return found._replace(why=tuple(dict.fromkeys(self._hanging(self.outward, source, self.pods + outside))))

    def why(self, source: int, destination: int) -> tuple[str, ...]:
        """What it hangs on what a source sends to a class of pods."""
        found = dict.fromkeys(self._hanging(self.inward, destination, source))
        if self.meshed is not None:
            found.update(dict.fromkeys(self._hanging(self.meshed, destination, source)))
        if source < self.pods:
            found.update(dict.fromkeys(self._hanging(self.outward, source, destination)))
        return tuple(found) or ("the scan does not decide it",)

    def _hanging(self, filter: Filter, subject: int, peer: int) -> Iterator[str]:
        if isinstance(self.plugin.enforces, Unknown):
            yield f"whether the cluster enforces network policies is not known: {self.plugin.enforces.reason}"
        for rule, _, certain, _ in verdicts(filter.stages, subject, peer):
            if not certain:
                yield from rule.why or self._subjects_hang(rule, subject)
        ends = self.endpoints.host.maybe
        if any(end < self.pods and ends >> end & 1 for end in (subject, peer)):
            yield _ON_A_MACHINE

    def _subjects_hang(self, rule: Rule, subject: int) -> Iterator[str]:
        """Of a rule by which policies isolate: what their selections hang on."""
        for policy in self.policies:
            if rule.position < 0 and any(each.maybe >> subject & 1 for each in policy.captured.values()):
                yield from policy.why


def _perhaps(row: Row, full: int, sources: int) -> Row:
    """A row to which all of these sources may have everything."""
    rest, found = full, []
    for mask, sure, maybe in row:
        rest &= ~mask
        found.append((mask, sure, maybe | sources))
    return (*found, (rest, 0, sources)) if rest else tuple(found)


def _picked(flows: Sequence[Flow], source: int) -> Bounds:
    sure = maybe = NOTHING
    for flow in flows:
        if flow.sources.sure >> source & 1:
            sure |= flow.connections
        if flow.sources.maybe >> source & 1:
            maybe |= flow.connections
    return bounds(sure, maybe)


def _outside_sets(drafts: Iterable[Draft]) -> Iterator[Ranges]:
    for draft in drafts:
        yield draft.peers.sure
        yield draft.peers.maybe


def network_of(graph: Graph, cluster: str | None, *, compat: bool = False, declared: str = "") -> Network:
    """The network of one cluster of a graph; `declared` is what configuration calls its plugin. With `compat`
    every convention of np-guard holds."""
    endpoints = Endpoints(graph, cluster, compat=compat)
    told = Plugin("np-guard", enforces=True, blocks_match_pods=False) if compat else plugin(endpoints, declared)
    return Network(endpoints, told)
