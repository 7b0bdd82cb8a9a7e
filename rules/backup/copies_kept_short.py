"""Copies that expire too soon."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects=("cache", "database", "file_system", "object_store", "table", "volume"),
    message="copies of {node} expire too soon: {change}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9", "SI-12"],
        "catalogue": ["STO-009"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """A fault that is found after the last good copy has expired cannot be undone. A copy that is kept shorter
    than is asked for (35 days, unless [backup] retention_days says otherwise) still counts as one; this rule
    asks that the copies that are kept long enough are still three, on two mediums, one off site, as far as
    all of them are.

    ## Remedy
    Lengthen the lifecycle of the rule, and of the copy where it has one of its own.
    """
    if (
        store["asset"] not in ("declared", "inferred")
        or store["copies"] < 2
        or store.peek("plan_at_fault") is True
    ):
        return
    if not store["copies_kept"]:
        heavier = Severity.HIGH if store["asset"] == "declared" else None
        seen = store.trail(store["observations"])
        yield Match(
            store, "copies_kept", seen, store["change"] or "", {"change": store["change"]}, severity=heavier
        )
