"""Azure stores: storage accounts, disks, database servers, caches, messages, registries, backups.

Azure encrypts everything at rest; what can be chosen is whose key.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.azure.doors import any_network, shared_key, tls
from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    TRUE,
    UNLOCKED,
    equals,
    outside,
    truth,
    whole,
    written,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Edge, Fixed, Fold, Given, Join, Joins, Row, Skip, Table
from scanner.model.logic import both
from scanner.model.value import Value

_ACCOUNT = ("azurerm_storage_account",)


def store(kind: str, keys: tuple[str, ...], given: Given, relations: Joins | None = None) -> Row:
    """A store that Azure runs; `keys` are the paths that name a key of the customer's own (none: cannot)."""
    kept: Given = {
        "encrypted": TRUE,
        "customer_key": written(*keys) if keys else FALSE,
        "placement": Fixed("managed"),
    }
    joins: Joins = {"encrypted_with": tuple(Join(key, ("key",)) for key in keys)} if keys else {}
    return Row(kind, {**kept, **given}, {**joins, **(relations or {})})


def first_flag(*choices: tuple[str, bool]) -> Extract:
    """The first of several arguments that is written (names change between provider versions); the default of
    the first where none is. A choice is (path, absent); a path that begins with `!` is read inverted."""

    def extract(reader: Reader) -> Value:
        for path, _ in choices:
            value = reader.get(path.removeprefix("!"))
            if value is not None:
                return truth(value) is not path.startswith("!")
        return choices[0][1]

    return extract


def diagnosed(reader: Reader) -> bool:
    """Whether a diagnostic setting sends its logs somewhere."""
    return reader.fold("azurerm_monitor_diagnostic_setting") is not None


def locked(reader: Reader) -> Value:
    """Whether a management lock forbids to delete it in one step."""
    return reader.fold("azurerm_management_lock") is not None


# storage accounts


_ACCOUNT_REACHED = any_network("network_rules.default_action", "azurerm_storage_account_network_rules")


def _nested_public(reader: Reader) -> Value:
    """Whether containers may be made public: the provider's default is that they may."""
    old = reader.get("allow_blob_public_access")
    return truth(old) if old is not None else truth(reader.get("allow_nested_items_to_be_public", True))


def _account_public(reader: Reader) -> Value:
    """Whether anyone may read: a container says so, the account allows it and takes calls from every network."""
    with reader.closed():
        opened = [each for each in reader.folded("azurerm_storage_container") if _level(each) != "private"]
    if not opened:
        return any(True for each in reader.folded("azurerm_storage_container") if _level(each) != "private")
    allowed = both(lambda: bool(_nested_public(reader)), lambda: bool(_ACCOUNT_REACHED(reader)))
    # read last, so that it is what is shown: of several the one that may be listed, which weighs most
    _level(next((each for each in opened if _level(each) == "container"), opened[0]))
    return allowed


def _level(container: Reader) -> str:
    """Who may read a container: private, blob or container."""
    return str(container.get("container_access_type", "private")).lower()


def _customer_key(reader: Reader) -> Value:
    if reader.fold("azurerm_storage_account_customer_managed_key") is not None:
        return True
    return reader.block("customer_managed_key") is not None


def _names_needed(reader: Reader) -> Value:
    """Whether no public container may be listed: `blob` opens blobs alone (Blob Storage documentation, "Configure
    anonymous read access")."""
    return "container" not in [_level(each) for each in reader.folded("azurerm_storage_container")]


def _versioned(reader: Reader) -> Value:
    """Earlier versions of blobs. Accounts with hierarchical namespaces know none, and accounts of files hold no
    blobs (Blob Storage documentation, "Blob versioning")."""
    if _holds_files(reader) or truth(reader.get("is_hns_enabled", False)):
        return None
    return truth(reader.get("blob_properties.versioning_enabled", False))


def _holds_files(reader: Reader) -> bool:
    return str(reader.get("account_kind", "StorageV2")) == "FileStorage"


def _soft_delete_days(reader: Reader) -> Value:
    """How long blobs that were deleted or overwritten can be brought back: seven days, where a policy says nothing
    (provider documentation); without a policy not at all."""
    for policy in reader.blocks("blob_properties.delete_retention_policy"):
        return whole(policy.get("days", 7))
    return 0


def _blocked(reader: Reader) -> Value:
    return None if _holds_files(reader) else not _nested_public(reader)


def _immutable(reader: Reader) -> Iterator[Reader]:
    yield from reader.blocks("immutability_policy")


def _worm(reader: Reader) -> Value:
    return any(True for _ in _immutable(reader))


_REGISTRY_REACHED = any_network("network_rule_set.default_action")


def _pulled_by_anyone(reader: Reader) -> Value:
    """Whether anyone pulls without signing in: private endpoints alone lead to a registry without public access,
    and behind a list of networks only those do (Container Registry documentation, "Configure public registry
    access")."""
    return both(
        lambda: bool(_REGISTRY_REACHED(reader)), lambda: truth(reader.get("anonymous_pull_enabled", False))
    )


