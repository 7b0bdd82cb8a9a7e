"""Probe or hook that asks another host."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, together, violations


@rule(
    severity=Severity.LOW,
    selects="workload",
    message="{node} has its machine ask another host: {what}",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-4", "SC-7"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["baseline/hostProbesAndHostLifecycle"],
        "catalogue": ["K8S-PSS"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """The kubelet sends probes and hooks from the machine's own network, past every network policy: a pod that
    chooses the host reaches what it may not reach itself (forbidden at the level baseline since Kubernetes 1.34).

    ## Remedy
    Leave `host` out: the probe then asks the pod.
    """
    found = list(violations(workload, "hostProbesAndHostLifecycle"))
    if found:
        yield together(workload, found)
