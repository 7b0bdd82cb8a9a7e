"""Logs and detectors, accounts, messaging, backups."""

import json
from typing import Any

import pytest

from scanner.mapping.aws.accounts import TABLE as ACCOUNTS
from scanner.mapping.aws.backup import TABLE as BACKUP
from scanner.mapping.aws.logging import TABLE as LOGGING
from scanner.mapping.aws.messaging import TABLE as MESSAGING
from scanner.mapping.aws.objects import TABLE as OBJECTS
from scanner.mapping.aws.volumes import TABLE as VOLUMES
from scanner.model.value import Unknown
from tests.mapping.build import HIDDEN, UNKNOWN, ask, edges, graph_of, later

TABLE = {**ACCOUNTS, **BACKUP, **LOGGING, **MESSAGING, **OBJECTS, **VOLUMES}
KEY = later("aws_kms_key.k.arn")
ANYONE = {"policy": json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]})}
SELECTOR = {"read_write_type": "WriteOnly"}
MANAGEMENT = {"field_selector": [{"field": "eventCategory", "equals": ["Management"]}]}


@pytest.mark.parametrize(
    ("name", "attributes", "attribute", "expected"),
    [
        ("aws_cloudtrail.t", {}, "multi_region", False),
        ("aws_cloudtrail.t", {"is_multi_region_trail": True}, "multi_region", True),
        ("aws_cloudtrail.t", {"is_multi_region_trail": HIDDEN}, "multi_region", UNKNOWN),
        ("aws_cloudtrail.t", {}, "active", True),
        ("aws_cloudtrail.t", {"enable_logging": False}, "active", False),
        ("aws_cloudtrail.t", {}, "management_events", True),
        ("aws_cloudtrail.t", {"event_selector": [SELECTOR]}, "management_events", False),
        ("aws_cloudtrail.t", {"event_selector": [{"read_write_type": "All"}]}, "management_events", True),
        ("aws_cloudtrail.t", {"event_selector": [{"include_management_events": HIDDEN}]},
         "management_events", UNKNOWN),
        ("aws_cloudtrail.t", {"advanced_event_selector": [MANAGEMENT]}, "management_events", True),
        ("aws_cloudwatch_log_group.g", {}, "keep_days", None),
        ("aws_cloudwatch_log_group.g", {"retention_in_days": 0}, "keep_days", None),
        ("aws_cloudwatch_log_group.g", {"retention_in_days": "30"}, "keep_days", 30),
        ("aws_cloudwatch_log_group.g", {"kms_key_id": KEY}, "customer_key", True),
        ("aws_cloudwatch_metric_alarm.a", {}, "actionable", False),
        ("aws_cloudwatch_metric_alarm.a", {"alarm_actions": [later("aws_sns_topic.t.arn")]}, "actionable", True),
        ("aws_cloudwatch_metric_alarm.a", {"alarm_actions": ["x"], "actions_enabled": False}, "actionable", False),
        ("aws_cloudwatch_metric_alarm.a", {"alarm_actions": HIDDEN}, "actionable", UNKNOWN),
        ("aws_guardduty_detector.d", {}, "active", True),
        ("aws_guardduty_detector.d", {"enable": False}, "active", False),
        ("aws_guardduty_detector.d", {"enable": HIDDEN}, "active", UNKNOWN),
        ("aws_config_configuration_recorder.r", {}, "active", False),
        ("aws_iam_account_password_policy.p", {}, "minimum_length", 6),
        ("aws_iam_account_password_policy.p", {"minimum_password_length": HIDDEN}, "minimum_length", UNKNOWN),
        ("aws_iam_account_password_policy.p", {"password_reuse_prevention": 5}, "reuse_prevented", True),
        ("aws_iam_account_password_policy.p", {"max_password_age": 0}, "maximum_age_days", None),
        ("aws_route53domains_registered_domain.d", {}, "private", True),
        ("aws_route53domains_registered_domain.d", {"tech_privacy": False}, "private", False),
        ("aws_route53domains_registered_domain.d", {"transfer_lock": HIDDEN}, "transfer_locked", UNKNOWN),
        ("aws_budgets_budget.b", {"limit_amount": "100"}, "limit", 100),
        ("aws_budgets_budget.b", {}, "notified", False),
        ("aws_budgets_budget.b", {"notification": [{"subscriber_email_addresses": ["a@b"]}]}, "notified", True),
        ("aws_organizations_organization.o", {}, "all_features", True),
        ("aws_organizations_organization.o", {"feature_set": "CONSOLIDATED_BILLING"}, "all_features", False),
        ("aws_sqs_queue.q", {}, "encrypted", True),
        ("aws_sqs_queue.q", {"sqs_managed_sse_enabled": False}, "encrypted", False),
        ("aws_sqs_queue.q", {"sqs_managed_sse_enabled": False, "kms_master_key_id": KEY}, "encrypted", True),
        ("aws_sqs_queue.q", {"kms_master_key_id": "alias/aws/sqs"}, "customer_key", False),
        ("aws_sqs_queue.q", ANYONE, "public_access", True),
        ("aws_sqs_queue.q", {"policy": HIDDEN}, "public_access", UNKNOWN),
        ("aws_sns_topic.t", {}, "encrypted", False),
        ("aws_sns_topic.t", {"kms_master_key_id": "alias/aws/sns"}, "encrypted", True),
        ("aws_sns_topic.t", {"kms_master_key_id": HIDDEN}, "encrypted", UNKNOWN),
        ("aws_sns_topic.t", {}, "public_access", False),
        ("aws_sns_topic_subscription.s", {"protocol": "http"}, "encrypted", False),
        ("aws_sns_topic_subscription.s", {"protocol": "sqs"}, "encrypted", True),
        ("aws_kinesis_stream.s", {}, "encrypted", False),
        ("aws_kinesis_stream.s", {"encryption_type": "KMS", "kms_key_id": "alias/aws/kinesis"}, "encrypted", True),
        ("aws_kinesis_stream.s", {"encryption_type": "KMS", "kms_key_id": KEY}, "customer_key", True),
        ("aws_msk_cluster.c", {}, "tls_required", True),
        ("aws_msk_cluster.c",
         {"encryption_info": [{"encryption_in_transit": [{"client_broker": "TLS_PLAINTEXT"}]}]},
         "tls_required", False),
        ("aws_mq_broker.b", {"publicly_accessible": True}, "public_access", True),
        ("aws_ecr_repository.r", {}, "immutable", False),
        ("aws_ecr_repository.r", {"image_tag_mutability": "IMMUTABLE"}, "immutable", True),
        ("aws_ecr_repository.r", {"image_tag_mutability": HIDDEN}, "immutable", UNKNOWN),
        ("aws_ecr_repository.r", {"image_scanning_configuration": [{"scan_on_push": True}]}, "scanned", True),
        ("aws_ecr_repository.r", {"encryption_configuration": [{"encryption_type": "KMS"}]},
         "customer_key", False),
        ("aws_ecr_repository.r", {"encryption_configuration": [{"encryption_type": "KMS", "kms_key": KEY}]},
         "customer_key", True),
        ("aws_backup_plan.p", {"rule": [{"copy_action": [{}]}, {}]}, "copied", False),
        ("aws_backup_plan.p", {"rule": [{"copy_action": [{}]}]}, "copied", True),
        ("aws_backup_plan.p", {"rule": [{"schedule": HIDDEN}]}, "scheduled", UNKNOWN),
        ("aws_backup_plan.p", {"rule": [{}, {"lifecycle": [{"delete_after": 14}]}]}, "keep_days", 14),
        ("aws_backup_plan.p", {"rule": [{}]}, "keep_days", None),
        ("aws_backup_vault.v", {}, "locked", False),
        ("aws_dlm_lifecycle_policy.p", {}, "scheduled", True),
        ("aws_dlm_lifecycle_policy.p", {"state": "DISABLED"}, "scheduled", False),
        ("aws_dlm_lifecycle_policy.p", {"policy_details": [{"schedule": [
            {"create_rule": [{"interval": 12}], "retain_rule": [{"count": 14}]}]}]}, "keep_days", 7),
    ],
)  # fmt: skip
def test_attributes(name: str, attributes: dict[str, Any], attribute: str, *, expected: object) -> None:
    assert ask(TABLE, name, attributes, attribute) == expected


