"""AWS platforms that run machines for you: notebooks, EMR, Lightsail, WorkSpaces, file transfer, migrations."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.defaults import written_or_default
from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    TRUE,
    elements,
    equals,
    flag,
    marked,
    outside,
    paths,
    text,
    truth,
    written,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.secrets import literal_secrets
from scanner.mapping.table import Fixed, Fold, Given, Join, Joins, Part, Row, Skip, Table
from scanner.model.value import Cause, Unknown, Value


def _machine(given: Given, relations: Joins, name: str = "name") -> Row:
    """A machine that a service runs: it has no metadata service or image of its own unless said otherwise."""
    silent: Given = {
        "template": FALSE,
        "public_address": NONE,
        "tokens_required": NONE,
        "metadata_hops": NONE,
        "disks_encrypted": NONE,
        "monitored": NONE,
        "literal_secrets": EMPTY,
        "image": NONE,
    }
    return Row("instance", {**silent, **given}, relations, identity=("id", "arn", name), name=name)


def _password(reader: Reader) -> Value:
    return literal_secrets([("password", reader.peek("password"))])


def _notebook_tokens(reader: Reader) -> Value:
    least = reader.get("instance_metadata_service_configuration.minimum_instance_metadata_service_version")
    if least is None:
        return Unknown("the notebook platform decides whether session tokens are required", Cause.OUTSIDE_SCAN)
    return str(least) == "2"


# Ends of a migration that speak a protocol of AWS over TLS only, or say it in settings of their own.
_OTHERWISE = frozenset(("s3", "kinesis", "dynamodb", "opensearch", "elasticsearch", "kafka", "neptune", "redshift",
                        "redshift-serverless", "timestream", "babelfish", "redis"))  # fmt: skip


def _link_encrypted(reader: Reader) -> Value:
    if str(reader.get("engine_name")) in _OTHERWISE:
        return None
    return written_or_default("aws_dms_endpoint", "ssl_mode")(reader) != "none"


def _replication_subnets(reader: Reader) -> Iterator[Value]:
    for group in reader.folded("aws_dms_replication_subnet_group"):
        yield from elements(group.peek("subnet_ids"))


def _notebook_flag(path: str) -> Extract:
    given = written_or_default("aws_sagemaker_notebook_instance", path)
    return lambda reader: given(reader) == "Enabled"


def _plain_protocols(reader: Reader) -> Value:
    spoken = elements(written_or_default("aws_transfer_server", "protocols")(reader))
    return [each for each in spoken if each == "FTP"]


def _dev_endpoint_public(reader: Reader) -> Value:
    """A development endpoint outside a network gets a public address (Glue API, DevEndpoint.PublicAddress)."""
    return not written("subnet_id")(reader)


def _both_volumes(reader: Reader) -> Value:
    asked = ("root_volume_encryption_enabled", "user_volume_encryption_enabled")
    return all(truth(reader.get(path, False)) for path in asked)


# Lightsail


def _open_ports(reader: Reader) -> Value:
    """Public ports of a Lightsail instance, open to everyone unless ranges are named."""
    return marked(reader, ((block, _port(block)) for block in reader.blocks("port_info")), "cidrs", "protocol")


def _port(block: Reader) -> dict[str, Value]:
    kind = str(block.get("protocol"))
    cidrs = [*elements(block.peek("cidrs")), *elements(block.peek("ipv6_cidrs"))]
    return {
        "direction": "in",
        "protocol": "any" if kind == "all" else kind,
        "from": None if kind == "all" else block.peek("from_port"),
        "to": None if kind == "all" else block.peek("to_port"),
        "cidrs": cidrs or ["0.0.0.0/0", "::/0"],
        "groups": [],
        "action": "allow",
        "description": None,
    }


_ROLE = Join("role_arn", ("role",))
_SERVED_SUBNETS = Join("subnet_id", ("subnet",))

_NOTEBOOK = _machine(
    {
        "tokens_required": _notebook_tokens,
        # SageMaker Developer Guide, "Protect data at rest using encryption": encrypted by default
        "disks_encrypted": TRUE,
        "direct_internet": _notebook_flag("direct_internet_access"),
        "administered": _notebook_flag("root_access"),
    },
    {
        "assumes": _ROLE,
        "in_subnet": _SERVED_SUBNETS,
        "uses": Join("security_groups", ("security_group",)),
        "encrypted_with": Join("kms_key_id", ("key",)),
    },
)

_EMR = Row(
    "cluster",
    {
        "flavour": Fixed("hadoop"),
        "version": text("release_label"),
        "public_endpoint": outside("the subnet decides whether its machines get public addresses"),
        "public_cidrs": EMPTY,
        "secrets_encrypted": NONE,
        "logs": lambda reader: elements(reader.peek("log_uri")),
        "legacy_authorization": NONE,
        "access_entries": NONE,
        "creator_administers": NONE,
        "network_policy": NONE,
    },
    {
        "in_subnet": Join("ec2_attributes.subnet_id", ("subnet",)),
        "uses": Join("ec2_attributes", ("security_group",), values=paths(
            "ec2_attributes.emr_managed_master_security_group",
            "ec2_attributes.emr_managed_slave_security_group",
            "ec2_attributes.service_access_security_group",
        )),
        "assumes": (Join("service_role", ("role",)), Join("ec2_attributes.instance_profile", ("role",))),
    },
)  # fmt: skip

_TRANSFER = Row(
    "api",
    {
        "authorized": TRUE,  # every protocol asks an identity provider
        "private": equals("endpoint_type", "VPC", "VPC_ENDPOINT", default="PUBLIC"),
        "access_logged": written("logging_role", "structured_log_destinations"),
        "tls_policy": text("security_policy_name", "TransferSecurityPolicy-2018-11"),
        "plain_protocols": _plain_protocols,
        "statements": EMPTY,
    },
    {
        "in_subnet": Join("endpoint_details.subnet_ids", ("subnet",)),
        "uses": Join("endpoint_details.security_group_ids", ("security_group",)),
        "logs_to": Join("structured_log_destinations", ("log_group",)),
    },
    identity=("id", "arn"),
    name="tags.Name",
)

TABLE: Table = {
    "aws_sagemaker_notebook_instance": _NOTEBOOK,
    "aws_sagemaker_notebook_instance_lifecycle_configuration": Skip("a script that notebooks run"),
    "aws_sagemaker_endpoint": Skip("the name under which a model answers"),
    "aws_sagemaker_code_repository": Skip("where notebooks fetch code"),
    "aws_glue_dev_endpoint": _machine(
        {
            "public_address": _dev_endpoint_public,
            "disks_encrypted": outside("the security configuration decides whether disks are encrypted"),
        },
        {
            "assumes": _ROLE,
            "in_subnet": _SERVED_SUBNETS,
            "uses": Join("security_group_ids", ("security_group",)),
        },
    ),
    "aws_emr_cluster": _EMR,
    "aws_emr_instance_group": Skip("more machines of a cluster"),
    "aws_emr_instance_fleet": Skip("more machines of a cluster"),
    "aws_lightsail_instance": _machine(
        {
            "public_address": TRUE,  # every Lightsail instance gets one
            "tokens_required": outside("Lightsail instances are told to ask for session tokens by API only"),
            "disks_encrypted": TRUE,  # Lightsail FAQ: disks are encrypted at rest by default
            "image": text("blueprint_id"),
        },
        {},
    ),
    "aws_lightsail_instance_public_ports": Row(
        "security_group", {"rules": _open_ports, "default": FALSE, "applied": TRUE}, name="instance_name"
    ),
    "aws_lightsail_static_ip": Row("address"),
    "aws_lightsail_static_ip_attachment": Skip("gives an instance a lasting address"),
    "aws_lightsail_key_pair": Skip("a public key"),
    "aws_lightsail_disk": Row("volume", {"encrypted": TRUE, "customer_key": FALSE, "placement": Fixed("managed")}),
    "aws_lightsail_disk_attachment": Skip("ties a disk to an instance"),
    "aws_workspaces_workspace": _machine(
        {
            "public_address": outside("the directory decides whether workspaces get public addresses"),
            "disks_encrypted": _both_volumes,
        },
        {"encrypted_with": Join("volume_encryption_key", ("key",))},
        "user_name",
    ),
    "aws_workspaces_directory": Skip("who may sign in to workspaces"),
    "aws_workspaces_ip_group": Skip("from where workspaces may be reached"),
    "aws_dms_replication_instance": _machine(
        {
            "public_address": flag("publicly_accessible"),
            "disks_encrypted": TRUE,  # DMS encrypts storage always; kms_key_arn only chooses the key
        },
        {
            "in_subnet": Join("replication_subnet_group_id", ("subnet",), values=_replication_subnets),
            "uses": Join("vpc_security_group_ids", ("security_group",)),
            "encrypted_with": Join("kms_key_arn", ("key",)),
        },
        "replication_instance_id",
    ),
    "aws_dms_endpoint": Row(
        "config",
        {"literal_secrets": _password, "chart_version": NONE},
        name="endpoint_id",
        parts=(Part(Row("data_link", {"encrypted": _link_encrypted}, name="endpoint_id"), "link"),),
    ),
    "aws_dms_replication_subnet_group": Fold(
        ("aws_dms_replication_instance",), "replication_subnet_group_id", named=True
    ),
    "aws_dms_replication_task": Skip("which tables a replication copies"),
    "aws_dms_certificate": Skip("a certificate that replications trust"),
    "aws_transfer_server": _TRANSFER,
    "aws_transfer_user": Skip("may do what its role may"),
    "aws_transfer_ssh_key": Skip("a public key"),
}
