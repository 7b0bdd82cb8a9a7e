"""`aws_iam_policy_document` worked out as its provider does (data source documentation of the AWS provider).

Statements of `source_policy_documents` come first; the own ones and then those of `override_policy_documents` each
replace an earlier statement of the same sid, in its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from scanner.hcl.partial import Document, decoded
from scanner.model.value import Unknown, Value, first_unknown, unwrap


def document(attributes: dict[str, Value]) -> Value:
    """The JSON text; a Document where parts of it are not known, Unknown where all of it is.

    Sources, the own statements and overrides are merged in that order: a statement with a sid replaces an earlier
    one of that sid, every other is added; the later version and the last id count.
    """
    policy: dict[str, Value] = {"Version": "", "Statement": []}
    for source in _documents(attributes, "source_policy_documents", "source_json"):
        _merge(policy, source)
    own = attributes.get("statement")
    blocks = own if isinstance(own, list) else []
    statements = [each if isinstance(each, Unknown) else _statement(each) for each in blocks]
    version = attributes.get("version") or "2012-10-17"
    _merge(policy, {"Version": version, "Id": attributes.get("policy_id"), "Statement": statements})
    for override in _documents(attributes, "override_policy_documents", "override_json"):
        if isinstance(override, Unknown):
            policy["Statement"] = [override if _sid(each) else each for each in policy["Statement"]]
        _merge(policy, override)
    why = first_unknown(policy)
    return json.dumps(policy, indent=2, sort_keys=False) if why is None else Document(why, policy)


def _documents(attributes: dict[str, Value], plural: str, singular: str) -> Iterator[Value]:
    """Documents given as text, parsed; an Unknown for each that cannot be read."""
    listed = unwrap(attributes.get(plural))
    given = [unwrap(attributes.get(singular))]
    if isinstance(listed, Unknown):
        yield listed
    elif isinstance(listed, list):
        given.extend(unwrap(each) for each in listed)
    for text in given:
        source = decoded(text)
        if isinstance(source, str) and source.strip():
            yield _parsed(source)
        elif isinstance(source, (Unknown, dict)):
            yield source


def _parsed(text: str) -> Value:
    try:
        policy = json.loads(text)
    except ValueError:
        policy = None
    return policy if isinstance(policy, dict) else Unknown("a source document is not a JSON object")


def _merge(policy: dict[str, Value], more: Value) -> None:
    if not isinstance(more, dict):
        policy["Statement"].append(more)
        return
    if isinstance(more.get("Id"), Unknown) or more.get("Id"):
        policy["Id"] = more["Id"]
    version = more.get("Version")
    if isinstance(version, Unknown) or str(version or "") > str(policy["Version"]):
        policy["Version"] = version
    listed = more.get("Statement")
    for statement in listed if isinstance(listed, list) else [] if listed is None else [listed]:
        sids = [_sid(each) for each in policy["Statement"]]
        sid = _sid(statement)
        if sid and sid in sids:
            policy["Statement"][sids.index(sid)] = statement
        else:
            policy["Statement"].append(statement)


def _sid(statement: Value) -> str:
    sid = statement.get("Sid") if isinstance(statement, dict) else None
    return sid if isinstance(sid, str) else ""


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


def _texts(value: Value, *, ordered: bool = False) -> Value:
    """A list as policies write it: one element alone; several sorted in reverse unless they are `ordered`."""
    value = unwrap(value)
    if isinstance(value, Unknown):
        return value
    if value is None or value == []:
        return None
    if not isinstance(value, list):
        return value
    items = [_amended(each) for each in value]
    if len(items) == 1:
        return items[0]
    if ordered or any(isinstance(each, Unknown) for each in items):
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
        if kind == "*" and len(blocks) == 1 and not isinstance(ids, Unknown) and ids == "*":
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
        keys[str(variable)] = _joined(keys.get(str(variable)), _texts(block.get("values"), ordered=True))
    return told


def _joined(before: Value, more: Value) -> Value:
    if before is None:
        return more
    if isinstance(before, Unknown) or isinstance(more, Unknown):
        return before if isinstance(before, Unknown) else more
    first = before if isinstance(before, list) else [before]
    second = more if isinstance(more, list) else [more]
    return [*first, *second]
