"""AWS records and watchers: trails, log groups, alarms, configuration recorders, threat detectors."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws import watches
from scanner.mapping.aws.keys import customer_key, key_join
from scanner.mapping.extract import TRUE, equals, flag, no_flag, told, truth, whole, written
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Fold, Join, Row, Skip, Table
from scanner.model.logic import both, either, some
from scanner.model.value import Unknown, Value


def _management_events(reader: Reader) -> Value:
    """Whether reads and writes of management events are recorded.

    A trail without selectors records both (CloudTrail User Guide, "Logging management events"); selectors of
    either form replace that default.
    """
    if not written("event_selector")(reader) and not written("advanced_event_selector")(reader):
        return True
    return either(
        lambda: some(reader.blocks("event_selector"), _basic_records_all),
        lambda: some(reader.blocks("advanced_event_selector"), _advanced_records_all),
    )


def _basic_records_all(selector: Reader) -> bool:
    return both(
        lambda: truth(selector.get("include_management_events", True)),
        lambda: selector.get("read_write_type", "All") == "All",
    )


def _advanced_records_all(selector: Reader) -> bool:
    """An advanced selector of the category Management that is not narrowed by `readOnly`."""
    fields = list(selector.blocks("field_selector"))
    return both(
        lambda: some(fields, _names_management),
        lambda: not some(fields, lambda each: each.get("field") == "readOnly"),
    )


def _names_management(field: Reader) -> bool:
    return both(
        lambda: field.get("field") == "eventCategory",
        lambda: some(field.items("equals"), lambda value: value == "Management"),
    )


def _keep_days(reader: Reader) -> Value:
    """Logs never expire where nothing, or 0, is written (provider documentation)."""
    return whole(reader.get("retention_in_days", 0)) or None


def _actionable(reader: Reader) -> Value:
    return both(
        lambda: truth(reader.get("actions_enabled", True)),
        lambda: written("alarm_actions")(reader),
    )


def _recording(reader: Reader) -> Value:
    """A configuration recorder is off until aws_config_configuration_recorder_status turns it on."""
    status = reader.fold("aws_config_configuration_recorder_status")
    return status is not None and truth(status.get("is_enabled", False))


def _log_targets(reader: Reader) -> Iterator[Value]:
    for path in ("s3_bucket_name", "cloud_watch_logs_group_arn"):
        value = reader.peek(path)
        if value is not None:
            yield _group_arn(value)


def _group_arn(value: Value) -> Value:
    """CloudTrail asks for `ARN:*` of a log group; the group itself is meant."""
    if isinstance(value, Unknown):
        return value
    return str(value).removesuffix(":*")


_SOURCES = {
    "s3_logs.enable": "S3 data events",
    "kubernetes.audit_logs.enable": "Kubernetes audit logs",
    "malware_protection.scan_ec2_instance_with_findings.ebs_volumes.enable": "malware on volumes",
}


def _features_off(reader: Reader) -> Value:
    """Features that are written as off, in either form; what is not written is on or off by the account's age."""
    found: list[Value] = [
        name
        for path, name in _SOURCES.items()
        if reader.get(f"datasources.{path}") is not None and not truth(reader.get(f"datasources.{path}"))
    ]
    features = ((each.get("name"), each.get("status")) for each in reader.folded("aws_guardduty_detector_feature"))
    return found + [name for name, status in features if status == "DISABLED"]


_EVERY_OBJECT = ("arn:aws:s3", "arn:aws:s3:::")


def _objects_recorded(reader: Reader) -> Value:
    """Which data events of S3 objects the trail records, over all buckets (CloudTrail User Guide, "Logging data
    events"): without a selector none."""
    found: set[str] = set()
    for selector in reader.blocks("event_selector"):
        for data in selector.blocks("data_resource"):
            if data.get("type") == "AWS::S3::Object":
                everywhere = some(data.items("values"), lambda value: str(value) in _EVERY_OBJECT)
                found.add(str(selector.get("read_write_type", "All")) if everywhere else "Some")
    for selector in reader.blocks("advanced_event_selector"):
        fields = list(selector.blocks("field_selector"))
        if some(fields, lambda each: some(each.items("equals"), lambda value: value == "AWS::S3::Object")):
            found.add(_advanced_share(fields))
    return _share(found)


