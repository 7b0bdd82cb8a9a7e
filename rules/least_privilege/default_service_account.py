"""Workload that runs as the default service account."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, both, rule


@rule(
    severity=Severity.INFO,
    selects="workload",
    message="{node} runs as its namespace's default service account, with a token",
    controls={
        "reference-model": ["security/per-session"],
        "nist-800-53": ["AC-6", "IA-2", "IA-9"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["ZT3-002", "ZT3-003"],
        "kubescape": ["C-0189"],
        "kube-linter": ["default-service-account"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """All workloads of the namespace share this identity: what is granted to one is granted to all, and logs
    cannot tell them apart. A token that nobody uses only serves intruders. This weighs more where the scan shows a
    binding that grants something to that account.

    ## Remedy
    Give the workload a service account of its own, or set automountServiceAccountToken to false where it does
    not speak to the API.
    """
    if both(lambda: workload["service_account_name"] == "default", lambda: bool(workload["token_mounted"])):
        related = [each.at("subjects", "grants to it") for each in bindings(workload)]
        weighs = Severity.MEDIUM if related else None
        yield Match(workload, ("service_account_name", "token_mounted"), related, severity=weighs)


def bindings(workload: Node) -> list[Node]:
    """The bindings of the scan that surely grant something to the workload's service account."""
    graph = workload.graph
    accounts = [each.index for each in workload.known("assumes") if each.kind == "service_account"]
    granting = [
        Node(graph, each, workload.watch) for index in accounts for each in graph.sources("grants_to", index)
    ]
    return [each for each in granting if each.kind == "binding"]
