"""Object of an API that the cluster no longer has."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, gone_since, rule


@rule(
    severity=Severity.MEDIUM,
    selects=("binding", "cluster_role", "config", "ingress", "network_policy", "storage_class", "workload"),
    message="{node} is written for {version}, which Kubernetes {removed} removed",
    controls={
        "reference-model": ["lifecycle/out-of-date"],
        "nist-800-53": ["CM-2", "SA-22"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["LIF-001"],
        "trivy": ["KSV-0107"],
        "kube-linter": ["no-extensions-v1beta"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """The API server refuses it, so after the next restore or move to a new cluster it is missing, be it a network
    policy or a binding. Judged for the version of the scan.

    ## Remedy
    Write it for the version that replaces it; fields may have moved.
    """
    removed = gone_since(node)
    if removed is not None:
        yield Match(node, "api_version", values={"version": node["api_version"], "removed": removed})
