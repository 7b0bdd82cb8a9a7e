"""Terraform's functions: one table, gathered from the modules beside this one when the first call is made."""

from __future__ import annotations

from functools import lru_cache

from scanner.hcl.errors import EvaluationError
from scanner.hcl.functions.signature import Function, apply
from scanner.hcl.scope import Scope
from scanner.hcl.syntax import Call
from scanner.model.value import Value


@lru_cache(maxsize=1)
def table() -> dict[str, Function]:
    """Every function by name, those of Terraform 1.11 first."""
    from scanner.hcl.functions import (  # noqa: PLC0415 - a parse that evaluates nothing needs none of them
        aws,
        collections,
        encoding,
        files,
        formatting,
        hashing,
        network,
        numbers,
        patterns,
        selection,
        strings,
        time,
        types,
    )

    modules = (aws, collections, encoding, files, formatting, hashing, network, numbers)
    more = (patterns, selection, strings, time, types)
    found: dict[str, Function] = {}
    for module in (*modules, *more):
        found.update(module.FUNCTIONS)
    return found


def call(name: str, args: list[Value], scope: Scope) -> Value:
    """The value of a call. Raises EvaluationError, also for a name that is no function."""
    function = table().get(name)
    if function is None:
        own = getattr(scope, "functions", {}).get(name)  # what the language around Terraform's adds
        if own is not None:
            added: Value = own(args)
            return added
        raise EvaluationError(f'there is no function named "{name}"{_nearest(name)}')
    return apply(name, function, args, scope)


def call_lazily(name: str, expr: Call, scope: Scope) -> tuple[Value] | None:
    """The value, in a tuple, of the functions that decide what of their arguments is evaluated: try and can."""
    if name not in ("try", "can"):
        return None
    from scanner.hcl.functions.attempts import attempt, can  # noqa: PLC0415 - it evaluates, and evaluation calls

    return (attempt(expr, scope) if name == "try" else can(expr, scope),)


def _nearest(name: str) -> str:
    import difflib  # noqa: PLC0415 - errors only

    close = difflib.get_close_matches(name, table(), 1)
    return f'; did you mean "{close[0]}"?' if close else ""
