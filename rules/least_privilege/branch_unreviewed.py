"""Branch that one person can change alone."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects="branch",
    message="{node} takes changes that nobody else has approved",
    controls={
        "reference-model": ["privilege/version-control"],
        "nist-800-53": ["CM-3", "CM-5", "AC-5"],
        "nist-800-207": ["tenet-6"],
        "catalogue": ["PRV-004"],
        "checkov": ["CKV_GIT_5"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Whoever holds one account of the repository, by right or by theft, changes what is deployed.

    ## Remedy
    Ask for the approval of another person with required_pull_request_reviews, and let the rules bind
    administrators.
    """
    if node["reviews"] == 0:
        yield Match(node, "reviews")
