"""Azure identities, role assignments, policies, vaults with their keys and secrets, and what watches over them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from scanner.mapping.azure.doors import any_network
from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    TRUE,
    elements,
    equals,
    flag,
    gathered,
    named,
    strings,
    text,
    truth,
    whole,
    written,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.secrets import kept, literal_secrets
from scanner.mapping.table import Edge, Fold, Join, Row, Skip, Table
from scanner.model.value import Cause, Unknown, Value

_VAULT = ("azurerm_key_vault",)
_IMPORTED = Unknown("who issued a certificate that is imported is not told", Cause.OUTSIDE_SCAN)
# a subscription or management group, by its id or by what declares it
_WHOLE = re.compile(r"/$|/subscriptions/[^/]+$|/providers/Microsoft.Management/managementGroups/[^/]+$"
                    r"|(data\.)?azurerm_(subscription|management_group)\.[^.]+$", re.IGNORECASE)  # fmt: skip


def _statement(actions: list[Value], **parts: list[Value]) -> dict[str, Value]:
    """The normal form of a grant."""
    return {
        "effect": "Allow",
        "actions": actions,
        "not_actions": parts.get("not_actions", []),
        "resources": parts.get("resources", []),
        "not_resources": [],
        "principals": parts.get("principals", []),
        "not_principals": [],
        "conditions": [],
    }


def _role_statements(reader: Reader) -> Value:
    """One statement for each permissions block of a role definition; data actions count as actions."""
    scopes = [named(scope) for scope in elements(reader.peek("assignable_scopes"))]
    scopes = scopes or [named(scope) for scope in elements(reader.peek("scope"))]
    return gathered(_permissions(block, scopes) for block in reader.blocks("permissions"))


def _permissions(block: Reader, scopes: list[Value]) -> dict[str, Value]:
    actions = elements(block.peek("data_actions")) + elements(block.peek("actions"))
    owns = any(not isinstance(one, Unknown) and one == "*" for one in actions)
    whole = owns and any(not isinstance(one, Unknown) and _WHOLE.match(str(one)) for one in scopes)
    return _statement(
        actions,
        not_actions=elements(block.peek("not_actions")) + elements(block.peek("not_data_actions")),
        resources=["*"] if whole else scopes,  # every action on a subscription is its administration
    )


def _assignment(reader: Reader) -> Value:
    """The role, as the one action, on the scope, for the principal."""
    role = reader.peek("role_definition_name")
    role = named(reader.peek("role_definition_id")) if role is None else role
    principal = {"type": reader.peek("principal_type") or "principal", "id": named(reader.peek("principal_id"))}
    return [_statement([role], resources=[named(reader.peek("scope"))], principals=[principal])]


def _vault_statements(reader: Reader) -> Value:
    """Access policies, written inside or beside the vault."""
    policies = chain(reader.blocks("access_policy"), reader.folded("azurerm_key_vault_access_policy"))
    return gathered(_vault_statement(policy) for policy in policies)


def _vault_statement(policy: Reader) -> dict[str, Value]:
    actions = [
        one if isinstance(one, Unknown) else f"{kind}/{one}"
        for kind in ("key", "secret", "certificate", "storage")
        for one in elements(policy.peek(f"{kind}_permissions"))
    ]
    return _statement(actions, principals=[{"type": "principal", "id": named(policy.peek("object_id"))}])


def _literal(*names: str) -> Extract:
    """Which of these arguments hold a credential in clear text."""
    return lambda reader: literal_secrets((name, reader.peek(name)) for name in names)


def _secret_literal(reader: Reader) -> Value:
    """The value of a stored secret is one, unless its name says what else it is (`db-admin-username`)."""
    label = reader.resource.address.name.rpartition(".")[2].partition("[")[0]
    found = kept(reader.again().peek("name"), label, reader.peek("value"), reader.resource.span.path)
    return ["value"] if found else []


def _regions(reader: Reader) -> Value:
    """One region is certainly not all of them; a list may be."""
    if len(elements(reader.get("locations"))) <= 1:
        return False
    return Unknown("whether these are all regions of the subscription is not known", Cause.OUTSIDE_SCAN)


def _management_events(reader: Reader) -> Value:
    return {"Write", "Delete", "Action"} <= set(reader.items("categories"))


def _contact_told(reader: Reader) -> Value:
    return truth(reader.get("alert_notifications", False)) and reader.has("email")


def _alert(path: str) -> Row:
    return Row(
        "alarm",
        {"actionable": lambda reader: truth(reader.get("enabled", True)) and reader.block(path) is not None},
    )


def _principal(name: str) -> Row:
    """An identity that others act as."""
    return Row(
        "role",
        {
            "service_linked": FALSE,
            "bounded": NONE,
            "boundary": NONE,
            "path": NONE,
            "session_seconds": NONE,
            "managed_policies": EMPTY,
            "members": EMPTY,
        },
        identity=("id", "principal_id", "client_id", "object_id"),
        name=name,
    )


def _certificate_logged(reader: Reader) -> Value:
    """Whether an authority signs it, which enters it in public logs; not told of one that is brought along."""
    issuer = reader.get("certificate_policy.issuer_parameters.name")
    if issuer is None and reader.block("certificate") is not None:
        return _IMPORTED
    return str(issuer or "Self") != "Self"


def _password(owner: str) -> Row:
    return Row(
        "access_key",
        {"active": TRUE, "root": FALSE},
        {"grants_to": Join(owner, ("role",))},
        name=owner,
    )


def _assigned(reader: Reader) -> Iterator[Value]:
    yield from elements(reader.peek("principal_id"))


_IDENTITIES: Table = {
    "azurerm_role_definition": Row("policy", {"statements": _role_statements, "inline": FALSE, "path": NONE}),
    "azurerm_role_assignment": Row(
        "policy",
        {"statements": _assignment, "inline": FALSE, "path": NONE},
        {"grants_to": Join("principal_id", ("role", "user", "group", "cluster"), values=_assigned)},
        identity=("id",),
        name=lambda reader: reader.peek("role_definition_name"),
    ),
    "azurerm_user_assigned_identity": _principal("name"),
    "azurerm_federated_identity_credential": Row(
        "identity_provider", {"url": text("issuer"), "audiences": strings("audience")}
    ),
    "azuread_application": _principal("display_name"),
    "azuread_service_principal": _principal("client_id"),
    "azuread_application_password": _password("application_id"),
    "azuread_service_principal_password": _password("service_principal_id"),
    "azuread_user": Row(
        "user",
        {"console": TRUE, "bounded": NONE, "boundary": NONE, "path": NONE, "managed_policies": EMPTY},
        name="user_principal_name",
    ),
    "azuread_group": Row("group", {"managed_policies": EMPTY}, identity=("id", "object_id"), name="display_name"),
    "azuread_group_member": Edge(
        "member_of", Join("member_object_id", ("user", "role", "group")), Join("group_object_id", ("group",))
    ),
    "azurerm_subscription": Row(
        "account", {"email": NONE, "parent": NONE}, identity=("id", "subscription_id"), name="subscription_name"
    ),
    "azurerm_management_group": Row(
        "account", {"email": NONE, "parent": text("parent_management_group_id")}, name="display_name"
    ),
    "azurerm_resource_group": Skip("a name for resources"),
    "azurerm_policy_definition": Row("guardrail", {"statements": EMPTY, "limits": NONE}),
    "azurerm_policy_set_definition": Row("guardrail", {"statements": EMPTY, "limits": NONE}),
    **{
        f"azurerm_{level}policy_assignment": Skip("puts a policy in force")
        for level in ("", "subscription_", "resource_group_", "management_group_", "resource_")
    },
}

_VAULTS: Table = {
    "azurerm_key_vault": Row(
        "secret",
        {
            "rotated": NONE,  # a vault holds secrets; each says whether it ends
            "customer_key": NONE,
            "recovery_days": lambda reader: whole(reader.get("soft_delete_retention_days", 90)),
            "purgeable": lambda reader: not truth(reader.get("purge_protection_enabled", False)),
            "any_network": any_network("network_acls.default_action"),
            "literal_secrets": EMPTY,
            "statements": _vault_statements,
        },
        identity=("id", "name", "vault_uri"),
    ),
    "azurerm_key_vault_access_policy": Fold(_VAULT, "key_vault_id"),
    "azurerm_key_vault_secret": Row(
        "secret",
        {
            "rotated": NONE,  # Key Vault rotates keys, not secrets
            "customer_key": NONE,
            "recovery_days": NONE,  # its vault says so
            "ends": written("expiration_date"),
            "literal_secrets": _secret_literal,
            "statements": EMPTY,
        },
        identity=("id", "name", "versionless_id"),
    ),
    "azurerm_key_vault_key": Row(
        "key",
        {
            "rotated": lambda reader: any(
                True for policy in reader.blocks("rotation_policy") for _ in policy.blocks("automatic")
            ),
            "deletion_days": NONE,  # its vault says so
            "ends": written("expiration_date", "rotation_policy.expire_after"),
            "statements": EMPTY,
            "grants": EMPTY,
        },
        identity=("id", "name", "versionless_id"),
    ),
    "azurerm_key_vault_certificate": Row(
        "certificate",
        {
            "transparency_logged": _certificate_logged,
            "validation": NONE,
        },
        identity=("id", "name", "secret_id"),
    ),
    "azurerm_disk_encryption_set": Row(
        "key",
        {
            "rotated": flag("auto_key_rotation_enabled"),
            "deletion_days": NONE,
            "statements": EMPTY,
            "grants": EMPTY,
        },
        {"encrypted_with": Join("key_vault_key_id", ("key",))},
    ),
}

_WATCHING: Table = {
    "azurerm_monitor_log_profile": Row(
        "trail",
        {
            "multi_region": _regions,
            "validated": NONE,
            "customer_key": NONE,
            "active": TRUE,
            "management_events": _management_events,
        },
        {"logs_to": Join("storage_account_id", ("object_store",))},
    ),
    "azurerm_security_center_subscription_pricing": Row(
        "detector", {"active": equals("tier", "Standard")}, name=lambda reader: reader.get("resource_type", "all")
    ),
    "azurerm_security_center_contact": Row("alarm", {"actionable": _contact_told}, name="email"),
    "azurerm_security_center_auto_provisioning": Skip("installs agents on machines"),
    "azurerm_security_center_setting": Skip("a switch of Defender"),
    "azurerm_security_center_workspace": Skip("where Defender writes"),
    "azurerm_sentinel_log_analytics_workspace_onboarding": Row("detector", {"active": TRUE}, name="workspace_id"),
    "azurerm_log_analytics_workspace": Row(
        "log_group",
        {"keep_days": lambda reader: whole(reader.get("retention_in_days", 30)), "customer_key": FALSE},
        identity=("id", "name", "workspace_id"),
    ),
    "azurerm_log_analytics_solution": Skip("queries over a workspace"),
    "azurerm_application_insights": Row(
        "log_group",
        {"keep_days": lambda reader: whole(reader.get("retention_in_days", 90)), "customer_key": FALSE},
    ),
    "azurerm_monitor_action_group": Skip("who is told of alerts"),
    "azurerm_monitor_activity_log_alert": _alert("action"),
    "azurerm_monitor_metric_alert": _alert("action"),
    "azurerm_monitor_scheduled_query_rules_alert": _alert("action"),
    "azurerm_monitor_scheduled_query_rules_alert_v2": _alert("action"),
    "azurerm_monitor_autoscale_setting": Skip("how a group grows and shrinks"),
}

_ASKED = "asks the subscription for something that exists"
_READ = (
    "client_config subscription subscriptions resource_group resources role_definition policy_definition"
    " user_assigned_identity key_vault key_vault_secret key_vault_secrets key_vault_key key_vault_certificate"
    " management_group log_analytics_workspace monitor_diagnostic_categories location"
)
TABLE: Table = {
    **_IDENTITIES,
    **_VAULTS,
    **_WATCHING,
    **{f"data.azurerm_{name}": Skip(_ASKED) for name in _READ.split()},
    **{
        f"data.azuread_{name}": Skip(_ASKED)
        for name in "client_config user users group groups application service_principal domains".split()  # noqa: SIM905 - one line
    },
}
