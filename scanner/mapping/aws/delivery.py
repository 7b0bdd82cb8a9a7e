"""AWS load balancers with their listeners and targets."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws import apis, edge
from scanner.mapping.defaults import written_or_default
from scanner.mapping.extract import FALSE, NONE, each, elements, flag, told, truth, whole
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Edge, Fixed, Fold, Join, Part, Row, Skip, Table
from scanner.model.value import Undetermined, Unknown, Value

_BALANCERS = ("load_balancer",)
_GROUPS = ("target_group",)
_TLS = {"HTTPS": True, "TLS": True, "SSL": True, "QUIC": True, "HTTP": False}
# what is forwarded without being read: TLS may pass through it
_OPAQUE = ("TCP", "UDP", "TCP_UDP", "TCP_QUIC", "GENEVE")


def encrypted(protocol: Value) -> Value:
    """Whether a protocol is TLS; null for one whose payload the balancer does not see."""
    if isinstance(protocol, Unknown):
        raise Undetermined(protocol)
    name = str(protocol).upper()
    return None if name in _OPAQUE else _TLS.get(name)


def _logged(path: str, *, absent: bool) -> Extract:
    """Access logs: a block whose `enabled` has this default."""
    return lambda reader: any(truth(block.get("enabled", absent)) for block in reader.blocks(path))


def _flavour(reader: Reader) -> Value:
    return str(reader.get("load_balancer_type", "application")).lower()


def _drops_headers(reader: Reader) -> Value:
    """Application balancers only: the others do not speak HTTP."""
    if _flavour(reader) != "application":
        return None
    return truth(reader.get("drop_invalid_header_fields", False))


def _fails_open(reader: Reader) -> Value:
    """Application balancers only: no other can have a web filter."""
    if _flavour(reader) != "application":
        return None
    return truth(reader.get("enable_waf_fail_open", False))


def _desync_guarded(reader: Reader) -> Value:
    """Application balancers only; the mode `monitor` lets ambiguous requests through. Of classic ones
    `drops_invalid_headers` says it."""
    if _flavour(reader) != "application":
        return None
    return str(written_or_default("aws_lb", "desync_mitigation_mode")(reader)) != "monitor"


def _protocol(reader: Reader) -> Value:
    """The protocol of a listener; the API takes HTTP for one that is not named before an application balancer,
    and a listener of a gateway balancer has none."""
    value = reader.get("protocol")
    if value is not None:
        return str(value).upper()
    certified = reader.peek("certificate_arn") is not None
    return "HTTPS" if certified else "HTTP" if reader.peek("port") is not None else "GENEVE"


def _redirects(reader: Reader) -> Value:
    """Whether all that it does by default is to send clients to HTTPS; `#{protocol}` keeps the client's own."""
    found = False
    for action in reader.blocks("default_action"):
        if str(action.get("type")) != "redirect":
            return False
        if str(action.get("redirect.protocol", "#{protocol}")).upper() != "HTTPS":
            return False
        found = True
    return found


def _listener_policy(reader: Reader) -> Value:
    """The TLS policy; the API's default for TLS listeners is ELBSecurityPolicy-2016-08, and null for others."""
    if encrypted(_protocol(reader)) is not True:
        return None
    return reader.get("ssl_policy", "ELBSecurityPolicy-2016-08")


def _targets(reader: Reader) -> Iterator[Value]:
    """Target groups of forward actions, weighted ones included."""
    for name in ("default_action", "action"):
        for action in reader.blocks(name):
            yield from elements(action.peek("target_group_arn"))
            for forward in action.blocks("forward"):
                for group in forward.blocks("target_group"):
                    yield from elements(group.peek("arn"))


def _classic_protocol(reader: Reader) -> Value:
    return str(reader.get("lb_protocol")).upper()


def _classic_headers(reader: Reader) -> Value:
    """A classic balancer has no switch of its own; the mode `monitor` lets every malformed request through
    (Elastic Load Balancing user guide, "Desync mitigation mode").
    """
    return False if str(reader.get("desync_mitigation_mode", "defensive")) == "monitor" else None


_BALANCER = Row(
    "load_balancer",
    {
        "flavour": _flavour,
        "filterable": lambda reader: _flavour(reader) == "application",
        "internal": flag("internal"),
        "access_logged": _logged("access_logs", absent=False),
        "deletion_protected": flag("enable_deletion_protection"),
        "drops_invalid_headers": _drops_headers,
        "fails_open": _fails_open,
        "desync_guarded": told("desync_mitigation_mode", _desync_guarded),
    },
    {
        "in_subnet": (
            Join("subnets", ("subnet",)),
            Join("subnet_mapping", ("subnet",), values=each("subnet_mapping", "subnet_id")),
        ),
        "uses": Join("security_groups", ("security_group",)),
        "logs_to": Join("access_logs.bucket", ("object_store",)),
    },
    identity=("id", "arn", "name", "dns_name"),
)

