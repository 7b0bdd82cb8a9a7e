"""Azure databases: SQL, PostgreSQL, MySQL, MariaDB, Cosmos DB. A password that stands in the text is a part."""

from __future__ import annotations

from scanner.mapping.azure.doors import shared_key, tls
from scanner.mapping.azure.stores import diagnosed, locked, store
from scanner.mapping.extract import EMPTY, FALSE, NONE, TRUE, equals, flag, strings, truth, whole, written
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Fold, Given, Join, Joins, Row, Skip, Table
from scanner.mapping.versions import engine_release
from scanner.model.value import Value
from scanner.rule import some

_ENGINES = ("postgresql", "mysql", "mariadb")
_SQL = ("azurerm_mssql_server", "azurerm_sql_server")


def _opened(*types: str) -> Extract:
    """Whether a server with public network access has a firewall rule that lets everyone in. Without a rule these
    servers refuse every address (Azure SQL, PostgreSQL and MySQL documentation: server-level firewall rules)."""

    def extract(reader: Reader) -> Value:
        if not truth(reader.get("public_network_access_enabled", True)):
            return False
        return some((fold for type_ in types for fold in reader.folded(type_)), _lets_everyone_in)

    return extract


def _lets_everyone_in(rule: Reader) -> bool:
    """A range from the first address to the last, or 0.0.0.0 alone, which stands for all of Azure's customers."""
    first, last = str(rule.get("start_ip_address")), str(rule.get("end_ip_address"))
    return first.startswith("0.0.0.0") and last in ("0.0.0.0", "255.255.255.255")  # noqa: S104 - compared, not bound


def _database(engine: str, keys: tuple[str, ...], given: Given, relations: Joins | None = None) -> Row:
    silent: Given = {
        "engine": Fixed(engine),
        "public_access": flag("public_network_access_enabled", absent=True),
        "tls_required": TRUE,
        "backup_days": NONE,
        "deletion_protected": locked,
        "final_snapshot": NONE,
        "multi_zone": FALSE,
        "identity_login": FALSE,
        "logged": diagnosed,
        "upgraded": TRUE,  # Azure applies minor versions
        "part_of": NONE,
        "statements": EMPTY,
    }
    return store("database", keys, {**silent, **given}, relations)


def _audited(*types: str) -> Extract:
    """Whether an auditing policy is set, inside or beside the server, or a diagnostic setting."""

    def extract(reader: Reader) -> Value:
        if any(reader.fold(type_) is not None for type_ in types):
            return True
        return reader.block("extended_auditing_policy") is not None or diagnosed(reader)

    return extract


def _sql_key(reader: Reader) -> Value:
    for fold in reader.folded("azurerm_mssql_server_transparent_data_encryption"):
        if written("key_vault_key_id")(fold):
            return True
    return written("transparent_data_encryption_key_vault_key_id")(reader)


def _directory_login(reader: Reader) -> Value:
    if reader.fold("azurerm_sql_active_directory_administrator") is not None:
        return True
    return reader.block("azuread_administrator") is not None


def _configured(type_: str, *names: str, on: bool) -> Extract:
    """What a server parameter says; `on` where no resource sets it."""

    def extract(reader: Reader) -> Value:
        for fold in reader.folded(type_):
            if str(fold.get("name")) in names:
                return str(fold.get("value")).lower() not in ("off", "none", "0", "false")
        return on

    return extract


def _log_parameter(type_: str) -> Extract:
    """Audit logs by a server parameter, or a diagnostic setting."""
    asked = _configured(type_, "pgaudit.log", "audit_log_enabled", on=False)
    return lambda reader: asked(reader) or diagnosed(reader)


def _single(engine: str, parameters: str) -> Row:
    """A single server (the older generation)."""
    return _database(
        engine,
        (),
        {
            "public_access": _opened(parameters.replace("_configuration", "_firewall_rule")),
            "tls_required": flag("ssl_enforcement_enabled"),
            "engine_release": engine_release(f"{engine}-single", "version"),
            "tls_policy": tls("ssl_minimal_tls_version_enforced", "TLS1_2"),
            "backup_days": lambda reader: whole(reader.get("backup_retention_days", 7)),
            "customer_key": FALSE,
            "multi_zone": NONE,  # single servers have no such switch
            "logged": _log_parameter(parameters),
        },
    )


def _flexible_public(rules: str) -> Extract:
    """A server inside a subnet has no public address; others open by firewall rules."""

    def extract(reader: Reader) -> Value:
        return False if written("delegated_subnet_id")(reader) else _opened(rules)(reader)

    return extract


def _flexible(engine: str, parameters: str, given: Given) -> Row:
    return _database(
        engine,
        ("customer_managed_key.key_vault_key_id",),
        {
            "public_access": _flexible_public(f"{parameters.removesuffix('_configuration')}_firewall_rule"),
            "tls_required": _configured(parameters, "require_secure_transport", on=True),
            "backup_days": lambda reader: whole(reader.get("backup_retention_days", 7)),
            "multi_zone": equals("high_availability.mode", "ZoneRedundant"),
            "logged": _log_parameter(parameters),
            "engine_release": engine_release(engine, "version"),
            **given,
        },
        {"in_subnet": Join("delegated_subnet_id", ("subnet",))},
    )


def _cosmos_public(reader: Reader) -> Value:
    """Reachable from everywhere, unless switched off or limited to ranges or networks."""
    if not truth(reader.get("public_network_access_enabled", True)):
        return False
    if truth(reader.get("is_virtual_network_filter_enabled", False)):
        return False
    return not written("ip_range_filter")(reader)


