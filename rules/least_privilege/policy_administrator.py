"""Policy that grants administration of the whole account."""

from collections.abc import Iterator

from scanner.rule import (
    Match,
    Node,
    Severity,
    Value,
    allows,
    both,
    certain,
    every,
    is_everything,
    only_bounds,
    permits,
    rule,
    some,
)

# All actions, or all actions on identities: who may change identities may become anyone.
EVERY_ACTION = ("*", "*:*")
EVERYTHING = (*EVERY_ACTION, "iam:*")


@rule(
    severity=Severity.HIGH,
    selects=("permission_set", "policy"),
    message="{node} allows {what}",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-6(1)", "AC-6(7)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
        "checkov": ["CKV_AWS_1", "CKV_AWS_62", "CKV2_AWS_40"],
        "trivy": ["AWS-0057"],
        "prowler": ["iam_customer_attached_policy_no_administrative_privileges"],
    },
)
def check(holder: Node) -> Iterator[Match]:
    """Whoever holds this policy, or breaks into what holds it, can do everything in the account, and can give
    themselves whatever is missing.

    ## Remedy
    List the actions and resources that are needed. Keep one administrator for emergencies, behind a second
    factor, and let pipelines assume roles that a permissions boundary holds.
    """
    if only_bounds(holder):
        return
    statements = holder["statements"]
    if some(statements, lambda statement: administers(statement, statements)) and not held_in_check(holder):
        all_ = certain(lambda: some(statements, lambda one: administers(one, statements, EVERY_ACTION)))
        what = "every action on every resource" if all_ else "the administration of all identities"
        yield Match(holder, at="statements", values={"what": what})


def held_in_check(holder: Node) -> bool:
    """Whether each of its holders is known to be kept from administration by what else it holds."""
    if holder.kind != "policy" or not certain(lambda: some(holder.into("attaches"), lambda _: True)):
        return False
    return certain(
        lambda: every(holder.into("attaches"), lambda one: one.kind != "group" and one["admin"] == "no")
    )


def administers(statement: Value, statements: Value, actions: tuple[str, ...] = EVERYTHING) -> bool:
    return both(
        lambda: permits(statement, lambda action: action in actions and not refused(action, statements)),
        lambda: allows(statement),
    )


def refused(action: str, statements: Value) -> bool:
    """Whether the same policy denies all of what it allows."""
    return some(
        statements,
        lambda other: both(
            lambda: other["effect"] == "Deny",
            lambda: not other["conditions"],
            lambda: some(other["resources"], is_everything),
            lambda: permits(other, lambda denied: denied in ("*", "*:*", action)),
        ),
    )
