"""Container that lets people sign in."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some

SSH = 22


@rule(
    severity=Severity.MEDIUM,
    selects="container",
    message="{node} listens on the port of SSH",
    controls={
        "reference-model": ["permissions/operational"],
        "nist-800-53": ["AC-17", "CM-7"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRM-003"],
        "kubescape": ["C-0042"],
        "kube-linter": ["ssh-port"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """People who sign in past the API server meet neither its permissions nor its audit log, and keys for it lie
    in the image or a volume. A service for SSH itself, such as one for git, may be meant so: it listens on
    another port inside its container.

    ## Remedy
    Use kubectl exec or debug, under RBAC, where someone has to look inside.
    """
    if some(node["ports"], lambda port: port["port"] == SSH and port["protocol"] == "tcp"):
        yield Match(node, at="ports")
