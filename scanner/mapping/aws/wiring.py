"""How AWS resources hang in their networks: the `wiring` of a node, which reachability reads.

One entry per native type; the keys of each are listed in `scanner.analysis.network.aws_parts`, which reads them.
Values are as they are written: an Unknown stays where it stands, None means that the argument is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from scanner.mapping.aws import wiring_firewalls
from scanner.mapping.aws import wiring_services as services
from scanner.mapping.aws.network import route_of
from scanner.mapping.extract import elements, truth, whole
from scanner.mapping.reader import Reader
from scanner.model.resource import Plane
from scanner.model.value import Unknown, Value

_Get = str | Callable[[Reader], Value]


def wiring(reader: Reader) -> Value:
    """The entry of a resource's type as a list of one object; [] where its type needs none."""
    wanted = _TYPES.get(reader.resource.type) if not reader.prefix else _PARTS.get(reader.resource.type)
    if wanted is None:
        return []
    return [{name: reader.peek(get) if isinstance(get, str) else get(reader) for name, get in wanted.items()}]


def _flag(path: str, *, absent: bool) -> Callable[[Reader], Value]:
    """A flag that may be unknown; `absent` is the provider's default."""

    def read(reader: Reader) -> Value:
        value = reader.peek(path)
        if isinstance(value, Unknown):
            return value
        return absent if value is None else truth(value)

    return read


def _all(*paths: str) -> _Get:
    return lambda reader: [each for path in paths for each in _each(reader.peek(path))]


def _each(value: Value) -> list[Value]:
    return [value] if isinstance(value, Unknown) else elements(value)


def _word(path: str, default: str | None = None) -> _Get:
    def read(reader: Reader) -> Value:
        value = reader.peek(path)
        return value if isinstance(value, Unknown) else str(value) if value is not None else default

    return read


def _whole(path: str, default: int | None = None) -> _Get:
    def read(reader: Reader) -> Value:
        value = whole(reader.peek(path))
        return default if not isinstance(value, Unknown) and value is None else value

    return read


def _first(*paths: str) -> _Get:
    """What stands at the first path that is written."""

    def read(reader: Reader) -> Value:
        for path in paths:
            value = reader.peek(path)
            if isinstance(value, Unknown) or value is not None:
                return value
        return None

    return read


def _negated(get: Callable[[Reader], Value]) -> _Get:
    def read(reader: Reader) -> Value:
        value = get(reader)
        return value if isinstance(value, Unknown) else not value

    return read


# networks


def _block(reader: Reader) -> Value:
    """The mode of the region's block of public access; None where the scan does not say one."""
    for options in reader.folded("aws_vpc_block_public_access_options"):
        return options.peek("internet_gateway_block_mode")
    return None


def _exemptions(reader: Reader) -> Value:
    exclusions = reader.folded("aws_vpc_block_public_access_exclusion")
    return [each.peek("internet_gateway_exclusion_mode") for each in exclusions]


def _generates_six(reader: Reader) -> Value:
    """Whether it has an IPv6 range that Amazon or a pool chooses."""
    if reader.fold("aws_vpc_ipv6_cidr_block_association") is not None:
        return True
    asked = reader.peek("assign_generated_ipv6_cidr_block")
    if isinstance(asked, Unknown) or asked is not None:
        return asked if isinstance(asked, Unknown) else truth(asked)
    return reader.peek("ipv6_ipam_pool_id") is not None


_NETWORK: Mapping[str, _Get] = {"block": _block, "exempt": _exemptions, "generates_six": _generates_six}
_SUBNET: Mapping[str, _Get] = {
    "zone": _first("availability_zone", "availability_zone_id"),
    "four": "cidr_block",
    "six": "ipv6_cidr_block",
    "native": _flag("ipv6_native", absent=False),
    "assigns_six": _flag("assign_ipv6_address_on_creation", absent=False),
    "exempt": _exemptions,
}


def _cleared(reader: Reader) -> Value:
    """Whether an adopted table holds what is listed and no more: `route = []` removes what was in it, without the
    argument all of that stays; a state lists what there is."""
    return isinstance(reader.peek("route"), list) or reader.resource.plane in (Plane.RECORDED, Plane.LIVE)


# interfaces


def _has_six(reader: Reader) -> Value:
    """True or False where IPv6 addresses are asked for or refused, None where the subnet decides."""
    listed = reader.peek("ipv6_addresses")
    if isinstance(listed, Unknown) or listed:
        return listed if isinstance(listed, Unknown) else True
    count = reader.peek("ipv6_address_count")
    return count if isinstance(count, Unknown) or count is None else bool(whole(count))


def _elastic(reader: Reader) -> Value:
    """Public addresses that are written (plans, states): what peers on the internet see."""
    own = [each for each in _each(reader.peek("public_ip")) if not isinstance(each, Unknown)]
    return own + [each for eip in reader.folded("aws_eip") for each in _each(eip.peek("public_ip"))]


