"""How the ARN of a Terraform type is made, and which of its computed attributes are the ARN or the name.

Sources: the Service Authorization Reference ("Resource types defined by ...") and the provider's documentation of
each type ("Attribute Reference"). `{name}` is the thing's own name, `{id}` what AWS makes up.
"""

from __future__ import annotations

_R = "{region}:{account}"

ARNS: dict[str, str] = {
    "aws_iam_role": "arn:aws:iam::{account}:role{path}{name}",
    "aws_iam_service_linked_role": "arn:aws:iam::{account}:role{path}{name}",
    "aws_iam_user": "arn:aws:iam::{account}:user{path}{name}",
    "aws_iam_group": "arn:aws:iam::{account}:group/{name}",
    "aws_iam_policy": "arn:aws:iam::{account}:policy{path}{name}",
    "aws_iam_openid_connect_provider": "arn:aws:iam::{account}:oidc-provider/{name}",
    "aws_iam_saml_provider": "arn:aws:iam::{account}:saml-provider/{name}",
    "aws_s3_bucket": "arn:aws:s3:::{name}",
    "aws_s3_access_point": f"arn:aws:s3:{_R}:accesspoint/{{name}}",
    "aws_sqs_queue": f"arn:aws:sqs:{_R}:{{name}}",
    "aws_sns_topic": f"arn:aws:sns:{_R}:{{name}}",
    "aws_dynamodb_table": f"arn:aws:dynamodb:{_R}:table/{{name}}",
    "aws_kinesis_stream": f"arn:aws:kinesis:{_R}:stream/{{name}}",
    "aws_kinesis_firehose_delivery_stream": f"arn:aws:firehose:{_R}:deliverystream/{{name}}",
    "aws_lambda_function": f"arn:aws:lambda:{_R}:function:{{name}}",
    "aws_kms_key": f"arn:aws:kms:{_R}:key/{{id}}",
    "aws_kms_replica_key": f"arn:aws:kms:{_R}:key/{{id}}",
    "aws_secretsmanager_secret": f"arn:aws:secretsmanager:{_R}:secret:{{name}}-{{id}}",
    "aws_ssm_parameter": f"arn:aws:ssm:{_R}:parameter/{{name}}",
    "aws_ssm_document": f"arn:aws:ssm:{_R}:document/{{name}}",
    "aws_cloudwatch_log_group": f"arn:aws:logs:{_R}:log-group:{{name}}",
    "aws_ecr_repository": f"arn:aws:ecr:{_R}:repository/{{name}}",
    "aws_ecs_cluster": f"arn:aws:ecs:{_R}:cluster/{{name}}",
    "aws_eks_cluster": f"arn:aws:eks:{_R}:cluster/{{name}}",
    "aws_codebuild_project": f"arn:aws:codebuild:{_R}:project/{{name}}",
    "aws_codepipeline": f"arn:aws:codepipeline:{_R}:{{name}}",
    "aws_codecommit_repository": f"arn:aws:codecommit:{_R}:{{name}}",
    "aws_cloudformation_stack": f"arn:aws:cloudformation:{_R}:stack/{{name}}/{{id}}",
    "aws_sfn_state_machine": f"arn:aws:states:{_R}:stateMachine:{{name}}",
    "aws_instance": f"arn:aws:ec2:{_R}:instance/{{id}}",
    "aws_ebs_volume": f"arn:aws:ec2:{_R}:volume/{{id}}",
    "aws_ebs_snapshot": "arn:aws:ec2:{region}::snapshot/{id}",
    "aws_launch_template": f"arn:aws:ec2:{_R}:launch-template/{{id}}",
    "aws_vpc": f"arn:aws:ec2:{_R}:vpc/{{id}}",
    "aws_subnet": f"arn:aws:ec2:{_R}:subnet/{{id}}",
    "aws_security_group": f"arn:aws:ec2:{_R}:security-group/{{id}}",
    "aws_db_instance": f"arn:aws:rds:{_R}:db:{{name}}",
    "aws_rds_cluster": f"arn:aws:rds:{_R}:cluster:{{name}}",
    "aws_redshift_cluster": f"arn:aws:redshift:{_R}:cluster:{{name}}",
    "aws_elasticache_replication_group": f"arn:aws:elasticache:{_R}:replicationgroup:{{name}}",
    "aws_opensearch_domain": f"arn:aws:es:{_R}:domain/{{name}}",
    "aws_elasticsearch_domain": f"arn:aws:es:{_R}:domain/{{name}}",
    "aws_efs_file_system": f"arn:aws:elasticfilesystem:{_R}:file-system/{{id}}",
    "aws_backup_vault": f"arn:aws:backup:{_R}:backup-vault:{{name}}",
    "aws_glue_job": f"arn:aws:glue:{_R}:job/{{name}}",
    "aws_glue_dev_endpoint": f"arn:aws:glue:{_R}:devEndpoint/{{name}}",
    "aws_sagemaker_notebook_instance": f"arn:aws:sagemaker:{_R}:notebook-instance/{{name}}",
    "aws_batch_job_definition": f"arn:aws:batch:{_R}:job-definition/{{name}}",
    "aws_apprunner_service": f"arn:aws:apprunner:{_R}:service/{{name}}/{{id}}",
    "aws_cloudtrail": f"arn:aws:cloudtrail:{_R}:trail/{{name}}",
    "aws_cloudwatch_event_bus": f"arn:aws:events:{_R}:event-bus/{{name}}",
    "aws_cloudwatch_event_rule": f"arn:aws:events:{_R}:rule/{{name}}",
}

# What attributes other than `arn` hold: the ARN or the name.
IDENTIFIERS: dict[str, dict[str, str]] = {
    "aws_iam_role": {"id": "name", "name": "name"},
    "aws_iam_user": {"id": "name", "name": "name"},
    "aws_iam_group": {"id": "name", "name": "name"},
    "aws_iam_policy": {"id": "arn", "name": "name"},
    "aws_s3_bucket": {"id": "name", "bucket": "name"},
    "aws_sns_topic": {"id": "arn"},
    "aws_secretsmanager_secret": {"id": "arn"},
    "aws_dynamodb_table": {"id": "name", "name": "name"},
    "aws_lambda_function": {"id": "name", "function_name": "name", "qualified_arn": "arn"},
    "aws_ecr_repository": {"id": "name"},
    "aws_sfn_state_machine": {"id": "arn"},
    "aws_iam_openid_connect_provider": {"id": "arn"},
    "aws_iam_saml_provider": {"id": "arn"},
    "aws_codebuild_project": {"id": "arn"},
    "aws_kms_key": {"key_id": "id", "id": "id"},
    "aws_instance": {"id": "id"},
}
