"""Copies that stay in the Region."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text


@rule(
    severity=Severity.MEDIUM,
    selects="backup_plan",
    message="{note}: {node} copies off site nothing",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "catalogue": ["STO-012"],
    },
)
def check(plan: Node) -> Iterator[Match]:
    """A copy action whose vault lies in the Region of the plan makes a second vault, and for snapshots of EBS,
    RDS and their kin not even a second copy. What takes the Region takes both.

    ## Remedy
    Name a vault of another Region as the destination.
    """
    for trap in plan["traps"]:
        if trap["trap"] == "copy-beside":
            yield Match(plan, trap["at"], values={"note": text(trap["note"])})
