"""API server with admission switched off."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule

# On by default (kube-apiserver reference, --enable-admission-plugins); each keeps others' promises.
NEEDED = frozenset(
    (
        "MutatingAdmissionWebhook",
        "NamespaceLifecycle",
        "PodSecurity",
        "ServiceAccount",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionWebhook",
    )
)


@rule(
    severity=Severity.HIGH,
    selects="component",
    message="{node} admits what it should check: {what}",
    controls={
        "reference-model": ["security/fail-closed"],
        "nist-800-53": ["CM-7", "SI-10"],
        "nist-800-207": ["tenet-6"],
        "catalogue": ["ZT5-002"],
        "checkov": ["CKV_K8S_79", "CKV_K8S_82", "CKV_K8S_83"],
        "kubescape": ["C-0122"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """AlwaysAdmit lets everything in; without NamespaceLifecycle, ServiceAccount or PodSecurity, which are on by
    default, objects appear that no later check expects.

    ## Remedy
    Remove AlwaysAdmit, and take NamespaceLifecycle, ServiceAccount, PodSecurity and MutatingAdmissionWebhook,
    ValidatingAdmissionWebhook off the list of disabled plugins.
    """
    if component["program"] != "kube-apiserver":
        return
    on, off = flag(component, "enable-admission-plugins"), flag(component, "disable-admission-plugins")
    if on is not None and "AlwaysAdmit" in on[0].split(","):
        yield Match(component, on[1], values={"what": "AlwaysAdmit is on"})
    if off is not None:
        missed = sorted(NEEDED.intersection(off[0].split(",")))
        if missed:
            yield Match(component, off[1], values={"what": f"{', '.join(missed)} off"})
