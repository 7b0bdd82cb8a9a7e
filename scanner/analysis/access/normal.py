"""Statements made ready: documents of AWS normalized, unknown names in statements replaced by their symbols."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.model.value import Unknown, Value, unwrap

_PARTS = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}


def normal(value: Value, text: Callable[[Value], Value]) -> Value:
    """Normalized statements whose resources, principals and condition values are texts, symbols where unknown.

    Takes normalized statements or a document; actions, operators, keys and whole statements stay unknown.
    """
    value = unwrap(value)
    if isinstance(value, dict) and "Statement" in value:
        return [_of_document(each) for each in _listed(value["Statement"])]
    if not isinstance(value, list):
        return value
    return [each if isinstance(each := unwrap(raw), Unknown) else _symbolic(each, text) for raw in value]


def _symbolic(statement: dict[str, Value], text: Callable[[Value], Value]) -> dict[str, Value]:
    if isinstance(statement.get("effect"), Unknown):
        return statement
    return {
        **statement,
        "resources": [text(each) for each in statement["resources"]],
        "not_resources": [text(each) for each in statement["not_resources"]],
        "principals": [_principal(each, text) for each in statement["principals"]],
        "not_principals": [_principal(each, text) for each in statement["not_principals"]],
        "conditions": [_condition(each, text) for each in statement["conditions"]],
    }


def _principal(value: Value, text: Callable[[Value], Value]) -> Value:
    return value if isinstance(value, Unknown) else {"type": value["type"], "id": text(value["id"])}


def _condition(value: Value, text: Callable[[Value], Value]) -> Value:
    if isinstance(value, Unknown) or isinstance(value["operator"], Unknown) or isinstance(value["key"], Unknown):
        return value
    return {**value, "values": [text(each) for each in value["values"]]}


def _of_document(statement: dict[str, Any]) -> dict[str, Value]:
    """A statement of a document that is known in full (AWS's own)."""
    principals = statement.get("Principal")
    return {
        "effect": statement["Effect"],
        **{name: _listed(statement.get(element)) for name, element in _PARTS.items()},
        "principals": _named(principals),
        "not_principals": _named(statement.get("NotPrincipal")),
        "conditions": [
            {"operator": operator, "key": key, "values": [_scalar(each) for each in _listed(values)]}
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        ],
    }


def _named(value: Any) -> list[Value]:
    if isinstance(value, dict):
        return [{"type": type_, "id": each} for type_, listed in value.items() for each in _listed(listed)]
    return [{"type": "*" if each == "*" else "AWS", "id": each} for each in _listed(value)]


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
