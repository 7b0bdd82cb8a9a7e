"""Production network joined to one that is not."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Value, rule, text


@rule(
    severity=Severity.HIGH,
    selects="peering",
    message="{node} joins {one} of {first} to {other} of {second}",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["TIER-002"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """What is tried out in one environment must not reach the other. A peering with routes on both sides is a way
    that outlives the reason for it.

    ## Remedy
    Remove the peering; let environments meet at published interfaces only.
    """
    ends = [(network, environment(network)) for network in node.out("in_network")]
    told = [(network, name) for network, name in ends if name]
    for network, first in told:
        for other, second in told:
            if produces(first) and not produces(second):
                yield Match(
                    node,
                    at="in_network",
                    related=[network.at("tags", first), other.at("tags", second)],
                    values={
                        "one": network.id.partition("#")[2],
                        "first": first,
                        "other": other.id.partition("#")[2],
                        "second": second,
                    },
                )


def environment(network: Node) -> str:
    """What its tags call the environment; "" where none does."""
    for key, value in (network["tags"] or {}).items():
        if key.lower() in ("env", "environment", "stage"):
            return text(value).lower()
    return ""


def produces(name: Value) -> bool:
    return str(name).startswith(("prod", "prd", "live"))
