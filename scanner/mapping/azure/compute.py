"""Azure machines, clusters and applications."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.azure.stores import diagnosed, first_flag
from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    TRUE,
    each,
    elements,
    equals,
    flag,
    has_block,
    outside,
    text,
    truth,
    written,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.secrets import literal_secrets, mapped_secrets, secrets_in_text
from scanner.mapping.starting import machine_fetches, plain, verbose_map
from scanner.mapping.table import Edge, Fixed, Join, Part, Row, Skip, Table
from scanner.mapping.versions import image_system
from scanner.model.value import Cause, Unknown, Value

_PASSWORDS = ("admin_password", "os_profile.admin_password")
_EVERYONE = ["0.0.0.0/0"]
# identities that a thing carries; one of its own (system-assigned) has no node
_ASSUMES = Join("identity.identity_ids", ("role",))


def _machine_secrets(reader: Reader) -> Value:
    """Passwords in clear text, and credentials in start-up data, which stands in base64 or plainly."""
    found = literal_secrets((path, reader.peek(path)) for path in _PASSWORDS)
    passwords = len(found)
    for path in ("custom_data", "user_data", "os_profile.custom_data"):
        script = reader.get(path)
        if isinstance(script, str):
            found += secrets_in_text(plain(script), path)
    if passwords:
        reader.peek(found[passwords - 1])  # read last, so that it is what is shown
    return list(dict.fromkeys(found))


def _image(reader: Reader) -> Value:
    named = reader.get("source_image_id")
    if named is not None:
        return named
    parts = [reader.get(f"source_image_reference.{name}") for name in ("publisher", "offer", "sku", "version")]
    return ":".join(str(part) for part in parts if part is not None) or None


def _group_public(reader: Reader) -> Value:
    return any(
        True
        for interface in reader.blocks("network_interface")
        for config in interface.blocks("ip_configuration")
        for _ in config.blocks("public_ip_address")
    )


def _password_login(reader: Reader) -> Value:
    """Linux machines take keys only, unless they are told otherwise; Windows knows nothing but passwords."""
    if "windows" in reader.resource.type or reader.has("os_profile_windows_config"):
        return None
    path = "disable_password_authentication"
    return not truth(reader.get(f"os_profile_linux_config.{path}", reader.get(path, True)))


def _patched(reader: Reader) -> Value:
    """Whether fixes are installed by themselves, where a Windows machine is told not to; null where nothing is
    said: the image then does as it is made."""
    for path in ("automatic_updates_enabled", "enable_automatic_updates"):
        if (said := reader.get(path)) is not None and not truth(said):
            return False
    return False if reader.get("patch_mode") == "Manual" else None


def _machine(public: Extract | Fixed, *, template: bool) -> Row:
    return Row(
        "instance",
        {
            "template": Fixed(template),
            "public_address": public,
            "tokens_required": NONE,  # the metadata service asks every caller for a header; there are no sessions
            "metadata_hops": NONE,
            "disks_encrypted": TRUE,  # always, with a key of Microsoft's unless one is named
            "monitored": NONE,
            "literal_secrets": _machine_secrets,
            "fetches_code": machine_fetches("custom_data", "user_data", "os_profile.custom_data"),
            "image": _image,
            "system": image_system(_image),
            "upgraded": _patched,
            "password_login": _password_login,
        },
        {
            "contains": Join("network_interface_ids", ("network_interface",)),
            "in_subnet": Join("network_interface", ("subnet",), values=_group_subnets),
            "assumes": _ASSUMES,
        },
        identity=("id", "name", "virtual_machine_id"),
    )


def _group_subnets(reader: Reader) -> Iterator[Value]:
    for interface in reader.blocks("network_interface"):
        yield from each("ip_configuration", "subnet_id")(interface)


_VM = _machine(outside("its network interfaces decide"), template=False)
_SCALE_SET = _machine(_group_public, template=True)


# Kubernetes Service


def _cluster_public(reader: Reader) -> Value:
    return not truth(reader.get("private_cluster_enabled", False))


def _cluster_cidrs(reader: Reader) -> Value:
    """Who may reach the control plane: everyone unless ranges are named."""
    if not _cluster_public(reader):
        return []
    ranges = reader.get("api_server_access_profile.authorized_ip_ranges")
    return elements(reader.get("api_server_authorized_ip_ranges") if ranges is None else ranges) or _EVERYONE


def _local_accounts(reader: Reader) -> Value:
    """Access by client certificate, on unless local accounts are off; or no role-based access at all."""
    if truth(_roles_asked(reader.again())):  # what is right is not shown
        return not truth(reader.get("local_account_disabled", False))
    return not truth(_roles_asked(reader))


def _roles_asked(reader: Reader) -> Value:
    return reader.get("role_based_access_control.enabled", reader.get("role_based_access_control_enabled", True))


def _upgraded(reader: Reader) -> Value:
    channel = reader.get("automatic_upgrade_channel", reader.get("automatic_channel_upgrade", "none"))
    return str(channel).lower() != "none"


def _workloads_logged(reader: Reader) -> Value:
    """Container insights; where it is not asked for, an agent in the cluster may do the same."""
    if reader.block("oms_agent") is not None:
        return True
    asked = reader.get("addon_profile.oms_agent.enabled")
    if asked is not None:
        return truth(asked)
    return Unknown("an agent inside the cluster may send logs on", Cause.OUTSIDE_SCAN)


_LOGS = {"kube-apiserver": "api", "kube-audit": "audit", "kube-audit-admin": "audit", "guard": "authenticator"}


def _cluster_logs(reader: Reader) -> Value:
    """Categories that diagnostic settings send on, by the words of the vocabulary where there is one."""
    return [
        _LOGS.get(category, category) if isinstance(category, str) else category
        for setting in reader.folded("azurerm_monitor_diagnostic_setting")
        for name in ("enabled_log", "log")
        for block in setting.blocks(name)
        for category in elements(block.peek("category"))
    ]


# applications


def _settings(reader: Reader) -> Value:
    """Credentials among an application's settings and connection strings."""
    strings = literal_secrets(
        (str(block.get("name")), block.peek("value")) for block in reader.blocks("connection_string")
    )
    return mapped_secrets(reader, "app_settings") + strings


