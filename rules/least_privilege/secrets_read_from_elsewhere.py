"""Binding by which another namespace reads secrets."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Value, both, rule, some

READING = ("get", "list", "watch", "*")
# Roles that come with the cluster, and whether they read secrets.
BUILT_IN = {"admin": True, "cluster-admin": True, "edit": True, "view": False}
ALL_ACCOUNTS = "system:serviceaccounts"


@rule(
    severity=Severity.MEDIUM,
    selects="binding",
    message="{node} lets another namespace read the secrets of its own",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "SC-28"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
        "trivy": ["KSV-0041"],
        "kubescape": ["C-0015", "C-0186"],
    },
)
def check(binding: Node) -> Iterator[Match]:
    """A namespace is the wall between teams and applications. Here a service account of another one, or of all of
    them, reads every secret behind it: whoever breaks into that workload has the passwords and certificates of
    this one. Roles that name their secrets are not meant, nor the control plane's own accounts.

    ## Remedy
    Name the secrets in resourceNames, or copy what is needed into the reader's own namespace.
    """
    if binding["cluster_wide"] is not False:
        return
    foreign = both(
        lambda: some(binding["subjects"], lambda subject: is_foreign(subject, binding)),
        lambda: reads(binding),
    )
    if foreign:
        related = [role.at("permissions", "reads secrets") for role in binding.known("binds")]
        yield Match(
            binding, at=("role_name", "subjects"), related=related, cut=f"the binding of {binding['role_name']}"
        )


def is_foreign(subject: Value, binding: Node) -> bool:
    """Whether a subject is a service account of another namespace, or stands for those of others."""
    kind, name, where = subject["kind"], subject["name"], subject["namespace"]
    if kind == "Group":
        if name == ALL_ACCOUNTS or not name.startswith(f"{ALL_ACCOUNTS}:"):
            return bool(name == ALL_ACCOUNTS)
        where = name.removeprefix(f"{ALL_ACCOUNTS}:")
    elif kind != "ServiceAccount" or where in (None, "kube-system"):
        return False
    return some(binding["namespaces"], lambda own: own != where)


def reads(binding: Node) -> bool:
    """Whether the role reads all secrets of the namespace: one of the scan, or one that comes with the cluster."""
    name = binding["role_name"]
    if binding["role_kind"] == "ClusterRole" and (name in BUILT_IN or name.startswith("system:")):
        return BUILT_IN.get(name, False)
    return some(binding.out("binds"), lambda role: some(role["permissions"], reads_secrets))


def reads_secrets(permission: Value) -> bool:
    return both(
        lambda: some(permission["groups"], lambda group: group in ("", "*")),
        lambda: some(permission["resources"], lambda resource: resource in ("secrets", "*")),
        lambda: some(permission["verbs"], lambda verb: verb in READING),
        lambda: not permission["names"],
    )
