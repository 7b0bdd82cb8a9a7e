"""Windows container that is a process of its machine."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, together, violations


@rule(
    severity=Severity.HIGH,
    selects="workload",
    message="{node} runs as a process of its Windows machine",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "SC-39"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["baseline/windowsHostProcess"],
        "catalogue": ["K8S-PSS"],
        "trivy": ["KSV-0103"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """A HostProcess container has no isolation at all: it is an ordinary process of the machine, with its network,
    files and accounts.

    ## Remedy
    Remove hostProcess; agents that need it belong in a namespace of their own.
    """
    found = list(violations(workload, "windowsHostProcess"))
    if found:
        yield together(workload, found)
