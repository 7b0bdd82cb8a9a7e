"""Namespace whose pods may send anything anywhere."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, both, rule, some


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
    if some(namespace.into("in_namespace"), is_free):
        yield Match(namespace)


def is_free(each: Node) -> bool:
    """Whether what lives in a namespace is a workload that may send anything."""
    return both(lambda: each.kind == "workload", lambda: free(each))


def free(workload: Node) -> bool:
    """Whether a workload of the cluster's network is selected by no policy for what goes out."""
    if workload["host_network"] is True:
        return False
    return not some(workload.into("filters"), lambda policy: some(policy["directions"], lambda way: way == "out"))
