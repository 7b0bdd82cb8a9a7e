"""Container on a port of its machine."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some


@rule(
    severity=Severity.LOW,
    selects="container",
    message="{node} opens a port of its machine",
    controls={
        "reference-model": ["application/encapsulation", "cluster-network/structure"],
        "nist-800-53": ["SC-7", "CM-7"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["baseline/hostPorts"],
        "catalogue": ["K8S-PSS"],
        "checkov": ["CKV_K8S_26"],
        "trivy": ["KSV-0024"],
        "kubescape": ["C-0044"],
    },
)
def check(container: Node) -> Iterator[Match]:
    """The port is reachable at the machine's address, past services, ingress and often past network policies.

    In the network of its machine every port of a pod is one of the machine; that has a rule of its own.

    ## Remedy
    Remove hostPort and expose the pod through a service.
    """
    if some(container["host_ports"] or (), lambda port: port != 0) and not some(
        container.into("contains"), lambda workload: workload["host_network"] is True
    ):
        yield Match(container, at="host_ports")
