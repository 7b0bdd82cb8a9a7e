"""What Kubernetes ties by labels, and what one object decides for another: drawn once every node is known.

**Who can meet whom.** Objects meet in a namespace of a cluster, whichever folder declares them. Where none is
written, whoever applies a folder chooses one: such objects meet those of the same folder that name none either;
with those of the same folder that do name one they *may* meet, so both sides are open. Other folders' unnamed
namespaces are taken to be others.

**What is open.** A policy or service that selects nothing of the scan is open outwards: what it is for lies
elsewhere. Who filters a workload is closed when the scan holds its namespace or a network policy for it, and for
one that names no namespace, a namespace or network policy of the same folder; else policies may come from
elsewhere, and the relation is open inwards. Mesh policies are treated alike. The namespaces that every cluster
comes with are nobody's to declare: only a policy in them speaks for them. A live cluster was listed as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from scanner.graph.columns import Graph
from scanner.mapping.kubernetes.access import COLLECTED
from scanner.mapping.kubernetes.limits import fill_in, leave_open
from scanner.mapping.kubernetes.own import settle
from scanner.mapping.kubernetes.selectors import LabelIndex, Labelled, matches
from scanner.mapping.kubernetes.storage import CLAIM, CLASS_DECIDES
from scanner.mapping.kubernetes.workloads import ACCOUNT_DECIDES
from scanner.model.resource import Plane
from scanner.model.value import Cause, Unknown, Value, first_unknown

_OUTSIDE = Cause.OUTSIDE_SCAN
_NOTHING = Unknown("it selects nothing in this scan, and may select what is declared elsewhere", _OUTSIDE)
_EITHER = Unknown("one of the two names a namespace and the other leaves it open", _OUTSIDE)
_UNFILTERED = Unknown("neither its namespace nor a network policy beside it is part of this scan", _OUTSIDE)
_UNMESHED = Unknown("no mesh policy for its namespace or beside it is part of this scan", _OUTSIDE)
_NAMESPACE = Unknown("the labels of its namespace are not part of this scan", _OUTSIDE)

# Native types that reach over namespaces.
_CLUSTER_WIDE = frozenset(
    ("policy.networking.k8s.io/AdminNetworkPolicy", "policy.networking.k8s.io/BaselineAdminNetworkPolicy",
     "policy.networking.k8s.io/ClusterNetworkPolicy",
     "cilium.io/CiliumClusterwideNetworkPolicy", "projectcalico.org/GlobalNetworkPolicy",
     "crd.projectcalico.org/GlobalNetworkPolicy")
)  # fmt: skip
# The label that every namespace carries, and what Cilium calls it on a pod.
_NAME_LABEL = "kubernetes.io/metadata.name"
_POD_NAMESPACE = "io.kubernetes.pod.namespace"
# What a new cluster starts with (Kubernetes documentation, "Namespaces": initial namespaces).
_INITIAL = frozenset(("default", "kube-node-lease", "kube-public", "kube-system"))


class Place(NamedTuple):
    """Where objects meet: a namespace of a cluster, or a folder whose objects name none."""

    cluster: str
    namespace: str | None
    folder: str


class _Cluster:
    """The Kubernetes nodes of a graph by place."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.workloads: dict[Place, LabelIndex] = {}
        self.in_folder: dict[tuple[str, str], list[Place]] = {}
        self._folders_of: dict[Place, set[str]] = {}
        self._here: dict[tuple[Place, str], LabelIndex] = {}
        for index in self.nodes("workload"):
            self._take(index)
        self.namespaces = {self._namespace_key(index): index for index in self.nodes("namespace")}

    def nodes(self, kind: str) -> Iterator[int]:
        graph = self.graph
        return (each for each in graph.nodes(kind) if graph.peek(each, "provider") == "kubernetes")

    def place(self, index: int) -> Place:
        region = self.graph.peek(index, "region")
        named = region if isinstance(region, str) else None
        return Place(self.cluster(index), named, "" if named else self.folder(index))

    def cluster(self, index: int) -> str:
        account = self.graph.peek(index, "account")
        return account if isinstance(account, str) else ""

    def folder(self, index: int) -> str:
        return self.graph.addresses[index].root

    def beside(self, index: int, place: Place) -> Iterator[LabelIndex]:
        """The workloads of the same folder that may turn out to share a place: one side names a namespace,
        the other does not."""
        folder = self.folder(index)
        for other in self.in_folder.get((place.cluster, folder), ()):
            if (other.namespace is None) != (place.namespace is None):
                yield self._here[other, folder]

    def namespace_labels(self, place: Place) -> dict[str, str] | None:
        """The labels of a place's namespace; only its name where no manifest of it was read, None without."""
        if place.namespace is None:
            return None
        index = self.namespaces.get((place.cluster, place.namespace))
        tags = self.graph.peek(index, "tags") if index is not None else {}
        own = {key: str(value) for key, value in tags.items()} if isinstance(tags, dict) else {}
        return {**own, _NAME_LABEL: place.namespace}

    def _take(self, index: int) -> None:
        place, folder = self.place(index), self.folder(index)
        thing = Labelled(index, self._labels(index, place))
        self.workloads.setdefault(place, LabelIndex()).add(thing)
        self._here.setdefault((place, folder), LabelIndex()).add(thing)
        places = self.in_folder.setdefault((place.cluster, folder), [])
        if place not in self._folders_of or folder not in self._folders_of[place]:
            self._folders_of.setdefault(place, set()).add(folder)
            places.append(place)

    def _labels(self, index: int, place: Place) -> dict[str, str] | Unknown:
        selector = self.graph.peek(index, "selector")
        if (why := first_unknown(selector)) is not None:
            return why
        labels: dict[str, str] = dict(selector[0]) if isinstance(selector, list) and selector else {}
        if place.namespace:
            labels[_POD_NAMESPACE] = place.namespace
        return labels

    def _namespace_key(self, index: int) -> tuple[str, str]:
        return self.cluster(index), str(self.graph.peek(index, "name"))


