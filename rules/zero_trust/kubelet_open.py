"""Agent of a machine that answers who has not signed in."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule

# Flag, the value that opens, what it means, how bad it is.
OPENINGS = (
    ("authorization-mode", "AlwaysAllow", "lets everyone who signs in do everything", Severity.HIGH),
    ("anonymous-auth", "true", "takes anonymous requests", Severity.MEDIUM),
)
PORT = "read-only-port"


@rule(
    severity=Severity.HIGH,
    selects="component",
    message="{node} {what}",
    controls={
        "reference-model": ["security/communication", "compute/nodes"],
        "nist-800-53": ["AC-3", "IA-2", "IA-9", "CM-7"],
        "nist-800-207": ["tenet-2", "tenet-6"],
        "catalogue": ["ZT2-004"],
        "checkov": ["CKV_K8S_138", "CKV_K8S_139", "CKV_K8S_141"],
        "kubescape": ["C-0172", "C-0173", "C-0175"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """Who may ask a kubelet runs commands in every pod of its machine, with the secrets of all of them, and no
    rule of the API server is asked. Its port without authentication tells the pods and their variables.

    ## Remedy
    Set authentication.anonymous.enabled: false, authorization.mode: Webhook and readOnlyPort: 0.
    """
    if component["program"] != "kubelet":
        return
    for name, value, what, severity in OPENINGS:
        said = flag(component, name)
        if said is not None and said[0] == value:
            yield Match(component, said[1], values={"what": what}, severity=severity)
            return  # who lets everyone do everything, and asks no name, is one cause
    said = flag(component, PORT)
    if said is not None and said[0] not in ("0", ""):
        told = f"serves port {said[0]} without authentication"
        yield Match(component, said[1], values={"what": told}, severity=Severity.MEDIUM)
