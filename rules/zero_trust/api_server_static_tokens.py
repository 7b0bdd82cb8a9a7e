"""API server that takes tokens or passwords from a file."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule


@rule(
    severity=Severity.HIGH,
    selects="component",
    message="{node} takes credentials that stand in a file on the machine",
    controls={
        "reference-model": ["security/credentials"],
        "nist-800-53": ["IA-5", "IA-2"],
        "nist-800-207": ["tenet-3", "tenet-4"],
        "catalogue": ["ZT4-002"],
        "checkov": ["CKV_K8S_70", "CKV_K8S_69"],
        "kubescape": ["C-0114"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """The file holds tokens in clear text that never expire; a change asks for a restart, so that a stolen one
    keeps working.

    ## Remedy
    Remove --token-auth-file and --basic-auth-file; let people sign in through OIDC.
    """
    if component["program"] != "kube-apiserver":
        return
    for name in ("token-auth-file", "basic-auth-file"):
        said = flag(component, name)
        if said is not None:
            yield Match(component, said[1])
            return
