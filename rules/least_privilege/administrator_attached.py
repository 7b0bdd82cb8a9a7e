"""Principal that holds a ready-made administrator policy."""

from collections.abc import Iterator

from scanner.rule import (
    Match,
    Node,
    Severity,
    Undetermined,
    Unknown,
    Value,
    certain,
    every,
    names_administrators,
    rule,
    some,
    text,
)

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
    the account. A group whose name says that its members are administrators weighs less, and so does a role that
    nobody takes on without a second factor.

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
                severity = Severity.MEDIUM if is_for_administrators(principal) else None
                yield Match(principal, at=f"managed_policies[{position}]", severity=severity)
            return
    if pending is not None:
        raise pending


def held_in_check(principal: Node) -> bool:
    """Whether a boundary is known to keep it from administration all the same."""
    return principal.kind in ("role", "user") and certain(lambda: principal["admin"] == "no")


def is_for_administrators(principal: Node) -> bool:
    """Whether only administrators, by the name of their group, or people with a second factor are known to hold
    it."""
    if principal.kind == "group":
        name = principal.peek("name")
        return isinstance(name, str) and names_administrators(name)
    trusts = principal.known("trusts") if principal.kind == "role" else []
    return bool(trusts) and certain(
        lambda: every(trusts, lambda trust: every(trust["statements"], asks_for_factor))
    )


def asks_for_factor(statement: Value) -> bool:
    """Whether a statement lets nobody in without a second factor, and not all the world."""
    if statement["effect"] != "Allow":
        return True
    named = every(statement["principals"], lambda each: text(each["type"]) == "AWS" and is_one(each["id"]))
    return named and some(statement["conditions"], is_factor)


def is_one(principal: Value) -> bool:
    """Whether a principal is not all the world. One that is worked out, as the number of an account, is not."""
    return isinstance(principal, Unknown) or principal != "*"


def is_factor(condition: Value) -> bool:
    """Whether a condition asks for a second factor (IAM User Guide, "Secure API access with MFA")."""
    key, operator = text(condition["key"]).lower(), text(condition["operator"])
    if key == "aws:multifactorauthpresent":
        return operator == "Bool" and every(condition["values"], lambda each: text(each).lower() == "true")
    return key == "aws:multifactorauthage" and operator in ("NumericLessThan", "NumericLessThanEquals")
