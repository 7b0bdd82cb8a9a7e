"""Binding whose permissions lead to the whole cluster."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, Value, rule

# What other rules say of the same binding: all verbs on all resources; the secrets of every namespace.
SAID_ELSEWHERE = ("k8s-everything", "k8s-secrets")
# Running workloads is what deployers and operators are for; a rule of its own would say so of each.
DEPLOYING = ("k8s-workload", "k8s-workload-change", "k8s-exec", "k8s-debug", "k8s-volume")
BUILT_IN = ("admin", "cluster-admin", "edit", "view")


@rule(
    severity=Severity.HIGH,
    selects="binding",
    message="{node} lets its subjects take over the cluster: one of them {ways}",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-6(1)", "AC-6(7)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
        "trivy": ["KSV-0050", "KSV-0051", "KSV-0043"],
        "kubescape": ["C-0191", "C-0063", "C-0065"],
    },
)
def check(binding: Node) -> Iterator[Match]:
    """Some permissions are worth more than they say: whoever may bind or escalate roles, impersonate, make tokens
    of other accounts, sign certificates, reach the machines' own interface or change webhooks becomes an
    administrator of the cluster with one more request. Creating a binding or a role does not: that gives only
    what one holds already.

    ## Remedy
    Take the verb away, name the resources in resourceNames, or bind the role in one namespace.
    """
    if ships_with_cluster(binding):
        return
    open_: list[Value] = []
    for power in binding["powers"]:
        if power["reach"] == "namespace" or power["id"] in (*SAID_ELSEWHERE, *DEPLOYING):
            continue
        open_.append(power)
    sure = [each for each in open_ if each["unknown"] is None]
    if sure:
        ways = "; ".join(dict.fromkeys(each["note"] for each in sure))
        related = [step for each in sure[:1] for step in binding.trail(each["because"])]
        yield Match(binding, at="role_name", related=related, values={"ways": ways}, cut=cut(binding))
    elif open_:
        raise Undetermined(Unknown(open_[0]["unknown"]))


def ships_with_cluster(binding: Node) -> bool:
    """Whether the role comes with the cluster: what it allows is known; cluster-admin has a rule of its own."""
    name = binding["role_name"]
    return binding["role_kind"] == "ClusterRole" and (name in BUILT_IN or name.startswith("system:"))


def cut(binding: Node) -> str:
    name = binding.peek("role_name")
    return f"the binding of {name}" if isinstance(name, str) else "the binding"
