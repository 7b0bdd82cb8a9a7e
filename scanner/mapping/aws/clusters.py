"""AWS clusters: EKS with its node groups, access and add-ons; ECS with services and task definitions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from scanner.mapping.aws import jobs, platforms
from scanner.mapping.aws.replicas import service_names, service_replicated
from scanner.mapping.defaults import written_or_default
from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    each,
    elements,
    flag,
    named,
    outside,
    strings,
    text,
    told,
    truth,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.secrets import literal_secrets
from scanner.mapping.starting import verbose_variables
from scanner.mapping.table import Edge, Fixed, Fold, Join, Row, Skip, Table
from scanner.mapping.versions import image_system
from scanner.model.value import Cause, Undetermined, Unknown, Value
from scanner.rule import every, some

_EKS = ("aws_eks_cluster",)


def _public_cidrs(reader: Reader) -> Value:
    """Who may reach the public endpoint: everyone unless ranges are named (EKS API default 0.0.0.0/0)."""
    if not truth(reader.get("vpc_config.endpoint_public_access", True)):
        return []
    ranges = reader.get("vpc_config.public_access_cidrs")
    return elements(ranges) or ["0.0.0.0/0"]


def _secrets_encrypted(reader: Reader) -> Value:
    """Envelope encryption of secrets with a key of the customer's own."""
    for config in (*reader.blocks("encryption_config"), *reader.folded("aws_eks_encryption_config")):
        if any(str(each) == "secrets" for each in config.items("resources")):
            return True
    return False


def _legacy_authorization(reader: Reader) -> Value:
    """Whether the aws-auth ConfigMap still grants access (EKS API default CONFIG_MAP)."""
    mode = str(reader.get("access_config.authentication_mode", "CONFIG_MAP")).upper()
    return mode != "API"


def _access_entries(reader: Reader) -> Value:
    """Whether access entries let identities in (EKS API default CONFIG_MAP: they do not exist)."""
    return str(reader.get("access_config.authentication_mode", "CONFIG_MAP")).upper() != "CONFIG_MAP"


def _enforces_policies(reader: Reader) -> Value:
    """True where the VPC CNI add-on switches network policies on, or EKS Auto Mode runs the nodes; an engine
    installed otherwise does not show here."""
    for addon in reader.folded("aws_eks_addon"):
        if str(addon.get("addon_name")) == "vpc-cni" and _policies_on(addon.get("configuration_values")):
            return True
    return Unknown("a network policy engine may be installed in the cluster", Cause.OUTSIDE_SCAN)


def _policies_on(settings: Value) -> bool:
    if not isinstance(settings, str):
        return False
    try:
        decoded = json.loads(settings)
    except ValueError:
        return False
    return isinstance(decoded, dict) and truth(decoded.get("enableNetworkPolicy"))


def _remote_access(reader: Reader) -> Value:
    """Who may sign in over SSH: the named groups, or everyone where a key is given without groups (EKS API)."""
    if reader.peek("remote_access.ec2_ssh_key") is None:
        return []
    groups = [named(group) for group in elements(reader.peek("remote_access.source_security_group_ids"))]
    return groups or ["0.0.0.0/0"]


def _node_tokens(reader: Reader) -> Value:
    """A launch template of the user's own decides; without one, EKS's images of Amazon Linux 2023 ask for tokens
    (EKS User Guide, "Upgrade from Amazon Linux 2 to Amazon Linux 2023")."""
    if reader.peek("launch_template") is not None:
        return Unknown("the launch template decides whether session tokens are required", Cause.OUTSIDE_SCAN)
    if str(reader.get("ami_type", "")).upper().startswith("AL2023"):
        return True
    return Unknown("the image decides whether session tokens are required", Cause.OUTSIDE_SCAN)


def _entry_groups(reader: Reader) -> Value:
    """The Kubernetes groups that an access entry puts its principal into; null where it names none."""
    groups = [_known(group) for group in elements(reader.get("kubernetes_groups"))]
    return ", ".join(groups) or None


def _access_policy(reader: Reader) -> Value:
    """The cluster role that an access policy stands for (EKS user guide, "Access policy permissions")."""
    name = str(reader.get("policy_arn", "")).rpartition("/")[2]
    return {"AmazonEKSClusterAdminPolicy": "cluster-admin", "AmazonEKSAdminPolicy": "admin",
            "AmazonEKSEditPolicy": "edit", "AmazonEKSViewPolicy": "view"}.get(name, name)  # fmt: skip


def _scoped(reader: Reader) -> Value:
    """The namespaces that an access policy is associated with; null for the whole cluster."""
    if str(reader.get("access_scope.type", "cluster")) == "cluster":
        return None
    return elements(reader.get("access_scope.namespaces"))


_APPLIER = re.compile(r"(^|\.)data\.aws_(caller_identity\.[^.]+\.arn|iam_session_context\.[^.]+\.issuer_arn)$")


