"""Google stores: buckets, disks, databases, BigQuery, caches.

Google encrypts everything at rest; what can be chosen is whose key.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    TRUE,
    UNLOCKED,
    each,
    elements,
    equals,
    flag,
    gathered,
    has_block,
    outside,
    text,
    truth,
    whole,
    written,
)
from scanner.mapping.google.grants import ANYONE, folds, grants, public_grants
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Fold, Given, Join, Joins, Row, Skip, Table
from scanner.model.logic import either
from scanner.model.value import Cause, Undetermined, Unknown, Value
from scanner.rule import some

_IDENTITY = ("id", "self_link", "name")


def store(kind: str, key: str, given: Given, relations: Joins | None = None, name: str = "name") -> Row:
    """A store that Google runs; `key` is the path that names a key of the customer's own (empty: cannot)."""
    kept: Given = {
        "encrypted": TRUE,
        "customer_key": written(key) if key else FALSE,
        "placement": Fixed("managed"),
    }
    joins: Joins = {"encrypted_with": Join(key, ("key",))} if key else {}
    return Row(
        kind,
        {**kept, **given},
        {**joins, **(relations or {})},
        identity=(*_IDENTITY, name),
        name=name,
        tags="labels",
    )


# buckets


def _bucket_public(reader: Reader) -> Value:
    """Grants and access lists for everyone, unless public access prevention is enforced."""
    if str(reader.get("public_access_prevention", "inherited")) == "enforced":
        return False
    grants = public_grants("google_storage_bucket")
    return either(lambda: grants(reader), lambda: _acl_public(reader))


def _acl_public(reader: Reader) -> bool:
    return some(_acl_entries(reader), lambda entry: any(one in str(_known(entry)) for one in ANYONE))


def _known(value: Value) -> Value:
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return value


def _acl_entries(reader: Reader) -> Iterator[Value]:
    """Entities of access lists; the predefined lists for everyone begin with `public`."""
    for type_ in ("google_storage_bucket_acl", "google_storage_default_object_acl", "google_storage_object_acl"):
        for fold in reader.folded(type_):
            yield from elements(fold.peek("role_entity"))
            for path in ("predefined_acl", "default_acl"):
                named = fold.peek(path)
                open_list = not isinstance(named, Unknown) and str(named).lower().startswith("public")
                yield "allUsers" if open_list else named if isinstance(named, Unknown) else ""
    for type_ in ("google_storage_bucket_access_control", "google_storage_default_object_access_control"):
        for fold in reader.folded(type_):
            yield from elements(fold.peek("entity"))


def _public_blocked(reader: Reader) -> Value:
    """Enforced by the bucket itself; otherwise a policy of the organization, which it inherits, decides."""
    if reader.get("public_access_prevention", "inherited") == "enforced":
        return True
    return Unknown("a policy of the organization may enforce it", Cause.OUTSIDE_SCAN)


def _soft_delete_days(reader: Reader) -> Value:
    """How long a bucket keeps what was deleted or overwritten: seven days, where it says nothing (Cloud Storage
    documentation, "Soft delete": on by default, 604800 seconds)."""
    said = reader.get("soft_delete_policy.retention_duration_seconds", 604800)
    return int(str(said)) / 86400


_BUCKET = store(
    "object_store",
    "encryption.default_kms_key_name",
    {
        "public_access": _bucket_public,
        "public_blocked": _public_blocked,
        "public_restricted": NONE,
        "grants": EMPTY,
        "versioned": flag("versioning.enabled"),
        "soft_delete_days": _soft_delete_days,
        "delete_protected": flag("retention_policy.is_locked"),
        "locked": has_block("retention_policy"),
        "access_logged": has_block("logging"),
        "tls_required": NONE,  # the service takes requests with credentials over TLS only
        "lifecycle": has_block("lifecycle_rule"),
        "website": has_block("website"),
        "lists_in_force": lambda reader: not truth(reader.get("uniform_bucket_level_access", False)),
        "statements": grants("google_storage_bucket"),
    },
    {"logs_to": Join("logging.log_bucket", ("object_store",))},
)

