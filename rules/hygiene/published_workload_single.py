"""Published workload with a single pod."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, surely


@rule(
    severity=Severity.LOW,
    selects="workload",
    message="{node} serves the internet with a single pod",
    controls={
        "reference-model": ["lifecycle/scale"],
        "nist-800-53": ["CP-2", "SC-5", "SC-6"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["LIF-005"],
        "kube-linter": ["minimum-three-replicas"],
        "polaris": ["deploymentMissingReplicas"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Every restart of the pod or of its machine is an outage for everyone outside. Workloads that nobody outside
    reaches are not judged.

    ## Remedy
    Ask for two replicas or more, spread over machines, or let an autoscaler keep as many.
    """
    if node["replicated"] is not False:
        return
    for entry in surely(node["entries"], lambda _: True):
        assumed = (entry["assumption"],) if entry["assumption"] else ()
        yield Match(node, at="replicated", related=node.trail(entry["because"]), assumptions=assumed)
        return
