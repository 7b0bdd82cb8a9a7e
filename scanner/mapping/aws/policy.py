"""AWS policy documents: normalized statements, and the questions that several mappings ask of them.

The form of a statement is that of `scanner.model.kinds`. The language is described in the IAM User Guide, "IAM
JSON policy elements reference". Whatever is unknown inside a document stays as an Unknown where it stood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from scanner.mapping.reader import Extract, Reader
from scanner.model.logic import both, every, some
from scanner.model.statement import is_everything, names_anyone, open_to_anyone
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap

Statement = dict[str, Any]

_INSIDE = re.compile(r"^arn:[^:]*:s3:::[^/*]+/?\*$")
_ITSELF = re.compile(r"^arn:[^:]*:s3:::[^/]+$")


def statements(value: Value) -> list[Statement]:
    """The normalized statements of a policy: JSON text, or a decoded document; none for None or "".

    Raises Undetermined where the whole document is unknown, or is not a policy (AWS would refuse it).
    """
    value = unwrap(value)
    if isinstance(value, str):
        return list(_of_text(value))
    return _of_document(_document(value))


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


def granted(actions: list[Value], principal: Value, conditions: Iterable[Value] = ()) -> Statement:
    """A statement for what lets someone in without being a policy: a grant of a key, an access control list."""
    return {
        **{name: [] for name in ("not_actions", "not_resources", "not_principals")},
        "effect": "Allow",
        "actions": actions,
        "resources": ["*"],
        "principals": [principal],
        "conditions": list(conditions),
    }


def condition(operator: str, key: str, *values: Value) -> Value:
    """One condition of a statement."""
    return {"operator": operator, "key": key, "values": list(values)}


def public(found: Iterable[Statement]) -> bool:
    """Whether a resource policy lets anyone in; three-valued (Undetermined is raised).

    That is an Allow for every principal without a condition that limits who or from where, unless a Deny
    without conditions refuses everything to everyone.
    """
    listed = list(found)
    return both(lambda: some(listed, open_to_anyone), lambda: not some(listed, _shuts))


def public_policy(*extracts: Extract) -> Extract:
    """An extractor: whether the statements that these extractors give, taken together, let anyone in."""
    return lambda reader: public(each for extract in extracts for each in extract(reader))


def tls_required(found: Iterable[Statement]) -> bool:
    """Whether a policy refuses every request without TLS, as AWS advises (s3-bucket-ssl-requests-only)."""
    return some(list(found), _asks_for_tls)


# The questions, per statement


def _shuts(statement: Statement) -> bool:
    return both(
        lambda: statement["effect"] == "Deny",
        lambda: not statement["conditions"],
        lambda: not statement["not_principals"] and names_anyone(statement),
        lambda: some(statement["actions"], _is_all_actions),
        lambda: some(statement["resources"], is_everything),
    )


def _asks_for_tls(statement: Statement) -> bool:
    return both(
        lambda: statement["effect"] == "Deny",
        lambda: not statement["not_principals"] and names_anyone(statement),
        lambda: _only_without_tls(statement["conditions"]),
        lambda: some(statement["actions"], _is_all_actions),
        lambda: _covers_all(statement["resources"]),
    )


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


# Reading a document

_ELEMENTS = frozenset((
    "sid", "effect", "action", "notaction", "resource", "notresource", "principal", "notprincipal", "condition",
))  # fmt: skip
_PARTS = ("actions", "not_actions", "resources", "not_resources", "principals", "not_principals", "conditions")


@lru_cache(maxsize=1024)
def _of_text(text: str) -> tuple[Statement, ...]:
    """The statements of JSON text, read once for all the questions that are asked of it."""
    if not text.strip():
        return ()
    try:
        value = json.loads(text)
    except ValueError:
        raise Undetermined(Unknown("the policy is not valid JSON", Cause.OUTSIDE_SCAN)) from None
    return tuple(_of_document(_document(value)))


def _document(value: Value) -> dict[str, Value]:
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if isinstance(value, list):  # some resources take the bare list of statements
        return {"Statement": value}
    if value is None or isinstance(value, dict):
        return value or {}
    raise Undetermined(Unknown("the policy is not a JSON object", Cause.OUTSIDE_SCAN))


def _of_document(document: dict[str, Value]) -> list[Statement]:
    return [_statement(each) for each in _list(_field(document, "Statement"))]


def _statement(value: Value) -> Statement:
    if isinstance(value, Unknown):  # one statement may do anything: all of its parts are unknown
        return dict.fromkeys(("effect", *_PARTS), value)
    if not isinstance(value, dict):
        raise Undetermined(Unknown("a statement of the policy is not a JSON object", Cause.OUTSIDE_SCAN))
    strange = [name for name in value if str(name).lower() not in _ELEMENTS]
    return {
        **({"strange": strange} if strange else {}),  # elements that there are none of: AWS refuses the document
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
