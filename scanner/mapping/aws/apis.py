"""AWS APIs that clients call: API Gateway in both generations, AppSync, Cognito."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from scanner.hcl.partial import PartialText
from scanner.mapping.aws.authorizers import answers_kept, graph_answers_kept, traces
from scanner.mapping.aws.policy import folded_statements
from scanner.mapping.defaults import written_or_default
from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    TRUE,
    elements,
    equals,
    has_block,
    no_flag,
    number,
    paths,
    text,
    told,
    written,
)
from scanner.mapping.named import spelled
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Edge, Fixed, Fold, Join, Part, Row, Skip, Table
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap

_API = ("api",)
_OPERATIONS = frozenset({"get", "put", "post", "delete", "patch", "head", "x-amazon-apigateway-any-method"})
_UNREAD = Unknown("the routes of an OpenAPI document in this form are not read", Cause.UNSUPPORTED)


def _row(
    given: dict[str, str | Extract | Fixed],
    relations: dict[str, Join | tuple[Join, ...]] | None = None,
    *,
    name: str = "name",
    identity: tuple[str, ...] | Callable[[Reader], Iterable[str]] = ("id", "arn"),
) -> Row:
    """An api of which a stage, a route or a domain says only a part; the other parts are null."""
    silent: dict[str, str | Extract | Fixed] = {
        "authorized": NONE,
        "private": NONE,
        "access_logged": NONE,
        "tls_policy": NONE,
        "statements": EMPTY,
    }
    return Row("api", {**silent, **given}, relations or {}, identity=identity, name=name)


def _part_of(path: str) -> Join:
    return Join(path, _API, reverse=True)


def _document_authorized(reader: Reader) -> Value:
    """Whether each operation of an OpenAPI body names a security scheme; null without a body: routes say it."""
    body = reader.get("body")
    if body is None:
        return None
    try:
        document = json.loads(body) if isinstance(body, str) else body
    except ValueError:
        raise Undetermined(_UNREAD) from None
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise Undetermined(_UNREAD)
    general = document.get("security")
    return all(operation.get("security", general) for operation in _operations(document["paths"]))


def _operations(routes: dict[str, Value]) -> Iterator[dict[str, Value]]:
    for route in routes.values():
        if isinstance(route, Unknown):
            raise Undetermined(route)
        for method, operation in route.items():
            if method.lower() in _OPERATIONS and isinstance(operation, dict):
                yield operation


def _method_authorized(reader: Reader) -> Value:
    """A method asks for identity by an authorizer, IAM, or at least an API key; preflight requests cannot."""
    if str(reader.get("http_method")).upper() == "OPTIONS":
        return None
    if str(reader.get("api_key_required", "false")).lower() == "true":
        return True
    return str(reader.get("authorization", "NONE")).upper() != "NONE"


def _route_authorized(reader: Reader) -> Value:
    """As a method; `$disconnect` and preflight routes need none by nature."""
    key = str(reader.get("route_key"))
    if key == "$disconnect" or key.upper().startswith("OPTIONS "):
        return None
    if str(reader.get("api_key_required", "false")).lower() == "true":
        return True
    return str(reader.get("authorization_type", "NONE")).upper() != "NONE"


def _quick_authorized(reader: Reader) -> Value:
    """An API with a quick-create target has one open route; null otherwise: its routes say it."""
    return False if written("target")(reader) else _document_authorized(reader)


def _private(reader: Reader) -> Value:
    return any(str(kind).upper() == "PRIVATE" for kind in reader.items("endpoint_configuration.types"))


def _integrations(reader: Reader) -> Iterator[Value]:
    for integration in reader.folded("aws_api_gateway_integration"):
        yield from elements(integration.peek("uri"))


def _links(reader: Reader) -> Iterator[Value]:
    for integration in reader.folded("aws_api_gateway_integration"):
        yield from elements(integration.peek("connection_id"))


def _method_name(reader: Reader, references: tuple[str, ...]) -> Iterator[Value]:
    """The provider's own id of a method (`agm-API-RESOURCE-VERB`), with holes for what is computed, told by the
    arguments of the method or of its integration (provider documentation, "Import" of either). Nothing where an
    argument is missing and nothing else names it.
    """
    held = reader.resource.attributes
    parts = [unwrap(held.get(path)) for path in ("rest_api_id", "resource_id", "http_method")]
    holes = [part for part in parts if isinstance(part, Unknown)]
    if not references and any(part in (None, "") for part in parts if not isinstance(part, Unknown)):
        return
    told = references or tuple(name for hole in holes for name in hole.references)
    why = Unknown("which method it means is not known", Cause.PROVIDER_COMPUTED, told)
    joined: list[str | Unknown] = ["agm"]
    for part in parts:
        joined += ["-", part if isinstance(part, Unknown) else str(part)]
    yield PartialText(why, joined) if holes or told else "".join(map(str, joined))


def _method_identity(reader: Reader) -> Iterator[str]:
    for name in _method_name(reader, ()):
        text = spelled(name, reader.resource.address.root) if isinstance(name, PartialText) else name
        if isinstance(text, str):
            yield text


def _integrated(reader: Reader) -> Iterator[Value]:
    """The method of an integration: the one it refers to, or that of its API and resource with the same verb."""
    verb = unwrap(reader.resource.attributes.get("http_method"))
    written = reader.resource.references.get("http_method", ())
    named = tuple(f"{each}.http_method" for each in written if "aws_api_gateway_method." in each)
    yield from _method_name(reader, (verb.references if isinstance(verb, Unknown) else ()) or named)


def _clients(reader: Reader) -> Value:
    return [client.peek("name") for client in reader.folded("aws_cognito_user_pool_client")]


def _stage(*, filterable: bool) -> Row:
    """A stage. Web filters know those of REST APIs only (AWS WAF Developer Guide, "Resources you can protect")."""
    return _row(
        {"access_logged": has_block("access_log_settings"), "verbose": traces, "filterable": Fixed(filterable)},
        {
            "contains": (_part_of("rest_api_id"), _part_of("api_id")),
            "logs_to": Join("access_log_settings.destination_arn", ("log_group", "stream")),
        },
        name="stage_name",
    )


def _link(relations: dict[str, Join | tuple[Join, ...]]) -> Row:
    """What lets an API send into a network."""
    given: dict[str, str | Extract | Fixed] = {"service": Fixed("api-gateway"), "statements": EMPTY}
    return Row("endpoint", given, relations, identity=("id", "arn"))


_GATEWAY: Table = {
    "aws_api_gateway_rest_api": _row(
        {
            "authorized": _document_authorized,
            "private": _private,
            "statements": folded_statements("policy", ("aws_api_gateway_rest_api_policy", "policy")),
            "authorizer_seconds": answers_kept("aws_api_gateway_authorizer"),
        },
        identity=("id", "arn", "execution_arn"),
    ),
    "aws_api_gateway_vpc_link": _link({"forwards_to": Join("target_arns", ("load_balancer",))}),
    "aws_api_gateway_authorizer": Fold(("aws_api_gateway_rest_api",), "rest_api_id"),
    "aws_api_gateway_method_settings": Fold(("aws_api_gateway_stage",), "stage_name"),
    "aws_api_gateway_rest_api_policy": Fold(("aws_api_gateway_rest_api",), "rest_api_id"),
    "aws_api_gateway_method": _row(
        {"authorized": _method_authorized},
        {
            "contains": _part_of("rest_api_id"),
            "forwards_to": (
                Join("", ("function",), values=_integrations),
                Join("", ("endpoint",), values=_links),
            ),
        },
        name="http_method",
        identity=_method_identity,
    ),
    "aws_api_gateway_integration": Fold(("aws_api_gateway_method",), "http_method", values=_integrated),
    "aws_api_gateway_stage": _stage(filterable=True),
    "aws_api_gateway_domain_name": _row(
        {
            "private": _private,
            "tls_policy": lambda reader: reader.get(
                "security_policy",
                Unknown("API Gateway chooses a TLS policy by the kind of endpoint", Cause.OUTSIDE_SCAN),
            ),
        },
        {
            "serves": Join(
                "", ("certificate",), reverse=True, values=paths("certificate_arn", "regional_certificate_arn")
            )
        },
        name="domain_name",
        identity=("id", "arn", "domain_name"),
    ),
    **{
        f"aws_api_gateway_{name}": Skip(reason)
        for name, reason in {
            "account": "the role that API Gateway logs with",
            "api_key": "a key that clients show",
            "base_path_mapping": "ties a domain to a stage",
            "deployment": "a snapshot of routes",
            "documentation_part": "documentation",
            "documentation_version": "documentation",
            "gateway_response": "the form of an error",
            "integration_response": "the form of an answer",
            "method_response": "the form of an answer",
            "model": "the form of a request",
            "request_validator": "refuses malformed requests",
            "resource": "a path that methods hang on",
            "usage_plan": "how often a key may call",
            "usage_plan_key": "how often a key may call",
            "client_certificate": "a certificate that the gateway shows to backends",
        }.items()
    },
}

_GATEWAY_2: Table = {
    "aws_apigatewayv2_api": _row(
        # HTTP and WebSocket APIs have public endpoints only
        {
            "authorized": _quick_authorized,
            "private": FALSE,
            "authorizer_seconds": answers_kept("aws_apigatewayv2_authorizer"),
        },
        {"forwards_to": Join("target", ("function", "load_balancer", "instance"))},
        identity=("id", "arn", "execution_arn"),
    ),
    "aws_apigatewayv2_authorizer": Fold(("aws_apigatewayv2_api",), "api_id"),
    "aws_apigatewayv2_route": _row(
        {"authorized": _route_authorized}, {"contains": _part_of("api_id")}, name="route_key", identity=("id",)
    ),
    "aws_apigatewayv2_integration": (
        Edge(
            "forwards_to", Join("api_id", _API), Join("integration_uri", ("function", "listener", "load_balancer"))
        ),
        Edge("forwards_to", Join("api_id", _API), Join("connection_id", ("endpoint",))),
        # a private integration goes through its link to a listener
        Edge(
            "forwards_to",
            Join("connection_id", ("endpoint",)),
            Join("integration_uri", ("listener", "load_balancer")),
        ),
    ),
    "aws_apigatewayv2_vpc_link": _link(
        {
            "in_subnet": Join("subnet_ids", ("subnet",)),
            "uses": Join("security_group_ids", ("security_group",)),
        }
    ),
    "aws_apigatewayv2_stage": _stage(filterable=False),
    "aws_apigatewayv2_domain_name": _row(
        {"tls_policy": text("domain_name_configuration.security_policy")},
        {"serves": Join("domain_name_configuration.certificate_arn", ("certificate",), reverse=True)},
        name="domain_name",
        identity=("id", "arn", "domain_name"),
    ),
    **{
        f"aws_apigatewayv2_{name}": Skip(reason)
        for name, reason in {
            "api_mapping": "ties a domain to a stage",
            "deployment": "a snapshot of routes",
            "integration_response": "the form of an answer",
            "model": "the form of a request",
            "route_response": "the form of an answer",
        }.items()
    },
}

# What a pool asks of its users' passwords; it keeps no earlier ones unless it is told how many.
_POOL_PASSWORDS = Row(
    "password_policy",
    {
        "minimum_length": number("password_policy.minimum_length", 8),  # Cognito API, PasswordPolicyType
        "reuse_prevented": lambda reader: bool(reader.get("password_policy.password_history_size", 0)) or None,
        "maximum_age_days": NONE,
    },
    identity=(),
    tags=lambda reader: {},
)

_OTHERS: Table = {
    "aws_appsync_graphql_api": _row(
        {
            # AppSync Developer Guide: API_KEY is the mode for unauthenticated APIs
            "authorized": lambda reader: str(reader.get("authentication_type")).upper() != "API_KEY",
            "private": equals("visibility", "PRIVATE", default="GLOBAL"),
            "access_logged": has_block("log_config"),
            "verbose": lambda reader: (
                ["field_log_level"] if str(reader.get("log_config.field_log_level")).upper() == "ALL" else []
            ),
            "authorizer_seconds": graph_answers_kept,
            "filterable": TRUE,
        },
    ),
    "aws_appsync_datasource": Edge(
        "forwards_to",
        Join("api_id", _API),
        Join("", ("function", "table"), values=paths("lambda_config.function_arn", "dynamodb_config.table_name")),
    ),
    **{
        f"aws_appsync_{name}": Skip("how a GraphQL API answers")
        for name in ("resolver", "function", "api_key", "api_cache", "domain_name", "domain_name_api_association")
    },
    "aws_cognito_user_pool": Row(
        "identity_provider",
        {
            "url": lambda reader: reader.get("endpoint", Unknown("Cognito chooses the endpoint")),
            "audiences": _clients,
            "second_factor": told(
                "mfa_configuration",
                lambda reader: written_or_default("aws_cognito_user_pool", "mfa_configuration")(reader) != "OFF",
            ),
            "risk_weighed": equals("user_pool_add_ons.advanced_security_mode", "ENFORCED", default="OFF"),
        },
        identity=("id", "arn"),
        parts=(Part(_POOL_PASSWORDS, "passwords", when=lambda reader: reader.has("password_policy")),),
    ),
    "aws_cognito_user_pool_client": Fold(("aws_cognito_user_pool",), "user_pool_id"),
    # an identity pool hands out credentials: a guest who need not say who he is gets them too
    "aws_cognito_identity_pool": _row(
        {"authorized": no_flag("allow_unauthenticated_identities"), "private": FALSE},
        name="identity_pool_name",
        identity=("id", "arn"),
    ),
    "aws_cognito_identity_pool_roles_attachment": Edge(
        "assumes",
        Join("identity_pool_id", _API),
        Join("", ("role",), values=paths("roles.unauthenticated", "roles.authenticated")),
    ),
    **{
        f"aws_cognito_{name}": Skip(reason)
        for name, reason in {
            "identity_provider": "whose users a pool takes in",
            "resource_server": "scopes that clients ask for",
            "risk_configuration": "what a pool does on risk",
            "user": "one user of a pool",
            "user_group": "users of a pool",
            "user_in_group": "users of a pool",
            "user_pool_domain": "where users sign in",
            "user_pool_ui_customization": "how the sign-in page looks",
        }.items()
    },
}

_ASKED = "asks the account for something that exists"
_READ = (
    "api_gateway_rest_api api_gateway_resource api_gateway_domain_name api_gateway_export api_gateway_vpc_link"
    " api_gateway_api_key apigatewayv2_api apigatewayv2_apis apigatewayv2_export cognito_user_pool"
    " cognito_user_pools cognito_user_pool_client cognito_user_pool_clients cognito_identity_pool"
)
TABLE: Table = {
    **_GATEWAY,
    **_GATEWAY_2,
    **_OTHERS,
    **{f"data.aws_{name}": Skip(_ASKED) for name in _READ.split()},
}
