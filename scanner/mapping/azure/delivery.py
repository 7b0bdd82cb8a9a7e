"""Azure delivery: application gateways, load balancers, front doors, web filters, API management."""

from __future__ import annotations

from scanner.mapping.azure.doors import any_network, shared_key
from scanner.mapping.azure.stores import diagnosed
from scanner.mapping.extract import EMPTY, FALSE, NONE, TRUE, each, equals, is_written, text, truth, whole
from scanner.mapping.reader import Reader
from scanner.mapping.table import Fixed, Join, Part, Row, Skip, Table
from scanner.model.value import Cause, Unknown, Value


def _internal(reader: Reader) -> Value:
    """Whether no front end has a public address."""
    names = ("frontend_ip_configuration",)
    return not any(
        is_written(block.peek("public_ip_address_id")) for name in names for block in reader.blocks(name)
    )


def _listener_encrypted(reader: Reader) -> Value:
    return str(reader.get("protocol")).lower() == "https"


def _gateway_tls(reader: Reader) -> Value:
    """The lowest version that the gateway's policy takes; without one it depends on when the gateway was made."""
    if not _listener_encrypted(reader):
        return None
    if reader.has("ssl_profile_name"):
        return Unknown("a profile of its own decides", Cause.UNSUPPORTED)
    gateway = Reader(reader.resource)
    written = gateway.get("ssl_policy.min_protocol_version")
    if written is not None:
        return str(written).removeprefix("TLSv").replace("_", ".")
    named = gateway.get("ssl_policy.policy_name")
    return _DATED if named is None else _POLICIES.get(str(named), "1.2")


# Predefined policies by their lowest version (Application Gateway TLS policy overview).
_POLICIES = {"AppGwSslPolicy20150501": "1.0", "AppGwSslPolicy20170401": "1.1"}
_DATED = Unknown("gateways made before 2023 take TLS 1.0 where no policy is named", Cause.OUTSIDE_SCAN)


def _redirected(listener: Reader) -> Value:
    """Whether a routing rule sends all of this listener's requests to an encrypted one."""
    gateway = Reader(listener.resource)
    name = listener.get("name")
    for rule in gateway.blocks("request_routing_rule"):
        if rule.get("http_listener_name") == name:
            return rule.has("redirect_configuration_name")
    return False


_HTTP_LISTENER = Row(
    "listener",
    {
        "port": NONE,  # named by frontend_port_name
        "protocol": lambda reader: str(reader.get("protocol")).upper(),
        "encrypted": _listener_encrypted,
        "redirects": _redirected,
        "tls_policy": _gateway_tls,
    },
    identity=(),
    tags=lambda reader: {},
)


_GATEWAY = Row(
    "load_balancer",
    {
        "flavour": Fixed("application"),
        "internal": _internal,
        "access_logged": diagnosed,
        "deletion_protected": NONE,
        "drops_invalid_headers": NONE,
        "fails_open": NONE,
        "filterable": lambda reader: not truth(reader.get("waf_configuration.enabled", False)),
    },
    {
        "in_subnet": Join(
            "gateway_ip_configuration", ("subnet",), values=each("gateway_ip_configuration", "subnet_id")
        ),
        "protects": Join("firewall_policy_id", ("waf",), reverse=True),
    },
    parts=(Part(_HTTP_LISTENER, "listener", "http_listener", edge="listens_on", reverse=True),),
)

_BALANCER = Row(
    "load_balancer",
    {
        "flavour": Fixed("network"),
        "internal": _internal,
        "access_logged": NONE,  # passes packets, reads no requests
        "deletion_protected": NONE,
        "drops_invalid_headers": NONE,
        "fails_open": NONE,
    },
    {
        "in_subnet": Join(
            "frontend_ip_configuration", ("subnet",), values=each("frontend_ip_configuration", "subnet_id")
        )
    },
)


# what no rule blocks passes
_WAF = Row("waf", {"default_action": Fixed("allow"), "logged": NONE, "fails_open": NONE})


def _door_https(reader: Reader) -> Value:
    """Whether every routing rule takes HTTPS only."""
    found = [set(map(str, rule.items("accepted_protocols"))) for rule in reader.blocks("routing_rule")]
    return all(protocols == {"Https"} for protocols in found)


_PROFILE = Row(
    "distribution",
    {
        "https_only": NONE,  # its routes or endpoints say so
        "origin_encrypted": NONE,
        "tls_policy": NONE,
        "access_logged": diagnosed,
        "firewalled": NONE,
    },
)

