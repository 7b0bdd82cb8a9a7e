"""`for` expressions over lists, sets, maps and objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from scanner.hcl.convert import convert, to_string
from scanner.hcl.errors import EvaluationError
from scanner.hcl.scope import Inner, Scope
from scanner.hcl.syntax import Expression, For
from scanner.hcl.types import ANY, BOOL, PRIMITIVE
from scanner.hcl.values import SetValue, pairs, type_name, type_of, unknown_of
from scanner.model.value import Sensitive, Unknown, Value

_Evaluate = Callable[[Expression, Any], Value]


def iterate(collection: Value) -> Iterable[tuple[Value, Value]]:
    """The keys and elements of a known collection in Terraform's order; a set's keys are its elements."""
    if isinstance(collection, dict):
        return pairs(collection)
    if isinstance(collection, SetValue):
        return [(item, item) for item in collection]
    if isinstance(collection, list):
        return enumerate(collection)
    if collection is None:
        raise EvaluationError("a for expression over a null value")
    raise EvaluationError(f"a for expression over a {type_name(collection)}, which has no elements")


def refuse_primitive(collection: Unknown) -> None:
    """Refuse what is unknown and of a type that holds no elements."""
    have = type_of(collection)
    if have.kind in PRIMITIVE:
        raise EvaluationError(f"a for expression over a {have.kind}, which has no elements")


class _Result:
    """What a for expression has gathered."""

    __slots__ = ("failed", "groups", "items", "sensitive", "unknowns", "values")

    def __init__(self) -> None:
        self.failed: EvaluationError | None = None
        self.items: dict[str, Value] = {}
        self.groups: dict[str, list[Value]] = {}
        self.values: list[Value] = []
        self.unknowns: list[Value] = []
        self.sensitive = False

    def plain(self, value: Value) -> Value:
        """The value without its mark, which then marks the whole result."""
        if isinstance(value, Sensitive):
            self.sensitive = True
            return value.value
        return value


def evaluate_for(expr: For, scope: Scope, evaluate: _Evaluate) -> Value:
    """The tuple or object of a for expression; Unknown where what is iterated, kept or its key is unknown."""
    result = _Result()
    collection = result.plain(evaluate(expr.collection, scope))
    if isinstance(collection, Unknown):
        refuse_primitive(collection)
        if expr.cond is not None and not type_of(collection).is_any:
            _check_condition(expr, expr.cond, Inner(scope, {}), result, evaluate)
        found: Value = unknown_of(ANY, collection)
        untyped = type_of(collection).is_any  # then Terraform does not come to see the mark
        return Sensitive(found) if result.sensitive and not untyped else found
    names: dict[str, Value] = {}
    inner = Inner(scope, names)
    span = (expr.collection.start, expr.collection.end)
    try:
        items = iterate(collection)
    except EvaluationError as error:
        error.span = span
        raise
    if expr.cond is not None and not len(collection):
        _check_condition(expr, expr.cond, inner, _Result(), evaluate)
    for key, item in items:
        if expr.key_var:
            names[expr.key_var] = key
        names[expr.value_var] = item
        if expr.cond is None or _kept(expr.cond, inner, result, evaluate):
            _gather(expr, inner, result, evaluate)
    found = _finished(expr, result)
    if result.failed is not None:
        result.failed.assumed = expr, type_of(found)  # Terraform goes on, and knows what it would have been
        raise result.failed
    return found


def _check_condition(expr: For, cond: Expression, scope: Inner, result: _Result, evaluate: _Evaluate) -> None:
    """Refuse a condition that is wrong for any element, though none is there to try; its marks go to `result`."""
    anything = Unknown("no element")
    for name in filter(None, (expr.key_var, expr.value_var)):
        scope.names[name] = anything
    tried = _Result()
    _kept(cond, scope, tried, evaluate)
    result.sensitive = result.sensitive or tried.sensitive


def _kept(cond: Expression, scope: Scope, result: _Result, evaluate: _Evaluate) -> bool:
    value = result.plain(evaluate(cond, scope))
    if value is None:
        raise EvaluationError("the condition of a for expression must not be null", (cond.start, cond.end))
    value = convert(value, BOOL)
    if isinstance(value, Unknown):
        result.unknowns.append(value)
        return False
    return bool(value)


def _gather(expr: For, scope: Scope, result: _Result, evaluate: _Evaluate) -> None:
    if expr.key is None:
        result.values.append(_element(expr.value, scope, result, evaluate))
        return
    key = result.plain(evaluate(expr.key, scope))
    span = (expr.key.start, expr.key.end)
    if key is None:
        raise EvaluationError("a key must not be null", span)
    if isinstance(key, Unknown):
        result.unknowns.append(key)
        return
    name = to_string(key)
    value = _element(expr.value, scope, result, evaluate)
    if expr.group:
        result.groups.setdefault(name, []).append(value)
    elif name in result.items:
        fault = EvaluationError(f'two elements have the key "{name}"; add "..." to group them', span)
        result.failed = result.failed or fault
    else:
        result.items[name] = value


def _element(value: Expression, scope: Scope, result: _Result, evaluate: _Evaluate) -> Value:
    """One element; of one that fails nothing is known, and the first such failure is that of the whole."""
    try:
        return evaluate(value, scope)
    except EvaluationError as error:
        if error.code == "limit":
            raise
        result.failed = result.failed or error
        return Unknown("it failed")


def _finished(expr: For, result: _Result) -> Value:
    found: Value
    if result.unknowns:
        found = unknown_of(ANY, *result.unknowns)
    elif expr.key is None:
        found = result.values
    else:
        found = dict(result.groups) if expr.group else result.items
    return Sensitive(found) if result.sensitive else found
