"""Workload that every pod may reach."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some


@rule(
    severity=Severity.MEDIUM,
    selects="workload",
    message="{node} is selected by no network policy for what comes in",
    controls={
        "reference-model": ["cluster-network/structure", "security/communication"],
        "nist-800-53": ["AC-4", "SC-7", "SC-7(5)"],
        "nist-800-207": ["tenet-2", "tenet-3"],
        "catalogue": ["ZT2-003", "INT-001", "ZT2-001"],
        "checkov": ["CKV2_K8S_6"],
        "kubescape": ["C-0260"],
        "kube-linter": ["non-isolated-pod"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """Without a policy every pod of every namespace reaches it, so one broken pod reaches all. Pods in the
    network of their machine are outside the reach of network policies and have a finding of their own.

    ## Remedy
    Start with a policy per namespace that selects all pods and allows nothing, then allow the callers of each
    workload by label.
    """
    if workload["host_network"] is True:
        return
    if not some(workload.into("filters"), lambda policy: some(policy["directions"], lambda way: way == "in")):
        yield Match(workload)
