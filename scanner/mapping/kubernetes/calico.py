"""Calico's policies: selector expressions as label selectors, rules in order.

Sources: Calico documentation, "Network policy" and "Global network policy" (selectors, entity rules, tiers): `==`,
`!=`, `in`, `not in`, `contains`, `starts with`, `ends with`, `has()`, `all()`, `global()`, joined by `&&`, `||`,
`!` and brackets. All that an entity rule says must hold at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scanner.mapping.kubernetes.reading import mapping, sequence, texts
from scanner.mapping.reader import Reader
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap

_KEY = r"([A-Za-z0-9_./-]+)"
_TEXT = r"""(?:"([^"]*)"|'([^']*)')"""
_LIST = r"\{([^}]*)\}"
_FORMS = tuple(
    (re.compile(rf"\s*{form}"), operator)
    for form, operator in (
        (rf"{_KEY}\s*==\s*{_TEXT}", "In"),
        (rf"{_KEY}\s*!=\s*{_TEXT}", "NotIn"),
        (rf"{_KEY}\s+not\s+in\s*{_LIST}", "NotIn"),
        (rf"{_KEY}\s+in\s*{_LIST}", "In"),
        (rf"{_KEY}\s+contains\s*{_TEXT}", "Contains"),
        (rf"{_KEY}\s+starts\s+with\s*{_TEXT}", "StartsWith"),
        (rf"{_KEY}\s+ends\s+with\s*{_TEXT}", "EndsWith"),
        (rf"has\(\s*{_KEY}\s*\)", "Exists"),
    )
)
_EVERY = re.compile(r"\s*(?:all|global)\(\)")
_SIGN = re.compile(r"\s*(&&|\|\||!|\(|\))")
_OPPOSITE = {"In": "NotIn", "NotIn": "In", "Exists": "DoesNotExist", "DoesNotExist": "Exists"}
_MOST = 64  # alternatives of one expression
_NAMES = {"projectcalico.org/name": "kubernetes.io/metadata.name"}

Terms = list[dict[str, Any]]


def expressions(text: str) -> list[dict[str, Any]]:
    """The selectors {"labels", "expressions"} of which any may be met. Raises Undetermined for what is no
    expression, or has too many alternatives."""
    if not text.strip():
        return [{"labels": {}, "expressions": []}]
    parser = _Parser(text)
    found = parser.either(negated=False)
    if parser.rest():
        raise _not_understood(text)
    return [{"labels": {}, "expressions": terms} for terms in found]


