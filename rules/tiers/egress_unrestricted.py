"""Namespace whose pods may send anything anywhere."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, both, rule, some, undecided


@rule(
    severity=Severity.LOW,
    selects="namespace",
    message="{node} holds workloads that no network policy limits in what they send",
    controls={
        "reference-model": ["cluster-network/structure", "security/communication"],
        "nist-800-53": ["AC-4", "SC-7", "SC-7(5)"],
        "nist-800-207": ["tenet-2", "tenet-3"],
        "catalogue": ["NET-004", "ZT2-003", "INT-001"],
    },
)
def check(namespace: Node) -> Iterator[Match]:
    """What nothing limits reaches every pod, the metadata service of its machine and the internet: the way out for
    stolen data, and the way on from one broken pod to the next. Pods in the network of their machine are outside
    the reach of network policies and have a finding of their own.

    ## Remedy
    Start with a policy that selects all pods of the namespace for Egress and allows nothing but DNS, then allow
    what each workload calls.
    """
    if some(namespace.into("in_namespace"), lambda each: is_free(each, namespace)):
        yield Match(namespace)


def is_free(each: Node, namespace: Node) -> bool:
    """Whether what a namespace is named by is a workload in it that may send anything."""
    return each.kind == "workload" and both(lambda: free(each), lambda: lives_in(each, namespace))


def lives_in(workload: Node, namespace: Node) -> bool:
    """Whether a workload lives in this one of the namespaces of its name: in the one that is applied with it, else
    in the only one that is written. Raises Undetermined where several are and none is applied with it."""
    if applied(workload) == applied(namespace):
        return True
    named = workload.known("in_namespace")
    if any(applied(each) == applied(workload) for each in named):
        return False
    if len({each.graph.spans[each.index] for each in named}) > 1:  # overlays of one base share its text
        raise undecided(f"several manifests declare its namespace, none of them beside {workload.id}")
    return True


def applied(node: Node) -> str:
    """The folder that is applied as a whole, of which a node is part."""
    return node.graph.addresses[node.index].root.rpartition("@")[2]


def free(workload: Node) -> bool:
    """Whether a workload of the cluster's network is selected by no policy for what goes out."""
    if workload["host_network"] is True:
        return False
    return not some(workload.into("filters"), lambda policy: some(policy["directions"], lambda way: way == "out"))