_BUCKETS: Table = {
    "google_storage_bucket": _BUCKET,
    **folds(("google_storage_bucket", "bucket")),
    **{
        f"google_storage_{name}": Fold(("google_storage_bucket",), "bucket")
        for name in ("bucket_acl", "default_object_acl", "bucket_access_control", "default_object_access_control")
    },
    "google_storage_bucket_object": Row(
        "object", {"public_access": _acl_public}, identity=("id", "self_link", "output_name")
    ),
    "google_storage_object_acl": Fold(("google_storage_bucket_object",), "object"),
    "google_storage_notification": Skip("tells a topic of new objects"),
    "google_storage_hmac_key": Row(
        "access_key",
        {"active": equals("state", "ACTIVE", default="ACTIVE"), "root": FALSE},
        {"grants_to": Join("service_account_email", ("role",))},
        name="service_account_email",
    ),
    "google_compute_disk": store("volume", "disk_encryption_key.kms_key_self_link", {}),
    "google_compute_region_disk": store("volume", "disk_encryption_key.kms_key_name", {}),
    "google_compute_snapshot": Row(
        "snapshot",
        {"encrypted": TRUE, "public_access": FALSE, **UNLOCKED},
        {"snapshot_of": Join("source_disk", ("volume",))},
        identity=_IDENTITY,
        tags="labels",
    ),
    "google_compute_image": Row(
        "snapshot",
        {"encrypted": TRUE, "public_access": public_grants("google_compute_image"), **UNLOCKED},
        {"snapshot_of": Join("source_disk", ("volume",))},
        identity=_IDENTITY,
        tags="labels",
    ),
    **folds(("google_compute_image", "image")),
    "google_compute_resource_policy": Skip("when snapshots are taken, in force where a disk is tied to it"),
    "google_compute_disk_resource_policy_attachment": Skip("ties a schedule to a disk"),
    "google_filestore_instance": store(
        "file_system",
        "kms_key_name",
        {"backed_up": FALSE},  # backups are made one by one
    ),
}


# databases

_CLONED = Unknown("a clone takes the settings of the instance that it is made of", Cause.OUTSIDE_SCAN)


def _sql_set(extract: Extract) -> Extract:
    """A setting of an instance; one that is cloned needs none (provider documentation: `settings` is required
    unless `clone` is set)."""
    return lambda reader: (
        extract(reader) if reader.block("settings") is not None or reader.block("clone") is None else _CLONED
    )


def _sql_public(reader: Reader) -> Value:
    """A public address, which Cloud SQL gives unless ipv4_enabled is false."""
    return truth(reader.get("settings.ip_configuration.ipv4_enabled", True))


def _sql_networks(reader: Reader) -> Value:
    """Who may connect to the public address without Cloud SQL's own proxy: nobody where none is listed (Cloud SQL,
    "Authorize with authorized networks")."""
    return gathered(each("settings.ip_configuration.authorized_networks", "value")(reader))


def _sql_tls(reader: Reader) -> Value:
    mode = reader.get("settings.ip_configuration.ssl_mode")
    if mode is not None:
        return str(mode) in ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")
    return truth(reader.get("settings.ip_configuration.require_ssl", False))


def _sql_backups(reader: Reader) -> Value:
    """Daily backups are off unless enabled; seven are kept by default. Those of a replica are its primary's (Cloud
    SQL documentation, "About replication": automated backups cannot be configured on read replicas)."""
    if written("master_instance_name")(reader):
        return None
    asked = reader.get("settings.backup_configuration.enabled")
    if asked is None and str(reader.again().get("settings.edition", "")) == "ENTERPRISE_PLUS":
        return 14  # point-in-time recovery and its logs are on however it is made ("About point-in-time recovery")
    if not truth(asked or False):
        return 0
    return whole(reader.get("settings.backup_configuration.backup_retention_settings.retained_backups", 7))


def _sql_protected(reader: Reader) -> Value:
    if truth(reader.get("settings.deletion_protection_enabled", False)):
        return True
    return truth(reader.get("deletion_protection", True))


def _sql_flag(*names: str) -> Extract:
    """Whether a database flag of one of these names is set to something other than off."""

    def extract(reader: Reader) -> Value:
        for block in reader.again().blocks("settings.database_flags"):  # other flags are not what is shown
            if str(block.get("name")) in names:
                reader.peek(f"{block.prefix}.value")
                return str(block.get("value")).lower() not in ("off", "none", "0", "false")
        reader.peek("settings")
        return False

    return extract


def _database(key: str, engine: str, given: Given, relations: Joins | None = None, name: str = "name") -> Row:
    """A database reached through Google's API, which has no address, asks for TLS and for an identity."""
    silent: Given = {
        "engine": Fixed(engine),
        "public_access": FALSE,
        "tls_required": TRUE,
        "backup_days": NONE,
        "deletion_protected": flag("deletion_protection", absent=True),
        "final_snapshot": NONE,
        "multi_zone": TRUE,
        "identity_login": TRUE,
        "logged": outside("the project's audit configuration decides whether reads and writes are logged"),
        "upgraded": TRUE,
        "part_of": NONE,
        "statements": EMPTY,
    }
    return store("database", key, {**silent, **given}, relations, name)


def _sql_release(reader: Reader) -> Value:
    """`POSTGRES_15`, `MYSQL_5_7`, `SQLSERVER_2019_STANDARD`: the product, then the parts of its version."""
    product, *parts = str(reader.get("database_version")).lower().split("_")
    return f"{product} {'.'.join(part for part in parts if part.isdigit())}"


