"""Control plane program that listens on every address."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what is looked for, not bound


@rule(
    severity=Severity.LOW,
    selects="component",
    message="{node} listens on every address of its machine",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["SC-7", "CM-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["ZT2-004"],
        "checkov": ["CKV_K8S_113", "CKV_K8S_115"],
        "kubescape": ["C-0150", "C-0152"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """Nothing but the machine itself asks the scheduler and the controller manager for their health and metrics;
    the default is every address.

    ## Remedy
    Set --bind-address=127.0.0.1.
    """
    if component["program"] not in ("kube-controller-manager", "kube-scheduler"):
        return
    said = flag(component, "bind-address")
    if said is None or said[0] in EVERYWHERE:
        yield Match(component, said[1] if said else "flags")
