"""Permissions for everyone who reaches the API."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Value, rule, some

EVERYONE = ("system:anonymous", "system:authenticated", "system:serviceaccounts", "system:unauthenticated")
# Bound to these groups by the API server itself.
OF_EVERY_CLUSTER = ("system:basic-user", "system:discovery", "system:public-info-viewer")


@rule(
    severity=Severity.HIGH,
    selects="binding",
    message="{node} grants its role to whoever reaches the API server",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-3", "AC-6", "AC-14"],
        "nist-800-207": ["tenet-6"],
        "catalogue": ["PRV-005"],
        "kubescape": ["C-0262", "C-0265"],
        "trivy": ["KSV-0122", "KSV-01011"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Requests without credentials belong to system:anonymous, and every service account and person to
    system:authenticated: whoever reaches the API server holds the role. The bindings that every cluster has, to
    discovery and health, are meant so.

    ## Remedy
    Name the service accounts and groups that need the role.
    """
    if node["role_kind"] == "ClusterRole" and node["role_name"] in OF_EVERY_CLUSTER:
        return
    if some(node["subjects"], names_everyone):
        yield Match(node, at=("subjects", "role_name", "role_kind"))


def names_everyone(subject: Value) -> bool:
    """Whether a subject stands for all callers, or for those without credentials."""
    return subject["kind"] in ("Group", "User") and subject["name"] in EVERYONE
