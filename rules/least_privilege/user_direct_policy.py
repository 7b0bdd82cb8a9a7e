"""User that holds permissions of its own."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some


@rule(
    severity=Severity.LOW,
    selects="user",
    message="{node} holds permissions that no group or role gave it",
    controls={
        "reference-model": ["permissions/centralize"],
        "nist-800-53": ["AC-2", "AC-6"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRM-004"],
        "checkov": ["CKV_AWS_40"],
        "trivy": ["AWS-0143"],
        "prowler": ["iam_policy_attached_only_to_group_or_roles"],
    },
)
def check(user: Node) -> Iterator[Match]:
    """Permissions that hang on single users are forgotten when people change their work, and nobody sees who
    holds what.

    ## Remedy
    Attach the policy to a group or, better, to a role or permission set that users assume.
    """
    if some(user["managed_policies"] or ()):
        yield Match(user, at="managed_policies")
    elif some(user.out("attaches"), lambda policy: True):
        held = [each.at("", "held by the user alone") for each in user.known("attaches")]
        yield Match(user, at="attaches", related=held)
