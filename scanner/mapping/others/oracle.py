"""Oracle Cloud: buckets, machines, networks. Its stores are always encrypted (Oracle's documentation)."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    TRUE,
    elements,
    equals,
    flag,
    has_block,
    marked,
    outside,
    strings,
    text,
    whole,
    written,
)
from scanner.mapping.reader import Reader
from scanner.mapping.secrets import secrets_in_text
from scanner.mapping.starting import machine_fetches
from scanner.mapping.table import Fixed, Fold, Join, Row, Skip, Table
from scanner.model.value import Unknown, Value

_MANAGED = Fixed("managed")


def _oracle_public(reader: Reader) -> Value:
    return str(reader.get("access_type", "NoPublicAccess")) != "NoPublicAccess"


def _oracle_rules(reader: Reader) -> Value:
    """Rules of a security list; protocols are IANA numbers or `all`."""
    return marked(reader, _oracle_each(reader), "source", "destination")


def _oracle_each(reader: Reader) -> Iterator[tuple[Reader, Value]]:
    for direction, path, far in (
        ("out", "egress_security_rules", "destination"),
        ("in", "ingress_security_rules", "source"),
    ):
        for block in reader.blocks(path):
            yield block, _oracle_rule(block, direction, far)


def _oracle_rule(block: Reader, direction: Value, far: str) -> dict[str, Value]:
    kind = block.peek("protocol")
    name: Value = kind if isinstance(kind, Unknown) else _ORACLE.get(str(kind).lower(), whole(kind))
    lead = f"{name}_options" if name in ("tcp", "udp") else "tcp_options"
    first = block.peek(f"{lead}.min") or block.peek(f"{lead}.destination_port_range.min")
    last = block.peek(f"{lead}.max") or block.peek(f"{lead}.destination_port_range.max")
    return {
        "direction": direction,
        "protocol": name,
        "from": whole(first),
        "to": whole(last),
        "cidrs": elements(block.peek(far)),
        "groups": [],
        "action": "allow",
        "description": block.peek("description"),
    }


_ORACLE = {"all": "any", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmp"}


def _oracle_group_rules(reader: Reader) -> Value:
    folds = reader.folded("oci_core_network_security_group_security_rule")
    pairs = ((fold, _oracle_rule(fold, *_oracle_way(fold.peek("direction")))) for fold in folds)
    return marked(reader, pairs, "source", "destination")


def _oracle_way(direction: Value) -> tuple[Value, str]:
    if isinstance(direction, Unknown):
        return direction, "source"
    return ("in", "source") if str(direction) == "INGRESS" else ("out", "destination")


def _oracle_gateway(role: str) -> Row:
    return Row(
        "gateway",
        {"role": Fixed(role)},
        {"in_network": Join("vcn_id", ("network",))},
        name="display_name",
        tags="freeform_tags",
    )


def _oracle_volume() -> Row:
    return Row(
        "volume",
        {"encrypted": TRUE, "customer_key": written("kms_key_id"), "placement": _MANAGED},
        {"encrypted_with": Join("kms_key_id", ("key",))},
        name="display_name",
        tags="freeform_tags",
    )


def start_script(reader: Reader) -> Value:
    script = reader.get("metadata.user_data", reader.get("user_data"))
    return secrets_in_text(script, "user_data") if isinstance(script, str) else []


TABLE: Table = {
    "oci_objectstorage_bucket": Row(
        "object_store",
        {
            "encrypted": TRUE,
            "customer_key": written("kms_key_id"),
            "placement": _MANAGED,
            "public_access": _oracle_public,
            "names_needed": equals("access_type", "ObjectReadWithoutList"),
            "public_blocked": lambda reader: not _oracle_public(reader),
            "public_restricted": NONE,
            "grants": EMPTY,
            "versioned": equals("versioning", "Enabled", default="Disabled"),
            "delete_protected": has_block("retention_rules"),
            "locked": has_block("retention_rules"),
            "access_logged": outside("the logging service decides whether requests are logged"),
            "tls_required": NONE,
            "lifecycle": lambda reader: reader.fold("oci_objectstorage_object_lifecycle_policy") is not None,
            "statements": EMPTY,
        },
        {"encrypted_with": Join("kms_key_id", ("key",))},
        tags="freeform_tags",
    ),
    "oci_objectstorage_object_lifecycle_policy": Fold(("oci_objectstorage_bucket",), "bucket"),
    "oci_objectstorage_object": Row("object", {"public_access": FALSE}, name="object"),
    "oci_identity_compartment": Row(
        "account", {"email": NONE, "parent": text("compartment_id")}, identity=("id", "name"), tags="freeform_tags"
    ),
    "oci_core_vcn": Row(
        "network",
        {"cidrs": strings("cidr_blocks", "cidr_block"), "default": FALSE, "flow_logged": NONE},
        name="display_name",
        tags="freeform_tags",
    ),
    "oci_core_subnet": Row(
        "subnet",
        {
            "cidrs": strings("cidr_block"),
            "public_by_default": lambda reader: (
                str(reader.get("prohibit_public_ip_on_vnic", "false")).lower() != "true"
            ),
            "flow_logged": outside("the logging service decides whether flows are logged"),
        },
        {"in_network": Join("vcn_id", ("network",))},
        name="display_name",
        tags="freeform_tags",
    ),
    "oci_core_security_list": Row(
        "security_group",
        {"rules": _oracle_rules, "default": FALSE, "applied": TRUE},  # at the subnets that list it
        {"in_network": Join("vcn_id", ("network",))},
        name="display_name",
        tags="freeform_tags",
    ),
    "oci_core_network_security_group": Row(
        "security_group",
        {"rules": _oracle_group_rules, "default": FALSE},
        {"in_network": Join("vcn_id", ("network",))},
        name="display_name",
        tags="freeform_tags",
    ),
    "oci_core_network_security_group_security_rule": Fold(
        ("oci_core_network_security_group",), "network_security_group_id"
    ),
    "oci_core_internet_gateway": _oracle_gateway("internet"),
    "oci_core_nat_gateway": _oracle_gateway("nat"),
    "oci_core_drg": _oracle_gateway("transit"),
    "oci_core_volume": _oracle_volume(),
    "oci_core_boot_volume": _oracle_volume(),
    "oci_file_storage_file_system": Row(
        "file_system",
        {
            "encrypted": TRUE,
            "customer_key": written("kms_key_id"),
            "placement": _MANAGED,
            "backed_up": written("filesystem_snapshot_policy_id"),
        },
        name="display_name",
        tags="freeform_tags",
    ),
    "oci_core_instance": Row(
        "instance",
        {
            "template": FALSE,
            "public_address": lambda reader: (
                str(reader.get("create_vnic_details.assign_public_ip", "true")).lower() == "true"
            ),
            # instances answer the older, session-free form too unless it is switched off
            "tokens_required": flag("instance_options.are_legacy_imds_endpoints_disabled"),
            "metadata_hops": NONE,
            "disks_encrypted": TRUE,
            "monitored": NONE,
            "literal_secrets": start_script,
            "fetches_code": machine_fetches("metadata.user_data", "user_data"),
            "image": text("source_details.source_id"),
        },
        {
            "in_subnet": Join("create_vnic_details.subnet_id", ("subnet",)),
            "uses": Join("create_vnic_details.nsg_ids", ("security_group",)),
        },
        name="display_name",
        tags="freeform_tags",
    ),
    **{
        f"data.oci_{name}": Skip("asks the tenancy for something that exists")
        for name in (
            "objectstorage_namespace",
            "identity_availability_domains",
            "identity_availability_domain",
            "core_images",
            "core_services",
            "identity_compartments",
        )
    },
}
