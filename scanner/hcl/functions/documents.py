"""YAML as go-cty-yaml reads and writes it: YAML 1.2 syntax with the booleans and dates of YAML 1.1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scanner.hcl.convert import to_string
from scanner.hcl.errors import EvaluationError, limit_error
from scanner.hcl.numeric import from_decimal
from scanner.hcl.values import MAX_ELEMENTS, SetValue, is_number, number_text, pairs
from scanner.model.value import Value

if TYPE_CHECKING:
    import yaml

_MAX_DEPTH = 100
_TAG = "tag:yaml.org,2002:"
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"))
_FALSE = frozenset(("n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"))
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_RADIX = re.compile(r"0x[0-9a-fA-F]+\Z|0o[0-7]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_INFINITY = re.compile(r"([-+]?)\.(?:inf|Inf|INF)\Z")
_DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:[Tt]| )(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?(Z|[-+]\d{2}:\d{2})?)?\Z"
)


def yamldecode(text: str) -> Value:
    """The value of the one document in a YAML text. Raises EvaluationError."""
    import yaml  # noqa: PLC0415 - only who reads YAML pays for it

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Composer(yaml.parse(text, Loader=loader)).document()
    except yaml.YAMLError as fault:
        raise EvaluationError(f"this is no YAML: {' '.join(str(fault).split())[:200]}") from fault
    except (RecursionError, ValueError) as fault:
        raise EvaluationError("this YAML cannot be read") from fault


class _Composer:
    """Events to values. Aliases share their value; their whole expanded size counts against the limit."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.size = 0

    def document(self) -> Value:
        names = [self._next(), self._next()]
        if names[-1] != "DocumentStartEvent":
            raise EvaluationError("the YAML holds no document")
        value = self._value(self.last, 0)
        self._next()
        if self._next() != "StreamEndEvent":
            raise EvaluationError("the YAML holds more than one document")
        return value

    def _next(self) -> str:
        event = next(self.events)
        name = type(event).__name__
        if name == "DocumentStartEvent":
            self.last = next(self.events)
        return name

    def _value(self, event: Any, depth: int) -> Value:
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self._alias(event.anchor)
        if depth > _MAX_DEPTH:
            raise limit_error(f"YAML nested more than {_MAX_DEPTH} levels deep")
        before = self.size
        self._count(1)
        if kind == "ScalarEvent":
            value = _scalar(event)
        elif kind == "SequenceStartEvent":
            _check_tag(event.tag, "seq")
            value = self._sequence(depth)
        else:
            _check_tag(event.tag, "map")
            value = self._mapping(depth)
        if event.anchor:
            self.anchors[event.anchor] = (value, self.size - before)
        return value

    def _count(self, more: int) -> None:
        self.size += more
        if self.size > MAX_ELEMENTS:
            raise limit_error(f"YAML of more than {MAX_ELEMENTS} values")

    def _alias(self, name: str) -> Value:
        if name not in self.anchors:
            raise EvaluationError(f'the alias "{name}" refers to nothing before it')
        value, size = self.anchors[name]
        self._count(size)
        return value

    def _sequence(self, depth: int) -> Value:
        items = []
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            items.append(self._value(event, depth + 1))
        return items

    def _mapping(self, depth: int) -> Value:
        result: dict[str, Value] = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            merges = _is_merge(event)
            key = "<<" if merges else self._value(event, depth + 1)
            value = self._value(next(self.events), depth + 1)
            if merges:
                if not isinstance(value, dict):
                    raise EvaluationError('what "<<" merges must be a mapping')
                result.update(value)
                continue
            if key is None or isinstance(key, (dict, list)):
                raise EvaluationError("a YAML key must be a string, a number or a bool")
            result[to_string(key)] = value
        return result


def _is_merge(event: Any) -> bool:
    return type(event).__name__ == "ScalarEvent" and event.value == "<<" and event.implicit[0]


def _check_tag(tag: str | None, expected: str) -> None:
    if tag not in (None, "!", _TAG + expected):
        raise EvaluationError(f'the YAML tag "{tag}" is not supported')


def _scalar(event: Any) -> Value:
    text: str = event.value
    tag: str | None = event.tag
    if tag in (None, "!"):
        return resolve(text) if event.implicit[0] else text
    short = tag.removeprefix(_TAG) if tag is not None else ""
    if short in ("str", "binary"):
        return text
    if short == "null":
        return None
    if short in ("int", "float", "bool", "timestamp"):
        return text if event.style in ("'", '"') else resolve(text)
    raise EvaluationError(f'the YAML tag "{tag}" is not supported')


def resolve(text: str) -> Value:
    """The value of a plain scalar."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if text[:1] not in "0123456789+-.":
        return text
    if _INTEGER.match(text):
        return (int(text) or from_decimal(Decimal(text))) if len(text) < 4000 else text
    if _RADIX.match(text):
        number = int(text, 0)
        if number >= 1 << 64:
            raise EvaluationError(f'the YAML number "{text}" is too large')
        return number
    if _FLOAT.match(text):
        return from_decimal(Decimal(text))
    infinite = _INFINITY.match(text)
    if infinite is not None:
        return Decimal("-Infinity" if infinite.group(1) == "-" else "Infinity")
    if text in (".nan", ".NaN", ".NAN"):
        raise EvaluationError("a YAML value is not a number")
    return _date(text)


def _date(text: str) -> str:
    """A date as RFC 3339, another text as it is."""
    found = _DATE.match(text)
    if found is None:
        return text
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    fraction, zone = found.group(7), found.group(8)
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return text
    digits = (fraction or "").rstrip("0")
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{digits}" if digits else "") + (zone or "Z")


def yamlencode(value: Value) -> str:
    """A known value as Terraform's yamlencode writes it: quoted strings, literal blocks, sorted keys."""
    import yaml  # noqa: PLC0415 - as in yamldecode

    events: list[Any] = [
        yaml.StreamStartEvent(),
        yaml.DocumentStartEvent(explicit=False),
        *_events(value, yaml),
        yaml.DocumentEndEvent(explicit=False),
        yaml.StreamEndEvent(),
    ]
    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = str(yaml.emit(events, Dumper=dumper, width=80, allow_unicode=True)).removesuffix("...\n")
    # Versions of libyaml differ in when they close a document; Terraform closes that of a lone plain scalar.
    return text if isinstance(value, (str, dict, list, SetValue)) else text + "...\n"


def _events(value: Value, yaml: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield yaml.MappingStartEvent(None, None, implicit=True, flow_style=not value)
        for key, item in pairs(value):
            yield _string(key, yaml)
            yield from _events(item, yaml)
        yield yaml.MappingEndEvent()
    elif isinstance(value, (list, SetValue)):
        yield yaml.SequenceStartEvent(None, None, implicit=True, flow_style=not len(value))
        for item in value:
            yield from _events(item, yaml)
        yield yaml.SequenceEndEvent()
    elif isinstance(value, str):
        yield _string(value, yaml)
    else:
        yield yaml.ScalarEvent(None, None, (True, False), _plain(value))


def _string(text: str, yaml: Any) -> Any:
    return yaml.ScalarEvent(None, None, (False, True), text, style="|" if "\n" in text else '"')


def _plain(value: Value) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if is_number(value):
        return number_text(value)
    raise EvaluationError("this value cannot be written as YAML")
