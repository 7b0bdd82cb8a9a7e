"""Disk or file system that no backup reaches."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


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
    if store["asset"] not in ("declared", "inferred") or judged_elsewhere(store):
        return
    if not store["planned"] and store["missed_by"] is None:
        yield Match(store, "planned", store.trail(store["observations"]))


def judged_elsewhere(store: Node) -> bool:
    """Whether the store has automatic backups of its own, switched on or off: rules of their own judge those."""
    return store.kind == "file_system" and store["backed_up"] is not None
