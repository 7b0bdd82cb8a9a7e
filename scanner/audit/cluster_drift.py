"""Manifests against a cluster: what nobody wrote, what is gone, what was changed, and by whom.

An object is told by its group, kind, namespace and name. What the manifest writes is held against what is there
(`fields`); of what it does not write counts what a person put in, and what a rule's verdict hangs on. Which rules
those are is found by trying: the manifest alone, and the manifest with that one field as it is in the cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scanner.audit import fields, managers
from scanner.audit.drifts import CONTROLLER, NOBODY, OTHER_STATE, PROVIDER, Author, Change, Class, Drift, Result
from scanner.audit.fields import Field
from scanner.audit.managers import Entry
from scanner.engine.run import judge
from scanner.graph.columns import Graph
from scanner.mapping.assemble import Assembler
from scanner.mapping.tables import Tables
from scanner.model.address import Address
from scanner.model.finding import Severity
from scanner.model.layer import Layer
from scanner.model.location import Span
from scanner.model.report import Files
from scanner.model.resource import Plane, Resource, Scope
from scanner.model.rule import Rule
from scanner.model.value import Unknown, Value, unwrap
from scanner.sources.cluster.listing import CORE_KINDS, GROUPS, OK
from scanner.sources.cluster.snapshot import ClusterUnit
from scanner.sources.terraform.read import Unit

_DEFAULTS = frozenset(("/ServiceAccount/default", "/ConfigMap/kube-root-ca.crt", "/Service/kubernetes",
                       "/ConfigMap/istio-ca-root-cert"))  # fmt: skip
_SPACES = frozenset(("default", "kube-system", "kube-public", "kube-node-lease"))
_OWN = frozenset(("kube-apiserver", "kubeadm", "k3s", "eks", "kops", "kube-controller-manager", "kubelet",
                  "cloud-controller-manager", "gke", "aks"))  # fmt: skip
# Labels and annotations by which what brought an object notes it, and what that is called.
_STATES = {
    "meta.helm.sh/release-name": "Helm release",
    "argocd.argoproj.io/tracking-id": "Argo CD",
    "argocd.argoproj.io/instance": "Argo CD application",
    "kustomize.toolkit.fluxcd.io/name": "Flux",
    "helm.toolkit.fluxcd.io/name": "Flux",
    "config.k8s.io/owning-inventory": "inventory",
}
_CONTROLLERS = {
    "olm.owner": "OLM",
    "karpenter.sh/nodepool": "Karpenter",
    "kubernetes.io/cluster-service": "cluster",
}
_SYSTEM = ("kubernetes.io/bootstrapping", "addonmanager.kubernetes.io/mode", "eks.amazonaws.com/component",
           "rbac.authorization.k8s.io/autoupdate", "apf.kubernetes.io/autoupdate-spec")  # fmt: skip


@dataclass(slots=True)
class Objects:
    """The manifests and the clusters of a scan, noted as their units pass by."""

    code: list[Resource] = field(default_factory=list)
    clusters: list[ClusterUnit] = field(default_factory=list)

    def through(self, units: Iterable[Unit]) -> Iterator[Unit]:
        for unit in units:
            if isinstance(unit, ClusterUnit):
                self.clusters.append(unit)
            else:
                self.code.extend(each for each in unit.resources if each.address.scheme == "k8s")
            yield unit


@dataclass(slots=True)
class _Found:
    """What one object and its manifest say of one another."""

    code: Resource
    live: Resource
    fields: list[Field]
    entries: list[Entry]

    @property
    def weight(self) -> int:
        return len(self.fields)


def drift(objects: Objects, graph: Graph, rules: Sequence[Rule]) -> Result:
    """Compare the manifests with each cluster; `graph` knows of what kind the objects are."""
    result = Result()
    for cluster in objects.clusters:
        _Cluster(cluster, objects.code, graph).compare(result, rules)
    result.drifts.sort(key=lambda each: each.order)
    return result


class _Cluster:
    """One comparison."""

    def __init__(self, unit: ClusterUnit, code: Sequence[Resource], graph: Graph) -> None:
        self._unit = unit
        self._graph = graph
        self._live = {each.address.name: each for each in unit.resources}
        self._code: dict[str, list[Resource]] = {}
        self._somewhere: list[Resource] = []
        spread: dict[str, list[str]] = {}
        for name in self._live:
            group, kind, _, own = _parts(name)
            spread.setdefault(f"{group}/{kind}/{own}", []).append(name)
        for each in code:
            group, kind, space, own = _parts(each.address.name)
            there = spread.get(f"{group}/{kind}/{own}", [])
            if space or f"{group}/{kind}//{own}" in self._live or (not there):
                self._code.setdefault(f"{group}/{kind}/{space}/{own}", []).append(each)
            elif len(there) == 1:  # its namespace is said by whoever applies it
                self._code.setdefault(there[0], []).append(each)
            else:
                self._somewhere.append(each)
        self._status = {each.unit.partition("/")[2]: each.status for each in unit.coverage}

    def compare(self, result: Result, rules: Sequence[Rule]) -> None:
        changed = []
        for name, written in sorted(self._code.items()):
            live = self._live.get(name)
            if live is None:
                absent = self._absent(written[0])  # several overlays may write it: it is one object
                result.drifts.extend([absent] if absent is not None else [])
                continue
            found = min((self._differs(each, live) for each in written), key=lambda each: each.weight)
            if found.fields:
                changed.append(found)
            else:
                result.managed += 1
        for each in self._somewhere:
            why = "its namespace is not written, and there are several of this name"
            result.drifts.append(self._told(Class.UNKNOWN, each, reason=why))
        for told in self._changed(changed, rules):
            if told.changes:
                result.drifts.append(told)
            else:
                result.managed += 1
        taken = self._code.keys() | {
            name for each in self._somewhere for name in self._live if _same_name(name, each.address.name)
        }
        for name, live in sorted(self._live.items()):
            if name not in taken:
                owner, by = self._owner(live)
                result.drifts.append(self._told(Class.UNMANAGED, live, owner=owner, by=by))

    # what both sides have

    def _differs(self, code: Resource, live: Resource) -> _Found:
        entries = managers.entries(self._unit.managers(live.address.name))
        found = list(fields.differences(code.attributes, live.attributes))
        seen = {each.shown for each in found}
        made = _map(live.attributes.get("metadata")).get("creationTimestamp")
        for entry in entries:
            brought = entry.manager.at == made and entry.manager.what != managers.PERSON
            if entry.manager.what == managers.DEPLOYMENT or brought:
                continue  # who brought the whole object owns what the API server filled in, too
            for each in fields.added(code.attributes, live.attributes, entry):
                if each.shown not in seen:
                    seen.add(each.shown)
                    found.append(each)
        return _Found(code, live, found, entries)

    def _changed(self, every: Sequence[_Found], rules: Sequence[Rule]) -> Iterator[Drift]:
        hanging = _verdicts(every, rules)
        for number, found in enumerate(every):
            changes = [
                self._change(found, each, *hanging.get((number, at), ((), ())))
                for at, each in enumerate(found.fields)
            ]
            # what a controller adds counts where it makes a rule fail
            kept = [
                change
                for change, told in zip(changes, found.fields, strict=True)
                if not told.unwritten or _by_person(change.manager) or change.direction == "weaker"
            ]
            kept.sort(key=lambda each: (("weaker", "stronger", "neutral").index(each.direction), each.attribute))
            by = {each.manager.name for each in kept if each.manager and _automatic(each.manager)}
            alone = bool(kept) and all(each.manager is not None and _automatic(each.manager) for each in kept)
            yield replace(
                self._told(Class.CHANGED, found.live, owner=CONTROLLER if alone else "", by=", ".join(sorted(by))),
                twin=str(found.code.address),
                span=next((each.span for each in kept if each.span), found.code.span),
                changes=tuple(kept),
                confidence="exact",
            )

    def _change(self, found: _Found, told: Field, weaker: tuple[str, ...], stronger: tuple[str, ...]) -> Change:
        direction = "weaker" if weaker else "stronger" if stronger else "neutral"
        manager = None if told.absent else managers.owner(found.entries, told.steps)
        span = None if told.unwritten else _place(found.code, told.origin)
        return Change(told.shown, told.code, told.live, direction, weaker or stronger, span, manager)

    # what one side has

    def _absent(self, code: Resource) -> Drift | None:
        """A manifest without an object: missing, or not to be told; None for types that are not read."""
        group, kind, _, own = _parts(code.address.name)
        status = self._status.get(code.type)
        if own.endswith("*"):
            return self._told(Class.UNKNOWN, code, reason="its name is made when it is created")
        if status is not None and status != OK:
            return self._told(Class.UNKNOWN, code, reason=f"{code.type} may not be listed, or could not be")
        if status is None:
            if code.type == "/Secret":
                return self._told(
                    Class.UNKNOWN, code, reason="secrets are not listed unless asked for (--secrets)"
                )
            if group not in GROUPS and (group or kind not in CORE_KINDS):
                return None
            return self._told(Class.MISSING, code, reason="the cluster does not know this type")
        return self._told(Class.MISSING, code)

    def _owner(self, live: Resource) -> tuple[str, str]:
        """Whose an object without a manifest is."""
        group, kind, _, own = _parts(live.address.name)
        about = _map(live.attributes.get("metadata"))
        noted = {**_map(about.get("annotations")), **_map(about.get("labels"))}
        makers = [each for each in about.get("ownerReferences") or () if isinstance(each, dict)]
        if makers:
            return CONTROLLER, f"{makers[0].get('kind')} {makers[0].get('name')}"
        for key, by in _STATES.items():
            if key in noted:
                return OTHER_STATE, f"{by} {str(unwrap(noted[key])).partition(':')[0]}"
        for key, by in _CONTROLLERS.items():
            if key in noted:
                return CONTROLLER, by
        default = f"{group}/{kind}/{own}" in _DEFAULTS or (kind == "Namespace" and own in _SPACES)
        if default or own.startswith(("system:", "system-")) or any(key in noted for key in _SYSTEM):
            return PROVIDER, ""
        wrote = [each.manager for each in managers.entries(self._unit.managers(live.address.name))]
        if wrote and all(each.name in _OWN for each in wrote):
            return PROVIDER, ""
        first = min(wrote, key=lambda each: each.at, default=None)
        if first is not None and first.what == managers.CONTROLLER:
            return CONTROLLER, first.name
        return NOBODY, first.name if first is not None else ""

    def _told(self, class_: Class, each: Resource, *, owner: str = "", by: str = "", reason: str = "") -> Drift:
        index = self._graph.find(each.address)
        kind = self._graph.kind(index).name if index is not None else each.type.removeprefix("/")
        layer: Layer | None = self._graph.layers[index] if index is not None else None
        return Drift(class_, str(each.address), kind, layer, owner=owner, by=by, span=each.span, reason=reason)


def _parts(name: str) -> tuple[str, str, str, str]:
    """Group, kind, namespace and name; what distinguishes twice-declared objects (`NAME@FILE`) is left out."""
    group, kind, space, own = name.split("/", 3)
    return group, kind, space, own.partition("@")[0]


def _same_name(name: str, other: str) -> bool:
    one, two = _parts(name), _parts(other)
    return (one[0], one[1], one[3]) == (two[0], two[1], two[3])


def _map(value: Value) -> Mapping[str, Any]:
    value = unwrap(value)
    return value if isinstance(value, dict) else {}


def _place(code: Resource, origin: str) -> Span | None:
    nearest = getattr(code.origins, "nearest", None)
    found: Span | None = code.origins.get(origin) or (nearest(origin) if nearest else None)
    return found


def _by_person(manager: Author | None) -> bool:
    return manager is not None and manager.what == managers.PERSON


def _automatic(manager: Author) -> bool:
    return manager.what in (managers.AUTOSCALER, managers.CONTROLLER)


# which rules hang on a field

_Hanging = dict[tuple[int, int], tuple[tuple[str, ...], tuple[str, ...]]]


def _verdicts(every: Sequence[_Found], rules: Sequence[Rule]) -> _Hanging:
    """By object and field: the rules that fail with the field as it is there and not as written, and the reverse.

    Every variant is judged as a cluster of its own, all of them at once. What only all fields together make fail
    is said of each.
    """
    assembler = Assembler(Tables())
    for number, found in enumerate(every):
        variants = [[], *([each] for each in found.fields), found.fields]
        for at, chosen in enumerate(variants):
            made = fields.applied(found.code.attributes, chosen, found.live.attributes)
            assembler.add([_variant(found.code, f"{number}.{at}", made)], [])
    graph = assembler.finish()
    if not len(graph):
        return {}
    from scanner.mapping.kubernetes.connect import connect  # noqa: PLC0415 - only with manifests

    connect(graph, assembler.unlisted())
    failed: dict[str, set[str]] = {}
    for rule, nodes in judge(graph, rules, Files()).failed.items():
        for index in nodes:
            failed.setdefault(graph.addresses[index].root, set()).add(rule)
    ranks = list(Severity)
    severities = {rule.id: ranks.index(rule.severity) for rule in rules}
    told: _Hanging = {}
    for number, found in enumerate(every):
        base, last = failed.get(f"{number}.0", set()), len(found.fields) + 1
        together = failed.get(f"{number}.{last}", set())
        alone = [failed.get(f"{number}.{at}", set()) for at in range(1, last)]
        joint = (together - base).difference(*alone), (base - together).intersection(*alone)
        for at, fails in enumerate(alone):
            weaker, stronger = (fails - base) | joint[0], (base - fails) | joint[1]
            if _worst(stronger, severities) < _worst(weaker, severities):
                weaker = set()  # what was hidden behind the greater fault is not new
            told[number, at] = tuple(sorted(weaker)), tuple(sorted(stronger))
    return told


def _worst(ids: set[str], severities: Mapping[str, int]) -> int:
    """The rank of the gravest of some rules, 0 the gravest."""
    return min((severities[each] for each in ids), default=len(Severity))


def _variant(code: Resource, root: str, attributes: dict[str, Value]) -> Resource:
    address = Address("k8s", root, code.address.name)
    space = code.scope.region if not isinstance(code.scope.region, Unknown) else None
    return replace(
        code, address=address, attributes=attributes, plane=Plane.LIVE, scope=Scope("kubernetes", root, space),
        origins={}, references={}, explains=None,
    )  # fmt: skip
