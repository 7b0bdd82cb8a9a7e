"""Permissions for services that are never used."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

SHOWN, MOST_DAYS = 5, 90


@rule(
    severity=Severity.LOW,
    selects=("role", "user"),
    message="{node} is allowed {count} services that it has not used for 90 days: {names}",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-6(7)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
    },
)
def check(principal: Node) -> Iterator[Match]:
    """What is not used is not needed, and only widens what an intruder gets. Told of live accounts where the last
    accessed services were read; who does nothing at all has a rule of its own.

    ## Remedy
    Write a policy for the services that are used (IAM Access Analyzer makes one from CloudTrail), and attach it in
    place of the old one.
    """
    unused, days = principal["unused_services"], principal["unused_days"]
    if not unused or (days is not None and days > MOST_DAYS):
        return
    names = ", ".join(unused[:SHOWN]) + (f" and {len(unused) - SHOWN} more" if len(unused) > SHOWN else "")
    yield Match(principal, at="services", values={"count": len(unused), "names": names})
