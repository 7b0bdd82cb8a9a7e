"""Role that may change everything in a project."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, rule, text

# Basic roles that change things (Google IAM documentation, "Basic roles"): whether they are administrators of all.
BASIC = {"roles/owner": True, "roles/editor": False}


@rule(
    severity=Severity.MEDIUM,
    selects="policy",
    message="{node} grants {role} on the whole {where}",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-6(1)", "AC-6(7)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
        "checkov": ["CKV_GCP_42", "CKV_GCP_115", "CKV_GCP_116", "CKV_GCP_117"],
        "trivy": ["GCP-0007"],
    },
)
def check(policy: Node) -> Iterator[Match]:
    """An owner may do everything, grants included; an editor changes and deletes all that runs or is stored.
    Either is thousands of permissions where a task needs a few.

    ## Remedy
    Grant the predefined roles of the services that are used, or a role of your own with the permissions needed.
    """
    level = policy["granted_on"]
    if level is None:
        return
    pending: Undetermined | None = None
    for statement in policy["statements"]:
        try:
            found = sorted({role for each in statement["actions"] if (role := text(each)) in BASIC})
        except Undetermined as undetermined:
            pending = undetermined
            continue
        if found:
            severity = Severity.HIGH if any(BASIC[role] for role in found) else None
            values = {"role": " and ".join(found), "where": level}
            yield Match(policy, at="statements", values=values, severity=severity)
            return
    if pending is not None:
        raise pending
