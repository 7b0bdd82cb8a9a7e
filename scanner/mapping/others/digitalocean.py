"""DigitalOcean: droplets, firewalls, Spaces, databases, clusters (documentation of the provider and the products).

Data at rest is encrypted by the service in Spaces, volumes and databases, and nobody can switch it off. A firewall
lets in and out what its rules say and nothing else; a droplet without one is not filtered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    TRUE,
    elements,
    flag,
    has_block,
    marked,
    named,
    outside,
    strings,
    text,
    truth,
    whole,
)
from scanner.mapping.others.ram import statements
from scanner.mapping.reader import Reader
from scanner.mapping.secrets import secrets_in_text
from scanner.mapping.starting import machine_fetches
from scanner.mapping.table import Fixed, Fold, Join, Part, Row, Skip, Table
from scanner.model.value import Undetermined, Unknown, Value
from scanner.rule import some

_MANAGED = Fixed("managed")
_EVERYONE: list[Value] = ["0.0.0.0/0", "::/0"]
_TLS = {"https": True, "http2": True, "http3": True, "http": False}  # of others the balancer sees no payload
_KEEPS_NONE = ("redis", "valkey", "kafka")  # without backups


def _no_tags(reader: Reader) -> dict[str, Value]:
    """Its tags are words, not keys with values."""
    return {}


def _rules(reader: Reader) -> Value:
    return marked(reader, _each_rule(reader), "source_addresses", "destination_addresses")


def _each_rule(reader: Reader) -> Iterator[tuple[Reader, Value]]:
    for direction, path, far in (("in", "inbound_rule", "source"), ("out", "outbound_rule", "destination")):
        for block in reader.blocks(path):
            yield block, _rule(block, direction, far)


def _rule(block: Reader, direction: str, far: str) -> Value:
    first, last = _ports(block.peek("port_range"))
    others = ("droplet_ids", "tags", "load_balancer_uids", "kubernetes_ids")
    return {
        "direction": direction,
        "protocol": block.peek("protocol"),
        "from": first,
        "to": last,
        "cidrs": elements(block.peek(f"{far}_addresses")),
        "groups": [named(one) for other in others for one in elements(block.peek(f"{far}_{other}"))],
        "action": "allow",  # and no description: the service has none
    }


def _applied(reader: Reader) -> Value:
    """Whether it says itself whom it filters."""
    return True if any(elements(reader.get(path)) for path in ("droplet_ids", "tags")) else None


def _ports(port: Value) -> tuple[Value, Value]:
    """`22`, `8000-9000`, `all` or `0` for all; none where the protocol has none."""
    if isinstance(port, Unknown):
        return port, port
    low, _, high = str(port or "all").partition("-")
    return (None, None) if low in ("all", "0") and not high else (whole(low), whole(high or low))


def _start_script(reader: Reader) -> Value:
    script = reader.get("user_data")
    return secrets_in_text(script, "user_data") if isinstance(script, str) else []


def _trusted(reader: Reader) -> Iterable[Value]:
    """Whom the trusted sources of a database let in. Without any, everyone who has a password (Managed Databases,
    "Secure a cluster": limit incoming connections to trusted sources)."""
    folds = list(reader.folded("digitalocean_database_firewall"))
    for fold in folds:
        for block in fold.blocks("rule"):
            yield block.peek("value")
    if not folds:
        yield from _EVERYONE


def _database_public(reader: Reader) -> Value:
    return some(_trusted(reader), lambda one: str(_known(named(one))) in ("0.0.0.0/0", "0.0.0.0", "::/0"))  # noqa: S104 - compared


def _known(value: Value) -> Value:
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return value


def _public_cidrs(reader: Reader) -> Value:
    for block in reader.blocks("control_plane_firewall"):
        if truth(block.get("enabled")):
            return elements(block.get("allowed_addresses", []))
    return _EVERYONE


def _versioned(reader: Reader) -> Value:
    return truth(reader.get("versioning.enabled", False))


def _bucket_statements(reader: Reader) -> Value:
    """Spaces speaks the language of S3's policies."""
    policies = reader.folded("digitalocean_spaces_bucket_policy")
    return [one for fold in policies for one in statements(fold.get("policy"))]


def _read_by_all(reader: Reader) -> Value:
    return str(reader.get("acl", "private")).startswith("public")


_FORWARDED = Row(
    "listener",
    {
        "port": lambda reader: whole(reader.get("entry_port")),
        "protocol": lambda reader: str(reader.get("entry_protocol")).upper(),
        "encrypted": lambda reader: _TLS.get(str(reader.get("entry_protocol"))),
        "redirects": lambda reader: truth(Reader(reader.resource).get("redirect_http_to_https", False)),
        "tls_policy": NONE,
    },
    name="entry_port",
    tags=_no_tags,
    identity=(),
)

