"""Copies of what lies in clusters: which schedules save a claim, and where that copy lies.

Selection: Velero (documentation, "Resource filtering", "File System Backup", "CSI Support"), K8up ("Schedule",
"Restrict backups"), Longhorn ("Recurring Snapshots and Backups"), Kasten ("Policies"), VolSync, snapscheduler.
A cluster stands in one site; that is the configuration's `[backup] site`, or not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from scanner.analysis.copies.observation import POINT_IN_TIME, REPLICA, Fault, Observation, Told, first, worst
from scanner.analysis.copies.places import Part, Place, part
from scanner.analysis.copies.schedule import longest_gap
from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value

PROVIDER = "kubernetes"
_SITE = Unknown("no manifest says in which region the cluster stands ([backup] site does)", Cause.OUTSIDE_SCAN)
_BUCKET = Unknown("no manifest says in which region the bucket lies", Cause.OUTSIDE_SCAN)
_SNAPSHOTTER = Unknown("no snapshot class or location of Velero is part of this scan", Cause.OUTSIDE_SCAN)
_NAMESPACE = Unknown("no namespace is written: whoever applies it chooses", Cause.OUTSIDE_SCAN)
_MARKED = Unknown("the namespace of the claim may be left out by a label", Cause.OUTSIDE_SCAN)


class _Claim(NamedTuple):
    node: int
    namespace: str | None
    labels: Value
    told: Mapping[str, str]
    files: frozenset[str]  # what annotations of pods say of it: in, out


class Saved(NamedTuple):
    """What schedules save of a claim, the plans that surely select it, and why there may be more."""

    copies: list[Observation]
    plans: list[int]
    more: Unknown | None


class Clusters:
    """The schedules of clusters, and what they save of each claim."""

    def __init__(self, graph: Graph, site: str) -> None:
        self._graph = graph
        self._site: Part = site or _SITE
        self._plans = [each for each in graph.nodes("backup_plan") if graph.peek(each, "provider") == PROVIDER]
        self._words: dict[tuple[str | None, str], set[str]] = {}
        for workload in graph.nodes("workload"):
            self._read(workload)
        self._excluded = {
            str(graph.peek(each, "name"))
            for each in graph.nodes("namespace")
            if _label(graph.peek(each, "tags"), "velero.io/exclude-from-backup") == "true"
        }

    def _read(self, workload: int) -> None:
        saved = self._graph.peek(workload, "saved_volumes")
        namespace = _namespace(self._graph, workload)
        for each in saved if isinstance(saved, list) else ():
            if isinstance(each, dict) and each.get("file"):
                self._words.setdefault((namespace, str(each["claim"])), set()).add(str(each["file"]))

    def home(self, index: int) -> tuple[Part, Part]:
        """Cluster and site of what lies in a cluster."""
        graph = self._graph
        return part(graph.peek(index, "account"), graph.addresses[index].root), self._site

    def of(self, index: int) -> Saved:
        """What schedules save of a claim, the plans that surely select it, and why there may be more."""
        graph = self._graph
        told = graph.peek(index, "selectable")
        if not self._plans or not isinstance(told, Mapping) or told.get("type") != "claim":
            return Saved([], [], None)
        namespace = told.get("namespace") or _namespace(graph, index)
        words = frozenset(self._words.get((namespace, str(told["volume"])), ()))
        claim = _Claim(index, namespace, graph.peek(index, "tags"), told, words)
        found: list[Observation] = []
        surely: list[int] = []
        more: Unknown | None = None
        for plan in self._plans:
            rules = _listed(graph.peek(plan, "rules"))
            for selection in _listed(graph.peek(plan, "selections")):
                chosen = _UNREAD if isinstance(selection, Unknown) else self._chosen(selection, claim)
                if chosen is not False:
                    found.extend(self._made(plan, selection, claim, chosen))
                    surely.extend([plan] if chosen is True else [])
                    more = first(more, *(each for each in rules if isinstance(each, Unknown)))
        return Saved(found, surely, more)

    def unclear(self, index: int) -> Unknown | None:
        """Why schedules of the scan may save a thing all the same: what it is called is filled in later."""
        if not self._plans or self._graph.peek(index, "provider") != PROVIDER:
            return None
        told = self._graph.peek(index, "selectable")
        return told if isinstance(told, Unknown) else None

    # selection

    def _chosen(self, selection: Mapping[str, Any], claim: _Claim) -> Told:
        parts = [
            _in_namespaces(selection, claim.namespace),
            _carries(selection["labels"], claim.labels, unmarked=selection["by"] == "longhorn-default"),
            selection["claims"] is None or claim.told["name"] in selection["claims"],
            self._class(selection, claim),
            self._marks(selection, claim),
        ]
        if any(each is False for each in parts):
            return False
        return next((each for each in parts if isinstance(each, Unknown)), True)

    def _class(self, selection: Mapping[str, Any], claim: _Claim) -> Told:
        """Longhorn and Rook save what their own classes made, which are known by their names."""
        hints = selection["classes"]
        if hints is None:
            return True
        for made in self._graph.targets("made_by", claim.node):
            name = self._graph.peek(made, "name")
            return isinstance(name, str) and any(each in name for each in hints)
        return any(each in claim.told["class"] for each in hints) or _UNREAD

    def _marks(self, selection: Mapping[str, Any], claim: _Claim) -> Told:
        marked = claim.told["velero"] == "true" or claim.namespace in self._excluded
        if selection["by"] == "velero" and marked:
            return False
        if selection["by"] == "k8up":
            if claim.told["k8up"] == "false":
                return False
            modes = set(claim.told["modes"].split(","))
            if not modes & {"ReadWriteOnce", "ReadWriteMany"}:
                return claim.told["k8up"] == "true"
        return True

    # what comes of it

    def _made(
        self, plan: int, selection: Mapping[str, Any] | Unknown, claim: _Claim, chosen: Told
    ) -> Iterator[Observation]:
        rules = self._graph.peek(plan, "rules")
        for number, rule in enumerate(_listed(rules)):
            if isinstance(rule, Unknown):
                continue
            where, fault = self._where(plan, rule, selection, claim)
            hours, never = _gap(rule.get("schedule"))
            told = worst(fault, never, rule.get("fault") or "")
            counts = _told(told)
            if counts is not False and chosen is not True:
                counts, told = chosen, chosen if isinstance(chosen, Unknown) else ""
            kind = REPLICA if isinstance(told, str) and told.endswith("a replica") else POINT_IN_TIME
            why = told.reason if isinstance(told, Unknown) else told or "saved by a schedule"
            place = self._place(where, claim.node)
            medium = where.get("medium", "object") if isinstance(where, Mapping) else "object"
            yield Observation(
                kind, place, medium, counts, why, plan, f"rules[{number}]", hours, _kept(rule, hours),
                lock=_LOCK if medium == "object" else "", dies=_dies(place),
                sealed=_SEAL if medium == "object" else False,
            )  # fmt: skip

    def _where(
        self, plan: int, rule: Mapping[str, Any], selection: Mapping[str, Any] | Unknown, claim: _Claim
    ) -> tuple[Any, Fault]:
        if isinstance(selection, Unknown) or selection["by"] != "velero":
            return rule.get("where"), ""
        return self._velero(plan, rule, selection, claim)

    def _velero(
        self, plan: int, rule: Mapping[str, Any], selection: Mapping[str, Any], claim: _Claim
    ) -> tuple[Any, Fault]:
        """One copy per volume: by file backup, by snapshot, or by a snapshot that is moved to the bucket."""
        bucket, fault = self._bucket(plan)
        if isinstance(selection.get("policy"), Unknown):
            return bucket, worst(selection["policy"], fault)
        filed = "in" in claim.files or (selection["files"] == "all" and "out" not in claim.files)
        mover = "" if rule.get("agent", True) else _NO_AGENT
        if filed:
            return bucket, worst(mover, fault)
        if not selection.get("snapshots", True):
            return bucket, "neither file backup nor snapshots take this volume: only its object is saved"
        if rule.get("move") is True:
            return bucket, worst(mover, fault)
        native = {"store": "native:csi", "medium": "backup-store", "provider": "", "region": "here"}
        return native, worst(fault, "" if selection.get("snapshotter") else _SNAPSHOTTER)

    def _bucket(self, plan: int) -> tuple[Any, Fault]:
        for vault in self._graph.targets("keeps_in", plan):
            for each in _listed(self._graph.peek(vault, "keeps")):
                if isinstance(each, Mapping):
                    return self._known(vault, each), each.get("fault") or ""
        why = self._graph.why_open("keeps_in", plan)
        unsaid = Unknown("its storage location is not part of this scan", Cause.OUTSIDE_SCAN)
        return (unsaid if why is None else why), ""

    def _known(self, keeper: int, where: Mapping[str, Any]) -> Mapping[str, Any]:
        """A place whose bucket is in the scan lies where that bucket does."""
        for bucket in self._graph.targets("copied_to", keeper):
            there = where["region"] if isinstance(where["region"], str) else self._graph.peek(bucket, "region")
            named = f"bucket:{self._graph.addresses[bucket].name}"
            store = named if isinstance(where["store"], Unknown) else where["store"]
            return {**where, "store": store, "region": there}
        return where

    def _place(self, where: Any, index: int) -> Place:
        account, site = self.home(index)
        if not isinstance(where, Mapping):
            unclear = where if isinstance(where, Unknown) else _BUCKET
            return Place(PROVIDER, account, unclear, unclear)
        return place_of(where, account, site)


def place_of(where: Mapping[str, Any], account: Part, site: Part) -> Place:
    """A place as mappings write it: `here` is the cluster's own site, no region is one that is not known."""
    region = where.get("region")
    there: Part = region if isinstance(region, (str, Unknown)) else _BUCKET
    if isinstance(region, str) and region == "here":
        there = site
    return Place(where.get("provider") or PROVIDER, account, there, where["store"])