_MACHINE: Mapping[str, _Get] = {
    "addresses": _all("private_ip", "private_ips", "secondary_private_ips"),
    "six": _has_six,
    "forwards": _negated(_flag("source_dest_check", absent=True)),
    "public_is": _elastic,
}


# balancers


def _mapped_addresses(reader: Reader) -> Value:
    mapped = reader.blocks("subnet_mapping")
    return [each for block in mapped for each in _each(block.peek("private_ipv4_address"))]


def _dual(reader: Reader) -> Value:
    value = reader.peek("ip_address_type")
    return value if isinstance(value, Unknown) else str(value or "ipv4").startswith("dualstack")


def _cross_zone(reader: Reader) -> Value:
    """Application balancers always may, network and gateway balancers only where it is switched on."""
    kind = reader.peek("load_balancer_type")
    asked = reader.peek("enable_cross_zone_load_balancing")
    if isinstance(kind, Unknown) or isinstance(asked, Unknown):
        return kind if isinstance(kind, Unknown) else asked
    return str(kind or "application") == "application" or (asked is not None and truth(asked))


def _guards_endpoints(reader: Reader) -> Value:
    """Whether its groups judge what comes through PrivateLink; on unless switched off."""
    return str(reader.get("enforce_security_group_inbound_rules_on_private_link_traffic", "on")) == "on"


_BALANCER: Mapping[str, _Get] = {
    "addresses": _mapped_addresses,
    "six": _dual,
    "cross_zone": _cross_zone,
    "guards_endpoints": _guards_endpoints,
}


def _attached(reader: Reader) -> Iterator[dict[str, Value]]:
    for type_ in ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment"):
        for each in reader.folded(type_):
            yield {
                "target": each.peek("target_id"),
                "port": whole(each.peek("port")),
                "zone": each.peek("availability_zone"),
            }


_TARGETS: Mapping[str, _Get] = {
    "port": _whole("port"),
    "target_type": _word("target_type", "instance"),
    "preserves": lambda reader: _maybe_flag(reader, "preserve_client_ip"),
    "cross_zone": _word("load_balancing_cross_zone_enabled", "use_load_balancer_configuration"),
    "family": _word("ip_address_type", "ipv4"),
    "targets": lambda reader: list(_attached(reader)),
}


def _maybe_flag(reader: Reader, path: str) -> Value:
    value = reader.peek(path)
    return value if isinstance(value, Unknown) or value is None else truth(value)


def _accelerated(reader: Reader) -> Value:
    return [
        {
            "target": each.peek("endpoint_id"),
            "preserves": _maybe_flag(each, "client_ip_preservation_enabled"),
            "weight": whole(each.peek("weight")),
        }
        for each in reader.blocks("endpoint_configuration")
    ]


# gateways


def _is_public(reader: Reader) -> Value:
    kind = reader.peek("connectivity_type")
    return kind if isinstance(kind, Unknown) else str(kind or "public") == "public"


def _is_regional(reader: Reader) -> Value:
    mode = reader.peek("availability_mode")
    return mode if isinstance(mode, Unknown) else mode == "regional"


def _nat_zones(reader: Reader) -> Value:
    """The zones that a regional gateway is spread to by hand; [] where AWS spreads it."""
    return [each.peek("availability_zone") for each in reader.blocks("availability_zone_address")]


_NAT: Mapping[str, _Get] = {
    "public": _is_public,
    "public_is": _all("public_ip"),
    "addresses": _all("private_ip"),
    "regional": _is_regional,
    "zones": _nat_zones,
}


def _enabled(path: str, *, absent: bool) -> _Get:
    def read(reader: Reader) -> Value:
        value = reader.peek(path)
        if isinstance(value, Unknown):
            return value
        return absent if value is None else str(value).lower() in ("enable", "true")

    return read


_TRANSIT: Mapping[str, _Get] = {
    "associates": _enabled("default_route_table_association", absent=True),
    "propagates": _enabled("default_route_table_propagation", absent=True),
    "refers": _enabled("security_group_referencing_support", absent=False),
    "routes": lambda reader: [
        route_of(each)
        for type_ in ("aws_ec2_transit_gateway_route", "aws_ec2_transit_gateway_prefix_list_reference")
        for each in reader.folded(type_)
    ],
}
_TRANSIT_ATTACHMENT: Mapping[str, _Get] = {
    "associates": _flag("transit_gateway_default_route_table_association", absent=True),
    "propagates": _flag("transit_gateway_default_route_table_propagation", absent=True),
    "refers": _enabled("security_group_referencing_support", absent=True),
    "appliance": _enabled("appliance_mode_support", absent=False),
}
_VPN: Mapping[str, _Get] = {
    "prefixes": lambda reader: [
        each.peek("destination_cidr_block") for each in reader.folded("aws_vpn_connection_route")
    ],
    "static": _flag("static_routes_only", absent=False),
    "transit": "transit_gateway_id",
    "gateway": "vpn_gateway_id",
}


def _client_vpn(reader: Reader) -> Value:
    return [each.peek("target_network_cidr") for each in reader.folded("aws_ec2_client_vpn_authorization_rule")]


