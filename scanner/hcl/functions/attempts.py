"""`try` and `can`, which evaluate their own arguments."""

from __future__ import annotations

from scanner.hcl.errors import EvaluationError
from scanner.hcl.evaluate import evaluate
from scanner.hcl.scope import Scope
from scanner.hcl.syntax import Call, Expression, Literal, Traversal, Tuple, literal_steps
from scanner.hcl.types import ANY, BOOL
from scanner.hcl.values import contains_unknown, unknown_of
from scanner.model.value import Sensitive, Unknown, Value


def attempt(expr: Call, scope: Scope) -> Value:
    """The first argument that evaluates.

    One with unknown parts makes the result unknown, since it may yet fail, as in Terraform. Not so a plain path
    to a value that is there, or a list of such: what it holds may be unknown, but the path cannot fail any more.
    """
    if not expr.args:
        raise EvaluationError("try() takes at least 1 argument, not 0")
    last: EvaluationError | None = None
    for argument in expr.args:
        try:
            value = evaluate(argument, scope)
        except EvaluationError as error:
            if error.code == "limit":
                raise
            last = error
            continue
        bare = value.value if isinstance(value, Sensitive) else value
        if isinstance(bare, Unknown):
            return bare
        if not contains_unknown(bare) or _is_settled(argument, bare):
            return value
        return unknown_of(ANY, bare)
    reason = f": {last.message}" if last is not None else ""
    raise EvaluationError(f"try(): none of the arguments evaluates{reason}")


def can(expr: Call, scope: Scope) -> Value:
    """Whether the argument evaluates; Unknown where that is not settled."""
    if len(expr.args) != 1:
        raise EvaluationError(f"can() takes 1 argument, not {len(expr.args)}")
    try:
        value = evaluate(expr.args[0], scope)
    except EvaluationError as error:
        if error.code == "limit":
            raise
        return False
    if contains_unknown(value) and not isinstance(expr.args[0], Literal):
        bare = value.value if isinstance(value, Sensitive) else value
        if isinstance(bare, Unknown) or not _is_path(expr.args[0]):
            return unknown_of(BOOL, value)
    return True


def _is_settled(expr: Expression, value: Value) -> bool:
    """Whether what was evaluated cannot fail any more, whatever becomes of the unknowns inside its value."""
    if isinstance(expr, Tuple) and isinstance(value, list):
        pairs = zip(expr.items, value, strict=False)
        return all(not isinstance(each, Unknown) and _is_settled(item, each) for item, each in pairs)
    if isinstance(expr, Call) and expr.name == "flatten" and isinstance(value, list):
        return not any(isinstance(each, Unknown) for each in value) and all(map(_lists_paths, expr.args))
    return isinstance(expr, Literal) or _is_path(expr)


def _lists_paths(expr: Expression) -> bool:
    """Whether an expression is a path or lists of paths: flattened, it fails only where a path does."""
    return all(map(_lists_paths, expr.items)) if isinstance(expr, Tuple) else _is_path(expr)


def _is_path(expr: Expression) -> bool:
    return isinstance(expr, Traversal) and len(literal_steps(expr.steps)) == len(expr.steps)
