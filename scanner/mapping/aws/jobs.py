"""AWS platforms that run your code: builds, pipelines, batch jobs, App Runner, Beanstalk, model servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    TRUE,
    elements,
    equals,
    flag,
    number,
    truth,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.secrets import literal_secrets, mapped_secrets
from scanner.mapping.table import Fold, Given, Join, Joins, Row, Skip, Table
from scanner.model.value import Cause, Undetermined, Unknown, Value

IN_SUBNETS = Join("vpc_config.subnets", ("subnet",))


def _task(given: Given, relations: Joins, name: str = "name") -> Row:
    """Containers that a service runs."""
    silent: Given = {
        "privileged": FALSE,
        "public_address": NONE,
        "host_network": FALSE,
        "read_only": NONE,
        "logged": NONE,
        "literal_secrets": EMPTY,
        "images": EMPTY,
    }
    return Row("container_service", {**silent, **given}, relations, identity=("id", "arn", name), name=name)


def _code(given: Given, relations: Joins, name: str = "name") -> Row:
    """Code that a service runs on demand, behind the service's own authorization."""
    silent: Given = {
        "runtime": NONE,
        "public_access": FALSE,
        "traced": NONE,
        "dead_letter": NONE,
        "literal_secrets": EMPTY,
        "statements": EMPTY,
    }
    return Row("function", {**silent, **given}, relations, identity=("id", "arn", name), name=name)


_CONNECTOR = "network_configuration.egress_configuration.vpc_connector_arn"


def _connected(path: str) -> Callable[[Reader], Iterator[Value]]:
    """What the connector of a service names: where the service sends from (App Runner Developer Guide, "Enabling
    VPC access for outgoing traffic")."""

    def values(reader: Reader) -> Iterator[Value]:
        for connector in reader.folded("aws_apprunner_vpc_connector"):
            yield from elements(connector.peek(path))

    return values


def _variables(path: str) -> Extract:
    """Credentials among the environment variables that stand as a map at a path."""
    return lambda reader: mapped_secrets(reader, path)


def _build_secrets(reader: Reader) -> Value:
    """Credentials among a build's plain variables (type PLAINTEXT is the default)."""
    return literal_secrets(
        (str(variable.get("name")), variable.peek("value"))
        for variable in reader.blocks("environment.environment_variable")
        if str(variable.get("type", "PLAINTEXT")) == "PLAINTEXT"
    )


def _pipeline_secrets(reader: Reader) -> Value:
    return literal_secrets(
        pair
        for stage in reader.blocks("stage")
        for action in stage.blocks("action")
        if isinstance(settings := action.get("configuration"), dict)
        for pair in settings.items()
    )


def _job(reader: Reader) -> dict[str, Value]:
    """The decoded container of a batch job; empty for jobs of other forms."""
    value = reader.get("container_properties")
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as fault:
            why = Unknown(f"the container properties are not JSON ({fault})", Cause.OUTSIDE_SCAN)
            raise Undetermined(why) from None
    return value if isinstance(value, dict) else {}


def _job_flag(name: str) -> Extract:
    return lambda reader: truth(_job(reader).get(name, False))


def _job_public(reader: Reader) -> Value:
    network = _job(reader).get("networkConfiguration")
    if isinstance(network, Unknown):
        raise Undetermined(network)
    return network is not None and truth(network.get("assignPublicIp", "DISABLED"))


def _job_secrets(reader: Reader) -> Value:
    variables = _job(reader).get("environment")
    return literal_secrets(
        (str(variable.get("name")), variable.get("value"))
        for variable in elements(variables)
        if isinstance(variable, dict)
    )


# Elastic Beanstalk says everything in settings: namespace, name, value.

_VARIABLES = "aws:elasticbeanstalk:application:environment"


def _setting(reader: Reader, namespace: str, name: str) -> Value:
    for setting in reader.blocks("setting"):
        if setting.get("namespace") == namespace and setting.get("name") == name:
            return setting.peek("value")
    return None


def _size(name: str, default: int) -> Extract:
    def extract(reader: Reader) -> Value:
        value = _setting(reader, "aws:autoscaling:asg", name)
        if isinstance(value, Unknown):
            raise Undetermined(value)
        return default if value is None else int(value)

    return extract


def _managed_updates(reader: Reader) -> Value:
    """Platform updates by themselves, off unless switched on (Beanstalk Developer Guide, "General options")."""
    value = _setting(reader, "aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled")
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return False if value is None else truth(value)


def _beanstalk_role(reader: Reader) -> Iterator[Value]:
    yield from elements(_setting(reader, "aws:autoscaling:launchconfiguration", "IamInstanceProfile"))
    yield from elements(_setting(reader, "aws:elasticbeanstalk:environment", "ServiceRole"))


def _beanstalk_subnets(reader: Reader) -> Iterator[Value]:
    value = _setting(reader, "aws:ec2:vpc", "Subnets")
    yield from value.split(",") if isinstance(value, str) else elements(value)


_INGRESS = "network_configuration.ingress_configuration"
_RUNNER_IMAGE = "source_configuration.image_repository.image_configuration.runtime_environment_variables"
_ROLE = Join("role_arn", ("role",))

