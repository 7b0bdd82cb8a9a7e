"""Machine with a public address."""

from collections.abc import Iterator

from scanner.rule import Cause, Match, Node, Severity, Tier, Unknown, rule


@rule(
    severity=Severity.MEDIUM,
    selects=("container_service", "instance", "node_group"),
    message="{node} has a public address",
    controls={
        "reference-model": ["cluster-network/private-communication"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["NET-001"],
        "checkov": ["CKV_AWS_88", "CKV_AWS_333", "CKV_AWS_389"],
        "trivy": ["AWS-0009"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Between the internet and the machine stands one set of filter rules, and no balancer, gateway or web
    filter. What is declared to be of the external tier may have one.

    ## Remedy
    Place the machine in a private subnet, let requests come through a load balancer and go out through a NAT
    gateway, and sign in through a session manager. Tag bastions and gateways as tier external.
    """
    if _left_to_groups(node):
        return  # the groups that start machines from it are judged
    if node.declared_tier is not Tier.EXTERNAL and node["public_address"] is True:
        yield Match(node, at="public_address")


def _left_to_groups(node: Node) -> bool:
    """Whether a node is a template that leaves addresses to the subnets of the node groups that use it."""
    value, graph = node.peek("public_address"), node.graph
    if not isinstance(value, Unknown) or value.cause is not Cause.OUTSIDE_SCAN:
        return False
    users = [graph.kind(each).name for each in graph.sources("contains", node.index)]
    return bool(users) and all(each == "node_group" for each in users)
