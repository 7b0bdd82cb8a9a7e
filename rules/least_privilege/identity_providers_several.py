"""Second directory by which people sign in to an account."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from scanner.rule import Match, Node, Severity, both, certain, rule, some, text


@rule(
    severity=Severity.INFO,
    selects="identity_provider",
    message="{node} lets people in beside {other}",
    controls={
        "reference-model": ["permissions/centralize"],
        "nist-800-53": ["AC-2(1)", "IA-2"],
        "nist-800-207": ["tenet-6"],
        "catalogue": ["PRM-004"],
    },
)
def check(provider: Node) -> Iterator[Match]:
    """Whoever leaves must be taken out of both, each has rules of its own for second factors, and an alarm on one
    does not see the other. Providers of one issuer count as one; those by which programs sign in count not.

    ## Remedy
    Let people sign in by one provider, best in front of all accounts, and delete the other.
    """
    if not provider["for_people"]:
        return

    def other_of(each: Node) -> bool:
        return both(
            lambda: bool(each["for_people"]),
            lambda: each["account"] == provider["account"],
            lambda: _issuer(each) != _issuer(provider),
        )

    earlier = [each for each in _beside(provider) if each.index < provider.index]
    found = next(filter(lambda each: certain(lambda: other_of(each)), earlier), None)
    if found is not None:
        yield Match(provider, "url", [found.at("url", "the other")], values={"other": found.id.partition("#")[2]})
    else:
        some(earlier, other_of)  # raises where that was not told


def _beside(node: Node) -> Iterator[Node]:
    graph = node.graph
    for index in graph.nodes("identity_provider"):
        if graph.addresses[index][:2] == graph.addresses[node.index][:2]:
            yield Node(graph, index, node.watch)


def _issuer(provider: Node) -> str:
    """The host of its issuer, or the issuer where that is no address."""
    told = text(provider["url"])
    return urlsplit(told).hostname or told
