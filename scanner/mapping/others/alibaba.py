"""Alibaba Cloud: buckets, databases, machines, networks, rights."""

from __future__ import annotations

from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    elements,
    equals,
    flag,
    has_block,
    marked,
    named,
    outside,
    strings,
    text,
    whole,
    written,
)
from scanner.mapping.others.oracle import start_script
from scanner.mapping.others.ram import public, statements
from scanner.mapping.reader import Reader
from scanner.mapping.starting import machine_fetches
from scanner.mapping.table import Edge, Fixed, Fold, Join, Part, Row, Skip, Table
from scanner.model.value import Cause, Unknown, Value

_MANAGED = Fixed("managed")
_TLS_OFFERED = Unknown(
    "ssl_action offers TLS; the parameters of the server and the accounts decide whether it is required",
    Cause.OUTSIDE_SCAN,
)


def _oss_acl(reader: Reader) -> Value:
    for fold in reader.folded("alicloud_oss_bucket_acl"):
        return str(fold.get("acl", "private"))
    return str(reader.get("acl", "private"))


def _oss_public(reader: Reader) -> Value:
    if str(_oss_acl(reader)).startswith("public"):
        return True
    return public(_oss_statements(reader))


def _oss_statements(reader: Reader) -> list[dict[str, Value]]:
    found = statements(reader.get("policy"))
    for fold in reader.folded("alicloud_oss_bucket_policy"):
        found += statements(fold.get("policy"))
    return found


def _oss_blocked(reader: Reader) -> Value:
    for fold in reader.folded("alicloud_oss_bucket_public_access_block"):
        return str(fold.get("block_public_access", "false")).lower() == "true"
    return False


def _oss_versioned(reader: Reader) -> Value:
    for fold in reader.folded("alicloud_oss_bucket_versioning"):
        return str(fold.get("status")) == "Enabled"
    return str(reader.get("versioning.status", "Suspended")) == "Enabled"


def _rds_public(reader: Reader) -> Value:
    """An address on the Internet, which an instance has when a connection asks for one (provider documentation of
    alicloud_db_connection), and a list that lets everyone in; 0.0.0.0 without a length means the same there."""
    if reader.fold("alicloud_db_connection") is None:
        return False
    return any(str(one) in ("0.0.0.0", "0.0.0.0/0") for one in reader.items("security_ips"))  # noqa: S104 - compared


def _rds_backups(reader: Reader) -> Value:
    """Seven days unless a policy says otherwise."""
    for fold in reader.folded("alicloud_db_backup_policy"):
        return whole(fold.get("backup_retention_period", fold.get("retention_period", 7)))
    return 7


def _rds_tls(reader: Reader) -> Value:
    """Without `ssl_action` connections are plain. With it TLS is offered; parameters of the server ask for it."""
    if str(reader.get("ssl_action", "Close")) == "Close":
        return False
    for parameter in reader.blocks("parameters"):
        if str(parameter.get("name")) in ("require_secure_transport", "rds_force_ssl"):
            return str(parameter.get("value")).lower() in ("on", "1", "true")
    return _TLS_OFFERED


def _rds_encrypted(reader: Reader) -> Value:
    return str(reader.get("tde_status", "Disabled")) == "Enabled" or written("encryption_key")(reader)


_ROLE_TRUST = Part(
    Row("trust", {"statements": lambda reader: statements(
        reader.get("assume_role_policy_document", reader.get("document")))}, identity=(), tags=lambda reader: {}),
    "trust",
    edge="trusts",
    when=lambda reader: any(
        reader.peek(path) is not None for path in ("document", "assume_role_policy_document")
    ),
)  # fmt: skip


def _ecs_rules(reader: Reader) -> Value:
    pairs = ((fold, _ecs_rule(fold)) for fold in reader.folded("alicloud_security_group_rule"))
    return marked(reader, pairs, "cidr_ip", "ipv6_cidr_ip")


