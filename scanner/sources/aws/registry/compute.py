"""What runs: functions, containers, clusters, scaling groups, builds, queues and events between them."""

from __future__ import annotations

from scanner.sources.aws.operation import Detail, Listing

_FUNCTION = {"FunctionName": "{FunctionName}"}
_NOT_FOUND = ("ResourceNotFoundException",)
_IN_CLUSTER = {"clusterName": "{name}"}
_IN_ECS = {"cluster": "{^}"}
_REPOSITORY = {"repositoryName": "{repositoryName}"}

FUNCTIONS = (
    Listing("lambda", "ListFunctions", "AWS::Lambda::Function", "Functions", "{FunctionArn}", details=(
        Detail("GetPolicy", _FUNCTION, answer="Policy", absent=_NOT_FOUND),
        Detail("ListFunctionUrlConfigs", _FUNCTION, answer="FunctionUrlConfigs", absent=_NOT_FOUND),
        Detail("GetFunctionConcurrency", _FUNCTION),
        Detail("ListFunctionEventInvokeConfigs", _FUNCTION, answer="FunctionEventInvokeConfigs",
               absent=_NOT_FOUND),
        Detail("ListTags", {"Resource": "{FunctionArn}"}, answer="Tags", tagged="lambda:function")),
        secret=("Environment.Variables.*",)),
    Listing("lambda", "ListEventSourceMappings", "AWS::Lambda::EventSourceMapping", "EventSourceMappings",
            "{EventSourceMappingArn}"),
    Listing("stepfunctions", "ListStateMachines", "AWS::StepFunctions::StateMachine", "stateMachines",
            "{stateMachineArn}", details=(
                Detail("DescribeStateMachine", {"stateMachineArn": "{stateMachineArn}"},
                       answer="{roleArn: roleArn, loggingConfiguration: loggingConfiguration,"
                              " tracingConfiguration: tracingConfiguration,"
                              " encryptionConfiguration: encryptionConfiguration}"),
                Detail("ListTagsForResource", {"resourceArn": "{stateMachineArn}"}, answer="tags",
                       tagged="states:stateMachine"))),
    Listing("autoscaling", "DescribeAutoScalingGroups", "AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroups",
            "{AutoScalingGroupARN}"),
    Listing("autoscaling", "DescribeLaunchConfigurations", "AWS::AutoScaling::LaunchConfiguration",
            "LaunchConfigurations", "{LaunchConfigurationARN}", secret=("UserData",)),
)  # fmt: skip

CONTAINERS = (
    Listing("eks", "ListClusters", "AWS::EKS::Cluster", "clusters",
            "arn:{@partition}:eks:{@region}:{@account}:cluster/{name}", wrap="name", details=(
                Detail("DescribeCluster", {"name": "{name}"}, answer="cluster"),),
            children=(
                Listing("eks", "ListNodegroups", "AWS::EKS::Nodegroup", "nodegroups",
                        "{^}/nodegroup/{nodegroupName}", parameters=_IN_CLUSTER, wrap="nodegroupName", details=(
                            Detail("DescribeNodegroup",
                                   {"clusterName": "{^name}", "nodegroupName": "{nodegroupName}"},
                                   answer="nodegroup"),)),
                Listing("eks", "ListFargateProfiles", "AWS::EKS::FargateProfile", "fargateProfileNames",
                        "{^}/fargateprofile/{fargateProfileName}", parameters=_IN_CLUSTER,
                        wrap="fargateProfileName", details=(
                            Detail("DescribeFargateProfile",
                                   {"clusterName": "{^name}", "fargateProfileName": "{fargateProfileName}"},
                                   answer="fargateProfile"),)),
                Listing("eks", "ListAddons", "AWS::EKS::Addon", "addons", "{^}/addon/{addonName}",
                        parameters=_IN_CLUSTER, wrap="addonName", details=(
                            Detail("DescribeAddon", {"clusterName": "{^name}", "addonName": "{addonName}"},
                                   answer="addon"),)),
                Listing("eks", "ListAccessEntries", "AWS::EKS::AccessEntry", "accessEntries",
                        "{^}/access-entry/{principalArn}", parameters=_IN_CLUSTER, wrap="principalArn", details=(
                            Detail("DescribeAccessEntry",
                                   {"clusterName": "{^name}", "principalArn": "{principalArn}"},
                                   answer="accessEntry"),
                            Detail("ListAssociatedAccessPolicies",
                                   {"clusterName": "{^name}", "principalArn": "{principalArn}"},
                                   answer="associatedAccessPolicies"))),
                Listing("eks", "ListPodIdentityAssociations", "AWS::EKS::PodIdentityAssociation", "associations",
                        "{associationArn}", parameters=_IN_CLUSTER, details=(
                            Detail("DescribePodIdentityAssociation",
                                   {"clusterName": "{^name}", "associationId": "{associationId}"},
                                   answer="association"),)))),
    Listing("ecs", "ListClusters", "AWS::ECS::Cluster", "clusterArns", "{clusterArn}", wrap="clusterArn", details=(
        Detail("DescribeClusters", {"include": ["SETTINGS", "CONFIGURATIONS", "TAGS"]}, name="DescribeCluster",
               answer="clusters", batch=100, batch_parameter="clusters", batch_value="{clusterArn}",
               batch_key="clusterArn"),),
        children=(
            Listing("ecs", "ListServices", "AWS::ECS::Service", "serviceArns", "{serviceArn}",
                    parameters={"cluster": "{clusterArn}"}, wrap="serviceArn", details=(
                        Detail("DescribeServices", {**_IN_ECS, "include": ["TAGS"]}, name="DescribeService",
                               answer="services", batch=10, batch_parameter="services",
                               batch_value="{serviceArn}", batch_key="serviceArn"),)),)),
    Listing("ecs", "ListTaskDefinitions", "AWS::ECS::TaskDefinition", "taskDefinitionArns", "{taskDefinitionArn}",
            parameters={"status": "ACTIVE"}, wrap="taskDefinitionArn", details=(
                Detail("DescribeTaskDefinition", {"taskDefinition": "{taskDefinitionArn}", "include": ["TAGS"]},
                       answer="{taskDefinition: taskDefinition, tags: tags}"),),
            secret=("DescribeTaskDefinition.taskDefinition.containerDefinitions[].environment[].value",)),
    Listing("ecr", "DescribeRepositories", "AWS::ECR::Repository", "repositories", "{repositoryArn}", details=(
        Detail("GetRepositoryPolicy", _REPOSITORY, answer="policyText",
               absent=("RepositoryPolicyNotFoundException",)),
        Detail("GetLifecyclePolicy", _REPOSITORY, answer="lifecyclePolicyText",
               absent=("LifecyclePolicyNotFoundException",)),
        Detail("ListTagsForResource", {"resourceArn": "{repositoryArn}"}, answer="tags",
               tagged="ecr:repository"))),
    Listing("ecr", "DescribeRegistry", "AWS::ECR::ReplicationConfiguration",
            "[{registryId: registryId, replicationConfiguration: replicationConfiguration}]",
            "arn:{@partition}:ecr:{@region}:{@account}:setting/replication"),
)  # fmt: skip

