"""Copies that a store's own settings make, and those of its replicas and snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scanner.analysis.copies.clock import Clock, moment
from scanner.analysis.copies.clusters import PROVIDER, Clusters, place_of
from scanner.analysis.copies.making import parts_of
from scanner.analysis.copies.observation import (
    HISTORY,
    POINT_IN_TIME,
    REPLICA,
    WITH_HISTORY,
    Observation,
    Told,
    first,
)
from scanner.analysis.copies.places import Default, Part, Place, same_part
from scanner.analysis.copies.schedule import longest_gap
from scanner.analysis.copies.selection import meant
from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value

# Live data by kind of store: volumes are blocks, buckets objects, everything else a service.
_MEDIA = {"volume": "live-block", "object_store": "object"}
_ARCHIVES = frozenset({"GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"})
_OUTSIDE = Unknown("the store that it is replicated to is not part of this scan", Cause.OUTSIDE_SCAN)

_BEHIND = Unknown("the bucket behind it decides", Cause.OUTSIDE_SCAN)
_WHOSE = Unknown("whose bucket it is cannot be told", Cause.OUTSIDE_SCAN)


def primary_of(graph: Graph, index: int) -> Observation:
    """The data itself."""
    account, region = parts_of(graph, index)
    kind = graph.kind(index).name
    provider = graph.peek(index, "provider")
    store = _bucket(graph, index) if kind == "object_store" else "primary"
    medium = _MEDIA.get(kind, "live-service")
    place = Place(str(provider), account, region, store)
    return Observation("primary", place, medium, counts=True, why="the data itself", source=index, hours=0.0)


class Own:
    """What stores say of their own copies."""

    def __init__(
        self,
        graph: Graph,
        others: Callable[[int], tuple[list[Observation], Unknown | None]],
        clusters: Clusters,
        clock: Clock,
    ) -> None:
        self._graph = graph
        self._clock = clock
        self._clusters = clusters
        self._others = others  # copies of a replica, wherever they come from
        self._buckets: dict[str, int] | None = None  # by name, the first of those that share one
        self._snapshots: dict[int, list[int]] = {}
        for index in graph.nodes("snapshot"):
            for target in graph.targets("snapshot_of", index):
                self._snapshots.setdefault(target, []).append(index)

    def of(self, index: int) -> tuple[list[Observation], Unknown | None]:
        """Observations, and why there may be more."""
        made = self._graph.peek(index, "own_copies")
        found: list[Observation] = []
        more: Unknown | None = made if isinstance(made, Unknown) else None
        for entry in made if isinstance(made, list) else ():
            if isinstance(entry, Unknown):
                more = first(more, entry)
            else:
                for each, unclear in self._entry(index, entry):
                    found.extend([each] if each is not None else [])
                    more = first(more, unclear)
        found.extend(self._taken(index))
        for replica in self._graph.targets("copied_to", index):
            if self._graph.kind(replica).name != "object_store":
                theirs, unclear = self._others(replica)
                if not any(each.kind in (REPLICA, WITH_HISTORY) and each.source == replica for each in found):
                    found.append(self._replica(replica))
                found.extend(each for each in theirs if each.kind == POINT_IN_TIME)
                more = first(more, unclear)
        return found, more

    def _replica(self, index: int) -> Observation:
        """A read replica, or a secondary cluster: it follows every change, deletions too."""
        account, region = parts_of(self._graph, index)
        kind = self._graph.kind(index).name
        place = Place(str(self._graph.peek(index, "provider")), account, region, "replica")
        why = "a replica follows every change, deletions and errors too"
        return Observation(REPLICA, place, _MEDIA.get(kind, "live-service"), counts=False, why=why, source=index)

    def _entry(self, index: int, entry: Mapping[str, Any]) -> Iterator[tuple[Observation | None, Unknown | None]]:
        kind = entry["kind"]
        at = str(entry.get("at", "own_copies"))
        if kind == "replica" and self._graph.kind(index).name == "object_store":
            yield self._replication(index, entry), None
            return
        place = self._place(index, entry)
        note = str(entry.get("note", ""))
        counts: Told = kind == "point-in-time"
        why = note
        if kind == "replica":
            why = f"{note}: it follows every change, deletions and errors too"
        elif kind == "synchronous-replica":
            why = f"{note}: written at once, so it shares every error"
        elif kind == HISTORY:
            why = f"{note}: they share its fate"
            kind = "history"
        inside = place.provider != PROVIDER or entry["medium"] != "object"
        seal: Told = False if inside else _BEHIND
        yield (
            Observation(
                kind, place, entry["medium"], counts, why, index, at, self._hours(index, entry),
                self._keep(index, entry), lock="" if inside else _BEHIND, dies=entry.get("dies", False),
                sealed=seal, evidence="observed" if "until" in entry else "planned",
            ),
            None,
        )  # fmt: skip

    def _hours(self, index: int, entry: Mapping[str, Any]) -> Any:
        """How far a copy lies behind: as it was seen, as told, or the longest time between two runs."""
        latest = moment(entry.get("until"))
        if latest is not None:
            return (self._clock.of(index) - latest).total_seconds() / 3600
        schedule = entry.get("schedule")
        if schedule is None or isinstance(schedule, Unknown):
            return entry["hours"] if schedule is None else schedule
        try:
            return longest_gap(str(schedule))
        except ValueError:
            return None

    def _place(self, index: int, entry: Mapping[str, Any]) -> Place:
        account, region = parts_of(self._graph, index)
        provider = str(self._graph.peek(index, "provider"))
        root = self._graph.addresses[index].root
        if provider == PROVIDER:
            return place_of(self._kept(index, entry), *self._clusters.home(index))
        if "account" in entry:
            account = _part(entry["account"], root)
        if "region" in entry:
            region = _part(entry["region"], root)
        return Place(provider, account, region, entry["store"])

    def _keep(self, index: int, entry: Mapping[str, Any]) -> Value:
        """How long a copy is kept: by the entry itself, or by the store that the node names."""
        if not entry.get("vault"):
            found: Value = entry["keep_days"]
            return found
        return self._kept(index, entry).get("keep_days", _OUTSIDE)

    def _kept(self, index: int, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        """Where something of a cluster is kept: by the entry itself, or by the store that the node names."""
        if not entry.get("vault"):
            return {"region": "here", **entry} if entry["kind"] != POINT_IN_TIME else entry
        for vault in self._graph.targets("keeps_in", index):
            keeps = self._graph.peek(vault, "keeps")
            for each in keeps if isinstance(keeps, list) else ():
                if isinstance(each, Mapping):
                    return each
        return {"store": _OUTSIDE}

    # buckets

    def _replication(self, index: int, entry: Mapping[str, Any]) -> Observation:
        """A replica counts where it keeps what is deleted or overwritten in the source."""
        graph = self._graph
        target = next(iter(meant(graph, entry["to"])), None) if str(entry["to"]).startswith("@") else None
        target = self._by_arn(index, str(entry["to"])) if target is None else target
        history = self._history(target)
        counts, why = self._keeps(entry, target, history)
        archived = entry.get("storage_class")
        medium: str | Unknown = "archive" if isinstance(archived, str) and archived in _ARCHIVES else "object"
        medium = archived if isinstance(archived, Unknown) else medium
        account, region = self._home(index, entry, target)
        keep = history.get("keep_days") if history else None
        lock = self._lock(history)
        place = Place(str(graph.peek(index, "provider")), account, region, _bucket(graph, target, entry))
        other = same_part(account, parts_of(graph, index)[0])
        sealed: Told = True
        if isinstance(lock, Unknown) or lock != "compliance":
            sealed = _WHOSE if other is None else not other
            sealed = lock if sealed is False and isinstance(lock, Unknown) else sealed
        kind = WITH_HISTORY if counts is True else REPLICA
        return Observation(
            kind, place, medium, counts, why, index, "own_copies", entry["hours"], keep, lock, sealed=sealed
        )

    def _keeps(
        self, entry: Mapping[str, Any], target: int | None, history: Mapping[str, Any] | None
    ) -> tuple[Told, str]:
        partial, markers = entry.get("partial"), entry.get("markers")
        if isinstance(partial, str):
            return False, partial
        if markers is True:
            return False, "deletions are replicated too"
        if target is None:
            return _OUTSIDE, _OUTSIDE.reason
        if history is None:
            return False, "the replica keeps no earlier versions"
        for each in (partial, markers, history.get("unknown")):
            if isinstance(each, Unknown):
                return each, each.reason
        return True, "replicated to a bucket that keeps its own history"

    def _history(self, target: int | None) -> Mapping[str, Any] | None:
        made = None if target is None else self._graph.peek(target, "own_copies")
        if isinstance(made, Unknown):
            return {"unknown": made, "keep_days": made, "lock": made}
        for entry in made if isinstance(made, list) else ():
            if isinstance(entry, Unknown):
                return {"unknown": entry, "keep_days": entry, "lock": entry}
            if entry["kind"] == HISTORY:
                found: Mapping[str, Any] = entry
                return found
        return None

    def _lock(self, history: Mapping[str, Any] | None) -> str | Unknown:
        lock = history.get("lock") if history else ""
        return lock if isinstance(lock, (str, Unknown)) else ""

    def _home(self, index: int, entry: Mapping[str, Any], target: int | None) -> tuple[Part, Part]:
        if target is not None:
            account, region = parts_of(self._graph, target)
        else:
            account, region = _OUTSIDE, _OUTSIDE
        if "account" in entry:
            account = _part(entry["account"], self._graph.addresses[index].root)
        return account, region

    def _by_arn(self, source: int, text: str) -> int | None:
        """A bucket of the graph by its ARN or name; where that is known in part, the only one that is tied."""
        name = text.rpartition(":")[2]
        if "{" in name:
            tied = [each for each in self._graph.targets("copied_to", source)
                    if self._graph.kind(each).name == "object_store"]  # fmt: skip
            return tied[0] if len(set(tied)) == 1 else None
        if self._buckets is None:
            self._buckets = {}
            for index in self._graph.nodes("object_store"):
                own = self._graph.peek(index, "name")
                if isinstance(own, str):
                    self._buckets.setdefault(own, index)
        return self._buckets.get(name)

    # snapshots that the configuration itself takes

    def _taken(self, index: int) -> Iterator[Observation]:
        seen = {index}
        stack = list(self._snapshots.get(index, ()))
        while stack:
            snapshot = stack.pop()
            if snapshot in seen:
                continue
            seen.add(snapshot)
            stack.extend(self._snapshots.get(snapshot, ()))
            account, region = parts_of(self._graph, snapshot)
            place = Place(str(self._graph.peek(snapshot, "provider")), account, region, self._native(index))
            lock, archived = (self._graph.peek(snapshot, name) for name in ("lock", "archived"))
            yield Observation(
                POINT_IN_TIME, place, _tier(archived), counts=True, why="a snapshot, taken once", source=snapshot,
                keep_days=self._graph.peek(snapshot, "keep_days"),
                lock=lock if isinstance(lock, (str, Unknown)) else "",
            )  # fmt: skip

    def _native(self, index: int) -> str:
        """Where a service keeps snapshots of a store: beside those that it makes by itself."""
        made = self._graph.peek(index, "own_copies")
        for entry in made if isinstance(made, list) else ():
            if isinstance(entry, Mapping) and entry["kind"] == POINT_IN_TIME:
                store = entry.get("store")
                if isinstance(store, str) and store.startswith("native:"):
                    return store
        return f"native:{_service(str(self._graph.peek(index, 'type')))}"


def _tier(archived: Value) -> str | Unknown:
    return archived if isinstance(archived, Unknown) else "archive" if archived is True else "backup-store"


# By the type that code shows, and by the one that a live account does.
_SERVICES = {
    "aws_ebs_volume": "ebs", "aws_instance": "ebs", "aws_db_instance": "rds", "aws_rds_cluster": "aurora",
    "aws_docdb_cluster": "docdb", "aws_neptune_cluster": "neptune", "aws_memorydb_cluster": "memorydb",
    "aws_redshift_cluster": "redshift", "aws_redshiftserverless_namespace": "redshift-serverless",
    "aws_dynamodb_table": "dynamodb", "aws_docdbelastic_cluster": "docdb-elastic",
    "AWS::EC2::Volume": "ebs", "AWS::EC2::Instance": "ebs", "AWS::RDS::DBInstance": "rds",
    "AWS::RDS::DBCluster": "aurora", "AWS::MemoryDB::Cluster": "memorydb", "AWS::Redshift::Cluster": "redshift",
    "AWS::RedshiftServerless::Namespace": "redshift-serverless", "AWS::DynamoDB::Table": "dynamodb",
    "AWS::DocDBElastic::Cluster": "docdb-elastic",
}  # fmt: skip
_FAMILIES = ("fsx", "elasticache")


def _service(type_: str) -> str:
    family = next((each for each in _FAMILIES if each in type_.lower()), type_)
    return _SERVICES.get(type_, family)


def _part(value: Value, root: str) -> Part:
    if isinstance(value, Unknown):
        return value
    if value is None or str(value) in ("{region}", "{account}"):
        return Default(root)
    return Unknown("a part of it is not known", Cause.OUTSIDE_SCAN) if "{" in str(value) else str(value)


def _bucket(graph: Graph, target: int | None, entry: Mapping[str, Any] | None = None) -> str | Unknown:
    if target is None:
        named = str(entry["to"]).rpartition(":")[2] if entry else ""
        return _OUTSIDE if "{" in named or named.startswith("@") or not named else f"bucket:{named}"
    name = graph.peek(target, "name")
    return f"bucket:{name}" if isinstance(name, str) else f"bucket:{graph.addresses[target].name}"
