"""Container that may gain privileges."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, both, enforces, rule


@rule(
    severity=Severity.INFO,
    selects="container",
    message="{node} may gain more privileges than it started with",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "CM-7"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["restricted/allowPrivilegeEscalation"],
        "catalogue": ["K8S-PSS"],
        "checkov": ["CKV_K8S_20"],
        "trivy": ["KSV-0001"],
        "kubescape": ["C-0016"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """A setuid program in the image turns an ordinary process into root. A namespace that enforces the level
    restricted refuses the pod. A privileged container may gain nothing: it has everything already, and has a
    finding of its own.

    ## Remedy
    Set allowPrivilegeEscalation to false.
    """
    if both(lambda: node["escalation_allowed"] is True, lambda: not node["privileged"]):
        weighs = Severity.MEDIUM if enforces(node, "restricted") else None
        yield Match(node, ("escalation_allowed", "privileged"), severity=weighs)
