from typing import Any

import pytest

from scanner.mapping.aws.delivery import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, complete, edges, graph_of, later, told


def test_every_row_says_all_that_its_kind_asks() -> None:
    assert complete(TABLE) == set()


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        ({}, "internal", False),
        ({"internal": True}, "internal", True),
        ({"internal": HIDDEN}, "internal", UNKNOWN),
        ({}, "access_logged", False),
        ({"access_logs": [{"bucket": "b"}]}, "access_logged", False),
        ({"access_logs": [{"bucket": "b", "enabled": True}]}, "access_logged", True),
        ({"access_logs": HIDDEN}, "access_logged", UNKNOWN),
        ({}, "drops_invalid_headers", False),
        ({"drop_invalid_header_fields": True}, "drops_invalid_headers", True),
        ({"load_balancer_type": "network"}, "drops_invalid_headers", None),
        ({"enable_waf_fail_open": True}, "fails_open", True),
        ({}, "fails_open", False),
    ],
)
def test_balancers(attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, "aws_lb.l", attributes, attribute) == expected
    assert ask(TABLE, "aws_alb.l", attributes, attribute) == expected


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [
        ("HTTPS", True),
        ("TLS", True),
        ("HTTP", False),
        ("TCP", None),
        ("UDP", None),
        (HIDDEN, UNKNOWN),
        (None, False),
    ],
)
def test_listeners(protocol: object, expected: object) -> None:
    assert ask(TABLE, "aws_lb_listener.l", {"port": 80, "protocol": protocol}, "encrypted") == expected


