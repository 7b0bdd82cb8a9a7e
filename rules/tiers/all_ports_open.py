"""Every port open to the internet."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from scanner.rule import (
    Match,
    Node,
    Severity,
    Undetermined,
    admits_all_ports,
    in_force,
    open_to_world,
    rule,
    widest,
)


@rule(
    severity=Severity.HIGH,
    selects="security_group",
    message="{node} admits the whole internet on every {protocol}port",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7", "SC-7(5)"],
        "nist-800-207": ["tenet-2", "tenet-3"],
        "catalogue": ["TIER-002", "TIER-004"],
        "checkov": ["CKV_AWS_277"],
        "prowler": ["ec2_securitygroup_allow_ingress_from_internet_to_all_ports"],
    },
)
def check(group: Node) -> Iterator[Match]:
    """Everything that listens behind this group, also what nobody meant to offer, is found by scanners within
    minutes. Two halves of the address space, or a long list of ranges, count as the internet too.

    ## Remedy
    Open the ports of the service only, to the load balancer's group or to known ranges.
    """
    rules = group["rules"]
    if open_to_world(rules, admits_all_ports):
        first, *others = widest(rules, admits_all_ports)
        if at := in_force(group, f"rules[{first}]"):
            yield Match(
                group,
                at=at,
                values={"protocol": only(rules)},
                related=[group.at(f"rules[{other}]", "admits it too") for other in others],
            )


def only(rules: list[Any]) -> str:
    """The protocol whose ports are all open, with a blank; "" where they all are, or that cannot be told."""
    try:
        found = [each for each in ("tcp", "udp") if open_to_world(rules, partial(_all_of, each))]
    except Undetermined:
        return ""
    return f"{found[0].upper()} " if len(found) == 1 else ""


def _all_of(protocol: str, rule: Any) -> bool:
    return rule["protocol"] in ("any", protocol) and admits_all_ports(rule)
