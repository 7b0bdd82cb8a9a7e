"""Network policies that the API server cannot read: values of another type than the field's, unknown fields.

Source: Kubernetes, pkg/apis/networking/v1 (types.go) and what encoding/json says; kubectl asks for strict reading,
by which an unknown field is an error. A running API server said the same of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scanner.model.value import Unknown, Value, unwrap

if TYPE_CHECKING:
    from scanner.mapping.kubernetes.refused import Fault

# A field's Go type, the struct that holds it, and what it holds itself.
_SELECTOR: dict[str, Any] = {
    "matchLabels": ("map[string]string", "LabelSelector", "text"),
    "matchExpressions": ("[]v1.LabelSelectorRequirement", "LabelSelector", {
        "key": ("string", "LabelSelectorRequirement", None),
        "operator": ("v1.LabelSelectorOperator", "LabelSelectorRequirement", None),
        "values": ("[]string", "LabelSelectorRequirement", None),
    }),
}  # fmt: skip
_PEER: dict[str, Any] = {
    "podSelector": ("v1.LabelSelector", "NetworkPolicyPeer", _SELECTOR),
    "namespaceSelector": ("v1.LabelSelector", "NetworkPolicyPeer", _SELECTOR),
    "ipBlock": ("v1.IPBlock", "NetworkPolicyPeer", {
        "cidr": ("string", "IPBlock", None),
        "except": ("[]string", "IPBlock", None),
    }),
}  # fmt: skip
_PORT: dict[str, Any] = {
    "protocol": ("v1.Protocol", "NetworkPolicyPort", None),
    "port": ("int32", "NetworkPolicyPort", None),
    "endPort": ("int32", "NetworkPolicyPort", None),
}


def _rule(name: str, verb: str) -> dict[str, Any]:
    return {
        "ports": ("[]v1.NetworkPolicyPort", name, _PORT),
        verb: ("[]v1.NetworkPolicyPeer", name, _PEER),
    }


_SPEC: dict[str, Any] = {
    "podSelector": ("v1.LabelSelector", "NetworkPolicySpec", _SELECTOR),
    "ingress": (
        "[]v1.NetworkPolicyIngressRule", "NetworkPolicySpec", _rule("NetworkPolicyIngressRule", "from"),
    ),
    "egress": ("[]v1.NetworkPolicyEgressRule", "NetworkPolicySpec", _rule("NetworkPolicyEgressRule", "to")),
    "policyTypes": ("[]v1.PolicyType", "NetworkPolicySpec", None),
}  # fmt: skip
_WORDS: tuple[tuple[type, str], ...] = (
    (bool, "bool"), (int, "number"), (float, "number"), (str, "string"), (list, "array"), (dict, "object"),
)  # fmt: skip


def unread(spec: dict[str, Value]) -> Iterator[Fault]:
    """What of a policy the server cannot read, values first, as it stops at the first of them."""
    yield from _typed(spec, _SPEC, "spec", "spec")
    unknown = list(_unknown(spec, _SPEC, "spec"))
    if unknown:
        told = ", ".join(f'unknown field "{path}"' for path in unknown)
        yield _fault(unknown[0], f"strict decoding error: {told}")


def _fault(path: str, message: str) -> Fault:
    from scanner.mapping.kubernetes.refused import Fault  # noqa: PLC0415 - they need each other

    return Fault(path, message, unreadable=True)


def _typed(held: dict[str, Value], fields: dict[str, Any], path: str, told: str) -> Iterator[Fault]:
    """`path` is where a value stands, `told` the same without numbers, as the server tells it."""
    for key, (wanted, struct, inner) in fields.items():
        value = unwrap(held.get(key))
        if value is None or isinstance(value, Unknown):
            continue
        if not (_fits(value, wanted) or (key == "port" and isinstance(value, str))):
            said = f"{_word(value)} {value}" if isinstance(value, float) else _word(value)
            field = f"{struct}.{told}.{key}"
            yield _fault(
                f"{path}.{key}", f"json: cannot unmarshal {said} into Go struct field {field} of type {wanted}"
            )
        elif inner == "text":
            yield from _labels(value, f"{path}.{key}", f"{struct}.{told}.{key}")
        elif inner is None and isinstance(value, list):
            for number, each in enumerate(map(unwrap, value)):
                if not isinstance(each, (str, Unknown)):
                    type_ = wanted.removeprefix("[]")
                    field = f"{struct}.{told}.{key}"
                    text = f"json: cannot unmarshal {_word(each)} into Go struct field {field} of type {type_}"
                    yield _fault(f"{path}.{key}[{number}]", text)
        elif isinstance(inner, dict):
            for number, each in enumerate(value if isinstance(value, list) else [value]):
                at = f"{path}.{key}[{number}]" if isinstance(value, list) else f"{path}.{key}"
                inside = unwrap(each)
                if isinstance(inside, dict):
                    yield from _typed(inside, inner, at, f"{told}.{key}")


def _labels(held: Any, path: str, field: str) -> Iterator[Fault]:
    for each in map(unwrap, held.values()):
        if each is not None and not isinstance(each, (str, Unknown)):
            said = f"json: cannot unmarshal {_word(each)} into Go struct field {field} of type string"
            yield _fault(path, said)


def _fits(value: Value, wanted: str) -> bool:
    if wanted.startswith("[]"):
        return isinstance(value, list)
    if wanted == "int32":
        return isinstance(value, int) and not isinstance(value, bool)
    if wanted in ("string", "v1.Protocol", "v1.LabelSelectorOperator"):
        return isinstance(value, str)
    return isinstance(value, dict)


def _word(value: Value) -> str:
    return next((word for type_, word in _WORDS if isinstance(value, type_)), "value")


def _unknown(held: dict[str, Value], fields: dict[str, Any], path: str) -> Iterator[str]:
    for key, raw in held.items():
        value = unwrap(raw)
        if key not in fields:
            yield f"{path}.{key}"
            continue
        inner = fields[key][2]
        if isinstance(inner, dict):
            for number, each in enumerate(value if isinstance(value, list) else [value]):
                at = f"{path}.{key}[{number}]" if isinstance(value, list) else f"{path}.{key}"
                inside = unwrap(each)
                if isinstance(inside, dict):
                    yield from _unknown(inside, inner, at)
