"""Pod with every system call."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, together, violations


@rule(
    severity=Severity.MEDIUM,
    selects="workload",
    message="{node} may make every system call of its machine: {what}",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "CM-7", "SC-39"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["baseline/seccompProfile"],
        "catalogue": ["K8S-PSS"],
        "trivy": ["KSV-0104"],
        "checkov": ["CKV_K8S_31"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """Most faults of a kernel lie behind system calls that no application makes; the runtime's profile refuses
    them.

    ## Remedy
    Set seccompProfile to RuntimeDefault, or Localhost with a profile of your own.
    """
    found = list(violations(workload, "seccompProfile_baseline"))
    if found:
        yield together(workload, found)
