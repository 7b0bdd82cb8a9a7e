"""Control plane reachable from the whole internet."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, both, covers_world, rule


@rule(
    severity=Severity.HIGH,
    selects="cluster",
    message="{node} offers its control plane to the whole internet",
    controls={
        "reference-model": ["cluster-network/structure", "compute/clusters"],
        "nist-800-53": ["AC-17", "SC-7", "SC-7(5)"],
        "nist-800-207": ["tenet-2", "tenet-4"],
        "catalogue": ["TIER-005", "ZT4-003"],
        "checkov": ["CKV_AWS_38"],
        "trivy": ["AWS-0041"],
        "prowler": ["eks_cluster_not_publicly_accessible"],
    },
)
def check(cluster: Node) -> Iterator[Match]:
    """The control plane is command and control, the core tier. In public it stands or falls with each stolen
    token and each fault of the API server.

    ## Remedy
    Switch the public endpoint off and come in through the network, or list the few ranges that need it.
    """
    if both(lambda: cluster["public_endpoint"] is True, lambda: covers_world(cluster["public_cidrs"] or ())):
        yield Match(cluster, at=("public_cidrs", "public_endpoint"))
