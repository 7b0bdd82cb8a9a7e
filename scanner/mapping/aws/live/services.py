"""Functions, containers, queues, topics and streams, spelled as Terraform's state would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import QUIET, Live, Spelling, Spellings, block, either, equal, tags
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value

# functions


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
    })  # fmt: skip
    urls = live.get("ListFunctionUrlConfigs")
    if isinstance(urls, Unknown):
        yield live.beside("aws_lambda_function_url", "ListFunctionUrlConfigs", lambda _: {}, function_name=live.arn)
        return
    for each in urls or ():
        told = {"function_name": live.arn, "authorization_type": each.get("AuthType"),
                "function_url": each.get("FunctionUrl")}  # fmt: skip
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


# EKS


def _eks(live: Live) -> Iterator[Resource]:
    name, about = live.get("name"), live.get("DescribeCluster")
    if not isinstance(about, dict):
        told = dict.fromkeys(("vpc_config", "encryption_config", "enabled_cluster_log_types", "access_config",
                              "version", "role_arn"), about)  # fmt: skip
        yield live.made("aws_eks_cluster", {"id": name, "arn": live.arn, "name": name, **told})
        return
    network = about.get("resourcesVpcConfig", {})
    logs = [kind for each in about.get("logging", {}).get("clusterLogging", ()) if each.get("enabled")
            for kind in each.get("types", ())]  # fmt: skip
    yield live.made("aws_eks_cluster", {
        "id": name, "arn": live.arn, "name": name, "version": about.get("version"),
        "role_arn": about.get("roleArn"), "tags": tags(about.get("tags")),
        "vpc_config": block(
            endpoint_public_access=network.get("endpointPublicAccess", True),
            endpoint_private_access=network.get("endpointPrivateAccess", False),
            public_access_cidrs=network.get("publicAccessCidrs", []), subnet_ids=network.get("subnetIds", []),
            security_group_ids=[*network.get("securityGroupIds", []),
                                *filter(None, [network.get("clusterSecurityGroupId")])]),
        "encryption_config": [{"resources": each.get("resources", []),
                               "provider": block(key_arn=each.get("provider", {}).get("keyArn"))}
                              for each in about.get("encryptionConfig", ())],
        "enabled_cluster_log_types": logs,
        "access_config": block(
            authentication_mode=about.get("accessConfig", {}).get("authenticationMode", "CONFIG_MAP")),
    })  # fmt: skip


def _node_group(live: Live) -> Iterator[Resource]:
    name, about = live.get("nodegroupName"), live.get("DescribeNodegroup")
    told: dict[str, Value] = {"id": live.arn, "node_group_name": name, "cluster_name": live.under}
    if isinstance(about, dict):
        remote, template = about.get("remoteAccess") or {}, about.get("launchTemplate") or {}
        told.update(
            arn=about.get("nodegroupArn"), subnet_ids=about.get("subnets", []), node_role_arn=about.get("nodeRole"),
            ami_type=about.get("amiType"), tags=tags(about.get("tags")),
            launch_template=block(id=template.get("id")) if template else None,
            remote_access=block(ec2_ssh_key=remote.get("ec2SshKey"),
                                source_security_group_ids=remote.get("sourceSecurityGroups", []))
            if remote else None)  # fmt: skip
    else:
        told.update(dict.fromkeys(("ami_type", "launch_template", "remote_access"), about))
    yield live.made("aws_eks_node_group", told)


def _fargate(live: Live) -> Iterator[Resource]:
    about = live.get("DescribeFargateProfile")
    told: dict[str, Value] = {"id": live.arn, "fargate_profile_name": live.get("fargateProfileName"),
                              "cluster_name": live.under}  # fmt: skip
    if isinstance(about, dict):
        told.update(arn=about.get("fargateProfileArn"), subnet_ids=about.get("subnets", []),
                    pod_execution_role_arn=about.get("podExecutionRoleArn"), tags=tags(about.get("tags")))  # fmt: skip
    yield live.made("aws_eks_fargate_profile", told)


def _addon(live: Live) -> Iterator[Resource]:
    yield live.made("aws_eks_addon", {
        "id": live.arn, "cluster_name": live.under, "addon_name": live.get("addonName"),
        "addon_version": live.get("DescribeAddon.addonVersion"),
        "configuration_values": live.get("DescribeAddon.configurationValues"),
        "service_account_role_arn": live.get("DescribeAddon.serviceAccountRoleArn")})  # fmt: skip


def _access_entry(live: Live) -> Iterator[Resource]:
    who = live.get("principalArn")
    yield live.made("aws_eks_access_entry", {
        "id": live.arn, "cluster_name": live.under, "principal_arn": who, "type": live.get("DescribeAccessEntry.type"),
        "kubernetes_groups": live.get("DescribeAccessEntry.kubernetesGroups")})  # fmt: skip
    for each in live.list("ListAssociatedAccessPolicies"):
        scope = each.get("accessScope", {})
        told = {"cluster_name": live.under, "principal_arn": who, "policy_arn": each.get("policyArn"),
                "access_scope": block(type=scope.get("type", "cluster"), namespaces=scope.get("namespaces", []))}  # fmt: skip
        yield live.fold("aws_eks_access_policy_association", str(each.get("policyArn")), told)


def _pod_identity(live: Live) -> Iterator[Resource]:
    yield live.made("aws_eks_pod_identity_association", {
        "id": live.get("associationId"), "arn": live.arn, "cluster_name": live.under,
        "namespace": live.get("namespace"), "service_account": live.get("serviceAccount"),
        "role_arn": live.get("DescribePodIdentityAssociation.roleArn")})  # fmt: skip


# ECS


def _ecs_cluster(live: Live) -> Iterator[Resource]:
    name = live.arn.rpartition("/")[2]
    yield live.made("aws_ecs_cluster", {"id": live.arn, "arn": live.arn, "name": name,
                                        "tags": tags(live.get("DescribeCluster.tags"), "key", "value")})  # fmt: skip


def _ecs_service(live: Live) -> Iterator[Resource]:
    about = live.get("DescribeService")
    name = live.arn.rpartition("/")[2]
    told: dict[str, Value] = {"id": live.arn, "arn": live.arn, "name": name, "cluster": live.under}
    if isinstance(about, dict):
        network = (about.get("networkConfiguration") or {}).get("awsvpcConfiguration")
        told.update(
            task_definition=about.get("taskDefinition"), launch_type=about.get("launchType"),
            tags=tags(about.get("tags"), "key", "value"),
            network_configuration=block(
                subnets=network.get("subnets", []), security_groups=network.get("securityGroups", []),
                assign_public_ip=network.get("assignPublicIp") == "ENABLED") if network else None,
            load_balancer=[{"target_group_arn": each.get("targetGroupArn"), "elb_name": each.get("loadBalancerName")}
                           for each in about.get("loadBalancers", ())])  # fmt: skip
    else:
        told.update(network_configuration=about, task_definition=about)
    yield live.made("aws_ecs_service", told)


def _task(live: Live) -> Iterator[Resource]:
    about = live.get("DescribeTaskDefinition")
    family = live.arn.rpartition("/")[2].partition(":")[0]
    told: dict[str, Value] = {"id": live.arn, "arn": live.arn, "family": family}
    if isinstance(about, dict):
        task = about.get("taskDefinition") or {}
        told.update(
            container_definitions=task.get("containerDefinitions", []), network_mode=task.get("networkMode"),
            task_role_arn=task.get("taskRoleArn"), execution_role_arn=task.get("executionRoleArn"),
            tags=tags(about.get("tags"), "key", "value"),
            volume=[{"name": each.get("name"), "efs_volume_configuration": block(
                file_system_id=(each.get("efsVolumeConfiguration") or {}).get("fileSystemId"))}
                for each in task.get("volumes", ())])  # fmt: skip
    else:
        told.update(container_definitions=about, network_mode=about)
    yield live.made("aws_ecs_task_definition", told)


# registries, queues, topics, streams


def _repository(live: Live) -> Iterator[Resource | None]:
    name, held = live.get("repositoryName"), live.get("encryptionConfiguration") or {}
    yield live.made("aws_ecr_repository", {
        "id": name, "arn": live.arn, "name": name, "repository_url": live.get("repositoryUri"),
        "tags": tags(live.get("ListTagsForResource")),
        "image_tag_mutability": live.get("imageTagMutability", "MUTABLE"),
        "image_scanning_configuration": block(
            scan_on_push=live.get("imageScanningConfiguration.scanOnPush", False)),
        "encryption_configuration": block(encryption_type=held.get("encryptionType", "AES256"),
                                          kms_key=live.world.key(held.get("kmsKey")))})  # fmt: skip
    yield live.beside("aws_ecr_repository_policy", "GetRepositoryPolicy", lambda text: {"policy": text},
                      repository=live.arn)  # fmt: skip
    yield live.beside("aws_ecr_lifecycle_policy", "GetLifecyclePolicy", lambda text: {"policy": text},
                      repository=live.arn)  # fmt: skip


def _topic(live: Live) -> Iterator[Resource]:
    attributes = "GetTopicAttributes"
    yield live.made("aws_sns_topic", {
        "id": live.arn, "arn": live.arn, "name": live.arn.rpartition(":")[2],
        "tags": tags(live.get("ListTagsForResource")), "policy": live.get(f"{attributes}.Policy"),
        "kms_master_key_id": live.world.key(live.get(f"{attributes}.KmsMasterKeyId")) or None
        if not isinstance(live.get(attributes), Unknown) else live.get(attributes)})  # fmt: skip


def _subscription(live: Live) -> Iterator[Resource]:
    told = {"id": live.arn, "arn": live.arn, "topic_arn": live.get("TopicArn"), "protocol": live.get("Protocol"),
            "endpoint": live.get("Endpoint")}  # fmt: skip
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
            kms_master_key_id=live.world.key(about.get("KmsMasterKeyId")) or None,
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
        networks = [{"subnet_ids": each.get("SubnetIds", []), "security_group_ids": each.get("SecurityGroupIds", [])}
                    for each in live.list("Serverless.VpcConfigs")]  # fmt: skip
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
        "logging_info": [{"broker_logs": block(
            cloudwatch_logs=block(log_group=logs.get("CloudWatchLogs", {}).get("LogGroup")),
            s3=block(bucket=logs.get("S3", {}).get("Bucket")))}] if logs else None,
    }  # fmt: skip


def _broker(live: Live) -> Iterator[Resource]:
    about = "DescribeBroker"
    key = live.get(f"{about}.EncryptionOptions.KmsKeyId")
    yield live.made("aws_mq_broker", {
        "id": live.get("BrokerId"), "arn": live.arn, "broker_name": live.get("BrokerName"),
        "publicly_accessible": live.get(f"{about}.PubliclyAccessible", False),
        "encryption_options": block(kms_key_id=live.world.key(key)),
        "subnet_ids": live.get(f"{about}.SubnetIds"), "security_groups": live.get(f"{about}.SecurityGroups")})  # fmt: skip


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
    told = {"id": live.arn, "arn": live.arn, "name": name, "state": live.get("State"),
            "event_pattern": live.get("EventPattern"), "schedule_expression": live.get("ScheduleExpression")}  # fmt: skip
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
    "AWS::Lambda::Function": Spelling(("aws_lambda_function", "aws_lambda_function_url"), _function),
    "AWS::Lambda::EventSourceMapping": Spelling(("aws_lambda_event_source_mapping",), _source_mapping),
    "AWS::StepFunctions::StateMachine": Spelling(("aws_sfn_state_machine",), _machine),
    "AWS::EKS::Cluster": Spelling(("aws_eks_cluster",), _eks),
    "AWS::EKS::Nodegroup": Spelling(("aws_eks_node_group",), _node_group),
    "AWS::EKS::FargateProfile": Spelling(("aws_eks_fargate_profile",), _fargate),
    "AWS::EKS::Addon": Spelling(("aws_eks_addon",), _addon),
    "AWS::EKS::AccessEntry": Spelling(
        ("aws_eks_access_entry", "aws_eks_access_policy_association"), _access_entry,
        {"ListAssociatedAccessPolicies": "aws_eks_access_policy_association"}),
    "AWS::EKS::PodIdentityAssociation": Spelling(("aws_eks_pod_identity_association",), _pod_identity),
    "AWS::ECS::Cluster": Spelling(("aws_ecs_cluster",), _ecs_cluster),
    "AWS::ECS::Service": Spelling(("aws_ecs_service",), _ecs_service),
    "AWS::ECS::TaskDefinition": Spelling(("aws_ecs_task_definition",), _task),
    "AWS::ECR::Repository": Spelling(
        ("aws_ecr_repository", "aws_ecr_repository_policy", "aws_ecr_lifecycle_policy"), _repository),
    "AWS::ECR::ReplicationConfiguration": QUIET,
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
