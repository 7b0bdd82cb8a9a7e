"""Root user whose second factor is a program."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, rule, unlisted


@rule(
    severity=Severity.LOW,
    selects="root_user",
    message="a program that makes codes is a second factor of {node}",
    controls={
        "reference-model": ["privilege/least-privilege", "security/per-session"],
        "nist-800-53": ["IA-2(1)", "IA-2(8)", "AC-6(5)"],
        "nist-800-207": ["tenet-6"],
        "catalogue": ["BIL-002"],
        "prowler": ["iam_root_hardware_mfa_enabled"],
    },
)
def check(root: Node) -> Iterator[Match]:
    """Whoever is led to a copy of the sign-in page types the code into it, and the code is made on a telephone
    that is lost, copied and backed up elsewhere. A security key answers the true page alone. A program beside a
    key is as good a way in as the program alone. Of other devices no listing says whether they are hardware: a
    passkey counts as a key.

    ## Remedy
    Register two security keys for the root user and remove the program, or remove its credentials by centralized
    root access.
    """
    if not root["second_factor"]:
        return  # nothing to sign in with, or a password alone, which has a rule of its own
    if root["virtual_factor"]:
        yield Match(root, at="virtual_factor")
    elif (why := unlisted(root, "virtual factors")) is not None:
        raise Undetermined(why)
