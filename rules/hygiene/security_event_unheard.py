"""Watch over security events that tells no one."""

from collections.abc import Iterator

from scanner.rule import Cause, Match, Node, Severity, Undetermined, Unknown, rule

_UNREAD = Unknown("what its alarm sets off is not in the scan", Cause.OUTSIDE_SCAN)


@rule(
    severity=Severity.MEDIUM,
    selects=("event_rule", "log_filter"),
    message="{node} looks for {events} and tells no one",
    controls={
        "reference-model": ["billing/monitoring", "security/logging"],
        "nist-800-53": ["AU-6", "SI-4(5)", "IR-6"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["BIL-003", "BIL-004", "BIL-005"],
    },
)
def check(watch: Node) -> Iterator[Match]:
    """Somebody decided that this event matters, and nothing leads from it anywhere: no target, no alarm, or an
    alarm whose actions are off.

    ## Remedy
    Lead it to a topic with a confirmed subscriber.
    """
    if not watch["watches"] or (watch.kind == "event_rule" and not watch["active"]):
        return
    silent: list[Node] = []
    for target in watch.out("forwards_to"):
        if target.kind != "alarm" or target.known("forwards_to"):
            return
        if target["actionable"]:
            raise Undetermined(_UNREAD)
        silent.append(target)
    events = ", ".join(watch["watches"])
    yield Match(watch, "watches", [each.at("actionable", "has no action that is on") for each in silent],
                values={"events": events})  # fmt: skip
