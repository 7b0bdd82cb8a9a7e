"""All stores of a graph with their copies: counted, judged, and written as derived attributes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeGuard

from scanner.analysis.copies import DERIVED, LETTERS
from scanner.analysis.copies.advice import advice
from scanner.analysis.copies.assets import Assets
from scanner.analysis.copies.clock import Clock
from scanner.analysis.copies.clusters import PROVIDER, Clusters
from scanner.analysis.copies.letters import Counted, count
from scanner.analysis.copies.making import Making, Subject, parts_of
from scanner.analysis.copies.misses import Misses
from scanner.analysis.copies.observation import PRIMARY, Fault, Observation, Told, first
from scanner.analysis.copies.own import Own, primary_of
from scanner.analysis.copies.places import Place, shown
from scanner.analysis.copies.records import Records
from scanner.analysis.copies.roles import Roles
from scanner.analysis.copies.schedule import longest_gap
from scanner.analysis.copies.selection import Chosen, Selections
from scanner.analysis.copies.traps import traps_of
from scanner.analysis.copies.vaults import Vaults
from scanner.analysis.worlds import backups_read
from scanner.config import Config
from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value

_PLANS = Unknown("a backup plan outside this scan may select it", Cause.OUTSIDE_SCAN)
_SELECTED = Unknown("what it selects may lie outside this scan", Cause.OUTSIDE_SCAN)
_NONE: list[Observation] = []  # one list, so that stores without plans are alike
_DAY = 24
_PERHAPS = Unknown("whether a restore test selects it cannot be told", Cause.OUTSIDE_SCAN)


class Held(NamedTuple):
    """The copies of one store: the data itself, what its settings and plans make, and why there may be more."""

    primary: Observation
    own: list[Observation]
    planned: Sequence[Observation]
    more: Unknown | None

    @property
    def observations(self) -> list[Observation]:
        return [*self.own, *self.planned]


class Estate:
    """One graph's stores, held against one configuration."""

    def __init__(self, graph: Graph, config: Config) -> None:
        self.graph = graph
        self.needs = config.backup
        self._complete = "backup" in config.complete
        self.assets = Assets(graph, self.needs, datetime.datetime.now(datetime.UTC).date())
        self._plans = [each for each in graph.nodes("backup_plan") if graph.peek(each, "provider") != PROVIDER]
        self.clusters = Clusters(graph, self.needs.site)
        self._selections = Selections(graph, self._plans)
        clock = Clock(graph)
        self.vaults = Vaults(graph, clock)
        self._making = Making(graph, self.vaults, self.needs, complete=self._complete)
        self._tests = Selections(graph, graph.nodes("restore_test"))
        self._records = Records(graph, clock)
        self._own = Own(graph, self.copies_of, self.clusters, clock)
        self._planned: dict[tuple[object, ...], tuple[list[Observation], Unknown | None]] = {}
        self._counted: dict[tuple[object, ...], tuple[Counted, Held]] = {}  # what holds the keys' ids is kept
        self._chosen: dict[int, Chosen] = {}
        self._selecting: dict[Chosen, tuple[list[int], list[int]]] = {}
        self._without_power: dict[tuple[Chosen, str], str | Unknown | None] = {}
        self._roles = Roles(graph)
        self._machines: dict[int, list[int]] = {}
        for machine in graph.nodes("instance"):
            for volume in graph.targets("mounts", machine):
                self._machines.setdefault(volume, []).append(machine)

    # what there is

    def held(self, index: int) -> Held:
        """Every copy of a store that is known, or may be."""
        own, more = self._own.of(index)
        planned, unclear = self._by_plans(index)
        more = first(more, unclear)
        if more is None and not self._complete and not backups_read(self.graph, index):
            more = self._why_open(index)
        return Held(self._primary(index), own, self._records.seen(index, planned), more)

    def _primary(self, index: int) -> Observation:
        """The data itself; of what lies in a cluster, where the cluster stands."""
        primary = primary_of(self.graph, index)
        if primary.place.provider != PROVIDER:
            return primary
        account, site = self.clusters.home(index)
        return replace(primary, place=Place(PROVIDER, account, site, "primary"))

    def copies_of(self, index: int) -> tuple[list[Observation], Unknown | None]:
        """Copies by the store's own settings and by plans; the unknown says why one more may exist."""
        found, more = self._own.of(index)
        planned, unclear = self._by_plans(index)
        return [*found, *planned], first(more, unclear)

    def chosen(self, index: int) -> Chosen:
        """The selections that take a store, itself or as a disk of its machine."""
        known = self._chosen.get(index)
        if known is not None:
            return known
        chosen = self._selections.of(index)
        for machine in self._machines.get(index, ()):
            also = self._selections.of(machine)
            chosen = Chosen(chosen.surely | also.surely, chosen.perhaps | also.perhaps)
        self._chosen[index] = chosen
        return chosen

    def plans(self, index: int) -> tuple[list[int], list[int]]:
        """The plans that surely select a store, and those that may besides."""
        chosen = self.chosen(index)
        if not chosen.perhaps:
            return self.clusters.of(index).plans, []
        if chosen not in self._selecting:
            surely = self._of_bits(chosen.surely)
            perhaps = [plan for plan in self._of_bits(chosen.perhaps) if plan not in surely]
            self._selecting[chosen] = surely, perhaps
        return self._selecting[chosen]

    def _of_bits(self, bits: int) -> list[int]:
        return list(dict.fromkeys(self._selections.entries[at].plan for at in _bits(bits)))

    def _by_plans(self, index: int) -> tuple[list[Observation], Unknown | None]:
        saved = self.clusters.of(index)
        unclear = first(saved.more, self.clusters.unclear(index))
        if saved.copies or unclear is not None:
            return saved.copies, unclear
        chosen = self.chosen(index)
        if not chosen.perhaps:
            return _NONE, None
        subject = self._subject(index)
        key = (chosen, subject.type, _key(subject.account), _key(subject.region), _key(subject.versioned),
               _key(subject.own_key), _key(subject.keyed))  # fmt: skip
        known = self._planned.get(key)
        if known is None:
            known = self._planned[key] = self._make(index, subject)
        return known

    def _make(self, index: int, subject: Subject) -> tuple[list[Observation], Unknown | None]:
        surely, perhaps = self.plans(index)
        found: list[Observation] = []
        more: Unknown | None = None
        for plan in (*surely, *perhaps):
            made, unclear = self._making.of(plan, subject)
            more = first(more, unclear)
            fault = self._role_fault(index, plan, subject.type)
            made = [_failing(each, fault) for each in made]
            if plan in perhaps:
                name = self.graph.addresses[plan].name
                doubt = Unknown(f"whether the plan {name} selects it cannot be told", Cause.OUTSIDE_SCAN)
                made = [_doubted(each, doubt) for each in made]
            found.extend(made)
        return found, more

    def _role_fault(self, index: int, plan: int, type_: str) -> Fault:
        """Why the roles of a plan's selections that take a store cannot save it."""
        entries = (self._selections.entries[at] for at in _bits(self.chosen(index).perhaps))
        return self._roles.fault((each for each in entries if each.plan == plan), type_)

    def _subject(self, index: int) -> Subject:
        graph = self.graph
        selectable = graph.peek(index, "selectable")
        type_ = str(selectable["type"]) if isinstance(selectable, Mapping) else ""
        account, region = parts_of(graph, index)
        versioned = graph.peek(index, "versioned") if graph.kind(index).name == "object_store" else True
        keyed = _keyed(graph.peek(index, "encrypted"), graph.peek(index, "customer_key"))
        return Subject(type_, account, region, versioned, graph.peek(index, "customer_key"), keyed)

    def tested(self, index: int) -> Told:
        """Whether restores of a store are tried as often as the configuration asks."""
        tried = self._records.restored(index, self.needs.restore_test_days)
        if tried is True:
            return True
        nothing: Told = False if self._complete and self.graph.peek(index, "provider") != PROVIDER else tried
        if not self._tests.entries:
            return nothing
        chosen = self._tests.of(index)
        told = [self._often(self._tests.entries[at].plan) for at in _bits(chosen.surely)]
        if True in [each is True for each in told]:
            return True
        doubtful = [each for each in told if isinstance(each, Unknown)]
        if doubtful:
            return doubtful[0]
        return _PERHAPS if chosen.perhaps & ~chosen.surely else nothing

    def _often(self, test: int) -> Told:
        schedule = self.graph.peek(test, "schedule")
        if isinstance(schedule, Unknown):
            return schedule
        try:
            return longest_gap(str(schedule)) <= self.needs.restore_test_days * _DAY
        except ValueError:
            return False

    # what it amounts to

    def count(self, index: int) -> Counted:
        """The letters of one store."""
        held = self.held(index)
        tested = self.tested(index)
        timed = self._records.longest_restore(index)
        needs = self.assets.needs_of(index)
        key = (tuple(map(_signature, (held.primary, *held.own))), id(held.planned), _key(held.more),
               needs.rpo_hours, needs.retention_days, needs.rto_hours, _key(tested), timed)  # fmt: skip
        known = self._counted.get(key)
        if known is None:
            known = self._counted[key] = (
                count(held.primary, held.observations, held.more, needs, tested, timed),
                held,
            )
        return known[0]

    def planned(self, index: int) -> Told:
        """Whether a plan selects a store."""
        surely, perhaps = self.plans(index)
        if surely:
            return True
        if perhaps:
            return Unknown(f"whether {self.graph.addresses[perhaps[0]].name} selects it cannot be told")
        return False if self._complete or backups_read(self.graph, index) else self._why_open(index)

    def _why_open(self, index: int) -> Unknown:
        """Why a plan that is not listed may select a store: the listing that failed, where one did."""
        why = self.graph.why_open_in("backs_up", index)
        return _PLANS if why is None else why

    # derived attributes

    def judge(self) -> None:
        """Set the letters of every store, and what is to be said of every plan."""
        graph = self.graph
        trapped = self._judge_plans()
        misses = Misses(graph, self._plans)
        taken: set[int] = set()
        for index in self.assets.stores():
            role, _ = self.assets.role(index)
            graph.set(index, "asset", role)
            if role not in ("declared", "inferred"):
                for name in DERIVED[1:]:
                    graph.set(index, name, None)
                continue
            counted = self.count(index)
            graph.set(index, "copies", counted.copies)
            graph.set(index, "media", counted.media)
            for letter, name in LETTERS.items():
                graph.set(index, name, counted.letters[letter])
            surely, perhaps = self.plans(index)
            taken.update(surely)
            graph.set(index, "planned", self.planned(index))
            missed = self._powerless(index, surely) if surely else misses.of(index, perhaps)
            graph.set(index, "missed_by", missed)
            graph.set(index, "plan_at_fault", any(plan in trapped for plan in surely))
            graph.set(index, "change", advice(counted) or None)
        self._judge_selecting(taken)

    def _powerless(self, index: int, plans: Sequence[int]) -> str | Unknown | None:
        """What keeps the roles of all plans that select a store from saving it; None where one can."""
        selectable = self.graph.peek(index, "selectable")
        type_ = str(selectable["type"]) if isinstance(selectable, Mapping) else ""
        key = (self.chosen(index), type_)
        if key not in self._without_power:
            self._without_power[key] = self._why_powerless(index, plans, type_)
        return self._without_power[key]

    def _why_powerless(self, index: int, plans: Sequence[int], type_: str) -> str | Unknown | None:
        faults = [self._role_fault(index, plan, type_) for plan in plans]
        unclear = next((each for each in faults if isinstance(each, Unknown)), None)
        if unclear is not None or "" in faults:
            return unclear
        return f"{self.graph.addresses[plans[0]].name} selects it, but {faults[0]}"

    def _judge_plans(self) -> set[int]:
        """Set the traps of every plan; the plans that have one."""
        trapped: set[int] = set()
        for plan in self.graph.nodes("backup_plan"):
            traps = list(traps_of(self.graph, self._making, plan))
            self.graph.set(plan, "traps", traps)
            uncopied = self.graph.peek(plan, "copied") is False
            if traps or uncopied or self.graph.peek(plan, "scheduled") is False:
                trapped.add(plan)
        return trapped

    def _judge_selecting(self, taken: set[int]) -> None:
        """Whether each plan selects a store: what it selects may lie outside the scan, unless that holds all."""
        for plan in self.graph.nodes("backup_plan"):
            told: Told = True if plan in taken else False if self._complete else _SELECTED
            self.graph.set(plan, "selects_something", told)

    def judge_vaults(self) -> None:
        """Set of every vault what its lock is worth today, and what has become of its key."""
        for vault in self.graph.nodes("backup_vault"):
            found = self.vaults.of(vault)
            for name, told in (("lock_now", found.lock), ("key_lost", found.key_fault)):
                self.graph.set(vault, name, None if isinstance(told, str) and not told else told)

    def observe(self) -> None:
        """Set the observations of every store that is an asset."""
        for index in self.assets.stores():
            role, _ = self.assets.role(index)
            told = [] if role not in ("declared", "inferred") else self.observations(index)
            self.graph.set(index, "observations", told)

    def observations(self, index: int) -> list[dict[str, Value]]:
        """The copies of a store as reports write them, the data itself first."""
        held = self.held(index)
        return [self.shown(each) for each in (held.primary, *held.observations)]

    def shown(self, each: Observation) -> dict[str, Any]:
        place, why = each.place, f"{each.why}{_lasting(each)}"
        return {
            "kind": each.kind,
            "location": {
                "account": shown(place.account),
                "region": shown(place.region),
                "store": shown(place.store),
            },
            "medium": each.medium if isinstance(each.medium, str) else None,
            "counts": each.counts is True,
            "why": why,
            "evidence": each.evidence,
            "source": str(self.graph.addresses[each.source]),
            "at": each.at,
            "node": str(self.graph.addresses[each.source]),
            "note": f"{'counts' if each.counts is True else 'does not count'}: {why}",
            "relation": "",
            "open": each.counts if isinstance(each.counts, Unknown) else False,
        }


