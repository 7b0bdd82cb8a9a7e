"""Google networks: VPCs, subnets, firewall rules, gateways, load balancing, names."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.extract import (
    FALSE,
    NONE,
    PLAIN_LINE,
    TRUE,
    elements,
    equals,
    flag,
    gathered,
    marked,
    named,
    outside,
    strings,
    text,
    told,
    truth,
    whole,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Fold, Join, Row, Skip, Table
from scanner.model.value import Unknown, Value

IN_NETWORK = Join("network", ("network",))
_IDENTITY = ("id", "self_link", "name")
_EVERYONE = ["0.0.0.0/0"]
_PROTOCOLS = {"all": "any", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmp", "icmpv6": "icmp"}
_SSL_POLICIES = ("google_compute_ssl_policy", "google_compute_region_ssl_policy")
_PROXIES = (
    "google_compute_target_https_proxy",
    "google_compute_region_target_https_proxy",
    "google_compute_target_ssl_proxy",
)
_PROXY_ONLY = ("INTERNAL_HTTPS_LOAD_BALANCER", "REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY")


def _network_cidrs(reader: Reader) -> Value:
    """A network has no range of its own; in auto mode, which is the default, its subnets lie in this one."""
    return ["10.128.0.0/9"] if truth(reader.get("auto_create_subnetworks", True)) else []


def _subnet_cidrs(reader: Reader) -> Value:
    own = elements(reader.peek("ip_cidr_range"))
    return own + gathered(block.peek("ip_cidr_range") for block in reader.blocks("secondary_ip_range"))


def _flow_logged(reader: Reader) -> Value:
    """Google logs flows per subnet, where a log_config is written; subnets of proxies cannot."""
    if str(reader.get("purpose", "PRIVATE")) in _PROXY_ONLY:
        return None
    return reader.block("log_config") is not None


def _firewall_rules(reader: Reader) -> Value:
    """The rules of one firewall resource; none where it is switched off."""
    if truth(reader.get("disabled", False)):
        return []
    return marked(reader, ((reader, rule) for rule in _each_rule(reader)), "source_ranges", "allow")


def _each_rule(reader: Reader) -> Iterator[Value]:
    direction = str(reader.get("direction", "INGRESS")).upper()
    inward = direction == "INGRESS"
    groups = [each for path in ("source_tags", "source_service_accounts") for each in elements(reader.peek(path))]
    named = elements(reader.peek("source_ranges" if inward else "destination_ranges"))
    # the API takes everyone where neither ranges nor tags nor accounts are named
    cidrs = named or ([] if groups and inward else _EVERYONE)
    for action in ("deny", "allow"):
        for block in reader.blocks(action):
            for first, last in _ranges(block):
                yield {
                    "direction": "in" if inward else "out",
                    "protocol": _protocol(block.peek("protocol")),
                    "from": first,
                    "to": last,
                    "cidrs": cidrs,
                    "groups": groups,
                    "action": action,
                    "description": reader.peek("description"),
                }


def _protocol(value: Value) -> Value:
    if isinstance(value, Unknown):
        return value
    name = str(value).lower()
    return _PROTOCOLS.get(name, whole(name))


def _ranges(block: Reader) -> Iterator[tuple[Value, Value]]:
    """Port ranges; (null, null) for all."""
    listed = elements(block.peek("ports"))
    if not listed:
        yield None, None
    for each in listed:
        if isinstance(each, Unknown):
            yield each, each
        else:
            first, _, last = str(each).partition("-")
            yield whole(first), whole(last or first)


def _routes(reader: Reader) -> Value:
    kinds = {
        "next_hop_gateway": "internet",
        "next_hop_instance": "instance",
        "next_hop_ip": "interface",
        "next_hop_vpn_tunnel": "vpn",
        "next_hop_ilb": "interface",
    }
    for path, kind in kinds.items():
        target = reader.peek(path)
        if target is not None:
            return [{"destination": reader.peek("dest_range"), "target": named(target), "target_kind": kind}]
    return [{"destination": reader.peek("dest_range"), "target": None, "target_kind": None}]


def _internal(reader: Reader) -> Value:
    return str(reader.get("load_balancing_scheme", "EXTERNAL")).upper().startswith("INTERNAL")


def _balancer() -> Row:
    return Row(
        "load_balancer",
        {
            "flavour": lambda reader: "application" if reader.peek("target") is not None else "network",
            "internal": _internal,
            "access_logged": outside("the backend services decide whether requests are logged"),
            "deletion_protected": NONE,
            "drops_invalid_headers": NONE,
            "fails_open": NONE,
        },
        {
            "in_subnet": Join("subnetwork", ("subnet",)),
            "listens_on": Join("target", ("listener",), reverse=True),
            "forwards_to": Join("backend_service", ("target_group",)),
        },
        identity=_IDENTITY,
        tags="labels",
    )


def _proxy(protocol: str, port: int, encrypted: Fixed, redirects: Fixed | Extract, policy: Fixed | Extract) -> Row:
    return Row(
        "listener",
        {
            "port": Fixed(port),
            "protocol": Fixed(protocol),
            "encrypted": encrypted,
            "redirects": redirects,
            "tls_policy": policy,
        },
        {"forwards_to": Join("backend_service", ("target_group",))},
        identity=_IDENTITY,
    )


def _tls_policy(reader: Reader) -> Value:
    """The lowest version that its SSL policy takes: 1.0 unless that says more, and without a policy."""
    for type_ in _SSL_POLICIES:
        for policy in reader.folded(type_):
            return str(policy.get("min_tls_version", "TLS_1_0"))
    return reader.get("ssl_policy", "GCP default (TLS 1.0)")


def _waf_default(reader: Reader) -> Value:
    """The action of the rule of lowest rank, which every policy has (Cloud Armor: allow unless said otherwise)."""
    for rule in reader.blocks("rule"):
        if whole(rule.get("priority")) == 2147483647:
            return "allow" if str(rule.get("action")) == "allow" else "block"
    return "allow"


def _dnssec(reader: Reader) -> Value:
    if str(reader.get("visibility", "public")) == "private":
        return None
    return str(reader.get("dnssec_config.state", "off")) == "on"


def _attachment_encrypted(reader: Reader) -> Value:
    """By a VPN within it (IPSEC; provider documentation: NONE unless told otherwise); else the line that it is a
    part of says whether MACsec is on; that of a partner has none ("MACsec for Cloud Interconnect overview")."""
    if str(reader.get("encryption", "NONE")) == "IPSEC":
        return True
    return PLAIN_LINE if str(reader.get("type", "DEDICATED")) == "PARTNER" else None


_HTTP = _proxy("HTTP", 80, FALSE, outside("the URL map decides whether clients are sent to HTTPS"), NONE)
_HTTPS = _proxy("HTTPS", 443, TRUE, FALSE, _tls_policy)
_TLS = _proxy("SSL", 443, TRUE, FALSE, _tls_policy)
_PLAIN = _proxy("TCP", 443, NONE, FALSE, NONE)
_TARGETS = Row("target_group", {"protocol": text("protocol", "HTTP")}, identity=_IDENTITY)
_VPN = Row("gateway", {"role": Fixed("vpn")}, {"in_network": IN_NETWORK}, identity=_IDENTITY)
_CERTIFICATE = Row("certificate", {"transparency_logged": TRUE, "validation": Fixed("DNS")}, identity=_IDENTITY)

_NETWORKS: Table = {
    "google_compute_network": Row(
        "network",
        {"cidrs": _network_cidrs, "default": FALSE, "flow_logged": NONE},
        identity=_IDENTITY,
        tags="labels",
    ),
    "google_compute_subnetwork": Row(
        "subnet",
        # machines get public addresses one by one, never from the subnet
        {"cidrs": _subnet_cidrs, "public_by_default": FALSE, "flow_logged": _flow_logged},
        {"in_network": IN_NETWORK},
        identity=_IDENTITY,
        tags="labels",
    ),
    "google_compute_firewall": Row(
        "security_group",
        # in force at every machine of the network that its tags or accounts select
        {"rules": _firewall_rules, "default": FALSE, "applied": TRUE},
        {"in_network": IN_NETWORK},
        identity=_IDENTITY,
    ),
    "google_compute_route": Row(
        "route_table", {"routes": _routes}, {"in_network": IN_NETWORK}, identity=_IDENTITY
    ),
    "google_compute_router": Skip("learns and tells routes"),
    "google_compute_router_interface": Skip("learns and tells routes"),
    "google_compute_router_peer": Skip("learns and tells routes"),
    "google_compute_router_nat": Row("gateway", {"role": Fixed("nat")}, identity=("id",)),
    "google_compute_vpn_gateway": _VPN,
    "google_compute_ha_vpn_gateway": _VPN,
    "google_compute_external_vpn_gateway": Row("gateway", {"role": Fixed("customer")}, identity=_IDENTITY),
    "google_compute_vpn_tunnel": Row("gateway", {"role": Fixed("vpn")}, identity=_IDENTITY),
    "google_compute_interconnect_attachment": Row(
        "gateway", {"role": Fixed("direct"), "line_encrypted": _attachment_encrypted}, identity=_IDENTITY
    ),
    "google_compute_interconnect": Row(
        "gateway",
        {"role": Fixed("direct"), "line_encrypted": told("macsec_enabled", flag("macsec_enabled"))},
        identity=_IDENTITY,
    ),
    "google_compute_network_peering": Row(
        "peering",
        {"accepted": outside("the other network must declare the same peering")},
        {"in_network": (IN_NETWORK, Join("peer_network", ("network",)))},
    ),
    "google_compute_public_advertised_prefix": Row(
        "address_range",
        # Compute Engine documentation, "Bring your own IP addresses": the origin that must be authorized
        {"prefix": "ip_cidr_range", "announced": TRUE, "origins": Fixed(["396982"])},
        identity=("id", "self_link", "name", "ip_cidr_range"),
    ),
    "google_compute_address": Row("address", identity=("id", "self_link", "name", "address")),
    "google_compute_global_address": Row("address", identity=("id", "self_link", "name", "address")),
    "google_compute_shared_vpc_host_project": Skip("shares networks among projects"),
    "google_compute_shared_vpc_service_project": Skip("shares networks among projects"),
    "google_compute_subnetwork_iam_member": Skip("who may use a shared subnet"),
    "google_compute_subnetwork_iam_binding": Skip("who may use a shared subnet"),
    "google_service_networking_connection": Row(
        "peering", {"accepted": TRUE}, {"in_network": IN_NETWORK}, name="service"
    ),
    "google_vpc_access_connector": Skip("lets functions send into a network"),
}

_DELIVERY: Table = {
    "google_compute_forwarding_rule": _balancer(),
    "google_compute_global_forwarding_rule": _balancer(),
    "google_compute_target_http_proxy": _HTTP,
    "google_compute_region_target_http_proxy": _HTTP,
    "google_compute_target_https_proxy": _HTTPS,
    "google_compute_region_target_https_proxy": _HTTPS,
    "google_compute_target_ssl_proxy": _TLS,
    "google_compute_target_tcp_proxy": _PLAIN,
    "google_compute_backend_service": _TARGETS,
    "google_compute_region_backend_service": _TARGETS,
    "google_compute_backend_bucket": Row("target_group", {"protocol": Fixed("HTTP")}, {
        "forwards_to": Join("bucket_name", ("object_store",))}, identity=_IDENTITY),
    "google_compute_url_map": Skip("which path leads to which backend"),
    "google_compute_region_url_map": Skip("which path leads to which backend"),
    "google_compute_health_check": Skip("asks whether a backend answers"),
    "google_compute_region_health_check": Skip("asks whether a backend answers"),
    "google_compute_http_health_check": Skip("asks whether a backend answers"),
    "google_compute_https_health_check": Skip("asks whether a backend answers"),
    **dict.fromkeys(_SSL_POLICIES, Fold(_PROXIES, "ssl_policy", named=True)),
    "google_compute_ssl_certificate": Row(
        "certificate",
        {"transparency_logged": outside("its issuer decides"), "validation": NONE},
        identity=_IDENTITY,
    ),
    "google_compute_managed_ssl_certificate": _CERTIFICATE,
    "google_certificate_manager_certificate": _CERTIFICATE,
    "google_compute_security_policy": Row(
        "waf",
        {"default_action": _waf_default, "logged": TRUE, "fails_open": NONE},  # decisions go to Cloud Logging
        identity=_IDENTITY,
    ),
    "google_dns_managed_zone": Row(
        "dns_zone",
        {
            "private": equals("visibility", "private", default="public"),
            "signed": _dnssec,
            "query_logged": flag("cloud_logging_config.enable_logging"),
        },
        tags="labels",
    ),
    "google_dns_record_set": Row(
        "dns_record", {"record": text("type"), "values": strings("rrdatas")}, identity=()
    ),
    "google_dns_policy": Skip("how a network resolves names"),
}  # fmt: skip

_ASKED = "asks the project for something that exists"
_READ = (
    "compute_network compute_subnetwork compute_zones compute_regions compute_address compute_global_address"
    " compute_lb_ip_ranges compute_backend_service dns_managed_zone netblock_ip_ranges"
    " compute_default_service_account project client_config client_openid_userinfo iam_policy iam_role"
    " service_account service_account_access_token service_account_id_token organization folder active_folder"
    " projects storage_project_service_account billing_account"
)
TABLE: Table = {**_NETWORKS, **_DELIVERY, **{f"data.google_{name}": Skip(_ASKED) for name in _READ.split()}}
