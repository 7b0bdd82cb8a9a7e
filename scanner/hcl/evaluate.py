"""Expressions to values. Python recursion covers the nesting of one expression only; width is on loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from scanner.hcl.comprehension import evaluate_for
from scanner.hcl.convert import check_alike, convert, to_bool, to_string
from scanner.hcl.errors import EvaluationError, limit_error
from scanner.hcl.operators import binary, decides, unary
from scanner.hcl.partial import Present, present
from scanner.hcl.rendering import render
from scanner.hcl.scope import Early, FileAccess, Inner, NoFiles, Scope, Variables
from scanner.hcl.syntax import (
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    Invalid,
    Literal,
    Object,
    Relative,
    Template,
    Traversal,
    Tuple,
    Unary,
    literal_steps,
)
from scanner.hcl.traverse import walk
from scanner.hcl.types import ANY, Type, apparent_type
from scanner.hcl.unify import unify
from scanner.hcl.values import (
    BareTuple,
    ListValue,
    MapValue,
    SetValue,
    exact,
    is_number,
    marked,
    strip_marks,
    type_of,
    unknown_of,
)
from scanner.model.value import Sensitive, Unknown, Value

_MAX_ARGUMENTS = 100_000

__all__ = ["EvaluationError", "FileAccess", "Inner", "NoFiles", "Scope", "Variables", "constant", "evaluate"]


def evaluate(expr: Expression, scope: Scope) -> Value:
    """The value of an expression. Raises EvaluationError with the span of the innermost expression at fault."""
    if isinstance(expr, Literal):
        return expr.value
    try:
        return _EVALUATORS[type(expr)](expr, scope)
    except EvaluationError as error:
        if error.span is None:
            error.span = (expr.start, expr.end)
        raise
    except RecursionError:
        raise EvaluationError(
            "nested too deeply to be evaluated from here", (expr.start, expr.end), "limit"
        ) from None


def constant(expr: Any) -> Value:
    """The value of an expression that refers to nothing."""
    return evaluate(expr, Variables())


def _invalid(expr: Invalid, scope: Scope) -> Value:
    raise EvaluationError(expr.message, code="limit" if expr.limit else "evaluate")


def _traversal(expr: Traversal, scope: Scope) -> Value:
    steps = expr.steps
    if not steps:
        return scope.resolve(expr.root, ())[0]
    value, used = scope.resolve(expr.root, tuple(literal_steps(steps)))
    return walk(value, steps[used:], lambda index: evaluate(index, scope))


def _relative(expr: Relative, scope: Scope) -> Value:
    return walk(evaluate(expr.source, scope), expr.steps, lambda index: evaluate(index, scope))


def _each(items: Iterable[Expression], scope: Scope) -> list[Value]:
    """The values of expressions that stand side by side; what is wrong with each of them is told at once."""
    values: list[Value] = []
    faults: list[EvaluationError] = []
    for item in items:
        try:
            values.append(evaluate(item, scope))
        except EvaluationError as error:
            if error.code == "limit":
                raise
            faults.append(error)
    if faults:
        first = faults[0]
        for other in faults[1:]:
            first.others.extend((other, *other.others))
        raise first
    return values


def _tuple(expr: Tuple, scope: Scope) -> Value:
    values = _each(expr.items, scope)
    written = sum(map(_is_null, expr.items))
    return BareTuple(values) if written and written == sum(value is None for value in values) else values


def _is_null(expr: Expression) -> bool:
    return isinstance(expr, Literal) and expr.value is None


def _object(expr: Object, scope: Scope) -> Value:
    result: dict[str, Value] = {}
    unknown: list[Value] = []
    sensitive = False
    both = iter(_each((side for item in expr.items for side in item), scope))
    for key_expr, _ in expr.items:
        key, value = next(both), next(both)
        if isinstance(key, Sensitive):
            sensitive, key = True, key.value
        if key is None:
            raise EvaluationError("an object's key must not be null", (key_expr.start, key_expr.end))
        if isinstance(key, Unknown):
            unknown.append(key)
            continue
        result[to_string(key)] = value
    if unknown:
        return unknown_of(ANY, *unknown)  # without a mark, as Terraform has it
    return Sensitive(result) if sensitive else result


def _conditional(expr: Conditional, scope: Scope) -> Value:
    try:
        condition = evaluate(expr.condition, scope)
        sensitive = isinstance(condition, Sensitive)
        condition = _truth(strip_marks(condition), (expr.condition.start, expr.condition.end))
    except EvaluationError as error:
        error.assumed = expr, _common_type(expr, scope)
        raise
    found = (
        _undecided(expr, condition, scope)  # whatever its type is
        if isinstance(condition, Unknown)
        else _chosen(expr, scope, first=condition)
    )
    return Sensitive(found) if sensitive and not isinstance(found, Sensitive) else found


def _truth(condition: Value, span: tuple[int, int]) -> bool | Unknown:
    if condition is None:
        raise EvaluationError("the condition must not be null", span)
    if isinstance(condition, Unknown):
        return condition
    try:
        return to_bool(condition)
    except EvaluationError as error:
        error.span = span
        raise


def _common_type(expr: Conditional, scope: Scope) -> Type:
    """The type that the arms have in common, which a conditional has though its condition fails."""
    types = []
    for arm in (expr.then, expr.otherwise):
        if _is_null(arm):
            continue  # it is of the other's type
        try:
            types.append(type_of(evaluate(arm, scope)))
        except EvaluationError as error:
            types.append(_assumed(arm, error))
    return unify(types) or ANY


def _assumed(arm: Expression, error: EvaluationError) -> Type:
    """What Terraform takes the type of an arm to be whose evaluation failed."""
    failed, told = error.assumed or (None, ANY)
    return told if failed is arm else apparent_type(arm)


def _chosen(expr: Conditional, scope: Scope, *, first: bool) -> Value:
    """One arm, as the type that both arms have in common; the other arm's own errors do not count."""
    taken, left = (expr.then, expr.otherwise) if first else (expr.otherwise, expr.then)
    value = evaluate(taken, scope)
    if _is_null(left):
        return value
    try:
        other = evaluate(left, scope)
    except EvaluationError as error:
        _check_early(taken, left, scope)
        return _as_common(value, _assumed(left, error))
    return value if other is None else marked(_as_common(value, type_of(other)), other)


