"""Credential that nobody uses."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

MOST_DAYS = 45  # CIS Amazon Web Services Foundations Benchmark 7.0, 2.11


@rule(
    severity=Severity.MEDIUM,
    selects=("access_key", "user"),
    message="{node} has {what} that nobody has used for {days} days",
    controls={
        "reference-model": ["permissions/operational", "security/per-session"],
        "nist-800-53": ["AC-2", "AC-2(3)", "IA-5"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRM-002"],
        "prowler": ["iam_user_accesskey_unused", "iam_user_console_access_unused"],
    },
)
def check(holder: Node) -> Iterator[Match]:
    """Nobody would notice if someone else used it: its owner has left, or has forgotten it. Told of live accounts,
    where the last use of keys and passwords was read.

    ## Remedy
    Delete the key or the login profile; deactivate it first where you are not sure.
    """
    is_key = holder.kind == "access_key"
    if holder["active" if is_key else "console"] is not True:
        return
    days = holder["unused_days"]
    if days is not None and days > MOST_DAYS:
        what = "an access key" if is_key else "a password"
        yield Match(holder, at="used", values={"days": days, "what": what})
