"""Policy that may hand any role to any service."""

from collections.abc import Iterator

from scanner.rule import (
    Match,
    Node,
    Severity,
    Unknown,
    Value,
    both,
    is_everything,
    only_bounds,
    permits,
    rule,
    some,
    text,
)

LIMITS = ("iam:passedtoservice", "iam:associatedresourcearn")


@rule(
    severity=Severity.HIGH,
    selects=("permission_set", "policy"),
    message="{node} may hand any role to any service",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-6(10)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-006"],
    },
)
def check(holder: Node) -> Iterator[Match]:
    """With PassRole on every role, whoever may also start a machine, a function or a job starts it as an
    administrator and takes its credentials.

    ## Remedy
    Name the roles in the statement's resources and the service in a condition on iam:PassedToService.
    """
    if only_bounds(holder):
        return
    if some(holder["statements"], hands_any_role) and not leads_to_admin(holder):
        yield Match(holder, at="statements")


def leads_to_admin(holder: Node) -> bool:
    """Whether it is known to make an administrator: a rule of its own tells the way."""
    return any(not isinstance(way, Unknown) and way["action"] == "iam:PassRole" for way in holder["escalations"])


def hands_any_role(statement: Value) -> bool:
    return both(
        lambda: permits(statement, lambda action: action in ("iam:passrole", "iam:pass*")),
        lambda: statement["effect"] == "Allow",
        lambda: some(statement["resources"], is_any_role),
        lambda: not some(statement["conditions"], lambda each: text(each["key"]).lower() in LIMITS),
    )


def is_any_role(resource: Value) -> bool:
    if isinstance(resource, Unknown):
        return resource.suffix == ":role/*" or is_everything(resource)
    return is_everything(resource) or str(resource).endswith(":role/*")
