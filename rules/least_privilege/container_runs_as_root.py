"""Container that runs as root."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, certain, enforces, rule, some, violations


@rule(
    severity=Severity.LOW,
    selects="container",
    message="{node} runs as root, or nothing keeps it from doing so",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "CM-7"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["restricted/runAsNonRoot", "restricted/runAsUser"],
        "catalogue": ["K8S-PSS"],
        "checkov": ["CKV_K8S_23"],
        "trivy": ["KSV-0012"],
        "kubescape": ["C-0013"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Root in the container is root to the kernel: a fault in the runtime or a mounted directory makes it root on
    the machine. Where the user is said to be root, or the namespace enforces the level restricted, this weighs
    more than where the image decides.

    ## Remedy
    Set runAsNonRoot to true, and runAsUser where the image does not name a user by number.
    """
    if node["runs_as_root"] is True:
        weighs = certain(lambda: names_root(node)) or enforces(node, "restricted")
        yield Match(node, "runs_as_root", severity=Severity.MEDIUM if weighs else None)


def names_root(container: Node) -> bool:
    """Whether user 0 is written for the container or its pod."""
    return some(
        container.into("contains"),
        lambda workload: some(
            violations(workload, "runAsUser"),
            lambda each: workload["pod_security"][each]["container"] in (None, container["name"]),
        ),
    )