def _advanced_share(fields: list[Reader]) -> str:
    """All, or a part: of reads or writes, or of some objects."""
    narrowed = {str(each.get("field")): each for each in fields} if fields else {}
    if set(narrowed) - {"eventCategory", "resources.type", "readOnly"}:
        return "Some"
    only = narrowed.get("readOnly")
    if only is None:
        return "All"
    return "ReadOnly" if some(only.items("equals"), lambda value: str(value).lower() == "true") else "WriteOnly"


def _share(found: set[str]) -> str:
    if "All" in found or {"ReadOnly", "WriteOnly"} <= found:
        return "all"
    if "WriteOnly" in found:
        return "writes"
    if "ReadOnly" in found:
        return "reads"
    return "some" if found else "none"


def _detector(active: Extract | Fixed = TRUE, name: str = "name", looks_for: str | None = None) -> Row:
    return Row("detector", {"active": active, "looks_for": Fixed(looks_for)}, name=name)


_TRAIL = Row(
    "trail",
    {
        # Defaults: provider documentation of aws_cloudtrail.
        "multi_region": flag("is_multi_region_trail"),
        "validated": flag("enable_log_file_validation"),
        "customer_key": customer_key("kms_key_id"),
        "active": flag("enable_logging", absent=True),
        "management_events": _management_events,
        "objects_recorded": _objects_recorded,
        "organization_wide": flag("is_organization_trail"),
    },
    {
        "logs_to": Join("s3_bucket_name", ("object_store", "log_group"), values=_log_targets),
        "encrypted_with": key_join("kms_key_id"),
    },
)

_EVENT_STORE = Row(
    "trail",
    {
        # Defaults: provider documentation of aws_cloudtrail_event_data_store. What it holds cannot be changed.
        "multi_region": flag("multi_region_enabled", absent=True),
        "validated": TRUE,
        "customer_key": customer_key("kms_key_id"),
        "active": no_flag("suspend"),
        "management_events": _management_events,
    },
    {"encrypted_with": key_join("kms_key_id")},
)

_LOG_GROUP = Row(
    "log_group",
    {"keep_days": _keep_days, "customer_key": customer_key("kms_key_id")},
    {"encrypted_with": key_join("kms_key_id")},
)


def _watched(reader: Reader) -> Iterator[Value]:
    """The measure that an alarm watches, by name, or by a reference to the filter that makes it."""
    name = reader.peek("metric_name")
    if name is not None:
        yield watches.measure(reader.peek("namespace"), name)


def _filter_names(reader: Reader) -> Iterator[str]:
    """What a filter is called, and the measures that it makes."""
    value = reader.peek("id")
    if isinstance(value, str) and value:
        yield value
    for each in reader.blocks("metric_transformation"):
        measured = watches.measure(each.peek("namespace"), each.peek("name"))
        if isinstance(measured, str):
            yield measured


_ALARM = Row(
    "alarm",
    {"actionable": _actionable},
    {
        "forwards_to": (
            Join("alarm_actions", ("topic", "function")),
            Join("metric_name", ("log_filter",), reverse=True, values=_watched),
        )
    },
    identity=("alarm_name", "arn", "id"),
    name="alarm_name",
)
_FILTER = Row("log_filter", {"watches": watches.by_filter}, identity=_filter_names)
_OF_GROUP = Fold(("aws_cloudwatch_log_group",), "log_group_name")
_OF_RECORDER = Fold(("aws_config_configuration_recorder",), "name")
_OF_GUARD_DUTY = Fold(("aws_guardduty_detector",), "detector_id")
_VIEW = Skip("a view of measures and logs")
_PART = Skip("a part of a detector that is declared elsewhere")