_SQL = _database(
    "encryption_key_name",
    "",
    {
        "engine": text("database_version"),
        "engine_release": _sql_release,
        "public_access": _sql_set(_sql_public),
        "networks_let_in": _sql_set(_sql_networks),
        "tls_required": _sql_set(_sql_tls),
        "backup_days": _sql_set(_sql_backups),
        "deletion_protected": _sql_protected,
        "multi_zone": _sql_set(equals("settings.availability_type", "REGIONAL", default="ZONAL")),
        "identity_login": _sql_set(_sql_flag("cloudsql.iam_authentication", "cloudsql_iam_authentication")),
        "logged": _sql_set(
            _sql_flag("cloudsql.enable_pgaudit", "cloudsql_mysql_audit", "general_log", "log_statement")
        ),
        "part_of": text("master_instance_name"),
    },
    {
        "in_network": Join("settings.ip_configuration.private_network", ("network",)),
        "copied_to": Join("master_instance_name", ("database",), reverse=True),
    },
)


def _dataset_public(reader: Reader) -> Value:
    """Access entries for everyone, or for whoever is signed in to any Google account."""
    return some(_dataset_entries(reader), lambda entry: str(_known(entry)) in ANYONE)


def _dataset_entries(reader: Reader) -> Iterator[Value]:
    for path in ("special_group", "iam_member"):
        for block in reader.blocks("access"):
            yield from elements(block.peek(path))
    for fold in reader.folded("google_bigquery_dataset_access"):
        yield from elements(fold.peek("special_group"))
    yield public_grants("google_bigquery_dataset")(reader) and ANYONE[0]


def _table(key: str, given: Given, name: str) -> Row:
    silent: Given = {"recoverable": TRUE, "deletion_protected": FALSE, "public_access": FALSE}
    return store("table", key, {**silent, **given}, name=name)


_DATABASES: Table = {
    "google_sql_database_instance": _SQL,
    "google_sql_database": Skip("one database of an instance"),
    "google_sql_user": Skip("a login of a database instance"),
    "google_sql_ssl_cert": Skip("a certificate for a client of a database instance"),
    "google_spanner_instance": _database("", "spanner", {"deletion_protected": NONE}),
    "google_spanner_database": _database(
        "encryption_config.kms_key_name", "spanner", {"part_of": text("instance")}
    ),
    "google_bigtable_instance": _database("cluster.kms_key_name", "bigtable", {}),
    "google_bigtable_table": Skip("one table of an instance"),
    "google_alloydb_cluster": _database("encryption_config.kms_key_name", "alloydb", {}, name="cluster_id"),
    "google_alloydb_instance": _database(
        "", "alloydb", {"deletion_protected": NONE, "part_of": text("cluster")}, name="instance_id"
    ),
    "google_firestore_database": _database(
        "cmek_config.kms_key_name",
        "firestore",
        {
            "deletion_protected": equals(
                "delete_protection_state", "DELETE_PROTECTION_ENABLED", default="DELETE_PROTECTION_DISABLED"
            )
        },
    ),
    "google_bigquery_dataset": _table(
        "default_encryption_configuration.kms_key_name",
        {"public_access": _dataset_public, "deletion_protected": NONE},
        "dataset_id",
    ),
    "google_bigquery_dataset_access": Fold(("google_bigquery_dataset",), "dataset_id"),
    **folds(("google_bigquery_dataset", "dataset_id"), ("google_bigquery_table", "table_id")),
    "google_bigquery_table": _table(
        "encryption_configuration.kms_key_name",
        {
            "deletion_protected": flag("deletion_protection", absent=True),
            "public_access": public_grants("google_bigquery_table"),
        },
        "table_id",
    ),
    "google_redis_instance": store(
        "cache",
        "customer_managed_key",
        {
            "tls_required": equals("transit_encryption_mode", "SERVER_AUTHENTICATION", default="DISABLED"),
            "authenticated": flag("auth_enabled"),
            # a point-in-time snapshot replaces the one before it: there are no days to count
            "backup_days": lambda reader: (
                None if str(reader.get("persistence_config.persistence_mode", "")) == "RDB" else 0
            ),
        },
        {"in_network": Join("authorized_network", ("network",))},
    ),
    "google_memcache_instance": store(
        "cache",
        "",
        {"tls_required": FALSE, "authenticated": FALSE, "backup_days": Fixed(0)},
        {"in_network": Join("authorized_network", ("network",))},
    ),
}


_ASKED = "asks the project for something that exists"
_READ = (
    "storage_bucket storage_bucket_object storage_object_signed_url sql_database_instance"
    " bigquery_default_service_account redis_instance"
)
TABLE: Table = {**_BUCKETS, **_DATABASES, **{f"data.google_{name}": Skip(_ASKED) for name in _READ.split()}}
