"""AWS machines: instances, their templates, groups of them, images.

What a template or an account decides is said as unknown: the metadata service's defaults come from the image or
the account, encryption of disks from the account, a public address from the subnet.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.agents import agents
from scanner.mapping.aws.protection import selectable
from scanner.mapping.extract import (
    FALSE,
    NAME_TAG,
    TRUE,
    UNLOCKED,
    each,
    flag,
    number,
    outside,
    paths,
    strings,
    text,
    truth,
    whole,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.secrets import secrets_in_text, written
from scanner.mapping.starting import machine_fetches, plain
from scanner.mapping.table import Edge, Fold, Join, Row, Skip, Table
from scanner.mapping.versions import machine_image_system
from scanner.model.value import Cause, Undetermined, Unknown, Value
from scanner.rule import every

IN_SUBNET = Join("subnet_id", ("subnet",))
_TOKENS = "the image or the account's default decides whether session tokens are required"
_SUBNET = "the subnet decides whether it gets a public address"
_DISKS = "the account's default decides whether a disk is encrypted"
_HOPS = "the image or the account's default decides how far metadata answers travel"


def tokens_required(reader: Reader) -> Value:
    """Whether the metadata service asks for a session token; a service that is off answers no one."""
    if str(reader.get("metadata_options.http_endpoint", "enabled")).lower() == "disabled":
        return True
    tokens = reader.get("metadata_options.http_tokens")
    if tokens is None:
        return Unknown(_TOKENS, Cause.OUTSIDE_SCAN)
    return str(tokens).lower() == "required"


def metadata_hops(reader: Reader) -> Value:
    hops = reader.get("metadata_options.http_put_response_hop_limit")
    return Unknown(_HOPS, Cause.OUTSIDE_SCAN) if hops is None else whole(hops)


def _instance_public(reader: Reader) -> Value:
    """True with an Elastic IP or where it is asked for; where nothing is said the subnet decides."""
    if reader.fold("aws_eip") is not None or reader.fold("aws_eip_association") is not None:
        return True
    asked = reader.get("associate_public_ip_address")
    return Unknown(_SUBNET, Cause.OUTSIDE_SCAN) if asked is None else truth(asked)


def _template_public(reader: Reader) -> Value:
    """True where any interface asks for a public address."""
    asked = [block.get("associate_public_ip_address") for block in reader.blocks("network_interfaces")]
    if any(each is not None and truth(each) for each in asked):
        return True
    settled = bool(asked) and all(each is not None for each in asked)
    return False if settled else Unknown(_SUBNET, Cause.OUTSIDE_SCAN)


def _disks(*blocks: str, inside: str = "") -> Extract:
    """Whether all declared disks are encrypted. `blocks` are block paths, `inside` the block within each that
    holds the argument. An explicit false is a false; silence is the account's to decide."""

    def extract(reader: Reader) -> Value:
        found = every(_each_disk(reader, blocks, inside), _disk_encrypted)
        if found and not any(True for _ in _each_disk(reader, blocks[:1], inside)):
            return Unknown(_DISKS, Cause.OUTSIDE_SCAN)  # the root disk exists even where nothing declares it
        return found

    return extract


def _each_disk(reader: Reader, blocks: tuple[str, ...], inside: str) -> Iterator[Reader]:
    for path in blocks:
        for block in reader.blocks(path):
            if inside:
                yield from block.blocks(inside)
            else:
                yield block


def _disk_encrypted(disk: Reader) -> bool:
    asked = disk.get("encrypted")
    if asked is not None:
        return truth(asked)
    if isinstance(key := disk.peek("kms_key_id"), Unknown) or key:
        return True  # the API refuses a key without encryption
    raise Undetermined(Unknown(_DISKS, Cause.OUTSIDE_SCAN))


def start_secrets(*names: str) -> Extract:
    """Credentials in start-up scripts, which stand at these paths plainly or in base64."""

    def extract(reader: Reader) -> Value:
        return [
            found
            for name in names
            if (script := written(reader.peek(name))) is not None
            for found in secrets_in_text(plain(script), name)
        ]

    return extract


def _public_image(reader: Reader) -> Value:
    return any(str(fold.get("group", "")) == "all" for fold in reader.folded("aws_ami_launch_permission"))


_USES = Join(
    "vpc_security_group_ids", ("security_group",), values=paths("vpc_security_group_ids", "security_groups")
)
# an instance profile answers to the role inside it
_ASSUMES = Join("iam_instance_profile", ("role",))

