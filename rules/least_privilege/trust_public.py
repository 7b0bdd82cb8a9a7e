"""Role that anyone may assume."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, open_to_anyone, rule, some


@rule(
    severity=Severity.CRITICAL,
    selects="trust",
    message="{node} lets every account assume the role",
    controls={
        "reference-model": ["privilege/least-privilege", "security/per-session"],
        "nist-800-53": ["AC-3", "AC-6", "IA-2"],
        "nist-800-207": ["tenet-3", "tenet-6"],
        "catalogue": ["PRV-008"],
        "checkov": ["CKV_AWS_60"],
    },
)
def check(trust: Node) -> Iterator[Match]:
    """Anyone with an account of their own takes the role and all that it may do. Names of roles are guessed
    from error messages; a shared external id is not a secret.

    ## Remedy
    Name the accounts or roles that may assume it, or add a condition on the organization.
    """
    if some(trust["statements"], open_to_anyone):
        yield Match(trust, at="statements")
