"""Functions, containers, queues, topics and streams, spelled as Terraform's state would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import Live, Spelling, Spellings, block, either, equal, tags
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value

# functions


def _failures(live: Live) -> Iterator[Resource | None]:
    """Where a function's asynchronous calls go when they fail, by version and alias."""
    detail, type_ = "ListFunctionEventInvokeConfigs", "aws_lambda_function_event_invoke_config"
    if isinstance(live.get(detail), Unknown):
        yield live.beside(type_, detail, lambda _: {}, function_name=live.arn)
        return
    for number, each in enumerate(live.list(detail)):
        failed = ((each.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
        config = block(on_failure=block(destination=failed)) if failed else None
        yield live.fold(type_, str(number), {"function_name": live.arn, "destination_config": config})


def _function(live: Live) -> Iterator[Resource | None]:
    name, network = live.get("FunctionName"), live.get("VpcConfig") or {}
    variables = live.get("Environment.Variables")
    yield live.made("aws_lambda_function", {
        "id": name, "arn": live.arn, "function_name": name, "runtime": live.get("Runtime"),
        "role": live.get("Role"), "tags": tags(live.get("ListTags")),
        "resource_policy": live.get("GetPolicy"),
        "tracing_config": block(mode=live.get("TracingConfig.Mode", "PassThrough")),
        "dead_letter_config": block(target_arn=live.get("DeadLetterConfig.TargetArn"))
        if live.get("DeadLetterConfig.TargetArn") else None,
        "environment": block(variables=variables) if variables else None,
        "vpc_config": block(subnet_ids=network.get("SubnetIds", []),
                            security_group_ids=network.get("SecurityGroupIds", [])) if network else None,
        "kms_key_arn": live.key("KMSKeyArn"),
        "logging_config": block(log_group=live.get("LoggingConfig.LogGroup")),
        # none reserved is an empty answer
        "reserved_concurrent_executions": live.get("GetFunctionConcurrency.ReservedConcurrentExecutions", -1),
    })  # fmt: skip
    yield from _failures(live)
    urls = live.get("ListFunctionUrlConfigs")
    if isinstance(urls, Unknown):
        yield live.beside(
            "aws_lambda_function_url", "ListFunctionUrlConfigs", lambda _: {}, function_name=live.arn
        )
        return
    for each in urls or ():
        told = {
            "function_name": live.arn,
            "authorization_type": each.get("AuthType"),
            "function_url": each.get("FunctionUrl"),
        }
        yield live.fold("aws_lambda_function_url", str(each.get("FunctionUrl")), told)


def _source_mapping(live: Live) -> Iterator[Resource]:
    yield live.made("aws_lambda_event_source_mapping", {
        "id": live.get("UUID"), "arn": live.arn, "event_source_arn": live.get("EventSourceArn"),
        "function_name": live.get("FunctionArn")})  # fmt: skip


def _machine(live: Live) -> Iterator[Resource]:
    name, about = live.get("name"), live.get("DescribeStateMachine")
    told: dict[str, Value] = {"id": live.arn, "arn": live.arn, "name": name, "type": live.get("type"),
                              "tags": tags(live.get("ListTagsForResource"), "key", "value")}  # fmt: skip
    if isinstance(about, Unknown):
        told.update(logging_configuration=about, tracing_configuration=about, role_arn=about)
    else:
        logs, trace = about.get("loggingConfiguration") or {}, about.get("tracingConfiguration") or {}
        told.update(role_arn=about.get("roleArn"),
                    logging_configuration=block(level=logs.get("level", "OFF")),
                    tracing_configuration=block(enabled=trace.get("enabled", False)))  # fmt: skip
    yield live.made("aws_sfn_state_machine", told)


# queues, topics, streams


def _topic(live: Live) -> Iterator[Resource]:
    attributes = "GetTopicAttributes"
    yield live.made("aws_sns_topic", {
        "id": live.arn, "arn": live.arn, "name": live.arn.rpartition(":")[2],
        "tags": tags(live.get("ListTagsForResource")), "policy": live.get(f"{attributes}.Policy"),
        "kms_master_key_id": live.key(f"{attributes}.KmsMasterKeyId")})  # fmt: skip


def _subscription(live: Live) -> Iterator[Resource]:
    told = {"id": live.arn, "arn": live.arn, "topic_arn": live.get("TopicArn"), "protocol": live.get("Protocol"),
            "endpoint": live.get("Endpoint"), "pending_confirmation": not live.arn.startswith("arn:")}  # fmt: skip
    yield live.made("aws_sns_topic_subscription", told)


def _queue(live: Live) -> Iterator[Resource]:
    held = live.get("GetQueueAttributes")
    url = live.get("QueueUrl")
    told: dict[str, Value] = {"id": url, "url": url, "name": str(url).rpartition("/")[2],
                              "tags": tags(live.get("ListQueueTags"))}  # fmt: skip
    if isinstance(held, Unknown):
        told.update(kms_master_key_id=held, sqs_managed_sse_enabled=held, policy=held)
    else:
        about = held or {}
        told.update(
            arn=about.get("QueueArn"), policy=about.get("Policy"),
            kms_master_key_id=live.world.key(about.get("KmsMasterKeyId")),
            sqs_managed_sse_enabled=str(about.get("SqsManagedSseEnabled", "false")).lower() == "true")  # fmt: skip
    yield live.made("aws_sqs_queue", told)


def _stream(live: Live) -> Iterator[Resource]:
    name, about = live.get("StreamName"), "DescribeStreamSummary"
    told = {"id": live.arn, "arn": live.arn, "name": name,
            "encryption_type": live.get(f"{about}.EncryptionType", "NONE"),
            "kms_key_id": live.world.key(live.get(f"{about}.KeyId")),
            "tags": tags(live.get("ListTagsForStream"))}  # fmt: skip
    yield live.made("aws_kinesis_stream", told)


def _delivery(live: Live) -> Iterator[Resource]:
    held = live.get("DescribeDeliveryStream.Encryption")
    streamed = equal(live.get("DescribeDeliveryStream.DeliveryStreamType"), "KinesisStreamAsSource")
    told = {
        "id": live.arn, "arn": live.arn, "name": live.get("DeliveryStreamName"),
        "kinesis_source_configuration": either(streamed, block(kinesis_stream_arn="source")),
        "server_side_encryption": held if isinstance(held, Unknown) else block(
            enabled=(held or {}).get("Status") == "ENABLED", key_type=(held or {}).get("KeyType"),
            key_arn=(held or {}).get("KeyARN")),
    }  # fmt: skip
    yield live.made("aws_kinesis_firehose_delivery_stream", told)


def _kafka(live: Live) -> Iterator[Resource]:
    name = live.get("ClusterName")
    if live.get("ClusterType") == "SERVERLESS":
        networks = [
            {"subnet_ids": each.get("SubnetIds", []), "security_group_ids": each.get("SecurityGroupIds", [])}
            for each in live.list("Serverless.VpcConfigs")
        ]
        yield live.made("aws_msk_serverless_cluster", {"id": live.arn, "arn": live.arn, "cluster_name": name,
                                                       "vpc_config": networks})  # fmt: skip
        return
    yield live.made("aws_msk_cluster", {"id": live.arn, "arn": live.arn, "cluster_name": name,
                                        "tags": tags(live.get("Tags")), **_brokers(live)})  # fmt: skip


def _brokers(live: Live) -> dict[str, Value]:
    held: dict[str, Any] = live.get("Provisioned") or {}
    nodes, secured = held.get("BrokerNodeGroupInfo", {}), held.get("EncryptionInfo", {})
    public = nodes.get("ConnectivityInfo", {}).get("PublicAccess", {}).get("Type", "DISABLED")
    key = live.world.key(secured.get("EncryptionAtRest", {}).get("DataVolumeKMSKeyId"))
    logs = held.get("LoggingInfo", {}).get("BrokerLogs", {})
    return {
        "encryption_info": block(
            encryption_at_rest_kms_key_arn=key,
            encryption_in_transit=block(client_broker=secured.get("EncryptionInTransit", {}).get("ClientBroker"))),
        "broker_node_group_info": block(
            client_subnets=nodes.get("ClientSubnets", []), security_groups=nodes.get("SecurityGroups", []),
            connectivity_info=[{"public_access": block(type=public)}]),
        "kafka_version": held.get("CurrentBrokerSoftwareInfo", {}).get("KafkaVersion"),
        "client_authentication": _clients(held.get("ClientAuthentication")),
        "logging_info": [{"broker_logs": block(
            cloudwatch_logs=block(log_group=logs.get("CloudWatchLogs", {}).get("LogGroup")),
            s3=block(bucket=logs.get("S3", {}).get("Bucket")))}] if logs else None,
    }  # fmt: skip


def _clients(told: dict[str, Any] | None) -> Value:
    """How clients say who they are; nothing where the cluster does not tell."""
    if told is None:
        return None
    return block(unauthenticated=told.get("Unauthenticated", {}).get("Enabled", False))


def _broker(live: Live) -> Iterator[Resource]:
    about = "DescribeBroker"
    key = live.get(f"{about}.EncryptionOptions.KmsKeyId")
    yield live.made(
        "aws_mq_broker",
        {
            "id": live.get("BrokerId"),
            "arn": live.arn,
            "broker_name": live.get("BrokerName"),
            "publicly_accessible": live.get(f"{about}.PubliclyAccessible", False),
            "engine_type": live.get("EngineType"),
            "engine_version": live.get(f"{about}.EngineVersion"),
            "encryption_options": block(kms_key_id=live.world.key(key)),
            "subnet_ids": live.get(f"{about}.SubnetIds"),
            "security_groups": live.get(f"{about}.SecurityGroups"),
        },
    )


# events


_SERVICE_BUS = re.compile(r":event-bus/default$")


def _bus(live: Live) -> Iterator[Resource]:
    name = live.get("Name")
    told = {"id": name, "arn": live.arn, "name": name}
    if not _SERVICE_BUS.search(live.arn):
        yield live.made("aws_cloudwatch_event_bus", told)
    if live.get("Policy"):
        yield live.fold("aws_cloudwatch_event_bus_policy", "policy",
                        {"event_bus_name": name, "policy": live.get("Policy")})  # fmt: skip


def _rule(live: Live) -> Iterator[Resource]:
    name = live.get("Name")
    told = {
        "id": live.arn,
        "arn": live.arn,
        "name": name,
        "state": live.get("State"),
        "event_pattern": live.get("EventPattern"),
        "schedule_expression": live.get("ScheduleExpression"),
    }
    yield live.made("aws_cloudwatch_event_rule", told)
    for target in live.list("ListTargetsByRule"):
        yield live.fold("aws_cloudwatch_event_target", str(target.get("Id")), {
            "rule": live.arn, "arn": target.get("Arn"), "role_arn": target.get("RoleArn")})  # fmt: skip


def _stack(live: Live) -> Iterator[Resource]:
    name = live.get("StackName")
    yield live.made("aws_cloudformation_stack", {"id": live.arn, "arn": live.arn, "name": name,
                                                 "iam_role_arn": live.get("RoleARN"),
                                                 "tags": tags(live.get("Tags"))})  # fmt: skip


SPELLINGS: Spellings = {
    "AWS::Lambda::Function": Spelling(
        ("aws_lambda_function", "aws_lambda_function_url", "aws_lambda_function_event_invoke_config"), _function),
    "AWS::Lambda::EventSourceMapping": Spelling(("aws_lambda_event_source_mapping",), _source_mapping),
    "AWS::StepFunctions::StateMachine": Spelling(("aws_sfn_state_machine",), _machine),
    "AWS::SNS::Topic": Spelling(("aws_sns_topic",), _topic),
    "AWS::SNS::Subscription": Spelling(("aws_sns_topic_subscription",), _subscription),
    "AWS::SQS::Queue": Spelling(("aws_sqs_queue",), _queue),
    "AWS::Kinesis::Stream": Spelling(("aws_kinesis_stream",), _stream),
    "AWS::KinesisFirehose::DeliveryStream": Spelling(("aws_kinesis_firehose_delivery_stream",), _delivery),
    "AWS::MSK::Cluster": Spelling(("aws_msk_cluster", "aws_msk_serverless_cluster"), _kafka),
    "AWS::AmazonMQ::Broker": Spelling(("aws_mq_broker",), _broker),
    "AWS::Events::EventBus": Spelling(("aws_cloudwatch_event_bus", "aws_cloudwatch_event_bus_policy"), _bus),
    "AWS::Events::Rule": Spelling(("aws_cloudwatch_event_rule", "aws_cloudwatch_event_target"), _rule,
                                  {"ListTargetsByRule": "aws_cloudwatch_event_target"}),
    "AWS::CloudFormation::Stack": Spelling(("aws_cloudformation_stack",), _stack),
}  # fmt: skip