def _authorized(reader: Reader) -> Value:
    """True where App Service asks callers to sign in; an application may also ask by itself."""
    for path in ("auth_settings_v2.auth_enabled", "auth_settings.enabled"):
        if truth(reader.get(path, False)):
            return True
    return Unknown("the application may ask callers to sign in by itself", Cause.OUTSIDE_SCAN)


def _requests_logged(reader: Reader) -> Value:
    return reader.block("logs.http_logs") is not None or diagnosed(reader)


def _plain_requests(reader: Reader) -> Value:
    """The listener of port 80 is never encrypted; the place to mend it is https_only."""
    reader.peek("https_only")
    return False


def _plain_protocols(reader: Reader) -> Value:
    """Deployment over FTP without TLS; the older resources allow it unless they are told otherwise."""
    older = reader.resource.type.removesuffix("_slot") in ("azurerm_app_service", "azurerm_function_app")
    state = reader.get("site_config.ftps_state", "AllAllowed" if older else "Disabled")
    return ["FTP"] if state == "AllAllowed" else []


def _application(*, function: bool) -> Row:
    """An application with its plain listener (App Service always has one) and its settings."""
    listener = Row(
        "listener",
        {
            "port": Fixed(80),
            "protocol": Fixed("HTTP"),
            "encrypted": _plain_requests,
            "redirects": flag("https_only"),
            "tls_policy": NONE,
        },
        identity=(),
        tags=lambda reader: {},
    )
    config = Row(
        "config",
        {"literal_secrets": _settings, "verbose": verbose_map("app_settings"), "chart_version": NONE},
        identity=(),
        tags=lambda reader: {},
    )
    return Row(
        "api",
        {
            "authorized": NONE if function else _authorized,  # functions: keys are set in their code
            "private": first_flag(("!public_network_access_enabled", False)),
            "access_logged": _requests_logged,
            "tls_policy": lambda reader: reader.get(
                "site_config.minimum_tls_version", reader.get("site_config.min_tls_version", "1.2")
            ),
            "statements": EMPTY,
            "plain_protocols": _plain_protocols,
        },
        {"in_subnet": Join("virtual_network_subnet_id", ("subnet",)), "assumes": _ASSUMES},
        identity=("id", "name", "default_hostname"),
        parts=(
            Part(listener, "http", edge="listens_on", reverse=True),
            Part(
                config, "settings", when=lambda reader: reader.resource.attributes.get("app_settings") is not None
            ),
        ),
    )


def _group_variables(reader: Reader) -> Value:
    return literal_secrets(
        pair
        for container in reader.blocks("container")
        if isinstance(variables := container.get("environment_variables"), dict)
        for pair in variables.items()
    )


