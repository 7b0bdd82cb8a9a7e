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
_EVERY = re.compile(r"\s*all\(\)")
_GLOBAL = re.compile(r"\s*global\(\)")
# Labels that Calico puts on every pod of Kubernetes ("Selectors", "Kubernetes labels").
_OWN_NAMESPACE = "projectcalico.org/namespace"
_ALWAYS = {"projectcalico.org/orchestrator": "k8s"}
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
        nowhere = _GLOBAL.match(self.text, self.at)
        if nowhere:  # what stands in no namespace; every pod stands in one
            self.at = nowhere.end()
            return [[]] if negated else []
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
    text = " && ".join(f"({each})" for each in _selectors(reader) if each.strip())
    found = [_split(each) for each in expressions(text)]
    if not reader.has("spec.namespaceSelector"):
        return [pods if around is None else {**pods, "namespaces": around} for pods, around in found]
    places = _namespaces(str(reader.get("spec.namespaceSelector")))
    return [
        {**pods, "namespaces": place if around is None else _joined(place, around)}
        for pods, around in found
        for place in places
    ]


def _selectors(reader: Reader) -> list[str]:
    """The selector of a policy; that of service accounts is not read."""
    if reader.has("spec.serviceAccountSelector"):
        raise Undetermined(Unknown("it selects by the labels of service accounts", Cause.UNSUPPORTED))
    return [str(reader.get("spec.selector", "") or "")]


def _split(selector: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """(selector of pods, of their namespaces or None): labels that Calico gives to pods say where they stand."""
    own, around = [], []
    for each in selector["expressions"]:
        if each["key"] == _OWN_NAMESPACE:
            around.append({**each, "key": _NAMES["projectcalico.org/name"]})
        elif _ALWAYS.get(each["key"]) not in each["values"] or each["operator"] != "In":
            own.append(each)
    pods = {"labels": {}, "expressions": own}
    return pods, {"labels": {}, "expressions": around} if around else None


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {"labels": {}, "expressions": [*one["expressions"], *other["expressions"]]}


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
_PORTS = frozenset(("ports", "notPorts"))
_STREAMS = ("tcp", "udp", "sctp")


def _peers(peer: dict[str, Value], own: dict[str, Value], rule: dict[str, Value]) -> Iterator[Value]:
    """Who is meant: by range, by label, or by both at once; what else is asked of the ends makes it uncertain."""
    said = frozenset(key for key, value in peer.items() if value) - _PORTS
    more = said - _ADDRESSED - _LABELLED
    asked = [key for key in (*more, *(key for key in own if key not in _PORTS and own[key])) if key]
    asked += [f"source {key}" for key in _PORTS if mapping(rule.get("source")).get(key)]
    if asked:
        yield {"unknown": f"a rule by {', '.join(sorted(asked))}"}
        return
    blocks = list(_blocks(peer)) if said & _ADDRESSED else []
    if not said & _LABELLED:
        yield from blocks
        return
    chosen = list(_labelled(peer)) or [{"entity": "none"}]  # an expression that nothing meets
    for each in chosen:
        yield {**each, "within": blocks} if said & _ADDRESSED else each


def _blocks(peer: dict[str, Value]) -> Iterator[Value]:
    for cidr in texts(peer.get("nets")) or ["0.0.0.0/0", "::/0"]:
        outside = [each for each in texts(peer.get("notNets")) if (":" in each) == (":" in cidr)]
        yield {"cidr": cidr, "except": outside}


def _labelled(peer: dict[str, Value]) -> Iterator[Value]:
    """Pods, and sets of addresses, by label; those of the policy's own namespace where none is named."""
    text, unwanted = str(peer.get("selector") or "all()"), peer.get("notSelector")
    if unwanted:
        text = f"({text}) && !({unwanted})"
    around = peer.get("namespaceSelector")
    if around is not None and _GLOBAL.match(str(around)):
        yield from ({"pods": each, "namespaces": None, "sets": "global"} for each in expressions(text))
        return
    for pods, own in (_split(each) for each in expressions(text)):
        for place in [None] if around is None else _namespaces(str(around)):
            named = own if place is None else place if own is None else _joined(place, own)
            yield {"pods": pods, "namespaces": named, "sets": "own" if around is None else "namespaces"}


def _ports(rule: dict[str, Value], destination: dict[str, Value]) -> list[Value]:
    """The ports of a rule's protocol, or all but some of them."""
    spoken = str(unwrap(rule.get("protocol")) or "any").lower()
    protocols = [spoken] if not rule.get("notProtocol") else _others(rule)
    listed = [_span(each) for each in sequence(destination.get("ports"))]
    unwanted = [_span(each) for each in sequence(destination.get("notPorts"))]
    if unwanted:
        listed = list(_rest(unwanted))
    found: list[Value] = [
        {"protocol": protocol, "port": first, "end_port": last} for protocol in protocols for first, last in listed
    ]
    if found or unwanted or protocols == ["any"]:
        return found
    return [{"protocol": protocol, "port": None, "end_port": None} for protocol in protocols]


def _others(rule: dict[str, Value]) -> list[str]:
    unwanted = str(unwrap(rule.get("notProtocol"))).lower()
    if unwanted not in _STREAMS:
        raise Undetermined(Unknown(f"every protocol but {unwanted}", Cause.UNSUPPORTED))
    return [str(number) for number in range(256) if number != _NUMBERS[unwanted]]


_NUMBERS = {"tcp": 6, "udp": 17, "sctp": 132}


def _span(value: Value) -> tuple[Value, int | None]:
    start, _, end = str(unwrap(value)).partition(":")
    return int(start) if start.isdigit() else start, int(end) if end.isdigit() else None


def _rest(unwanted: list[tuple[Value, int | None]]) -> Iterator[tuple[Value, int | None]]:
    """The ports that none of these ranges holds."""
    at = 0
    known = [(first, first if last is None else last) for first, last in unwanted if isinstance(first, int)]
    for first, last in sorted(known):
        if first > at:
            yield at, first - 1
        at = max(at, last + 1)
    if any(not isinstance(first, int) for first, _ in unwanted):
        raise Undetermined(Unknown("every port but a named one", Cause.UNSUPPORTED))
    if at <= 65535:
        yield at, 65535


def _condition(rule: dict[str, Value]) -> str | None:
    """What is asked beyond addresses and ports."""
    http = mapping(rule.get("http"))
    return " ".join(["for HTTP", *texts(http.get("methods"))]) if http else None
