"""Access key that is in use for long."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

# CIS Amazon Web Services Foundations Benchmark 7.0, 2.12; what is not used (2.11) has a rule of its own.
MOST_DAYS, UNUSED_DAYS = 90, 45


@rule(
    severity=Severity.MEDIUM,
    selects="access_key",
    message="{node} is {days} days old and still in use",
    controls={
        "reference-model": ["security/per-session"],
        "nist-800-53": ["IA-5", "AC-2(3)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRM-002"],
        "prowler": ["iam_rotate_access_key_90_days"],
    },
)
def check(key: Node) -> Iterator[Match]:
    """The longer a key lives, the more copies there are of it, in files, images and logs that nobody remembers. A
    key that is no longer used has a rule of its own. Told of live accounts and of states.

    ## Remedy
    Give a role to what uses the key; until then, make a new one, replace it and delete the old one.
    """
    if key["active"] is not True or key["age_days"] is None or key["age_days"] <= MOST_DAYS:
        return
    if key["unused_days"] is None or key["unused_days"] <= UNUSED_DAYS:
        yield Match(key, at=("active", "created"), values={"days": key["age_days"]})
