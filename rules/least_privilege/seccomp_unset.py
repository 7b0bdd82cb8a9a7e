"""Pod that leaves its system calls to chance."""

from collections.abc import Iterator
from dataclasses import replace

from scanner.rule import Match, Node, Severity, enforces, filled_in, rule, together, undecided, violations


@rule(
    severity=Severity.INFO,
    selects="workload",
    message="{node} names no seccomp profile",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "CM-7"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["restricted/seccompProfile"],
        "catalogue": ["K8S-PSS"],
        "trivy": ["KSV-0030"],
        "checkov": ["CKV_K8S_31"],
        "kubescape": ["C-0210"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """Without a word of the pod the kubelet's default decides, which is unconfined unless the machine says
    otherwise.

    Where the namespace enforces the level restricted, the pod is refused, and this weighs more.

    ## Remedy
    Set seccompProfile to RuntimeDefault for the pod.
    """
    found = [each for each in violations(workload, "seccompProfile_restricted") if unset(workload, each)]
    if found and filled_in(workload):
        raise undecided("OpenShift's security context constraints fill it in")
    if found:
        yield replace(
            together(workload, found), severity=Severity.MEDIUM if enforces(workload, "restricted") else None
        )


def unset(workload: Node, position: int) -> bool:
    """Whether no profile is named; one that is named and too weak has a rule of its own."""
    return bool(workload["pod_security"][position]["what"] == "no profile")
