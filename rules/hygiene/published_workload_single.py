"""Published service with a single copy."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, surely


@rule(
    severity=Severity.LOW,
    selects=("container_service", "workload"),
    message="{node} serves the internet with a single {copy}",
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
    """Every restart of the pod or task, or of its machine, is an outage for everyone outside. What nobody outside
    reaches is not judged.

    ## Remedy
    Ask for two copies or more, spread over machines, or let an autoscaler keep as many.
    """
    if node["replicated"] is not False:
        return
    copy = "pod" if node.kind == "workload" else "task"
    for entry in surely(node["entries" if node.kind == "workload" else "exposures"], lambda _: True):
        assumed = (entry["assumption"],) if node.kind == "workload" and entry["assumption"] else ()
        because = node.trail(entry["because"])
        yield Match(node, at="replicated", related=because, assumptions=assumed, values={"copy": copy})
        return