def _check_early(taken: Expression, left: Expression, scope: Scope) -> None:
    """Refuse arms of two types although one fails now: Terraform looks at them before any resource has a type."""
    if isinstance(scope, Early):
        return
    early = Early(scope)
    try:
        types = [type_of(evaluate(arm, early)) for arm in (taken, left)]
    except EvaluationError:
        return
    if not any(told.is_any for told in types) and unify(types) is None:
        raise EvaluationError("the two results of a conditional must have one type")


def _as_common(value: Value, against: Type) -> Value:
    have = type_of(value)
    if value is None or against.is_any or have == against:
        return value
    shared = unify([have, against])
    if shared is None:
        raise EvaluationError(
            f"the two results of a conditional must have one type, not {have.kind} and {against.kind}"
        )
    if shared.element is not None and shared.element.is_any and have.kind in ("object", "tuple"):
        check_alike(value.values() if isinstance(value, dict) else value)  # they are taken over as they are
    return value if shared.is_any else convert(value, shared)


def _undecided(expr: Conditional, condition: Unknown, scope: Scope) -> Value:
    """Both arms under an unknown condition: their value where they agree, else Unknown of their common type."""
    arms: list[Value] = []
    for arm in (expr.then, expr.otherwise):
        try:
            arms.append(evaluate(arm, scope))
        except EvaluationError as error:
            _check_early(expr.then, expr.otherwise, scope)
            arms.append(unknown_of(_assumed(arm, error), condition))
    then, otherwise = (strip_marks(arm) for arm in arms)
    if then is None and otherwise is None:
        return marked(None, *arms)
    prefix = _shared_prefix(then, otherwise)
    shared: Type | None = type_of(otherwise if then is None else then)
    if then is not None and otherwise is not None:
        types = type_of(then), type_of(otherwise)
        shared = ANY if any(told.is_any for told in types) else unify(types)
        if shared is None:
            raise EvaluationError("the two results of a conditional must have one type")
    found: Value = unknown_of(shared or ANY, condition, then, otherwise, prefix=prefix)
    if isinstance(found, Unknown) and _is_there(then) and _is_there(otherwise):
        found = present(found)
    if is_number(then) and is_number(otherwise) and exact(then) == exact(otherwise):
        found = then  # its bounds meet
    else:
        found = _of_known_length(then, otherwise, found)
    return Sensitive(found) if any(isinstance(arm, Sensitive) for arm in arms) else found


