"""AWS databases of the RDS family: RDS, Aurora, DocumentDB, Neptune.

Instances of an Aurora, DocumentDB or Neptune cluster are nodes of their own, but hold no data: what is asked of
data is None for them, and `part_of` names the cluster.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws.automatic import (
    automated,
    cluster_arn,
    cluster_type,
    clustered,
    instance_arn,
    replicated_backups,
    spread,
    stands_by,
)
from scanner.mapping.aws.keys import customer_key, key_join
from scanner.mapping.aws.objects import named_or_prefixed
from scanner.mapping.aws.parameters import CLUSTER_TLS, DOCDB_TLS, INSTANCE_TLS, NEPTUNE_TLS
from scanner.mapping.aws.protection import copies
from scanner.mapping.aws.restored import FROM_SOURCE, SOURCES, from_source, release
from scanner.mapping.aws.worldwide import IDENTITY, OF_PRIMARY, OF_SOURCE, cluster_names
from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    TRUE,
    UNLOCKED,
    elements,
    first_text,
    flag,
    named,
    number,
    paths,
    text,
    truth,
    written,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Edge, Fixed, Fold, Join, Row, Skip, Table
from scanner.model.logic import every, some
from scanner.model.value import Cause, Unknown, Value

MANAGED = Fixed("managed")
SUBNET_GROUPS = ("aws_db_subnet_group", "aws_docdb_subnet_group", "aws_neptune_subnet_group")
_SINCE = Unknown(
    "Aurora clusters made since 18 February 2026 are encrypted; when this one was made is not written",
    Cause.OUTSIDE_SCAN,
)


def _instance_encrypted(reader: Reader) -> Value:
    """Off unless it is asked for (RDS API, CreateDBInstance; the same for DocumentDB and Neptune); a restored one
    is as its source."""
    asked = reader.get("storage_encrypted")
    if asked is None and from_source(reader):
        return FROM_SOURCE
    return truth(asked) if asked is not None else False


def _cluster_encrypted(reader: Reader) -> Value:
    """Aurora encrypts what is made since February 2026 (Aurora User Guide, "Encrypting Amazon Aurora resources")
    and serverless clusters; other clusters only where it is asked for."""
    asked = reader.get("storage_encrypted")
    if asked is not None:
        return truth(asked)
    if from_source(reader):
        return FROM_SOURCE
    if reader.get("engine_mode") == "serverless":
        return True
    return _SINCE if str(reader.get("engine", "aurora")).startswith("aurora") else False


# Copies and places


def _backup_days(default: int) -> Extract:
    """Days that automatic backups are kept; `default` is the provider's. A restored one takes its source's; one
    that reads files, or joins a global cluster, does not (RDS API, RestoreDBClusterFromS3, CreateDBCluster)."""

    def extract(reader: Reader) -> Value:
        if reader.peek("backup_retention_period") is None and from_source(reader, SOURCES):
            return FROM_SOURCE
        return number("backup_retention_period", default)(reader)

    return extract


def _instance_backup_days(reader: Reader) -> Value:
    """A replica is judged by its source, which keeps the data and makes the backups; its own are off unless they
    are asked for (RDS User Guide, "Working with DB instance read replicas")."""
    if written("replicate_source_db")(reader):
        return None
    return _backup_days(0)(reader)


def _instance_protected(reader: Reader) -> Value:
    """A replica that is deleted loses nothing: its source keeps the data."""
    return None if written("replicate_source_db")(reader) else flag("deletion_protection")(reader)


def _final_snapshot(reader: Reader) -> Value:
    """Taken unless it is skipped (provider documentation: `skip_final_snapshot` is false). A replica has none: its
    source keeps the data."""
    if written("replicate_source_db")(reader):
        return None
    return not truth(reader.get("skip_final_snapshot", False))


def _admin_name(path: str) -> Extract:
    """The name of the first administrator; a restored database takes its source's, null where none is told."""
    return lambda reader: None if reader.peek(path) is None else reader.get(path)


def _members(type_: str) -> Extract:
    """Whether a second instance stands by. Storage of these clusters spans zones; compute needs two instances.
    None where the scan holds no instance: nothing runs, or they are made elsewhere."""

    def extract(reader: Reader) -> Value:
        if reader.peek("db_cluster_instance_class") is not None:  # a Multi-AZ DB cluster has two standbys
            return True
        count = sum(1 for _ in reader.folded(type_))
        return count > 1 if count else None

    return extract