_UNREAD = Unknown("what the schedule selects is not known", Cause.OUTSIDE_SCAN)
_NO_AGENT = "no node agent runs (deployNodeAgent), which reads the volume for a file backup or a data mover"
_LOCK = Unknown("the bucket behind it decides", Cause.OUTSIDE_SCAN)
_SEAL = Unknown("who may delete in the bucket is not part of the manifests", Cause.OUTSIDE_SCAN)


def _dies(place: Place) -> Told:
    """A snapshot of a driver goes with its class's deletion policy; what lies in a bucket stays."""
    if isinstance(place.store, str) and place.store == "native:csi":
        return Unknown("the deletion policy of its snapshot class decides", Cause.OUTSIDE_SCAN)
    return False


def _gap(schedule: Value) -> tuple[Any, str]:
    if isinstance(schedule, Unknown):
        return schedule, ""
    if schedule is None:
        return None, "it has no schedule"
    try:
        return longest_gap(str(schedule)), ""
    except ValueError as error:
        return None, f"the schedule {error}"


def _kept(rule: Mapping[str, Any], hours: Any) -> Any:
    """Days that a copy is kept: as told, or by the count of those that are kept."""
    count = rule.get("count")
    if count is None:
        return rule.get("keep_days")
    unclear = next((each for each in (count, hours) if isinstance(each, Unknown)), None)
    return unclear if unclear is not None else int(count) * hours / 24 if hours is not None else None


