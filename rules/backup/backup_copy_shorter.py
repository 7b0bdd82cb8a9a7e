"""Copies that expire before their source."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text


@rule(
    severity=Severity.MEDIUM,
    selects="backup_plan",
    message="{node}: {note}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "catalogue": ["STO-009", "STO-012"],
    },
)
def check(plan: Node) -> Iterator[Match]:
    """The copy off site is what is left after a disaster; it should last at least as long as the point it was
    made of. A copy without a lifecycle of its own takes its source's.

    ## Remedy
    Drop the lifecycle of the copy action, or lengthen it.
    """
    for trap in plan["traps"]:
        if trap["trap"] == "copy-shorter":
            yield Match(plan, trap["at"], values={"note": text(trap["note"])})
