"""Controllers that act as one."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule


@rule(
    severity=Severity.LOW,
    selects="component",
    message="{node} runs every controller with the same power",
    controls={
        "reference-model": ["security/per-session"],
        "nist-800-53": ["AC-6", "IA-9"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["ZT3-002", "INT-004"],
        "checkov": ["CKV_K8S_108"],
        "kubescape": ["C-0145"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """All controllers act with the power of the controller manager: a fault in one reaches whatever any of them
    may change, and the audit log names them all alike.

    ## Remedy
    Set --use-service-account-credentials=true.
    """
    said = flag(component, "use-service-account-credentials")
    if component["program"] == "kube-controller-manager" and (said is None or said[0] != "true"):
        yield Match(component, said[1] if said else "flags")
