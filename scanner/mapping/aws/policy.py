"""AWS policy documents: normalized statements, and the questions that several mappings ask of them.

The form of a statement is that of `scanner.model.kinds`. The language is described in the IAM User Guide, "IAM
JSON policy elements reference". Whatever is unknown inside a document stays as an Unknown where it stood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from ipaddress import ip_network
from typing import Any

from scanner.mapping.reader import Extract, Reader
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap
from scanner.rule import every, some

Statement = dict[str, Any]

# Condition keys that say who or from where a call comes, when compared with a fixed value. Sources: Amazon S3
# User Guide, "The meaning of public"; IAM User Guide, "AWS global condition context keys"; service pages.
_CALLER_KEYS = frozenset({
    "aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths",
    "aws:sourcevpc", "aws:sourcevpce", "aws:sourceip", "aws:vpcsourceip", "aws:sourcevpcarn", "aws:vpceaccount",
    "aws:vpceorgid", "aws:vpceorgpaths", "aws:principalarn", "aws:principalaccount", "aws:principalorgid",
    "aws:principalorgpaths", "aws:principalisawsservice", "aws:principalservicename", "aws:userid", "aws:username",
    "kms:calleraccount", "s3:dataaccesspointarn", "s3:dataaccesspointaccount", "lambda:eventsourcetoken",
    "elasticfilesystem:accesspointarn", "elasticfilesystem:accessedviamounttarget",
})  # fmt: skip
_CALLER_PREFIXES = ("aws:principaltag/",)
_EQUALITY = frozenset({
    "stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress", "bool",
})  # fmt: skip
_WILDCARD = frozenset({"stringlike", "arnequals", "arnlike"})  # ArnEquals takes wildcards too (IAM User Guide)
_INSIDE = re.compile(r"^arn:[^:]*:s3:::[^/*]+/?\*$")
_ITSELF = re.compile(r"^arn:[^:]*:s3:::[^/]+$")
_WIDEST_PREFIX = 8  # S3 User Guide: address ranges of /8 and wider are not "fixed" values


def statements(value: Value) -> list[Statement]:
    """The normalized statements of a policy: JSON text, or a decoded document; none for None or "".

    Raises Undetermined where the whole document is unknown, or is not a policy (AWS would refuse it).
    """
    document = _decode(value)
    if document is None:
        return []
    return [_statement(each) for each in _list(_field(document, "Statement"))]


def statements_of(path: str, *more: str) -> Extract:
    """An extractor of the statements of the document(s) at one or more paths."""

    def extract(reader: Reader) -> Value:
        return [each for where in (path, *more) for each in statements(reader.get(where))]

    return extract


def folded_statements(own: str, *folds: tuple[str, str]) -> Extract:
    """Statements at the resource's own path and at a path of each resource folded into it: (type, path)."""

    def extract(reader: Reader) -> Value:
        found = statements(reader.get(own)) if own else []
        for type_, path in folds:
            for other in reader.folded(type_):
                found += statements(other.get(path))
        return found

    return extract


def public(found: Iterable[Statement]) -> bool:
    """Whether a resource policy lets anyone in; three-valued (Undetermined is raised).

    That is an Allow for every principal without a condition that limits who or from where, unless a Deny
    without conditions refuses everything to everyone.
    """
    listed = list(found)
    parts: tuple[Callable[[], bool], ...] = (lambda: some(listed, _opens), lambda: not some(listed, _shuts))
    return every(parts, lambda part: part())


def public_policy(*extracts: Extract) -> Extract:
    """An extractor: whether the statements that these extractors give, taken together, let anyone in."""
    return lambda reader: public(each for extract in extracts for each in extract(reader))


def tls_required(found: Iterable[Statement]) -> bool:
    """Whether a policy refuses every request without TLS, as AWS advises (s3-bucket-ssl-requests-only)."""
    return some(list(found), _asks_for_tls)


def names_anyone(statement: Statement) -> bool:
    """Whether a statement speaks of every principal, anonymous ones included."""
    if statement["not_principals"]:
        return True
    return some(statement["principals"], _is_anyone)


