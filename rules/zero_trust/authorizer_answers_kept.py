"""Authorizer whose answers are kept for long."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule

# Five minutes: the default of API Gateway's authorizers and of the API server's webhook.
LONGEST = 300
FLAG = "authorization-webhook-cache-authorized-ttl"
UNITS = {"h": 3600, "m": 60, "s": 1}


@rule(
    severity=Severity.LOW,
    selects=("api", "component"),
    message="{node} keeps an answer of its authorizer for {seconds} seconds",
    controls={
        "reference-model": ["security/fail-closed", "security/per-session"],
        "nist-800-53": ["AC-3(8)", "AC-12", "IA-5(13)"],
        "nist-800-207": ["tenet-3", "tenet-6"],
        "catalogue": ["ZT5-005"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Who was let in once is let in for as long as the answer is kept, although the right was withdrawn or the
    token was found stolen meanwhile. Five minutes and less, the default, are not reported.

    ## Remedy
    Keep answers for five minutes at most, or not at all for what changes things.
    """
    if node.kind == "api":
        seconds = node["authorizer_seconds"]
        if seconds is not None and seconds > LONGEST:
            yield Match(node, "authorizer_seconds", values={"seconds": seconds})
        return
    said = flag(node, FLAG) if node["program"] == "kube-apiserver" else None
    if said is not None and (kept := in_seconds(said[0])) > LONGEST:
        yield Match(node, said[1], values={"seconds": kept})


def in_seconds(duration: str) -> int:
    """A duration as Go writes it: 5m0s."""
    return sum(int(amount) * UNITS[unit] for amount, unit in re.findall(r"(\d+)([hms])(?!s)", duration))
