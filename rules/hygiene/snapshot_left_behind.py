"""Snapshot of a volume that is gone, older than a year."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, rule, text, unlisted

_DAYS = 365


@rule(
    severity=Severity.INFO,
    selects="snapshot",
    message="{node} is {days} days old, its volume is gone, and no image and no plan keeps it",
    controls={
        "reference-model": ["storage/persistence"],
        "nist-800-53": ["SI-12", "MP-6", "CM-8"],
        "nist-800-207": ["tenet-1"],
        "catalogue": ["STO-007"],
    },
)
def check(snapshot: Node) -> Iterator[Match]:
    """Nobody will restore it, since nobody knows what it is of; who copies it has the data all the same. What a
    plan made, and what an image is made of, is kept by these. Only an account that was read live tells.

    ## Remedy
    Delete it, or move it to the archive tier and write down what it is kept for.
    """
    if not snapshot["orphaned"] or snapshot["archived"]:
        return
    days = snapshot["age_days"]
    if days is None or days <= _DAYS:
        return
    region = text(snapshot["region"])
    if (why := unlisted(snapshot, "volumes", "images", region=region)) is not None:
        raise Undetermined(why)
    yield Match(snapshot, ("orphaned", "age_days"), values={"days": days})