def _told(fault: Fault) -> Told:
    return fault if isinstance(fault, Unknown) else not fault


def _in_namespaces(selection: Mapping[str, Any], namespace: str | None) -> Told:
    if selection["namespaces"] == ["*"] and not selection["not_namespaces"]:
        return True
    if namespace is None:
        return True if selection["namespaces"] == ["?"] else _NAMESPACE
    if any(fnmatchcase(namespace, glob) for glob in selection["not_namespaces"]):
        return False
    return any(fnmatchcase(namespace, glob) for glob in selection["namespaces"])


def _carries(selectors: Sequence[Mapping[str, Any]], labels: Value, *, unmarked: bool) -> Told:
    """Whether labels fit one of the selectors; none asks for nothing. `unmarked`: what carries no mark is in."""
    if not selectors:
        return True
    if not isinstance(labels, Mapping):
        return _UNREAD
    if unmarked and not any(str(key).startswith("recurring-job") for key in labels):
        return True
    return any(_fits(each, labels) for each in selectors)


def _fits(selector: Mapping[str, Any], labels: Mapping[str, Value]) -> bool:
    equal = all(labels.get(key) == value for key, value in selector["labels"].items())
    return equal and all(_holds(each, labels) for each in selector["expressions"])


def _holds(expression: Mapping[str, Any], labels: Mapping[str, Value]) -> bool:
    value, operator = labels.get(expression["key"]), expression["operator"]
    if operator == "Exists":
        return value is not None
    if operator == "DoesNotExist":
        return value is None
    return (value in expression["values"]) is (operator == "In")


def _listed(value: Value) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, Unknown) else []


def _namespace(graph: Graph, index: int) -> str | None:
    region = graph.peek(index, "region")
    return region if isinstance(region, str) else None


def _label(tags: Value, key: str) -> str:
    found = tags.get(key) if isinstance(tags, Mapping) else None
    return found if isinstance(found, str) else ""
