"""Store that a backup plan all but selects."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects=("cache", "database", "file_system", "object_store", "table", "volume"),
    message="{why}: {node} is not saved",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "catalogue": ["STO-002"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """Three ways for a selection to miss what it seems to take: its account is not opted in to the type and the
    selection goes by tag, `*` or service; the plan works in another Region; or it asks for `db:*`, which
    means instances of RDS and no clusters (AWS Backup Developer Guide, Assign resources).

    ## Remedy
    Opt in to the type, make the plan in the Region of the store, or name clusters with `cluster:*`.
    """
    missed = store["missed_by"]
    if missed is not None:
        yield Match(store, "missed_by", values={"why": missed})
