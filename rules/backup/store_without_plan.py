"""Data store that no backup reaches."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some


@rule(
    severity=Severity.LOW,
    selects=("database", "file_system", "table", "volume"),
    message="{node} is in no backup plan and makes no backups of its own",
    controls={
        "reference-model": ["storage/backup", "storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["STO-002"],
        "checkov": ["CKV2_AWS_9", "CKV2_AWS_18"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """What no plan selects is copied only when someone thinks of it. Plans select by tag or pattern, often from
    another place, so their absence here is known only where the scan holds all of them.

    ## Remedy
    Select the store in a backup plan, by a tag that all stores carry.
    """
    if not backs_itself_up(store) and not some(store.into("backs_up"), lambda plan: True):
        yield Match(store)


def backs_itself_up(store: Node) -> bool:
    """Whether the store makes copies without a plan, or belongs to a cluster that is judged in its place."""
    if store.kind == "database":
        days = store["backup_days"]
        return days is None or days > 0
    if store.kind == "table":
        return store["recoverable"] is not False
    return store.kind == "file_system" and store["backed_up"] is not False
