"""Subnet that gives out public addresses by default."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Tier, rule


@rule(
    severity=Severity.LOW,
    selects="subnet",
    message="{node} gives every new interface a public address",
    controls={
        "reference-model": ["cluster-network/private-communication"],
        "nist-800-53": ["AC-4", "SC-7(5)"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["NET-001", "TIER-004"],
        "checkov": ["CKV_AWS_130"],
        "trivy": ["AWS-0164"],
        "prowler": ["vpc_subnet_no_public_ip_by_default"],
    },
)
def check(subnet: Node) -> Iterator[Match]:
    """A machine started here is public unless someone says otherwise; it should be the other way round. What is
    declared to be of the external tier may do so.

    ## Remedy
    Switch the default off and give public addresses to the few things that need one; balancers and NAT gateways
    get theirs without it. Tag the subnets of the external tier.
    """
    if subnet.declared_tier is not Tier.EXTERNAL and subnet["public_by_default"] is True:
        yield Match(subnet, at="public_by_default")
