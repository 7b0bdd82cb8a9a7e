"""Pod that sets kernel parameters of its machine."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, together, violations


@rule(
    severity=Severity.MEDIUM,
    selects="workload",
    message="{node} sets kernel parameters that may reach beyond the pod: {what}",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "CM-7"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["baseline/sysctls"],
        "catalogue": ["K8S-PSS"],
        "trivy": ["KSV-0026"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """Only parameters that the kernel keeps apart for each pod are safe; others change the machine for every pod
    on it, or weaken what it defends itself with.

    ## Remedy
    Use the safe parameters, or set it for a group of machines that serves this workload alone.
    """
    found = list(violations(workload, "sysctls"))
    if found:
        yield together(workload, found)