def _worm_locked(reader: Reader) -> Value:
    return any(str(block.get("state")).lower() == "locked" for block in _immutable(reader))


def _has_lifecycle(reader: Reader) -> Value:
    return reader.fold("azurerm_storage_management_policy") is not None


_STORAGE_ACCOUNT = store(
    "object_store",
    (),
    {
        "customer_key": _customer_key,
        "public_access": _account_public,
        "names_needed": _names_needed,
        "public_blocked": _blocked,
        "public_restricted": NONE,
        "grants": EMPTY,
        "versioned": _versioned,
        "soft_delete_days": _soft_delete_days,
        "delete_protected": _worm_locked,
        "locked": _worm,
        "access_logged": diagnosed,
        "tls_required": first_flag(("https_traffic_only_enabled", True), ("enable_https_traffic_only", True)),
        "lifecycle": _has_lifecycle,
        "any_network": _ACCOUNT_REACHED,
        "shared_key": shared_key("shared_access_key_enabled", absent=True),
        "tls_policy": tls("min_tls_version", "TLS1_2"),
        "statements": EMPTY,
    },
)

_STORAGE: Table = {
    "azurerm_storage_account": _STORAGE_ACCOUNT,
    "azurerm_storage_container": (
        Fold(_ACCOUNT, "storage_account_name"),
        Fold(_ACCOUNT, "storage_account_id"),
    ),
    "azurerm_storage_account_network_rules": (
        Fold(_ACCOUNT, "storage_account_id"),
        Fold(_ACCOUNT, "storage_account_name"),
    ),
    "azurerm_storage_account_customer_managed_key": Fold(_ACCOUNT, "storage_account_id"),
    "azurerm_storage_management_policy": Fold(_ACCOUNT, "storage_account_id"),
    "azurerm_storage_container_immutability_policy": Skip("keeps one container's blobs from change"),
    "azurerm_storage_blob": Row("object", {"public_access": FALSE}),  # its container is judged at the account
    "azurerm_storage_queue": store("queue", (), {"public_access": FALSE, "statements": EMPTY}),
    "azurerm_storage_table": store(
        "table", (), {"recoverable": FALSE, "deletion_protected": FALSE, "public_access": FALSE}
    ),
    "azurerm_storage_share": store("file_system", (), {"backed_up": FALSE}),
    "azurerm_storage_share_directory": Skip("a folder of a share"),
    "azurerm_storage_data_lake_gen2_filesystem": Skip("a container of an account"),
    "azurerm_managed_disk": store("volume", ("disk_encryption_set_id", "secure_vm_disk_encryption_set_id"), {}),
    "azurerm_virtual_machine_data_disk_attachment": Edge(
        "mounts", Join("virtual_machine_id", ("instance",)), Join("managed_disk_id", ("volume",))
    ),
    "azurerm_snapshot": Row(
        "snapshot",
        {"encrypted": TRUE, "public_access": FALSE, **UNLOCKED},
        {"snapshot_of": Join("source_uri", ("volume",))},
    ),
    "azurerm_image": Row("snapshot", {"encrypted": TRUE, "public_access": FALSE, **UNLOCKED}),
    "azurerm_shared_image": Skip("a name for versions of an image"),
    "azurerm_shared_image_gallery": Skip("a name for images"),
    "azurerm_shared_image_version": Row("snapshot", {"encrypted": TRUE, "public_access": FALSE, **UNLOCKED}),
    "azurerm_container_registry": store(
        "registry",
        ("encryption.key_vault_key_id",),
        {
            "immutable": NONE,  # tags are locked one by one, not by the registry
            "scanned": outside("Defender decides whether images are scanned"),
            "public_access": _pulled_by_anyone,
            "any_network": _REGISTRY_REACHED,
            "shared_key": shared_key("admin_enabled", absent=False),
            "statements": EMPTY,
        },
    ),
}


# messages and caches


def _redis_network(reader: Reader) -> Value:
    """A cache inside a subnet has no public address; a firewall rule closes it to whom none names."""
    return not written("subnet_id")(reader) and any_network("", "azurerm_redis_firewall_rule")(reader)


def _namespace(kind: str, given: Given) -> Row:
    return store(kind, ("customer_managed_key.key_vault_key_id",), given)


