"""Permissions that grow down the tree."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, rule


@rule(
    severity=Severity.MEDIUM,
    selects=("trust", "user"),
    message="{node} leads {names} past {limit}: by {through} it may do what that does not allow ({action})",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-6(1)", "AC-3"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
    },
)
def check(holder: Node) -> Iterator[Match]:
    """Organization, guardrails, boundary, policies: on the way down, what a principal may do can only shrink. A
    boundary holds for the one that carries it, and guardrails for the principals of their accounts. Who may take a
    role without that limit, or is named by the policy of a resource, does past it what was to be kept from it.

    ## Remedy
    Give the role the same boundary, or take those who are limited out of its trust. In the policy of a resource
    name the account or a role, not the user.
    """
    pending: Unknown | None = None
    for each in holder["outgrown"]:
        if isinstance(each, Unknown):
            pending = each
            continue
        yield Match(
            holder,
            at="statements" if holder.kind == "trust" else "outgrown",
            related=holder.trail(each["because"]),
            cut=each["cut"],
            values={
                "names": each["names"],
                "through": each["through"],
                "limit": each["limit"],
                "action": each["action"],
            },
        )
    if pending is not None:
        raise Undetermined(pending)
