"""Delegated administration without a permissions boundary."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, makes_administrator, rule


@rule(
    severity=Severity.MEDIUM,
    selects=("group", "permission_set", "policy", "role", "user"),
    message="{node} lets its holders make or widen principals that no boundary holds ({actions})",
    controls={
        "reference-model": ["privilege/least-privilege", "privilege/separation-of-duties"],
        "nist-800-53": ["AC-6", "AC-6(1)", "AC-5"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
    },
)
def check(holder: Node) -> Iterator[Match]:
    """Whoever makes roles for others, or gives them policies, decides what they may do. Without a condition on the
    boundary that these must carry, that is everything, whatever the delegate may do itself. Administrators, and
    statements that already lead to administration, have findings of their own.

    ## Remedy
    Add a condition with StringEquals on iam:PermissionsBoundary to the statement, and deny the removal of that
    boundary.
    """
    pending: Unknown | None = None
    for each in holder["delegates"]:
        if isinstance(each["actions"], Unknown):
            pending = each["actions"]
            continue
        if makes_administrator(holder, each["label"]):
            continue
        named = ", ".join(each["actions"][:3])
        yield Match(
            holder,
            at=each["at"],
            related=holder.trail(each["because"]),
            cut=each["label"],
            values={"actions": named},
        )
    if pending is not None:
        raise Undetermined(pending)
