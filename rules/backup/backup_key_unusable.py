"""Backup vault whose key is disabled or awaits its deletion."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.HIGH,
    selects="backup_vault",
    message="nothing in {node} can be restored: its key is disabled, or awaits its deletion",
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
    for key in vault.out("encrypted_with"):
        if not key["usable"]:
            yield Match(vault, related=[key.at("usable", "the key")])
