"""User who signs in with a password alone."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, both, rule


@rule(
    severity=Severity.HIGH,
    selects="user",
    message="{node} signs in to the console with a password alone",
    controls={
        "reference-model": ["permissions/operational", "security/per-session"],
        "nist-800-53": ["IA-2", "IA-2(1)", "IA-2(2)"],
        "nist-800-207": ["tenet-6"],
        "catalogue": ["PRM-003"],
        "prowler": ["iam_user_mfa_enabled_console_access"],
    },
)
def check(user: Node) -> Iterator[Match]:
    """A password that is guessed, reused or given to a false page is all that it takes. Told of live accounts,
    where the devices of users were read: no configuration says whether a user has one.

    ## Remedy
    Let people sign in through single sign-on with a second factor; until then, register a device for the user and
    deny what is done without one.
    """
    if both(lambda: user["console"] is True, lambda: user["second_factor"] is False):
        yield Match(user, at=("console", "second_factor"))
