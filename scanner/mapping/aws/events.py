"""AWS integration: event rules, schedules, pipes, state machines, and management that has no node of its own."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws import watches
from scanner.mapping.aws.policy import folded_statements, public
from scanner.mapping.defaults import written_or_default
from scanner.mapping.extract import EMPTY, FALSE, NONE, elements, equals, flag, truth
from scanner.mapping.reader import Reader
from scanner.mapping.secrets import literal_secrets
from scanner.mapping.table import Edge, Fold, Join, Row, Skip, Table
from scanner.model.value import Value

_BUS = ("aws_cloudwatch_event_bus",)
_ROLE = Join("role_arn", ("role",))


def _active(reader: Reader) -> Value:
    """Enabled by its state, or by the older `is_enabled`; EventBridge enables a new rule."""
    state = reader.get("state")
    if state is not None:
        return str(state).upper().startswith("ENABLED")
    return truth(reader.get("is_enabled", True))


_bus_statements = folded_statements("", ("aws_cloudwatch_event_bus_policy", "policy"))


def _bus_limited(reader: Reader) -> Value:
    """Whether only named accounts or organizations may send events to a bus; without a policy only its own."""
    for permission in reader.folded("aws_cloudwatch_event_permission"):
        anyone = str(permission.get("principal")) == "*"
        if anyone and permission.block("condition") is None:
            return False
    return not public(_bus_statements(reader))


def _parameters(reader: Reader) -> Value:
    """Credentials among the parameters of a stack."""
    values = reader.get("parameters")
    return literal_secrets(values.items()) if isinstance(values, dict) else []


def _machine_logged(reader: Reader) -> Iterator[Value]:
    yield from elements(reader.peek("logging_configuration.log_destination"))


_STATE_MACHINE = Row(
    "function",
    {
        "runtime": NONE,
        "public_access": FALSE,  # started through the service's API, which asks for IAM rights
        "traced": flag("tracing_configuration.enabled"),
        "dead_letter": NONE,
        "literal_secrets": EMPTY,
        "statements": EMPTY,
        "logged": lambda reader: (
            written_or_default("aws_sfn_state_machine", "logging_configuration.level")(reader) != "OFF"
        ),
    },
    {
        "assumes": _ROLE,
        "logs_to": Join("logging_configuration", ("log_group",), values=_machine_logged),
        "encrypted_with": Join("encryption_configuration.kms_key_id", ("key",)),
    },
)

_EVENTS: Table = {
    "aws_cloudwatch_event_rule": Row(
        "event_rule",
        # the sources are those of the bus, which says whom it lets in
        {"active": _active, "source_limited": NONE, "watches": watches.by_event},
        {"assumes": _ROLE},
        identity=("id", "arn", "name"),
        name=lambda reader: reader.peek("name") or reader.peek("name_prefix"),
    ),
    "aws_cloudwatch_event_target": Edge("forwards_to", Join("rule", ("event_rule",)), Join("arn")),
    "aws_cloudwatch_event_bus": Row("event_rule", {"active": lambda reader: True, "source_limited": _bus_limited}),
    "aws_cloudwatch_event_bus_policy": Fold(_BUS, "event_bus_name"),
    "aws_cloudwatch_event_permission": Fold(_BUS, "event_bus_name"),
    "aws_cloudwatch_event_archive": Skip("keeps events to replay them"),
    "aws_cloudwatch_event_connection": Row(
        "config",
        {
            "literal_secrets": lambda reader: literal_secrets(
                (path, reader.peek(f"auth_parameters.{path}"))
                for path in ("api_key.value", "basic.password", "oauth.client_parameters.client_secret")
            ),
            "chart_version": NONE,
        },
    ),
    "aws_cloudwatch_event_api_destination": Skip("an address that events are sent to"),
    "aws_cloudwatch_event_endpoint": Skip("a name for two buses"),
    "aws_scheduler_schedule": Row(
        "event_rule",
        {"active": equals("state", "ENABLED", default="ENABLED"), "source_limited": NONE},
        {"forwards_to": Join("target.arn"), "assumes": Join("target.role_arn", ("role",))},
    ),
    "aws_scheduler_schedule_group": Skip("a name for schedules"),
    "aws_pipes_pipe": Row(
        "event_rule",
        {"active": equals("desired_state", "RUNNING", default="RUNNING"), "source_limited": NONE},
        {"forwards_to": Join("target"), "assumes": _ROLE},
    ),
    "aws_schemas_discoverer": Skip("learns the form of events"),
    "aws_schemas_registry": Skip("keeps the form of events"),
    "aws_schemas_schema": Skip("keeps the form of events"),
    "aws_sfn_state_machine": _STATE_MACHINE,
    "aws_sfn_activity": Skip("a queue of work for a state machine"),
    "aws_sfn_alias": Skip("a name for a version of a state machine"),
}

_MANAGEMENT: Table = {
    "aws_cloudformation_stack": Row(
        "config",
        {"literal_secrets": _parameters, "chart_version": NONE},
        {"assumes": Join("iam_role_arn", ("role",))},
        identity=("id", "name"),
    ),
    "aws_cloudformation_stack_set": Row(
        "config",
        {"literal_secrets": _parameters, "chart_version": NONE},
        {"assumes": Join("administration_role_arn", ("role",))},
        identity=("id", "arn", "name"),
    ),
    **{
        f"aws_{name}": Skip(reason)
        for name, reason in {
            "cloudformation_stack_set_instance": "an account that a stack set reaches",
            "cloudformation_stack_instances": "accounts that a stack set reaches",
            "cloudformation_type": "registers a resource type",
            "ssm_activation": "lets a machine outside register",
            "ssm_association": "runs a document on machines",
            "ssm_maintenance_window_target": "which machines are serviced",
            "ssm_maintenance_window_task": "how machines are serviced",
            "ssm_default_patch_baseline": "which patches are approved",
            "ssm_patch_group": "which machines a baseline is for",
            "ssm_resource_data_sync": "gathers inventories",
            "xray_sampling_rule": "which calls are traced",
            "xray_group": "a filter over traces",
            "xray_encryption_config": "which key traces are encrypted with",
            "resourcegroups_group": "a name for resources",
            "servicecatalogappregistry_application": "a name for resources",
            "applicationinsights_application": "watches an application",
            "service_discovery_instance": "one address behind a discovery name",
        }.items()
    },
    **{
        f"data.aws_{name}": Skip("asks the account for something that exists")
        for name in (
            "cloudwatch_event_bus",
            "cloudwatch_event_buses",
            "cloudwatch_event_connection",
            "cloudwatch_event_source",
            "sfn_state_machine",
            "sfn_alias",
            "cloudformation_stack",
            "cloudformation_export",
            "ssm_document",
            "ssm_instances",
            "ssm_maintenance_windows",
            "ssm_patch_baseline",
        )
    },
}

TABLE: Table = {**_EVENTS, **_MANAGEMENT}
