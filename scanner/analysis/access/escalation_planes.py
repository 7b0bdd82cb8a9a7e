"""From a cluster to the cloud and back: what service accounts can become, and what its administrators hold.

Sources: EKS User Guide, "IAM roles for service accounts" (the token's subject is
`system:serviceaccount:NS:NAME`, its audience sts.amazonaws.com), "EKS Pod Identity", "Grant IAM users access to
Kubernetes with EKS access entries"; Kubernetes documentation, "Role Based Access Control Good Practices".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from scanner.analysis.access.escalation_hops import CLUSTER, Hop, Step
from scanner.analysis.access.escalation_world import NO, YES, Fact, Standing, fact_of, together
from scanner.analysis.access.policy import Source
from scanner.analysis.access.rbac import Cluster, Grant, Identity, cluster_of, clusters, namespace_of
from scanner.analysis.access.rbac_powers import CLUSTER as WHOLE
from scanner.analysis.access.rbac_powers import NODES, Power, powers
from scanner.analysis.access.rows import Caller
from scanner.graph.columns import Graph
from scanner.model.value import Unknown

if TYPE_CHECKING:
    from scanner.analysis.access.estate import Estate

_AUDIENCE = "sts.amazonaws.com"
_AGENT = "pods.eks.amazonaws.com"
_ASSOCIATION = "aws_eks_pod_identity_association"


class _Held(NamedTuple):
    grant: Grant
    power: Power


class Planes:
    """Service accounts of one graph: their powers in the cluster and the roles that they act as."""

    def __init__(self, graph: Graph, estate: Estate) -> None:
        self.graph = graph
        self.estate = estate
        self._clusters: dict[str, Cluster] = clusters(graph) if graph.nodes("binding") else {}
        self._powers: dict[int, list[Power]] = {}
        self._machines = list(graph.nodes("node_group"))
        self._associations = {each for each in graph.nodes("service_account") if self._associated(each)}

    def accounts(self) -> list[int]:
        """The service accounts, in the order of the graph."""
        return list(self.graph.nodes("service_account"))

    def hops(self, index: int) -> Iterator[Hop]:
        """What a service account can become: a cloud role, or through the cluster's own permissions more."""
        for role in self._roles(index):
            if role in self.estate.principals:
                fact = self.trusted(index, role)
                if fact.standing is not Standing.NO:
                    id_ = "pod-identity" if self._associated(index) else "irsa"
                    action = "sts:AssumeRoleWithWebIdentity" if id_ == "irsa" else "sts:AssumeRole"
                    step = Step(index, action, role, self._trust(role))
                    yield Hop(id_, index, role, fact, (step,))
        for held in self._held(index):
            yield self._power_hop(index, held)
        yield from self._through_machine(index)

    # roles

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
        return bool(self.graph.peek(index, "type") == _ASSOCIATION)

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

    def _held(self, index: int) -> list[_Held]:
        """The ways that the bindings of a service account open, each once, the surest first."""
        name = self.graph.peek(index, "name")
        cluster = self._clusters.get(cluster_of(self.graph, index))
        if cluster is None or not isinstance(name, str):
            return []
        identity = Identity.of_account(namespace_of(self.graph, index), name)
        found: dict[str, _Held] = {}
        for grant in cluster.held_by(identity):
            for power in self._powers_of(grant):
                known = found.get(power.id)
                if known is None or (known.power.unknown is not None and power.unknown is None):
                    found[power.id] = _Held(grant, power)
        return list(found.values())

    def _powers_of(self, grant: Grant) -> list[Power]:
        if grant.binding not in self._powers:
            self._powers[grant.binding] = powers(grant)
        return self._powers[grant.binding]

    def _power_hop(self, index: int, held: _Held) -> Hop:
        grant, power = held
        fact = YES
        if isinstance(power.unknown, Unknown):
            fact = Fact(Standing.UNKNOWN, (power.unknown.reason,))
        elif power.reach == NODES:
            fact = Fact(Standing.CONDITIONAL, ("a machine of the cluster runs a pod of the control plane",))
        wide = power.reach in (WHOLE, NODES)
        source = Source(grant.binding, "role_name", 0, power.note)
        where = "*" if grant.namespace is None else f"namespace {grant.namespace}"
        target = CLUSTER if wide else index
        return Hop(power.id, index, target, fact, (Step(index, power.action, where, source),))


def answers_pods(graph: Graph, machine: int, *, hosted: bool) -> Fact:
    """Whether pods on a node group get the credentials of its role from the metadata service: where no session
    token is required, where answers travel further than one hop, or where the pod is on the machine's network.
    What is not written is decided by the machine image and the account (EC2 User Guide, "Configure the instance
    metadata options"; EKS best practices, "Restrict access to the instance profile")."""
    if hosted:
        return YES
    held = [each for each in (machine, *graph.targets("contains", machine)) if each is not None]
    required = [graph.peek(each, "tokens_required") for each in held if graph.kind(each).has("tokens_required")]
    hops = [graph.peek(each, "metadata_hops") for each in held if graph.kind(each).has("metadata_hops")]
    if any(each is False for each in required):
        return YES
    if any(isinstance(each, (int, float)) and each > 1 for each in hops):
        return YES
    if any(each is True for each in required) and hops and all(each == 1 for each in hops if not _open(each)):
        return NO if not any(map(_open, hops)) else _UNSAID
    return _UNSAID


def _open(value: object) -> bool:
    return isinstance(value, Unknown) or value is None


_UNSAID = Fact(Standing.UNKNOWN, ("the machine's metadata service answers pods",))


def held_by_cluster(graph: Graph, cluster: int) -> list[int]:
    """The roles that whoever administers a cluster can act as: of its nodes (a pod on the machine's network
    reaches the metadata service whatever the hop limit) and of its service accounts' associations."""
    members = [
        each
        for kind in ("node_group", "service_account")
        for each in graph.nodes(kind)
        if cluster in graph.targets("runs_on", each)
    ]
    members += graph.targets("contains", cluster)
    return list(dict.fromkeys(role for each in members for role in graph.targets("assumes", each)))
