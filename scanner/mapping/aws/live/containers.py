"""Clusters of containers and registries of images, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws.live.spelling import QUIET, Live, Spelling, Spellings, block, tags
from scanner.model.resource import Resource
from scanner.model.value import Value

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
            authentication_mode=about.get("accessConfig", {}).get("authenticationMode", "CONFIG_MAP"),
            bootstrap_cluster_creator_admin_permissions=about.get("accessConfig", {}).get(
                "bootstrapClusterCreatorAdminPermissions")),
    })  # fmt: skip


def _node_group(live: Live) -> Iterator[Resource]:
    name, about = live.get("nodegroupName"), live.get("DescribeNodegroup")
    told: dict[str, Value] = {"id": live.arn, "node_group_name": name, "cluster_name": live.under}
    if isinstance(about, dict):
        remote, template = about.get("remoteAccess") or {}, about.get("launchTemplate") or {}
        told.update(
            arn=about.get("nodegroupArn"),
            subnet_ids=about.get("subnets", []),
            node_role_arn=about.get("nodeRole"),
            ami_type=about.get("amiType"),
            tags=tags(about.get("tags")),
            launch_template=block(id=template.get("id")) if template else None,
            remote_access=block(
                ec2_ssh_key=remote.get("ec2SshKey"),
                source_security_group_ids=remote.get("sourceSecurityGroups", []),
            )
            if remote
            else None,
        )
    else:
        told.update(dict.fromkeys(("ami_type", "launch_template", "remote_access"), about))
    yield live.made("aws_eks_node_group", told)


def _fargate(live: Live) -> Iterator[Resource]:
    about = live.get("DescribeFargateProfile")
    told: dict[str, Value] = {"id": live.arn, "fargate_profile_name": live.get("fargateProfileName"),
                              "cluster_name": live.under}  # fmt: skip
    if isinstance(about, dict):
        told.update(
            arn=about.get("fargateProfileArn"),
            subnet_ids=about.get("subnets", []),
            pod_execution_role_arn=about.get("podExecutionRoleArn"),
            tags=tags(about.get("tags")),
        )
    yield live.made("aws_eks_fargate_profile", told)


def _addon(live: Live) -> Iterator[Resource]:
    yield live.made("aws_eks_addon", {
        "id": live.arn, "cluster_name": live.under, "addon_name": live.get("addonName"),
        "addon_version": live.get("DescribeAddon.addonVersion"),
        "configuration_values": live.get("DescribeAddon.configurationValues"),
        "service_account_role_arn": live.get("DescribeAddon.serviceAccountRoleArn")})  # fmt: skip


def _access_entry(live: Live) -> Iterator[Resource]:
    who = live.get("principalArn")
    yield live.made(
        "aws_eks_access_entry",
        {
            "id": live.arn,
            "cluster_name": live.under,
            "principal_arn": who,
            "type": live.get("DescribeAccessEntry.type"),
            "kubernetes_groups": live.get("DescribeAccessEntry.kubernetesGroups"),
        },
    )
    for each in live.list("ListAssociatedAccessPolicies"):
        scope = each.get("accessScope", {})
        told = {
            "cluster_name": live.under,
            "principal_arn": who,
            "policy_arn": each.get("policyArn"),
            "access_scope": block(type=scope.get("type", "cluster"), namespaces=scope.get("namespaces", [])),
        }
        yield live.fold("aws_eks_access_policy_association", str(each.get("policyArn")), told)


def _pod_identity(live: Live) -> Iterator[Resource]:
    yield live.made("aws_eks_pod_identity_association", {
        "id": live.get("associationId"), "arn": live.arn, "cluster_name": live.under,
        "namespace": live.get("namespace"), "service_account": live.get("serviceAccount"),
        "role_arn": live.get("DescribePodIdentityAssociation.roleArn")})  # fmt: skip


# ECS


def _ecs_cluster(live: Live) -> Iterator[Resource]:
    name = live.arn.rpartition("/")[2]
    yield live.made(
        "aws_ecs_cluster",
        {
            "id": live.arn,
            "arn": live.arn,
            "name": name,
            "tags": tags(live.get("DescribeCluster.tags"), "key", "value"),
        },
    )


def _ecs_service(live: Live) -> Iterator[Resource]:
    about = live.get("DescribeService")
    name = live.arn.rpartition("/")[2]
    told: dict[str, Value] = {"id": live.arn, "arn": live.arn, "name": name, "cluster": live.under}
    if isinstance(about, dict):
        network = (about.get("networkConfiguration") or {}).get("awsvpcConfiguration")
        told.update(
            task_definition=about.get("taskDefinition"),
            launch_type=about.get("launchType"),
            desired_count=about.get("desiredCount"),
            scheduling_strategy=about.get("schedulingStrategy", "REPLICA"),
            tags=tags(about.get("tags"), "key", "value"),
            network_configuration=block(
                subnets=network.get("subnets", []),
                security_groups=network.get("securityGroups", []),
                assign_public_ip=network.get("assignPublicIp") == "ENABLED",
            )
            if network
            else None,
            load_balancer=[
                {"target_group_arn": each.get("targetGroupArn"), "elb_name": each.get("loadBalancerName")}
                for each in about.get("loadBalancers", ())
            ],
        )
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
            pid_mode=task.get("pidMode", "task"),
            task_role_arn=task.get("taskRoleArn"), execution_role_arn=task.get("executionRoleArn"),
            tags=tags(about.get("tags"), "key", "value"),
            volume=[{"name": each.get("name"), "efs_volume_configuration": block(
                file_system_id=(each.get("efsVolumeConfiguration") or {}).get("fileSystemId"))}
                for each in task.get("volumes", ())])  # fmt: skip
    else:
        told.update(container_definitions=about, network_mode=about, pid_mode=about)
    yield live.made("aws_ecs_task_definition", told)


# registries


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


SPELLINGS: Spellings = {
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
}  # fmt: skip
