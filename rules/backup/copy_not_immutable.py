"""Copies that can be deleted early."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.HIGH,
    selects=("cache", "database", "file_system", "object_store", "table", "volume"),
    message="every copy of {node} can be deleted before it expires: {change}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9(8)", "SI-12"],
        "catalogue": ["STO-013"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """Whoever encrypts data for ransom deletes the copies first. One copy must be beyond everyone's reach until
    it expires: in a vault locked in compliance mode, a logically air-gapped vault, or a bucket with Object
    Lock in compliance mode. Only stores that [[backup.authoritative]] declares are asked for it.

    ## Remedy
    Lock the vault of the copy with a grace time (`changeable_for_days`), after which nobody can undo the
    lock.
    """
    if store["asset"] == "declared" and store["copies"] > 1 and not store["copies_immutable"]:
        yield Match(
            store,
            "copies_immutable",
            store.trail(store["observations"]),
            store["change"] or "",
            {"change": store["change"]},
        )
