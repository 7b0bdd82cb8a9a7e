"""What watches: trails, configuration history, threat detection, logs, alarms."""

from __future__ import annotations

from scanner.sources.aws.operation import Detail, Listing

_ALARMS = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}  # the same call gives both
_SETTING = "arn:{@partition}:%s:{@region}:{@account}:%s"

LISTINGS = (
    Listing("cloudtrail", "DescribeTrails", "AWS::CloudTrail::Trail", "trailList", "{TrailARN}",
            parameters={"includeShadowTrails": False}, details=(
                Detail("GetTrailStatus", {"Name": "{TrailARN}"}, answer="{IsLogging: IsLogging}"),
                Detail("GetEventSelectors", {"TrailName": "{TrailARN}"},
                       answer="{EventSelectors: EventSelectors, AdvancedEventSelectors: AdvancedEventSelectors}"),
                Detail("GetInsightSelectors", {"TrailName": "{TrailARN}"}, answer="InsightSelectors",
                       absent=("InsightNotEnabledException",)),
                Detail("ListTags", name="Tags", answer="ResourceTagList", batch=20,
                       batch_parameter="ResourceIdList", batch_value="{TrailARN}", batch_key="ResourceId"))),
    Listing("config", "DescribeConfigurationRecorders", "AWS::Config::ConfigurationRecorder",
            "ConfigurationRecorders", _SETTING % ("config", "configuration-recorder/{name}"), details=(
                Detail("DescribeConfigurationRecorderStatus", {"ConfigurationRecorderNames": ["{name}"]},
                       answer="ConfigurationRecordersStatus[0]"),)),
    Listing("config", "DescribeDeliveryChannels", "AWS::Config::DeliveryChannel", "DeliveryChannels",
            _SETTING % ("config", "delivery-channel/{name}")),
    Listing("config", "DescribeConfigRules", "AWS::Config::ConfigRule", "ConfigRules", "{ConfigRuleArn}"),
    Listing("config", "DescribeConfigurationAggregators", "AWS::Config::ConfigurationAggregator",
            "ConfigurationAggregators", "{ConfigurationAggregatorArn}"),
    Listing("guardduty", "ListDetectors", "AWS::GuardDuty::Detector", "DetectorIds",
            _SETTING % ("guardduty", "detector/{DetectorId}"), wrap="DetectorId", details=(
                Detail("GetDetector", {"DetectorId": "{DetectorId}"}),)),
    Listing("securityhub", "DescribeHub", "AWS::SecurityHub::Hub",
            "[{HubArn: HubArn, AutoEnableControls: AutoEnableControls}]", "{HubArn}",
            absent=("InvalidAccessException", "ResourceNotFoundException")),
    Listing("accessanalyzer", "ListAnalyzers", "AWS::AccessAnalyzer::Analyzer", "analyzers", "{arn}"),
    Listing("logs", "DescribeLogGroups", "AWS::Logs::LogGroup", "logGroups", "{arn}", details=(
        Detail("ListTagsForResource", {"resourceArn": "{logGroupArn}"}, answer="tags", when="logGroupArn",
               tagged="logs:log-group"),)),
    Listing("logs", "DescribeMetricFilters", "AWS::Logs::MetricFilter", "metricFilters",
            _SETTING % ("logs", "metric-filter:{logGroupName}:{filterName}")),
    Listing("logs", "DescribeResourcePolicies", "AWS::Logs::ResourcePolicy", "resourcePolicies",
            _SETTING % ("logs", "resource-policy:{policyName}")),
    Listing("cloudwatch", "DescribeAlarms", "AWS::CloudWatch::Alarm", "MetricAlarms", "{AlarmArn}",
            parameters=_ALARMS),
    Listing("cloudwatch", "DescribeAlarms", "AWS::CloudWatch::CompositeAlarm", "CompositeAlarms", "{AlarmArn}",
            parameters=_ALARMS),
    Listing("inspector2", "BatchGetAccountStatus", "AWS::InspectorV2::AccountStatus", "accounts",
            _SETTING % ("inspector2", "account-status")),
    Listing("macie2", "GetMacieSession", "AWS::Macie::Session", "[{status: status, serviceRole: serviceRole}]",
            _SETTING % ("macie2", "session"), absent=("AccessDeniedException: Macie is not enabled",)),
)  # fmt: skip
