"""CDN, APIs, names and web firewalls, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import Live, Spelling, Spellings, block, tags
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value


def _behaviour(value: dict[str, Any]) -> dict[str, Value]:
    return {"viewer_protocol_policy": value.get("ViewerProtocolPolicy"), "path_pattern": value.get("PathPattern")}


def _origin(value: dict[str, Any]) -> dict[str, Value]:
    told: dict[str, Value] = {"domain_name": value.get("DomainName"), "origin_id": value.get("Id"),
                              "origin_access_control_id": value.get("OriginAccessControlId") or None}  # fmt: skip
    identity = (value.get("S3OriginConfig") or {}).get("OriginAccessIdentity")
    if identity:
        told["s3_origin_config"] = block(origin_access_identity=identity)
    if value.get("CustomOriginConfig"):
        policy = value["CustomOriginConfig"].get("OriginProtocolPolicy")
        told["custom_origin_config"] = block(origin_protocol_policy=policy)
    if value.get("VpcOriginConfig"):
        told["vpc_origin_config"] = block(vpc_origin_id=value["VpcOriginConfig"].get("VpcOriginId"))
    return told


def _distribution(live: Live) -> Iterator[Resource]:
    about = live.get("GetDistributionConfig")
    told: dict[str, Value] = {
        "id": live.get("Id"), "arn": live.arn, "comment": live.get("Comment") or live.get("Id"),
        "domain_name": live.get("DomainName"), "web_acl_id": live.get("WebACLId") or None,
        "tags": tags(live.get("ListTagsForResource")), "enabled": live.get("Enabled"),
    }  # fmt: skip
    if isinstance(about, Unknown):
        told.update(
            dict.fromkeys(("default_cache_behavior", "origin", "viewer_certificate", "logging_config"), about)
        )
    else:
        told.update(_of_distribution(about or {}))
    yield live.made("aws_cloudfront_distribution", told)


def _of_distribution(about: dict[str, Any]) -> dict[str, Value]:
    shown, logs = about.get("ViewerCertificate", {}), about.get("Logging", {})
    bucket = str(logs.get("Bucket") or "")
    return {
        "default_cache_behavior": [_behaviour(about.get("DefaultCacheBehavior", {}))],
        "ordered_cache_behavior": [_behaviour(each) for each in about.get("CacheBehaviors", {}).get("Items", ())],
        "origin": [_origin(each) for each in about.get("Origins", {}).get("Items", ())],
        "viewer_certificate": block(
            cloudfront_default_certificate=shown.get("CloudFrontDefaultCertificate", False),
            minimum_protocol_version=shown.get("MinimumProtocolVersion"),
            acm_certificate_arn=shown.get("ACMCertificateArn")),
        "logging_config": block(bucket=bucket.partition(".s3.")[0]) if logs.get("Enabled") else [],
    }  # fmt: skip


# API Gateway


def _rest_api(live: Live) -> Iterator[Resource]:
    policy = live.get("policy")
    if isinstance(policy, str) and "\\" in policy:
        policy = policy.replace('\\"', '"').replace("\\/", "/")  # as the API gives it: escaped once more
    me = live.get("id")
    yield live.made("aws_api_gateway_rest_api", {
        "id": me, "arn": live.arn, "name": live.get("name"), "tags": tags(live.get("tags")), "policy": policy,
        "endpoint_configuration": block(types=live.get("endpointConfiguration.types", []))})  # fmt: skip


def _rest_stage(live: Live) -> Iterator[Resource]:
    logs = live.get("accessLogSettings")
    yield live.made("aws_api_gateway_stage", {
        "id": live.arn, "arn": live.arn, "rest_api_id": live.under, "stage_name": live.get("stageName"),
        "tags": tags(live.get("tags")),
        "access_log_settings": block(destination_arn=logs.get("destinationArn")) if logs else None})  # fmt: skip


def _rest_resource(live: Live) -> Iterator[Resource]:
    for verb, method in (live.get("resourceMethods") or {}).items():
        part = f"{verb} {live.get('path')}"
        yield live.fold("aws_api_gateway_method", part, {
            "id": part, "rest_api_id": live.under, "http_method": verb,
            "authorization": (method or {}).get("authorizationType", "NONE"),
            "api_key_required": (method or {}).get("apiKeyRequired", False)})  # fmt: skip


def _rest_domain(live: Live) -> Iterator[Resource]:
    yield live.made("aws_api_gateway_domain_name", {
        "id": live.get("domainName"), "arn": live.arn, "domain_name": live.get("domainName"),
        "security_policy": live.get("securityPolicy"), "certificate_arn": live.get("certificateArn"),
        "regional_certificate_arn": live.get("regionalCertificateArn"),
        "endpoint_configuration": block(types=live.get("endpointConfiguration.types", []))})  # fmt: skip


def _api(live: Live) -> Iterator[Resource]:
    yield live.made("aws_apigatewayv2_api", {
        "id": live.get("ApiId"), "arn": live.arn, "name": live.get("Name"),
        "protocol_type": live.get("ProtocolType"), "tags": tags(live.get("Tags"))})  # fmt: skip


def _stage(live: Live) -> Iterator[Resource]:
    logs = live.get("AccessLogSettings")
    yield live.made("aws_apigatewayv2_stage", {
        "id": live.arn, "arn": live.arn, "api_id": live.under, "stage_name": live.get("StageName"),
        "tags": tags(live.get("Tags")),
        "access_log_settings": block(destination_arn=logs.get("DestinationArn"))
        if logs and logs.get("DestinationArn") else None})  # fmt: skip


def _route(live: Live) -> Iterator[Resource]:
    yield live.made("aws_apigatewayv2_route", {
        "id": live.arn, "api_id": live.under, "route_key": live.get("RouteKey"),
        "authorization_type": live.get("AuthorizationType", "NONE"),
        "api_key_required": live.get("ApiKeyRequired", False)})  # fmt: skip


def _integration(live: Live) -> Iterator[Resource]:
    yield live.made("aws_apigatewayv2_integration", {
        "id": live.arn, "api_id": live.under, "integration_uri": live.get("IntegrationUri"),
        "connection_id": live.get("ConnectionId")})  # fmt: skip


_THREATS = "DescribeUserPool.UserPoolAddOns.AdvancedSecurityMode"


def _user_pool(live: Live) -> Iterator[Resource]:
    me = live.get("Id")
    told = {"id": me, "arn": live.arn, "name": live.get("Name"),
            "endpoint": f"cognito-idp.{live.region}.amazonaws.com/{me}",
            "mfa_configuration": live.get("DescribeUserPool.MfaConfiguration"),
            "user_pool_add_ons": block(advanced_security_mode=live.get(_THREATS))}  # fmt: skip
    yield live.made("aws_cognito_user_pool", told)


# names


def _zone(live: Live) -> Iterator[Resource | None]:
    me = str(live.get("Id")).rpartition("/")[2]
    private = live.get("Config.PrivateZone", False)
    name = str(live.get("Name")).rstrip(".")
    told: dict[str, Value] = {"id": me, "zone_id": me, "arn": live.arn, "name": name}
    if private:
        networks = live.get("GetHostedZone")
        told["vpc"] = (
            [{"vpc_id": each.get("VPCId")} for each in networks]
            if isinstance(networks, list)
            else block(vpc_id="unread")
        )
    yield live.made("aws_route53_zone", told)
    if private:
        return
    yield live.beside(
        "aws_route53_hosted_zone_dnssec",
        "GetDNSSEC",
        lambda value: {"signing_status": value.get("ServeSignature", "NOT_SIGNING")},
        hosted_zone_id=me,
    )


def _query_log(live: Live) -> Iterator[Resource]:
    told = {"id": live.get("Id"), "zone_id": live.get("HostedZoneId"),
            "cloudwatch_log_group_arn": live.get("CloudWatchLogsLogGroupArn")}  # fmt: skip
    yield live.made("aws_route53_query_log", told)


def _record(live: Live) -> Iterator[Resource]:
    name = str(live.get("Name")).rstrip(".").replace("\\052", "*")
    kind = live.get("Type")
    if kind in ("NS", "SOA"):
        return  # made with the zone, as Terraform leaves them
    alias = live.get("AliasTarget")
    yield live.made("aws_route53_record", {
        "id": live.arn, "fqdn": name, "name": name, "type": kind, "zone_id": live.under.rpartition("/")[2],
        "records": [each["Value"] for each in live.list("ResourceRecords")],
        "alias": block(name=str(alias.get("DNSName")).rstrip("."), zone_id=alias.get("HostedZoneId"))
        if alias else None})  # fmt: skip


# web firewalls


def _rules(about: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A list's own rules, and the groups that Firewall Manager puts before and after them."""
    for name in ("Rules", "PreProcessFirewallManagerRuleGroups", "PostProcessFirewallManagerRuleGroups"):
        yield from about.get(name) or ()


