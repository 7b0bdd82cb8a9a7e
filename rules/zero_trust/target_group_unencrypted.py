"""Balancer that ends TLS and sends on in the clear."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some


@rule(
    severity=Severity.LOW,
    selects="target_group",
    message="{node} gets over {protocol} what {listener} took over TLS",
    controls={
        "reference-model": ["security/communication", "application-network/load-balancers"],
        "nist-800-53": ["SC-8", "SC-8(1)"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["ZT2-002", "ZT2-001"],
        "checkov": ["CKV_AWS_378"],
    },
)
def check(group: Node) -> Iterator[Match]:
    """The client sees a lock, and behind the balancer the same session crosses the network readable by whoever
    stands in it. All communication is secured, wherever it runs: the network inside is no exception.

    ## Remedy
    Let the targets serve TLS, and set the target group's protocol to HTTPS or TLS.
    """
    if group["protocol"] not in ("HTTP", "TCP"):
        return  # TLS again, datagrams, or a function that is invoked
    some(group.into("forwards_to"), encrypted)  # where that cannot be told, neither can this
    for listener in group.into("forwards_to"):
        if encrypted(listener):
            yield Match(
                group,
                at="protocol",
                related=[listener.at("encrypted", "ends TLS and sends on to it")],
                values={"protocol": group["protocol"], "listener": listener.id.partition("#")[2]},
            )
            return


def encrypted(listener: Node) -> bool:
    return listener.kind == "listener" and listener["encrypted"] is True
