"""Backup plan that selects nothing."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects="backup_plan",
    message="{node} selects no store",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "catalogue": ["STO-002", "SOT-006"],
    },
)
def check(plan: Node) -> Iterator[Match]:
    """A plan without a selection, or whose selections fit nothing, saves nothing and looks as if it did.
    Selections and stores may be kept elsewhere, so that this is known only where the scan holds all of them.

    ## Remedy
    Give the plan a selection that names its stores, by ARN or by a tag that they carry.
    """
    if not plan["selects_something"]:
        yield Match(plan, "selects_something")
