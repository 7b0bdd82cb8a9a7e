"""Continuous backups for longer than they last."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text


@rule(
    severity=Severity.MEDIUM,
    selects="backup_plan",
    message="{node}: {note}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "catalogue": ["STO-009"],
    },
)
def check(plan: Node) -> Iterator[Match]:
    """Continuous backups reach back 35 days at most, and their copies are snapshots without points in time (AWS
    Backup Developer Guide, Continuous backups). A rule that asks for more is refused.

    ## Remedy
    Keep continuous backups for 35 days, and give longer retention a rule of its own.
    """
    for trap in plan["traps"]:
        if trap["trap"] == "continuous-too-long":
            yield Match(plan, trap["at"], values={"note": text(trap["note"])})
