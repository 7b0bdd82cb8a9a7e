"""Container that sees all of /proc."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, together, violations


@rule(
    severity=Severity.MEDIUM,
    selects="workload",
    message="{node} lifts the mask from /proc: {what}",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "SC-39"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["baseline/procMount", "restricted/procMount"],
        "catalogue": ["K8S-PSS"],
        "trivy": ["KSV-0027"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """The mask hides the interfaces of the kernel through which a container changes its machine. In a user
    namespace the level baseline allows it since Kubernetes 1.35.

    ## Remedy
    Remove procMount; a build that needs it runs in a user namespace (hostUsers: false).
    """
    found = list(violations(workload, "procMount"))
    if found:
        yield together(workload, found)
