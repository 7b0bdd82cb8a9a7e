"""Who may do what inside a cluster: service accounts, roles and their bindings."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.extract import FALSE, NONE, TRUE, flag, text
from scanner.mapping.kubernetes.reading import (
    IN_NAMESPACE,
    NO_NAMESPACE,
    OUTSIDE,
    annotation,
    identity,
    joined,
    mapping,
    named,
    row,
    selected,
    sequence,
    texts,
)
from scanner.mapping.reader import Reader
from scanner.mapping.table import Row, Table
from scanner.model.value import Unknown, Value

RBAC = "rbac.authorization.k8s.io"
# Why the permissions of an aggregated role are open, until `connect` has added those of the scan.
COLLECTED = "its permissions are collected from other roles by label"
# The cloud identity that a service account stands for: EKS, GKE, AKS.
_CLOUD = (
    "eks.amazonaws.com/role-arn",
    "iam.gke.io/gcp-service-account",
    "azure.workload.identity/client-id",
)


def _cloud_role(reader: Reader) -> Value:
    return next((role for key in _CLOUD if (role := annotation(reader, key))), None)


def _assumed(reader: Reader) -> Iterator[Value]:
    role = _cloud_role(reader)
    if role is not None:
        yield role


def _permissions(reader: Reader) -> Value:
    collects = reader.has("aggregationRule")
    found: list[Value] = []
    for rule in reader.blocks("rules"):
        if not collects:  # those of others are put before a collecting role's own
            reader.mark(len(found), rule)
        found.append(_permission(rule))
    return [*found, Unknown(COLLECTED, OUTSIDE)] if collects else found


def _permission(rule: Reader) -> Value:
    return {
        "groups": texts(rule.get("apiGroups")),
        "resources": texts(rule.get("resources")),
        "verbs": texts(rule.get("verbs")),
        "names": texts(rule.get("resourceNames")),
        "urls": texts(rule.get("nonResourceURLs")),
    }


def _collects(reader: Reader) -> Value:
    return [selected(each) for each in sequence(reader.get("aggregationRule.clusterRoleSelectors"))]


def _subjects(reader: Reader) -> Value:
    """Subjects as {kind, name, namespace}; the namespace is null for users and groups, which have none."""
    return [
        {"kind": held.get("kind"), "name": held.get("name"), "namespace": _subject_namespace(reader, held)}
        for item in sequence(reader.get("subjects"))
        if (held := mapping(item))
    ]


def _subject_namespace(reader: Reader, subject: dict[str, Value]) -> Value:
    if subject.get("kind") != "ServiceAccount":
        return None
    region = reader.resource.scope.region
    return subject.get("namespace") or (region if isinstance(region, str) else None)


def _own_namespace(reader: Reader) -> Value:
    region = reader.resource.scope.region
    return [region if isinstance(region, str) else NO_NAMESPACE]


def _namespace(reader: Reader) -> Value:
    region = reader.resource.scope.region
    return region if isinstance(region, str) else NO_NAMESPACE


def _bound(reader: Reader) -> Iterator[Value]:
    kind, name = reader.get("roleRef.kind"), reader.get("roleRef.name")
    if isinstance(name, str) and isinstance(kind, str):
        region = reader.resource.scope.region
        namespace = "" if kind == "ClusterRole" else region if isinstance(region, str) else None
        yield named(reader.resource, f"{RBAC}/{kind}", name, namespace)


def _granted(reader: Reader) -> Iterator[Value]:
    """The service accounts among the subjects, also by their groups; users are not objects of a cluster."""
    for item in sequence(reader.get("subjects")):
        held = mapping(item)
        name = held.get("name")
        if held.get("kind") == "Group" and isinstance(name, str):
            yield from _group(reader, name)
        if held.get("kind") == "ServiceAccount" and isinstance(name, str):
            namespace = _subject_namespace(reader, held)
            yield named(reader.resource, "/ServiceAccount", name, namespace or None)


# Groups that every service account is in.
_EVERYONE = ("system:serviceaccounts", "system:authenticated")
_OF_NAMESPACE = "system:serviceaccounts:"


def _group(reader: Reader, name: str) -> Iterator[str]:
    if name in _EVERYONE:
        yield _account_of(reader, "any namespace")
    elif name.startswith(_OF_NAMESPACE):
        yield _account_of(reader, f"namespace {name.removeprefix(_OF_NAMESPACE)}")


def _account_of(reader: Reader, where: str) -> str:
    cluster = reader.resource.scope.account
    return f"a service account of {where}" + (f" of {cluster}" if isinstance(cluster, str) else "")


def _account_names(reader: Reader) -> Iterator[str]:
    """An account is also named by those who mean every one, or every one of its namespace."""
    yield from identity(reader)
    yield _account_of(reader, "any namespace")
    region = reader.resource.scope.region
    if isinstance(region, str):
        yield _account_of(reader, f"namespace {region}")


def _role(*, cluster_wide: bool) -> Row:
    return row(
        "cluster_role",
        {
            "permissions": _permissions,
            "cluster_wide": TRUE if cluster_wide else FALSE,
            "aggregated": lambda reader: reader.has("aggregationRule"),
            "collects": _collects,
        },
    )


def _transient(reader: Reader) -> Value:
    """Whether Helm deletes it once what it was made for has run ("Chart Hooks", hook-succeeded)."""
    notes = reader.get("metadata.annotations")
    policy = notes.get("helm.sh/hook-delete-policy") if isinstance(notes, dict) else None
    return True if "hook-succeeded" in str(policy or "").replace(" ", "").split(",") else None


def _binding(*, cluster_wide: bool) -> Row:
    relations = {
        "binds": joined("roleRef.name", ("cluster_role",), _bound),
        "grants_to": joined("subjects", ("service_account",), _granted),
    }
    if not cluster_wide:
        relations["in_namespace"] = IN_NAMESPACE
    attributes = {
        "subjects": _subjects,
        "cluster_wide": TRUE if cluster_wide else FALSE,
        "namespaces": NONE if cluster_wide else _own_namespace,
        "role_kind": text("roleRef.kind"),
        "role_name": text("roleRef.name"),
        "transient": _transient,
    }
    return row("binding", attributes, relations)


TABLE: Table = {
    "/ServiceAccount": row(
        "service_account",
        {
            "token_mounted": flag("automountServiceAccountToken", absent=True),
            "role": _cloud_role,
            "namespace": _namespace,
        },
        {
            "in_namespace": IN_NAMESPACE,
            "assumes": joined("metadata.annotations", ("role", "user"), _assumed),
        },
        identity=_account_names,
    ),
    f"{RBAC}/Role": _role(cluster_wide=False),
    f"{RBAC}/ClusterRole": _role(cluster_wide=True),
    f"{RBAC}/RoleBinding": _binding(cluster_wide=False),
    f"{RBAC}/ClusterRoleBinding": _binding(cluster_wide=True),
}
