"""AWS functions: Lambda with its permissions, URLs and event sources."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws.policy import public, statements
from scanner.mapping.extract import EMPTY, FALSE, NONE, elements, equals, text, told, whole, written
from scanner.mapping.reader import Reader
from scanner.mapping.secrets import mapped_secrets
from scanner.mapping.starting import verbose_map
from scanner.mapping.table import Edge, Fold, Join, Row, Skip, Table
from scanner.model.logic import either, some
from scanner.model.value import Unknown, Value

_FUNCTION = ("aws_lambda_function",)
# Condition that aws_lambda_permission writes for each argument, as AddPermission documents them.
_CONDITIONS = {
    "source_arn": ("ArnLike", "AWS:SourceArn"),
    "source_account": ("StringEquals", "AWS:SourceAccount"),
    "principal_org_id": ("StringEquals", "aws:PrincipalOrgID"),
    "event_source_token": ("StringEquals", "lambda:EventSourceToken"),
}


def _statements(reader: Reader) -> Value:
    """The function's policy: one statement for each permission resource; of a live function, as it is."""
    folded = [_statement(permission) for permission in reader.folded("aws_lambda_permission")]
    return [*statements(reader.get("resource_policy")), *folded]


def _statement(permission: Reader) -> dict[str, Value]:
    return {
        "effect": "Allow",
        "actions": [permission.peek("action")],
        "not_actions": [],
        "resources": [permission.peek("function_name")],
        "not_resources": [],
        "not_principals": [],
        "conditions": list(_conditions(permission)),
        "principals": [_principal(permission.peek("principal"))],
    }


def _principal(value: Value) -> dict[str, Value]:
    if isinstance(value, Unknown):
        return {"type": value, "id": value}
    name = str(value)
    kind = "*" if name == "*" else "Service" if name.endswith((".amazonaws.com", ".amazonaws.com.cn")) else "AWS"
    return {"type": kind, "id": name}


def _conditions(permission: Reader) -> Iterator[dict[str, Value]]:
    for path, (operator, key) in _CONDITIONS.items():
        value = permission.peek(path)
        if isinstance(value, Unknown) or value:
            yield {"operator": operator, "key": key, "values": [value]}
    auth = permission.peek("function_url_auth_type")
    if isinstance(auth, Unknown) or auth:
        yield {"operator": "StringEquals", "key": "lambda:FunctionUrlAuthType", "values": [auth]}


def _public_access(reader: Reader) -> Value:
    """Whether anyone may invoke it: a URL without authorization, or a permission for everyone.

    A URL whose type is NONE gets its permission for everyone from the provider or the console; either way the
    intent is written there, so the URL alone decides.
    """
    return either(lambda: _open_url(reader), lambda: _open_permission(reader))


def _open_permission(reader: Reader) -> bool:
    return public(_statements(reader))


def _open_url(reader: Reader) -> bool:
    urls = reader.folded("aws_lambda_function_url")
    return any(str(url.get("authorization_type")).upper() == "NONE" for url in urls)


def _literal_secrets(reader: Reader) -> Value:
    """Names of environment variables that hold a credential in clear text."""
    return mapped_secrets(reader, "environment.variables")


def _verbose(reader: Reader) -> Value:
    """Variables, and the level of logs in JSON (Lambda API, LoggingConfig.ApplicationLogLevel)."""
    found = elements(verbose_map("environment.variables")(reader))
    level = reader.get("logging_config.application_log_level")
    return [*found, "application_log_level"] if str(level).upper() in ("DEBUG", "TRACE") else found


def _bounded(reader: Reader) -> Value:
    """A share of the account's concurrency is reserved; -1, the default, reserves none (Lambda API)."""
    return whole(reader.get("reserved_concurrent_executions", -1)) != -1


def _keeps_failures(reader: Reader) -> Value:
    """A dead letter queue, or a destination for what failed."""
    return either(
        lambda: written("dead_letter_config.target_arn")(reader),
        lambda: some(
            reader.folded("aws_lambda_function_event_invoke_config"),
            written("destination_config.on_failure.destination"),
        ),
    )


_LAMBDA = Row(
    "function",
    {
        "runtime": text("runtime"),
        "public_access": _public_access,
        "traced": equals("tracing_config.mode", "Active", default="PassThrough"),
        "dead_letter": _keeps_failures,
        "literal_secrets": _literal_secrets,
        "verbose": _verbose,
        "statements": _statements,
        "bounded": told("reserved_concurrent_executions", _bounded),
    },
    {
        "assumes": Join("role", ("role",)),
        "in_subnet": Join("vpc_config.subnet_ids", ("subnet",)),
        "uses": Join("vpc_config.security_group_ids", ("security_group",)),
        "encrypted_with": Join("kms_key_arn", ("key",)),
        "logs_to": Join("logging_config.log_group", ("log_group",)),
    },
    identity=("id", "arn", "function_name", "invoke_arn"),
    name="function_name",
)


def _runs_as(path: str) -> Row:
    """Something that runs given code as the role named at a path, and only for who may start it by its API."""
    attributes = {
        "runtime": NONE,
        "public_access": FALSE,
        "traced": NONE,
        "dead_letter": NONE,
        "literal_secrets": EMPTY,
        "statements": EMPTY,
    }
    return Row("function", attributes, {"assumes": Join(path, ("role",))})


TABLE: Table = {
    "aws_bedrockagentcore_agent_runtime": _runs_as("role_arn"),
    "aws_bedrockagentcore_browser": _runs_as("execution_role_arn"),
    "aws_bedrockagentcore_code_interpreter": _runs_as("execution_role_arn"),
    "aws_glue_job": _runs_as("role_arn"),
    "aws_lambda_function": _LAMBDA,
    "aws_lambda_permission": Fold(_FUNCTION, "function_name"),
    "aws_lambda_function_url": Fold(_FUNCTION, "function_name"),
    "aws_lambda_alias": Fold(_FUNCTION, "function_name"),
    "aws_lambda_function_event_invoke_config": Fold(_FUNCTION, "function_name"),
    "aws_lambda_provisioned_concurrency_config": Fold(_FUNCTION, "function_name"),
    "aws_lambda_event_source_mapping": Edge(
        "forwards_to", Join("event_source_arn"), Join("function_name", ("function",))
    ),
    "aws_lambda_layer_version": Skip("code that functions share"),
    "aws_lambda_layer_version_permission": Skip("who may use shared code"),
    "aws_lambda_code_signing_config": Skip("which signers a function trusts"),
    "aws_lambda_runtime_management_config": Skip("when a runtime is updated"),
    "aws_lambda_invocation": Skip("calls a function once, at apply"),
    **{
        f"data.aws_{name}": Skip("asks the account for something that exists")
        for name in ("lambda_function", "lambda_functions", "lambda_alias", "lambda_layer_version",
                     "lambda_function_url", "lambda_invocation", "lambda_code_signing_config")
    },
}  # fmt: skip