@pytest.mark.parametrize(
    ("name", "attribute", "beside", "expected"),
    [
        ("aws_config_configuration_recorder.r", "active",
         {"aws_config_configuration_recorder_status__s": {"name": "r", "is_enabled": True}}, True),
        ("aws_backup_vault.r", "locked",
         {"aws_backup_vault_lock_configuration__l": {"backup_vault_name": "r"}}, True),
        ("aws_ce_anomaly_monitor.r", "notified",
         {"aws_ce_anomaly_subscription__s": {"monitor_arn_list": [later("aws_ce_anomaly_monitor.r.arn")],
                                             "subscriber": [{"type": "EMAIL"}]}}, True),
        ("aws_ecr_repository.r", "scanned",
         {"aws_ecr_registry_scanning_configuration__s": {"rule": [
             {"scan_frequency": "SCAN_ON_PUSH", "repository_filter": [{"filter": "*"}]}]}}, True),
        ("aws_ecr_repository.r", "public_access",
         {"aws_ecr_repository_policy__p": {"repository": "r", **ANYONE}}, True),
        ("aws_sqs_queue.r", "public_access", {"aws_sqs_queue_policy__p": {
            "queue_url": later("aws_sqs_queue.r.id"), **ANYONE}}, True),
    ],
)  # fmt: skip
def test_resources_of_their_own(name: str, attribute: str, beside: dict[str, Any], *, expected: object) -> None:
    assert ask(TABLE, name, {"name": "r"}, attribute, **beside) == expected


