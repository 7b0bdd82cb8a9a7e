"""Pod without its AppArmor profile."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, together, violations


@rule(
    severity=Severity.MEDIUM,
    selects="workload",
    message="{node} switches AppArmor off or names no profile that exists: {what}",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "SC-39"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["baseline/appArmorProfile"],
        "catalogue": ["K8S-PSS"],
        "trivy": ["KSV-0002"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """The profile of the runtime keeps a container from mounting, from tracing other processes and from writing to
    the kernel's interfaces. Only the runtime's profile and one loaded on the machine are safe.

    ## Remedy
    Use RuntimeDefault, or Localhost with a profile of your own; drop old annotations.
    """
    found = list(violations(workload, "appArmorProfile"))
    if found:
        yield together(workload, found)
