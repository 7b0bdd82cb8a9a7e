"""Certificate that is not for the host that shows it."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text


@rule(
    severity=Severity.MEDIUM,
    selects="ingress",
    message="{node} shows {host} a certificate that is for {names}",
    controls={
        "reference-model": ["application-network/ingress", "security/communication"],
        "nist-800-53": ["SC-8", "SC-23", "IA-9"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["APN-004"],
    },
)
def check(ingress: Node) -> Iterator[Match]:
    """Every browser warns, and people who are used to click warnings away do so when it matters. Programs that
    check certificates cannot come in at all.

    ## Remedy
    Add the host to the names of the certificate, or refer to the secret of the right one.
    """
    for position, each in enumerate(ingress["certified"]):
        host = text(each["host"])
        for certificate in of_secret(ingress, text(each["secret"])):
            names = certificate["names"]
            if names and not any(fits(text(name), host) for name in names):
                shown = ", ".join(text(name) for name in names)
                related = [certificate.at("names", "the names of the certificate")]
                yield Match(ingress, f"certified[{position}]", related, values={"host": host, "names": shown})
                return


def of_secret(ingress: Node, secret: str) -> list[Node]:
    """The certificates of the ingress's namespace and folder, or cluster, that are kept in a secret; none where
    several are."""
    graph = ingress.graph
    found = []
    for index in graph.nodes("certificate"):
        if graph.addresses[index].root == graph.addresses[ingress.index].root:
            each = Node(graph, index, ingress.watch)
            if each["secret"] == secret and each["region"] == ingress["region"]:
                found.append(each)
    return found if len(found) == 1 else []


def fits(name: str, host: str) -> bool:
    """Whether a name of a certificate is for a host: the same, or with one label in the place of the star."""
    name, host = name.lower().rstrip("."), host.lower().rstrip(".")
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])