def test_relations() -> None:
    graph = graph_of(TABLE, {
        "aws_cloudtrail.t": {"s3_bucket_name": "logs", "cloud_watch_logs_group_arn":
                             Unknown("later", references=("aws_cloudwatch_log_group.g.arn",), suffix=":*")},
        "aws_s3_bucket.logs": {"bucket": "logs"},
        "aws_cloudwatch_log_group.g": {},
        "aws_sns_topic.t": {}, "aws_sqs_queue.q": {},
        "aws_sns_topic_subscription.s": {"protocol": "sqs", "topic_arn": later("aws_sns_topic.t.arn"),
                                         "endpoint": later("aws_sqs_queue.q.arn")},
        "aws_backup_plan.p": {"rule": [{
            "target_vault_name": "v",
            "copy_action": [{"destination_vault_arn": later("aws_backup_vault.w.arn")}]}]},
        "aws_backup_vault.v": {"name": "v"}, "aws_backup_vault.w": {"name": "w"},
        "aws_backup_selection.s": {"plan_id": later("aws_backup_plan.p.id"),
                                   "resources": [later("aws_ebs_volume.d.arn")]},
        "aws_ebs_volume.d": {"tags": {"Snapshot": "daily"}},
        "aws_dlm_lifecycle_policy.l": {"policy_details": [
            {"resource_types": ["VOLUME"], "target_tags": {"Snapshot": "daily"}}]},
    })  # fmt: skip
    assert edges(graph, "logs_to") == {
        ("aws_cloudtrail.t", "aws_s3_bucket.logs"),
        ("aws_cloudtrail.t", "aws_cloudwatch_log_group.g"),
    }
    assert ("aws_sns_topic.t", "aws_sqs_queue.q") in edges(graph, "forwards_to")
    assert edges(graph, "keeps_in") == {("aws_backup_plan.p", "aws_backup_vault.v")}
    assert edges(graph, "copied_to") == {("aws_backup_plan.p", "aws_backup_vault.w")}
    assert edges(graph, "backs_up") == {
        ("aws_backup_plan.p", "aws_ebs_volume.d"),
        ("aws_dlm_lifecycle_policy.l", "aws_ebs_volume.d"),
    }


def test_a_selection_by_tag_leaves_the_plan_open() -> None:
    graph = graph_of(TABLE, {
        "aws_backup_plan.p": {},
        "aws_backup_selection.s": {"plan_id": later("aws_backup_plan.p.id"), "selection_tag": [{"key": "b"}]},
    })  # fmt: skip
    assert [name for (name, _), _ in graph.open_relations()] == ["backs_up"]


def test_empty_blocks_of_a_plan_are_absent_blocks() -> None:
    empty: dict[str, Any] = {"event_selector": [], "advanced_event_selector": []}
    assert ask(TABLE, "aws_cloudtrail.t", empty, "management_events") is True
    lock: dict[str, Any] = {"object_lock_configuration": [{"rule": []}], "logging": []}
    assert ask(TABLE, "aws_s3_bucket.b", lock, "locked") is False
    assert ask(TABLE, "aws_s3_bucket.b", lock, "access_logged") is False