REDIRECT = {"type": "redirect", "redirect": [{"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}]}


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ([REDIRECT], True),
        ([{"type": "forward"}], False),
        ([{"type": "redirect", "redirect": [{"port": "8080"}]}], False),
        ([{"type": HIDDEN}], UNKNOWN),
    ],
)
def test_redirects(actions: list[Any], expected: object) -> None:
    listener = {"port": 80, "protocol": "HTTP", "default_action": actions}
    assert ask(TABLE, "aws_lb_listener.l", listener, "redirects") == expected


def test_a_classic_balancer_has_its_listeners_as_parts() -> None:
    listeners = [
        {"lb_port": 80, "lb_protocol": "http", "instance_port": 8000},
        {"lb_port": 443, "lb_protocol": "https", "instance_port": 8000},
    ]
    graph = graph_of(TABLE, {"aws_elb.e": {"listener": listeners, "access_logs": [{"bucket": "b"}]}})
    assert told(graph, "aws_elb.e/listener:0", "encrypted") is False
    assert told(graph, "aws_elb.e/listener:1", "encrypted") is True
    assert told(graph, "aws_elb.e/listener:1", "port") == 443
    assert told(graph, "aws_elb.e", "access_logged") is True
    assert ("aws_elb.e/listener:0", "aws_elb.e") in edges(graph, "listens_on")


def test_the_way_of_a_request() -> None:
    graph = graph_of(
        TABLE,
        {
            "aws_route53_record.r": {
                "type": "A",
                "name": "www",
                "alias": [{"name": later("aws_lb.l.dns_name"), "zone_id": later("aws_lb.l.zone_id")}],
            },
            "aws_lb.l": {},
            "aws_lb_listener.s": {
                "load_balancer_arn": later("aws_lb.l.arn"),
                "default_action": [{"type": "forward", "target_group_arn": later("aws_lb_target_group.t.arn")}],
            },
            "aws_lb_listener_rule.u": {
                "listener_arn": later("aws_lb_listener.s.arn"),
                "action": [
                    {
                        "type": "forward",
                        "forward": [{"target_group": [{"arn": later("aws_lb_target_group.w.arn")}]}],
                    }
                ],
            },
            "aws_lb_target_group.t": {},
            "aws_lb_target_group.w": {},
            "aws_wafv2_web_acl.f": {"default_action": [{"block": [{}]}]},
            "aws_wafv2_web_acl_association.a": {
                "web_acl_arn": later("aws_wafv2_web_acl.f.arn"),
                "resource_arn": later("aws_lb.l.arn"),
            },
        },
    )
    assert edges(graph, "forwards_to") == {
        ("aws_route53_record.r", "aws_lb.l"),
        ("aws_lb_listener.s", "aws_lb_target_group.t"),
        ("aws_lb_listener.s", "aws_lb_target_group.w"),
    }
    assert edges(graph, "listens_on") == {("aws_lb_listener.s", "aws_lb.l")}
    assert edges(graph, "protects") == {("aws_wafv2_web_acl.f", "aws_lb.l")}
    assert told(graph, "aws_wafv2_web_acl.f", "default_action") == "block"


ZONE = "aws_route53_zone.z"


@pytest.mark.parametrize(
    ("attributes", "others", "signed", "logged"),
    [
        ({}, {}, False, False),
        ({"vpc": [{"vpc_id": "vpc-1"}]}, {}, None, None),
        ({}, {"aws_route53_hosted_zone_dnssec__d": {"hosted_zone_id": later(f"{ZONE}.zone_id")}}, True, False),
        ({}, {"aws_route53_query_log__q": {"zone_id": later(f"{ZONE}.zone_id")}}, False, True),
        ({"vpc": HIDDEN}, {}, UNKNOWN, UNKNOWN),
    ],
)
def test_zones(attributes: dict[str, Any], others: dict[str, Any], signed: object, logged: object) -> None:
    assert ask(TABLE, ZONE, attributes, "signed", **others) == signed
    assert ask(TABLE, ZONE, attributes, "query_logged", **others) == logged


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        ({"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}]}, "https_only", True),
        (
            {
                "default_cache_behavior": [{"viewer_protocol_policy": "https-only"}],
                "ordered_cache_behavior": [{"viewer_protocol_policy": "allow-all"}],
            },
            "https_only",
            False,
        ),
        ({"default_cache_behavior": [{"viewer_protocol_policy": HIDDEN}]}, "https_only", UNKNOWN),
        ({"viewer_certificate": [{"minimum_protocol_version": "TLSv1.2_2021"}]}, "tls_policy", "TLSv1.2_2021"),
        ({"viewer_certificate": [{"cloudfront_default_certificate": True}]}, "tls_policy", None),
        ({"web_acl_id": later("aws_wafv2_web_acl.w.arn")}, "firewalled", True),
        ({}, "firewalled", False),
        ({"web_acl_id": HIDDEN}, "firewalled", UNKNOWN),
        ({"logging_config": [{"bucket": "b"}]}, "access_logged", True),
        ({}, "access_logged", False),
        (
            {
                "origin": [
                    {"custom_origin_config": [{"origin_protocol_policy": "http-only"}]},
                    {"s3_origin_config": [{}]},
                ]
            },
            "origin_encrypted",
            False,
        ),
    ],
)
def test_distributions(attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, "aws_cloudfront_distribution.d", attributes, attribute) == expected


METHOD = "aws_api_gateway_method.m"


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"http_method": "GET", "authorization": "NONE"}, False),
        ({"http_method": "GET", "authorization": "NONE", "api_key_required": True}, True),
        ({"http_method": "GET", "authorization": "AWS_IAM"}, True),
        ({"http_method": "OPTIONS", "authorization": "NONE"}, None),
        ({"http_method": "GET", "authorization": HIDDEN}, UNKNOWN),
    ],
)
def test_methods(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, METHOD, attributes, "authorized") == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"route_key": "GET /a"}, False),
        ({"route_key": "GET /a", "authorization_type": "JWT"}, True),
        ({"route_key": "$disconnect"}, None),
        ({"route_key": "GET /a", "authorization_type": HIDDEN}, UNKNOWN),
    ],
)
def test_routes(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, "aws_apigatewayv2_route.r", attributes, "authorized") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, None),
        ('{"paths": {"/a": {"get": {}}}}', False),
        ('{"paths": {"/a": {"get": {"security": [{"k": []}]}, "options": {}}}}', True),
        ("openapi: 3.0.1", UNKNOWN),
    ],
)
def test_documents(body: object, expected: object) -> None:
    assert ask(TABLE, "aws_api_gateway_rest_api.r", {"body": body}, "authorized") == expected


