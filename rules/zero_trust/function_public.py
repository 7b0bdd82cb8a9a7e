"""Function that anyone may invoke."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.HIGH,
    selects="function",
    message="{node} can be invoked by anyone",
    controls={
        "reference-model": ["security/per-session"],
        "nist-800-53": ["AC-3", "AC-6"],
        "nist-800-207": ["tenet-3", "tenet-6"],
        "catalogue": ["CMP-004", "PRM-006"],
        "checkov": ["CKV_AWS_258", "CKV_AWS_301"],
        "prowler": ["awslambda_function_not_publicly_accessible"],
    },
)
def check(function: Node) -> Iterator[Match]:
    """Strangers run code with the function's role and at your cost; whatever input checks exist inside are all
    the defence left. A web server, which the public may be meant to reach and which may ask for a login itself,
    weighs less.

    ## Remedy
    Ask for signed requests on the function's URL, and name the service and the source in the permission to invoke
    it. Let a web server's requests come through a load balancer that filters them, or ask callers for an identity.
    """
    if function["public_access"]:
        serves = function.peek("serves_web") is True
        yield Match(function, at="public_access", severity=Severity.MEDIUM if serves else None)