def _members_upgraded(type_: str) -> Extract:
    """Whether each instance takes minor versions by itself, as instances do unless told otherwise."""
    return lambda reader: every(reader.folded(type_), flag("auto_minor_version_upgrade", absent=True))


def _subnets(reader: Reader) -> Iterator[Value]:
    for type_ in SUBNET_GROUPS:
        for group in reader.folded(type_):
            yield from elements(group.peek("subnet_ids"))


_PLACES = {
    "encrypted_with": key_join("kms_key_id"),
    "uses": Join("vpc_security_group_ids", ("security_group",)),
    "in_subnet": Join("db_subnet_group_name", ("subnet",), values=_subnets),
}

_INSTANCE = Row(
    "database",
    {
        "encrypted": _instance_encrypted,
        "customer_key": customer_key("kms_key_id"),
        "placement": MANAGED,
        "engine": text("engine"),
        "engine_release": release(""),
        "selectable": instance_arn,
        "own_copies": copies(automated("rds", _backup_days(0)), replicated_backups, stands_by),
        # Defaults below: provider documentation of aws_db_instance.
        "public_access": flag("publicly_accessible"),
        "tls_required": INSTANCE_TLS,
        "backup_days": _instance_backup_days,
        "deletion_protected": _instance_protected,
        "final_snapshot": _final_snapshot,
        "multi_zone": flag("multi_az"),
        "identity_login": flag("iam_database_authentication_enabled"),
        "logged": written("enabled_cloudwatch_logs_exports"),
        "upgraded": flag("auto_minor_version_upgrade", absent=True),
        "part_of": NONE,
        "statements": EMPTY,
        "admin_name": _admin_name("username"),
    },
    {**_PLACES, "copied_to": Join("replicate_source_db", ("database",), reverse=True)},
    identity=IDENTITY,
    name=named_or_prefixed("identifier", "identifier_prefix"),
)


def _cluster(
    encrypted: Extract,
    tls: Extract,
    member: str,
    engine: str,
    arn: Extract,
    logs: str = "enabled_cloudwatch_logs_exports",
) -> Row:
    return Row(
        "database",
        {
            "encrypted": encrypted,
            "customer_key": customer_key("kms_key_id"),
            "placement": MANAGED,
            "engine": text("engine", engine),
            "engine_release": release(engine),
            "selectable": arn,
            "own_copies": copies(clustered(engine, _backup_days(1)), replicated_backups, spread),
            "public_access": NONE,  # its instances have the addresses
            "tls_required": tls,
            "backup_days": _backup_days(1),
            "deletion_protected": flag("deletion_protection"),
            "final_snapshot": _final_snapshot,
            "multi_zone": _members(member),
            "identity_login": flag("iam_database_authentication_enabled"),
            "logged": written(logs),
            "upgraded": _members_upgraded(member),
            "part_of": NONE,
            "statements": EMPTY,
            "admin_name": _admin_name("master_username"),
        },
        {**_PLACES, "copied_to": (OF_SOURCE, OF_PRIMARY)},
        identity=cluster_names,
        name=named_or_prefixed("cluster_identifier", "cluster_identifier_prefix"),
    )


def _member(engine: str, public: Extract | Fixed) -> Row:
    """An instance of a cluster, which keeps the data."""
    return Row(
        "database",
        {
            "encrypted": NONE,
            "customer_key": NONE,
            "placement": MANAGED,
            "engine": text("engine", engine),
            "selectable": NONE,
            "own_copies": NONE,
            "public_access": public,
            "tls_required": NONE,
            "backup_days": NONE,
            "deletion_protected": NONE,
            "final_snapshot": NONE,
            "multi_zone": NONE,
            "identity_login": NONE,
            "logged": NONE,
            "upgraded": flag("auto_minor_version_upgrade", absent=True),
            "part_of": lambda reader: named(reader.peek("cluster_identifier")),
            "statements": EMPTY,
        },
        identity=("identifier", "id", "arn"),
        name=named_or_prefixed("identifier", "identifier_prefix"),
    )