_BUILD = _task(
    {
        "privileged": flag("environment.privileged_mode"),
        "disposable": TRUE,  # CodeBuild User Guide, "Concepts": each build runs in an environment made for it
        "logged": equals("logs_config.cloudwatch_logs.status", "ENABLED", default="ENABLED"),
        "literal_secrets": _build_secrets,
        "images": lambda reader: elements(reader.peek("environment.image")),
    },
    {
        "assumes": Join("service_role", ("role",)),
        "in_subnet": IN_SUBNETS,
        "uses": Join("vpc_config.security_group_ids", ("security_group",)),
        "encrypted_with": Join("encryption_key", ("key",)),
    },
)

_BATCH_ENVIRONMENT = Row(
    "instance_group",
    {"minimum": number("compute_resources.min_vcpus"), "maximum": number("compute_resources.max_vcpus")},
    {
        "in_subnet": Join("compute_resources.subnets", ("subnet",)),
        "uses": Join("compute_resources.security_group_ids", ("security_group",)),
        "assumes": (Join("service_role", ("role",)), Join("compute_resources.instance_role", ("role",))),
    },
    name=lambda reader: reader.peek("name") or reader.peek("compute_environment_name"),
)

_BATCH_JOB = _task(
    {
        "privileged": _job_flag("privileged"),
        "public_address": _job_public,
        "read_only": _job_flag("readonlyRootFilesystem"),
        "logged": TRUE,  # Batch sends to CloudWatch Logs unless another driver is named
        "literal_secrets": _job_secrets,
        "images": lambda reader: elements(_job(reader).get("image")),
    },
    {"assumes": Join("container_properties", ("role",), values=lambda reader: (
        each for name in ("jobRoleArn", "executionRoleArn") for each in elements(_job(reader).get(name))))},
)  # fmt: skip

# What jobs and deployments are handed to: that it exists is all that is asked of it.
_ORDERS = Row("config", {"literal_secrets": EMPTY, "chart_version": NONE}, name="name")

TABLE: Table = {
    "aws_batch_compute_environment": _BATCH_ENVIRONMENT,
    "aws_batch_job_definition": _BATCH_JOB,
    "aws_batch_job_queue": _ORDERS,
    "aws_batch_scheduling_policy": Skip("orders jobs"),
    "aws_codebuild_project": _BUILD,
    "aws_codebuild_report_group": Skip("keeps test reports"),
    "aws_codebuild_source_credential": Row(
        "config",
        {
            "literal_secrets": lambda reader: literal_secrets([("token", reader.peek("token"))]),
            "chart_version": NONE,
        },
        name="server_type",
    ),
    "aws_codebuild_webhook": Skip("starts a build on a push"),
    "aws_codepipeline": _code(
        {"literal_secrets": _pipeline_secrets},
        {
            "assumes": _ROLE,
            "mounts": Join("artifact_store.location", ("object_store",)),
            "encrypted_with": Join("artifact_store.encryption_key.id", ("key",)),
        },
    ),
    "aws_codepipeline_webhook": Skip("starts a pipeline on a push"),
    "aws_codedeploy_app": Skip("a name for deployments"),
    "aws_codedeploy_deployment_group": Row(
        "config", {"literal_secrets": EMPTY, "chart_version": NONE}, name="deployment_group_name"
    ),
    "aws_codedeploy_deployment_config": Skip("how fast a deployment proceeds"),
    "aws_codestarconnections_connection": Skip("a hand-shake with a source host, completed by a person"),
    "aws_apprunner_service": _task(
        {
            # App Runner API: a service is public unless its ingress says otherwise
            "public_address": flag(f"{_INGRESS}.is_publicly_accessible", absent=True),
            "logged": TRUE,
            "literal_secrets": _variables(_RUNNER_IMAGE),
            "images": lambda reader: elements(
                reader.peek("source_configuration.image_repository.image_identifier")
            ),
        },
        {
            "assumes": Join("instance_configuration.instance_role_arn", ("role",)),
            "in_subnet": Join(_CONNECTOR, ("subnet",), values=_connected("subnets")),
            "uses": Join(_CONNECTOR, ("security_group",), values=_connected("security_groups")),
            "encrypted_with": Join("encryption_configuration.kms_key", ("key",)),
        },
        "service_name",
    ),
    "aws_apprunner_auto_scaling_configuration_version": Skip("how a service grows and shrinks"),
    "aws_apprunner_vpc_connector": Fold(("aws_apprunner_service",), _CONNECTOR, named=True),
    "aws_elastic_beanstalk_environment": Row(
        "instance_group",
        # Beanstalk's documented defaults: one to four machines
        {"minimum": _size("MinSize", 1), "maximum": _size("MaxSize", 4), "upgraded": _managed_updates},
        {
            "assumes": Join("setting", ("role",), values=_beanstalk_role),
            "in_subnet": Join("setting", ("subnet",), values=_beanstalk_subnets),
        },
    ),
    "aws_elastic_beanstalk_application": Skip("a name for environments"),
    "aws_elastic_beanstalk_application_version": Skip("which object an environment runs"),
    "aws_elastic_beanstalk_configuration_template": Skip("settings that environments copy"),
    "aws_sagemaker_model": _code(
        {"literal_secrets": _variables("primary_container.environment")},
        {
            "assumes": Join("execution_role_arn", ("role",)),
            "in_subnet": IN_SUBNETS,
            "uses": Join("vpc_config.security_group_ids", ("security_group",)),
        },
    ),
    "aws_sagemaker_endpoint_configuration": _code({}, {"encrypted_with": Join("kms_key_arn", ("key",))}),
}
