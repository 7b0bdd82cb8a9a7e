"""Long-lived access key."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, certain, rule


@rule(
    severity=Severity.MEDIUM,
    selects="access_key",
    message="{node} is a credential that never expires by itself",
    controls={
        "reference-model": ["permissions/operational", "security/per-session"],
        "nist-800-53": ["IA-2", "IA-5"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRM-002", "PRV-009", "ZT3-001"],
        "checkov": ["CKV_AWS_348"],
    },
)
def check(key: Node) -> Iterator[Match]:
    """A key that does not expire is copied into files, images and chats, and works for whoever finds it until
    someone revokes it. Its secret also stands in the state. That of the account itself has a rule of its own.

    ## Remedy
    Let automation assume a role through OIDC or its platform's identity, and people sign in by single sign-on,
    and delete the key.
    """
    if certain(lambda: key["root"] is True):
        return
    if key["active"] is True:
        yield Match(key, at="active")
