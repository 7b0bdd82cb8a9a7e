"""AWS tables and caches: DynamoDB, Keyspaces, Timestream, ElastiCache, MemoryDB, DAX."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws.keys import customer_key, key_join, own_key
from scanner.mapping.aws.objects import named_or_prefixed
from scanner.mapping.aws.protection import (
    DAILY,
    MINUTES,
    copies,
    elsewhere,
    point,
    read,
    replica,
    selectable,
)
from scanner.mapping.aws.protection import text as pattern_text
from scanner.mapping.aws.volumes import MANAGED
from scanner.mapping.defaults import written_or_default
from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    TRUE,
    UNLOCKED,
    elements,
    equals,
    flag,
    number,
    told,
    truth,
    written,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Fold, Join, Row, Skip, Table
from scanner.mapping.versions import engine_release
from scanner.model.logic import both, some
from scanner.model.value import Cause, Unknown, Value

_SUBNET_GROUPS = ("aws_elasticache_subnet_group", "aws_memorydb_subnet_group", "aws_dax_subnet_group")


def _table_key(reader: Reader) -> Value:
    """Without a key, server_side_encryption means the key that AWS manages for DynamoDB."""
    return both(
        lambda: truth(reader.get("server_side_encryption.enabled", False)),
        lambda: own_key(reader.peek("server_side_encryption.kms_key_arn")),
    )


def _keyspaces_key(reader: Reader) -> Value:
    return reader.get("encryption_specification.type") == "CUSTOMER_MANAGED_KMS_KEY"


def _timestream_key(reader: Reader) -> Value:
    return some(reader.folded("aws_timestreamwrite_database"), customer_key("kms_key_id"))


def _rests_encrypted(reader: Reader) -> Value:
    """Off for Redis and on for Valkey unless told otherwise (provider documentation of
    aws_elasticache_replication_group)."""
    asked = reader.get("at_rest_encryption_enabled")
    return truth(asked) if asked is not None else reader.get("engine", "redis") == "valkey"


def _member_encrypted(reader: Reader) -> Value:
    """Only replication groups and serverless caches encrypt at rest. A Memcached node keeps nothing: no snapshots,
    no files (ElastiCache User Guide, "Comparing node-based Valkey, Memcached, and Redis OSS clusters")."""
    return None if reader.get("engine") == "memcached" else False


def _tls_only(reader: Reader) -> Value:
    """Encryption in transit is off unless it is asked for; the mode "preferred" lets plain connections in."""
    return both(
        lambda: truth(reader.get("transit_encryption_enabled", False)),
        lambda: reader.get("transit_encryption_mode", "required") == "required",
    )


def _alone(extract: Extract) -> Extract:
    """The answer of a cluster that stands alone; None for a member of a replication group, which decides."""
    return lambda reader: None if written("replication_group_id")(reader) else extract(reader)


def _kept(reader: Reader) -> Value:
    """Snapshots are of Redis and Valkey only, and off unless a number of days is given."""
    return None if reader.get("engine") == "memcached" else number("snapshot_retention_limit", 0)(reader)


def _takes_over(reader: Reader) -> Value:
    """Automatic failover; groups with more than one shard always have it (ElastiCache User Guide)."""
    shards = number("num_node_groups", 1)(reader)
    if isinstance(shards, int) and shards > 1:
        return True
    given = written_or_default("aws_elasticache_replication_group", "automatic_failover_enabled")
    return told("automatic_failover_enabled", lambda each: truth(given(each)))(reader)


def _cache_upgraded(type_: str) -> Extract:
    given = written_or_default(type_, "auto_minor_version_upgrade")
    return told("auto_minor_version_upgrade", lambda reader: truth(given(reader)))


def _subnets(reader: Reader) -> Iterator[Value]:
    for type_ in _SUBNET_GROUPS:
        for group in reader.folded(type_):
            yield from elements(group.peek("subnet_ids"))


def _cache_snapshot_encrypted(reader: Reader) -> Value:
    """As its cache is, which the answer does not tell; those of serverless caches always are."""
    if written("kms_key_id")(reader) or truth(reader.get("serverless", False)):
        return True
    return Unknown("a snapshot is encrypted as its cache is", Cause.OUTSIDE_SCAN)


# Copies


def _timestream_arn(reader: Reader) -> Value:
    database = selectable("Timestream", "timestream", "database/", "database_name")(reader)
    if reader.peek("arn") is not None:
        return database
    return {**database, "arn": f"{database['arn']}/table/{pattern_text(reader.peek('table_name'))}"}


def _any_point(reader: Reader) -> Iterator[Value]:
    """Point-in-time recovery keeps 35 days unless it says otherwise (DynamoDB Developer Guide)."""
    if truth(reader.get("point_in_time_recovery.enabled", False)):
        days = number("point_in_time_recovery.recovery_period_in_days", 35)(reader)
        yield point("dynamodb", MINUTES, days, at="recoverable", note="point-in-time recovery")


def _replicas(reader: Reader) -> Iterator[Value]:
    """Replicas of a global table follow every change; those with point-in-time recovery keep a history."""
    for block in reader.blocks("replica"):
        yield from _of_replica(block.peek("region_name"), read(flag("point_in_time_recovery"), block))
    for fold in reader.folded("aws_dynamodb_table_replica"):
        yield from _of_replica(fold.resource.scope.region, read(flag("point_in_time_recovery"), fold))


def _of_replica(region: Value, recoverable: Value) -> Iterator[Value]:
    yield replica("dynamodb", "live-service", region=region, note="a replica of the global table")
    if isinstance(recoverable, Unknown):
        yield recoverable
    elif recoverable:
        yield point("dynamodb", MINUTES, 35, region=region, note="point-in-time recovery of a replica")


def _keyspaces_point(reader: Reader) -> Iterator[Value]:
    if reader.get("point_in_time_recovery.status") == "ENABLED":
        yield point("keyspaces", MINUTES, 35, at="recoverable", note="point-in-time recovery")


def _snapshots(service: str) -> Extract:
    """Daily snapshots beside the cache; elsewhere only by an export to S3, which no configuration names."""

    def maker(reader: Reader) -> Iterator[Value]:
        days = _kept(reader)
        if days is not None and (isinstance(days, Unknown) or days > 0):
            yield point(service, DAILY, days, at="backup_days", note="automatic snapshots")

    return copies(maker, elsewhere(f"snapshots of {service} are exported to S3 by hand, which nothing here tells"))


def _cache(  # noqa: PLR0913 - one line of settings for each form of cache
    encrypted: Extract | Fixed,
    tls: Extract | Fixed,
    authenticated: Extract | Fixed,
    kept: Extract | Fixed,
    *,
    key: str = "kms_key_id",
    name: str | Extract = "name",
    service: str = "elasticache",
    multi_zone: Extract | Fixed = NONE,
    upgraded: Extract | Fixed = NONE,
    release: Extract | Fixed = NONE,
) -> Row:
    return Row(
        "cache",
        {
            "selectable": NONE,  # AWS Backup takes no caches
            "own_copies": _snapshots(service),
            "encrypted": encrypted,
            "customer_key": customer_key(key),
            "placement": MANAGED,
            "tls_required": tls,
            "authenticated": authenticated,
            "backup_days": kept,
            "multi_zone": multi_zone,
            "upgraded": upgraded,
            "engine_release": release,
        },
        {
            "encrypted_with": key_join(key),
            "in_subnet": (
                Join("subnet_group_name", ("subnet",), values=_subnets),
                Join("subnet_ids", ("subnet",)),
            ),
            "uses": Join("security_group_ids", ("security_group",)),
        },
        identity=("cluster_id", "replication_group_id", "cluster_name", "name", "arn", "id"),
        name=name,
    )


_DYNAMO = Row(
    "table",
    {
        # DynamoDB always encrypts at rest, and refuses public resource policies (DynamoDB Developer Guide,
        # "Encryption at rest", "Blocking public access with resource-based policies").
        "encrypted": TRUE,
        "customer_key": _table_key,
        "placement": MANAGED,
        "by_gateway": TRUE,  # DynamoDB Developer Guide, "Using Amazon VPC endpoints to access DynamoDB"
        "selectable": selectable("DynamoDB", "dynamodb", "table/", "name"),
        "own_copies": copies(_any_point, _replicas),
        "recoverable": flag("point_in_time_recovery.enabled"),
        "deletion_protected": flag("deletion_protection_enabled"),
        "public_access": FALSE,
        # The partition key that the backend asks for (Terraform documentation, "S3 backend", dynamodb_table).
        "locks_states": lambda reader: reader.get("hash_key", None) == "LockID",
    },
    {"encrypted_with": key_join("server_side_encryption.kms_key_arn")},
)

_KEYSPACES = Row(
    "table",
    {
        "encrypted": TRUE,  # Keyspaces Developer Guide, "Encryption at rest"
        "customer_key": _keyspaces_key,
        "placement": MANAGED,
        "selectable": NONE,
        "own_copies": copies(_keyspaces_point),
        "recoverable": equals("point_in_time_recovery.status", "ENABLED"),
        "deletion_protected": NONE,  # the service knows no such thing
        "public_access": FALSE,
    },
    {"encrypted_with": key_join("encryption_specification.kms_key_identifier")},
    name="table_name",
)

_TIMESTREAM = Row(
    "table",
    {
        "encrypted": TRUE,  # Timestream Developer Guide, "Encryption at rest"
        "customer_key": _timestream_key,
        "placement": MANAGED,
        "selectable": _timestream_arn,
        "own_copies": EMPTY,
        "recoverable": FALSE,  # copies are AWS Backup's
        "deletion_protected": NONE,  # the service knows no such thing
        "public_access": FALSE,
    },
    name="table_name",
)

_GROUP = _cache(
    _rests_encrypted,
    _tls_only,
    written("auth_token", "user_group_ids"),
    number("snapshot_retention_limit", 0),
    name="replication_group_id",
    multi_zone=_takes_over,
    upgraded=_cache_upgraded("aws_elasticache_replication_group"),
    release=engine_release("redis", named="engine"),
)
_MEMBER = _cache(
    _alone(_member_encrypted),
    _alone(_tls_only),
    _alone(lambda _reader: False),  # a password needs a replication group
    _alone(_kept),
    name="cluster_id",
    upgraded=_alone(_cache_upgraded("aws_elasticache_cluster")),
    release=_alone(engine_release("redis", named="engine")),
)
# Serverless caches always encrypt, at rest and in transit (ElastiCache User Guide, "Data security").
_SERVERLESS = _cache(TRUE, TRUE, written("user_group_id"), number("snapshot_retention_limit", 0))
# MemoryDB always encrypts at rest; TLS is on by default (provider documentation of aws_memorydb_cluster).
_MEMORY = _cache(
    TRUE,
    flag("tls_enabled", absent=True),
    lambda reader: reader.get("acl_name") != "open-access",
    number("snapshot_retention_limit", 0),
    key="kms_key_arn",
    name=named_or_prefixed("name", "name_prefix"),
    service="memorydb",
)
_DAX = _cache(
    flag("server_side_encryption.enabled"),
    equals("cluster_endpoint_encryption_type", "TLS", default="NONE"),
    TRUE,  # DAX takes signed requests only
    NONE,
    name="cluster_name",
)

_CACHE_GROUPS = ("aws_elasticache_replication_group", "aws_elasticache_cluster")
_BESIDE = Skip("has no data and decides nothing that rules ask")

TABLE: Table = {
    "aws_dynamodb_table": _DYNAMO,
    "aws_dynamodb_table_replica": Fold(("aws_dynamodb_table",), "global_table_arn"),
    "aws_dynamodb_resource_policy": Fold(("aws_dynamodb_table",), "resource_arn"),
    "aws_dynamodb_kinesis_streaming_destination": Fold(("aws_dynamodb_table",), "table_name"),
    "aws_dynamodb_contributor_insights": Fold(("aws_dynamodb_table",), "table_name"),
    "aws_dynamodb_tag": Fold(("aws_dynamodb_table",), "resource_arn"),
    "aws_dynamodb_backup": Row(  # no resource of Terraform's; tables and their backups are always encrypted
        "snapshot",
        {"encrypted": TRUE, "public_access": FALSE, **UNLOCKED},
        {"snapshot_of": Join("table_arn", ("table",))},
    ),
    "aws_dynamodb_table_item": Skip("one item of a table"),
    "aws_dynamodb_table_export": Skip("a copy made once, while applying"),
    "aws_dynamodb_global_table": Skip("ties the tables of several regions"),
    "data.aws_dynamodb_table": Skip("a table kept outside the configuration"),
    "aws_keyspaces_table": _KEYSPACES,
    "aws_keyspaces_keyspace": _BESIDE,
    "aws_timestreamwrite_table": _TIMESTREAM,
    "aws_timestreamwrite_database": Fold(("aws_timestreamwrite_table",), "database_name", named=True),
    "aws_simpledb_domain": _BESIDE,
    "aws_elasticache_replication_group": _GROUP,
    "aws_elasticache_cluster": _MEMBER,
    "aws_elasticache_serverless_cache": _SERVERLESS,
    "aws_elasticache_subnet_group": Fold(_CACHE_GROUPS, "subnet_group_name", named=True),
    "aws_elasticache_parameter_group": Fold(_CACHE_GROUPS, "parameter_group_name", named=True),
    "aws_elasticache_global_replication_group": Fold(
        ("aws_elasticache_replication_group",), "primary_replication_group_id"
    ),
    "aws_elasticache_user": _BESIDE,
    "aws_elasticache_user_group": _BESIDE,
    "aws_elasticache_user_group_association": _BESIDE,
    "aws_elasticache_security_group": Skip("a filter of EC2-Classic, which AWS closed in 2022"),
    "aws_elasticache_reserved_cache_node": _BESIDE,
    "data.aws_elasticache_cluster": Skip("a cache kept outside the configuration"),
    "data.aws_elasticache_replication_group": Skip("a cache kept outside the configuration"),
    "aws_memorydb_cluster": _MEMORY,
    "aws_memorydb_multi_region_cluster": _BESIDE,
    "aws_memorydb_subnet_group": Fold(("aws_memorydb_cluster",), "subnet_group_name", named=True),
    "aws_memorydb_parameter_group": _BESIDE,
    "aws_memorydb_acl": _BESIDE,
    "aws_memorydb_user": _BESIDE,
    "aws_memorydb_snapshot": Row(
        "snapshot",
        {"encrypted": TRUE, "public_access": FALSE, **UNLOCKED},
        {"snapshot_of": Join("cluster_name", ("cache",)), "encrypted_with": key_join("kms_key_arn")},
    ),
    # no resources of Terraform's: backups that somebody made of caches (live accounts only)
    "aws_elasticache_snapshot": Row(
        "snapshot",
        {"encrypted": _cache_snapshot_encrypted, "public_access": FALSE, **UNLOCKED},
        {"snapshot_of": Join("cache", ("cache",)), "encrypted_with": key_join("kms_key_id")},
    ),
    "aws_dax_cluster": _DAX,
    "aws_dax_subnet_group": Fold(("aws_dax_cluster",), "subnet_group_name", named=True),
    "aws_dax_parameter_group": _BESIDE,
}
