"""Replication that keeps nothing of its own."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects="object_store",
    message="replication of {node} makes no copy: {why}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "catalogue": ["STO-010"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """A replica follows its source: it is a copy only where it keeps what the source deletes or overwrites. That
    takes versioning at the destination, no replication of delete markers, and a rule that is enabled and
    takes every object.

    ## Remedy
    Enable versioning at the destination, switch the replication of delete markers off, and drop the filter.
    """
    if store["asset"] not in ("declared", "inferred"):
        return
    for copy in store["observations"]:
        if copy["kind"] == "replica" and not copy["counts"] and not copy["open"]:
            yield Match(store, "own_copies", store.trail([copy]), values={"why": copy["why"]})
