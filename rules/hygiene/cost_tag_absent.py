"""Tag that splits the bill and that resources do not carry."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

_PAID = ("instance", "database", "object_store", "cache", "cluster", "file_system", "function", "load_balancer",
         "stream", "table", "volume")  # fmt: skip


@rule(
    severity=Severity.INFO,
    selects="cost_tag",
    message="{node} splits the bill, and {count} resources do not carry it",
    controls={
        "reference-model": ["billing/monitoring", "compute/utilization"],
        "nist-800-53": ["CM-8"],
        "nist-800-207": ["tenet-1"],
        "catalogue": ["CMP-007"],
    },
)
def check(tag: Node) -> Iterator[Match]:
    """What does not carry it stands in the bill as nobody's, and a thief's machines look just like it.

    ## Remedy
    Give the tag to everything by default tags of the provider.
    """
    if not tag["active"]:
        return
    graph, key = tag.graph, tag["key"]
    bare = []
    for kind in _PAID:
        for index in graph.nodes(kind):
            if graph.addresses[index].root == graph.addresses[tag.index].root:
                each = Node(graph, index, tag.watch)
                if key not in each["tags"]:
                    bare.append(each)
    if bare:
        related = [each.at("tags", "does not carry it") for each in bare[:5]]
        yield Match(tag, "key", related, values={"count": len(bare)})