def _url(reader: Reader) -> Value:
    """How the function's own URL asks for identity: NONE, AWS_IAM; None without a URL."""
    for url in reader.folded("aws_lambda_function_url"):
        return url.peek("authorization_type")
    return None


_PARTS: dict[str, Mapping[str, _Get]] = {"aws_elb": {"target_port": _whole("instance_port")}}
_LINK: Mapping[str, _Get] = {"type": lambda _reader: "api-gateway"}
_TYPES: dict[str, Mapping[str, _Get]] = {
    "aws_networkmanager_core_network": {"policy": services.policy_document},
    "aws_networkmanager_vpc_attachment": {"tags": "tags"},
    "aws_vpclattice_target_group": {
        "port": _whole("config.port"),
        "target_type": _word("type", "INSTANCE"),
        "targets": services.lattice_attached,
        "lattice": lambda _reader: True,
    },
    "aws_vpc": _NETWORK,
    "aws_default_vpc": _NETWORK,
    "aws_subnet": _SUBNET,
    "aws_default_subnet": _SUBNET,
    "aws_instance": _MACHINE,
    "aws_spot_instance_request": _MACHINE,
    "aws_network_interface": _MACHINE,
    "aws_lb": _BALANCER,
    "aws_alb": _BALANCER,
    "aws_elb": {
        "addresses": lambda _reader: [],
        "six": lambda _reader: False,
        "cross_zone": _flag("cross_zone_load_balancing", absent=True),
        "guards_endpoints": lambda _reader: True,
    },
    "aws_lb_target_group": _TARGETS,
    "aws_alb_target_group": _TARGETS,
    "aws_globalaccelerator_endpoint_group": {"accelerated": _accelerated},
    "aws_nat_gateway": _NAT,
    "aws_default_route_table": {"cleared": _cleared},
    "aws_ec2_transit_gateway": _TRANSIT,
    "aws_ec2_transit_gateway_vpc_attachment": _TRANSIT_ATTACHMENT,
    "aws_ec2_transit_gateway_peering_attachment": {},
    "aws_ec2_transit_gateway_connect": _TRANSIT_ATTACHMENT,
    "aws_vpn_connection": _VPN,
    "aws_ec2_client_vpn_endpoint": {"grants": _client_vpn, "clients": "client_cidr_block"},
    "aws_vpc_endpoint": {
        "type": _word("vpc_endpoint_type", "Gateway"),
        "private_dns": _flag("private_dns_enabled", absent=False),
        "accepted": _flag("auto_accept", absent=False),
    },
    "aws_vpc_endpoint_service": {
        "type": lambda _reader: "service",
        "acceptance": _flag("acceptance_required", absent=True),
        "principals": lambda reader: [
            *_each(reader.peek("allowed_principals")),
            *(each.peek("principal_arn") for each in reader.folded("aws_vpc_endpoint_service_allowed_principal")),
        ],
    },
    "aws_ec2_instance_connect_endpoint": {"type": lambda _reader: "instance-connect"},
    "aws_db_proxy": {"type": lambda _reader: "proxy", "port": services.proxy_port},
    "aws_apigatewayv2_vpc_link": _LINK,
    "aws_api_gateway_vpc_link": _LINK,
    "aws_cloudfront_vpc_origin": {
        "type": lambda _reader: "cloudfront",
        "http_port": _whole("vpc_origin_endpoint_config.http_port", 80),
        "https_port": _whole("vpc_origin_endpoint_config.https_port", 443),
        "protocol": _word("vpc_origin_endpoint_config.origin_protocol_policy"),
    },
    "aws_networkfirewall_firewall": {"policy": "firewall_policy_arn"},
    "aws_networkfirewall_firewall_policy": wiring_firewalls.POLICY,
    "aws_networkfirewall_rule_group": wiring_firewalls.RULES,
    "aws_lambda_function": {"url": _url},
    "aws_eks_cluster": {
        "private": _flag("vpc_config.endpoint_private_access", absent=False),
    },
    "aws_db_instance": services.service(services.database_port()),
    "aws_rds_cluster": services.service(services.database_port()),
    "aws_rds_cluster_instance": services.service(services.database_port()),
    "aws_docdb_cluster": services.service(services.database_port(27017)),
    "aws_neptune_cluster": services.service(services.database_port(8182)),
    "aws_redshift_cluster": services.service(services.database_port(5439)),
    "aws_redshiftserverless_namespace": services.service(services.workgroup_port),
    "aws_opensearch_domain": services.service(services.fixed(443)),
    "aws_elasticsearch_domain": services.service(services.fixed(443)),
    "aws_elasticache_cluster": services.service(services.cache_port),
    "aws_elasticache_replication_group": services.service(services.cache_port),
    "aws_elasticache_serverless_cache": services.service(services.cache_port),
    "aws_memorydb_cluster": services.service(services.database_port(6379)),
    "aws_efs_file_system": services.service(services.fixed(2049)),
}
