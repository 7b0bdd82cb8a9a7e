"""Container that keeps capabilities it was not given."""

from collections.abc import Iterator
from dataclasses import replace

from scanner.rule import Match, Node, Severity, enforces, filled_in, rule, together, undecided, violations


@rule(
    severity=Severity.INFO,
    selects="workload",
    message="{node} keeps Linux capabilities that it does not ask for",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "CM-7"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["restricted/capabilities"],
        "catalogue": ["K8S-PSS"],
        "trivy": ["KSV-0003", "KSV-0106"],
        "checkov": ["CKV_K8S_28", "CKV_K8S_37"],
        "kubescape": ["C-0046"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """The runtime gives every container a dozen capabilities, among them to change owners and to send raw packets.
    An application needs none, or NET_BIND_SERVICE.

    Where the namespace enforces the level restricted, the pod is refused, and this weighs more.

    ## Remedy
    Drop ALL and add back what is needed.
    """
    found = [each for each in violations(workload, "capabilities_restricted") if kept(workload, each)]
    if found and filled_in(workload):
        raise undecided("OpenShift's security context constraints fill it in")
    if found:
        yield replace(
            together(workload, found), severity=Severity.MEDIUM if enforces(workload, "restricted") else None
        )


def kept(workload: Node, position: int) -> bool:
    """Whether a container does not drop ALL; what it adds has a rule of its own, and so has a privileged one."""
    violation = workload["pod_security"][position]
    privileged = {each["container"] for each in workload["pod_security"] if each["control"] == "privileged"}
    return violation["what"] == "does not drop ALL" and violation["container"] not in privileged
