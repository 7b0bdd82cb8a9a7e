"""Alibaba Cloud's policy documents (RAM and bucket policies) in the normal form of statements."""

from __future__ import annotations

import json

from scanner.mapping.extract import elements
from scanner.model.value import Cause, Undetermined, Unknown, Value
from scanner.rule import some

Statement = Value


def statements(value: Value) -> list[Statement]:
    """The statements of a document, JSON text or decoded; none for None or an empty text. Raises Undetermined
    where the document is unknown or is not a policy."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return []
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as fault:
            why = Unknown(f"the policy is not JSON ({fault})", Cause.OUTSIDE_SCAN)
            raise Undetermined(why) from None
    if isinstance(value, Unknown):
        raise Undetermined(value)
    found = value.get("Statement") if isinstance(value, dict) else None
    listed: list[Statement] = [each if isinstance(each, Unknown) else _statement(each) for each in elements(found)]
    return listed


def public(found: list[Statement]) -> bool:
    """Whether a statement allows everyone without a condition (conditions there say from where)."""
    return some(found, _opens)


def _opens(statement: Statement) -> bool:
    if isinstance(statement, Unknown):
        raise Undetermined(statement)
    if statement["effect"] != "Allow" or statement["conditions"]:
        return False
    return some(statement["principals"], lambda principal: principal["id"] == "*")


def _statement(written: dict[str, Value]) -> dict[str, Value]:
    return {
        "effect": written.get("Effect"),
        "actions": elements(written.get("Action")),
        "not_actions": elements(written.get("NotAction")),
        "resources": elements(written.get("Resource")),
        "not_resources": elements(written.get("NotResource")),
        "principals": _principals(written.get("Principal")),
        "not_principals": _principals(written.get("NotPrincipal")),
        "conditions": _conditions(written.get("Condition")),
    }


def _principals(written: Value) -> list[dict[str, Value]]:
    """{"Service": [...]} by kind, or a plain list of accounts in bucket policies, `*` for everyone."""
    if isinstance(written, dict):
        return [{"type": kind, "id": name} for kind, names in written.items() for name in elements(names)]
    return [{"type": "*" if not isinstance(name, Unknown) and name == "*" else "RAM", "id": name}
            for name in elements(written)]  # fmt: skip


def _conditions(written: Value) -> list[dict[str, Value]]:
    if not isinstance(written, dict):
        return elements(written)
    return [
        {"operator": operator, "key": key, "values": elements(values)}
        for operator, keys in written.items()
        if isinstance(keys, dict)
        for key, values in keys.items()
    ]
