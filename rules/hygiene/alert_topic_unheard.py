"""Topic for alerts that nobody listens to."""

from collections.abc import Iterator

from scanner.rule import Cause, Match, Node, Severity, Undetermined, Unknown, Value, rule

_MAYBE = Unknown("people may have subscribed to it by hand", Cause.OUTSIDE_SCAN)


@rule(
    severity=Severity.LOW,
    selects="topic",
    message="{node} carries alerts of {source}, and no subscriber has confirmed to get them",
    controls={
        "reference-model": ["billing/monitoring", "monitoring/logs"],
        "nist-800-53": ["AU-6", "SI-4(5)", "IR-6"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["BIL-003", "BIL-004", "BIL-005", "BIL-013"],
        "prowler": ["cloudwatch_alarm_actions_alarm_state_configured"],
    },
)
def check(topic: Node) -> Iterator[Match]:
    """An alarm that goes off into a topic without a receiver goes off unheard. A mailbox counts from the day its
    owner confirmed it.

    ## Remedy
    Subscribe a shared mailbox or a pager, and confirm it.
    """
    sources = [each for each in topic.into("forwards_to") if each.kind in ("alarm", "event_rule")]
    if not sources:
        return
    answers = [_answer(receiver) for receiver in topic.out("forwards_to")]
    if True in [each for each in answers if not isinstance(each, Unknown)]:
        return
    unsaid = next((each for each in answers if isinstance(each, Unknown)), None)
    if unsaid is not None or (not answers and not _listed(topic)):
        raise Undetermined(unsaid or _MAYBE)
    yield Match(topic, related=[each.at("", "sends alerts here", "forwards_to") for each in sources[:3]],
                values={"source": sources[0].id.partition("#")[2] or sources[0].id})  # fmt: skip


def _answer(receiver: Node) -> Value:
    """Whether a receiver gets what is sent: those of the provider do, people once they have confirmed."""
    said = receiver.peek("confirmed") if receiver.kind == "subscription" else True
    return True if said is None else said


def _listed(topic: Node) -> bool:
    """Whether every subscription of the topic's Region was read."""
    scope = (topic.peek("account"), topic.peek("region"), "sns")
    return not any(isinstance(each, Unknown) for each in scope) and scope in topic.graph.read_whole
