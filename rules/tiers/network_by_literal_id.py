"""Place in a network that is written as a number."""

import re
from collections.abc import Iterator

from scanner.rule import Cause, Match, Node, Severity, Undetermined, rule

# Ids that a cloud gives, with what they are ids of.
_LITERAL = re.compile(
    r"^(?P<id>(?:subnet|sg|vpc)-(?:[0-9a-f]{17}|[0-9a-f]{8})|/subscriptions/[^/ ]+/resourceGroups/[^ ]+)"
    r" is not part of this scan$"
)
# What is not known for these reasons is written as a reference: to a module, a data source, another resource. What
# lies outside of the scan and is no id is a name.
_REFERRED = (Cause.MODULE_ABSENT, Cause.DATA_SOURCE, Cause.PROVIDER_COMPUTED, Cause.OUTSIDE_SCAN)


@rule(
    severity=Severity.INFO,
    selects=("cache", "cluster", "container_service", "database", "file_system", "function", "instance",
             "instance_group", "load_balancer", "node_group"),
    message="{node} names its place in the network by the id {id}",
    controls={
        "reference-model": ["cluster-network/structure", "source-of-truth/references"],
        "nist-800-53": ["CM-2", "CM-6"],
        "nist-800-207": ["tenet-1"],
        "catalogue": ["TIER-003"],
    },
)  # fmt: skip
def check(node: Node) -> Iterator[Match]:
    """Nobody can see from the code which tier it stands in, the same code cannot be applied in another account,
    and the id outlives the network that it was copied from.

    ## Remedy
    Refer to the network's own resource, to an output of its root, or look it up by its tags.
    """
    graph = node.graph
    if not node.id.startswith("tf:") or graph.planes[node.index].value != "declared":
        return  # elsewhere every place is an id
    for relation in ("in_subnet", "uses"):
        why = graph.why_open(relation, node.index)
        found = _LITERAL.match(why.reason) if why is not None else None
        if found:
            yield Match(node, relation, values={"id": found["id"]})
            return
        if why is not None and why.cause not in _REFERRED:
            raise Undetermined(why)
