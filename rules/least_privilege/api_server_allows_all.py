"""API server that asks nobody whether it may."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule, undecided


@rule(
    severity=Severity.CRITICAL,
    selects="component",
    message="{node} authorizes every request",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-3", "AC-6"],
        "nist-800-207": ["tenet-3", "tenet-6"],
        "catalogue": ["ZT2-004"],
        "checkov": ["CKV_K8S_74"],
        "kubescape": ["C-0118"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """AlwaysAllow makes everyone who reaches the port an administrator, and it is what an API server without
    --authorization-mode does.

    ## Remedy
    Set --authorization-mode=Node,RBAC.
    """
    if component["program"] != "kube-apiserver":
        return
    said = flag(component, "authorization-mode")
    if said is not None and "AlwaysAllow" in said[0].split(","):
        yield Match(component, said[1])
    elif said is None and flag(component, "authorization-config") is not None:
        raise undecided("its authorization configuration decides")
    elif said is None:
        yield Match(component, "flags")
