"""Workload that every pod may reach."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, certain, every, rule, some


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

    Worth no more than a note where nothing of the scan says that it listens, as with most jobs: no port, no probe,
    no service that selects it. It may listen all the same: a port that is not written down is open too.

    ## Remedy
    Start with a policy per namespace that selects all pods and allows nothing, then allow the callers of each
    workload by label.
    """
    if workload["host_network"] is True:
        return
    if not some(workload.into("filters"), lambda policy: some(policy["directions"], lambda way: way == "in")):
        yield Match(workload, severity=Severity.INFO if certain(lambda: is_silent(workload)) else None)


def is_silent(workload: Node) -> bool:
    """Whether nothing says that a workload listens: neither its containers nor a service."""
    return every(workload.out("contains"), lambda each: not listens(each)) and not some(
        workload.into("forwards_to"), lambda _: True
    )


def listens(container: Node) -> bool:
    """Whether a container says that something asks it: it names a port, or is probed."""
    return some(("ports", "live_checked", "ready_checked"), lambda each: container[each])
