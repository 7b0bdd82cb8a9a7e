"""Data of every store readable."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, makes_administrator, rule


@rule(
    severity=Severity.MEDIUM,
    selects=("group", "permission_set", "policy", "role", "user"),
    message="{node} lets its holders read the data of any store of the account ({actions})",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-3", "AC-6"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
        "checkov": ["CKV_AWS_288"],
    },
)
def check(holder: Node) -> Iterator[Match]:
    """A task needs the data of its own application. Who may read every bucket or table carries everyone else's
    data out with one stolen session. Counted is what policies, groups, boundaries and guardrails leave together,
    without a condition; whole services and administrators have rules of their own.

    ## Remedy
    Name the buckets, prefixes and tables that are used.
    """
    pending: Unknown | None = None
    for each in holder["exposes"]:
        if each["sort"] != "data" or makes_administrator(holder, each["label"]):
            continue
        if isinstance(each["actions"], Unknown):
            pending = each["actions"]
            continue
        named = ", ".join(each["actions"])
        yield Match(holder, at=each["at"], related=holder.trail(each["because"]), values={"actions": named})
    if pending is not None:
        raise Undetermined(pending)
