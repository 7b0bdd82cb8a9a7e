"""On which layer a principal stands: 0 where it manages identities, accounts or guardrails, else 2 (DESIGN 2)."""

from __future__ import annotations

from scanner.graph.columns import Graph
from scanner.model.layer import Layer
from scanner.model.value import Unknown, Value

_MANAGING = ("iam:", "organizations:", "account:", "sso:", "sso-admin:", "identitystore:", "*")
_MANAGED = ("AdministratorAccess", "IAMFullAccess", "PowerUserAccess", "AWSOrganizationsFullAccess")
_READING = ("iam:get", "iam:list", "organizations:describe", "organizations:list", "account:get", "sso:get",
            "iam:passrole", "iam:simulate", "iam:createservicelinkedrole")  # fmt: skip


def place_roles(graph: Graph) -> None:
    """Move each role, user, group and permission set that can manage privilege to layer 0."""
    for kind in ("role", "user", "group", "permission_set"):
        for index in graph.nodes(kind):
            if _manages(graph, index):
                graph.layers[index] = Layer.PRIVILEGE


def _manages(graph: Graph, index: int) -> bool:
    held = graph.peek(index, "managed_policies")
    if isinstance(held, list) and any(_administers(each) for each in held):
        return True
    policies = graph.targets("attaches", index)
    return any(_grants(graph.peek(policy, "statements")) for policy in policies)


def _administers(name: Value) -> bool:
    return isinstance(name, str) and name.rpartition("/")[2] in _MANAGED


def _grants(statements: Value) -> bool:
    if isinstance(statements, Unknown) or not isinstance(statements, list):
        return False
    return any(_statement_manages(each) for each in statements if isinstance(each, dict))


def _statement_manages(statement: dict[str, Value]) -> bool:
    effect = statement.get("effect")
    if not isinstance(effect, str) or effect != "Allow":
        return False
    actions = statement.get("actions")
    return isinstance(actions, list) and any(_action_manages(each) for each in actions)


def _action_manages(action: Value) -> bool:
    if not isinstance(action, str):
        return False
    name = action.lower()
    return name.startswith(_MANAGING) and not name.startswith(_READING)
