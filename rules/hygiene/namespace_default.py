"""Workload in the default namespace."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.LOW,
    selects="workload",
    message="{node} is put into the namespace default",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-2"],
        "nist-800-207": ["tenet-3"],
        "checkov": ["CKV_K8S_21"],
        "trivy": ["KSV-0110"],
        "kubescape": ["C-0061", "C-0212"],
        "kube-linter": ["use-namespace"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Permissions, quotas, network policies and Pod Security levels are set by namespace: what shares the default
    one shares them all with whatever lands there.

    ## Remedy
    Give the application a namespace of its own. Code that names none is judged where it is applied.
    """
    if node["provider"] != "kubernetes" or node["owner"] is not None:
        return
    if node["region"] is None:
        list(node.out("in_namespace"))  # unknown where no namespace is written
    elif node["region"] == "default":
        yield Match(node, at="region")
