"""Volume that nothing uses."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

_DAYS = 30


@rule(
    severity=Severity.INFO,
    selects="volume",
    message="nothing holds {node}, which was made {days} days ago",
    controls={
        "reference-model": ["storage/persistence", "compute/utilization"],
        "nist-800-53": ["SI-12", "MP-6", "CM-8"],
        "nist-800-207": ["tenet-1"],
        "catalogue": ["STO-007"],
    },
)
def check(volume: Node) -> Iterator[Match]:
    """It is paid for every hour, and whoever may attach it reads what its last machine left on it. Only an account
    or a cluster that was read live tells; volumes of the last thirty days are left alone, and so is one whose age
    is not known.

    ## Remedy
    Take a snapshot if its data may still be needed, then delete it.
    """
    if volume["in_use"] is False and (days := volume["age_days"]) is not None and days > _DAYS:
        yield Match(volume, ("in_use", "age_days"), values={"days": days})
