"""No copy off site."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects=("cache", "database", "file_system", "object_store", "table", "volume"),
    message="no copy of {node} lies off site: {change}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-6", "CP-9(3)"],
        "catalogue": ["STO-012"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """One copy must survive what takes the whole site: another Region by default, another account or provider
    where [backup] offsite asks for it. Another zone is no other site.

    ## Remedy
    Give the plan's rules a copy action whose vault lies in another Region.
    """
    if (
        store["asset"] not in ("declared", "inferred")
        or store["copies"] < 2
        or store.peek("plan_at_fault") is True
    ):
        return
    if not store["copied_offsite"]:
        heavier = Severity.HIGH if store["asset"] == "declared" else None
        seen = store.trail(store["observations"])
        yield Match(
            store, "copied_offsite", seen, store["change"] or "", {"change": store["change"]}, severity=heavier
        )