_CLASSIC_LISTENER = Row(
    "listener",
    {
        "port": lambda reader: whole(reader.get("lb_port")),
        "protocol": _classic_protocol,
        "encrypted": lambda reader: encrypted(_classic_protocol(reader)),
        "redirects": FALSE,  # a classic balancer cannot
        # without a policy resource Elastic Load Balancing uses this predefined one
        "tls_policy": lambda reader: (
            "ELBSecurityPolicy-2016-08" if encrypted(_classic_protocol(reader)) is True else None
        ),
    },
    name="lb_port",
    tags=lambda reader: {},
    identity=(),
)

_CLASSIC = Row(
    "load_balancer",
    {
        "flavour": Fixed("classic"),
        "internal": flag("internal"),
        "access_logged": _logged("access_logs", absent=True),
        "deletion_protected": NONE,  # classic balancers have no such protection
        "drops_invalid_headers": _classic_headers,
        "fails_open": NONE,
    },
    {
        "in_subnet": Join("subnets", ("subnet",)),
        "uses": Join("security_groups", ("security_group",)),
        "logs_to": Join("access_logs.bucket", ("object_store",)),
        "forwards_to": Join("instances", ("instance",)),
    },
    identity=("id", "arn", "name", "dns_name"),
    parts=(Part(_CLASSIC_LISTENER, "listener", "listener", edge="listens_on", reverse=True, name="lb_port"),),
)

_LISTENER = Row(
    "listener",
    {
        "port": lambda reader: whole(reader.get("port")),
        "protocol": _protocol,
        "encrypted": lambda reader: encrypted(_protocol(reader)),
        "redirects": _redirects,
        "tls_policy": _listener_policy,
    },
    {
        "listens_on": Join("load_balancer_arn", _BALANCERS),
        "forwards_to": Join("", _GROUPS, values=_targets),
    },
    identity=("id", "arn"),
    name="port",
)

_TARGET_GROUP = Row(
    "target_group",
    {"protocol": lambda reader: reader.get("protocol", reader.get("target_type"))},
    {"in_network": Join("vpc_id", ("network",))},
    identity=("id", "arn", "name"),
    name=lambda reader: reader.peek("name") or reader.peek("name_prefix"),
)

_TARGET_ATTACHMENT = (
    Edge("forwards_to", Join("target_group_arn", _GROUPS), Join("target_id")),
    Fold(("aws_lb_target_group", "aws_alb_target_group"), "target_group_arn"),
)
_RULE = Edge("forwards_to", Join("listener_arn", ("listener",)), Join("", _GROUPS, values=_targets))

_FORMS: Table = {
    "": _BALANCER,
    "_listener": _LISTENER,
    "_listener_rule": _RULE,
    "_listener_certificate": Edge(
        "serves", Join("certificate_arn", ("certificate",)), Join("listener_arn", ("listener",))
    ),
    "_target_group": _TARGET_GROUP,
    "_target_group_attachment": _TARGET_ATTACHMENT,
}

_LOAD_BALANCERS: Table = {
    **{f"aws_{name}{form}": entry for name in ("lb", "alb") for form, entry in _FORMS.items()},
    "aws_lb_trust_store": Skip("authorities that mutual TLS trusts"),
    "aws_lb_cookie_stickiness_policy": Skip("keeps a client on one target"),
    "aws_app_cookie_stickiness_policy": Skip("keeps a client on one target"),
    "aws_elb": _CLASSIC,
    "aws_elb_attachment": Edge("forwards_to", Join("elb", _BALANCERS), Join("instance", ("instance",))),
    "aws_load_balancer_policy": Skip("a policy of a classic balancer, in force where a listener names it"),
    "aws_load_balancer_listener_policy": Skip("ties a policy to a classic listener"),
    "aws_load_balancer_backend_server_policy": Skip("ties a policy to a classic backend"),
    "aws_proxy_protocol_policy": Skip("tells backends who the client is"),
}

_ASKED = "asks the account for something that exists"
_READ = (
    "lb alb lb_listener alb_listener lb_target_group alb_target_group lbs elb elb_hosted_zone_id"
    " elb_service_account lb_hosted_zone_id route53_zone route53_zones route53_records cloudfront_distribution"
    " cloudfront_cache_policy cloudfront_origin_request_policy cloudfront_response_headers_policy"
    " cloudfront_log_delivery_canonical_user_id cloudfront_origin_access_identity wafv2_web_acl wafv2_ip_set"
)
TABLE: Table = {
    **_LOAD_BALANCERS,
    **edge.TABLE,
    **apis.TABLE,
    **{f"data.aws_{name}": Skip(_ASKED) for name in _READ.split()},
}
