"""API server without role based or node authorization."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule


@rule(
    severity=Severity.MEDIUM,
    selects="component",
    message="{node} does not authorize by {missing}",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-3", "AC-6"],
        "nist-800-207": ["tenet-3", "tenet-6"],
        "catalogue": ["ZT2-004"],
        "checkov": ["CKV_K8S_75", "CKV_K8S_77"],
        "kubescape": ["C-0119", "C-0120"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """Without RBAC roles and bindings have no effect; without the node authorizer a kubelet may read the secrets
    of all machines. An API server that allows everything has a finding of its own.

    ## Remedy
    Set --authorization-mode=Node,RBAC.
    """
    said = flag(component, "authorization-mode")
    if component["program"] != "kube-apiserver" or said is None:
        return
    modes = said[0].split(",")
    missing = [mode for mode in ("Node", "RBAC") if mode not in modes]
    if missing and "AlwaysAllow" not in modes:
        yield Match(component, said[1], values={"missing": " and ".join(missing)})