def limits_caller(condition: Value) -> bool:
    """Whether a condition narrows who may call, or from where, whatever else it says."""
    operator, key = str(condition["operator"]).lower(), str(condition["key"]).lower()
    if operator.startswith("foranyvalue:"):
        operator = operator.removeprefix("foranyvalue:")
    if operator not in _EQUALITY or not (key in _CALLER_KEYS or key.startswith(_CALLER_PREFIXES)):
        return False  # ...IfExists, ForAllValues and negated operators hold where the key is missing
    return every(condition["values"], lambda value: _narrows(operator, key, value))


# The questions, per statement


def _opens(statement: Statement) -> bool:
    checks: tuple[Callable[[], bool], ...] = (
        lambda: bool(statement["effect"] == "Allow"),
        lambda: names_anyone(statement),
        lambda: not some(statement["conditions"], limits_caller),
    )
    return every(checks, lambda check: check())


def _shuts(statement: Statement) -> bool:
    checks: tuple[Callable[[], bool], ...] = (
        lambda: bool(statement["effect"] == "Deny"),
        lambda: not statement["conditions"],
        lambda: not statement["not_principals"] and some(statement["principals"], _is_anyone),
        lambda: some(statement["actions"], _is_all_actions),
        lambda: some(statement["resources"], lambda resource: resource == "*"),
    )
    return every(checks, lambda check: check())


def _asks_for_tls(statement: Statement) -> bool:
    checks: tuple[Callable[[], bool], ...] = (
        lambda: bool(statement["effect"] == "Deny"),
        lambda: not statement["not_principals"] and some(statement["principals"], _is_anyone),
        lambda: _only_without_tls(statement["conditions"]),
        lambda: some(statement["actions"], _is_all_actions),
        lambda: _covers_all(statement["resources"]),
    )
    return every(checks, lambda check: check())


def _only_without_tls(conditions: list[Value]) -> bool:
    """Conditions that hold for each request without TLS: one on aws:SecureTransport, or on the TLS version."""
    return bool(conditions) and every(conditions, _holds_without_tls)


def _holds_without_tls(condition: Value) -> bool:
    operator, key = str(condition["operator"]).lower(), str(condition["key"]).lower()
    if key != "aws:securetransport" or operator not in ("bool", "boolifexists", "stringequals"):
        return False
    return some(condition["values"], lambda value: str(_told(value)).lower() == "false")


def _covers_all(resources: list[Value]) -> bool:
    """`*`, or both a bucket and all that lies in it (`arn:aws:s3:::b` and `arn:aws:s3:::b/*`)."""
    if any(each == "*" for each in resources if isinstance(each, str)):
        return True
    if any(map(_is_inside, resources)) and any(map(_is_itself, resources)):
        return True
    for each in resources:
        _told(each)
    return False


def _is_inside(resource: Value) -> bool:
    """Whether a pattern certainly means everything in one bucket."""
    if isinstance(resource, Unknown):
        return resource.suffix in ("/*", "*") and len(resource.references) == 1
    return bool(_INSIDE.match(str(resource)))


def _is_itself(resource: Value) -> bool:
    """Whether a pattern certainly means a bucket: its ARN, or `arn:aws:s3:::${its name}`."""
    if isinstance(resource, Unknown):
        whole = resource.suffix is None or (resource.suffix == "" and resource.prefix.endswith(":::"))
        return whole and len(resource.references) == 1 and resource.cause is Cause.PROVIDER_COMPUTED
    return bool(_ITSELF.match(str(resource)))


def _is_all_actions(action: Value) -> bool:
    text = str(_told(action))
    return text == "*" or text.endswith(":*")


def _is_anyone(principal: Value) -> bool:
    name = principal["id"]
    if isinstance(name, Unknown):
        # What a provider computes for another resource is that resource's own name, never "*".
        if name.prefix.startswith("arn:") or (name.cause is Cause.PROVIDER_COMPUTED and name.references):
            return False
        raise Undetermined(name)
    return bool(name == "*") and principal["type"] in ("*", "AWS")