_ELASTIC = Row(
    "database",
    {
        # Elastic clusters always encrypt, speak TLS only and have no public address (DocumentDB Developer Guide).
        "encrypted": TRUE,
        "customer_key": customer_key("kms_key_id"),
        "placement": MANAGED,
        "engine": Fixed("docdb"),
        "selectable": NONE,  # AWS Backup does not take elastic clusters
        "own_copies": copies(automated("docdb-elastic", _backup_days(1))),
        "public_access": FALSE,
        "tls_required": TRUE,
        "backup_days": number("backup_retention_period", 1),
        "deletion_protected": NONE,  # elastic clusters know no such thing
        "final_snapshot": NONE,
        "multi_zone": lambda reader: (number("shard_instance_count", 2)(reader) or 0) > 1,
        "identity_login": FALSE,
        "logged": FALSE,
        "upgraded": TRUE,
        "part_of": NONE,
        "statements": EMPTY,
    },
    {
        "encrypted_with": key_join("kms_key_id"),
        "uses": Join("vpc_security_group_ids", ("security_group",)),
        "in_subnet": Join("subnet_ids", ("subnet",)),
    },
)


_SNAPSHOT_NAMES = ("db_snapshot_identifier", "db_cluster_snapshot_identifier", "target_db_snapshot_identifier",
                   "target_db_cluster_snapshot_identifier")  # fmt: skip


def _snapshot_encrypted(reader: Reader) -> Value:
    asked = reader.get("storage_encrypted")
    if asked is not None:
        return truth(asked)
    if written("kms_key_id")(reader):
        return True
    return Unknown("a snapshot is encrypted as its database is", Cause.OUTSIDE_SCAN)


def _shared_with_all(reader: Reader) -> Value:
    return some(reader.items("shared_accounts"), lambda account: account == "all")


def _snapshot(source: str) -> Row:
    return Row(
        "snapshot",
        {"encrypted": _snapshot_encrypted, "public_access": _shared_with_all, **UNLOCKED},
        {"snapshot_of": Join(source, ("database", "snapshot")), "encrypted_with": key_join("kms_key_id")},
        identity=(*_SNAPSHOT_NAMES, "id", "arn"),
        name=first_text(*_SNAPSHOT_NAMES),
    )


_RDS = "aws_rds_cluster"
_RDS_MEMBER = "aws_rds_cluster_instance"
_NETWORKED = ("aws_db_instance", _RDS, "aws_docdb_cluster")
_BESIDE = Skip("has no data and decides nothing that rules ask")


def _of(cluster: str) -> Fold:
    return Fold((cluster,), "cluster_identifier")


