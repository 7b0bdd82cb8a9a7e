"""Branch that takes changes unchecked."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects="branch",
    message="{node} asks for no check before a change is merged",
    controls={
        "reference-model": ["lifecycle/tools"],
        "nist-800-53": ["CM-3(2)", "SA-11", "SI-2"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["LIF-004"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Linting, tests and scans that do not have to pass are skipped on the day when it matters.

    ## Remedy
    Name the checks that have to pass in required_status_checks.
    """
    if not node["checks"]:
        yield Match(node, "checks")
