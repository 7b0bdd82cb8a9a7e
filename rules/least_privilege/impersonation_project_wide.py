"""Right to act as every service account of a project."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some, text

# Roles whose holder acts as a service account, or makes itself a key of one (IAM documentation, "Service account
# roles"). On a project they hold for every account in it, those that are made later included.
ACTING = frozenset(
    ("serviceAccountUser", "serviceAccountTokenCreator", "serviceAccountOpenIdTokenCreator",
     "serviceAccountKeyAdmin", "serviceAccountAdmin", "workloadIdentityUser")
)  # fmt: skip


@rule(
    severity=Severity.MEDIUM,
    selects="policy",
    message="{node} lets its holder act as every service account of {where}",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-6(1)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
        "checkov": ["CKV_GCP_41", "CKV_GCP_44", "CKV_GCP_45", "CKV_GCP_46", "CKV_GCP_49"],
        "trivy": ["GCP-0005", "GCP-0009", "GCP-0011"],
    },
)
def check(policy: Node) -> Iterator[Match]:
    """Among the accounts of a project there is nearly always one that may do more than the holder: who may act as
    all of them has the permissions of the strongest.

    ## Remedy
    Grant the role on the one service account that is meant (google_service_account_iam_member).
    """
    level = policy["granted_on"]
    if level is None:
        return
    if some(policy["statements"], lambda one: some(one["actions"], acts)):
        yield Match(policy, at="statements", values={"where": f"the {level}"})


def acts(role: object) -> bool:
    return text(role).removeprefix("roles/iam.") in ACTING
