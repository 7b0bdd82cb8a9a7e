"""Network policies that nothing carries out."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.HIGH,
    selects=("cluster", "workload"),
    message="{node} leaves the network policies of this scan undone",
    controls={
        "reference-model": ["cluster-network/structure", "security/communication"],
        "nist-800-53": ["AC-4", "SC-7", "SC-7(5)"],
        "nist-800-207": ["tenet-2", "tenet-3"],
        "catalogue": ["ZT2-003"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """A network policy is a wish that the network plugin carries out. flannel does not, and the Amazon VPC CNI
    only when it is told to: the API server takes the policies all the same, and every pod reaches every other.

    ## Remedy
    Switch policies on (for the Amazon VPC CNI `enableNetworkPolicy`), or run a plugin beside it that carries them
    out, such as Calico for policy only.
    """
    if node["ignores_policies"]:
        yield Match(node, at="network_policy" if node.kind == "cluster" else "host_network")
