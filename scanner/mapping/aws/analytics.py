"""AWS warehouses: Redshift, QLDB, and what asks questions of data elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.mapping.aws import search
from scanner.mapping.aws.automatic import (
    SERVERLESS_COPIES,
    recovery_points,
    recovery_points_elsewhere,
    warehouse_copies,
    warehouse_snapshots,
)
from scanner.mapping.aws.keys import customer_key, key_join, own_key
from scanner.mapping.aws.protection import copies, selectable
from scanner.mapping.aws.volumes import MANAGED
from scanner.mapping.defaults import written_or_default
from scanner.mapping.extract import EMPTY, FALSE, NONE, TRUE, UNLOCKED, elements, flag, number, truth, written
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Fold, Join, Row, Skip, Table
from scanner.model.logic import either, some
from scanner.model.value import Cause, Unknown, Value

_REDSHIFT = "aws_redshift_cluster"
_PARAMETERS = "aws_redshift_parameter_group"
_WORKGROUP = "aws_redshiftserverless_workgroup"
_VERSION_DECIDES = Unknown(
    "the provider's version decides: 6 and later encrypt and keep the cluster private, earlier ones do not",
    Cause.OUTSIDE_SCAN,
)
_TLS_SINCE = Unknown(
    "clusters made since January 2025 require TLS by default; when this one was made is not written",
    Cause.OUTSIDE_SCAN,
)


def _version_decides(path: str) -> Extract:
    """A flag whose default the provider turned round in version 6 (its upgrade guide, aws_redshift_cluster)."""

    def extract(reader: Reader) -> Value:
        asked = reader.get(path)
        return _VERSION_DECIDES if asked is None else truth(asked)

    return extract


def _warehouse_tls(reader: Reader) -> Value:
    """What require_ssl of the parameter group says; the default of new clusters changed (Redshift Management
    Guide, "Behavior changes")."""
    for group in reader.folded(_PARAMETERS):
        for block in group.blocks("parameter"):
            if block.get("name") == "require_ssl":
                return truth(block.get("value"))
    return _TLS_SINCE


def _serverless_tls(reader: Reader) -> Value:
    for workgroup in reader.folded(_WORKGROUP):
        for block in workgroup.blocks("config_parameter"):
            if block.get("parameter_key") == "require_ssl":
                return truth(block.get("parameter_value"))
    return _TLS_SINCE


def _routed_inside(reader: Reader) -> Value:
    return truth(written_or_default(_REDSHIFT, "enhanced_vpc_routing")(reader))


def _warehouse_logged(reader: Reader) -> Value:
    return either(
        lambda: truth(reader.get("logging.enable", False)),
        lambda: some(reader.folded("aws_redshift_logging"), lambda _fold: True),
    )


def _serverless_public(reader: Reader) -> Value:
    return some(reader.folded(_WORKGROUP), flag("publicly_accessible"))


def _group_subnets(reader: Reader) -> Iterator[Value]:
    for group in reader.folded("aws_redshift_subnet_group"):
        yield from elements(group.peek("subnet_ids"))


def _workgroup_values(path: str) -> Callable[[Reader], Iterator[Value]]:
    def values(reader: Reader) -> Iterator[Value]:
        for workgroup in reader.folded(_WORKGROUP):
            yield from elements(workgroup.peek(path))

    return values


def _log_buckets(reader: Reader) -> Iterator[Value]:
    yield reader.peek("logging.bucket_name")
    for fold in reader.folded("aws_redshift_logging"):
        yield fold.peek("bucket_name")


def _ledger_key(reader: Reader) -> Value:
    key = reader.peek("kms_key")
    return own_key(key) and (isinstance(key, Unknown) or key != "AWS_OWNED_KMS_KEY")


def _snapshot_days(path: str) -> Extract:
    """Days that a manual snapshot is kept: for ever unless it says otherwise, or says -1 (Redshift API)."""

    def extract(reader: Reader) -> Value:
        days = number(path, -1)(reader)
        return None if days == -1 else days

    return extract


_WAREHOUSE = Row(
    "database",
    {
        "encrypted": _version_decides("encrypted"),
        "customer_key": customer_key("kms_key_id"),
        "placement": MANAGED,
        "engine": Fixed("redshift"),
        "selectable": selectable("Redshift", "redshift", "cluster:", "cluster_identifier"),
        "own_copies": copies(warehouse_snapshots, warehouse_copies),
        "public_access": _version_decides("publicly_accessible"),
        "tls_required": _warehouse_tls,
        "backup_days": number("automated_snapshot_retention_period", 1),  # provider documentation
        "deletion_protected": NONE,  # the service knows no such thing
        "final_snapshot": lambda reader: not truth(reader.get("skip_final_snapshot", False)),
        "multi_zone": flag("multi_az"),
        "identity_login": TRUE,  # GetClusterCredentials hands out short-lived passwords for every cluster
        "logged": _warehouse_logged,
        "upgraded": flag("allow_version_upgrade", absent=True),
        "part_of": NONE,
        "statements": EMPTY,
        "admin_name": lambda reader: reader.get("master_username"),
        "routed_inside": _routed_inside,
    },
    {
        "encrypted_with": key_join("kms_key_id"),
        "in_subnet": Join("cluster_subnet_group_name", ("subnet",), values=_group_subnets),
        "uses": Join("vpc_security_group_ids", ("security_group",)),
        "logs_to": Join("logging", ("object_store",), values=_log_buckets),
    },
    identity=("cluster_identifier", "arn", "id"),
    name="cluster_identifier",
)

_NAMESPACE = Row(
    "database",
    {
        # Serverless namespaces always encrypt and make recovery points that last 24 hours (Redshift Management
        # Guide, "Amazon Redshift Serverless").
        "encrypted": TRUE,
        "customer_key": customer_key("kms_key_id"),
        "placement": MANAGED,
        "engine": Fixed("redshift"),
        "selectable": selectable("Redshift Serverless", "redshift-serverless", "namespace/", "namespace_id"),
        "own_copies": copies(recovery_points, recovery_points_elsewhere),
        "public_access": _serverless_public,
        "tls_required": _serverless_tls,
        "backup_days": Fixed(1),
        "deletion_protected": NONE,  # the service knows no such thing
        "final_snapshot": NONE,
        "multi_zone": TRUE,
        "identity_login": TRUE,
        "logged": written("log_exports"),
        "upgraded": TRUE,
        "part_of": NONE,
        "statements": EMPTY,
    },
    {
        "encrypted_with": key_join("kms_key_id"),
        "in_subnet": Join("namespace_name", ("subnet",), values=_workgroup_values("subnet_ids")),
        "uses": Join("namespace_name", ("security_group",), values=_workgroup_values("security_group_ids")),
    },
    identity=("namespace_name", "arn", "id"),
    name="namespace_name",
)

_LEDGER = Row(
    "database",
    {
        # Ledgers always encrypt and speak TLS only; they are protected by default (QLDB Developer Guide).
        "encrypted": TRUE,
        "customer_key": _ledger_key,
        "placement": MANAGED,
        "engine": Fixed("qldb"),
        "selectable": NONE,
        "own_copies": EMPTY,
        "public_access": FALSE,
        "tls_required": TRUE,
        "backup_days": NONE,  # ledgers know no backups that could be switched on; a journal is exported by request
        "deletion_protected": flag("deletion_protection", absent=True),
        "final_snapshot": NONE,
        "multi_zone": TRUE,
        "identity_login": TRUE,
        "logged": FALSE,
        "upgraded": TRUE,
        "part_of": NONE,
        "statements": EMPTY,
    },
    {"encrypted_with": key_join("kms_key")},
)


def _jdbc_encrypted(reader: Reader) -> Value:
    """JDBC connections ask for TLS only where they are told to (Glue Developer Guide, "Connection properties");
    others say it in settings of their own."""
    if str(reader.get("connection_type", "JDBC")) != "JDBC":
        return None
    settings = reader.get("connection_properties")
    if not isinstance(settings, dict):
        return False
    asked = settings.get("JDBC_ENFORCE_SSL", "false")
    return truth(asked)


_QUERIES = Skip("asks questions of data that lies in buckets and databases")
_BESIDE = Skip("has no data and decides nothing that rules ask")


TABLE: Table = {
    _REDSHIFT: _WAREHOUSE,
    _PARAMETERS: Fold((_REDSHIFT,), "cluster_parameter_group_name", named=True),
    "aws_redshift_subnet_group": Fold((_REDSHIFT,), "cluster_subnet_group_name", named=True),
    "aws_redshift_logging": Fold((_REDSHIFT,), "cluster_identifier"),
    "aws_redshift_snapshot_copy": Fold((_REDSHIFT,), "cluster_identifier"),
    "aws_redshift_cluster_iam_roles": Fold((_REDSHIFT,), "cluster_identifier"),
    "aws_redshift_snapshot_schedule_association": Fold((_REDSHIFT,), "cluster_identifier"),
    "aws_redshift_endpoint_access": Fold((_REDSHIFT,), "cluster_identifier"),
    "aws_redshift_endpoint_authorization": Fold((_REDSHIFT,), "cluster_identifier"),
    "aws_redshift_resource_policy": _BESIDE,
    "aws_redshift_cluster_snapshot": Row(
        "snapshot",
        {
            "encrypted": Fixed(Unknown("a snapshot is encrypted as its cluster is", Cause.OUTSIDE_SCAN)),
            "public_access": FALSE,
            **UNLOCKED,
            "keep_days": _snapshot_days("manual_snapshot_retention_period"),
        },
        {"snapshot_of": Join("cluster_identifier", ("database",))},
        name="snapshot_identifier",
    ),
    "aws_redshift_security_group": Skip("a filter of EC2-Classic, which AWS closed in 2022"),
    "aws_redshift_snapshot_schedule": Fold((_REDSHIFT,), "", scope="account"),
    "aws_redshift_snapshot_copy_grant": _BESIDE,
    "aws_redshift_event_subscription": _BESIDE,
    "aws_redshift_scheduled_action": _BESIDE,
    "aws_redshift_usage_limit": _BESIDE,
    "aws_redshift_authentication_profile": _BESIDE,
    "aws_redshift_hsm_client_certificate": _BESIDE,
    "aws_redshift_hsm_configuration": _BESIDE,
    "aws_redshiftdata_statement": _QUERIES,
    "data.aws_redshift_cluster": Skip("a database kept outside the configuration"),
    "data.aws_redshift_service_account": Skip("a constant of the region"),
    "aws_redshiftserverless_namespace": _NAMESPACE,
    _WORKGROUP: Fold(("aws_redshiftserverless_namespace",), "namespace_name"),
    "aws_redshiftserverless_endpoint_access": _BESIDE,
    "aws_redshiftserverless_resource_policy": _BESIDE,
    "aws_redshiftserverless_snapshot": Row(
        "snapshot",
        {"encrypted": TRUE, "public_access": FALSE, **UNLOCKED, "keep_days": _snapshot_days("retention_period")},
        {"snapshot_of": Join("namespace_name", ("database",)), "encrypted_with": key_join("kms_key_id")},
        identity=("id", "arn"),
        name="snapshot_name",
    ),
    # no resource of Terraform's: where a namespace's backups are copied (live accounts only)
    SERVERLESS_COPIES: Fold(("aws_redshiftserverless_namespace",), "namespace_name"),
    "aws_redshiftserverless_usage_limit": _BESIDE,
    "aws_qldb_ledger": _LEDGER,
    "aws_qldb_stream": _BESIDE,
    "aws_athena_workgroup": _QUERIES,
    "aws_athena_database": _QUERIES,
    "aws_athena_data_catalog": _QUERIES,
    "aws_athena_named_query": _QUERIES,
    "aws_athena_prepared_statement": _QUERIES,
    "aws_athena_capacity_reservation": _QUERIES,
    "aws_quicksight_data_source": _QUERIES,
    "aws_quicksight_data_set": _QUERIES,
    "aws_quicksight_account_subscription": _QUERIES,
    "aws_glue_catalog_database": _QUERIES,
    "aws_glue_catalog_table": _QUERIES,
    "aws_glue_catalog_table_optimizer": _QUERIES,
    "aws_glue_classifier": _QUERIES,
    "aws_glue_connection": Row("data_link", {"encrypted": _jdbc_encrypted}),
    "aws_glue_crawler": _QUERIES,
    "aws_glue_data_catalog_encryption_settings": _QUERIES,
    "aws_glue_data_quality_ruleset": _QUERIES,
    "aws_glue_ml_transform": _QUERIES,
    "aws_glue_partition": _QUERIES,
    "aws_glue_partition_index": _QUERIES,
    "aws_glue_registry": _QUERIES,
    "aws_glue_resource_policy": _QUERIES,
    "aws_glue_schema": _QUERIES,
    "aws_glue_security_configuration": _QUERIES,
    "aws_glue_trigger": _QUERIES,
    "aws_glue_user_defined_function": _QUERIES,
    "aws_glue_workflow": _QUERIES,
    "aws_lakeformation_data_lake_settings": _QUERIES,
    "aws_lakeformation_permissions": _QUERIES,
    "aws_lakeformation_resource": _QUERIES,
    "aws_lakeformation_lf_tag": _QUERIES,
    "aws_lakeformation_resource_lf_tags": _QUERIES,
    "data.aws_glue_script": _QUERIES,
    "aws_lakeformation_data_cells_filter": _QUERIES,
    "aws_lakeformation_resource_lf_tag": _QUERIES,
    "aws_quicksight_analysis": _QUERIES,
    "aws_quicksight_dashboard": _QUERIES,
    "aws_quicksight_folder": _QUERIES,
    "aws_quicksight_folder_membership": _QUERIES,
    "aws_quicksight_group": _QUERIES,
    "aws_quicksight_group_membership": _QUERIES,
    "aws_quicksight_iam_policy_assignment": _QUERIES,
    "aws_quicksight_ingestion": _QUERIES,
    "aws_quicksight_namespace": _QUERIES,
    "aws_quicksight_refresh_schedule": _QUERIES,
    "aws_quicksight_template": _QUERIES,
    "aws_quicksight_template_alias": _QUERIES,
    "aws_quicksight_theme": _QUERIES,
    "aws_quicksight_user": _QUERIES,
    "aws_quicksight_vpc_connection": _QUERIES,
    "aws_redshift_data_share_authorization": _QUERIES,
    "aws_redshift_data_share_consumer_association": _QUERIES,
    "aws_redshift_partner": _QUERIES,
    "aws_timestreamquery_scheduled_query": _QUERIES,
    **search.TABLE,
}
