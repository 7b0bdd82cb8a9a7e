"""Management and operation in one principal."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.LOW,
    selects=("permission_set", "role", "user"),
    message="{node} manages who may do what ({managing}) and changes what runs ({operating})",
    controls={
        "reference-model": ["privilege/separation-of-duties", "privilege/least-privilege"],
        "nist-800-53": ["AC-5", "AC-6"],
        "catalogue": ["PRM-001", "PRV-005"],
    },
)
def check(principal: Node) -> Iterator[Match]:
    """Who runs the workloads and also decides who may do what can cover its own tracks, and a fault in a pipeline
    becomes a fault in the guardrails. What certainly is allowed on any resource is counted; administrators are
    reported as such.

    ## Remedy
    Split the principal: one that manages identities and guardrails, used rarely and with a second factor, and one
    that operates.
    """
    found = principal["manages_and_operates"]
    if not found or is_administrator(principal):
        return
    related = principal.trail(found["because"])
    values = {"managing": ", ".join(found["managing"][:2]), "operating": ", ".join(found["operating"][:2])}
    yield Match(principal, at="manages_and_operates", related=related, values=values)


def is_administrator(principal: Node) -> bool:
    admin = principal.peek("admin")
    return isinstance(admin, str) and admin == "yes"
