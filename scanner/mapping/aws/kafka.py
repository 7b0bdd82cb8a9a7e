"""Amazon MSK: Kafka clusters, provisioned and serverless."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.mapping.aws.keys import customer_key, key_join
from scanner.mapping.aws.volumes import MANAGED
from scanner.mapping.extract import FALSE, TRUE, elements, equals, truth
from scanner.mapping.reader import Reader
from scanner.mapping.table import Fold, Join, Row, Skip, Table
from scanner.mapping.versions import engine_release
from scanner.model.value import Cause, Unknown, Value

_BROKERS = "broker_node_group_info"


def _msk_tls(reader: Reader) -> Value:
    """TLS is the default between clients and brokers (provider documentation of aws_msk_cluster)."""
    return equals("encryption_info.encryption_in_transit.client_broker", "TLS", default="TLS")(reader)


def _msk_public(reader: Reader) -> Value:
    kind = reader.get(f"{_BROKERS}.connectivity_info.public_access.type", "DISABLED")
    return kind != "DISABLED"


def _msk_logs(reader: Reader) -> Iterator[Value]:
    logs = "logging_info.broker_logs"
    for block in reader.blocks(f"{logs}.cloudwatch_logs"):
        yield block.peek("log_group")
    for block in reader.blocks(f"{logs}.s3"):
        yield block.peek("bucket")
    for block in reader.blocks(f"{logs}.firehose"):
        yield block.peek("delivery_stream")


def _msk_authenticated(reader: Reader) -> Value:
    """Whether no client may come without saying who it is. Where nothing is written, what the cluster was made
    with decides."""
    if reader.block("client_authentication") is None:
        return Unknown("how clients say who they are is not written", Cause.OUTSIDE_SCAN)
    return not truth(reader.get("client_authentication.unauthenticated", False))


def _vpc_configs(path: str) -> Callable[[Reader], Iterator[Value]]:
    def values(reader: Reader) -> Iterator[Value]:
        for block in reader.blocks("vpc_config"):
            yield from elements(block.peek(path))

    return values


_MSK = Row(
    "stream",
    {
        # Amazon MSK always encrypts at rest (MSK Developer Guide, "Amazon MSK encryption").
        "encrypted": TRUE,
        "customer_key": customer_key("encryption_info.encryption_at_rest_kms_key_arn"),
        "placement": MANAGED,
        "tls_required": _msk_tls,
        "public_access": _msk_public,
        "authenticated": _msk_authenticated,
        "engine_release": engine_release("kafka", "kafka_version"),
    },
    {
        "encrypted_with": key_join("encryption_info.encryption_at_rest_kms_key_arn"),
        "in_subnet": Join(f"{_BROKERS}.client_subnets", ("subnet",)),
        "uses": Join(f"{_BROKERS}.security_groups", ("security_group",)),
        "logs_to": Join("logging_info", ("log_group", "object_store", "stream"), values=_msk_logs),
    },
    identity=("arn", "id", "cluster_name"),
    name="cluster_name",
)

_MSK_SERVERLESS = Row(
    "stream",
    {
        # Serverless clusters always encrypt, and take IAM over TLS only (MSK Developer Guide, "MSK Serverless").
        "encrypted": TRUE,
        "customer_key": FALSE,
        "placement": MANAGED,
        "tls_required": TRUE,
        "public_access": FALSE,
    },
    {
        "in_subnet": Join("vpc_config", ("subnet",), values=_vpc_configs("subnet_ids")),
        "uses": Join("vpc_config", ("security_group",), values=_vpc_configs("security_group_ids")),
    },
    identity=("arn", "id", "cluster_name"),
    name="cluster_name",
)

_BESIDE = Skip("has no data and decides nothing that rules ask")

TABLE: Table = {
    "aws_msk_cluster": _MSK,
    "aws_msk_serverless_cluster": _MSK_SERVERLESS,
    "aws_msk_cluster_policy": Fold(("aws_msk_cluster", "aws_msk_serverless_cluster"), "cluster_arn"),
    "aws_msk_configuration": _BESIDE,
    "aws_msk_replicator": _BESIDE,
    "aws_msk_scram_secret_association": Fold(("aws_msk_cluster",), "cluster_arn"),
    "aws_msk_single_scram_secret_association": Fold(("aws_msk_cluster",), "cluster_arn"),
    "aws_msk_vpc_connection": _BESIDE,
    "aws_mskconnect_connector": _BESIDE,
    "aws_mskconnect_custom_plugin": _BESIDE,
    "aws_mskconnect_worker_configuration": _BESIDE,
    "data.aws_msk_cluster": Skip("a cluster kept outside the configuration"),
}