def _is_there(arm: Value) -> bool:
    return isinstance(arm, Present) or (arm is not None and not isinstance(arm, Unknown))


def _of_known_length(then: Value, otherwise: Value, whole: Unknown) -> Value:
    """The collection whose length is known whichever arm it is; of a set only below two: none coincide."""
    if type_of(then) != type_of(otherwise) or not isinstance(then, (ListValue, MapValue, SetValue)):
        return whole
    if isinstance(otherwise, Unknown) or len(then) != len(otherwise):
        return whole
    if isinstance(then, ListValue):
        return ListValue([unknown_of(then.element, whole) for _ in then], then.element)
    if isinstance(then, SetValue) and len(then) < 2:
        return SetValue([unknown_of(then.element, whole) for _ in then], then.element)
    return whole if len(then) else then


def _shared_prefix(then: Value, otherwise: Value) -> str:
    texts = [arm.prefix if isinstance(arm, Unknown) else arm for arm in (then, otherwise)]
    if not all(isinstance(text, str) for text in texts):
        return ""
    length = 0
    for a, b in zip(*texts, strict=False):
        if a != b:
            break
        length += 1
    return str(texts[0][:length])


def _binary(expr: Binary, scope: Scope) -> Value:
    """A chain of operators leans left; its left spine is walked in a loop."""
    spine = [expr]
    while isinstance(spine[-1].left, Binary):
        spine.append(spine[-1].left)
    value = evaluate(spine[-1].left, scope)
    for node in reversed(spine):
        try:
            right = evaluate(node.right, scope)
        except EvaluationError:
            if not decides(node.op, value):
                raise
            continue  # Terraform 1.12 and newer do not look at what the left side has decided
        try:
            value = binary(node.op, value, right)
        except EvaluationError as error:
            error.span = error.span or (node.start, node.end)
            raise
    return value


def _unary(expr: Unary, scope: Scope) -> Value:
    return unary(expr.op, evaluate(expr.operand, scope))


def _template(expr: Template, scope: Scope) -> Value:
    return render(expr, scope, evaluate)


def _for(expr: For, scope: Scope) -> Value:
    return evaluate_for(expr, scope, evaluate)


def _call(expr: Call, scope: Scope) -> Value:
    from scanner.hcl.functions import call, call_lazily  # noqa: PLC0415 - functions render templates, which evaluate

    name = expr.name.removeprefix("core::")
    found = call_lazily(name, expr, scope)
    if found is not None:
        return found[0]
    args = _each(expr.args, scope)
    if name == "coalescelist":
        _refuse_bare_null(expr, args)
    if expr.expand and args:
        last = args.pop()
        inside = last.value if isinstance(last, Sensitive) else last
        if isinstance(inside, Unknown):
            if type_of(inside).kind not in ("list", "set", "tuple", "any"):
                raise EvaluationError('what is expanded with "..." must be a list')
            return marked(unknown_of(ANY, inside), last)
        args.extend(marked(item, last) for item in _expanded(inside))
    return call(name, args, scope)


def _refuse_bare_null(expr: Call, args: list[Value]) -> None:
    """A null of no type is no list; one that a variable or a conditional gives has a type, and is passed over."""
    for argument, value in zip(expr.args, args, strict=True):
        if isinstance(value, Unknown):
            return
        if _is_null(argument):
            raise EvaluationError("coalescelist(): every argument must be a list, not a null")


def _expanded(last: Value) -> list[Value]:
    """The elements of the argument before `...`."""
    if not isinstance(last, (list, SetValue)):
        raise EvaluationError('what is expanded with "..." must be a list')
    if len(last) > _MAX_ARGUMENTS:
        raise limit_error(f'more than {_MAX_ARGUMENTS} arguments through "..."')
    return list(last)


_EVALUATORS: dict[type[Expression], Callable[[Any, Scope], Value]] = {
    Literal: lambda expr, scope: expr.value,
    Invalid: _invalid,
    Traversal: _traversal,
    Relative: _relative,
    Tuple: _tuple,
    Object: _object,
    Conditional: _conditional,
    Binary: _binary,
    Unary: _unary,
    Template: _template,
    For: _for,
    Call: _call,
}