TABLE: Table = {
    "digitalocean_firewall": Row(
        "security_group",
        {"rules": _rules, "default": FALSE, "applied": _applied},
        {"uses": Join("droplet_ids", ("instance",), reverse=True)},
        tags=_no_tags,
    ),
    "digitalocean_droplet": Row(
        "instance",
        {
            "template": FALSE,
            "public_address": flag("public_networking", absent=True),
            "tokens_required": NONE,  # its metadata service hands out no credentials
            "metadata_hops": NONE,
            "disks_encrypted": NONE,  # no setting
            "monitored": flag("monitoring"),
            "literal_secrets": _start_script,
            "fetches_code": machine_fetches("user_data"),
            "image": text("image"),
        },
        {"in_network": Join("vpc_uuid", ("network",)), "mounts": Join("volume_ids", ("volume",))},
        tags=_no_tags,
    ),
    "digitalocean_vpc": Row(
        "network", {"cidrs": strings("ip_range"), "default": FALSE, "flow_logged": NONE}, tags=_no_tags
    ),
    "digitalocean_volume": Row(
        "volume",
        {"encrypted": TRUE, "customer_key": FALSE, "placement": _MANAGED},
        tags=_no_tags,
    ),
    "digitalocean_spaces_bucket": Row(
        "object_store",
        {
            "encrypted": TRUE,
            "customer_key": FALSE,
            "placement": _MANAGED,
            "public_access": _read_by_all,
            "public_blocked": NONE,  # the service has no such switch
            "public_restricted": NONE,
            "grants": EMPTY,
            "versioned": _versioned,
            "delete_protected": FALSE,
            "locked": FALSE,
            "access_logged": lambda reader: reader.fold("digitalocean_spaces_bucket_logging") is not None,
            "tls_required": NONE,  # the service answers over HTTPS only
            "lifecycle": has_block("lifecycle_rule"),
            "statements": _bucket_statements,
        },
        identity=("id", "name", "bucket_domain_name"),
        tags=_no_tags,
    ),
    "digitalocean_spaces_bucket_policy": Fold(("digitalocean_spaces_bucket",), "bucket"),
    "digitalocean_spaces_bucket_logging": Fold(("digitalocean_spaces_bucket",), "bucket"),
    "digitalocean_spaces_bucket_cors_configuration": Skip("which pages may call a bucket"),
    "digitalocean_spaces_bucket_object": Row("object", {"public_access": _read_by_all}, name="key"),
    "digitalocean_database_cluster": Row(
        "database",
        {
            "encrypted": TRUE,
            "customer_key": FALSE,
            "placement": _MANAGED,
            "engine": text("engine"),
            "public_access": _database_public,
            "tls_required": outside("the service offers TLS; what clients ask for decides"),
            "backup_days": lambda reader: None if str(reader.get("engine")) in _KEEPS_NONE else 7,
            "deletion_protected": NONE,  # the service has no such switch
            "final_snapshot": NONE,
            "multi_zone": NONE,  # standby nodes stand in the same data centre
            "identity_login": NONE,  # it knows passwords only
            "logged": NONE,
            "upgraded": TRUE,
            "part_of": NONE,
            "statements": EMPTY,
        },
        {"in_network": Join("private_network_uuid", ("network",))},
        tags=_no_tags,
    ),
    "digitalocean_database_firewall": Fold(("digitalocean_database_cluster",), "cluster_id"),
    "digitalocean_kubernetes_cluster": Row(
        "cluster",
        {
            "flavour": Fixed("kubernetes"),
            "version": text("version"),
            "public_endpoint": TRUE,
            "public_cidrs": _public_cidrs,
            "secrets_encrypted": outside("the service decides how the store of the control plane is encrypted"),
            "logs": NONE,
            "legacy_authorization": FALSE,
            "access_entries": NONE,
            "creator_administers": NONE,
            "network_policy": TRUE,  # Cilium carries them out
            "upgraded": flag("auto_upgrade"),
            "workloads_logged": NONE,
        },
        {"in_network": Join("vpc_uuid", ("network",))},
        tags=_no_tags,
    ),
    "digitalocean_kubernetes_node_pool": Skip("machines of a cluster, which the service sets up"),
    "digitalocean_loadbalancer": Row(
        "load_balancer",
        {
            "flavour": Fixed("application"),
            "internal": lambda reader: str(reader.get("network", "EXTERNAL")).upper() == "INTERNAL",
            "access_logged": NONE,  # the service keeps no such log
            "deletion_protected": NONE,
            "drops_invalid_headers": NONE,
            "fails_open": NONE,
        },
        {"forwards_to": Join("droplet_ids", ("instance",))},
        tags=_no_tags,
        parts=(
            Part(_FORWARDED, "listener", "forwarding_rule", edge="listens_on", reverse=True, name="entry_port"),
        ),
    ),
    "digitalocean_certificate": Skip("a certificate that the service keeps"),
    "digitalocean_cdn": Skip("copies of a bucket near its readers"),
    "digitalocean_database_db": Skip("one database of a cluster"),
    "digitalocean_database_user": Skip("a login of a cluster"),
    "digitalocean_database_connection_pool": Skip("connections to a cluster"),
    "digitalocean_domain": Skip("a zone of names"),
    "digitalocean_floating_ip": Skip("an address"),
    "digitalocean_floating_ip_assignment": Skip("an address at a droplet"),
    "digitalocean_monitor_alert": Skip("an alarm of measurements"),
    "digitalocean_project": Skip("a name for some resources"),
    "digitalocean_project_resources": Skip("a name for some resources"),
    "digitalocean_record": Skip("a name of a zone"),
    "digitalocean_reserved_ip": Skip("an address"),
    "digitalocean_reserved_ip_assignment": Skip("an address at a droplet"),
    "digitalocean_ssh_key": Skip("a public key"),
    "digitalocean_tag": Skip("a word for some resources"),
    "digitalocean_uptime_alert": Skip("an alarm of measurements"),
    "digitalocean_uptime_check": Skip("asks whether an address answers"),
    "digitalocean_volume_attachment": Skip("a volume at a droplet"),
    **{
        f"data.digitalocean_{name}": Skip("asks the account for something that exists")
        for name in [
            "account",
            "certificate",
            "database_cluster",
            "domain",
            "droplet",
            "droplets",
            "image",
            "images",
            "kubernetes_cluster",
            "kubernetes_versions",
            "loadbalancer",
            "project",
            "region",
            "regions",
            "sizes",
            "ssh_key",
            "ssh_keys",
            "vpc",
            "tag",
        ]
    },
}
