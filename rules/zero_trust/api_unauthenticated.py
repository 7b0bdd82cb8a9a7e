"""API that anyone may call."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, both, rule


@rule(
    severity=Severity.MEDIUM,
    selects="api",
    message="{node} answers callers who do not identify themselves",
    controls={
        "reference-model": ["security/per-session", "application-network/gateways"],
        "nist-800-53": ["AC-3", "IA-2", "IA-9"],
        "nist-800-207": ["tenet-3", "tenet-6"],
        "catalogue": ["PRM-006"],
        "checkov": ["CKV_AWS_59", "CKV_AWS_309", "CKV2_AWS_70"],
        "trivy": ["AWS-0004"],
    },
)
def check(api: Node) -> Iterator[Match]:
    """Whoever finds the address uses what lies behind it, with the rights and at the cost of the owner, unless the
    code behind it asks who calls.

    Requests that a browser sends before the real one (OPTIONS) need no identity and are not meant.

    ## Remedy
    Give the route an authorizer (IAM, JWT, or a function), or make the API private to its network. An API key
    alone counts calls; it does not say who calls.
    """
    if both(lambda: api["authorized"] is False, lambda: api["private"] is not True):
        yield Match(api, at="authorized")