def connect(graph: Graph, unread: Iterable[tuple[str, str, Unknown]] = ()) -> None:
    """Draw `filters`, `forwards_to` and `selects` by labels, and settle what a service account says of its
    workloads' tokens, a storage class of its claims and a limit range of containers. Call it once, after the
    assembler has finished.

    `unread` are kinds that a cluster holds and that could not be listed: (cluster, kind, why).
    """
    cluster = _Cluster(graph)
    for index in cluster.nodes("service"):
        _select(cluster, index, "forwards_to")
    for index in cluster.nodes("network_policy"):
        _select(cluster, index, "filters")
    for index in cluster.nodes("mesh_policy"):
        _select(cluster, index, "selects")
    _close(cluster, "filters", ("network_policy", "namespace"), _UNFILTERED)
    _close(cluster, "selects", ("mesh_policy",), _UNMESHED)
    _tokens(cluster)
    _claims(cluster)
    fill_in(graph, cluster.nodes("workload"), cluster.place)
    _collect(cluster)
    settle(graph)
    for name, kind, why in unread:
        _unlisted(cluster, name, kind, why)


_DRAWN = {"network_policy": "filters", "mesh_policy": "selects", "service": "forwards_to"}


def _unlisted(cluster: _Cluster, name: str, kind: str, why: Unknown) -> None:
    """Every workload of a cluster may be chosen by something that could not be listed."""
    relation = _DRAWN.get(kind)
    if kind == "limit_range":
        mine = (each for each in cluster.nodes("workload") if cluster.cluster(each) == name)
        leave_open(cluster.graph, mine, why)
    for index in cluster.nodes("workload") if relation else ():
        if relation and cluster.cluster(index) == name:
            cluster.graph.open_in(relation, index, why)


def _select(cluster: _Cluster, index: int, relation: str) -> None:
    """Draw a relation from a node to the workloads that its selectors choose."""
    graph = cluster.graph
    selectors = graph.peek(index, "selector")
    if (why := first_unknown(selectors)) is not None:
        _undecided(cluster, index, relation, why)
        return
    span = graph.origins[index].get("selector")
    found = False
    for selector in _normal(selectors):
        for place in _reach(cluster, index, selector):
            candidates = cluster.workloads.get(place)
            if candidates is None:
                continue
            for workload in candidates.select(selector):
                graph.relate(relation, index, workload, span)
                found = True
            _unsure(graph, index, relation, candidates.undecided())
        _maybe(cluster, index, relation, selector)
    if not found:
        graph.open(relation, index, _NOTHING)


def _normal(selectors: Value) -> Iterator[Mapping[str, Any]]:
    """A service's selector is a plain map of labels; the others have the graph's form."""
    for each in selectors if isinstance(selectors, list) else ():
        yield each if "labels" in each and "expressions" in each else {"labels": each, "expressions": []}


def _reach(cluster: _Cluster, index: int, selector: Mapping[str, Any]) -> Iterator[Place]:
    """The places that a node's selector looks into."""
    own = cluster.place(index)
    graph = cluster.graph
    wide = graph.peek(index, "type") in _CLUSTER_WIDE
    if not wide and not (graph.kind(index).name == "mesh_policy" and graph.peek(index, "mesh_wide") is True):
        yield own
        return
    wanted = selector.get("namespaces")
    for place in cluster.workloads:
        if place.cluster != own.cluster:
            continue
        labels = cluster.namespace_labels(place)
        if not wanted or (labels is not None and matches(wanted, labels)):
            yield place
        elif labels is None or (place.cluster, place.namespace) not in cluster.namespaces:
            _unsure(graph, index, "filters", _all(cluster, place))


def _all(cluster: _Cluster, place: Place) -> Iterator[tuple[int, Unknown]]:
    for workload in cluster.workloads[place].select({}):
        yield workload, _NAMESPACE


