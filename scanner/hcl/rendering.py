"""Templates to strings, keeping what is known of a partly unknown one: its prefix."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from scanner.hcl.comprehension import iterate, refuse_primitive
from scanner.hcl.convert import to_bool, to_string
from scanner.hcl.errors import EvaluationError, limit_error
from scanner.hcl.partial import PartialText
from scanner.hcl.scope import Inner, Scope
from scanner.hcl.syntax import Expression, Template, TemplateFor, TemplateIf
from scanner.hcl.types import STRING
from scanner.hcl.values import MAX_STRING, unknown_of
from scanner.model.value import Sensitive, Unknown, Value

_Evaluate = Callable[[Expression, Any], Value]
_MAX_PARTS = 2000  # of a text that is known in part; with more, only its prefix is kept


def render(template: Template, scope: Scope, evaluate: _Evaluate) -> Value:
    """The string of a template; the bare value of a lone interpolation."""
    parts = template.parts
    if (
        len(parts) == 1
        and isinstance(parts[0], Expression)
        and not isinstance(parts[0], (TemplateIf, TemplateFor))
    ):
        return evaluate(parts[0], scope)
    text = _Text()
    _append(text, template, scope, evaluate)
    return text.value()


class _Text:
    """A string under construction: what is known before the first unknown, and the unknowns."""

    __slots__ = ("parts", "pieces", "sensitive", "size", "unknowns")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.parts: list[str | Unknown] = []
        self.unknowns: list[Unknown] = []
        self.sensitive = False
        self.size = 0

    def add(self, piece: Value) -> None:
        if isinstance(piece, Sensitive):
            self.sensitive = True
            piece = piece.value
        if isinstance(piece, Unknown):
            if not self.unknowns and piece.prefix:
                self.pieces.append(piece.prefix)
            self.unknowns.append(piece)
            self.parts.append(piece)
        elif piece is None:
            raise EvaluationError("a template cannot include a null value")
        else:
            text = to_string(piece)
            self.size += len(text)
            if self.size > MAX_STRING:
                raise limit_error(f"this string is longer than {MAX_STRING} characters")
            self.parts.append(text)
            if not self.unknowns:
                self.pieces.append(text)

    def value(self) -> Value:
        text = "".join(self.pieces)
        found: Value = text
        if self.unknowns:
            why = unknown_of(STRING, *self.unknowns, prefix=text)
            count = sum(len(part.parts) if isinstance(part, PartialText) else 1 for part in self.parts)
            found = PartialText(why, self.parts) if count <= _MAX_PARTS else why
        return Sensitive(found) if self.sensitive else found


def _append(text: _Text, template: Template, scope: Scope, evaluate: _Evaluate) -> None:
    for part in template.parts:
        if isinstance(part, str):
            text.add(part)
        elif isinstance(part, TemplateIf):
            _append_if(text, part, scope, evaluate)
        elif isinstance(part, TemplateFor):
            _append_for(text, part, scope, evaluate)
        else:
            try:
                text.add(evaluate(part, scope))  # an unknown of any type: terraform looks at known ones only
            except EvaluationError as error:
                error.span = error.span or (part.start, part.end)
                raise


def _append_if(text: _Text, part: TemplateIf, scope: Scope, evaluate: _Evaluate) -> None:
    condition = evaluate(part.condition, scope)
    if isinstance(condition, Sensitive):
        text.sensitive = True
        condition = condition.value
    if condition is None:
        raise EvaluationError("the condition must not be null", (part.condition.start, part.condition.end))
    if not isinstance(condition, Unknown):
        first = to_bool(condition)
        taken, left = (part.then, part.otherwise) if first else (part.otherwise, part.then)
        _append(text, taken, scope, evaluate)
        other = _Text()
        with suppress(EvaluationError):  # what is not taken may fail, but its marks count, as in a conditional
            _append(other, left, scope, evaluate)
        text.sensitive = text.sensitive or other.sensitive
        return
    text.add(condition)


def _append_for(text: _Text, part: TemplateFor, scope: Scope, evaluate: _Evaluate) -> None:
    collection = evaluate(part.collection, scope)
    sensitive = isinstance(collection, Sensitive)
    collection = collection.value if sensitive else collection
    if isinstance(collection, Unknown):
        refuse_primitive(collection)
        text.add(unknown_of(STRING, collection))  # without the mark, as Terraform has it
        return
    text.sensitive = text.sensitive or sensitive
    names: dict[str, Value] = {}
    inner = Inner(scope, names)
    joined = _Text()
    for key, item in iterate(collection):
        if part.key_var:
            names[part.key_var] = key
        names[part.value_var] = item
        _append(joined, part.body, inner, evaluate)
    piece = joined.value()
    unmarked = piece.value if isinstance(piece, Sensitive) else piece
    if isinstance(unmarked, Unknown):
        unmarked.prefix = ""  # Terraform joins what a loop gives, and sees its marks, only when all of it is known
    text.add(unmarked if isinstance(unmarked, Unknown) else piece)
