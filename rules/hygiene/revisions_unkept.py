"""Workload that cannot go back."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.LOW,
    selects="workload",
    message="{node} keeps no earlier revision to go back to",
    controls={
        "reference-model": ["lifecycle/roll-back"],
        "nist-800-53": ["CM-2(3)", "CP-10"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["LIF-006"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """A rollback needs the revision before: with a history of none a bad release has to be built and applied anew.

    ## Remedy
    Remove revisionHistoryLimit (ten are kept then), or set it to one or more.
    """
    if workload["revisions"] == 0:
        yield Match(workload, "revisions")
