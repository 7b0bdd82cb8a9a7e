"""Cold storage for less than ninety days."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text


@rule(
    severity=Severity.HIGH,
    selects="backup_plan",
    message="{node}: {note}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "catalogue": ["STO-009"],
    },
)
def check(plan: Node) -> Iterator[Match]:
    """What moves to cold storage stays there for ninety days at least; AWS Backup refuses a lifecycle that
    deletes it earlier (API Reference, Lifecycle), and the plan is never made.

    ## Remedy
    Delete ninety days after the move at the earliest.
    """
    for trap in plan["traps"]:
        if trap["trap"] == "cold-too-long":
            yield Match(plan, trap["at"], values={"note": text(trap["note"])})
