"""Policy that grants all of a service on every resource."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Value, allows, both, is_everything, rule, some, text

# Such a pattern grants a whole service; `iam:*` is administration and has a rule of its own.
SERVICE = re.compile(r"(?!iam:)([a-z0-9-]+):\*")


@rule(
    severity=Severity.MEDIUM,
    selects=("permission_set", "policy"),
    message="{node} allows every action of {services} on every resource",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
    },
)
def check(holder: Node) -> Iterator[Match]:
    """All actions of a service hold those that delete its data, share it with strangers and switch its logs
    off, also the ones that the provider will add next year.

    ## Remedy
    List the actions that are used and name the resources.
    """
    services: set[str] = set()
    pending: Undetermined | None = None
    for statement in holder["statements"]:
        try:
            services |= whole_services(statement)
        except Undetermined as undetermined:
            pending = pending or undetermined
    if services:
        yield Match(holder, at="statements", values={"services": ", ".join(sorted(services))})
    elif pending is not None:
        raise pending


def whole_services(statement: Value) -> set[str]:
    """Services that a statement grants whole and everywhere; none where it grants all services."""
    actions = statement["actions"]
    if both(
        lambda: some(actions, lambda action: SERVICE.fullmatch(text(action).lower())),
        lambda: allows(statement),
        lambda: not some(actions, is_everything),
    ):
        named = (SERVICE.fullmatch(action.lower()) for action in actions if isinstance(action, str))
        return {match[1] for match in named if match}
    return set()
