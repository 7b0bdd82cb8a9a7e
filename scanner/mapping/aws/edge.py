"""AWS at the edge: names, distributions, accelerators, web filters."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    TRUE,
    each,
    elements,
    flag,
    has_block,
    is_written,
    text,
    told,
    truth,
    whole,
    written,
)
from scanner.mapping.reader import Reader
from scanner.mapping.table import Edge, Fixed, Fold, Join, Row, Skip, Table
from scanner.model.logic import every, some
from scanner.model.value import Unknown, Value

_BALANCERS = ("load_balancer",)


# names


def _query_logged(reader: Reader) -> Value:
    return reader.fold("aws_route53_query_log") is not None


def _signed(reader: Reader) -> Value:
    """DNSSEC: a signing resource whose status is SIGNING, which is its default; private zones cannot sign."""
    if _private(reader):
        return None
    for signing in reader.folded("aws_route53_hosted_zone_dnssec"):
        return str(signing.get("signing_status", "SIGNING")).upper() == "SIGNING"
    return False


def _private(reader: Reader) -> bool:
    return reader.block("vpc") is not None


def _answers(reader: Reader) -> Iterator[Value]:
    yield from elements(reader.peek("records"))
    for alias in reader.blocks("alias"):
        yield alias.peek("name")


_ZONE = Row(
    "dns_zone",
    {
        "private": _private,
        "signed": _signed,
        "query_logged": lambda reader: None if _private(reader) else _query_logged(reader),
    },
    identity=("id", "zone_id", "arn", "name"),
)


def _record_type(reader: Reader) -> Value:
    """The type of a record. What proves a domain to ACM is a CNAME, whatever its name will be (ACM User Guide,
    "DNS validation")."""
    held = reader.peek("type")
    if isinstance(held, Unknown) and any(".domain_validation_options" in each for each in held.references):
        return "CNAME"
    return reader.get("type")


_RECORD = Row(
    "dns_record",
    {"record": _record_type, "values": lambda reader: list(_answers(reader))},
    {"forwards_to": Join("alias.name", ("load_balancer", "distribution", "api", "object_store", "endpoint"))},
    identity=("fqdn",),
)

_NAMES: Table = {
    "aws_route53_zone": _ZONE,
    "aws_route53_record": _RECORD,
    "aws_route53_hosted_zone_dnssec": Fold(("aws_route53_zone",), "hosted_zone_id"),
    "aws_route53_query_log": Fold(("aws_route53_zone",), "zone_id"),
    "aws_route53_key_signing_key": Fold(("aws_route53_zone",), "hosted_zone_id"),
    "aws_route53_zone_association": Skip("lets a network resolve a private zone"),
    "aws_route53_vpc_association_authorization": Skip("lets another account's network resolve a zone"),
    "aws_route53_health_check": Skip("asks whether an endpoint answers"),
    "aws_route53_delegation_set": Skip("name servers that zones share"),
    "aws_route53_resolver_query_log_config": Skip("where questions of networks are logged"),
    "aws_route53_resolver_query_log_config_association": Skip("whose questions are logged"),
    "aws_service_discovery_private_dns_namespace": Row(
        "dns_zone", {"private": TRUE, "signed": NONE, "query_logged": NONE}, identity=("id", "arn", "name")
    ),
    "aws_service_discovery_public_dns_namespace": Row(
        "dns_zone", {"private": FALSE, "signed": FALSE, "query_logged": FALSE}, identity=("id", "arn", "name")
    ),
    "aws_service_discovery_http_namespace": Skip("names that only the API answers"),
    "aws_service_discovery_service": Skip("a name in a discovery namespace"),
}


# distributions


def _behaviours(reader: Reader) -> Iterator[Reader]:
    yield from reader.blocks("ordered_cache_behavior")
    yield from reader.blocks("default_cache_behavior")


def _https_only(reader: Reader) -> Value:
    return every(_behaviours(reader), lambda one: str(one.get("viewer_protocol_policy")) != "allow-all")


def _origin_encrypted(reader: Reader) -> Value:
    """Origins with settings of their own ask over HTTPS only; CloudFront asks S3 by the viewer's protocol, which
    `https_only` judges."""
    return every(_custom_origins(reader), lambda one: str(one.get("origin_protocol_policy")) == "https-only")


def _custom_origins(reader: Reader) -> Iterator[Reader]:
    for origin in reader.blocks("origin"):
        yield from origin.blocks("custom_origin_config")


def _open_origins(reader: Reader) -> Value:
    """Domain names of buckets that are asked without an identity of the distribution's own. S3 answers only where
    everyone may read (CloudFront Developer Guide, "Restrict access to an Amazon S3 origin")."""
    found: list[Value] = []
    for origin in reader.blocks("origin"):
        if written("origin_access_control_id")(origin) or origin.block("custom_origin_config") is not None:
            continue
        if origin.block("vpc_origin_config") is not None:
            continue
        if some(origin.blocks("s3_origin_config"), written("origin_access_identity")):
            continue
        found.append(origin.peek("domain_name"))
    return found


def _private_origins(reader: Reader) -> Iterator[Value]:
    for origin in reader.blocks("origin"):
        for inner in origin.blocks("vpc_origin_config"):
            yield from elements(inner.peek("vpc_origin_id"))


def _viewer_tls(reader: Reader) -> Value:
    """The lowest TLS version for viewers, TLSv1 where none is named; None with CloudFront's own certificate and
    name, where it cannot be chosen."""
    if truth(reader.get("viewer_certificate.cloudfront_default_certificate", False)):
        return None
    return reader.get("viewer_certificate.minimum_protocol_version", "TLSv1")


_DISTRIBUTION = Row(
    "distribution",
    {
        "https_only": _https_only,
        "origin_encrypted": _origin_encrypted,
        "tls_policy": _viewer_tls,
        "access_logged": has_block("logging_config"),
        "firewalled": written("web_acl_id"),
        "open_origins": _open_origins,
    },
    {
        "forwards_to": (
            Join(
                "origin",
                ("object_store", "load_balancer", "api", "instance", "function"),
                values=each("origin", "domain_name"),
            ),
            Join("origin", ("endpoint",), values=_private_origins),
        ),
        "logs_to": Join("logging_config.bucket", ("object_store",)),
        "protects": Join("web_acl_id", ("waf",), reverse=True),
    },
    identity=("id", "arn", "domain_name"),
    name=lambda reader: reader.peek("comment"),
)

_VPC_ORIGIN = Row(
    "endpoint",
    {"service": Fixed("cloudfront"), "statements": EMPTY},
    {"forwards_to": Join("vpc_origin_endpoint_config.arn", ("load_balancer", "instance"))},
    identity=("id", "arn"),
    name="vpc_origin_endpoint_config.name",
)

_ON_EDGE = "how a distribution treats requests; its behaviours name it"
_EDGE: Table = {
    "aws_cloudfront_distribution": _DISTRIBUTION,
    "aws_cloudfront_vpc_origin": _VPC_ORIGIN,
    **{
        f"aws_cloudfront_{name}": Skip(_ON_EDGE)
        for name in (
            "origin_access_identity",
            "origin_access_control",
            "cache_policy",
            "origin_request_policy",
            "response_headers_policy",
            "function",
            "public_key",
            "key_group",
            "monitoring_subscription",
            "field_level_encryption_config",
            "field_level_encryption_profile",
            "key_value_store",
            "realtime_log_config",
            "continuous_deployment_policy",
        )
    },
    "aws_globalaccelerator_accelerator": Row(
        "load_balancer",
        {
            "flavour": Fixed("accelerator"),
            "internal": FALSE,
            "access_logged": flag("attributes.flow_logs_enabled"),
            "deletion_protected": NONE,
            "drops_invalid_headers": NONE,
            "fails_open": NONE,
        },
        {"logs_to": Join("attributes.flow_logs_s3_bucket", ("object_store",))},
    ),
    "aws_globalaccelerator_listener": Row(
        "listener",
        {
            "port": lambda reader: whole(reader.get("port_range.from_port")),
            "protocol": text("protocol"),
            "encrypted": NONE,
            "redirects": FALSE,
            "tls_policy": NONE,
        },
        {"listens_on": Join("accelerator_arn", _BALANCERS)},
        identity=("id", "arn"),
        name="protocol",
    ),
    "aws_globalaccelerator_endpoint_group": Row(
        "target_group",
        {"protocol": NONE},
        {
            "forwards_to": (
                Join("endpoint_configuration", values=each("endpoint_configuration", "endpoint_id")),
                Join("listener_arn", ("listener",), reverse=True),
            ),
        },
        identity=("id", "arn"),
        name="id",
    ),
}


# web filters


def _default_action(reader: Reader) -> Value:
    """`allow` or `block`: version 2 says it by which block is there, earlier ones by a type."""
    kind = reader.get("default_action.type")
    if kind is not None:
        return str(kind).lower()
    blocks = list(reader.blocks("default_action"))
    return "block" if any(one.block("block") is not None for one in blocks) else "allow"


def _waf_logged(reader: Reader) -> Value:
    if reader.fold("aws_wafv2_web_acl_logging_configuration") is not None:
        return True
    return reader.block("logging_configuration") is not None


def _rule_count(reader: Reader) -> Value:
    """How many rules stand in the list itself or are added to it; Firewall Manager may add more before and after,
    and `rule_json` holds rules as text."""
    if is_written(reader.peek("rule_json")):
        return None
    count = 0
    for path in ("rule", "rules"):
        count += sum(1 for _ in reader.blocks(path))
    return count + sum(1 for _ in reader.folded("aws_wafv2_web_acl_rule_group_association"))


_WAF = Row(
    "waf",
    # whether it lets requests through when it fails is said by the balancer before it
    {
        "default_action": _default_action,
        "logged": _waf_logged,
        "fails_open": NONE,
        "rules": told("rule", _rule_count),
    },
    identity=("id", "arn", "name"),
)
_ASSOCIATION = Edge("protects", Join("web_acl_id", ("waf",)), Join("resource_arn"))

_FILTERS: Table = {
    "aws_wafv2_web_acl": _WAF,
    "aws_waf_web_acl": _WAF,
    "aws_wafregional_web_acl": _WAF,
    "aws_wafv2_web_acl_logging_configuration": Fold(("aws_wafv2_web_acl",), "resource_arn"),
    "aws_wafv2_web_acl_association": Edge("protects", Join("web_acl_arn", ("waf",)), Join("resource_arn")),
    "aws_wafregional_web_acl_association": _ASSOCIATION,
    "aws_wafv2_web_acl_rule_group_association": Fold(("aws_wafv2_web_acl",), "web_acl_arn"),
    "aws_shield_protection": Skip("protects from floods"),
    "aws_shield_subscription": Skip("protects from floods"),
    "aws_shield_protection_group": Skip("protects from floods"),
    **{
        f"aws_{name}": Skip("a condition that rules of a web filter use")
        for name in (
            "wafv2_ip_set",
            "wafv2_regex_pattern_set",
            "wafv2_rule_group",
            "waf_rule",
            "waf_ipset",
            "waf_rule_group",
            "waf_rate_based_rule",
            "waf_byte_match_set",
            "wafregional_rule",
            "wafregional_ipset",
            "wafregional_rule_group",
            "wafregional_rate_based_rule",
        )
    },
}

TABLE: Table = {**_NAMES, **_EDGE, **_FILTERS}
