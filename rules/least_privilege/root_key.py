"""Access key of the account itself."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, both, rule


@rule(
    severity=Severity.CRITICAL,
    selects="access_key",
    message="{node} is a key of the account itself: no policy limits it",
    controls={
        "reference-model": ["privilege/least-privilege", "security/per-session"],
        "nist-800-53": ["AC-6", "AC-6(5)", "IA-2", "IA-5"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-009"],
        "prowler": ["iam_no_root_access_key"],
    },
)
def check(key: Node) -> Iterator[Match]:
    """The root user may do everything, close the account included, and nothing in the account denies it anything.
    Whoever finds its key has all of that, without a second factor.

    ## Remedy
    Delete the key, and give a role to whatever used it.
    """
    if both(lambda: key["root"] is True, lambda: key["active"] is True):
        yield Match(key, at=("root", "active"))
