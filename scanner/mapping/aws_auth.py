"""The ConfigMap aws-auth: which identities of AWS enter an EKS cluster, and as whom.

Source: Amazon EKS User Guide, "Grant IAM users access to Kubernetes with a ConfigMap"; aws-iam-authenticator,
full configuration format. It is read alike from manifests and from Terraform's provider `kubernetes`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.extract import NONE
from scanner.mapping.reader import Reader
from scanner.mapping.table import Fixed, Join, Part, Row
from scanner.model.value import Cause, Undetermined, Unknown, Value

_LISTS = (("mapRoles", "rolearn"), ("mapUsers", "userarn"))


def _is_aws_auth(reader: Reader) -> bool:
    name, namespace = reader.peek("metadata.name"), reader.peek("metadata.namespace")
    return (
        isinstance(name, str) and name == "aws-auth" and isinstance(namespace, str) and namespace == "kube-system"
    )


def _subjects(reader: Reader) -> Value:
    """[{kind: Principal, name: ARN, namespace: null, user, groups}]; the name and groups that the cluster sees."""
    held = reader.get("data")
    written = [(key, who) for key, who in _LISTS if isinstance(held, dict) and held.get(key) is not None]
    return [
        {
            "kind": "Principal",
            "name": str(item.get(who, "")),
            "namespace": None,
            "user": str(item.get("username", "")),
            "groups": _texts(item.get("groups")),
        }
        for key, who in written
        for item in _items(reader.get(f"data.{key}"), key)
    ]


def _items(text: Value, key: str) -> Iterator[dict[str, Any]]:
    import yaml  # noqa: PLC0415 - only where there is such a ConfigMap

    try:
        found = yaml.safe_load(text) if isinstance(text, str) else text
    except (yaml.YAMLError, RecursionError):
        raise Undetermined(Unknown(f"data.{key} is not YAML", Cause.OUTSIDE_SCAN)) from None
    for item in found if isinstance(found, list) else ():
        if isinstance(item, dict):
            yield item


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _groups(reader: Reader) -> Value:
    subjects: Any = _subjects(reader)
    groups = dict.fromkeys(group for each in subjects for group in each["groups"])
    return ", ".join(groups) or None


def _named(reader: Reader) -> Iterator[Value]:
    subjects: Any = _subjects(reader)
    yield from (each["name"] for each in subjects)


AWS_AUTH = Part(
    Row(
        "binding",
        {
            "role_name": _groups,
            "role_kind": Fixed("Group"),
            "cluster_wide": NONE,  # what is bound to the groups decides
            "namespaces": NONE,
            "subjects": _subjects,
        },
        {"grants_to": Join("data.mapRoles", ("role", "user"), values=_named)},
        identity=(),
        name="metadata.name",
        tags="metadata.labels",
    ),
    "aws-auth",
    when=_is_aws_auth,
)