def _narrows(operator: str, key: str, value: Value) -> bool:
    if isinstance(value, Unknown):
        if operator not in _WILDCARD | {"ipaddress", "bool"} or value.cause is Cause.PROVIDER_COMPUTED:
            return True  # whatever it is, it is one fixed value
        raise Undetermined(value)
    text = str(value)
    if operator == "bool":
        return text.lower() == "true"
    if operator == "ipaddress":
        return _is_narrow_range(text)
    if operator not in _WILDCARD:
        return True
    return _is_specific_arn(text) if text.startswith("arn:") else bool(text.strip("*?:"))


def _is_narrow_range(text: str) -> bool:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return True
    return network.is_private or network.prefixlen >= _WIDEST_PREFIX


def _is_specific_arn(text: str) -> bool:
    """Whether an ARN pattern names an account, or, for S3 whose ARNs hold none, a bucket."""
    parts = text.split(":", 5)
    if len(parts) < 6:
        return False
    service, account, resource = parts[2], parts[4], parts[5]
    if service == "s3":
        return bool(resource.strip("*?/"))
    return bool(account.strip("*?"))


# Reading a document

_PARTS = ("actions", "not_actions", "resources", "not_resources", "principals", "not_principals", "conditions")


def _decode(value: Value) -> dict[str, Value] | None:
    value = unwrap(value)
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if isinstance(value, str):
        if not value.strip():
            return None
        try:
            value = json.loads(value)
        except ValueError:
            raise Undetermined(Unknown("the policy is not valid JSON", Cause.OUTSIDE_SCAN)) from None
    if isinstance(value, list):  # some resources take the bare list of statements
        return {"Statement": value}
    if value is None or isinstance(value, dict):
        return value
    raise Undetermined(Unknown("the policy is not a JSON object", Cause.OUTSIDE_SCAN))


def _statement(value: Value) -> Statement:
    if isinstance(value, Unknown):  # one statement may do anything: all of its parts are unknown
        return dict.fromkeys(("effect", *_PARTS), value)
    if not isinstance(value, dict):
        raise Undetermined(Unknown("a statement of the policy is not a JSON object", Cause.OUTSIDE_SCAN))
    return {
        "effect": _field(value, "Effect"),
        "actions": _list(_field(value, "Action")),
        "not_actions": _list(_field(value, "NotAction")),
        "resources": _list(_field(value, "Resource")),
        "not_resources": _list(_field(value, "NotResource")),
        "principals": _principals(_field(value, "Principal")),
        "not_principals": _principals(_field(value, "NotPrincipal")),
        "conditions": _conditions(_field(value, "Condition")),
    }


def _principals(value: Value) -> list[Value]:
    if value is None:
        return []
    if isinstance(value, dict):
        return [{"type": kind, "id": name} for kind, names in value.items() for name in _list(unwrap(names))]
    return [{"type": "*" if _plainly(item, "*") else "AWS", "id": item} for item in _list(value)]


def _conditions(value: Value) -> list[Value]:
    if value is None:
        return []
    if not isinstance(value, dict):
        return [value] if isinstance(value, Unknown) else []
    found: list[Value] = []
    for operator, raw in value.items():
        keys = unwrap(raw)
        if isinstance(keys, Unknown):
            found.append(keys)
        elif isinstance(keys, dict):
            found += [
                {"operator": operator, "key": key, "values": [_scalar(each) for each in _list(unwrap(values))]}
                for key, values in keys.items()
            ]
    return found


def _field(document: dict[str, Value], name: str) -> Value:
    """A member under its name; element names of a policy are written in one case, but be lenient."""
    if name in document:
        return unwrap(document[name])
    return next((unwrap(value) for key, value in document.items() if str(key).lower() == name.lower()), None)


def _list(value: Value) -> list[Value]:
    if isinstance(value, Unknown):
        return [value]
    if value is None:
        return []
    return [unwrap(each) for each in value] if isinstance(value, list) else [value]


def _scalar(value: Value) -> Value:
    return str(value).lower() if isinstance(value, bool) else value


def _told(value: Value) -> Value:
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return value


def _plainly(value: Value, text: str) -> bool:
    return isinstance(value, str) and value == text
