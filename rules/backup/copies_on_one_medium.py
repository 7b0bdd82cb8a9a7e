"""Every copy on the medium of the data."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some


@rule(
    severity=Severity.MEDIUM,
    selects=("cache", "database", "file_system", "object_store", "table", "volume"),
    message="every copy of {node} lies on the same kind of medium: {change}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "catalogue": ["STO-011"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """Two mediums guard against two kinds of hazard: a fault of the service that holds the data takes copies in
    the same service with it. Objects replicated to objects are one medium; a vault, an archive class or
    another provider is a second.

    ## Remedy
    Keep one copy in a backup vault, or in an archive class.
    """
    if store["asset"] not in ("declared", "inferred") or not some((store["copies"],), lambda count: count > 1):
        return
    if not store["media_differ"]:
        heavier = Severity.HIGH if store["asset"] == "declared" else None
        seen = store.trail(store["observations"])
        yield Match(
            store, "media_differ", seen, store["change"] or "", {"change": store["change"]}, severity=heavier
        )
