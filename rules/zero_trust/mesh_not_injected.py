"""Namespace that the mesh leaves out."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

# They hold the mesh's own control plane and gateways, which are proxies themselves; policies there speak of all
# namespaces (Istio documentation, "root namespace").
_OWN = frozenset(("istio-system", "istio-ingress", "istio-egress", "linkerd"))


@rule(
    severity=Severity.LOW,
    selects="namespace",
    message="{node} runs workloads that the mesh does not see, unlike other namespaces of its code",
    controls={
        "reference-model": ["integration/mesh"],
        "nist-800-53": ["SC-8", "AC-4"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["INT-002"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Its pods speak plain text and take calls from anyone, whatever the policies of the mesh ask for.

    ## Remedy
    Have sidecars injected into its pods (istio-injection: enabled), or put it under ambient mode.
    """
    if node["name"] in _OWN or node["mesh_injected"] is not False or not list(runs(node)):
        return
    if any(each.peek("mesh_injected") is True for each in namesakes(node)):
        return  # declared elsewhere, too: what puts it there and not here is not what installs the mesh
    for policy in node.into("in_namespace"):
        if policy.kind == "mesh_policy" and policy["mtls"] != "disabled":
            yield Match(node, "mesh_injected", [policy.at("", "asks for what its pods cannot do", "in_namespace")])
            return


def runs(namespace: Node) -> Iterator[Node]:
    """The workloads that are known to live in it."""
    for each in namespace.into("in_namespace"):
        if each.kind == "workload":
            yield each


def namesakes(namespace: Node) -> Iterator[Node]:
    """The namespaces of its name, in whichever overlay or chart."""
    graph = namespace.graph
    for index in graph.nodes("namespace"):
        each = Node(graph, index, namespace.watch)
        if each.peek("name") == namespace["name"]:
            yield each
