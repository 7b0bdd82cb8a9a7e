"""Chart without a fixed version."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects="config",
    message="{node} installs whatever version of its chart is the newest",
    controls={
        "reference-model": ["source-of-truth/consistent"],
        "nist-800-53": ["CM-2", "SR-3", "SR-4"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["SOT-003"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """The same code installs something else tomorrow, hooks and permissions of the cluster included, and there is
    no version to go back to.

    ## Remedy
    Name the chart's version.
    """
    if node["chart_version"] in ("", "*", "latest"):
        yield Match(node, at="chart_version")