_QUEUED: Given = {"public_access": FALSE, "statements": EMPTY}
_CALLED: Given = {
    "any_network": any_network("network_rule_set.default_action"),
    "shared_key": shared_key("local_auth_enabled", absent=True),
    "tls_policy": tls("minimum_tls_version", "1.2"),
}
_MESSAGES: Table = {
    "azurerm_servicebus_namespace": _namespace("queue", {**_QUEUED, **_CALLED}),
    "azurerm_servicebus_queue": Skip("one queue of a namespace"),
    "azurerm_servicebus_topic": Skip("one topic of a namespace"),
    "azurerm_servicebus_subscription": Row("subscription", {"encrypted": TRUE}),
    "azurerm_eventhub_namespace": _namespace(
        "stream",
        {
            "tls_required": TRUE,
            "public_access": FALSE,  # every call needs a key or an identity
            "any_network": any_network("network_rulesets.default_action"),
            "shared_key": shared_key("local_authentication_enabled", absent=True),
        },
    ),
    "azurerm_eventhub": Skip("one hub of a namespace"),
    "azurerm_eventhub_consumer_group": Skip("a reader's place in a hub"),
    "azurerm_eventgrid_topic": store(
        "topic",
        (),
        {
            **_QUEUED,
            "any_network": lambda reader: (
                truth(reader.get("public_network_access_enabled", True)) and not reader.has("inbound_ip_rule")
            ),
            "shared_key": shared_key("local_auth_enabled", absent=True),
        },
    ),
    "azurerm_redis_firewall_rule": Fold(("azurerm_redis_cache",), "redis_cache_name"),
    "azurerm_eventgrid_event_subscription": Row("subscription", {"encrypted": TRUE}),
    "azurerm_redis_cache": store(
        "cache",
        (),
        {
            "tls_required": first_flag(("!non_ssl_port_enabled", True), ("!enable_non_ssl_port", True)),
            "authenticated": first_flag(
                ("redis_configuration.authentication_enabled", True),
                ("redis_configuration.enable_authentication", True),
            ),
            "any_network": _redis_network,
            "tls_policy": tls("minimum_tls_version", None),
            "backup_days": lambda reader: (
                None if truth(reader.get("redis_configuration.rdb_backup_enabled", False)) else 0
            ),
        },
        {"in_subnet": Join("subnet_id", ("subnet",))},
    ),
}


# backups


def _daily(reader: Reader) -> Value:
    return whole(reader.get("retention_daily.count", reader.get("retention_weekly.count")))


_PLAN = Row(
    "backup_plan",
    {"scheduled": TRUE, "copied": FALSE, "keep_days": _daily},
    {"keeps_in": Join("recovery_vault_name", ("backup_vault",))},
)
_VAULT_ROW = Row(
    "backup_vault",
    {
        "customer_key": written("encryption.key_id"),
        "locked": equals("immutability", "Locked", default="Disabled"),
        "statements": EMPTY,
    },
)
_BACKUPS: Table = {
    "azurerm_recovery_services_vault": _VAULT_ROW,
    "azurerm_data_protection_backup_vault": _VAULT_ROW,
    "azurerm_backup_policy_vm": _PLAN,
    "azurerm_backup_policy_file_share": _PLAN,
    "azurerm_backup_protected_vm": Edge(
        "backs_up", Join("backup_policy_id", ("backup_plan",)), Join("source_vm_id", ("instance",))
    ),
    "azurerm_backup_protected_file_share": Edge(
        "backs_up", Join("backup_policy_id", ("backup_plan",)), Join("source_file_share_name", ("file_system",))
    ),
}

# what says something of any resource: logs sent on, locks
LOGGED = (
    "azurerm_storage_account", "azurerm_mssql_server", "azurerm_sql_server", "azurerm_mssql_database",
    "azurerm_postgresql_server", "azurerm_postgresql_flexible_server", "azurerm_mysql_server",
    "azurerm_mysql_flexible_server", "azurerm_mariadb_server", "azurerm_cosmosdb_account",
    "azurerm_kubernetes_cluster", "azurerm_application_gateway", "azurerm_lb", "azurerm_api_management",
    "azurerm_linux_web_app", "azurerm_windows_web_app", "azurerm_app_service", "azurerm_frontdoor",
    "azurerm_cdn_frontdoor_profile", "azurerm_cdn_profile", "azurerm_cognitive_account",
    "azurerm_mssql_managed_instance", "azurerm_sql_database",
    "azurerm_function_app", "azurerm_linux_function_app", "azurerm_windows_function_app",
    "azurerm_linux_web_app_slot", "azurerm_windows_web_app_slot", "azurerm_app_service_slot",
    "azurerm_linux_function_app_slot", "azurerm_windows_function_app_slot", "azurerm_function_app_slot",
)  # fmt: skip
LOCKABLE = tuple(name for name in LOGGED if "sql" in name or "cosmos" in name or "maria" in name)

_ASKED = "asks the subscription for something that exists"
_READ = (
    "storage_account storage_container storage_account_sas storage_account_blob_container_sas managed_disk"
    " snapshot container_registry image shared_image shared_image_version redis_cache servicebus_namespace"
    " eventhub_namespace recovery_services_vault backup_policy_vm"
)
TABLE: Table = {
    **_STORAGE,
    **_MESSAGES,
    **_BACKUPS,
    "azurerm_monitor_diagnostic_setting": Fold(LOGGED, "target_resource_id"),
    "azurerm_management_lock": Fold(LOCKABLE, "scope"),
    **{f"data.azurerm_{name}": Skip(_ASKED) for name in _READ.split()},
}
