"""Backup policies of an organization as the plans that they make in its accounts.

Form: AWS Organizations User Guide, "Backup policy syntax and examples". A policy makes one plan in each of its
Regions, in every account that it is attached to; another policy on the way may change it, so that nothing is sure
but for an account that it names. Values stand under the operators `@@assign` and `@@append`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from scanner.hcl.partial import decoded
from scanner.model.resource import Resource, Scope
from scanner.model.value import Cause, Unknown, Value, unwrap

_ATTACHED = Unknown("to which accounts a backup policy of the organization is attached", Cause.OUTSIDE_SCAN)
_SPELLED = Unknown("which tags a policy of the organization spells", Cause.OUTSIDE_SCAN)
_OPERATORS = ("@@assign", "@@append")
_TAG = "aws:ResourceTag/"


def held_in(content: Value) -> Mapping[str, Value] | None:
    """The plans of a policy by name; None where its text cannot be read."""
    return _section(content, "plans")


def tag_keys(content: Value) -> Value:
    """The keys that a tag policy spells (AWS Organizations User Guide, "Tag policy syntax and examples"); unknown
    where its text cannot be read."""
    held = _section(content, "tags")
    if held is None:
        return _SPELLED
    return [_one(_of(each, "tag_key")) or key for key, each in _entries(held)]


def _section(content: Value, name: str) -> dict[str, Value] | None:
    found = decoded(unwrap(content))
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except ValueError:
            return None
    held = found.get(name, {}) if isinstance(found, dict) else None
    return held if isinstance(held, dict) else None


def plans_of(policy: Resource, batch: Sequence[Resource]) -> Iterator[Resource]:
    """Plans and selections as if each account declared them itself."""
    plans = held_in(policy.attributes.get("content"))
    for name, plan in (plans or {}).items():
        for account in _accounts(policy, batch):
            for region in _listed(_of(plan, "regions")) or [None]:
                yield from _made(policy, name, plan, Scope("aws", account, _text(region)))


def _accounts(policy: Resource, batch: Sequence[Resource]) -> list[str | Unknown]:
    """Accounts that the policy is attached to by number; an unknown one for roots and units, or for nothing."""
    found: list[str | Unknown] = []
    for each in batch:
        if each.type == "aws_organizations_policy_attachment":
            named = unwrap(each.attributes.get("policy_id"))
            references = named.references if isinstance(named, Unknown) else ()
            if any(reference.rpartition(".")[0] == policy.address.name for reference in references):
                target = unwrap(each.attributes.get("target_id"))
                own = isinstance(target, str) and target.isdigit()
                found.append(target if own else _ATTACHED)
    return list(dict.fromkeys(found)) or [_ATTACHED]


def _made(policy: Resource, name: str, plan: Value, scope: Scope) -> Iterator[Resource]:
    where = "/".join(str(each) for each in (scope.region, scope.account) if isinstance(each, str))
    label = f"{name}@{where}" if where else name
    rules = [_rule(key, each, scope) for key, each in _entries(_of(plan, "rules"))]
    yield _as(policy, "aws_backup_plan", f"plan:{label}", {"id": label, "name": name, "rule": rules}, scope)
    chosen = _of(plan, "selections")
    for key, each in (*_entries(_of(chosen, "tags")), *_entries(_of(chosen, "resources"))):
        told = {"name": key, "plan_id": label, **_selection(each, scope)}
        yield _as(policy, "aws_backup_selection", f"selection:{label}/{key}", told, scope)


def _as(policy: Resource, type_: str, label: str, attributes: dict[str, Value], scope: Scope) -> Resource:
    address = policy.address._replace(name=f"{policy.address.name}/{label}")
    return replace(
        policy, address=address, type=type_, attributes=attributes, scope=scope, origins={}, references={},
        native="", identity=(), explains=None,
    )  # fmt: skip


def _rule(name: str, rule: Value, scope: Scope) -> dict[str, Value]:
    copies = [
        {"destination_vault_arn": _placed(_one(_of(each, "target_backup_vault_arn")) or arn, scope),
         "lifecycle": _lifecycle(each)}
        for arn, each in _entries(_of(rule, "copy_actions"))
    ]  # fmt: skip
    return {
        "rule_name": name,
        "schedule": _one(_of(rule, "schedule_expression")),
        "target_vault_name": _one(_of(rule, "target_backup_vault_name")),
        "enable_continuous_backup": _one(_of(rule, "enable_continuous_backup")),
        "lifecycle": _lifecycle(rule),
        "copy_action": copies,
        "target_logically_air_gapped_backup_vault_arn": _placed(
            _one(_of(rule, "target_logically_air_gapped_backup_vault_arn")), scope
        ),
    }


def _lifecycle(held: Value) -> list[Value]:
    life = _of(held, "lifecycle")
    if life is None:
        return []
    return [{"delete_after": _one(_of(life, "delete_after_days")),
             "cold_storage_after": _one(_of(life, "move_to_cold_storage_after_days"))}]  # fmt: skip


def _selection(held: Value, scope: Scope) -> dict[str, Value]:
    key = _one(_of(held, "tag_key"))
    tags = [{"key": key, "value": each} for each in _listed(_of(held, "tag_value"))]
    conditions = {
        operator: [
            {"key": f"{_TAG}{str(_one(_of(each, 'condition_key'))).removeprefix(_TAG)}",
             "value": _one(_of(each, "condition_value"))}
            for _, each in _entries(_of(_of(held, "conditions"), operator))
        ]
        for operator in ("string_equals", "string_like", "string_not_equals", "string_not_like")
    }  # fmt: skip
    return {
        "iam_role_arn": _placed(_one(_of(held, "iam_role_arn")), scope),
        "resources": _listed(_of(held, "resource_types")),
        "not_resources": _listed(_of(held, "not_resource_types")),
        "selection_tag": tags,
        "condition": [conditions] if any(conditions.values()) else [],
    }


def _placed(text: Value, scope: Scope) -> Value:
    """`$account` stands for the account in which the plan is made."""
    if not isinstance(text, str):
        return text
    return text.replace("$account", scope.account if isinstance(scope.account, str) else "{account}")


def _of(held: Value, key: str) -> Value:
    held = unwrap(held)
    return unwrap(held.get(key)) if isinstance(held, dict) else None


def _entries(held: Value) -> list[tuple[str, Value]]:
    return (
        [(key, each) for key, each in held.items() if not key.startswith("@@")] if isinstance(held, dict) else []
    )


def _listed(held: Value) -> list[Value]:
    if not isinstance(held, dict):
        return held if isinstance(held, list) else [] if held is None else [held]
    given = (unwrap(held.get(each)) for each in _OPERATORS)
    return [item for each in given if each is not None for item in (each if isinstance(each, list) else [each])]


def _one(held: Value) -> Value:
    return next(iter(_listed(held)), None)


def _text(value: Value) -> str | Unknown | None:
    return value if isinstance(value, (str, Unknown)) else None
