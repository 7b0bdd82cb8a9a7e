"""Cluster role that allows everything, bound."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, rule

BUILT_IN = ("cluster-admin",)


@rule(
    severity=Severity.HIGH,
    selects="binding",
    message="{node} grants every verb on every resource{where}",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-6(1)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005", "INT-004"],
        "trivy": ["KSV-0044"],
        "kubescape": ["C-0187"],
    },
)
def check(binding: Node) -> Iterator[Match]:
    """A role with wildcards for verbs and resources is cluster-admin by another name: it reads all secrets and
    can grant itself the rest. In one namespace it administers that: medium. Roles that nobody holds are not
    reported.

    ## Remedy
    List the verbs and resources that the subjects use; audit logs of the API server tell which.
    """
    if ships_with_cluster(binding):
        return
    ways = [each for each in binding["powers"] if each["sort"] == "everything"]
    for way in ways:
        if way["unknown"] is not None:
            raise Undetermined(Unknown(way["unknown"]))
        within = way["reach"] == "namespace"
        yield Match(
            binding,
            at="role_name",
            related=binding.trail(way["because"]),
            values={"where": " of its namespace" if within else ""},
            cut=f"the binding of {binding['role_name']}",
            severity=Severity.MEDIUM if within else None,
        )


def ships_with_cluster(binding: Node) -> bool:
    """Whether the API server made the binding, or its role has rules of its own: it is bound for people."""
    name, role = binding.peek("name"), binding["role_name"]
    if binding["role_kind"] == "ClusterRole" and role in BUILT_IN:
        return True
    return isinstance(name, str) and name.startswith("system:") and role.startswith("system:")
