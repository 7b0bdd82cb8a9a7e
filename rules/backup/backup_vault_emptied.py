"""Backup vault whose copies are deleted with it."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects="backup_vault",
    message="{node} and every copy in it are deleted together",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9(8)"],
        "catalogue": ["STO-013"],
    },
)
def check(vault: Node) -> Iterator[Match]:
    """A vault that holds recovery points cannot be deleted, which protects them from a slip of the hand. With
    `force_destroy` Terraform deletes the points first, so that one wrong plan takes every copy (provider
    documentation of aws_backup_vault).

    ## Remedy
    Remove `force_destroy`, and delete points on purpose where that is meant.
    """
    if vault["emptied"]:
        yield Match(vault, "emptied")
