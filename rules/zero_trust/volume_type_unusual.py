"""Volume of a type that reaches past the cluster."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, together, violations


@rule(
    severity=Severity.LOW,
    selects="workload",
    message="{node} mounts a volume that the level restricted does not allow: {what}",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "CM-7"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["restricted/volumeTypes"],
        "catalogue": ["K8S-PSS"],
        "trivy": ["KSV-0028"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """Volumes that name a server, disk or repository themselves bypass the storage classes and quotas of the
    cluster; most of these types are out of use. Directories of the machine have rules of their own.

    ## Remedy
    Mount a claim whose storage class or CSI driver knows the server.
    """
    found = [each for each in violations(workload, "restrictedVolumes") if not host_path(workload, each)]
    if found:
        yield together(workload, found)


def host_path(workload: Node, position: int) -> bool:
    """Whether a violation is of a directory of the machine."""
    return str(workload["pod_security"][position]["what"]).endswith("hostPath")
