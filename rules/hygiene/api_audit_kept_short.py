"""Audit log of an API server that is soon overwritten."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule


@rule(
    severity=Severity.LOW,
    selects="component",
    message="{node} keeps its audit log for {days} days",
    controls={
        "reference-model": ["monitoring/retention"],
        "nist-800-53": ["AU-11", "AU-4"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["MON-001"],
        "checkov": ["CKV_K8S_92"],
        "kubescape": ["C-0131"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """An intrusion is often found after weeks. Files on the machine are all there is, unless something carries
    them away. Where no age is set they are kept until their number or size is reached.

    ## Remedy
    Set --audit-log-maxage to 30 or more.
    """
    said = flag(component, "audit-log-maxage")
    if component["program"] == "kube-apiserver" and said is not None and 0 < int(said[0]) < 30:
        yield Match(component, said[1], values={"days": said[0]})
