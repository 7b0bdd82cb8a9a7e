"""Copies to the default vault of another account."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text


@rule(
    severity=Severity.HIGH,
    selects="backup_plan",
    message="{node}: {note}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "catalogue": ["STO-012"],
    },
)
def check(plan: Node) -> Iterator[Match]:
    """The default vault is encrypted with a key that AWS manages and shares with nobody, so that copies from
    another account are refused.

    ## Remedy
    Make a vault with a key of its own in the other account, and name it as the destination.
    """
    for trap in plan["traps"]:
        if trap["trap"] == "default-vault":
            yield Match(plan, trap["at"], values={"note": text(trap["note"])})
