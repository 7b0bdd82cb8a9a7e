"""Directory that weighs no risk."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.INFO,
    selects="identity_provider",
    message="{node} takes a sign-in from a strange place, or with a password known to be stolen, like any other",
    controls={
        "reference-model": ["security/client-properties"],
        "nist-800-53": ["IA-10", "AC-2(12)", "SI-4"],
        "nist-800-207": ["tenet-4", "tenet-6"],
        "catalogue": ["ZT4-003"],
        "prowler": ["cognito_user_pool_advanced_security_enabled",
                    "cognito_user_pool_blocks_compromised_credentials_sign_in_attempts",
                    "cognito_user_pool_blocks_potential_malicious_sign_in_attempts"],
    },
)  # fmt: skip
def check(directory: Node) -> Iterator[Match]:
    """Passwords that leaked elsewhere are tried here by the million. A directory that looks at the device, the
    place and lists of stolen passwords refuses them, or asks for a second factor. It is paid for by user.

    ## Remedy
    Switch threat protection on in full for pools that people outside sign in to.
    """
    if directory["risk_weighed"] is False:
        yield Match(directory, "risk_weighed")
