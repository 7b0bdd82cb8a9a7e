"""Steps into values: attributes, indexes and splats."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from scanner.hcl.convert import to_number, to_string
from scanner.hcl.errors import EvaluationError
from scanner.hcl.partial import Present
from scanner.hcl.syntax import Attr, Expression, Index, Splat, Step
from scanner.hcl.types import ANY, Type, collection
from scanner.hcl.values import (
    ListValue,
    MapValue,
    SetValue,
    exact,
    is_number,
    marked,
    type_name,
    type_of,
    unknown_of,
)
from scanner.model.value import Sensitive, Unknown, Value

Evaluate = Callable[[Expression], Value]


def walk(value: Value, steps: tuple[Step, ...], evaluate: Evaluate) -> Value:
    """Take the steps into a value; `evaluate` gives the dynamic indexes."""
    for step in steps:
        if isinstance(step, Attr):
            value = attribute(value, step.name)
        elif isinstance(step, Index):
            value = index(value, evaluate(step.expr))
        else:
            value = _splat(value, step, evaluate)
    return value


def attribute(value: Value, name: str) -> Value:
    """`value.name`. Raises EvaluationError where there is no such attribute."""
    if isinstance(value, Sensitive):
        return marked(attribute(value.value, name), value)
    if isinstance(value, Unknown):
        return _unknown_attribute(value, name)
    if isinstance(value, dict):
        if name in value or hasattr(value, "__missing__"):  # a caller's own mapping may know more than it lists
            return value[name]
        what = "this map has no element" if isinstance(value, MapValue) else "this object has no attribute"
        raise EvaluationError(f'{what} "{name}"{_nearest(name, value)}')
    if value is None:
        raise EvaluationError(f'".{name}" of a null value')
    if isinstance(value, list) and value and isinstance(value[0], dict) and name in value[0]:
        raise EvaluationError(f'".{name}" of a list; use [0].{name} or [*].{name}')
    raise EvaluationError(f'".{name}" of a {type_name(value)}, which has no attributes')


def _nearest(name: str, value: dict[str, Value]) -> str:
    import difflib  # noqa: PLC0415 - errors only

    close = difflib.get_close_matches(name, [str(key) for key in value], 1) if len(value) < 200 else []
    return f'; did you mean "{close[0]}"?' if close else ""


def _unknown_attribute(value: Unknown, name: str) -> Value:
    have = type_of(value)
    if have.kind in ("string", "number", "bool", "list", "set", "tuple"):
        raise EvaluationError(f'".{name}" of a {have.kind}, which has no attributes')
    told = have.element if have.kind == "map" else dict(have.attributes).get(name)
    if have.kind == "object" and told is None:
        raise EvaluationError(f'this object has no attribute "{name}"')
    return unknown_of(told or ANY, value)


def index(value: Value, key: Value) -> Value:
    """`value[key]`. Raises EvaluationError where there is no such element."""
    if isinstance(value, Sensitive) or isinstance(key, Sensitive):
        inner = index(
            value.value if isinstance(value, Sensitive) else value,
            key.value if isinstance(key, Sensitive) else key,
        )
        return marked(inner, value, key)
    if value is None:
        raise EvaluationError("an index into a null value")
    if key is None:
        raise EvaluationError("an index must not be null")
    if isinstance(value, (Unknown, SetValue)) or isinstance(key, Unknown):
        return _index_unknown(value, key)
    if isinstance(value, dict):
        return _map_element(value, key)
    if isinstance(value, list):
        at = _position(key)
        if not 0 <= at < len(value):
            raise EvaluationError(f"index {at} is outside this list of {len(value)}")
        return value[at]
    raise EvaluationError(f"a {type_name(value)} has no elements to index")


def _index_unknown(value: Value, key: Value) -> Unknown:
    have = type_of(value)
    if have.kind == "set":
        raise EvaluationError("a set has no order; use tolist(...) or one(...) before an index")
    if have.kind in ("string", "number", "bool"):
        raise EvaluationError(f"a {have.kind} has no elements to index")
    element = have.element or ANY
    if have.kind == "object" and isinstance(key, str):
        element = dict(have.attributes).get(key, ANY)
    if have.kind in ("list", "tuple") and not isinstance(key, Unknown):
        at = _position(key)
        if have.kind == "tuple":
            if not 0 <= at < len(have.items):
                raise EvaluationError(f"index {at} is outside this list of {len(have.items)}")
            element = have.items[at]
    return unknown_of(element, value, key)


def _map_element(value: dict[str, Value], key: Value) -> Value:
    name = to_string(key)
    if name not in value:
        raise EvaluationError(f'there is no element with the key "{name}"{_nearest(name, value)}')
    return value[name]


def _position(key: Value) -> int:
    if isinstance(key, str):
        key = to_number(key)
    if not is_number(key):
        raise EvaluationError("the index of a list must be a number")
    at = exact(key)
    if isinstance(at, Decimal):
        raise EvaluationError("the index of a list must be a whole number")
    return at


def _splat(value: Value, step: Splat, evaluate: Evaluate) -> Value:
    """`value[*].rest`: null gives [], and what is no list is a list of one."""
    if isinstance(value, Sensitive):
        return marked(_splat(value.value, step, evaluate), value)
    if value is None:
        return []
    if isinstance(value, Unknown):
        if isinstance(value, Present) and type_of(value).kind not in ("list", "set", "tuple", "any"):
            return [walk(value, step.steps, evaluate)]
        return _splat_unknown(value, step, evaluate)
    if isinstance(value, SetValue):
        found = [walk(item, step.steps, evaluate) for item in value]
        return ListValue(found, value.element) if not step.steps else _typed(found, value)
    if isinstance(value, list):
        found = [walk(item, step.steps, evaluate) for item in value]
        return (
            _typed(found, value)
            if step.steps or not isinstance(value, ListValue)
            else ListValue(found, value.element)
        )
    return [walk(value, step.steps, evaluate)]


def _splat_unknown(value: Unknown, step: Splat, evaluate: Evaluate) -> Unknown:
    """What lies behind the splat is looked at, since it may be refused whatever the value comes to be."""
    have = type_of(value)
    if have.is_any:
        return unknown_of(ANY, value)
    told = [have.element] if have.kind in ("list", "set") else have.items if have.kind == "tuple" else [have]
    found = [type_of(walk(unknown_of(each or ANY, value), step.steps, evaluate)) for each in told]
    if have.kind == "tuple":
        return unknown_of(Type("tuple", items=tuple(found)), value)
    return unknown_of(collection("list", found[0]) if have.kind in ("list", "set") else ANY, value)


def _typed(found: list[Value], source: Value) -> list[Value]:
    """The splat of a list is a list where its elements agree on a type; that of a tuple is a tuple."""
    if not isinstance(source, (ListValue, SetValue)):
        return found
    kinds = {type_of(item) for item in found}
    return ListValue(found, kinds.pop()) if len(kinds) == 1 else (found or ListValue())