TABLE: Table = {
    "azurerm_application_gateway": _GATEWAY,
    "azurerm_lb": _BALANCER,
    "azurerm_lb_rule": Row(
        "listener",
        {
            "port": lambda reader: whole(reader.get("frontend_port")),
            "protocol": lambda reader: str(reader.get("protocol")).upper(),
            "encrypted": NONE,
            "redirects": FALSE,
            "tls_policy": NONE,
        },
        {"listens_on": Join("loadbalancer_id", ("load_balancer",))},
    ),
    **{
        f"azurerm_lb_{name}": Skip("how a balancer spreads packets")
        for name in ("backend_address_pool", "backend_address_pool_address", "probe", "nat_rule", "nat_pool",
                     "outbound_rule")
    },
    "azurerm_web_application_firewall_policy": _WAF,
    "azurerm_frontdoor_firewall_policy": _WAF,
    "azurerm_cdn_frontdoor_firewall_policy": _WAF,
    "azurerm_frontdoor": Row(
        "distribution",
        {
            "https_only": _door_https,
            "origin_encrypted": lambda reader: all(
                str(rule.get("forwarding_configuration.forwarding_protocol", "HttpsOnly")) == "HttpsOnly"
                for rule in reader.blocks("routing_rule")
            ),
            "tls_policy": text("frontend_endpoint.custom_https_configuration.minimum_tls_version"),
            "access_logged": diagnosed,
            "firewalled": lambda reader: any(
                is_written(block.peek("web_application_firewall_policy_link_id"))
                for block in reader.blocks("frontend_endpoint")
            ),
        },
    ),
    "azurerm_cdn_profile": _PROFILE,
    "azurerm_cdn_frontdoor_profile": _PROFILE,
    "azurerm_cdn_endpoint": Row(
        "distribution",
        {
            "https_only": lambda reader: not truth(reader.get("is_http_allowed", True)),
            "origin_encrypted": NONE,
            "tls_policy": NONE,
            "access_logged": NONE,
            "firewalled": NONE,
        },
    ),
    "azurerm_cdn_frontdoor_route": Row(
        "distribution",
        {
            # plain requests are sent to HTTPS by default
            "https_only": lambda reader: truth(reader.get("https_redirect_enabled", True)),
            "origin_encrypted": equals("forwarding_protocol", "HttpsOnly", default="MatchRequest"),
            "tls_policy": NONE,
            "access_logged": NONE,
            "firewalled": NONE,
        },
    ),
    **{
        f"azurerm_cdn_frontdoor_{name}": Skip("a part of a front door")
        for name in ("endpoint", "origin", "origin_group", "rule", "rule_set", "custom_domain", "secret",
                     "security_policy", "custom_domain_association")
    },
    "azurerm_traffic_manager_profile": Skip("answers names by health"),
    "azurerm_traffic_manager_azure_endpoint": Skip("answers names by health"),
    "azurerm_traffic_manager_external_endpoint": Skip("answers names by health"),
    "azurerm_cognitive_account": Row(
        "api",
        {
            "authorized": TRUE,  # by key or by identity
            "private": NONE,
            "access_logged": diagnosed,
            "tls_policy": NONE,
            "statements": EMPTY,
            "any_network": any_network("network_acls.default_action"),
            "shared_key": shared_key("local_auth_enabled", absent=True),
        },
    ),
    "azurerm_cognitive_deployment": Skip("a model of an account"),
    "azurerm_api_management": Row(
        "api",
        {
            "authorized": NONE,  # its APIs say so
            "private": equals("virtual_network_type", "Internal", default="None"),
            "access_logged": diagnosed,
            "tls_policy": NONE,
            "statements": EMPTY,
        },
        {"in_subnet": Join("virtual_network_configuration.subnet_id", ("subnet",))},
    ),
    "azurerm_api_management_api": Row(
        "api",
        {
            "authorized": lambda reader: truth(reader.get("subscription_required", True)),
            "private": NONE,
            "access_logged": NONE,
            "tls_policy": NONE,
            "statements": EMPTY,
        },
    ),
    **{
        f"azurerm_api_management_{name}": Skip("a part of an API gateway")
        for name in ("api_operation", "api_policy", "api_operation_policy", "backend", "product", "product_api",
                     "logger", "named_value", "subscription", "user", "group", "custom_domain", "diagnostic")
    },
    **{
        f"data.azurerm_{name}": Skip("asks the subscription for something that exists")
        for name in ("application_gateway", "lb", "lb_backend_address_pool", "api_management", "cdn_profile")
    },
}  # fmt: skip
