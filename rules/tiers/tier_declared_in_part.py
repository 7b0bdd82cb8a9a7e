"""Tiers that are declared of some networks and not of others."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, certain, rule, text

_SYSTEM = ("kube-", "openshift")  # namespaces that come with a cluster


@rule(
    severity=Severity.INFO,
    selects=("subnet", "namespace"),
    message="{node} says no tier, though {other} does{more}",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["CM-8", "SC-7"],
        "nist-800-207": ["tenet-1"],
        "catalogue": ["TIER-001"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Where most subnets or namespaces say their tier, one that does not is taken for what its routes and
    addresses make of it, and nothing notices when it moves outward. It is told once for all that lie side by side.

    ## Remedy
    Tag the subnet or namespace with tier = core, internal or external, or declare it in layerproof.toml.
    """
    if node.declared_tier is not None or _system(node):
        return
    other = next(filter(lambda each: each.declared_tier is not None, _beside(node)), None)
    if other is None:
        return  # nothing beside it says a tier
    _told(node)
    silent = [each for each in _beside(node) if each.declared_tier is None and _plain(each)]
    if silent[0] == node:
        more = f", nor do {len(silent) - 1} more" if len(silent) > 1 else ""
        related = [other.at("tags", "says its tier"), *(each.at("", "says none") for each in silent[1:5])]
        yield Match(node, "tags", related, values={"other": other.id.partition("#")[2], "more": more})


def _beside(node: Node) -> Iterator[Node]:
    """The subnets of the same code or account, or the namespaces of the scan."""
    graph = node.graph
    home = graph.addresses[node.index]
    for index in graph.nodes(node.kind):
        address = graph.addresses[index]
        if address.scheme == home.scheme and (address.root == home.root or home.scheme == "k8s"):
            each = Node(graph, index, node.watch)
            if not _system(each):
                yield each


def _plain(node: Node) -> bool:
    return certain(lambda: _told(node))


def _system(node: Node) -> bool:
    return node.kind == "namespace" and certain(lambda: text(node["name"]).startswith(_SYSTEM))


def _told(node: Node) -> bool:
    """True; raises Undetermined where its tags, or one that names a tier, are not known."""
    for key, value in (node["tags"] or {}).items():
        if "tier" in key.lower():
            text(value)
    return True
