"""Every stored credential readable."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, makes_administrator, rule


@rule(
    severity=Severity.HIGH,
    selects=("group", "permission_set", "policy", "role", "user"),
    message="{node} lets its holders read any {what} of the account ({actions})",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-3", "AC-6"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
        "checkov": ["CKV_AWS_287"],
    },
)
def check(holder: Node) -> Iterator[Match]:
    """Secrets and parameters hold what opens everything else: passwords of databases, keys of other accounts. Who
    reads all of them holds the rights of all who use them. Counted is what policies, groups, boundaries and
    guardrails leave together, without a condition; whole services and administrators have rules of their own.
    Parameters alone are medium: most hold settings, and what is encrypted with a key of your own stays closed to
    those who may not decrypt with it. Secrets are high.

    ## Remedy
    Name the secrets and parameters that are used, by ARN or by a path of their names.
    """
    pending: Unknown | None = None
    for each in holder["exposes"]:
        if each["sort"] != "credentials" or makes_administrator(holder, each["label"]):
            continue
        if isinstance(each["actions"], Unknown):
            pending = each["actions"]
            continue
        secrets = any(not action.startswith("ssm:") for action in each["actions"])
        yield Match(
            holder,
            at=each["at"],
            related=holder.trail(each["because"]),
            values={
                "what": "stored credential" if secrets else "stored parameter",
                "actions": ", ".join(each["actions"]),
            },
            severity=None if secrets else Severity.MEDIUM,
        )
    if pending is not None:
        raise Undetermined(pending)
