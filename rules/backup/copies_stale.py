"""Copies older than the recovery point objective."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects=("cache", "database", "file_system", "object_store", "table", "volume"),
    message="copies of {node} are made too rarely: {change}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "catalogue": ["STO-009"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """What was written since the newest copy is lost with the data. A copy that is older than the objective
    allows (24 hours, unless [backup] rpo_hours says otherwise) still counts as one; this rule asks that the
    copies that are recent enough are still three, on two mediums, one off site, as far as all of them are.

    ## Remedy
    Run the plan at least as often as the objective asks.
    """
    if store["asset"] not in ("declared", "inferred") or store["copies"] < 2:
        return
    if not store["copies_fresh"]:
        heavier = Severity.HIGH if store["asset"] == "declared" else None
        seen = store.trail(store["observations"])
        yield Match(
            store, "copies_fresh", seen, store["change"] or "", {"change": store["change"]}, severity=heavier
        )
