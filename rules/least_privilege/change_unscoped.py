"""Changes allowed on every resource."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

SHOWN = 4  # actions that the message names


@rule(
    severity=Severity.LOW,
    selects=("permission_set", "policy"),
    message="{node} allows {actions} on every resource, although resources can be named",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
        "checkov": ["CKV_AWS_355", "CKV_AWS_356", "CKV_AWS_290", "CKV_AWS_289", "CKV_AWS_111", "CKV_AWS_109"],
    },
)
def check(holder: Node) -> Iterator[Match]:
    """Each of these actions takes the name of what it changes; with `*` it changes what belongs to others too.
    Reads, actions that know no resource, statements with a condition, and whole services (which have a rule of
    their own) are not counted, nor is what opens a way to administrator, which is reported as such.

    ## Remedy
    Write the ARNs of what is meant into Resource, or limit the statement by aws:ResourceTag.
    """
    if not holder["statements"]:
        return
    listed = [action for each in holder["unscoped"] for action in each["actions"]]
    if not listed or holder["escalations"]:
        return
    named = ", ".join(listed[:SHOWN])
    more = f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
    yield Match(holder, at="statements", values={"actions": named + more})
