"""Retention that a locked vault refuses."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text


@rule(
    severity=Severity.HIGH,
    selects="backup_plan",
    message="{node}: {note}, so that every job fails",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "catalogue": ["STO-009"],
    },
)
def check(plan: Node) -> Iterator[Match]:
    """A locked vault has bounds on retention, and fails each backup or copy job whose lifecycle lies outside of
    them (AWS Backup Developer Guide, "AWS Backup Vault Lock"). Nothing is saved.

    ## Remedy
    Keep points as long as the vault's lock asks, or write the rule for another vault.
    """
    for trap in plan["traps"]:
        if trap["trap"] == "retention-refused":
            yield Match(plan, trap["at"], values={"note": text(trap["note"])})
