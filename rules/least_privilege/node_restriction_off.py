"""API server that lets a machine change others."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule


@rule(
    severity=Severity.MEDIUM,
    selects="component",
    message="{node} does not hold kubelets to their own machine",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-3"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["ZT5-002"],
        "checkov": ["CKV_K8S_85"],
        "kubescape": ["C-0126"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """Without the admission plugin NodeRestriction whoever takes one machine may change the labels and pods of
    every other.

    ## Remedy
    Add NodeRestriction to --enable-admission-plugins.
    """
    if component["program"] != "kube-apiserver":
        return
    said = flag(component, "enable-admission-plugins")
    if said is None:
        yield Match(component, "flags")
    elif "NodeRestriction" not in said[0].split(","):
        yield Match(component, said[1])
