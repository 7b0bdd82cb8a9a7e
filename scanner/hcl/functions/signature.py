"""What a function takes and gives, and a call by Terraform's rules for null, unknown and sensitive arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from scanner.hcl.convert import convert
from scanner.hcl.errors import EvaluationError
from scanner.hcl.partial import Present, present
from scanner.hcl.scope import Scope
from scanner.hcl.types import ANY, Type, parse_type
from scanner.hcl.values import SetValue, contains_unknown, is_marked, of_known_length, strip_marks, unknown_of
from scanner.model.value import Sensitive, Unknown, Value


@dataclass(frozen=True, slots=True)
class Function:
    """A function: `run` gets converted, non-null arguments.

    `signature` reads "string, number -> string"; `*` before the last parameter repeats it, `?` after one admits
    null. `unknown` says what `run` is given: "none" (the default: anything unknown makes the result unknown),
    "inside" (it handles unknown elements, but an argument unknown as a whole makes the result unknown), or "all".
    `marks`: `run` handles sensitive arguments itself, else they are unwrapped and the result is sensitive.
    `scope`: `run` gets the scope before its arguments. `forgets`: an argument that is unknown loses its mark.
    """

    run: Callable[..., Value]
    signature: str
    unknown: str = "none"
    marks: bool = False
    scope: bool = False
    forgets: bool = False


@dataclass(frozen=True, slots=True)
class _Parameter:
    type: Type
    nullable: bool


@dataclass(frozen=True, slots=True)
class _Signature:
    parameters: tuple[_Parameter, ...]
    rest: _Parameter | None
    returns: Type

    @property
    def definite(self) -> bool:
        """Whether the result is never null: that of a stated type, unless null is converted to it."""
        return not self.returns.is_any and not any(each.nullable for each in self.parameters)


@lru_cache(maxsize=512)
def _signature(text: str) -> _Signature:
    before, _, after = text.partition("->")
    parameters = []
    rest: _Parameter | None = None
    for word in filter(None, (item.strip() for item in before.split(","))):
        name = word.removeprefix("*").removesuffix("?")
        parameter = _Parameter(parse_type(name), word.endswith("?"))
        if word.startswith("*"):
            rest = parameter
        else:
            parameters.append(parameter)
    return _Signature(tuple(parameters), rest, parse_type(after.strip()))


def apply(name: str, function: Function, args: list[Value], scope: Scope) -> Value:
    """Call a function. Raises EvaluationError for what Terraform refuses, naming the function."""
    told = _signature(function.signature)
    _check_count(name, told, len(args))
    sensitive = False
    if not function.marks and any(map(is_marked, args)):
        sensitive, args = True, [strip_marks(arg) for arg in args]
    try:
        args = [_argument(arg, _parameter(told, at), at) for at, arg in enumerate(args)]
        blocked = _refuse_null(told, args) or _blocking(function, args)
        found = unknown_of(told.returns, *blocked) if blocked else _run(function, args, scope)
    except EvaluationError as error:
        if not error.message.startswith(name + "()"):
            error.message = f"{name}(): {error.message}"
        raise
    if isinstance(found, Unknown) and told.definite:
        found = present(found)
    forgotten = function.forgets and isinstance(found, Unknown)
    return Sensitive(found) if sensitive and not forgotten and not isinstance(found, Sensitive) else found


def _run(function: Function, args: list[Value], scope: Scope) -> Value:
    return function.run(scope, *args) if function.scope else function.run(*args)


def _parameter(told: _Signature, at: int) -> _Parameter:
    if at < len(told.parameters):
        return told.parameters[at]
    return told.rest or _Parameter(ANY, nullable=True)


def _check_count(name: str, told: _Signature, count: int) -> None:
    least = len(told.parameters)
    if count < least or (told.rest is None and count > least):
        expected = f"{'at least ' if told.rest is not None else ''}{least} argument{'s' if least != 1 else ''}"
        raise EvaluationError(f"{name}() takes {expected}, not {count}")


def _argument(value: Value, parameter: _Parameter, at: int) -> Value:
    if parameter.type.is_any:
        return value
    if isinstance(value, Present) and parameter.type.kind == "list":
        value = of_known_length(value)
    try:
        found = convert(value, parameter.type)
    except EvaluationError as error:
        raise EvaluationError(f"argument {at + 1}: {error.message}", error.span, error.code) from error
    if isinstance(value, SetValue) and isinstance(found, Unknown):
        _check_elements(value.element, parameter.type.element or ANY, at)
    return found


def _check_elements(have: Type, want: Type, at: int) -> None:
    """Refuse a set of open length whose elements would have to change: Terraform leaves them as they are."""
    if not want.is_any and not have.is_any and have != want:
        raise EvaluationError(f"argument {at + 1}: {want.kind} required, not {have.kind}")


def _refuse_null(told: _Signature, args: list[Value]) -> list[Value]:
    """Refuse a null where none may be. What may be of any type lets Terraform not look at what follows: it is
    returned where a null does."""
    blocked: list[Value] = []
    for at, arg in enumerate(args):
        bare = arg.value if isinstance(arg, Sensitive) else arg
        if isinstance(bare, Unknown) and not bare.type and _parameter(told, at).type.is_any:
            blocked.append(bare)
        elif bare is None and not _parameter(told, at).nullable:
            if blocked:
                return blocked
            raise EvaluationError(f"argument {at + 1} must not be null")
    return []


def _blocking(function: Function, args: list[Value]) -> list[Value]:
    """The unknown arguments that make the result unknown whatever the function does."""
    if function.unknown == "all":
        return []
    if function.unknown == "inside":
        return [arg for arg in args if isinstance(arg, Unknown) or _marked_unknown(arg)]
    return args if any(map(contains_unknown, args)) else []


def _marked_unknown(value: Value) -> bool:
    return isinstance(value, Sensitive) and isinstance(value.value, Unknown)