def _web_acl(live: Live) -> Iterator[Resource | None]:
    about = live.get("GetWebACL")
    told: dict[str, Value] = {"id": live.get("Id"), "arn": live.arn, "name": live.get("Name")}
    if isinstance(about, Unknown):
        told.update(default_action=about, rule=about)
    else:
        action = "block" if "Block" in (about or {}).get("DefaultAction", {}) else "allow"
        told["default_action"] = [{action: [{}]}]
        told["rule"] = [{"name": each.get("Name")} for each in _rules(about or {})]
    yield live.made("aws_wafv2_web_acl", told)
    yield live.beside("aws_wafv2_web_acl_logging_configuration", "GetLoggingConfiguration", lambda value: {
        "log_destination_configs": value.get("LogDestinationConfigs", [])}, resource_arn=live.arn)  # fmt: skip
    for arn in live.list("ListResourcesForWebACL"):
        ends = {"web_acl_arn": live.arn, "web_acl_id": live.arn, "resource_arn": arn}
        yield live.fold("aws_wafv2_web_acl_association", arn, ends)


def _accelerator(live: Live) -> Iterator[Resource]:
    told = {"id": live.arn, "arn": live.arn, "name": live.get("Name"), "enabled": live.get("Enabled")}
    yield live.made("aws_globalaccelerator_accelerator", told)


