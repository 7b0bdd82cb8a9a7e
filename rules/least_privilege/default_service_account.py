"""Workload that runs as the default service account."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, both, rule


@rule(
    severity=Severity.LOW,
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
    cannot tell them apart. A token that nobody uses only serves intruders.

    ## Remedy
    Give the workload a service account of its own, or set automountServiceAccountToken to false where it does
    not speak to the API.
    """
    if both(lambda: workload["service_account_name"] == "default", lambda: bool(workload["token_mounted"])):
        yield Match(workload, at=("service_account_name", "token_mounted"))
