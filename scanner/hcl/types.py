"""Type constraints: what a value is, and what several values can all become."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache

from scanner.hcl.errors import EvaluationError
from scanner.hcl.expression import read_expression
from scanner.hcl.syntax import (
    Binary,
    Call,
    Expression,
    Object,
    Relative,
    Template,
    Traversal,
    Tuple,
    Unary,
)
from scanner.hcl.syntax import Literal as LiteralExpression

PRIMITIVE = ("string", "number", "bool")
COLLECTION = ("list", "set", "map")


@dataclass(frozen=True, slots=True)
class Type:
    """A Terraform type: kind "string", "number", "bool", "any", "list", "set", "map", "object" or "tuple".

    `element` is that of collections, `items` are those of a tuple, `attributes` those of an object, by name and
    sorted. `optional` names the attributes that may be missing and `defaults` what they then are (an expression,
    since a default is converted like any other value).
    """

    kind: str
    element: Type | None = None
    items: tuple[Type, ...] = ()
    attributes: tuple[tuple[str, Type], ...] = ()
    optional: frozenset[str] = frozenset()
    defaults: tuple[tuple[str, Expression], ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        if self.element is not None:
            return f"{self.kind}({self.element})"
        if self.kind == "tuple":
            return f"tuple([{', '.join(str(item) for item in self.items)}])"
        if self.kind == "object":
            return f"object({{{', '.join(f'{_key(name)}={told}' for name, told in self.attributes)}}})"
        return self.kind

    @property
    def is_any(self) -> bool:
        """Whether this constrains nothing, or something inside it does not."""
        return self.kind == "any"


_NAME = re.compile(r"[^\W\d][\w-]*\Z")


def _key(name: str) -> str:
    """An attribute's name as the constraint writes it: in quotes where it is no identifier."""
    if _NAME.match(name):
        return name
    return json.dumps(name, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


ANY = Type("any")
STRING = Type("string")
NUMBER = Type("number")
BOOL = Type("bool")


@lru_cache(maxsize=4096)
def collection(kind: str, element: Type) -> Type:
    """The type list(element), set(element) or map(element)."""
    return Type(kind, element)


@lru_cache(maxsize=1024)
def parse_type(text: str) -> Type:
    """The type that `text` says; ANY where it says none, as `Unknown.type` may."""
    if not text:
        return ANY
    raw = text.encode()
    try:
        return type_of_expr(read_expression(raw, 0, len(raw)))
    except EvaluationError:
        return ANY


def type_of_expr(expr: Expression) -> Type:
    """The type constraint that an expression states. Raises EvaluationError with its span where it states none."""
    if isinstance(expr, Relative) and not expr.steps:
        return type_of_expr(expr.source)
    if isinstance(expr, Traversal) and not expr.steps:
        if expr.root in PRIMITIVE or expr.root == "any":
            return Type(expr.root)
        if expr.root in COLLECTION:  # the old short forms
            return Type(expr.root, ANY)
        raise _wrong(f'"{expr.root}" is no type; use string, number, bool, any or list(...)', expr)
    if isinstance(expr, LiteralExpression) and expr.value in (*PRIMITIVE, "any"):
        return Type(str(expr.value))
    if isinstance(expr, LiteralExpression) and expr.value in ("list", "map"):
        return Type(str(expr.value), STRING)
    if isinstance(expr, Call) and len(expr.args) == 1:
        return _constructed(expr, expr.args[0])
    raise _wrong("expected a type such as string or list(string)", expr)


def _constructed(expr: Call, argument: Expression) -> Type:
    if expr.name in COLLECTION:
        return Type(expr.name, type_of_expr(argument))
    if expr.name == "tuple" and isinstance(argument, Tuple):
        return Type("tuple", items=tuple(type_of_expr(item) for item in argument.items))
    if expr.name == "object" and isinstance(argument, Object):
        return _object(argument)
    raise _wrong(f'"{expr.name}(...)" is no type; use list, set, map, object({{...}}) or tuple([...])', expr)


def _object(argument: Object) -> Type:
    attributes: dict[str, Type] = {}
    optional: set[str] = set()
    defaults: dict[str, Expression] = {}
    for key, value in argument.items:
        if not isinstance(key, LiteralExpression):
            raise _wrong("an attribute's name must be written out", key)
        name = str(key.value)
        stated = value
        if isinstance(value, Call) and value.name == "optional":
            if not 1 <= len(value.args) <= 2:
                raise _wrong("optional(...) takes a type and perhaps a default", value)
            optional.add(name)
            stated = value.args[0]
            if len(value.args) == 2:
                defaults[name] = value.args[1]
        attributes[name] = type_of_expr(stated)
    return Type(
        "object",
        attributes=tuple(sorted(attributes.items())),
        optional=frozenset(optional),
        defaults=tuple(sorted(defaults.items())),
    )


def _wrong(message: str, expr: Expression) -> EvaluationError:
    return EvaluationError(message, (expr.start, expr.end))


def object_type(attributes: dict[str, Type]) -> Type:
    """The type of an object with these attributes."""
    return Type("object", attributes=tuple(sorted(attributes.items())))


def apparent_type(expr: Expression) -> Type:
    """What the form alone tells of an expression's type: what Terraform assumes of one whose evaluation fails."""
    if isinstance(expr, Binary):
        return NUMBER if expr.op in ("+", "-", "*", "/", "%") else BOOL
    if isinstance(expr, Unary):
        return NUMBER if expr.op == "-" else BOOL
    if isinstance(expr, Template):
        return STRING if len(expr.parts) > 1 or expr.heredoc else ANY
    if isinstance(expr, Tuple):
        return Type("tuple", items=tuple(map(apparent_type, expr.items)))
    if isinstance(expr, LiteralExpression):
        value = expr.value
        return (
            ANY
            if value is None
            else BOOL
            if isinstance(value, bool)
            else STRING
            if isinstance(value, str)
            else NUMBER
        )
    if isinstance(expr, Object) and all(isinstance(key, LiteralExpression) for key, _ in expr.items):
        names = [key.value for key, _ in expr.items if isinstance(key, LiteralExpression)]
        values = [apparent_type(value) for _, value in expr.items]
        return object_type(dict(zip(map(str, names), values, strict=True)))
    return ANY
