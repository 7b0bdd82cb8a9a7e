"""Restores that nobody tries."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.HIGH,
    selects=("cache", "database", "file_system", "object_store", "table", "volume"),
    message="no restore of {node} is tried regularly: {change}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9(1)", "CP-4"],
        "catalogue": ["STO-014"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """A copy is proven by a restore. A restore testing plan restores what it selects, regularly and by itself.
    Only stores that [[backup.authoritative]] declares are asked for it, every 90 days unless [backup]
    restore_test_days says otherwise.

    ## Remedy
    Select the store in a restore testing plan.
    """
    if store["asset"] == "declared" and store["copies"] > 1 and not store["restore_tested"]:
        yield Match(
            store,
            "restore_tested",
            store.trail(store["observations"]),
            store["change"] or "",
            {"change": store["change"]},
        )