def _ecs_rule(fold: Reader) -> dict[str, Value]:
    way = fold.peek("type")
    kind = fold.peek("ip_protocol")
    span = fold.peek("port_range")
    first: Value = span
    last: Value = span
    if not isinstance(span, Unknown):
        low, _, high = str(span or "-1/-1").partition("/")
        first, last = (None, None) if low == "-1" else (whole(low), whole(high))
    action = fold.peek("policy")
    return {
        "direction": way if isinstance(way, Unknown) else "in" if str(way) == "ingress" else "out",
        "protocol": kind if isinstance(kind, Unknown) else "any" if str(kind) == "all" else str(kind),
        "from": first,
        "to": last,
        "groups": [named(one) for one in elements(fold.peek("source_security_group_id"))],
        "action": action if isinstance(action, Unknown) else "deny" if str(action) == "drop" else "allow",
        "description": fold.peek("description"),
        "cidrs": elements(fold.peek("ipv6_cidr_ip")) + elements(fold.peek("cidr_ip")),
    }


TABLE: Table = {
    "alicloud_oss_bucket": Row(
        "object_store",
        {
            "encrypted": written("server_side_encryption_rule.sse_algorithm"),  # not encrypted by default
            "customer_key": written("server_side_encryption_rule.kms_master_key_id"),
            "placement": _MANAGED,
            "public_access": _oss_public,
            "public_blocked": _oss_blocked,
            "public_restricted": NONE,
            "grants": EMPTY,
            "versioned": _oss_versioned,
            "delete_protected": FALSE,
            "locked": FALSE,
            "access_logged": lambda reader: (
                reader.fold("alicloud_oss_bucket_logging") is not None or reader.block("logging") is not None
            ),
            "tls_required": FALSE,
            "lifecycle": has_block("lifecycle_rule"),
            "statements": _oss_statements,
        },
        {
            "logs_to": Join("logging.target_bucket", ("object_store",)),
            "encrypted_with": Join("server_side_encryption_rule.kms_master_key_id", ("key",)),
        },
        identity=("id", "bucket"),
        name="bucket",
    ),
    **{
        f"alicloud_oss_bucket_{name}": Fold(("alicloud_oss_bucket",), "bucket")
        for name in ("acl", "policy", "logging", "versioning", "public_access_block")
    },
    "alicloud_oss_bucket_object": Row(
        "object",
        {"public_access": lambda reader: str(reader.get("acl", "private")).startswith("public")},
        name="key",
    ),
    "alicloud_db_instance": Row(
        "database",
        {
            "encrypted": _rds_encrypted,
            "customer_key": written("encryption_key", "tde_encryption_key"),
            "placement": _MANAGED,
            "engine": text("engine"),
            "public_access": _rds_public,
            "tls_required": _rds_tls,
            "backup_days": _rds_backups,
            "deletion_protected": flag("deletion_protection"),
            "final_snapshot": NONE,
            "multi_zone": written("zone_id_slave_a"),
            "identity_login": NONE,  # it knows passwords only
            "logged": equals("sql_collector_status", "Enabled", default="Disabled"),
            "upgraded": equals("auto_upgrade_minor_version", "Auto", default="Auto"),
            "part_of": NONE,
            "statements": EMPTY,
        },
        {"in_subnet": Join("vswitch_id", ("subnet",)), "uses": Join("security_group_ids", ("security_group",))},
        name="instance_name",
    ),
    "alicloud_db_backup_policy": Fold(("alicloud_db_instance",), "instance_id"),
    "alicloud_db_connection": Fold(("alicloud_db_instance",), "instance_id"),
    "alicloud_db_database": Skip("one database of an instance"),
    "alicloud_db_account": Skip("a login of an instance"),
    "alicloud_actiontrail_trail": Row(
        "trail",
        {
            "multi_region": equals("trail_region", "All", default="All"),
            "validated": NONE,
            "customer_key": NONE,
            "active": equals("status", "Enable", default="Enable"),
            "management_events": equals("event_rw", "All", default="Write"),  # provider default: Write
        },
        {"logs_to": Join("oss_bucket_name", ("object_store",))},
        name="trail_name",
    ),
    "alicloud_ram_role": Row(
        "role",
        {
            "service_linked": FALSE,
            "bounded": NONE,
            "boundary": NONE,
            "path": NONE,
            "session_seconds": lambda reader: whole(reader.get("max_session_duration", 3600)),
            "managed_policies": EMPTY,
            "members": EMPTY,
        },
        parts=(_ROLE_TRUST,),
    ),
    "alicloud_ram_policy": Row(
        "policy",
        {
            "statements": lambda reader: statements(reader.get("policy_document", reader.get("document"))),
            "inline": FALSE,
            "path": NONE,
        },
        identity=("id", "policy_name", "name"),
        name="policy_name",
    ),
    "alicloud_ram_role_policy_attachment": Edge(
        "attaches", Join("role_name", ("role",)), Join("policy_name", ("policy",))
    ),
    "alicloud_ram_user_policy_attachment": Edge(
        "attaches", Join("user_name", ("user",)), Join("policy_name", ("policy",))
    ),
    "alicloud_ram_user": Row("user", {"console": outside("a login profile decides"), "bounded": NONE,
                                      "boundary": NONE, "path": NONE, "managed_policies": EMPTY}),
    "alicloud_ram_access_key": Row(
        "access_key",
        {"active": equals("status", "Active", default="Active"), "root": FALSE},
        {"grants_to": Join("user_name", ("user",))},
        name="user_name",
    ),
    "alicloud_kms_key": Row(
        "key",
        {
            "rotated": equals("automatic_rotation", "Enabled", default="Disabled"),
            "deletion_days": lambda reader: whole(reader.get("pending_window_in_days", 30)),
            "statements": EMPTY,
            "grants": EMPTY,
        },
    ),
    "alicloud_disk": Row(
        "volume",
        {"encrypted": flag("encrypted"), "customer_key": written("kms_key_id"), "placement": _MANAGED},
        {"encrypted_with": Join("kms_key_id", ("key",))},
    ),
    "alicloud_vpc": Row(
        "network",
        {"cidrs": strings("cidr_block"), "default": FALSE, "flow_logged": NONE},
        name="vpc_name",
    ),
    "alicloud_vswitch": Row(
        "subnet",
        {"cidrs": strings("cidr_block"), "public_by_default": FALSE, "flow_logged": NONE},
        {"in_network": Join("vpc_id", ("network",))},
        name="vswitch_name",
    ),
    "alicloud_security_group": Row(
        "security_group",
        {"rules": _ecs_rules, "default": FALSE},
        {"in_network": Join("vpc_id", ("network",))},
    ),
    "alicloud_security_group_rule": Fold(("alicloud_security_group",), "security_group_id"),
    "alicloud_instance": Row(
        "instance",
        {
            "template": FALSE,
            "public_address": lambda reader: (whole(reader.get("internet_max_bandwidth_out", 0)) or 0) > 0,
            "tokens_required": equals("http_tokens", "required", default="optional"),
            "metadata_hops": NONE,
            "disks_encrypted": flag("system_disk_encrypted"),
            "monitored": NONE,
            "literal_secrets": start_script,
            "fetches_code": machine_fetches("metadata.user_data", "user_data"),
            "image": text("image_id"),
        },
        {
            "in_subnet": Join("vswitch_id", ("subnet",)),
            "uses": Join("security_groups", ("security_group",)),
            "assumes": Join("role_name", ("role",)),
        },
        name="instance_name",
    ),
    **{
        f"data.alicloud_{name}": Skip("asks the account for something that exists")
        for name in ("zones", "regions", "account", "caller_identity", "images", "instance_types", "vpcs")
    },
}  # fmt: skip
