"""Function that loses events it cannot handle."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

_SENDERS = ("event_rule", "topic")


@rule(
    severity=Severity.LOW,
    selects="function",
    message="{node} drops events that it could not handle",
    controls={
        "reference-model": ["integration/glue", "monitoring/logs"],
        "nist-800-53": ["SI-11", "AU-5"],
        "nist-800-207": ["tenet-7"],
        "checkov": ["CKV_AWS_116"],
    },
)
def check(function: Node) -> Iterator[Match]:
    """It is called without anyone waiting for the answer: after two retries the event is gone, and with it the
    order, the alert or the record that it stood for.

    ## Remedy
    Name a queue or topic for what failed, and watch it.
    """
    if function["dead_letter"] is not False:
        return
    for sender in function.into("forwards_to"):
        if sender.kind in _SENDERS:
            yield Match(function, "dead_letter", [sender.at("", "sends events here", "forwards_to")])
            return
