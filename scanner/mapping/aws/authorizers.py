"""How long AWS APIs believe their authorizers, and what they write down of requests."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.extract import truth, whole
from scanner.mapping.reader import Extract, Reader
from scanner.model.value import Cause, Undetermined, Unknown, Value

# Authorizers that check a signed token by themselves, each time.
_SIGNED = ("COGNITO_USER_POOLS", "JWT")
_TIME = "authorizer_result_ttl_in_seconds"


def answers_kept(type: str) -> Extract:
    """The longest time that the answer of one of its authorizers is kept, in seconds: 300 unless it is written, of
    HTTP APIs too where an authorizer is a function (API reference, CreateAuthorizer). None without authorizers."""

    def extract(reader: Reader) -> Value:
        kept = [
            _seconds(each.get(_TIME, 300))
            for each in reader.folded(type)
            if str(each.get("type", each.get("authorizer_type", "TOKEN"))).upper() not in _SIGNED
        ]
        return max(kept, default=None)

    return extract


def graph_answers_kept(reader: Reader) -> Value:
    """As `answers_kept`, of an API of AppSync (API reference, LambdaAuthorizerConfig)."""
    kept = [
        _seconds(each.get(_TIME, 300))
        for path in ("lambda_authorizer_config", "additional_authentication_provider.lambda_authorizer_config")
        for each in reader.blocks(path)
    ]
    return max(kept, default=None)


def _seconds(value: Value) -> int:
    found = whole(value)
    if isinstance(found, int):
        return found
    raise Undetermined(Unknown(f"{value!r} is no number of seconds", Cause.UNSUPPORTED))


def traces(reader: Reader) -> Value:
    """Data traces write whole requests and answers into the logs (API Gateway Developer Guide, "Set up CloudWatch
    logging for REST APIs": not for production). They need a level of logs beside them."""
    return [
        "data_trace_enabled"
        for each in _settings(reader)
        if str(each.get("logging_level", "OFF")).upper() != "OFF" and truth(each.get("data_trace_enabled", False))
    ]


def _settings(reader: Reader) -> Iterator[Reader]:
    """Every block of settings of a stage's methods or routes."""
    for fold in reader.folded("aws_api_gateway_method_settings"):
        yield from fold.blocks("settings")
    for name in ("default_route_settings", "route_settings"):
        yield from reader.blocks(name)
