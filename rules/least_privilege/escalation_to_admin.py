"""Permission that leads to administration of the account."""

from collections.abc import Iterator
from typing import Any

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, rule

ADMIN = ("yes", "conditional")


@rule(
    severity=Severity.HIGH,
    selects=("binding", "group", "permission_set", "policy", "role", "trust", "user"),
    message="{node} makes an administrator of {names}: it {way}",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-6(1)", "AC-6(7)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005", "PRV-006"],
        "checkov": ["CKV_AWS_110", "CKV_AWS_286", "CKV2_AWS_40"],
        "prowler": ["iam_policy_allows_privilege_escalation", "iam_inline_policy_allows_privilege_escalation"],
    },
)
def check(holder: Node) -> Iterator[Match]:
    """The statement looks harmless and is enough: with it a principal writes its own permissions, takes over
    another one, or has a service run its code as a role that may do everything. What the way asks for besides, a
    role that trusts the service or a machine that acts as it, is in this scan. Denies, boundaries and guardrails
    were taken into account.

    ## Remedy
    Take the statement away, or narrow it: name the resources that it is about, and for iam:PassRole the roles
    and, in a condition on iam:PassedToService, the service.
    """
    pending: Unknown | None = None
    for way in holder["escalations"]:
        if isinstance(way, Unknown):
            pending = way
        elif way["admin"] in ADMIN and not way["plain"]:
            yield Match(
                holder,
                at=place(holder, way),
                related=holder.trail(way["because"]),
                cut=way["cut"],
                values={"names": way["names"], "way": way["way"]},
                assumptions=tuple(way["conditions"]),
            )
    if pending is not None:
        raise Undetermined(pending)


def place(holder: Node, way: dict[str, Any]) -> str:
    """Where a holder says what it allows."""
    if holder.kind == "binding":
        return "subjects"
    return f"statements[{way['number']}]" if way["at"] == "statements" else str(way["at"])
