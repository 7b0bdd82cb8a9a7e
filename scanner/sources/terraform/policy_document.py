"""`aws_iam_policy_document` worked out as its provider does (data source documentation of the AWS provider).

A later statement replaces an earlier one of the same sid when it comes from `override_policy_documents`;
statements of `source_policy_documents` come first and must not share a sid.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from scanner.hcl.partial import Document, decoded
from scanner.model.value import Unknown, Value, first_unknown, unwrap


def document(attributes: dict[str, Value]) -> Value:
    """The policy as JSON text; a Document where parts of it are not known, Unknown where all of it is."""
    statements = [*_sources(attributes, "source_policy_documents", "source_json")]
    lost = next((each for each in statements if isinstance(each, Unknown)), None)
    own = attributes.get("statement")
    blocks = own if isinstance(own, list) else []
    statements.extend(each if isinstance(each, Unknown) else _statement(each) for each in blocks)
    for override in _sources(attributes, "override_policy_documents", "override_json"):
        _lay_over(statements, override)
    policy: dict[str, Value] = {"Version": attributes.get("version") or "2012-10-17"}
    if attributes.get("policy_id") is not None:
        policy["Id"] = attributes["policy_id"]
    policy["Statement"] = statements
    why = first_unknown(policy) if lost is None else lost
    if why is not None:
        return Document(why, policy)
    return json.dumps(policy, indent=2, sort_keys=False)


def _sources(attributes: dict[str, Value], plural: str, singular: str) -> Iterator[Value]:
    """The statements of documents given as text; an Unknown for each that cannot be read."""
    listed = unwrap(attributes.get(plural))
    given = [unwrap(attributes.get(singular))]
    if isinstance(listed, Unknown):
        yield listed
    elif isinstance(listed, list):
        given.extend(unwrap(each) for each in listed)
    for text in given:
        text = decoded(text)  # noqa: PLW2901 - the same text, read
        if isinstance(text, Unknown):
            yield text
        elif isinstance(text, str) and text.strip():
            yield from _read(text)
        elif isinstance(text, dict):
            yield from _listed(text.get("Statement"))


def _read(text: str) -> Iterator[Value]:
    try:
        policy = json.loads(text)
    except ValueError:
        yield Unknown("a source document is not valid JSON")
        return
    if isinstance(policy, dict):
        yield from _listed(policy.get("Statement"))


def _listed(statements: Value) -> Iterator[Value]:
    if statements is not None:
        yield from statements if isinstance(statements, list) else [statements]


def _lay_over(statements: list[Value], override: Value) -> None:
    sid = override.get("Sid") if isinstance(override, dict) else None
    if isinstance(sid, str) and sid:
        for position, each in enumerate(statements):
            if isinstance(each, dict) and isinstance(each.get("Sid"), str) and each["Sid"] == sid:
                statements[position] = override
                return
    statements.append(override)


def _statement(block: dict[str, Value]) -> dict[str, Value]:
    told: dict[str, Value] = {}
    sid = block.get("sid")
    if isinstance(sid, Unknown) or sid:
        told["Sid"] = sid
    effect = block.get("effect")
    told["Effect"] = "Allow" if effect is None else effect
    for name, written in (("actions", "Action"), ("not_actions", "NotAction"), ("resources", "Resource"),
                          ("not_resources", "NotResource")):  # fmt: skip
        value = _texts(block.get(name))
        if value is not None:
            told[written] = value
    for name, written in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        value = _principals(block.get(name))
        if value is not None:
            told[written] = value
    conditions = _conditions(block.get("condition"))
    if conditions is not None:
        told["Condition"] = conditions
    return told


def _texts(value: Value) -> Value:
    """A list as policies write it: one element alone, several sorted in reverse as the provider does."""
    value = unwrap(value)
    if value is None or value == [] if not isinstance(value, Unknown) else False:
        return None
    if not isinstance(value, list):
        return value
    items = [_amended(each) for each in value]
    if len(items) == 1:
        return items[0]
    if any(isinstance(each, Unknown) for each in items):
        return items
    return sorted(dict.fromkeys(str(each) for each in items), reverse=True)


def _amended(value: Value) -> Value:
    """Policy variables are written &{...} in the data source and ${...} in the policy."""
    value = unwrap(value)
    return value.replace("&{", "${") if isinstance(value, str) else value


def _principals(blocks: Value) -> Value:
    if isinstance(blocks, Unknown):
        return blocks
    if not isinstance(blocks, list) or not blocks:
        return None
    told: dict[str, Value] = {}
    for block in blocks:
        if isinstance(block, Unknown):
            return block
        kind, ids = block.get("type"), _texts(block.get("identifiers"))
        if isinstance(kind, Unknown):
            return kind
        if kind == "*" and not isinstance(ids, Unknown) and ids == "*":
            return "*"
        told[str(kind)] = _joined(told.get(str(kind)), ids)
    return told


def _conditions(blocks: Value) -> Value:
    if isinstance(blocks, Unknown):
        return blocks
    if not isinstance(blocks, list) or not blocks:
        return None
    told: dict[str, dict[str, Value]] = {}
    for block in blocks:
        if isinstance(block, Unknown):
            return block
        test, variable = block.get("test"), block.get("variable")
        if isinstance(test, Unknown) or isinstance(variable, Unknown):
            return test if isinstance(test, Unknown) else variable
        keys = told.setdefault(str(test), {})
        keys[str(variable)] = _joined(keys.get(str(variable)), _texts(block.get("values")))
    return told


def _joined(before: Value, more: Value) -> Value:
    if before is None:
        return more
    if isinstance(before, Unknown) or isinstance(more, Unknown):
        return before if isinstance(before, Unknown) else more
    first = before if isinstance(before, list) else [before]
    second = more if isinstance(more, list) else [more]
    return [*first, *second]