_WEB = _application(function=False)
_FUNCTION = _application(function=True)

TABLE: Table = {
    "azurerm_linux_virtual_machine": _VM,
    "azurerm_windows_virtual_machine": _VM,
    "azurerm_virtual_machine": _VM,
    "azurerm_linux_virtual_machine_scale_set": _SCALE_SET,
    "azurerm_windows_virtual_machine_scale_set": _SCALE_SET,
    "azurerm_virtual_machine_scale_set": _SCALE_SET,
    "azurerm_orchestrated_virtual_machine_scale_set": _SCALE_SET,
    "azurerm_virtual_machine_extension": Skip("an agent on a machine"),
    "azurerm_availability_set": Skip("spreads machines"),
    "azurerm_proximity_placement_group": Skip("how close machines stand to each other"),
    "azurerm_ssh_public_key": Skip("a public key"),
    "azurerm_kubernetes_cluster": Row(
        "cluster",
        {
            "flavour": Fixed("kubernetes"),
            "version": text("kubernetes_version"),
            "public_endpoint": _cluster_public,
            "public_cidrs": _cluster_cidrs,
            "secrets_encrypted": written("key_management_service.key_vault_key_id"),
            "logs": _cluster_logs,
            "legacy_authorization": _local_accounts,
            "access_entries": NONE,
            "creator_administers": NONE,
            "network_policy": written("network_profile.network_policy"),
            "upgraded": _upgraded,
            "workloads_logged": _workloads_logged,
        },
        {
            "in_subnet": Join("default_node_pool.vnet_subnet_id", ("subnet",)),
            "encrypted_with": Join("key_management_service.key_vault_key_id", ("key",)),
            "assumes": _ASSUMES,
        },
    ),
    "azurerm_kubernetes_cluster_node_pool": Row(
        "node_group",
        {
            "public_address": first_flag(("node_public_ip_enabled", False), ("enable_node_public_ip", False)),
            "tokens_required": NONE,
            "remote_access": EMPTY,
        },
        {
            "runs_on": Join("kubernetes_cluster_id", ("cluster",)),
            "in_subnet": Join("vnet_subnet_id", ("subnet",)),
        },
    ),
    "azurerm_container_group": Row(
        "container_service",
        {
            "privileged": NONE,
            "public_address": equals("ip_address_type", "Public", default="Public"),
            "host_network": FALSE,
            "read_only": NONE,
            "logged": has_block("diagnostics.log_analytics"),
            "literal_secrets": _group_variables,
            "images": lambda reader: list(each("container", "image")(reader)),
        },
        {"in_subnet": Join("subnet_ids", ("subnet",)), "assumes": _ASSUMES},
    ),
    **dict.fromkeys(
        ("azurerm_app_service_slot", "azurerm_linux_web_app_slot", "azurerm_windows_web_app_slot"),
        _WEB,
    ),
    **dict.fromkeys(
        ("azurerm_function_app_slot", "azurerm_linux_function_app_slot", "azurerm_windows_function_app_slot"),
        _FUNCTION,
    ),
    "azurerm_app_service": _WEB,
    "azurerm_linux_web_app": _WEB,
    "azurerm_windows_web_app": _WEB,
    "azurerm_function_app": _FUNCTION,
    "azurerm_linux_function_app": _FUNCTION,
    "azurerm_windows_function_app": _FUNCTION,
    "azurerm_app_service_plan": Skip("the machines under applications"),
    "azurerm_service_plan": Skip("the machines under applications"),
    "azurerm_app_service_environment_v3": Skip("the machines under applications"),
    "azurerm_app_service_certificate": Row("certificate", {"transparency_logged": NONE, "validation": NONE}),
    "azurerm_app_service_custom_hostname_binding": Skip("a name for an application"),
    "azurerm_app_service_virtual_network_swift_connection": Edge(
        "in_subnet", Join("app_service_id", ("api",)), Join("subnet_id", ("subnet",))
    ),
    "azurerm_automation_account": Skip("runs scripts by schedule"),
    "azurerm_batch_account": Skip("queues jobs"),
    "azurerm_logic_app_workflow": Skip("a workflow that people draw"),
    "azurerm_data_factory": Skip("moves data by pipelines"),
    **{
        f"data.azurerm_{name}": Skip("asks the subscription for something that exists")
        for name in ("virtual_machine", "platform_image", "kubernetes_cluster", "kubernetes_service_versions",
                     "app_service", "app_service_plan", "service_plan", "linux_web_app", "function_app")
    },
}  # fmt: skip
