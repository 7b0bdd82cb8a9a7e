"""Role that everything of one owner at an identity provider may assume."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, Value, both, permits, rule, some, text

# Claims that name one repository, project or workspace whatever the subject says.
NARROWING = re.compile(
    r".*:(repository|repository_id|job_workflow_ref|project_id|project_path|.*/project-id|terraform_workspace_id)"
)
# Subject patterns that end with the owner: an organization, a group, a namespace of a cluster; GitHub, GitLab,
# CircleCI, HCP Terraform, EKS.
OWNER_ONLY = re.compile(
    r"repo:(?P<a>[^:/*?]+)/\*.*|project_path:(?P<b>[^:*?]+)/\*.*|org/(?P<c>[^/*?]+)/(project/)?\*"
    r"|organization:(?P<d>[^:*?]+):(project:)?\*.*|system:serviceaccount:(?P<e>[^:*?]+):\*"
)


@rule(
    severity=Severity.MEDIUM,
    selects="trust",
    message="{node} lets everything of {owner} assume the role",
    controls={
        "reference-model": ["security/determine-access", "privilege/least-privilege"],
        "nist-800-53": ["AC-3", "AC-6", "IA-9"],
        "nist-800-207": ["tenet-4", "tenet-6"],
        "catalogue": ["PRV-008"],
    },
)
def check(trust: Node) -> Iterator[Match]:
    """Whoever may write to one repository of the organization, to one project of the group, or may start a pod in
    the namespace, gets the role: also from a pull request, a fork inside the organization, or an experiment.

    ## Remedy
    Compare the subject with one repository and branch or environment, or with one service account.
    """
    owners: list[str] = []
    if some(trust["statements"], lambda statement: is_owner_wide(statement, owners)):
        yield Match(trust, at="statements", values={"owner": owners[0] if owners else "one owner"})


def is_owner_wide(statement: Value, owners: list[str]) -> bool:
    return both(
        lambda: permits(statement, lambda action: action in ("sts:assumerolewithwebidentity", "sts:*", "*")),
        lambda: statement["effect"] == "Allow",
        lambda: some(statement["principals"], lambda principal: principal["type"] == "Federated"),
        lambda: some(statement["conditions"], lambda each: admits_owner(each, owners)),
        lambda: not some(statement["conditions"], lambda each: NARROWING.fullmatch(key_of(each))),
    )


def admits_owner(condition: Value, owners: list[str]) -> bool:
    operator = text(condition["operator"]).lower().removeprefix("foranyvalue:")
    if operator != "stringlike" or not key_of(condition).endswith(":sub"):
        return False
    return some(condition["values"], lambda value: names_owner_only(value, owners))


def names_owner_only(value: Value, owners: list[str]) -> bool:
    if isinstance(value, Unknown):
        if re.match(r"repo:[^:/*?]+/[^*?]", value.prefix) or not value.prefix.strip("*"):
            return False
        raise Undetermined(value)
    found = OWNER_ONLY.fullmatch(str(value))
    if found is None:
        return False
    owners.append(next(part for part in found.groupdict().values() if part))
    return True


def key_of(condition: Value) -> str:
    """The condition's key; of one that is known in part, the claim behind the issuer."""
    key = condition["key"]
    if isinstance(key, Unknown):
        if not key.suffix or ":" not in key.suffix:
            raise Undetermined(key)
        return key.suffix.lower()
    return text(key).lower()
