"""Binding whose permissions lead to the whole cluster."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, Value, rule

BUILT_IN = ("cluster-admin",)


@rule(
    severity=Severity.HIGH,
    selects="binding",
    message="{node} lets its subjects {gain}: one of them {ways}",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-6(1)", "AC-6(7)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005", "INT-004"],
        "trivy": ["KSV-0050", "KSV-0051", "KSV-0043"],
        "kubescape": ["C-0191", "C-0063", "C-0065"],
    },
)
def check(binding: Node) -> Iterator[Match]:
    """Some permissions are worth more than they say: whoever may bind or escalate roles, impersonate, make tokens
    of other accounts, sign certificates, reach the machines' own interface or change webhooks becomes an
    administrator of the cluster with one more request. Creating a binding or a role does not: that gives only
    what one holds already. A validating webhook reads what is written, secrets too, and changes nothing: medium;
    so is what a hook of a chart holds only while it runs.

    ## Remedy
    Take the verb away, name the resources in resourceNames, or bind the role in one namespace.
    """
    if ships_with_cluster(binding):
        return
    # All verbs on all resources and the secrets of every namespace are other rules' findings; running workloads is
    # what deployers and operators are for.
    ways = takeovers(binding["powers"])
    open_ = [each for each in ways if each["reach"] != "namespace"]
    sure = [each for each in open_ if each["unknown"] is None]
    if sure:
        told = "; ".join(dict.fromkeys(each["note"] for each in sure))
        related = [step for each in sure[:1] for step in binding.trail(each["because"])]
        reads = all(each["id"] == "k8s-webhook-reading" for each in sure)
        gain = "see what others write to the cluster" if reads else "take over the cluster"
        severity = Severity.MEDIUM if reads or binding.peek("transient") is True else None
        values = {"gain": gain, "ways": told}
        yield Match(binding, at="role_name", related=related, values=values, cut=cut(binding), severity=severity)
    elif open_:
        raise Undetermined(Unknown(open_[0]["unknown"]))


def takeovers(powers: list[dict[str, Value]]) -> list[dict[str, Value]]:
    """The ways that lead to the cluster. The labels of a namespace open a machine to the pods in it, so that they
    are a way only for who may also start or change pods."""
    runs = any(each["sort"] == "workloads" and each["unknown"] is None for each in powers)
    return [each for each in powers if each["sort"] == "takeover" and (runs or each["id"] != "k8s-namespace")]


def ships_with_cluster(binding: Node) -> bool:
    """Whether the API server made the binding, or its role has rules of its own: it is bound for people."""
    name, role = binding.peek("name"), binding["role_name"]
    if binding["role_kind"] == "ClusterRole" and role in BUILT_IN:
        return True
    return isinstance(name, str) and name.startswith("system:") and role.startswith("system:")


def cut(binding: Node) -> str:
    name = binding.peek("role_name")
    return f"the binding of {name}" if isinstance(name, str) else "the binding"
