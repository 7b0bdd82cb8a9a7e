"""Service whose load balancer serves the whole internet."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Tier, both, covers_world, rule


@rule(
    severity=Severity.LOW,
    selects="service",
    message="{node} offers its load balancer to the whole internet",
    controls={
        "reference-model": ["cluster-network/structure", "application-network/load-balancers"],
        "nist-800-53": ["SC-7", "SC-7(5)"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["TIER-006", "APN-001"],
        "kubescape": ["C-0256"],
    },
)
def check(service: Node) -> Iterator[Match]:
    """A cloud's load balancer is public unless told otherwise, and passes what comes straight to the pods: no
    TLS of its own, no web filter, no ranges. A service of the external tier may be meant so.

    ## Remedy
    Ask for an internal load balancer, list loadBalancerSourceRanges, or publish through an ingress or gateway;
    label what is meant to be public as tier external.
    """
    if service.declared_tier is Tier.EXTERNAL:
        return
    if both(
        lambda: service["exposure"] == "LoadBalancer",
        lambda: service["internal"] is not True,
        lambda: not service["source_ranges"] or covers_world(service["source_ranges"]),
    ):
        yield Match(service, at=("exposure", "internal", "source_ranges"))
