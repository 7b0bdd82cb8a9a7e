"""Binding that reads the secrets of every namespace."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, Value, certain, rule, some

BUILT_IN = ("cluster-admin",)


@rule(
    severity=Severity.MEDIUM,
    selects="binding",
    message="{node} lets its subjects read the secrets of every namespace",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "SC-28"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005", "INT-004"],
        "trivy": ["KSV-0041"],
        "kubescape": ["C-0015", "C-0186"],
        "kube-linter": ["access-to-secrets"],
    },
)
def check(binding: Node) -> Iterator[Match]:
    """Secrets hold passwords, certificates and tokens of other service accounts: who reads them all becomes
    all of them. To list secrets is to read them.

    ## Remedy
    Bind a role in the namespaces that need it, or name the secrets in resourceNames.
    """
    if binding["cluster_wide"] is not True or ships_with_cluster(binding):
        return
    ways = binding["powers"]
    if certain(lambda: some(ways, takes_over)):
        return  # another rule says so of the same binding, and more
    for way in [each for each in ways if each["sort"] == "secrets"]:
        if way["unknown"] is not None:
            raise Undetermined(Unknown(way["unknown"]))
        related = binding.trail(way["because"])
        yield Match(binding, at="role_name", related=related, cut=f"the binding of {binding['role_name']}")


def ships_with_cluster(binding: Node) -> bool:
    """Whether the API server made the binding, or its role has rules of its own: it is bound for people."""
    name, role = binding.peek("name"), binding["role_name"]
    if binding["role_kind"] == "ClusterRole" and role in BUILT_IN:
        return True
    return isinstance(name, str) and name.startswith("system:") and role.startswith("system:")


def takes_over(power: Value) -> bool:
    """Whether a way surely leads to the whole cluster, and is reported as that."""
    return power["sort"] == "takeover" and power["reach"] != "namespace" and power["unknown"] is None
