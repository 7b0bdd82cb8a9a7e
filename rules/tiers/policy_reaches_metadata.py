"""Network policy that lets pods reach the metadata service of their machine."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from scanner.rule import Match, Node, Severity, Value, rule, text

METADATA = ip_address("169.254.169.254")


@rule(
    severity=Severity.MEDIUM,
    selects="network_policy",
    message="{node} lets pods reach the metadata service of their machine ({range})",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["CMP-001", "ZT2-003", "ZT3-002"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """The metadata service hands the credentials of the machine to whoever asks from it. A policy that allows a
    range around 169.254.169.254 leaves that way open to every pod that it selects.

    ## Remedy
    Put 169.254.169.254/32 among the exceptions of the range, or name the ranges that are meant.
    """
    for position, each in enumerate(node["rules"]):
        if each["direction"] != "out" or each.get("action", "allow") != "allow":
            continue
        for peer in each["peers"] or ():
            if "cidr" in peer and holds(peer["cidr"]) and not any(holds(item) for item in peer["except"] or ()):
                yield Match(node, at=f"rules[{position}]", values={"range": text(peer["cidr"])})
                return


def holds(range_: Value) -> bool:
    """Whether a range holds the address of the service; a text that is no range holds nothing."""
    try:
        return METADATA in ip_network(text(range_), strict=False)
    except ValueError:
        return False
