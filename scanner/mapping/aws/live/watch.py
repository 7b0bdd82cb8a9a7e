"""Trails, recorders, detectors, logs and alarms, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import QUIET, Live, Spelling, Spellings, block, equal, tags
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value


def _trail(live: Live) -> Iterator[Resource]:
    chosen = live.get("GetEventSelectors")
    told: dict[str, Value] = {
        "id": live.arn, "arn": live.arn, "name": live.get("Name"), "s3_bucket_name": live.get("S3BucketName"),
        "cloud_watch_logs_group_arn": live.get("CloudWatchLogsLogGroupArn"), "kms_key_id": live.key("KmsKeyId"),
        "is_multi_region_trail": live.get("IsMultiRegionTrail", False),
        "is_organization_trail": live.get("IsOrganizationTrail", False),
        "enable_log_file_validation": live.get("LogFileValidationEnabled", False),
        "include_global_service_events": live.get("IncludeGlobalServiceEvents"),
        "enable_logging": live.get("GetTrailStatus.IsLogging", False), "tags": _tags(live.get("Tags")),
    }  # fmt: skip
    if isinstance(chosen, Unknown):
        told.update(event_selector=chosen, advanced_event_selector=chosen)
    else:
        told.update(
            event_selector=[_basic(each) for each in (chosen or {}).get("EventSelectors") or ()],
            advanced_event_selector=[
                _advanced(each) for each in (chosen or {}).get("AdvancedEventSelectors") or ()
            ],
        )
    yield live.made("aws_cloudtrail", told)


def _tags(value: Value) -> Value:
    return tags(value.get("TagsList")) if isinstance(value, dict) else tags(value)


def _basic(selector: dict[str, Any]) -> dict[str, Value]:
    return {"read_write_type": selector.get("ReadWriteType", "All"),
            "include_management_events": selector.get("IncludeManagementEvents", True),
            "data_resource": [{"type": each.get("Type"), "values": each.get("Values", [])}
                              for each in selector.get("DataResources", ())]}  # fmt: skip


def _advanced(selector: dict[str, Any]) -> dict[str, Value]:
    fields = [{"field": each.get("Field"), "equals": each.get("Equals", [])}
              for each in selector.get("FieldSelectors", ())]  # fmt: skip
    return {"field_selector": fields}


def _recorder(live: Live) -> Iterator[Resource | None]:
    name = live.get("name")
    yield live.made("aws_config_configuration_recorder", {"id": live.arn, "name": name,
                                                          "role_arn": live.get("roleARN")})  # fmt: skip
    yield live.beside("aws_config_configuration_recorder_status", "DescribeConfigurationRecorderStatus",
                      lambda value: {"is_enabled": value.get("recording", False)}, name=live.arn)  # fmt: skip


def _plain(type_: str, name: str, **fields: str) -> Spelling:
    """A thing of which rules ask its presence and a few fields."""

    def spell(live: Live) -> Iterator[Resource]:
        told = {field: live.get(path) for field, path in fields.items()}
        yield live.made(type_, {"id": live.get(name), "arn": live.arn, "name": live.get(name), **told})

    return Spelling((type_,), spell)


def _detector(live: Live) -> Iterator[Resource]:
    told = {"id": live.get("DetectorId"), "arn": live.arn,
            "enable": equal(live.get("GetDetector.Status"), "ENABLED"), "datasources": _sources(live)}  # fmt: skip
    yield live.made("aws_guardduty_detector", told)
    for each in live.list("GetDetector.Features"):
        feature = {"detector_id": live.get("DetectorId"), "name": each.get("Name"), "status": each.get("Status")}
        yield live.fold("aws_guardduty_detector_feature", str(each.get("Name")), feature)


def _sources(live: Live) -> Value:
    """The data sources, where the answer does not say the same as features."""
    about = live.get("GetDetector.DataSources")
    if isinstance(about, Unknown):
        return about
    if live.list("GetDetector.Features") or not about:
        return [{}] if live.list("GetDetector.Features") else None
    volumes = ((about.get("MalwareProtection") or {}).get("ScanEc2InstanceWithFindings") or {}).get("EbsVolumes")
    return block(
        s3_logs=_on(about.get("S3Logs")),
        kubernetes=block(audit_logs=_on((about.get("Kubernetes") or {}).get("AuditLogs"))),
        malware_protection=block(
            scan_ec2_instance_with_findings=block(ebs_volumes=_on(volumes))),
    )  # fmt: skip


def _on(source: Any) -> Value:
    return block(enable=source.get("Status") == "ENABLED") if isinstance(source, dict) else None


def _hub(live: Live) -> Iterator[Resource]:
    yield live.made("aws_securityhub_account", {"id": live.account, "arn": live.arn})


def _macie(live: Live) -> Iterator[Resource]:
    yield live.made("aws_macie2_account", {"id": live.account, "status": live.get("status")})


def _inspector(live: Live) -> Iterator[Resource]:
    kinds = live.get("resourceState") or {}
    on = [
        name.upper()
        for name, state in kinds.items()
        if isinstance(state, dict) and state.get("status") == "ENABLED"
    ]
    if on:
        yield live.made(
            "aws_inspector2_enabler",
            {"id": live.account, "account_ids": [live.account], "resource_types": sorted(on)},
        )


def _analyzer(live: Live) -> Iterator[Resource]:
    yield live.made("aws_accessanalyzer_analyzer", {"id": live.get("name"), "arn": live.arn,
                                                    "analyzer_name": live.get("name"), "type": live.get("type"),
                                                    "tags": tags(live.get("tags"))})  # fmt: skip


def _log_group(live: Live) -> Iterator[Resource]:
    name = live.get("logGroupName")
    arn = live.arn.removesuffix(":*")
    yield live.made("aws_cloudwatch_log_group", {
        "id": name, "arn": arn, "name": name, "retention_in_days": live.get("retentionInDays", 0),
        "kms_key_id": live.key("kmsKeyId"), "tags": tags(live.get("ListTagsForResource"))})  # fmt: skip


def _filter(live: Live) -> Iterator[Resource]:
    measures = [{"namespace": each.get("metricNamespace"), "name": each.get("metricName")}
                for each in live.list("metricTransformations")]  # fmt: skip
    yield live.made("aws_cloudwatch_log_metric_filter", {
        "id": live.arn, "name": live.get("filterName"), "pattern": live.get("filterPattern", ""),
        "log_group_name": live.get("logGroupName"), "metric_transformation": measures})  # fmt: skip


def _alarm(type_: str) -> Spelling:
    def spell(live: Live) -> Iterator[Resource]:
        name = live.get("AlarmName")
        yield live.made(type_, {"id": name, "arn": live.arn, "alarm_name": name,
                                "namespace": live.get("Namespace"), "metric_name": live.get("MetricName"),
                                "actions_enabled": live.get("ActionsEnabled", True),
                                "alarm_actions": live.list("AlarmActions")})  # fmt: skip

    return Spelling((type_,), spell)


SPELLINGS: Spellings = {
    "AWS::CloudTrail::Trail": Spelling(("aws_cloudtrail",), _trail),
    "AWS::Config::ConfigurationRecorder": Spelling(
        ("aws_config_configuration_recorder", "aws_config_configuration_recorder_status"), _recorder),
    "AWS::Config::DeliveryChannel": QUIET,
    "AWS::Config::ConfigRule": _plain("aws_config_config_rule", "ConfigRuleName"),
    "AWS::Config::ConfigurationAggregator": QUIET,
    "AWS::GuardDuty::Detector": Spelling(
        ("aws_guardduty_detector", "aws_guardduty_detector_feature"), _detector),
    "AWS::SecurityHub::Hub": Spelling(("aws_securityhub_account",), _hub),
    "AWS::AccessAnalyzer::Analyzer": Spelling(("aws_accessanalyzer_analyzer",), _analyzer),
    "AWS::InspectorV2::AccountStatus": Spelling(("aws_inspector2_enabler",), _inspector),
    "AWS::Macie::Session": Spelling(("aws_macie2_account",), _macie),
    "AWS::Logs::LogGroup": Spelling(("aws_cloudwatch_log_group",), _log_group),
    "AWS::Logs::MetricFilter": Spelling(("aws_cloudwatch_log_metric_filter",), _filter),
    "AWS::Logs::ResourcePolicy": QUIET,
    "AWS::CloudWatch::Alarm": _alarm("aws_cloudwatch_metric_alarm"),
    "AWS::CloudWatch::CompositeAlarm": _alarm("aws_cloudwatch_composite_alarm"),
}  # fmt: skip
