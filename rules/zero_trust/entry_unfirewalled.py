"""Entry from the internet without a web filter."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, certain, rule, some

INNER = ("core", "internal")


@rule(
    severity=Severity.INFO,
    selects=("api", "load_balancer"),
    message="{node} takes requests from the internet, and no web filter stands before it",
    controls={
        "reference-model": ["application-network/structure"],
        "nist-800-53": ["SC-7", "SI-3", "SC-5"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["APN-005"],
        "checkov": ["CKV2_AWS_28", "CKV2_AWS_29", "CKV2_AWS_33"],
        "prowler": ["apigateway_restapi_waf_acl_attached", "elbv2_waf_acl_attached"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Known attacks reach the program, and a flood is stopped by hand. A balancer that publishes an inner tier has
    a rule of its own, which weighs more.

    ## Remedy
    Associate a web ACL with rules that block, or put a content delivery network with one before it.
    """
    if node["filterable"] is not True:
        return
    if node.kind == "api":
        if node["private"] is True or some(node.into("contains"), lambda api: api["private"] is True):
            return
    elif node["internal"] is not False or publishes_inner(node):
        return
    if not some((node, *sources(node, "forwards_to")), filtered):
        yield Match(node, "internal" if node.kind == "load_balancer" else "filterable")


def filtered(entry: Node) -> bool:
    """Whether a web filter stands before it, or before the content delivery network that leads to it."""
    return some(entry.into("protects"), lambda guard: guard.kind == "waf")


def publishes_inner(balancer: Node) -> bool:
    """Whether a target surely stands in an inner tier."""
    return any(
        certain(lambda target=target: target.tier.value in INNER)
        for listener in sources(balancer, "listens_on")
        for group in listener.known("forwards_to")
        for target in group.known("forwards_to")
    )


def sources(node: Node, relation: str) -> Iterator[Node]:
    return (Node(node.graph, each, node.watch) for each in node.graph.sources(relation, node.index))
