"""Key, secret, vault or search domain open to every account."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, certain, open_to_anyone, rule, some


@rule(
    severity=Severity.HIGH,
    selects=("backup_vault", "database", "key", "secret"),
    message="{node} lets every account in through its own policy",
    controls={
        "reference-model": ["security/resources", "privilege/least-privilege"],
        "nist-800-53": ["AC-3", "AC-6", "SC-12"],
        "nist-800-207": ["tenet-1", "tenet-3"],
        "catalogue": ["STO-006", "PRV-005"],
        "checkov": ["CKV_AWS_33"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """A statement for every principal, without a condition on who or from where, is an open door.

    What a key protects is then as public as its ciphertext, a secret can be read, and copies in a vault can be
    deleted, by anyone with an account of their own. A search domain inside a network answers all who reach it.

    ## Remedy
    Name the accounts or roles, or add a condition on the organization or on the calling account.
    """
    if some(node["statements"], open_to_anyone) and not found_elsewhere(node):
        yield Match(node, at="statements")


def found_elsewhere(node: Node) -> bool:
    """Whether zero-trust/database-public speaks of the policy, since the store has a public endpoint too."""
    return node.kind == "database" and certain(lambda: node["public_access"])
