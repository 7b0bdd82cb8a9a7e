"""Tailscale's policy files: JSON with comments and trailing commas, read into grants.

Sources: Tailscale documentation, "Syntax reference for the tailnet policy file", "Grants syntax", "Targets and
selectors"; "HuJSON". A grant is {"sources", "targets": [{"selector", "ports"}], "protocols", "via", "condition"}:
ports are [first, last], protocols are names or numbers (null: those that go without saying). Every rule lets
through; what none of them names is denied. Without rules of either form the default policy admits everything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from scanner.mapping.extract import elements
from scanner.mapping.reader import Reader
from scanner.mapping.secrets import written
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap

_WITHOUT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.DOTALL)
_PORT = re.compile(r"^(\d{1,5})(?:-(\d{1,5}))?$")


def plain(text: str) -> str:
    """HuJSON as JSON: without comments and trailing commas, texts left as they are."""
    bare = _WITHOUT.sub(lambda found: found[1] or " ", text)
    return _TRAILING.sub(lambda found: found[1] or "", bare)


def policy(reader: Reader) -> dict[str, Value]:
    """The policy file of a `tailscale_acl`. Raises Undetermined where it is not known, or no JSON."""
    given = reader.get("acl")
    if isinstance(given, dict):
        return given
    text = written(given)
    try:
        found = json.loads(plain(text)) if text is not None else None
    except ValueError as fault:
        told = f"the policy file is no JSON with comments: {fault}"
        raise Undetermined(Unknown(told, Cause.OUTSIDE_SCAN)) from None
    if not isinstance(found, dict):
        raise Undetermined(Unknown("the policy file is no object", Cause.OUTSIDE_SCAN))
    return found


def grants(reader: Reader) -> Value:
    """The rules of both forms in order; null for the default policy, which admits everything."""
    held = policy(reader)
    if held.get("acls") is None and held.get("grants") is None:
        return None
    return [*_told(held.get("acls"), _access), *_told(held.get("grants"), _grant)]


def _told(rules: Value, read: Callable[[dict[str, Value]], Iterator[Value]]) -> Iterator[Value]:
    """Each rule; one that cannot be read is unknown by itself."""
    if isinstance(rules, Unknown):
        yield rules
        return
    for number, rule in enumerate(elements(rules)):
        if isinstance(rule, Unknown):
            yield rule
            continue
        try:
            yield from list(read(rule))
        except Undetermined as undetermined:
            yield undetermined.unknown
        except (ValueError, TypeError, AttributeError) as fault:
            yield Unknown(f"rule {number} of the policy file is none: {fault}", Cause.OUTSIDE_SCAN)


def _access(rule: dict[str, Value]) -> Iterator[Value]:
    """A rule of `acls`: the ports stand behind each destination (`users` and `ports` are older names)."""
    if (action := str(rule.get("action"))) != "accept":
        raise ValueError(f"action={action!r} is not supported")
    targets = []
    for each in _texts(rule.get("dst", rule.get("ports"))):
        selector, colon, ports = each.rpartition(":")
        if not colon:
            raise ValueError(f"{each!r} has no port")
        targets.append({"selector": selector.strip("[]"), "ports": list(_ports(ports))})
    said = rule.get("proto")
    yield {
        "sources": _texts(rule.get("src", rule.get("users"))),
        "targets": targets,
        "protocols": [str(said).lower()] if said else None,
        "via": [],
        "condition": _posture(rule),
    }


def _grant(rule: dict[str, Value]) -> Iterator[Value]:
    """A rule of `grants`: `ip` holds protocols and ports; without it, it grants nothing on the network."""
    spoken: dict[str | None, list[Value]] = {}
    for each in _texts(rule.get("ip")):
        protocol, colon, ports = each.rpartition(":")
        spoken.setdefault(protocol.lower() if colon else None, []).extend(_ports(ports))
    for spoken_by, held in spoken.items():
        yield {
            "sources": _texts(rule.get("src")),
            "targets": [{"selector": each, "ports": held} for each in _texts(rule.get("dst"))],
            "protocols": None if spoken_by is None else [spoken_by],
            "via": _texts(rule.get("via")),
            "condition": _posture(rule),
        }


def _posture(rule: dict[str, Value]) -> str | None:
    said = _texts(rule.get("srcPosture"))
    return f"where the device meets {', '.join(said)}" if said else None


def _ports(text: str) -> Iterator[Value]:
    for each in text.split(","):
        if each.strip() == "*":
            yield [0, 65535]
            continue
        found = _PORT.match(each.strip())
        if found is None:
            raise ValueError(f"port {each!r}")
        yield [int(found[1]), int(found[2] or found[1])]


def _texts(value: Value) -> list[str]:
    value = unwrap(value)
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    found = []
    for each in map(unwrap, elements(value)):
        if isinstance(each, Unknown):
            raise Undetermined(each)
        found.append(str(each))
    return found


def names(reader: Reader) -> Value:
    """What groups, hosts and sets of addresses stand for."""
    held = policy(reader)
    return [
        {
            "groups": {key: _texts(each) for key, each in _held(held, "groups")},
            "hosts": {key: str(each) for key, each in _held(held, "hosts")},
            "ipsets": {key: _texts(each) for key, each in _held(held, "ipsets")},
        }
    ]


def approves(reader: Reader) -> Value:
    """Which routes of whom need no approval."""
    section = unwrap(policy(reader).get("autoApprovers"))
    if not isinstance(section, dict):
        return []
    routes = unwrap(section.get("routes"))
    found: list[Value] = [
        {"range": key, "owners": _texts(each)}
        for key, each in (routes if isinstance(routes, dict) else {}).items()
    ]
    if section.get("exitNode") is not None:
        found.append({"range": "exit", "owners": _texts(section["exitNode"])})
    return found


def _held(policy: dict[str, Value], key: str) -> Iterator[tuple[str, Value]]:
    section = unwrap(policy.get(key))
    if isinstance(section, dict):
        yield from section.items()
