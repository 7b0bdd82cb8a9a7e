"""Load balancers with listeners, rules and targets, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import Live, Spelling, Spellings, block, equal, tags
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value


def _pairs(value: Value) -> Value:
    """Attributes as a map; an Unknown as it is."""
    if isinstance(value, Unknown):
        return value
    return {each["Key"]: each.get("Value") for each in value or ()}


def _flag(attributes: Value, name: str) -> Value:
    if isinstance(attributes, Unknown):
        return attributes
    value = attributes.get(name)
    return None if value is None else str(value).lower() == "true"


def _tags(live: Live) -> Value:
    found = live.get("DescribeTags")
    return tags(found.get("Tags")) if isinstance(found, dict) else tags(found)


def _balancer(live: Live) -> Iterator[Resource]:
    held = _pairs(live.get("DescribeLoadBalancerAttributes"))
    bucket = held if isinstance(held, Unknown) else held.get("access_logs.s3.bucket")
    zones = live.list("AvailabilityZones")
    yield live.made("aws_lb", {
        "id": live.arn, "arn": live.arn, "name": live.get("LoadBalancerName"), "tags": _tags(live),
        "load_balancer_type": live.get("Type"), "internal": equal(live.get("Scheme"), "internal"),
        "dns_name": live.get("DNSName"), "vpc_id": live.get("VpcId"),
        "ip_address_type": live.get("IpAddressType"), "security_groups": live.list("SecurityGroups"),
        "subnets": [each["SubnetId"] for each in zones if each.get("SubnetId")],
        "access_logs": block(enabled=_flag(held, "access_logs.s3.enabled"), bucket=bucket or None
                             if not isinstance(bucket, Unknown) else bucket),
        "enable_deletion_protection": _flag(held, "deletion_protection.enabled"),
        "drop_invalid_header_fields": _flag(held, "routing.http.drop_invalid_header_fields.enabled"),
        "enable_waf_fail_open": _flag(held, "waf.fail_open.enabled"),
        "desync_mitigation_mode": held if isinstance(held, Unknown)
        else held.get("routing.http.desync_mitigation_mode"),
        "enable_cross_zone_load_balancing": _flag(held, "load_balancing.cross_zone.enabled"),
        "enforce_security_group_inbound_rules_on_private_link_traffic":
            live.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"),
    })  # fmt: skip


def _action(action: dict[str, Any]) -> dict[str, Value]:
    told: dict[str, Value] = {"type": action.get("Type")}
    groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
    if groups:
        told["forward"] = [{"target_group": [{"arn": each.get("TargetGroupArn")} for each in groups]}]
    elif action.get("TargetGroupArn"):
        told["target_group_arn"] = action["TargetGroupArn"]
    redirect = action.get("RedirectConfig")
    if redirect:
        told["redirect"] = block(protocol=redirect.get("Protocol"), port=redirect.get("Port"),
                                 status_code=redirect.get("StatusCode"))  # fmt: skip
    return told


def _listener(live: Live) -> Iterator[Resource]:
    certificates = live.list("Certificates")
    yield live.made("aws_lb_listener", {
        "id": live.arn, "arn": live.arn, "load_balancer_arn": live.get("LoadBalancerArn"),
        "port": live.get("Port"), "protocol": live.get("Protocol"), "ssl_policy": live.get("SslPolicy"),
        "certificate_arn": certificates[0].get("CertificateArn") if certificates else None,
        "default_action": [_action(each) for each in live.list("DefaultActions")]})  # fmt: skip
    for each in certificates:
        ends = {"listener_arn": live.arn, "certificate_arn": each.get("CertificateArn")}
        yield live.fold("aws_lb_listener_certificate", str(each.get("CertificateArn")), ends)


def _rule(live: Live) -> Iterator[Resource]:
    if live.get("IsDefault"):
        return  # the listener's own actions
    told = {"id": live.arn, "arn": live.arn, "listener_arn": live.under,
            "action": [_action(each) for each in live.list("Actions")]}  # fmt: skip
    yield live.made("aws_lb_listener_rule", told)


def _target_group(live: Live) -> Iterator[Resource]:
    held = _pairs(live.get("DescribeTargetGroupAttributes"))
    preserved = _flag(held, "preserve_client_ip.enabled")
    yield live.made("aws_lb_target_group", {
        "id": live.arn, "arn": live.arn, "name": live.get("TargetGroupName"), "tags": _tags(live),
        "protocol": live.get("Protocol"), "port": live.get("Port"), "vpc_id": live.get("VpcId"),
        "target_type": live.get("TargetType"), "ip_address_type": live.get("IpAddressType"),
        "preserve_client_ip": preserved})  # fmt: skip
    for each in live.list("DescribeTargetHealth"):
        target = each.get("Target", {})
        name = str(target.get("Id"))
        told = {"target_group_arn": live.arn, "target_id": name, "port": target.get("Port"),
                "availability_zone": target.get("AvailabilityZone")}  # fmt: skip
        yield live.fold("aws_lb_target_group_attachment", f"{name}:{target.get('Port')}", told)


def _classic(live: Live) -> Iterator[Resource]:
    held = live.get("DescribeLoadBalancerAttributes")
    logs: Value = held
    if not isinstance(held, Unknown):
        about = (held or {}).get("AccessLog", {})
        logs = block(enabled=about.get("Enabled", False), bucket=about.get("S3BucketName"))
    listeners = [each.get("Listener", {}) for each in live.list("ListenerDescriptions")]
    name = live.get("LoadBalancerName")
    yield live.made("aws_elb", {
        "id": name, "arn": live.arn, "name": name, "internal": equal(live.get("Scheme"), "internal"),
        "dns_name": live.get("DNSName"), "subnets": live.list("Subnets"),
        "security_groups": live.list("SecurityGroups"),
        "instances": [each["InstanceId"] for each in live.list("Instances")], "access_logs": logs,
        "listener": [{"lb_port": each.get("LoadBalancerPort"), "lb_protocol": each.get("Protocol"),
                      "instance_port": each.get("InstancePort"), "instance_protocol": each.get("InstanceProtocol"),
                      "ssl_certificate_id": each.get("SSLCertificateId")} for each in listeners]})  # fmt: skip


SPELLINGS: Spellings = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Spelling(("aws_lb",), _balancer),
    "AWS::ElasticLoadBalancingV2::Listener": Spelling(
        ("aws_lb_listener", "aws_lb_listener_certificate"), _listener),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Spelling(("aws_lb_listener_rule",), _rule),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Spelling(
        ("aws_lb_target_group", "aws_lb_target_group_attachment"), _target_group,
        {"DescribeTargetHealth": "aws_lb_target_group_attachment"}),
    "AWS::ElasticLoadBalancing::LoadBalancer": Spelling(("aws_elb",), _classic),
}  # fmt: skip
