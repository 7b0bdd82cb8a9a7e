"""Backup location that takes no backups."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.HIGH,
    selects="backup_vault",
    message="{node} takes no backups: {why}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "catalogue": ["STO-002"],
    },
)
def check(vault: Node) -> Iterator[Match]:
    """A storage location of Velero that is read-only serves restores alone, and one that is not available serves
    nothing; schedules that name it go on and every backup of theirs fails (Velero documentation, Backup
    Storage Locations).

    ## Remedy
    Set `accessMode: ReadWrite` once the restore is done, or give the schedules another location.
    """
    for place in vault["keeps"] or ():
        if place and place.get("fault"):
            yield Match(vault, "keeps", values={"why": place["fault"]})
