"""Principal that holds a ready-made administrator policy."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, certain, rule, text

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
    pending: Undetermined | None = None
    for position, name in enumerate(principal["managed_policies"] or ()):
        try:
            administers = text(name).rsplit("/")[-1].lower() in ADMINISTRATORS
        except Undetermined as undetermined:
            pending = undetermined
            continue
        if administers:
            if not held_in_check(principal):
                yield Match(principal, at=f"managed_policies[{position}]")
            return
    if pending is not None:
        raise pending


def held_in_check(principal: Node) -> bool:
    """Whether a boundary is known to keep it from administration all the same."""
    return principal.kind in ("role", "user") and certain(lambda: principal["admin"] == "no")