def test_an_integration_leads_from_its_method_to_its_function() -> None:
    from scanner.mapping.aws import functions

    graph = graph_of(
        {**TABLE, **functions.TABLE},
        {
            METHOD: {"http_method": "GET"},
            "aws_api_gateway_integration.i": {
                "http_method": later(f"{METHOD}.http_method"),
                "uri": later("aws_lambda_function.f.invoke_arn"),
            },
            "aws_lambda_function.f": {},
        },
    )
    assert edges(graph, "forwards_to") == {(METHOD, "aws_lambda_function.f")}


def _integrated(**arguments: Any) -> set[tuple[str, str]]:
    """To which functions the methods of two resources of one API lead by an integration with these arguments."""
    from scanner.mapping.aws import functions

    api = {"rest_api_id": later("aws_api_gateway_rest_api.a.id")}
    first = {**api, "resource_id": later("aws_api_gateway_resource.r.id")}
    second = {**api, "resource_id": later("aws_api_gateway_resource.s.id")}
    graph = graph_of(
        {**TABLE, **functions.TABLE},
        {
            "aws_api_gateway_rest_api.a": {},
            METHOD: {**first, "http_method": "GET"},
            "aws_api_gateway_method.post": {**first, "http_method": "POST"},
            "aws_api_gateway_method.other": {**second, "http_method": "GET"},
            "aws_api_gateway_integration.i": {
                **first,
                "uri": later("aws_lambda_function.f.invoke_arn"),
                **arguments,
            },
            "aws_lambda_function.f": {},
        },
    )
    return edges(graph, "forwards_to")


def test_an_integration_that_writes_its_verb_belongs_to_the_method_of_its_resource() -> None:
    """An integration is of one REST-API-ID/RESOURCE-ID/HTTP-METHOD, as its method is (AWS provider documentation,
    aws_api_gateway_integration, "Import"; API Gateway API Reference, PutIntegration)."""
    assert _integrated(http_method="GET") == {(METHOD, "aws_lambda_function.f")}
    assert _integrated(http_method="POST") == {("aws_api_gateway_method.post", "aws_lambda_function.f")}
    assert _integrated(http_method="GET", resource_id=later("aws_api_gateway_resource.s.id")) == {
        ("aws_api_gateway_method.other", "aws_lambda_function.f")
    }
    elsewhere = {("aws_api_gateway_integration.i/aws_api_gateway_method", "aws_lambda_function.f")}
    assert _integrated(http_method="PUT") == elsewhere
    assert _integrated(http_method=HIDDEN) == elsewhere


def test_recorded_integrations_belong_to_the_method_of_the_same_ids() -> None:
    """A state holds ids: `agm-abc-xyz-GET` is the method of resource xyz of the API abc."""
    from scanner.mapping.aws import functions

    whose = {"rest_api_id": "abc", "http_method": "GET"}
    uri = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/FUNCTION/invocations"
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:f"
    graph = graph_of(
        {**TABLE, **functions.TABLE},
        {
            METHOD: {"id": "agm-abc-xyz-GET", "resource_id": "xyz", **whose},
            "aws_api_gateway_method.other": {"id": "agm-abc-uvw-GET", "resource_id": "uvw", **whose},
            "aws_api_gateway_integration.i": {"resource_id": "xyz", **whose, "uri": uri.replace("FUNCTION", arn)},
            "aws_lambda_function.f": {"arn": arn, "invoke_arn": uri.replace("FUNCTION", arn)},
        },
    )
    assert edges(graph, "forwards_to") == {(METHOD, "aws_lambda_function.f")}


def test_identity_pools_and_graphql() -> None:
    pool = "aws_cognito_identity_pool.p"
    assert ask(TABLE, pool, {"allow_unauthenticated_identities": True}, "authorized") is False
    assert ask(TABLE, pool, {}, "authorized") is True
    assert ask(TABLE, pool, {"allow_unauthenticated_identities": HIDDEN}, "authorized") == UNKNOWN
    api = "aws_appsync_graphql_api.a"
    assert ask(TABLE, api, {"authentication_type": "API_KEY"}, "authorized") is False
    assert ask(TABLE, api, {"authentication_type": "AWS_IAM"}, "authorized") is True
    assert ask(TABLE, api, {"authentication_type": HIDDEN}, "authorized") == UNKNOWN
