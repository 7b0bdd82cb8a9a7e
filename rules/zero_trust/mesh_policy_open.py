"""Mesh policy that allows every caller."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, certain, every, rule, some


@rule(
    severity=Severity.MEDIUM,
    selects="mesh_policy",
    message="{node} allows every caller",
    controls={
        "reference-model": ["security/per-session", "integration/mesh"],
        "nist-800-53": ["AC-3", "AC-4"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["INT-003"],
    },
)
def check(policy: Node) -> Iterator[Match]:
    """A rule without a source adds nothing that having no policy would not also allow, but it looks like a
    protection. Where it is for a workload that serves an admission webhook it weighs less: the API server, which
    calls it, has no identity in the mesh that could be named.

    ## Remedy
    Start from a policy that denies all and allow named principals or namespaces per workload. For a webhook allow
    its port alone.
    """
    if policy["open"]:
        severity = Severity.LOW if certain(lambda: is_for_webhooks(policy)) else None
        yield Match(policy, at="open", severity=severity)


def is_for_webhooks(policy: Node) -> bool:
    """Whether it selects workloads by labels, and each that is known serves an admission webhook."""
    selected = policy.known("selects")
    return (
        bool(selected)
        and some(policy["selector"], lambda each: each["labels"])
        and every(selected, serves_webhook)
    )


def serves_webhook(workload: Node) -> bool:
    return any(called_by(service, "webhook") for service in called_by(workload, "service"))


def called_by(node: Node, kind: str) -> list[Node]:
    """The nodes of a kind that are known to forward to a node."""
    callers = (Node(node.graph, index, node.watch) for index in node.graph.sources("forwards_to", node.index))
    return [each for each in callers if each.kind == kind]
