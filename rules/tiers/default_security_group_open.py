"""Default security group that lets traffic through."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, both, rule, some


@rule(
    severity=Severity.LOW,
    selects="security_group",
    message="{node} is a network's default group and lets traffic through",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["SC-7", "SC-7(5)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["TIER-004"],
        "checkov": ["CKV2_AWS_12"],
    },
)
def check(group: Node) -> Iterator[Match]:
    """Whatever is created without naming a group gets this one, so its rules apply to things that nobody
    thought of.

    ## Remedy
    Keep the default group without rules and give every resource a group of its own.
    """
    if both(lambda: group["default"] is True, lambda: some(group["rules"], lambda one: one["action"] == "allow")):
        yield Match(group, at="rules[0]")