_INSTANCE = Row(
    "instance",
    {
        "template": FALSE,
        "public_address": _instance_public,
        "tokens_required": tokens_required,
        "metadata_hops": metadata_hops,
        "disks_encrypted": _disks("root_block_device", "ebs_block_device"),
        "monitored": flag("monitoring"),
        "literal_secrets": start_secrets("user_data_base64", "user_data"),
        "fetches_code": machine_fetches("user_data_base64", "user_data"),
        "image": text("ami"),
        "system": machine_image_system("ami"),
        "key_pair": text("key_name"),
        "selectable": selectable("EC2", "ec2", "instance/", "id", unknown="i-{id}"),
    },
    {
        "in_subnet": IN_SUBNET,
        "uses": _USES,
        "assumes": _ASSUMES,
        "has_interface": Join(
            "network_interface",
            ("network_interface",),
            values=each("network_interface", "network_interface_id"),
        ),
    },
    identity=("id", "arn", "private_ip", "public_ip", "public_dns", "private_dns", "primary_network_interface_id"),
    name=NAME_TAG,
    parts=agents("user_data"),
)

_LAUNCH_TEMPLATE = Row(
    "instance",
    {
        "template": TRUE,
        "public_address": _template_public,
        "tokens_required": tokens_required,
        "metadata_hops": metadata_hops,
        "disks_encrypted": _disks("block_device_mappings", inside="ebs"),
        "monitored": flag("monitoring.enabled"),
        "literal_secrets": start_secrets("user_data"),
        "fetches_code": machine_fetches("user_data"),
        "image": text("image_id"),
        "system": machine_image_system("image_id"),
        "key_pair": text("key_name"),
    },
    {
        "in_subnet": Join("network_interfaces", ("subnet",), values=each("network_interfaces", "subnet_id")),
        "uses": (
            Join("vpc_security_group_ids", ("security_group",)),
            Join("network_interfaces", ("security_group",), values=each("network_interfaces", "security_groups")),
        ),
        "assumes": Join("iam_instance_profile", ("role",), values=each("iam_instance_profile", "arn", "name")),
    },
    identity=("id", "arn", "name"),
    name=lambda reader: reader.peek("name") or reader.peek("name_prefix"),
    parts=agents("user_data"),
)

_LAUNCH_CONFIGURATION = Row(
    "instance",
    {
        "template": TRUE,
        "public_address": _instance_public,
        "tokens_required": tokens_required,
        "metadata_hops": metadata_hops,
        "disks_encrypted": _disks("root_block_device", "ebs_block_device"),
        "monitored": flag("enable_monitoring", absent=True),
        "literal_secrets": start_secrets("user_data_base64", "user_data"),
        "fetches_code": machine_fetches("user_data_base64", "user_data"),
        "image": text("image_id"),
        "system": machine_image_system("image_id"),
        "key_pair": text("key_name"),
    },
    {"uses": Join("security_groups", ("security_group",)), "assumes": _ASSUMES},
    identity=("id", "arn", "name"),
)

_TEMPLATES = (
    "launch_template",
    "mixed_instances_policy.launch_template.launch_template_specification",
)

_AUTOSCALING_GROUP = Row(
    "instance_group",
    {"minimum": number("min_size"), "maximum": number("max_size"), "zones": strings("availability_zones")},
    {
        "in_subnet": Join("vpc_zone_identifier", ("subnet",)),
        "contains": (
            *(Join(f"{path}.{key}", ("instance",)) for path in _TEMPLATES for key in ("id", "name")),
            *(Join(f"{path}.{key}", ("instance",)) for path in _TEMPLATES[1:] for key in (
                "launch_template_id", "launch_template_name")),
            Join("launch_configuration", ("instance",)),
        ),
        "forwards_to": (
            Join("target_group_arns", ("target_group",), reverse=True),
            Join("load_balancers", ("load_balancer",), reverse=True),
            Join("traffic_source", ("target_group", "load_balancer"), reverse=True,
                 values=each("traffic_source", "identifier")),
        ),
    },
    identity=("id", "arn", "name"),
    name=lambda reader: reader.peek("name") or reader.peek("name_prefix"),
)  # fmt: skip

_SOURCE_DECIDES = Unknown("a copy that is not encrypted anew is as its source", Cause.OUTSIDE_SCAN)


def _image_encrypted(reader: Reader) -> Value:
    """A copy of an encrypted image is always encrypted (EC2 User Guide, "Copy an Amazon EC2 AMI")."""
    return True if truth(reader.get("encrypted", False)) else _SOURCE_DECIDES


