"""Policy that allows everything but a list."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Value, allows, both, rule, some


@rule(
    severity=Severity.MEDIUM,
    selects=("permission_set", "policy"),
    message="{node} allows every action but those that it lists",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-6(9)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
    },
)
def check(holder: Node) -> Iterator[Match]:
    """NotAction in an Allow grants all other actions of all services, those of tomorrow included. It is often
    meant as a prohibition, which it is not.

    ## Remedy
    Allow the actions that are needed, or put the list into a statement with the effect Deny.
    """
    if some(holder["statements"], allows_the_rest):
        yield Match(holder, at="statements")


def allows_the_rest(statement: Value) -> bool:
    return both(lambda: bool(statement["not_actions"]), lambda: allows(statement))
