"""Private service that every account may connect to."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects="endpoint",
    message="{node} takes connections of every account, and nobody accepts them",
    controls={
        "reference-model": ["integration/services", "cluster-network/structure"],
        "nist-800-53": ["AC-3", "AC-4", "AC-20", "SC-7"],
        "nist-800-207": ["tenet-2", "tenet-3"],
        "catalogue": ["INT-001"],
        "checkov": ["CKV_AWS_123"],
        "prowler": ["vpc_endpoint_services_allowed_principals_trust_boundaries"],
    },
)
def check(endpoint: Node) -> Iterator[Match]:
    """A private link is meant for those who were told of it. Who knows the name of this one, which stands in error
    messages and examples, joins the network of the service from an account of his own.

    ## Remedy
    Name the accounts or roles that may connect, or accept each connection by hand.
    """
    if endpoint["offered_to_all"] is True:
        yield Match(endpoint, "offered_to_all")
