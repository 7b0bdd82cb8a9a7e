"""API server that records nobody."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule


@rule(
    severity=Severity.MEDIUM,
    selects="component",
    message="{node} keeps no audit log",
    controls={
        "reference-model": ["security/monitoring"],
        "nist-800-53": ["AU-2", "AU-12"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["ZT7-001"],
        "checkov": ["CKV_K8S_91"],
        "kubescape": ["C-0130"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """Without an audit policy the API server records nothing, and without a file or a webhook it sends it nowhere:
    what an intruder did cannot be told.

    ## Remedy
    Give --audit-policy-file, and --audit-log-path or --audit-webhook-config-file.
    """
    if component["program"] != "kube-apiserver":
        return
    sent = any(flag(component, name) for name in ("audit-log-path", "audit-webhook-config-file"))
    if not sent or flag(component, "audit-policy-file") is None:
        yield Match(component, "flags")