TABLE: Table = {
    "aws_cloudtrail": _TRAIL,
    "aws_cloudtrail_event_data_store": _EVENT_STORE,
    "aws_cloudtrail_organization_delegated_admin_account": _PART,
    "aws_cloudwatch_log_group": _LOG_GROUP,
    "aws_cloudwatch_log_metric_filter": (_OF_GROUP, _FILTER),
    "aws_cloudwatch_log_subscription_filter": _OF_GROUP,
    "aws_cloudwatch_log_stream": _OF_GROUP,
    "aws_cloudwatch_log_data_protection_policy": _OF_GROUP,
    "aws_cloudwatch_log_index_policy": _OF_GROUP,
    "aws_cloudwatch_log_transformer": _OF_GROUP,
    "aws_cloudwatch_log_resource_policy": Skip("lets services of AWS write logs"),
    "aws_cloudwatch_log_destination": Skip("where another account may send its logs"),
    "aws_cloudwatch_log_destination_policy": Skip("where another account may send its logs"),
    "aws_cloudwatch_log_account_policy": _PART,
    "aws_cloudwatch_log_anomaly_detector": _PART,
    "aws_cloudwatch_log_delivery": Skip("a way of logs that is declared in three parts"),
    "aws_cloudwatch_log_delivery_source": Skip("a way of logs that is declared in three parts"),
    "aws_cloudwatch_log_delivery_destination": Skip("a way of logs that is declared in three parts"),
    "aws_cloudwatch_log_delivery_destination_policy": Skip("a way of logs that is declared in three parts"),
    "aws_cloudwatch_query_definition": _VIEW,
    "aws_cloudwatch_dashboard": _VIEW,
    "aws_cloudwatch_metric_stream": _VIEW,
    "aws_cloudwatch_contributor_insight_rule": _VIEW,
    "aws_cloudwatch_metric_alarm": _ALARM,
    "aws_cloudwatch_composite_alarm": _ALARM,
    "aws_synthetics_canary": _VIEW,
    "aws_rum_app_monitor": _VIEW,
    "aws_oam_link": _VIEW,
    "aws_oam_sink": _VIEW,
    "aws_oam_sink_policy": _VIEW,
    "aws_grafana_workspace": _VIEW,
    "aws_prometheus_workspace": _VIEW,
    "data.aws_cloudwatch_log_group": Skip("a log group kept outside the configuration"),
    "data.aws_cloudtrail_service_account": Skip("a constant of the region"),
    # detectors
    "aws_config_configuration_recorder": _detector(_recording),
    "aws_config_configuration_recorder_status": _OF_RECORDER,
    "aws_config_delivery_channel": Skip("where a configuration recorder writes"),
    "aws_config_config_rule": _detector(),
    "aws_config_organization_managed_rule": _detector(),
    "aws_config_organization_custom_rule": _detector(),
    "aws_config_organization_custom_policy_rule": _detector(),
    "aws_config_conformance_pack": _detector(),
    "aws_config_organization_conformance_pack": _detector(),
    "aws_config_remediation_configuration": _PART,
    "aws_config_configuration_aggregator": _VIEW,
    "aws_config_aggregate_authorization": _VIEW,
    "aws_config_retention_configuration": _PART,
    "aws_guardduty_detector": Row(
        "detector",
        {
            "active": flag("enable", absent=True),
            "features_off": told("datasources", _features_off),
            "looks_for": Fixed("threats"),
        },
        name="id",
    ),
    "aws_guardduty_detector_feature": _OF_GUARD_DUTY,
    "aws_guardduty_filter": _OF_GUARD_DUTY,
    "aws_guardduty_ipset": _OF_GUARD_DUTY,
    "aws_guardduty_threatintelset": _OF_GUARD_DUTY,
    "aws_guardduty_member": _OF_GUARD_DUTY,
    "aws_guardduty_member_detector_feature": _OF_GUARD_DUTY,
    "aws_guardduty_publishing_destination": _OF_GUARD_DUTY,
    "aws_guardduty_organization_configuration": _OF_GUARD_DUTY,
    "aws_guardduty_organization_configuration_feature": _OF_GUARD_DUTY,
    "aws_guardduty_organization_admin_account": _PART,
    "aws_guardduty_invite_accepter": _OF_GUARD_DUTY,
    "aws_guardduty_malware_protection_plan": _detector(name="id"),
    "data.aws_guardduty_detector": Skip("a detector kept outside the configuration"),
    "aws_securityhub_account": _detector(name="id"),
    "aws_securityhub_standards_subscription": _PART,
    "aws_securityhub_standards_control": _PART,
    "aws_securityhub_standards_control_association": _PART,
    "aws_securityhub_product_subscription": _PART,
    "aws_securityhub_finding_aggregator": _PART,
    "aws_securityhub_member": _PART,
    "aws_securityhub_invite_accepter": _PART,
    "aws_securityhub_insight": _PART,
    "aws_securityhub_action_target": _PART,
    "aws_securityhub_automation_rule": _PART,
    "aws_securityhub_configuration_policy": _PART,
    "aws_securityhub_configuration_policy_association": _PART,
    "aws_securityhub_organization_admin_account": _PART,
    "aws_securityhub_organization_configuration": _PART,
    "aws_macie2_account": _detector(equals("status", "ENABLED", default="ENABLED"), "id"),
    "aws_macie2_classification_job": _PART,
    "aws_macie2_custom_data_identifier": _PART,
    "aws_macie2_findings_filter": _PART,
    "aws_macie2_member": _PART,
    "aws_macie2_invitation_accepter": _PART,
    "aws_macie2_organization_admin_account": _PART,
    "aws_macie2_organization_configuration": _PART,
    "aws_macie2_classification_export_configuration": _PART,
    "aws_inspector2_enabler": _detector(lambda reader: bool(reader.get("resource_types")), "id", "holes"),
    "aws_inspector2_filter": _PART,
    "aws_inspector2_member_association": _PART,
    "aws_inspector2_delegated_admin_account": _PART,
    "aws_inspector2_organization_configuration": _PART,
    "aws_inspector_assessment_target": _PART,
    "aws_inspector_assessment_template": _PART,
    "aws_inspector_resource_group": _PART,
    "aws_accessanalyzer_analyzer": _detector(name="analyzer_name"),
    "aws_detective_graph": _detector(name="id"),
    "aws_detective_member": _PART,
    "aws_detective_invitation_accepter": _PART,
    "aws_detective_organization_admin_account": _PART,
    "aws_detective_organization_configuration": _PART,
    "aws_securitylake_data_lake": _detector(name="id"),
    "aws_securitylake_aws_log_source": _PART,
    "aws_securitylake_custom_log_source": _PART,
    "aws_securitylake_subscriber": _PART,
    "aws_auditmanager_account_registration": _PART,
    "aws_auditmanager_assessment": _PART,
    "aws_auditmanager_control": _PART,
    "aws_auditmanager_framework": _PART,
    "aws_devopsguru_resource_collection": _PART,
    "aws_fms_admin_account": _PART,
    "aws_fms_policy": _PART,
    "aws_auditmanager_assessment_delegation": _VIEW,
    "aws_auditmanager_assessment_report": _VIEW,
    "aws_auditmanager_framework_share": _VIEW,
    "aws_auditmanager_organization_admin_account_registration": _VIEW,
    "aws_devopsguru_event_sources_config": _VIEW,
    "aws_devopsguru_notification_channel": _VIEW,
    "aws_devopsguru_service_integration": _VIEW,
    "aws_grafana_license_association": _VIEW,
    "aws_grafana_role_association": _VIEW,
    "aws_grafana_workspace_api_key": _VIEW,
    "aws_grafana_workspace_saml_configuration": _VIEW,
    "aws_grafana_workspace_service_account": _VIEW,
    "aws_grafana_workspace_service_account_token": _VIEW,
    "aws_internetmonitor_monitor": _VIEW,
    "aws_networkmonitor_monitor": _VIEW,
    "aws_networkmonitor_probe": _VIEW,
    "aws_prometheus_alert_manager_definition": _VIEW,
    "aws_prometheus_rule_group_namespace": _VIEW,
    "aws_prometheus_scraper": _VIEW,
    "aws_rum_metrics_destination": _VIEW,
    "aws_securitylake_subscriber_notification": _VIEW,
    "aws_ssmcontacts_contact": _VIEW,
    "aws_ssmcontacts_contact_channel": _VIEW,
    "aws_ssmcontacts_plan": _VIEW,
    "aws_ssmcontacts_rotation": _VIEW,
    "aws_ssmincidents_replication_set": _VIEW,
    "aws_ssmincidents_response_plan": _VIEW,
    "aws_synthetics_group": _VIEW,
    "aws_synthetics_group_association": _VIEW,
}