def _maybe(cluster: _Cluster, index: int, relation: str, selector: Mapping[str, Any]) -> None:
    """Open both sides where a node and a workload of one folder may share a namespace."""
    for candidates in cluster.beside(index, cluster.place(index)):
        _unsure(cluster.graph, index, relation, ((each, _EITHER) for each in candidates.select(selector)))


def _unsure(graph: Graph, index: int, relation: str, things: Iterable[tuple[int, Unknown]]) -> None:
    for workload, why in things:
        graph.open(relation, index, why)
        graph.open_in(relation, workload, why)


def _undecided(cluster: _Cluster, index: int, relation: str, why: Unknown) -> None:
    """A selector that is not understood may choose any workload within its reach."""
    cluster.graph.open(relation, index, why)
    for place in _reach(cluster, index, {}):
        if place in cluster.workloads:
            for workload in cluster.workloads[place].select({}):
                cluster.graph.open_in(relation, workload, why)


def _close(cluster: _Cluster, relation: str, kinds: tuple[str, ...], why: Unknown) -> None:
    """Leave a workload's incoming relation open where nothing of the scan speaks for its place."""
    graph = cluster.graph
    everywhere: set[str] = set()
    places: set[Place] = set()
    for kind in kinds:
        for index in cluster.nodes(kind):
            places.update(_spoken_for(cluster, index))
            if kind != "namespace" and graph.peek(index, "type") in _CLUSTER_WIDE:
                everywhere.add(cluster.cluster(index))
    for index in cluster.nodes("workload"):
        listed = graph.planes[index] is Plane.LIVE or cluster.cluster(index) in everywhere
        if not listed and cluster.place(index) not in places:
            graph.open_in(relation, index, why)


def _spoken_for(cluster: _Cluster, index: int) -> Iterator[Place]:
    """The places of which a namespace or a policy shows that their policies are part of the scan: its own, and
    what its folder declares without a namespace."""
    own = cluster.cluster(index)
    yield Place(own, None, cluster.folder(index))
    if cluster.graph.kind(index).name != "namespace":
        yield cluster.place(index)
        return
    name = str(cluster.graph.peek(index, "name"))
    if name not in _INITIAL:
        yield Place(own, name, "")


def _tokens(cluster: _Cluster) -> None:
    """A pod that says nothing of its token does what its service account says; one that is not in the scan
    may say anything, but the account `default` is made by the cluster, which mounts it."""
    graph = cluster.graph
    for index in cluster.nodes("workload"):
        held = graph.peek(index, "token_mounted")
        if not isinstance(held, Unknown) or held.reason != ACCOUNT_DECIDES:
            continue
        accounts = graph.targets("assumes", index)
        name = graph.peek(index, "service_account_name")
        if accounts:
            graph.set(index, "token_mounted", graph.peek(accounts[0], "token_mounted"))
        elif isinstance(name, str) and name == "default":
            graph.set(index, "token_mounted", True)  # noqa: FBT003 - the value is the boolean
        else:
            told = f"the service account {name} is not part of this scan" if isinstance(name, str) else held.reason
            graph.set(index, "token_mounted", Unknown(told, _OUTSIDE))


def _claims(cluster: _Cluster) -> None:
    """A claim's volume is what its class makes."""
    graph = cluster.graph
    for index in cluster.nodes("volume"):
        classes = graph.targets("made_by", index)
        for name in CLAIM if classes else ():
            held = graph.peek(index, name)
            if isinstance(held, Unknown) and held.reason == CLASS_DECIDES:
                graph.set(index, name, graph.peek(classes[0], name))


def _collect(cluster: _Cluster) -> None:
    """Give aggregated roles the permissions of the roles that their selectors choose; others, which are not in
    the scan, may add to them."""
    graph = cluster.graph
    roles = [each for each in cluster.nodes("cluster_role") if graph.peek(each, "cluster_wide") is True]
    for index in roles:
        selectors, held = graph.peek(index, "collects"), graph.peek(index, "permissions")
        if not isinstance(selectors, list) or not isinstance(held, list):
            continue
        own = cluster.cluster(index)
        chosen = [
            each
            for each in roles
            if each != index and cluster.cluster(each) == own and _chosen(graph.peek(each, "tags"), selectors)
        ]
        if chosen:
            graph.set(index, "permissions", [*_taken(graph, chosen), *held])


def _chosen(tags: Value, selectors: list[Value]) -> bool:
    labels = {key: str(value) for key, value in tags.items()} if isinstance(tags, dict) else {}
    return any(matches(each, labels) for each in selectors)


def _taken(graph: Graph, roles: list[int]) -> Iterator[Value]:
    """What the chosen roles allow; of those that are aggregated themselves, what is theirs."""
    for role in roles:
        permissions = graph.peek(role, "permissions")
        for each in permissions if isinstance(permissions, list) else (permissions,):
            if not isinstance(each, Unknown) or each.reason != COLLECTED:
                yield each