class _Parser:
    """Reads an expression into alternatives of terms that must all hold; a negation is carried down to them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def rest(self) -> str:
        return self.text[self.at :].strip()

    def _sign(self, *wanted: str) -> str:
        found = _SIGN.match(self.text, self.at)
        if found is None or found[1] not in wanted:
            return ""
        self.at = found.end()
        return found[1]

    def either(self, *, negated: bool) -> list[Terms]:
        parts = [self._all(negated=negated)]
        while self._sign("||"):
            parts.append(self._all(negated=negated))
        return self._both(parts) if negated else self._any(parts)

    def _all(self, *, negated: bool) -> list[Terms]:
        parts = [self._one(negated=negated)]
        while self._sign("&&"):
            parts.append(self._one(negated=negated))
        return self._any(parts) if negated else self._both(parts)

    def _one(self, *, negated: bool) -> list[Terms]:
        if self._sign("!"):
            return self._one(negated=not negated)
        if self._sign("("):
            found = self.either(negated=negated)
            if not self._sign(")"):
                raise _not_understood(self.text)
            return found
        return self._term(negated=negated)

    def _term(self, *, negated: bool) -> list[Terms]:
        every = _EVERY.match(self.text, self.at)
        if every:
            self.at = every.end()
            return [] if negated else [[]]
        for form, operator in _FORMS:
            match = form.match(self.text, self.at)
            if match:
                self.at = match.end()
                return [[_requirement(match, operator, negated=negated)]]
        raise _not_understood(self.text)

    def _any(self, parts: list[list[Terms]]) -> list[Terms]:
        return [terms for part in parts for terms in part]

    def _both(self, parts: list[list[Terms]]) -> list[Terms]:
        found: list[Terms] = [[]]
        for part in parts:
            found = [[*one, *other] for one in found for other in part]
            if len(found) > _MOST:
                raise _not_understood(self.text)
        return found


def _requirement(match: re.Match[str], operator: str, *, negated: bool) -> dict[str, Any]:
    key, *held = match.groups()
    if operator == "Exists":
        values: list[str] = []
    elif "{" in match[0]:
        values = [one or other for one, other in re.findall(_TEXT, match[0][match[0].index("{") :])]
    else:
        values = [next((each for each in held if each is not None), "")]
    if negated:
        operator = _OPPOSITE.get(operator, f"Not{operator}")
    return {"key": key, "operator": operator, "values": values}


def _not_understood(text: str) -> Undetermined:
    return Undetermined(Unknown(f"the selector {text} is not understood", Cause.UNSUPPORTED))


# policies


def selector(reader: Reader) -> Value:
    """Whom a policy is for."""
    found = expressions(str(reader.get("spec.selector", "") or ""))
    if not reader.has("spec.namespaceSelector"):
        return found
    around = _namespaces(str(reader.get("spec.namespaceSelector")))
    return [{**each, "namespaces": place} for each in found for place in around]


def _namespaces(text: str) -> list[dict[str, Any]]:
    """Selectors of namespaces, whose names Calico has under a label of its own."""
    return [
        {
            "labels": {},
            "expressions": [
                {**each, "key": _NAMES.get(each["key"], each["key"])} for each in found["expressions"]
            ],
        }
        for found in expressions(text)
    ]


def rules(reader: Reader) -> Value:
    """The rules of both directions in order."""
    found: list[Value] = []
    for side, section in (("in", "ingress"), ("out", "egress")):
        for inner in reader.blocks(f"spec.{section}"):
            rule = mapping(inner.value)
            reader.mark(len(found), inner)
            source, destination = mapping(rule.get("source")), mapping(rule.get("destination"))
            peer, own = (source, destination) if side == "in" else (destination, source)
            found.append(
                {
                    "direction": side,
                    "action": str(rule.get("action") or "Allow").lower(),
                    "peers": list(_peers(peer, own, rule)),
                    "ports": _ports(rule, destination),
                    "condition": _condition(rule),
                }
            )
    return found


_ADDRESSED = frozenset(("nets", "notNets"))
_LABELLED = frozenset(("selector", "notSelector", "namespaceSelector"))
_OWN = frozenset(("ports",))


def _peers(peer: dict[str, Value], own: dict[str, Value], rule: dict[str, Value]) -> Iterator[Value]:
    """Who is meant: by range, or by label; what else is asked of the ends makes it uncertain."""
    said = frozenset(key for key, value in peer.items() if value) - _OWN
    more = said - _ADDRESSED - _LABELLED
    asked = [key for key in (*more, *(key for key in own if key not in _OWN and own[key])) if key]
    if asked or rule.get("notProtocol") or (said & _ADDRESSED and said & _LABELLED):
        words = sorted(asked) or ["notProtocol" if rule.get("notProtocol") else "nets and selector at once"]
        yield {"unknown": f"a rule by {', '.join(words)}"}
        return
    if said & _ADDRESSED:
        for cidr in texts(peer.get("nets")) or ["0.0.0.0/0", "::/0"]:
            outside = [each for each in texts(peer.get("notNets")) if (":" in each) == (":" in cidr)]
            yield {"cidr": cidr, "except": outside}
    elif said & _LABELLED:
        yield from _labelled(peer)


def _labelled(peer: dict[str, Value]) -> Iterator[Value]:
    text, unwanted = str(peer.get("selector") or "all()"), peer.get("notSelector")
    if unwanted:
        text = f"({text}) && !({unwanted})"
    around = peer.get("namespaceSelector")
    for pods in expressions(text):
        for place in [None] if around is None else _namespaces(str(around)):
            yield {"pods": pods, "namespaces": place}


def _ports(rule: dict[str, Value], destination: dict[str, Value]) -> list[Value]:
    protocol = str(unwrap(rule.get("protocol")) or "any").lower()
    found: list[Value] = []
    for port in (unwrap(each) for each in sequence(destination.get("ports"))):
        start, _, end = str(port).partition(":")
        number = int(start) if start.isdigit() else start
        found.append({"protocol": protocol, "port": number, "end_port": int(end) if end.isdigit() else None})
    return found or ([{"protocol": protocol, "port": None, "end_port": None}] if protocol != "any" else [])


def _condition(rule: dict[str, Value]) -> str | None:
    """What is asked beyond addresses and ports."""
    http = mapping(rule.get("http"))
    return " ".join(["for HTTP", *texts(http.get("methods"))]) if http else None
