"""Role that nobody assumes."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

MOST_DAYS = 90  # IAM Access Analyzer, unused access: the default


@rule(
    severity=Severity.LOW,
    selects="role",
    message="{node} has not been assumed for {days} days",
    controls={
        "reference-model": ["privilege/least-privilege", "permissions/operational"],
        "nist-800-53": ["AC-2", "AC-2(3)", "AC-6(7)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRM-002"],
    },
)
def check(role: Node) -> Iterator[Match]:
    """Its trust stays open and its permissions stay granted, for no one's use but an intruder's. Told of live
    accounts, which record the last use; roles that the provider makes for its services are not meant.

    ## Remedy
    Delete the role, or write down why it is kept (for emergencies, for example) where the finding is ignored.
    """
    if role["service_linked"] is True:
        return
    days = role["unused_days"]
    if days is not None and days > MOST_DAYS:
        yield Match(role, at="used", values={"days": days})