def _principal(reader: Reader) -> Value:
    """The principal; of kind Applier where it is whoever runs Terraform, who makes the cluster too. With the name
    and the groups that the cluster sees."""
    who, user = reader.peek("principal_arn"), reader.peek("user_name")
    kind = "Applier" if _is_applier(who) else "Principal"
    groups = [_known(group) for group in elements(reader.get("kubernetes_groups"))]
    return [{"kind": kind, "name": named(who), "namespace": None, "user": user, "groups": groups}]


def _is_applier(who: Value) -> bool:
    """Whether an ARN is, as a whole, the identity of the caller."""
    if not isinstance(who, Unknown) or who.prefix or who.suffix:
        return False
    return bool(who.references) and all(map(_APPLIER.search, who.references))


# task definitions


def _containers(reader: Reader) -> Iterator[Value]:
    """The decoded container definitions of a task. Raises Undetermined where they, or one, are unknown."""
    for item in elements(_decoded(reader.get("container_definitions"))):
        if isinstance(item, Unknown):
            raise Undetermined(item)
        yield item


def _decoded(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as fault:
        why = Unknown(f"the container definitions are not JSON ({fault})", Cause.OUTSIDE_SCAN)
        raise Undetermined(why) from None


def _known(value: Value) -> Value:
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return value


def _any_container(name: str) -> Extract:
    return lambda reader: some(_containers(reader), lambda one: truth(_known(one.get(name, False))))


def _every_container(test: Callable[[dict[str, Value]], bool]) -> Extract:
    return lambda reader: every(_containers(reader), test)


def _variables(reader: Reader) -> Iterator[tuple[str, Value]]:
    for container in _containers(reader):
        for variable in elements(_known(container.get("environment"))):
            yield str(_known(variable).get("name")), _known(variable).get("value")


def _images(reader: Reader) -> Value:
    return [container.get("image") for container in _containers(reader)]


def _task_public(reader: Reader) -> Value:
    return truth(reader.get("network_configuration.assign_public_ip", False))


_NETWORK = {
    "in_subnet": Join("network_configuration.subnets", ("subnet",)),
    "uses": Join("network_configuration.security_groups", ("security_group",)),
}

_EKS_CLUSTER = Row(
    "cluster",
    {
        "flavour": Fixed("kubernetes"),
        "version": text("version"),
        "public_endpoint": flag("vpc_config.endpoint_public_access", absent=True),
        "public_cidrs": _public_cidrs,
        "secrets_encrypted": _secrets_encrypted,
        "logs": strings("enabled_cluster_log_types"),
        "legacy_authorization": _legacy_authorization,
        "access_entries": _access_entries,
        "creator_administers": flag("access_config.bootstrap_cluster_creator_admin_permissions", absent=True),
        "network_policy": _enforces_policies,
    },
    {
        "in_subnet": Join("vpc_config.subnet_ids", ("subnet",)),
        "uses": Join("vpc_config.security_group_ids", ("security_group",)),
        "encrypted_with": Join("encryption_config.provider.key_arn", ("key",)),
        "assumes": Join("role_arn", ("role",)),
    },
    identity=("id", "arn", "name"),
)

_NODE_GROUP = Row(
    "node_group",
    {
        "public_address": outside("the subnets decide whether nodes get public addresses"),
        "tokens_required": _node_tokens,
        "remote_access": _remote_access,
        "system": image_system("ami_type"),
    },
    {
        "in_subnet": Join("subnet_ids", ("subnet",)),
        "uses": Join("remote_access.source_security_group_ids", ("security_group",)),
        "runs_on": Join("cluster_name", ("cluster",)),
        "assumes": Join("node_role_arn", ("role",)),
        "contains": (
            Join("launch_template.id", ("instance",)),
            Join("launch_template.name", ("instance",)),
        ),
    },
    identity=("id", "arn"),
    name=lambda reader: reader.peek("node_group_name") or reader.peek("node_group_name_prefix"),
)

_FARGATE = Row(
    "node_group",
    # Fargate runs pods in private subnets only, without access to the metadata service of a machine
    {"public_address": FALSE, "tokens_required": NONE, "remote_access": EMPTY},
    {
        "in_subnet": Join("subnet_ids", ("subnet",)),
        "runs_on": Join("cluster_name", ("cluster",)),
        "assumes": Join("pod_execution_role_arn", ("role",)),
    },
    identity=("id", "arn"),
    name="fargate_profile_name",
)


def _mounts_encrypted(reader: Reader) -> Value:
    """Whether every EFS volume is mounted over TLS, which is off by default (provider documentation)."""
    found = [inner for volume in reader.blocks("volume") for inner in volume.blocks("efs_volume_configuration")]
    if not found:
        return None
    return every(found, lambda one: str(one.get("transit_encryption", "DISABLED")) == "ENABLED")


_TASK = Row(
    "container_service",
    {
        "privileged": _any_container("privileged"),
        "public_address": NONE,
        "host_network": lambda reader: str(reader.get("network_mode", "bridge")) == "host",
        "host_processes": told("pid_mode", lambda reader: (
            written_or_default("aws_ecs_task_definition", "pid_mode")(reader) == "host")),
        "read_only": _every_container(lambda one: truth(_known(one.get("readonlyRootFilesystem", False)))),
        "logged": _every_container(lambda one: _known(one.get("logConfiguration")) is not None),
        "mounts_encrypted": _mounts_encrypted,
        "literal_secrets": lambda reader: literal_secrets(_variables(reader)),
        "verbose": lambda reader: list(verbose_variables(_variables(reader))),
        "images": _images,
    },
    {
        "assumes": (Join("task_role_arn", ("role",)), Join("execution_role_arn", ("role",))),
        "mounts": Join("volume", ("file_system",),
                       values=each("volume", "efs_volume_configuration.file_system_id")),
    },
    identity=("id", "arn", "family"),
    name="family",
)  # fmt: skip

_SERVICE = Row(
    "container_service",
    {
        "replicated": service_replicated,
        "privileged": NONE,  # its task definition says so
        "public_address": _task_public,
        "host_network": NONE,
        "read_only": NONE,
        "logged": NONE,
        "literal_secrets": EMPTY,
        "images": EMPTY,
    },
    {
        **_NETWORK,
        "runs_on": Join("cluster", ("cluster",)),
        "contains": Join("task_definition", ("container_service",)),
        "forwards_to": Join("load_balancer", ("target_group", "load_balancer"), reverse=True,
                            values=each("load_balancer", "target_group_arn", "elb_name")),
    },
    identity=service_names,
)  # fmt: skip

_ECS_CLUSTER = Row(
    "cluster",
    {
        "flavour": Fixed("containers"),
        "version": NONE,
        "public_endpoint": NONE,  # the service's own API, guarded by IAM
        "public_cidrs": EMPTY,
        "secrets_encrypted": NONE,
        "logs": EMPTY,
        "legacy_authorization": FALSE,
        "access_entries": NONE,
        "creator_administers": NONE,
        "network_policy": NONE,
    },
)

TABLE: Table = {
    "aws_eks_cluster": _EKS_CLUSTER,
    "aws_eks_node_group": _NODE_GROUP,
    "aws_eks_fargate_profile": _FARGATE,
    "aws_eks_addon": (
        Fold(_EKS, "cluster_name"),
        Edge("assumes", Join("cluster_name", ("cluster",)), Join("service_account_role_arn", ("role",))),
    ),
    "aws_eks_access_entry": (
        Fold(_EKS, "cluster_name"),
        Row(
            "binding",
            {
                "role_name": _entry_groups,
                "role_kind": Fixed("Group"),
                "subjects": _principal,
                "cluster_wide": NONE,  # what is bound to the groups decides
                "namespaces": NONE,
            },
            {
                "grants_to": Join("principal_arn", ("role", "user")),
                "admits_to": Join("cluster_name", ("cluster",)),
            },
            name="principal_arn",
        ),
    ),
    "aws_eks_access_policy_association": Row(
        "binding",
        {
            "role_name": _access_policy,
            "role_kind": Fixed("ClusterRole"),
            "subjects": _principal,
            "cluster_wide": lambda reader: str(reader.get("access_scope.type", "cluster")) == "cluster",
            "namespaces": _scoped,
        },
        {
                "grants_to": Join("principal_arn", ("role", "user")),
                "admits_to": Join("cluster_name", ("cluster",)),
            },
        name="principal_arn",
    ),
    "aws_eks_pod_identity_association": Row(
        "service_account",
        {"token_mounted": outside("the service account in the cluster decides"), "role": text("role_arn"),
         "namespace": text("namespace")},
        {"assumes": Join("role_arn", ("role",)), "runs_on": Join("cluster_name", ("cluster",))},
        name="service_account",
    ),
    "aws_eks_identity_provider_config": Row(
        "identity_provider",
        {"url": text("oidc.issuer_url"), "audiences": strings("oidc.client_id")},
        name="oidc.identity_provider_config_name",
    ),
    "aws_eks_capability": (
        Fold(_EKS, "cluster_name"),
        Edge("assumes", Join("cluster_name", ("cluster",)), Join("role_arn", ("role",))),
    ),
    "aws_ecs_cluster": _ECS_CLUSTER,
    "aws_ecs_service": _SERVICE,
    "aws_ecs_task_definition": _TASK,
    "aws_ecs_task_set": Skip("a generation of a service's tasks"),
    "aws_ecs_capacity_provider": Edge(
        "contains",
        Join("name", ("cluster",)),
        Join("auto_scaling_group_provider.auto_scaling_group_arn", ("instance_group",)),
    ),
    "aws_ecs_cluster_capacity_providers": Fold(("aws_ecs_cluster",), "cluster_name"),
    "aws_ecs_account_setting_default": Skip("a default of the account's container service"),
    "aws_ecs_tag": Skip("one tag on a resource that is managed elsewhere"),
    **jobs.TABLE,
    **platforms.TABLE,
    **{
        f"data.aws_{name}": Skip("asks the account for something that exists")
        for name in ("eks_cluster", "eks_clusters", "eks_cluster_auth", "eks_cluster_versions", "eks_addon",
                     "eks_addon_version", "eks_node_group", "eks_node_groups", "eks_access_entry", "ecs_cluster",
                     "ecs_service", "ecs_task_definition", "ecs_container_definition", "ecs_clusters")
    },
}  # fmt: skip
