"""Trail whose records can be deleted."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, both, rule


@rule(
    severity=Severity.LOW,
    selects="trail",
    message="{node} keeps its records where whoever holds the account can delete them",
    controls={
        "reference-model": ["security/monitoring", "storage/persistence"],
        "nist-800-53": ["AU-9", "AU-9(3)", "AU-11"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["ZT7-004"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """An intruder with enough power deletes the record of how it was won. Versions alone do not help: they can be
    deleted too.

    ## Remedy
    Lock the objects of the store for the time that records are kept (compliance mode), or ask for a second
    factor to delete.
    """
    for store in node.out("logs_to"):
        if store.kind != "object_store":
            continue
        if deletable(store):
            yield Match(node, related=[store.at("locked", "its objects can be deleted", "logs_to")])
            return


def deletable(store: Node) -> bool:
    """Whether its objects can be deleted for good, by whoever may."""
    return both(lambda: store["locked"] is False, lambda: store["delete_protected"] is False)
