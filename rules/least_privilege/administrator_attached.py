"""Principal that holds a ready-made administrator policy."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some, text

# Last part of the names that providers give to policies and roles which can do, or grant, everything.
ADMINISTRATORS = ("administratoraccess", "iamfullaccess", "owner")


@rule(
    severity=Severity.HIGH,
    selects=("group", "permission_set", "role", "user"),
    message="{node} is an administrator of the whole account",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-6(1)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
        "checkov": ["CKV_AWS_274", "CKV2_AWS_56"],
        "prowler": ["iam_aws_attached_policy_no_administrative_privileges"],
    },
)
def check(principal: Node) -> Iterator[Match]:
    """An administrator for daily work makes every stolen session and every fault in a pipeline a takeover of
    the account.

    ## Remedy
    Replace the policy by one that lists what this principal does. Where administration is the task, keep the
    sessions short, ask for a second factor and set a permissions boundary.
    """
    if some(
        principal["managed_policies"] or (), lambda name: text(name).rsplit("/")[-1].lower() in ADMINISTRATORS
    ):
        yield Match(principal, at="managed_policies")
