"""Balancer that publishes inner tiers without a web filter."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some


@rule(
    severity=Severity.LOW,
    selects="load_balancer",
    message="{node} publishes {target} of tier {tier}, and no web filter stands before it",
    controls={
        "reference-model": ["application-network/structure"],
        "nist-800-53": ["SC-7", "SI-3"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["APN-005"],
        "checkov": ["CKV2_AWS_28"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """What comes in through a relay is as dangerous as what comes in without one, unless the relay looks at it. A
    web filter refuses the requests that are known to be attacks before an application sees them.

    ## Remedy
    Associate a web ACL with the balancer, or put one before it at the edge.
    """
    if node["flavour"] != "application" or node["internal"] is not False:
        return
    if some(node.into("protects"), lambda guard: guard.kind == "waf"):
        return
    for target in targets(node):
        if target.tier.value in ("internal", "core"):
            yield Match(
                node,
                at="internal",
                related=[target.at("", "what it publishes")],
                values={"target": target.id.partition("#")[2], "tier": target.tier.value},
            )
            return


def targets(balancer: Node) -> Iterator[Node]:
    """What its listeners send to."""
    for listener in balancer.into("listens_on"):
        for group in listener.out("forwards_to"):
            yield from group.out("forwards_to")
