"""Settings that AWS FSBP asks about; defaults by each service's API reference, named at each group."""

import json
from dataclasses import replace
from typing import Any

import pytest

from scanner.mapping.assemble import Assembler
from scanner.mapping.aws import TABLE
from scanner.mapping.defaults import DEFAULTS, READ, SOURCES
from scanner.mapping.silent import SILENT
from scanner.model.kinds import KINDS
from scanner.model.resource import Plane
from scanner.model.value import Unknown
from tests.mapping.build import HIDDEN, UNKNOWN, ask, edges, graph_of, later, resource

WAF = "aws_wafv2_web_acl.w"
POLICY = "aws_networkfirewall_firewall_policy.p"
TRAIL = "aws_cloudtrail.t"
OBJECTS = {"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}


def field(name: str, *values: str) -> dict[str, Any]:
    return {"field": name, "equals": list(values)}


@pytest.mark.parametrize(
    ("name", "attributes", "attribute", "expected"),
    [
        # Elastic Load Balancing user guide, "Desync mitigation mode": defensive unless chosen; application only
        ("aws_lb.l", {}, "desync_guarded", True),
        ("aws_lb.l", {"desync_mitigation_mode": "monitor"}, "desync_guarded", False),
        ("aws_lb.l", {"load_balancer_type": "network"}, "desync_guarded", None),
        ("aws_lb.l", {"desync_mitigation_mode": HIDDEN}, "desync_guarded", UNKNOWN),
        # AWS WAF developer guide: a web ACL may hold no rule
        (WAF, {}, "rules", 0),
        (WAF, {"rule": [{"name": "a"}, {"name": "b"}]}, "rules", 2),
        (WAF, {"rule_json": "[]"}, "rules", None),
        (WAF, {"rule": HIDDEN}, "rules", UNKNOWN),
        # Network Firewall developer guide, "Stateless default actions"
        (POLICY, {"firewall_policy": [{"stateless_default_actions": ["aws:pass"]}]}, "passes_by_default", True),
        (POLICY, {"firewall_policy": [{"stateless_default_actions": ["aws:drop"],
                                       "stateless_fragment_default_actions": ["aws:pass"]}]},
         "passes_by_default", True),
        (POLICY, {"firewall_policy": [{"stateless_default_actions": ["aws:forward_to_sfe"]}]},
         "passes_by_default", False),
        # Redshift API, CreateCluster: EnhancedVpcRouting false
        ("aws_redshift_cluster.r", {}, "routed_inside", False),
        # OpenSearch API: AdvancedSecurityOptions and NodeToNodeEncryptionOptions are off unless enabled
        ("aws_opensearch_domain.o", {}, "fine_grained", False),
        ("aws_opensearch_domain.o", {"node_to_node_encryption": [{"enabled": True}]}, "internal_tls", True),
        # ElastiCache user guide: cluster mode always fails over by itself
        ("aws_elasticache_replication_group.g", {}, "multi_zone", False),
        ("aws_elasticache_replication_group.g", {"num_node_groups": 3}, "multi_zone", True),
        ("aws_elasticache_serverless_cache.s", {}, "multi_zone", None),
        # MSK API, ClientAuthentication.Unauthenticated
        ("aws_msk_cluster.m", {"client_authentication": [{"unauthenticated": True}]}, "authenticated", False),
        ("aws_msk_cluster.m", {"client_authentication": [{"sasl": [{"iam": True}]}]}, "authenticated", True),
        ("aws_msk_cluster.m", {}, "authenticated", UNKNOWN),
        # Direct Connect user guide, "MAC Security": 10, 100 and 400 Gbps
        ("aws_dx_connection.d", {"bandwidth": "1Gbps"}, "line_encrypted", UNKNOWN),
        ("aws_dx_connection.d", {"bandwidth": "10Gbps"}, "line_encrypted", False),
        ("aws_dx_connection.d", {"bandwidth": "100Gbps", "request_macsec": True}, "line_encrypted", True),
        # NIST SP 800-77r1: groups below 14 and SHA-1 are not to be used
        ("aws_vpn_connection.v", {"tunnel2_phase1_dh_group_numbers": [2, 20]}, "weak_proposals",
         ["phase1 dh group numbers 2"]),
        ("aws_vpn_connection.v", {"tunnel1_ike_versions": ["ikev2"]}, "weak_proposals", []),
        # SageMaker API, CreateNotebookInstance: both Enabled unless told otherwise
        ("aws_sagemaker_notebook_instance.n", {}, "direct_internet", True),
        ("aws_sagemaker_notebook_instance.n", {"root_access": "Disabled"}, "administered", False),
        # Step Functions API, LoggingConfiguration: level OFF
        ("aws_sfn_state_machine.s", {}, "logged", False),
        ("aws_sfn_state_machine.s", {"logging_configuration": [{"level": "ALL"}]}, "logged", True),
        # Transfer Family API: SFTP unless other protocols are named
        ("aws_transfer_server.t", {}, "plain_protocols", []),
        ("aws_transfer_server.t", {"protocols": ["FTP", "SFTP"]}, "plain_protocols", ["FTP"]),
        # CloudTrail user guide, "Logging data events"
        (TRAIL, {}, "objects_recorded", "none"),
        (TRAIL, {"event_selector": [{"data_resource": [OBJECTS]}]}, "objects_recorded", "all"),
        (TRAIL, {"event_selector": [{"read_write_type": "WriteOnly", "data_resource": [OBJECTS]}]},
         "objects_recorded", "writes"),
        (TRAIL, {"event_selector": [{"data_resource": [{**OBJECTS, "values": ["arn:aws:s3:::one/"]}]}]},
         "objects_recorded", "some"),
        (TRAIL, {"advanced_event_selector": [{"field_selector": [
            field("eventCategory", "Data"), field("resources.type", "AWS::S3::Object"),
            field("readOnly", "true")]}]}, "objects_recorded", "reads"),
        # GuardDuty API: features are switched off one by one
        ("aws_guardduty_detector.g", {"datasources": [{"s3_logs": [{"enable": False}]}]}, "features_off",
         ["S3 data events"]),
        # Systems Manager user guide, "Session document schema"
        ("aws_ssm_document.d", {"document_type": "Session", "content": json.dumps({"inputs": {}})},
         "sessions_logged", False),
        ("aws_ssm_document.d", {"document_type": "Session",
                                "content": json.dumps({"inputs": {"cloudWatchLogGroupName": "g"}})},
         "sessions_logged", True),
        ("aws_ssm_document.d", {"document_type": "Command", "content": "{}"}, "sessions_logged", None),
        ("aws_ssm_document.d", {"document_type": "Session", "content": "inputs: {}"}, "sessions_logged", UNKNOWN),
        ("aws_ssm_document.d", {"permissions": {"type": "Share", "account_ids": "All"}}, "public_access", True),
        # EC2 API: DisableEbsEncryptionByDefault; a preference that is left open is no guard that is off
        ("aws_ebs_encryption_by_default.e", {"enabled": False}, "active", False),
        ("aws_ec2_instance_metadata_defaults.m", {"http_tokens": "no-preference"}, "active", None),
        ("aws_ec2_instance_metadata_defaults.m", {"http_tokens": "optional"}, "active", False),
        ("aws_s3_account_public_access_block.b", {"block_public_acls": True}, "active", False),
        ("aws_ssm_service_setting.s", {"setting_id": "/ssm/documents/console/public-sharing-permission",
                                       "setting_value": "Enable"}, "active", False),
        # DMS API, CreateEndpoint: SslMode none; targets of AWS speak TLS only
        ("aws_acm_certificate.c", {"key_algorithm": "RSA_1024"}, "weak_key", True),
        ("aws_acm_certificate.c", {}, "weak_key", False),
    ],
)  # fmt: skip
def test_settings(name: str, attributes: dict[str, Any], attribute: str, *, expected: object) -> None:
    assert ask(TABLE, name, attributes, attribute) == expected


def test_a_setting_that_a_live_answer_leaves_out_is_unknown() -> None:
    """DescribeLoadBalancerAttributes may be denied: that is no balancer at its defaults."""
    assembler = Assembler(TABLE)
    assembler.add([replace(resource("aws_lb.l", {"load_balancer_type": "application"}), plane=Plane.LIVE)])
    graph = assembler.finish()
    (index,) = graph.nodes("load_balancer")
    assert isinstance(graph.peek(index, "desync_guarded"), Unknown)


def test_a_bucket_without_an_identity_of_the_distribution_is_an_open_origin() -> None:
    """CloudFront developer guide, "Restrict access to an Amazon S3 origin"."""
    origins = [
        {"origin_id": "open", "domain_name": "a.s3.amazonaws.com"},
        {"origin_id": "oac", "domain_name": "b.s3.amazonaws.com", "origin_access_control_id": "E1"},
        {
            "origin_id": "oai",
            "domain_name": "c.s3.amazonaws.com",
            "s3_origin_config": [{"origin_access_identity": "origin-access-identity/cloudfront/E2"}],
        },
        {"origin_id": "site", "domain_name": "example.com", "custom_origin_config": [{}]},
    ]
    asked = ask(TABLE, "aws_cloudfront_distribution.d", {"origin": origins}, "open_origins")
    assert asked == ["a.s3.amazonaws.com"]


# The forms of CloudWatch Logs user guide, "Filter pattern syntax for JSON log events", and of EventBridge's.
ROOT = '{ $.userIdentity.type = "Root" }'
REFUSED = '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'
SIGN_IN = {"detail-type": ["AWS Console Sign In via CloudTrail"], "detail": {"userIdentity": {"type": ["Root"]}}}


@pytest.mark.parametrize(
    ("name", "attributes", "expected"),
    [
        ("aws_cloudwatch_log_metric_filter.f", {"pattern": ROOT}, ["use of the root user"]),
        ("aws_cloudwatch_log_metric_filter.f", {"pattern": REFUSED}, ["refused calls"]),
        ("aws_cloudwatch_log_metric_filter.f", {"pattern": "ERROR"}, []),
        (
            "aws_cloudwatch_event_rule.r",
            {"event_pattern": json.dumps(SIGN_IN)},
            ["sign-in", "use of the root user"],
        ),
        ("aws_cloudwatch_event_rule.r", {"event_pattern": '{"source": ["aws.ec2"]}'}, []),
        ("aws_cloudwatch_event_rule.r", {"event_pattern": HIDDEN}, UNKNOWN),
    ],
)
def test_what_a_watch_looks_for(name: str, attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, name, attributes, "watches") == expected


def test_a_watch_leads_to_its_alarm_by_measure_or_by_reference_and_on_to_people() -> None:
    measure = [{"namespace": "security", "name": "root"}]
    graph = graph_of(
        TABLE,
        {
            "aws_cloudwatch_log_metric_filter.named": {"pattern": ROOT, "metric_transformation": measure},
            "aws_cloudwatch_metric_alarm.named": {"namespace": "security", "metric_name": "root"},
            "aws_cloudwatch_log_metric_filter.meant": {"pattern": ROOT},
            "aws_cloudwatch_metric_alarm.meant": {
                "namespace": "security",
                "metric_name": later("aws_cloudwatch_log_metric_filter.meant.id"),
                "alarm_actions": [later("aws_sns_topic.t.arn")],
            },
            "aws_sns_topic.t": {},
            "aws_sns_topic_subscription.s": {"protocol": "email", "topic_arn": later("aws_sns_topic.t.arn")},
        },
    )
    assert edges(graph, "forwards_to") == {
        ("aws_cloudwatch_log_metric_filter.named", "aws_cloudwatch_metric_alarm.named"),
        ("aws_cloudwatch_log_metric_filter.meant", "aws_cloudwatch_metric_alarm.meant"),
        ("aws_cloudwatch_metric_alarm.meant", "aws_sns_topic.t"),
        ("aws_sns_topic.t", "aws_sns_topic_subscription.s"),
    }


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"protocol": "email"}, UNKNOWN),
        ({"protocol": "email", "pending_confirmation": True}, False),
        ({"protocol": "email", "pending_confirmation": False}, True),
        ({"protocol": "sqs"}, None),
    ],
)
def test_mailboxes_have_to_confirm(attributes: dict[str, Any], expected: object) -> None:
    """SNS developer guide, "Confirm the subscription": of e-mail and HTTP endpoints."""
    assert ask(TABLE, "aws_sns_topic_subscription.s", attributes, "confirmed") == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"engine_name": "postgres"}, False),
        ({"engine_name": "postgres", "ssl_mode": "require"}, True),
        ({"engine_name": "s3"}, None),
    ],
)
def test_ends_of_migrations_ask_for_tls_only_where_told(attributes: dict[str, Any], expected: object) -> None:
    """DMS API, CreateEndpoint: SslMode is none by default."""
    graph = graph_of(TABLE, {"aws_dms_endpoint.e": attributes})
    (index,) = graph.nodes("data_link")
    assert graph.peek(index, "encrypted") == expected


def test_every_default_has_its_source_and_every_silence_its_attribute() -> None:
    assert READ and all(SOURCES[each] for each in DEFAULTS)
    missing = [(kind, name) for kind, names in SILENT.items() for name in names if not KINDS[kind].has(name)]
    assert missing == []
