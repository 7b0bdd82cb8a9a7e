"""Pod that chooses its own SELinux label."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, together, violations


@rule(
    severity=Severity.MEDIUM,
    selects="workload",
    message="{node} chooses a SELinux label that may be stronger than a container's: {what}",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "SC-39", "AC-3(3)"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["baseline/seLinuxOptions"],
        "catalogue": ["K8S-PSS"],
        "trivy": ["KSV-0025"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """A type such as spc_t lifts the confinement of the container; a user or role of its own escapes the policy
    that was written for containers.

    ## Remedy
    Leave seLinuxOptions to the runtime, or use container_t, container_init_t, container_kvm_t or
    container_engine_t.
    """
    found = list(violations(workload, "seLinuxOptions"))
    if found:
        yield together(workload, found)
