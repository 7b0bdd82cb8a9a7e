"""Admission check that a label switches off."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text


@rule(
    severity=Severity.LOW,
    selects="webhook",
    message="{node} is not asked about objects that carry {labels}",
    controls={
        "reference-model": ["security/fail-closed"],
        "nist-800-53": ["AC-3", "SI-10", "CM-5"],
        "nist-800-207": ["tenet-6"],
        "catalogue": ["ZT5-002"],
    },
)
def check(webhook: Node) -> Iterator[Match]:
    """Whoever writes an object writes its labels too: the one whose object should be refused is the one who can
    take it out of the check.

    ## Remedy
    Select by namespace, whose labels its users cannot change, or by matchConditions on who asks.
    """
    avoidable = webhook["avoidable"]
    if webhook["purpose"] != "mutating" and avoidable:
        yield Match(webhook, "avoidable[0]", values={"labels": ", ".join(text(each) for each in avoidable)})
