"""Pod that mounts a directory of its machine."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, sensitive_path, together, violations


@rule(
    severity=Severity.MEDIUM,
    selects="workload",
    message="{node} mounts a directory of its machine: {what}",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "CM-7", "SC-39"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["baseline/hostPathVolumes"],
        "catalogue": ["K8S-PSS"],
        "trivy": ["KSV-0023"],
        "kubescape": ["C-0048"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """What one pod writes there another reads, the directory outlives the pod, and it ties the pod to its machine.
    Directories that hold the machine itself have a rule of their own.

    ## Remedy
    Use a claim, an emptyDir or a CSI driver.
    """
    found = [each for each in violations(workload, "hostPathVolumes") if harmless(workload, each)]
    if found:
        yield together(workload, found)


def harmless(workload: Node, position: int) -> bool:
    """Whether the directory does not hold the machine itself, which is another finding."""
    return not sensitive_path(str(workload["pod_security"][position]["what"]))