def _cosmos_key(reader: Reader) -> Value:
    """Keys can be switched off for the SQL API only (provider documentation)."""
    if str(reader.again().get("kind", "GlobalDocumentDB")) != "GlobalDocumentDB":  # not what is to be shown
        return None
    return shared_key("!local_authentication_disabled", absent=False)(reader)


def _cosmos_zones(reader: Reader) -> Value:
    return any(truth(block.get("zone_redundant", False)) for block in reader.blocks("geo_location"))


_SERVER = _database(
    "sqlserver",
    (),
    {
        "customer_key": _sql_key,
        "public_access": _opened("azurerm_mssql_firewall_rule", "azurerm_sql_firewall_rule"),
        "deletion_protected": NONE,  # its databases hold the data
        "multi_zone": NONE,  # its databases say so
        "identity_login": _directory_login,
        "tls_policy": tls("minimum_tls_version", "1.2"),
        "logged": _audited("azurerm_mssql_server_extended_auditing_policy"),
    },
    {"encrypted_with": Join("transparent_data_encryption_key_vault_key_id", ("key",))},
)

_DATABASE = _database(
    "sqlserver",
    (),
    {
        "public_access": NONE,  # its server has the address
        "backup_days": lambda reader: whole(reader.get("short_term_retention_policy.retention_days", 7)),
        "multi_zone": flag("zone_redundant"),
        "identity_login": NONE,
        "logged": _audited("azurerm_mssql_database_extended_auditing_policy"),
        "part_of": lambda reader: reader.peek("server_id") or reader.peek("server_name"),
    },
)

TABLE: Table = {
    "azurerm_mssql_server": _SERVER,
    "azurerm_sql_server": _SERVER,
    "azurerm_mssql_database": _DATABASE,
    "azurerm_sql_database": _DATABASE,
    "azurerm_mssql_server_security_alert_policy": Row(
        "detector",
        {"active": equals("state", "Enabled"), "features_off": strings("disabled_alerts")},
        name="server_name",
    ),
    "azurerm_mssql_server_vulnerability_assessment": Skip("looks for weaknesses of a server"),
    "azurerm_mssql_elasticpool": Skip("what databases share"),
    "azurerm_mssql_managed_instance": _database(
        "sqlserver",
        (),
        {"public_access": flag("public_data_endpoint_enabled"), "multi_zone": flag("zone_redundant_enabled")},
        {"in_subnet": Join("subnet_id", ("subnet",))},
    ),
    **{
        f"azurerm_{name}": Fold(_SQL, path)
        for name, path in {
            "mssql_server_extended_auditing_policy": "server_id",
            "mssql_server_transparent_data_encryption": "server_id",
            "mssql_firewall_rule": "server_id",
            "mssql_virtual_network_rule": "server_id",
            "mssql_outbound_firewall_rule": "server_id",
            "sql_firewall_rule": "server_name",
            "sql_virtual_network_rule": "server_name",
            "sql_active_directory_administrator": "server_name",
        }.items()
    },
    "azurerm_mssql_database_extended_auditing_policy": Fold(("azurerm_mssql_database",), "database_id"),
    **{
        f"azurerm_{engine}_server": _single(engine, f"azurerm_{engine}_configuration")
        for engine in _ENGINES
    },
    **{
        f"azurerm_{engine}_{name}": Fold((f"azurerm_{engine}_server",), "server_name")
        for engine in _ENGINES
        for name in ("configuration", "firewall_rule", "virtual_network_rule", "active_directory_administrator")
    },
    **{f"azurerm_{engine}_database": Skip("one database of a server") for engine in _ENGINES},
    "azurerm_postgresql_flexible_server": _flexible(
        "postgresql",
        "azurerm_postgresql_flexible_server_configuration",
        {"identity_login": flag("authentication.active_directory_auth_enabled")},
    ),
    "azurerm_mysql_flexible_server": _flexible(
        "mysql",
        "azurerm_mysql_flexible_server_configuration",
        {
            "identity_login": lambda reader: (
                reader.fold("azurerm_mysql_flexible_server_active_directory_administrator") is not None
            )
        },
    ),
    **{
        f"azurerm_postgresql_flexible_server_{name}": Fold(("azurerm_postgresql_flexible_server",), "server_id")
        for name in ("configuration", "firewall_rule")
    },
    **{
        f"azurerm_mysql_flexible_server_{name}": Fold(("azurerm_mysql_flexible_server",), path)
        for name, path in {
            "configuration": "server_name",
            "firewall_rule": "server_name",
            "active_directory_administrator": "server_id",
        }.items()
    },
    "azurerm_postgresql_flexible_server_active_directory_administrator": Skip("a login of a server"),
    "azurerm_postgresql_flexible_server_database": Skip("one database of a server"),
    "azurerm_mysql_flexible_database": Skip("one database of a server"),
    "azurerm_cosmosdb_account": _database(
        "cosmosdb",
        ("key_vault_key_id",),
        {
            "public_access": _cosmos_public,
            "multi_zone": _cosmos_zones,
            "identity_login": TRUE,
            "shared_key": _cosmos_key,
            "tls_policy": tls("minimal_tls_version", "Tls12"),
        },
    ),
    **{
        f"azurerm_cosmosdb_{name}": Skip("one database or container of an account")
        for name in ("sql_database", "sql_container", "mongo_database", "mongo_collection", "table",
                     "gremlin_database", "gremlin_graph", "cassandra_keyspace", "cassandra_table")
    },
    **{
        f"data.azurerm_{name}": Skip("asks the subscription for something that exists")
        for name in ("mssql_server", "mssql_database", "sql_server", "postgresql_server", "mysql_server",
                     "postgresql_flexible_server", "mysql_flexible_server", "cosmosdb_account")
    },
}  # fmt: skip
