"""Cluster machines that anyone may try to sign in to."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, covers_world, rule


@rule(
    severity=Severity.HIGH,
    selects="node_group",
    message="{node} admits remote sign-in from the whole internet",
    controls={
        "reference-model": ["cluster-network/structure", "permissions/operational"],
        "nist-800-53": ["AC-17", "SC-7"],
        "nist-800-207": ["tenet-2", "tenet-3"],
        "catalogue": ["PRM-003", "NET-001"],
        "checkov": ["CKV_AWS_100"],
    },
)
def check(group: Node) -> Iterator[Match]:
    """An SSH key without a source group opens port 22 of every machine to everyone; who signs in holds all pods
    of the machine.

    ## Remedy
    Remove the remote access block and use a session manager, or name the security groups that may connect.
    """
    if covers_world(group["remote_access"] or ()):
        yield Match(group, at="remote_access")