TABLE: Table = {
    "aws_db_instance": _INSTANCE,
    _RDS: _cluster(_cluster_encrypted, CLUSTER_TLS, _RDS_MEMBER, "aurora", cluster_type),
    _RDS_MEMBER: (_member("aurora", flag("publicly_accessible")), _of(_RDS)),
    "aws_docdb_cluster": _cluster(
        _instance_encrypted, DOCDB_TLS, "aws_docdb_cluster_instance", "docdb", cluster_arn("DocumentDB")
    ),
    # DocumentDB has no public addresses (DocumentDB Developer Guide, "Connecting from outside a VPC").
    "aws_docdb_cluster_instance": (_member("docdb", FALSE), _of("aws_docdb_cluster")),
    "aws_docdbelastic_cluster": _ELASTIC,
    "aws_docdbelastic_cluster_snapshot": _snapshot("cluster_arn"),  # of live accounts alone
    "aws_neptune_cluster": _cluster(
        _instance_encrypted,
        NEPTUNE_TLS,
        "aws_neptune_cluster_instance",
        "neptune",
        cluster_arn("Neptune"),
        "enable_cloudwatch_logs_exports",
    ),
    "aws_neptune_cluster_instance": (
        _member("neptune", flag("publicly_accessible")),
        _of("aws_neptune_cluster"),
    ),
    "aws_db_snapshot": _snapshot("db_instance_identifier"),
    "aws_db_snapshot_copy": _snapshot("source_db_snapshot_identifier"),
    "aws_db_cluster_snapshot": _snapshot("db_cluster_identifier"),
    "aws_rds_cluster_snapshot_copy": _snapshot("source_db_cluster_snapshot_identifier"),
    "aws_docdb_cluster_snapshot": _snapshot("db_cluster_identifier"),
    "aws_neptune_cluster_snapshot": _snapshot("db_cluster_identifier"),
    "aws_db_parameter_group": Fold(("aws_db_instance",), "parameter_group_name", named=True),
    "aws_rds_cluster_parameter_group": Fold((_RDS,), "db_cluster_parameter_group_name", named=True),
    "aws_docdb_cluster_parameter_group": Fold(
        ("aws_docdb_cluster",), "db_cluster_parameter_group_name", named=True
    ),
    "aws_neptune_cluster_parameter_group": Fold(
        ("aws_neptune_cluster",), "neptune_cluster_parameter_group_name", named=True
    ),
    "aws_neptune_parameter_group": _BESIDE,
    "aws_db_option_group": Fold(("aws_db_instance",), "option_group_name", named=True),
    "aws_db_subnet_group": Fold(_NETWORKED, "db_subnet_group_name", named=True),
    "aws_docdb_subnet_group": Fold(("aws_docdb_cluster",), "db_subnet_group_name", named=True),
    "aws_neptune_subnet_group": Fold(("aws_neptune_cluster",), "neptune_subnet_group_name", named=True),
    "aws_rds_global_cluster": Fold((_RDS,), "global_cluster_identifier", named=True),
    "aws_docdb_global_cluster": Fold(("aws_docdb_cluster",), "global_cluster_identifier", named=True),
    "aws_neptune_global_cluster": Fold(("aws_neptune_cluster",), "global_cluster_identifier", named=True),
    "aws_rds_cluster_endpoint": _of(_RDS),
    "aws_neptune_cluster_endpoint": _of("aws_neptune_cluster"),
    "aws_rds_cluster_role_association": Fold((_RDS,), "db_cluster_identifier"),
    "aws_rds_cluster_activity_stream": Fold((_RDS,), "resource_arn"),
    "aws_rds_instance_state": Fold(("aws_db_instance",), "identifier"),
    "aws_db_instance_role_association": Fold(("aws_db_instance",), "db_instance_identifier"),
    "aws_db_instance_automated_backups_replication": Fold(("aws_db_instance",), "source_db_instance_arn"),
    "aws_rds_cluster_automated_backups_replication": Fold((_RDS,), "source_db_cluster_arn"),
    "aws_db_proxy": Row(
        "endpoint",
        {"service": Fixed("rds-proxy"), "statements": EMPTY},
        {
            "in_subnet": Join("vpc_subnet_ids", ("subnet",)),
            "uses": Join("vpc_security_group_ids", ("security_group",)),
        },
        identity=("id", "arn", "name"),
    ),
    "aws_db_proxy_default_target_group": Skip("how a proxy keeps connections"),
    "aws_db_proxy_target": Edge(
        "forwards_to",
        Join("db_proxy_name", ("endpoint",)),
        Join("", ("database",), values=paths("db_instance_identifier", "db_cluster_identifier")),
    ),
    "aws_db_proxy_endpoint": Skip("a pool of connections to a database"),
    "aws_db_event_subscription": _BESIDE,
    "aws_docdb_event_subscription": _BESIDE,
    "aws_neptune_event_subscription": _BESIDE,
    "aws_db_security_group": Skip("a filter of EC2-Classic, which AWS closed in 2022"),
    "aws_rds_certificate": _BESIDE,
    "aws_rds_custom_db_engine_version": _BESIDE,
    "aws_rds_export_task": _BESIDE,
    "aws_rds_integration": _BESIDE,
    "aws_rds_reserved_instance": _BESIDE,
    "aws_rds_shard_group": _BESIDE,
    "data.aws_db_instance": Skip("a database kept outside the configuration"),
    "data.aws_db_snapshot": Skip("a snapshot kept outside the configuration"),
    "data.aws_db_cluster_snapshot": Skip("a snapshot kept outside the configuration"),
    "data.aws_db_subnet_group": Skip("a group kept outside the configuration"),
    "data.aws_rds_cluster": Skip("a database kept outside the configuration"),
    "data.aws_rds_engine_version": Skip("a lookup"),
    "data.aws_rds_certificate": Skip("a lookup"),
    "data.aws_rds_orderable_db_instance": Skip("a lookup"),
}
