"""Workload of the core tier that the internet reaches."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Tier, rule, surely


@rule(
    severity=Severity.HIGH,
    selects="workload",
    message="{node} of tier core is reached from the internet over {connections}",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["TIER-002", "TIER-006"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """A service, an ingress or a port of its machine publishes it, and its network policies let the request in.
    Command and control belongs behind the external and internal tiers.

    ## Remedy
    Publish what calls it instead, give it a service of type ClusterIP or an internal load balancer, or let a
    network policy admit its callers only.
    """
    if workload.tier is not Tier.CORE:
        return
    for entry in surely(workload["entries"], lambda _: True):
        assumed = (entry["assumption"],) if entry["assumption"] else ()
        yield Match(
            workload,
            at="selector",
            related=workload.trail(entry["because"]),
            assumptions=assumed,
            values={"connections": entry["connections"]},
        )
        return
