"""Disk or file system that no backup reaches."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some


@rule(
    severity=Severity.LOW,
    selects=("file_system", "volume"),
    message="{node} is in no backup plan",
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
    if not judged_elsewhere(store) and not some(store.into("backs_up"), lambda plan: True):
        yield Match(store)


def judged_elsewhere(store: Node) -> bool:
    """Whether the store has automatic backups of its own, switched on or off: rules of their own judge those."""
    return store.kind == "file_system" and store["backed_up"] is not None
