"""How Kubernetes objects are read: names that identify them, keys that hold dots, the pod inside a workload."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Join, Row
from scanner.model.resource import Resource
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap

OUTSIDE = Cause.OUTSIDE_SCAN
NAMESPACE = "/Namespace"
NO_NAMESPACE = Unknown("no namespace is written: whoever applies it chooses", OUTSIDE)


def identity(reader: Reader) -> Iterator[str]:
    """The one string under which other objects of the cluster name this one."""
    resource = reader.resource
    name = walked(resource.attributes, "metadata", "name")
    if name is not None:
        yield named(resource, resource.type, str(name), _region(resource))


def named(resource: Resource, type: str, name: str, namespace: str | None = None) -> str:
    """The identity of an object that a resource names: by native type, name and namespace.

    "" as namespace is for kinds outside namespaces. None stands for a namespace that is not written: such
    objects are the same where the same folder declares them, since they are applied together.
    """
    cluster = resource.scope.account
    where = f" of {cluster}" if isinstance(cluster, str) else ""
    if namespace == "" or is_cluster_wide(type):
        return f"{_kind(type)} {name}{where}"
    if namespace is None:
        return f"{_kind(type)} {name} in {resource.address.root}/{where}"
    return f"{_kind(type)} {namespace}/{name}{where}"


def beside(resource: Resource, type: str, name: str) -> str:
    """The identity of an object in the resource's own namespace."""
    return named(resource, type, name, _region(resource))


def is_cluster_wide(type: str) -> bool:
    """Whether objects of a native type live outside namespaces, as far as references to them go."""
    return type.rpartition("/")[2] in _CLUSTER_WIDE


_CLUSTER_WIDE = frozenset(
    ("Namespace", "Node", "PersistentVolume", "ClusterRole", "StorageClass", "ClusterIssuer", "ClusterSecretStore",
     "EC2NodeClass", "NodePool", "ValidatingAdmissionPolicy", "MutatingAdmissionPolicy", "GatewayClass")
)  # fmt: skip


def _kind(type: str) -> str:
    group, _, kind = type.rpartition("/")
    return f"{kind} ({group})" if group else kind


def _region(resource: Resource) -> str | None:
    region = resource.scope.region
    return region if isinstance(region, str) else None


def known(value: Value) -> Value:
    """A value without its sensitive mark. Raises Undetermined where it is unknown."""
    value = unwrap(value)
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return value


def walked(value: Value, *steps: str) -> Value:
    """The value under keys, one after the other; None where one is absent. Raises Undetermined."""
    for step in steps:
        value = known(value)
        value = value.get(step) if isinstance(value, dict) else None
    return known(value)


def whole(reader: Reader) -> Reader:
    """A reader of the whole object from inside one of its parts; what it reads is noted in the same place."""
    return Reader(reader.resource, noted=reader._noted)


def entry(reader: Reader, path: str, key: str) -> Value:
    """The value under a key that holds dots (a label, an annotation), None where it is absent."""
    value = walked(reader.get(path), key)
    if value is not None:
        reader._note(f"{path}.{key}")
    return value


def annotation(reader: Reader, key: str) -> str | None:
    """An annotation of the object as text."""
    value = entry(reader, "metadata.annotations", key)
    return None if value is None else str(value)


def label(reader: Reader, key: str) -> str | None:
    """A label of the object as text."""
    value = entry(reader, "metadata.labels", key)
    return None if value is None else str(value)


def mapping(value: Value) -> dict[str, Value]:
    """A mapping as it is, anything else as an empty one. Raises Undetermined."""
    value = known(value)
    return value if isinstance(value, dict) else {}


def sequence(value: Value) -> list[Value]:
    """A list as it is, anything else as an empty one. Raises Undetermined, also for an element."""
    value = known(value)
    return [known(item) for item in value] if isinstance(value, list) else []


def texts(value: Value) -> list[str]:
    """The elements of a list as texts; a text is a list of one. Raises Undetermined."""
    value = known(value)
    if isinstance(value, str):
        return [value]
    return [_text(item) for item in sequence(value) if not isinstance(item, (dict, list))]


def pairs(value: Value) -> dict[str, str]:
    """A map of labels, its values as texts (a number or boolean there is what the server would refuse)."""
    return {key: _text(item) for key, item in mapping(value).items()}


def _text(item: Value) -> str:
    item = known(item)
    return str(item).lower() if isinstance(item, bool) else str(item)


def selected(value: Value) -> dict[str, Any]:
    """A selector as an object has it, in the graph's form: {"labels": {...}, "expressions": [...]}."""
    held = mapping(value)
    return {
        "labels": pairs(held.get("matchLabels")),
        "expressions": [
            {
                "key": str(each.get("key")),
                "operator": str(each.get("operator")),
                "values": texts(each.get("values")),
            }
            for item in sequence(held.get("matchExpressions"))
            if (each := mapping(item))
        ],
    }


# joins


def in_namespace(reader: Reader) -> Iterator[Value]:
    """The namespace that an object lives in, for a Join."""
    resource = reader.resource
    region = _region(resource)
    yield NO_NAMESPACE if region is None else named(resource, NAMESPACE, region)


IN_NAMESPACE = Join("metadata.namespace", ("namespace",), values=in_namespace)


def row(
    kind: str,
    attributes: Mapping[str, Any],
    relations: Mapping[str, Join | tuple[Join, ...]] | None = None,
    **more: Any,
) -> Row:
    """A row of an object with the usual metadata: its name, its labels as tags, its identity."""
    settings: dict[str, Any] = {"identity": identity, "name": "metadata.name", "tags": labels, **more}
    return Row(kind, attributes, relations or {}, **settings)


def labels(reader: Reader) -> Value:
    """The labels of an object."""
    return pairs(reader.get("metadata.labels"))


def joined(path: str, kinds: tuple[str, ...], names: Callable[[Reader], Iterator[Value]]) -> Join:
    """A Join on computed names; `path` is where the edge is shown."""
    return Join(path, kinds, values=names)


def unknown(reason: str, cause: Cause = OUTSIDE) -> Extract:
    """An attribute that this object cannot tell."""

    def extract(_: Reader) -> Value:
        return Unknown(reason, cause)

    return extract
