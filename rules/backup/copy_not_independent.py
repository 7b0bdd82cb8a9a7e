"""Copies in the hands of whoever holds the data."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.HIGH,
    selects=("cache", "database", "file_system", "object_store", "table", "volume"),
    message="every copy of {node} dies with it, or is in the hands of its own administrators: {change}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9(3)", "CP-9(8)"],
        "catalogue": ["STO-012", "STO-013"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """Automated backups of a database are deleted with it by default, and whoever administers an account can
    empty its vaults and schedule the deletion of its keys. One copy must outlive both: in another account
    with a key of that account, or in a vault locked in compliance mode. Only stores that
    [[backup.authoritative]] declares are asked for it.

    ## Remedy
    Copy to a vault of another account, encrypted with a key of that account.
    """
    if store["asset"] == "declared" and store["copies"] > 1 and not store["copies_independent"]:
        yield Match(
            store,
            "copies_independent",
            store.trail(store["observations"]),
            store["change"] or "",
            {"change": store["change"]},
        )
