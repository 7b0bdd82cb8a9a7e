"""Backup vault whose key is disabled or awaits its deletion."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.HIGH,
    selects="backup_vault",
    message="nothing in {node} can be restored: {why}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9", "SC-12"],
        "catalogue": ["STO-010"],
    },
)
def check(vault: Node) -> Iterator[Match]:
    """Recovery points are as good as the key that encrypts them. While it is disabled they cannot be restored or
    copied, and once it is deleted they never can (AWS KMS Developer Guide, Deleting AWS KMS keys).

    ## Remedy
    Enable the key, or cancel its deletion; keep keys of vaults as long as the points that they encrypt.
    """
    if vault["key_lost"] is not None:
        yield Match(vault, "key_lost", values={"why": vault["key_lost"]})
