"""Access list that lets requests in and no answer out."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Value, covers_world, rule


@rule(
    severity=Severity.LOW,
    selects="network_acl",
    message="{node} admits {ports} from the internet and lets no answer out",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["TIER-002"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Access lists keep no state: answers leave to the ports that clients ask from, 1024 to 65535. Without an
    entry for these the flow that is meant is dead, and what keeps it so is an accident.

    ## Remedy
    Let answers out to ports 1024-65535, or remove the entry that admits requests.
    """
    rules = node["rules"]
    if any(each["direction"] == "out" and each["action"] == "allow" and answers(each) for each in rules):
        return
    for position, each in enumerate(rules):
        if each["direction"] == "in" and each["action"] == "allow" and asks(each):
            ports = "everything" if each["from"] is None else f"port {each['from']}"
            yield Match(node, at=f"rules[{position}]", values={"ports": ports})
            return


def asks(entry: Value) -> bool:
    """Whether an entry admits requests from the internet to a port below those of clients."""
    below = entry["from"] is None or entry["from"] < 1024
    return below and entry["protocol"] in ("tcp", "any") and covers_world(entry["cidrs"])


def answers(entry: Value) -> bool:
    """Whether an entry lets something out to the ports of clients."""
    reaches = entry["to"] is None or entry["to"] >= 1024
    return reaches and entry["protocol"] in ("tcp", "any")
