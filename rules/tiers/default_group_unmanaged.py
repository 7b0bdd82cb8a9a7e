"""Network whose default security group was never taken over."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, both, rule, some, unread_beside


@rule(
    severity=Severity.INFO,
    selects="network",
    message="{node} keeps the rules that its default security group came with",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["SC-7", "SC-7(5)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["TIER-004"],
        "checkov": ["CKV2_AWS_12"],
        "prowler": ["ec2_securitygroup_default_restrict_traffic"],
    },
)
def check(network: Node) -> Iterator[Match]:
    """It lets its members reach each other on every port and go out anywhere, and whatever is created without
    naming a group becomes a member.

    ## Remedy
    Take the default group over into code, without rules.
    """
    if network["default"] or not network["group_given"]:
        return
    groups = network.into("in_network")
    if some(groups, lambda each: both(lambda: each.kind == "security_group", lambda: each["default"] is True)):
        return
    if (why := unread_beside(network)) is not None:
        raise Undetermined(why)
    yield Match(network)