BETWEEN = (
    Listing("sns", "ListTopics", "AWS::SNS::Topic", "Topics", "{TopicArn}", details=(
        Detail("GetTopicAttributes", {"TopicArn": "{TopicArn}"}, answer="Attributes"),
        Detail("ListTagsForResource", {"ResourceArn": "{TopicArn}"}, answer="Tags",
               absent=("ResourceNotFound",), tagged="sns"))),
    Listing("sns", "ListSubscriptions", "AWS::SNS::Subscription", "Subscriptions", "{SubscriptionArn}"),
    Listing("sqs", "ListQueues", "AWS::SQS::Queue", "QueueUrls", "{QueueUrl}", wrap="QueueUrl", details=(
        Detail("GetQueueAttributes", {"QueueUrl": "{QueueUrl}", "AttributeNames": ["All"]}, answer="Attributes"),
        Detail("ListQueueTags", {"QueueUrl": "{QueueUrl}"}, answer="Tags", tagged="sqs"))),
    Listing("events", "ListEventBuses", "AWS::Events::EventBus", "EventBuses", "{Arn}", children=(
        Listing("events", "ListRules", "AWS::Events::Rule", "Rules", "{Arn}",
                parameters={"EventBusName": "{Name}"}, details=(
                    Detail("ListTargetsByRule", {"Rule": "{Name}", "EventBusName": "{EventBusName}"},
                           answer="Targets"),)),)),
    Listing("kinesis", "ListStreams", "AWS::Kinesis::Stream", "StreamNames",
            "arn:{@partition}:kinesis:{@region}:{@account}:stream/{StreamName}", wrap="StreamName", details=(
                Detail("DescribeStreamSummary", {"StreamName": "{StreamName}"},
                       answer="StreamDescriptionSummary"),
                Detail("ListTagsForStream", {"StreamName": "{StreamName}"}, answer="Tags",
                       tagged="kinesis:stream"))),
    Listing("firehose", "ListDeliveryStreams", "AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamNames",
            "arn:{@partition}:firehose:{@region}:{@account}:deliverystream/{DeliveryStreamName}",
            wrap="DeliveryStreamName", details=(
                Detail("DescribeDeliveryStream", {"DeliveryStreamName": "{DeliveryStreamName}"},
                       answer="DeliveryStreamDescription.{Encryption: DeliveryStreamEncryptionConfiguration,"
                              " DeliveryStreamType: DeliveryStreamType, DeliveryStreamARN: DeliveryStreamARN}"),)),
    Listing("kafka", "ListClustersV2", "AWS::MSK::Cluster", "ClusterInfoList", "{ClusterArn}"),
    Listing("mq", "ListBrokers", "AWS::AmazonMQ::Broker", "BrokerSummaries", "{BrokerArn}", details=(
        Detail("DescribeBroker", {"BrokerId": "{BrokerId}"}),)),
    Listing("cloudformation", "DescribeStacks", "AWS::CloudFormation::Stack", "Stacks", "{StackId}",
            secret=("Parameters[].ParameterValue", "Parameters[].ResolvedValue", "Outputs[].OutputValue")),
    Listing("codebuild", "ListProjects", "AWS::CodeBuild::Project", "projects",
            "arn:{@partition}:codebuild:{@region}:{@account}:project/{name}", wrap="name", details=(
                Detail("BatchGetProjects", name="Project", answer="projects", batch=100, batch_parameter="names",
                       batch_value="{name}", batch_key="name"),),
            secret=("Project.environment.environmentVariables[].value",)),
)  # fmt: skip

LISTINGS = (*FUNCTIONS, *CONTAINERS, *BETWEEN)
