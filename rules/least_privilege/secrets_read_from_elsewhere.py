"""Binding by which another namespace reads secrets."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, Value, both, rule, some

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
        because = [step for way in binding["powers"] if way["sort"] != "takeover" for step in way["because"]]
        at, cut = ("role_name", "subjects"), f"the binding of {binding['role_name']}"
        yield Match(binding, at=at, related=binding.trail(because[:1]), cut=cut)


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
    """Whether the role reads all secrets of the namespace."""
    return some(binding["powers"], reads_secrets)


def reads_secrets(way: Value) -> bool:
    if way["sort"] not in ("everything", "secrets"):
        return False
    if way["unknown"] is not None:
        raise Undetermined(Unknown(way["unknown"]))
    return True
