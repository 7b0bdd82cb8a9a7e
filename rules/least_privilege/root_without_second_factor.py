"""Root user without a second factor."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.CRITICAL,
    selects="root_user",
    message="{node} signs in with a password alone",
    controls={
        "reference-model": ["privilege/least-privilege", "security/per-session"],
        "nist-800-53": ["IA-2", "IA-2(1)", "AC-6(5)"],
        "nist-800-207": ["tenet-6"],
        "catalogue": ["BIL-002", "PRV-009"],
        "prowler": ["iam_root_mfa_enabled"],
    },
)
def check(root: Node) -> Iterator[Match]:
    """The root user may do everything, and its password can be reset by whoever reads the owner's mail. A second
    factor is what stands between the two. An account without a root password and
    key (centralized root access) has nothing to sign in with, and passes.

    ## Remedy
    Register a hardware key for the root user, or remove its credentials by centralized root access.
    """
    if root["second_factor"] is False:
        yield Match(root, at="second_factor")