def _firewall(live: Live) -> Iterator[Resource]:
    about = "DescribeFirewall"
    subnets = live.get(f"{about}.SubnetMappings")
    yield live.made("aws_networkfirewall_firewall", {
        "id": live.arn, "arn": live.arn, "name": live.get("FirewallName"), "vpc_id": live.get(f"{about}.VpcId"),
        "subnet_mapping": [{"subnet_id": each.get("SubnetId")} for each in subnets]
        if isinstance(subnets, list) else subnets,
        "firewall_policy_arn": live.get(f"{about}.FirewallPolicyArn")})  # fmt: skip


SPELLINGS: Spellings = {
    "AWS::CloudFront::Distribution": Spelling(("aws_cloudfront_distribution",), _distribution),
    "AWS::ApiGateway::RestApi": Spelling(("aws_api_gateway_rest_api",), _rest_api),
    "AWS::ApiGateway::Stage": Spelling(("aws_api_gateway_stage",), _rest_stage),
    "AWS::ApiGateway::Resource": Spelling(("aws_api_gateway_method",), _rest_resource),
    "AWS::ApiGateway::DomainName": Spelling(("aws_api_gateway_domain_name",), _rest_domain),
    "AWS::ApiGatewayV2::Api": Spelling(("aws_apigatewayv2_api",), _api),
    "AWS::ApiGatewayV2::Stage": Spelling(("aws_apigatewayv2_stage",), _stage),
    "AWS::ApiGatewayV2::Route": Spelling(("aws_apigatewayv2_route",), _route),
    "AWS::ApiGatewayV2::Integration": Spelling(("aws_apigatewayv2_integration",), _integration),
    "AWS::Cognito::UserPool": Spelling(("aws_cognito_user_pool",), _user_pool),
    "AWS::Route53::HostedZone": Spelling(
        ("aws_route53_zone", "aws_route53_hosted_zone_dnssec"), _zone),
    "AWS::Route53::QueryLoggingConfig": Spelling(("aws_route53_query_log",), _query_log),
    "AWS::Route53::RecordSet": Spelling(("aws_route53_record",), _record),
    "AWS::WAFv2::WebACL": Spelling(
        ("aws_wafv2_web_acl", "aws_wafv2_web_acl_logging_configuration", "aws_wafv2_web_acl_association"),
        _web_acl, {"ListResourcesForWebACL": "aws_wafv2_web_acl_association"}),
    "AWS::GlobalAccelerator::Accelerator": Spelling(("aws_globalaccelerator_accelerator",), _accelerator),
    "AWS::NetworkFirewall::Firewall": Spelling(("aws_networkfirewall_firewall",), _firewall),
}  # fmt: skip
