"""What a provider's API does where an argument is not written: defaults that decide verdicts, with their source.

Older mappings name theirs beside the argument. Each row: native type, argument, value, source. `READ` is the
day on which the sources were read.
"""

from __future__ import annotations

from scanner.mapping.reader import Extract
from scanner.model.value import Value

READ = "2026-11-22"
_PROVIDER = "provider documentation"

_ROWS: tuple[tuple[str, str, Value, str], ...] = (
    ("aws_lb", "desync_mitigation_mode", "defensive", f"{_PROVIDER}, aws_lb"),
    ("aws_elb", "desync_mitigation_mode", "defensive", f"{_PROVIDER}, aws_elb"),
    ("aws_elasticache_replication_group", "automatic_failover_enabled", False, _PROVIDER),
    (
        "aws_elasticache_replication_group",
        "auto_minor_version_upgrade",
        True,
        "ElastiCache API, CreateReplicationGroup",
    ),
    ("aws_elasticache_cluster", "auto_minor_version_upgrade", True, "ElastiCache API, CreateCacheCluster"),
    ("aws_redshift_cluster", "enhanced_vpc_routing", False, "Redshift API, CreateCluster"),
    (
        "aws_opensearch_domain",
        "advanced_security_options.enabled",
        False,
        "OpenSearch API, AdvancedSecurityOptions",
    ),
    (
        "aws_opensearch_domain",
        "node_to_node_encryption.enabled",
        False,
        "OpenSearch API, NodeToNodeEncryptionOptions",
    ),
    ("aws_ec2_transit_gateway", "auto_accept_shared_attachments", "disable", _PROVIDER),
    ("aws_ec2_client_vpn_endpoint", "connection_log_options.enabled", False, "EC2 API, ConnectionLogOptions"),
    ("aws_dx_connection", "request_macsec", False, _PROVIDER),
    ("aws_dms_endpoint", "ssl_mode", "none", "DMS API, CreateEndpoint"),
    ("aws_fsx_openzfs_file_system", "root_volume_configuration.data_compression_type", "NONE", "FSx API"),
    (
        "aws_fsx_lustre_file_system",
        "data_compression_type",
        "NONE",
        "FSx API, CreateFileSystemLustreConfiguration",
    ),
    (
        "aws_sagemaker_notebook_instance",
        "direct_internet_access",
        "Enabled",
        "SageMaker API, CreateNotebookInstance",
    ),
    ("aws_sagemaker_notebook_instance", "root_access", "Enabled", "SageMaker API, CreateNotebookInstance"),
    ("aws_sfn_state_machine", "logging_configuration.level", "OFF", "Step Functions API, LoggingConfiguration"),
    ("aws_transfer_server", "protocols", ["SFTP"], "Transfer Family API, CreateServer"),
    ("aws_cognito_user_pool", "mfa_configuration", "OFF", _PROVIDER),
    ("aws_acm_certificate", "key_algorithm", "RSA_2048", "ACM API, RequestCertificate"),
    ("aws_ecs_task_definition", "pid_mode", "task", "ECS API, RegisterTaskDefinition: a namespace of its own"),
    ("aws_cloudtrail", "is_organization_trail", False, _PROVIDER),
    ("aws_ebs_encryption_by_default", "enabled", True, _PROVIDER),
    ("aws_ec2_serial_console_access", "enabled", True, _PROVIDER),
    ("aws_athena_workgroup", "configuration.enforce_workgroup_configuration", True, _PROVIDER),
    ("github_repository", "visibility", "public", _PROVIDER),
    ("autoscaling/HorizontalPodAutoscaler", "spec.minReplicas", 1, "Kubernetes API, HorizontalPodAutoscalerSpec"),
    ("cilium", "enable-ipsec", False, "Cilium, cilium-agent command reference"),
    ("cilium", "enable-wireguard", False, "Cilium, cilium-agent command reference"),
    ("crd.projectcalico.org/FelixConfiguration", "spec.wireguardEnabled", False, "Calico, Felix configuration"),
)

DEFAULTS: dict[tuple[str, str], Value] = {(type_, argument): value for type_, argument, value, _ in _ROWS}
SOURCES: dict[tuple[str, str], str] = {(type_, argument): source for type_, argument, _, source in _ROWS}


def written_or_default(type_: str, path: str) -> Extract:
    """The value at a path; where it is not written, the default of that type's argument in the table."""
    default = DEFAULTS[type_, path]
    return lambda reader: reader.get(path, default)
