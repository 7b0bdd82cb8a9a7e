"""Control plane program that shows its inside."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule


@rule(
    severity=Severity.INFO,
    selects="component",
    message="{node} serves profiles of itself",
    controls={
        "reference-model": ["compute/clusters"],
        "nist-800-53": ["CM-7"],
        "nist-800-207": ["tenet-5"],
        "checkov": ["CKV_K8S_90", "CKV_K8S_107", "CKV_K8S_114"],
        "kubescape": ["C-0129", "C-0144", "C-0151"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """Profiles tell of requests and memory, and taking them costs the program time. They are served unless
    switched off.

    ## Remedy
    Set --profiling=false where nobody takes profiles.
    """
    if component["program"] in ("etcd", "kubelet"):
        return
    said = flag(component, "profiling")
    if said is None or said[0] != "false":
        yield Match(component, said[1] if said else "flags")