def _lasting(each: Observation) -> str:
    """How often a copy that counts is made, and how long it is kept."""
    if each.counts is not True or each.kind == PRIMARY:
        return ""
    often, long = each.hours, each.keep_days
    made = "; made once" if often is None else f", at most {_shown_hours(often)} behind" if _plain(often) else ""
    kept = ", kept for ever" if long is None else f", kept {long:g} days" if _plain(long) else ""
    return made + kept + _LOCKS.get(each.lock, "") if isinstance(each.lock, str) else made + kept


_LOCKS = {
    "compliance": ", locked for good",
    "governance": ", under a lock that can be removed",
    "grace": ", under a lock that can still be removed: its grace time has not ended",
}


def _plain(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float))


def _shown_hours(hours: float) -> str:
    return f"{hours:.4g} hours" if hours >= 1 else f"{hours * 60:.0f} minutes"


def _bits(bits: int) -> Iterator[int]:
    """The positions that are set, lowest first."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _keyed(encrypted: Value, own: Value) -> Told:
    """Whether no key of AWS's own encrypts it: it is not encrypted, or with a key of the customer's."""
    if encrypted is False or own is True:
        return True
    return next((each for each in (encrypted, own) if isinstance(each, Unknown)), False)


def _failing(each: Observation, fault: Fault) -> Observation:
    if isinstance(fault, Unknown):
        return _doubted(each, fault)
    return replace(each, counts=False, why=fault) if fault and each.counts is not False else each


def _doubted(each: Observation, doubt: Unknown) -> Observation:
    return each if each.counts is False else replace(each, counts=doubt, why=doubt.reason)


def _key(value: object) -> object:
    """A value as part of a dictionary's key; an Unknown is itself only."""
    return ("?", id(value)) if isinstance(value, Unknown) else value


def _signature(each: Observation) -> tuple[object, ...]:
    """What of an observation decides a letter."""
    place = each.place
    return (
        place.provider, _key(place.account), _key(place.region), _key(place.store), _key(each.medium),
        _key(each.counts), _key(each.hours), _key(each.keep_days), _key(each.lock), _key(each.dies),
        _key(each.sealed),
    )  # fmt: skip
