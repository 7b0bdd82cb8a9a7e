"""Vault lock that an administrator can remove."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.LOW,
    selects="backup_vault",
    message="the lock of {node} can be removed by whoever may administer backups",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9(8)"],
        "catalogue": ["STO-013"],
    },
)
def check(vault: Node) -> Iterator[Match]:
    """A lock without a grace time is in governance mode: whoever holds the permission removes it, and then the
    copies. With `changeable_for_days` it becomes immutable after that time, and until then, which a live
    account tells, it can be removed as well (AWS Backup Developer Guide, AWS Backup Vault Lock).

    ## Remedy
    Set `changeable_for_days` to three or more, once the bounds of the lock are settled.
    """
    if vault["lock_mode"] == "governance" or (vault["lock_mode"] is not None and vault["lock_now"] == "grace"):
        yield Match(vault, "lock_mode")