_IMAGE = (
    Fold(("aws_instance", "aws_spot_instance_request"), "ami", named=True),
    Fold(("aws_launch_template", "aws_launch_configuration"), "image_id", named=True),
)

TABLE: Table = {
    "data.aws_ami": _IMAGE,
    "data.aws_ssm_parameter": _IMAGE,
    "aws_instance": _INSTANCE,
    "aws_spot_instance_request": _INSTANCE,
    "aws_launch_template": _LAUNCH_TEMPLATE,
    "aws_launch_configuration": _LAUNCH_CONFIGURATION,
    "aws_autoscaling_group": _AUTOSCALING_GROUP,
    "aws_autoscaling_attachment": Edge(
        "forwards_to",
        Join("lb_target_group_arn", ("target_group", "load_balancer"),
             values=paths("lb_target_group_arn", "alb_target_group_arn", "elb")),
        Join("autoscaling_group_name", ("instance_group", "node_group")),
    ),
    "aws_autoscaling_traffic_source_attachment": Edge(
        "forwards_to",
        Join("traffic_source.identifier", ("target_group", "load_balancer")),
        Join("autoscaling_group_name", ("instance_group", "node_group")),
    ),
    "aws_ec2_fleet": Row(
        "instance_group",
        {
            "minimum": number("target_capacity_specification.total_target_capacity"),
            "maximum": number("target_capacity_specification.total_target_capacity"),
        },
        {"contains": Join(
            "launch_template_config.launch_template_specification.launch_template_id", ("instance",))},
    ),
    "aws_spot_fleet_request": Row(
        "instance_group",
        {"minimum": number("target_capacity"), "maximum": number("target_capacity")},
        {
            "in_subnet": Join(
                "launch_specification", ("subnet",), values=each("launch_specification", "subnet_id")),
            "assumes": Join("iam_fleet_role", ("role",)),
        },
    ),
    "aws_ami": Row(
        "snapshot",
        {"encrypted": _disks("ebs_block_device"), "public_access": _public_image, **UNLOCKED},
        {"snapshot_of": Join("ebs_block_device", values=each("ebs_block_device", "snapshot_id"))},
        identity=("id", "arn"),
    ),
    "aws_ami_copy": Row(
        "snapshot",
        {"encrypted": _image_encrypted, "public_access": _public_image, **UNLOCKED},
        {"snapshot_of": Join("source_ami_id"), "encrypted_with": Join("kms_key_id", ("key",))},
        identity=("id", "arn"),
    ),
    "aws_ami_from_instance": Row(
        "snapshot",
        {"encrypted": outside("the disks of the instance decide"), "public_access": _public_image, **UNLOCKED},
        {"snapshot_of": Join("source_instance_id", ("instance",))},
        identity=("id", "arn"),
    ),
    "aws_ami_launch_permission": Fold(("aws_ami", "aws_ami_copy", "aws_ami_from_instance"), "image_id"),
    "aws_autoscaling_group_tag": Skip("one tag on a group"),
    "aws_autoscaling_lifecycle_hook": Skip("a pause while a machine starts or stops"),
    "aws_autoscaling_notification": Skip("tells of machines that start or stop"),
    "aws_autoscaling_policy": Skip("how a group grows and shrinks"),
    "aws_autoscaling_schedule": Skip("when a group grows and shrinks"),
    "aws_appautoscaling_policy": Skip("how a service grows and shrinks"),
    "aws_appautoscaling_scheduled_action": Skip("when a service grows and shrinks"),
    "aws_appautoscaling_target": (Row(
        "autoscaler",
        {"minimum": number("min_capacity"), "maximum": number("max_capacity")},
        identity=("id",),
        name="resource_id",
    ), Fold(("aws_ecs_service",), "resource_id")),
    "aws_ec2_capacity_reservation": Skip("reserves capacity"),
    "aws_ec2_host": Skip("reserves a physical machine"),
    "aws_key_pair": Skip("a public key"),
    "aws_placement_group": Skip("how close machines stand to each other"),
    **{
        f"data.aws_{name}": Skip("asks the account for something that exists")
        for name in ("ami_ids", "instance", "instances", "launch_template", "launch_configuration",
                     "autoscaling_group", "autoscaling_groups", "ec2_instance_type", "ec2_instance_types",
                     "ec2_instance_type_offering", "ec2_instance_type_offerings", "ec2_spot_price", "key_pair")
    },
}  # fmt: skip
