"""From a cluster to the cloud and back: what service accounts can become, and what its administrators hold.

Sources: EKS User Guide, "IAM roles for service accounts" (the token's subject is
`system:serviceaccount:NS:NAME`, its audience sts.amazonaws.com), "EKS Pod Identity", "Grant IAM users access to
Kubernetes with EKS access entries"; Kubernetes documentation, "Role Based Access Control Good Practices".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from scanner.analysis.access.eks import CALLED, ENTERS, Entrance, behind, entrances
from scanner.analysis.access.escalation_hops import CLUSTER, Hop, Step
from scanner.analysis.access.escalation_world import NO, UNKNOWN, YES, Fact, Standing, fact_of, together
from scanner.analysis.access.metadata_service import answers_pods
from scanner.analysis.access.policy import Source
from scanner.analysis.access.rbac import MASTERS, Cluster, Grant, Identity, cluster_of, clusters, namespace_of
from scanner.analysis.access.rbac_powers import CLUSTER as WHOLE
from scanner.analysis.access.rbac_powers import NAMESPACE, NODES, Power, named_accounts, powers
from scanner.analysis.access.rows import Caller
from scanner.graph.columns import Graph
from scanner.model.value import Unknown

if TYPE_CHECKING:
    from scanner.analysis.access.estate import Estate

_AUDIENCE = "sts.amazonaws.com"
_AGENT = "pods.eks.amazonaws.com"
_ASSOCIATION = ("aws_eks_pod_identity_association", "AWS::EKS::PodIdentityAssociation")
_FARGATE = ("aws_eks_fargate_profile", "AWS::EKS::FargateProfile")  # pods there have no machine to ask
_MOST = 3  # roles that are looked at of one way
# What gives rights in the cluster and no token that a role's trust lets in: such tokens are made for pods alone.
_NO_TOKENS = ("k8s-impersonate-account", "k8s-secret-token", "k8s-secrets")
_TOKEN_KEPT = Fact(Standing.CONDITIONAL, ("a secret holds a lasting token of an account that may start pods",))
_CONTROL_PLANE = Fact(Standing.CONDITIONAL, ("a machine of the cluster runs a pod of the control plane",))


class _Held(NamedTuple):
    grant: Grant
    power: Power


class _Acting(NamedTuple):
    """A service account or machine of a cluster, in a namespace (None: in none), that acts as a role."""

    node: int
    namespace: str | None
    role: int
    fact: Fact
    action: str


class Planes:
    """Service accounts of one graph: their powers in the cluster and the roles that they act as."""

    def __init__(self, graph: Graph, estate: Estate) -> None:
        self.graph = graph
        self.estate = estate
        self._clusters: dict[str, Cluster] = clusters(graph) if graph.nodes("binding") else {}
        self._powers: dict[tuple[int, str | None], list[Power]] = {}
        self._machines = [each for each in graph.nodes("node_group") if graph.peek(each, "type") not in _FARGATE]
        self._associations = {each for each in graph.nodes("service_account") if self._associated(each)}
        self._names = {
            cluster_of(graph, each) for each in graph.nodes("service_account") if each not in self._associations
        }
        self._behind = {name: behind(graph, estate, name) for name in sorted({*self._names, *self._clusters})}
        self._named = self._by_name()
        self._spaces: dict[tuple[str, str | None], int] = {
            (cluster_of(graph, each), called): each
            for each in graph.nodes("namespace")
            if isinstance(called := graph.peek(each, "name"), str)
        }
        self._acting: dict[tuple[str | None, int | None], list[_Acting]] = {}
        self._entrances: dict[int, list[Entrance]] = {}
        self._best: dict[tuple[str | None, int | None, str | None, bool], list[_Acting]] = {}
        self.worth: Callable[[int], int] = lambda _role: 0  # of a role, once it is known who is an administrator
        for entrance in entrances(graph, estate):
            if entrance.principal is not None:
                self._entrances.setdefault(entrance.principal, []).append(entrance)

    def _by_name(self) -> dict[tuple[str, str], list[int]]:
        """The service accounts of manifests by cluster and name."""
        graph = self.graph
        found: dict[tuple[str, str], list[int]] = {}
        for index in graph.nodes("service_account"):
            called = graph.peek(index, "name")
            if index not in self._associations and isinstance(called, str):
                found.setdefault((cluster_of(graph, index), called), []).append(index)
        return found

    def accounts(self) -> list[int]:
        """The service accounts, in the order of the graph."""
        return list(self.graph.nodes("service_account"))

    def hops(self, index: int) -> Iterator[Hop]:
        """What a service account can become: a cloud role, or through the cluster's own permissions more."""
        yield from self._roles_of(index)
        for held in self._held(index):
            yield self._power_hop(index, held)
            yield from self._onward(index, held)
        yield from self._as_named(index)
        yield from self._through_machine(index)

    # from the cloud into a cluster and back

    def entering(self, index: int) -> Iterator[Hop]:
        """What a principal of the cloud holds in the clusters that let it in: the roles that act there, and the
        cluster itself."""
        for entrance in self._entrances.get(index, ()):
            source = Source(entrance.binding, "subjects", 0, CALLED[entrance.id])
            step = Step(index, ENTERS, self._called(entrance), source)
            surest: dict[int, Standing] = {}
            for name, link, held in self._powers_in(entrance):
                fact = together((entrance.fact, link, _taking(held.power)))
                step_in = (step, self._power_step(entrance.cluster, held))
                for acting in self._reached(name, entrance.cluster, held):
                    whole = together((fact, acting.fact))
                    if whole.standing > surest.get(acting.role, Standing.NO):
                        surest[acting.role] = whole.standing
                        last = Step(acting.node, acting.action, acting.role, self._trust(acting.role))
                        yield Hop(entrance.id, index, acting.role, whole, (*step_in, last))
                if held.power.reach != NAMESPACE and entrance.cluster is not None:
                    yield Hop(entrance.id, index, entrance.cluster, fact, step_in)

    def held_by(self, cluster: int) -> dict[int, Fact]:
        """The roles that whoever administers an EKS cluster can act as, each with how sure that is."""
        found: dict[int, Fact] = {}
        for name, (known, link) in [(None, (cluster, YES)), *self._behind.items()]:
            for acting in self._actors(name, cluster) if known == cluster else ():
                fact = together((link, acting.fact))
                if acting.role not in found or fact.standing > found[acting.role].standing:
                    found[acting.role] = fact
        return found

    def _called(self, entrance: Entrance) -> int | str:
        return entrance.cluster if entrance.cluster is not None else "a cluster outside the scan"

    def _powers_in(self, entrance: Entrance) -> Iterator[tuple[str | None, Fact, _Held]]:
        """The ways that its access policies and the bindings of its cluster open to whoever enters."""
        names = [
            name
            for name, (cluster, _) in self._behind.items()
            if cluster is not None and cluster == entrance.cluster
        ]
        if MASTERS in entrance.identity.groups:
            power = Power("k8s-everything", WHOLE, "may do everything", None, f"is in {MASTERS}")
            grant = Grant(entrance.binding, None, None, (), ())
            yield None, YES, _Held(grant, power)
            for name in names:
                yield name, self._behind[name][1], _Held(grant, power)
        for grant in entrance.grants:
            for power in self._powers_of(grant):
                yield None, YES, _Held(grant, power)
                for name in names:
                    yield name, self._behind[name][1], _Held(grant, power)
        for name in names:
            link = self._behind[name][1]
            for grant in self._clusters[name].held_by(entrance.identity) if name in self._clusters else ():
                for power in self._powers_of(grant):
                    yield None, link, _Held(grant, power)
                    yield name, link, _Held(grant, power)

    def _onward(self, index: int, held: _Held) -> Iterator[Hop]:
        """The roles of other service accounts and of machines that a way leads to: the worthiest few."""
        name = cluster_of(self.graph, index)
        own = set(self._roles(index))
        cluster, link = self._behind.get(name, (None, NO))
        step = self._power_step(index, held)
        sides = [(name, YES), *([(None, link)] if cluster is not None else [])]
        for where, fact in sides:
            for acting in self._worthiest(where, cluster, held):
                if acting.node != index and acting.role not in own:
                    told = together((_taking(held.power), fact, acting.fact))
                    last = Step(acting.node, acting.action, acting.role, self._trust(acting.role))
                    yield Hop(held.power.id, index, acting.role, told, (step, last))

    def _worthiest(self, name: str | None, cluster: int | None, held: _Held) -> list[_Acting]:
        """Of those within what a way reaches the few that lead furthest."""
        within = held.grant.namespace if held.power.reach == NAMESPACE else None
        key = (name, cluster if name is None else None, within, held.power.id in _NO_TOKENS)
        if key not in self._best:
            found = sorted(
                self._reached(name, cluster, held), key=lambda each: (-self.worth(each.role), -each.fact[0])
            )
            self._best[key] = list({each.role: each for each in reversed(found)}.values())[::-1][:_MOST]
        return self._best[key]

    def _reached(self, name: str | None, cluster: int | None, held: _Held) -> Iterator[_Acting]:
        """Those who act as roles within what a way reaches."""
        narrow = held.power.reach == NAMESPACE
        if narrow and held.power.id in _NO_TOKENS:
            return
        for acting in self._actors(name, cluster):
            if not narrow or acting.namespace == held.grant.namespace:
                yield acting

    def _actors(self, name: str | None, cluster: int | None) -> list[_Acting]:
        """The service accounts of a cluster of manifests; with no name the associations and machines of one of
        EKS."""
        key = (name, cluster if name is None else None)
        if key not in self._acting:
            self._acting[key] = list(self._associates(cluster) if name is None else self._annotated(name))
        return self._acting[key]

    def _annotated(self, name: str) -> Iterator[_Acting]:
        for index in self.accounts():
            if index not in self._associations and cluster_of(self.graph, index) == name:
                for hop in self._roles_of(index):
                    yield _Acting(
                        index, namespace_of(self.graph, index), hop.target, hop.fact, hop.steps[0].action
                    )

    def _associates(self, cluster: int | None) -> Iterator[_Acting]:
        graph = self.graph
        for index in self.accounts() if cluster is not None else ():
            if index in self._associations and cluster in graph.targets("runs_on", index):
                where = graph.peek(index, "namespace")
                for hop in self._roles_of(index):
                    yield _Acting(
                        index, where if isinstance(where, str) else "", hop.target, hop.fact, hop.steps[0].action
                    )
        for machine in self._machines:
            if cluster in graph.targets("runs_on", machine) or machine in (
                graph.targets("contains", cluster) if cluster is not None else ()
            ):
                for role in graph.targets("assumes", machine):
                    yield _Acting(
                        machine, None, role, YES, "reads the metadata service from the machine's network"
                    )

    def _power_step(self, node: int | None, held: _Held) -> Step:
        grant, power = held
        where = "*" if grant.namespace is None else f"namespace {grant.namespace}"
        return Step(
            node if node is not None else grant.binding,
            power.action,
            where,
            Source(grant.binding, "role_name", 0, power.note),
        )

    # roles

    def _roles_of(self, index: int) -> Iterator[Hop]:
        """The roles of the scan that a service account acts as itself: those that it names, and those that an
        association of its cluster names for it."""
        for role in self._roles(index):
            yield from self._as_role(index, index, role, YES)
        cluster, link = self._behind.get(cluster_of(self.graph, index), (None, NO))
        if index not in self._associations and cluster is not None:
            for each in self._associations_for(index, cluster):
                for role in self._roles(each):
                    yield from self._as_role(index, each, role, link)

    def _as_role(self, index: int, through: int, role: int, link: Fact) -> Iterator[Hop]:
        """The hop to a role by what an account itself says, or through its association."""
        if role not in self.estate.principals:
            return
        fact = together((link, self.trusted(through, role)))
        if fact.standing is not Standing.NO:
            id_ = "pod-identity" if through in self._associations else "irsa"
            action = "sts:AssumeRoleWithWebIdentity" if id_ == "irsa" else "sts:AssumeRole"
            yield Hop(id_, index, role, fact, (Step(index, action, role, self._trust(role)),))

    def _associations_for(self, index: int, cluster: int) -> Iterator[int]:
        graph = self.graph
        name, namespace = graph.peek(index, "name"), namespace_of(graph, index)
        for each in sorted(self._associations):
            if cluster in graph.targets("runs_on", each):
                told = (graph.peek(each, "name"), graph.peek(each, "namespace"))
                if all(isinstance(part, str) for part in told) and told == (name, namespace):
                    yield each

    def _roles(self, index: int) -> list[int]:
        """The roles that an account's association or annotation names."""
        found = list(self.graph.targets("assumes", index))
        arn = self.graph.peek(index, "role")
        owner = self.estate.owner(arn) if isinstance(arn, str) and arn.startswith("arn:") else None
        return list(dict.fromkeys([*found, *([owner] if owner is not None else [])]))

    def trusted(self, index: int, role: int) -> Fact:
        """Whether a role's trust lets in the tokens of a service account, or the agent of its association."""
        if self._associated(index):
            return fact_of(self.estate.trusts_service(role, _AGENT))
        subject = f"system:serviceaccount:{namespace_of(self.graph, index)}:{self.graph.peek(index, 'name')}"
        best = NO
        for issuer in self._issuers(role):
            provider = f"arn:aws:iam::{self.estate.names.account(role)}:oidc-provider/{issuer}"
            context = {f"{issuer}:sub".lower(): subject, f"{issuer}:aud".lower(): _AUDIENCE}
            told = self.estate.trusts(
                role, Caller("federated", provider, ""), "sts:AssumeRoleWithWebIdentity", context
            )
            fact = fact_of(told)
            best = fact if fact.standing > best.standing else best
        return best if self._issuers(role) or self.estate.principals[role].trust is not None else Fact(
            Standing.UNKNOWN, ("the role's trust lets the cluster's tokens in",)
        )  # fmt: skip

    def _issuers(self, role: int) -> list[str]:
        """The issuers whose tokens a trust policy may accept."""
        trust = self.estate.principals[role].trust
        found = [
            name.partition(":oidc-provider/")[2]
            for statement in (trust.statements if trust is not None else ())
            for kind, name in statement.most.principals or ()
            if kind == "Federated" and ":oidc-provider/" in name
        ]
        return list(dict.fromkeys(found))

    def _trust(self, role: int) -> Source | None:
        node = self.estate.principals[role].trust_node
        return Source(node, "statements", 0, "the trust policy") if node is not None else None

    def _associated(self, index: int) -> bool:
        return self.graph.peek(index, "type") in _ASSOCIATION

    # the machine below

    def _through_machine(self, index: int) -> Iterator[Hop]:
        """The roles of the machines that its pods may run on, where their metadata service answers pods."""
        graph = self.graph
        if index in self._associations or len(self._machines) == 0:
            return
        hosted = any(graph.peek(each, "host_network") is True for each in graph.sources("assumes", index))
        for machine in self._machines:
            fact = answers_pods(graph, machine, hosted=hosted)
            for role in graph.targets("assumes", machine) if fact.standing is not Standing.NO else ():
                note = f"its pods run on {graph.addresses[machine].name}"
                told = together((fact, Fact(Standing.UNKNOWN, (note,))))
                step = Step(index, "reads the metadata service of the machine", role, None)
                yield Hop("node-role", index, role, told, (step,))

    # the cluster's own permissions

    def _grants(self, index: int) -> list[Grant]:
        """What the bindings of a service account grant."""
        name = self.graph.peek(index, "name")
        cluster = self._clusters.get(cluster_of(self.graph, index))
        if cluster is None or not isinstance(name, str):
            return []
        return cluster.held_by(Identity.of_account(namespace_of(self.graph, index), name))

    def _held(self, index: int) -> list[_Held]:
        """The ways that the bindings of a service account open, each once, the surest first."""
        found: dict[str, _Held] = {}
        for grant in self._grants(index):
            for power in self._powers_of(grant):
                known = found.get(power.id)
                if known is None or (known.power.unknown is not None and power.unknown is None):
                    found[power.id] = _Held(grant, power)
        return list(found.values())

    def _as_named(self, index: int) -> Iterator[Hop]:
        """What it gains as another account that a rule names: by tokens of it, or by acting in its name."""
        name = cluster_of(self.graph, index)
        for grant in self._grants(index):
            for way, action, called in named_accounts(grant):
                for other in self._named.get((name, called), ()):
                    if other == index or grant.namespace not in (None, namespace_of(self.graph, other)):
                        continue
                    step = Step(index, action, other, Source(grant.binding, "role_name", 0, f"names {called}"))
                    for hop in self._roles_of(other) if way not in _NO_TOKENS else ():
                        yield hop._replace(path=way, source=index, steps=(step, *hop.steps))
                    for held in self._held(other):
                        hop = self._power_hop(other, held)
                        if hop.target == CLUSTER:
                            yield hop._replace(path=way, source=index, steps=(step, *hop.steps))

    def _powers_of(self, grant: Grant) -> list[Power]:
        key = (grant.binding, grant.namespace)
        if key not in self._powers:
            self._powers[key] = powers(grant)
        return self._powers[key]

    def _power_hop(self, index: int, held: _Held) -> Hop:
        power = held.power
        inside = self._spaces.get((cluster_of(self.graph, index), held.grant.namespace), index)
        target = CLUSTER if power.reach in (WHOLE, NODES) else inside
        return Hop(power.id, index, target, _sure(power), (self._power_step(index, held),))


def _sure(power: Power) -> Fact:
    if isinstance(power.unknown, Unknown):
        return Fact(Standing.UNKNOWN, (f"{UNKNOWN}{power.unknown.reason}",))
    return _CONTROL_PLANE if power.reach == NODES else YES


def _taking(power: Power) -> Fact:
    """How sure it is that a way leads to what service accounts are in the cloud."""
    return together((_sure(power), _TOKEN_KEPT)) if power.id == "k8s-secrets" else _sure(power)
