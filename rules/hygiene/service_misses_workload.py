"""Service that misses the workload of its name."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects="service",
    message="{node} selects no pod, not even those of {workload}",
    controls={
        "reference-model": ["source-of-truth/consistent"],
        "nist-800-53": ["CM-2", "CM-6"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["SOT-006"],
        "kube-linter": ["dangling-service"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Its clients reach nothing, and any pod that somebody labels like this starts to get their requests.

    ## Remedy
    Select labels that the pods carry.
    """
    if not node["selector"] or node.known("forwards_to"):
        return
    for workload in namesakes(node):
        if node["selector"] and workload["selector"] is not None:
            yield Match(node, "selector", [workload.at("selector", "the labels of its pods")],
                        values={"workload": workload["name"]})  # fmt: skip
            return
    list(node.out("forwards_to"))  # its pods may be declared elsewhere


def namesakes(service: Node) -> Iterator[Node]:
    """The workloads of its name in its namespace and folder."""
    graph = service.graph
    for index in graph.nodes("workload"):
        if graph.addresses[index].root == graph.addresses[service.index].root:
            workload = Node(graph, index, service.watch)
            if workload.peek("name") == service["name"] and workload.peek("region") == service.peek("region"):
                yield workload
