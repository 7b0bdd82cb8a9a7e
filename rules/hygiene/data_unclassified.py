"""Data stores that do not say what they hold."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, rule, text

STORES = ("database", "file_system", "object_store", "table")
# Words of tags that class data or name the rules that it falls under.
WORDS = frozenset(
    ("classification", "compliance", "confidentiality", "gdpr", "hipaa", "pci", "pii", "regulated", "regulation",
     "sensitivity")
)  # fmt: skip
SHOWN = 10


@rule(
    severity=Severity.INFO,
    selects="root",
    message="{node}: {count} of {all} data stores of the scan do not say what class of data they hold",
    controls={
        "reference-model": ["security/resources", "introduction/regulatory"],
        "nist-800-53": ["RA-2", "CM-8", "AC-16"],
        "nist-800-207": ["tenet-1"],
        "catalogue": ["ZT1-002", "META-001"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """What has to be encrypted with a key of our own, kept in one region or kept for years follows from what the
    data is. Told once for a scan, at its first root; tags such as data-classification, sensitivity or
    compliance count.

    ## Remedy
    Tag each store with the class of its data, by the default tags of the provider where one root holds one
    class.
    """
    graph = node.graph
    if node.index != min((each for each in graph.nodes("root") if each not in graph.beside), default=node.index):
        return
    stores = [
        Node(graph, each, node.watch) for kind in STORES for each in graph.nodes(kind) if each not in graph.beside
    ]
    bare = those(stores)
    if bare:
        related = [each.at("tags", "says nothing of its data") for each in bare[:SHOWN]]
        yield Match(node, related=related, values={"count": len(bare), "all": len(stores)})


def those(stores: list[Node]) -> list[Node]:
    """The stores that surely carry no tag that classes their data. Raises Undetermined where none is sure and one
    may not."""
    found: list[Node] = []
    pending: Undetermined | None = None
    for store in stores:
        try:
            if not any(classes(text(key)) for key in store["tags"] or ()):
                found.append(store)
        except Undetermined as undetermined:
            pending = pending or undetermined
    if pending is not None and not found:
        raise pending
    return found


def classes(key: str) -> bool:
    words = "".join(each if each.isalnum() else " " for each in key.lower()).split()
    return not WORDS.isdisjoint(words) or "".join(words[-2:]) in ("dataclass", "datatype")
