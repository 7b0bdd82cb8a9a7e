"""API server that answers requests of no one in particular."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule, undecided


@rule(
    severity=Severity.LOW,
    selects="component",
    message="{node} takes anonymous requests",
    controls={
        "reference-model": ["security/fail-closed"],
        "nist-800-53": ["AC-3", "AC-14", "IA-2"],
        "nist-800-207": ["tenet-6"],
        "catalogue": ["ZT2-004", "ZT5-005"],
        "checkov": ["CKV_K8S_68"],
        "kubescape": ["C-0113"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """A request without credentials is let in as system:anonymous, and one binding too many makes that everyone.
    The flag is true unless it is written. Where an authentication configuration is given, that file decides.

    ## Remedy
    Set --anonymous-auth=false, or allow it for the health endpoints alone in the authentication configuration.
    """
    if component["program"] != "kube-apiserver":
        return
    said = flag(component, "anonymous-auth")
    if said is not None and said[0] != "false":
        yield Match(component, said[1])
    elif said is None and flag(component, "authentication-config") is not None:
        raise undecided("its authentication configuration decides")
    elif said is None:
        yield Match(component, "flags")
