"""What a configuration asserts of itself: `validation`, `precondition`, `postcondition` and `check`.

A condition that is false with the values at hand is what Terraform would refuse (a check: warn of), and is told in
the author's own words. One that is unknown says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from scanner.hcl.convert import convert
from scanner.hcl.errors import EvaluationError
from scanner.hcl.references import body_references
from scanner.hcl.syntax import Block, Body, Expression
from scanner.hcl.types import BOOL, STRING, Type
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span
from scanner.model.value import Cause, Sensitive, Unknown, Value, unwrap
from scanner.sources.terraform.instance import Frame, Instance, attempt
from scanner.sources.terraform.module import Declared
from scanner.sources.terraform.needs import items

if TYPE_CHECKING:
    from scanner.sources.terraform.evaluation import Evaluation

_HIDDEN = "its message holds a sensitive value"


def validated(evaluation: Evaluation, owner: Instance, declared: Declared, value: Value) -> Value:
    """The value of a variable, Unknown with a diagnostic where one of its validation blocks refuses it."""
    rules = [block for block in declared.block.body.blocks if block.type == "validation"]
    if not rules:
        return value
    name = declared.block.labels[0]
    owner.values["var", name] = value  # what its own condition asks for
    where = _given_at(owner, declared)
    refused = value
    for message in _failures(evaluation, Frame(evaluation, owner, {}), declared.path, rules):
        told = f'variable "{name}" fails its validation: {message}'
        evaluation.tell_once(f"{owner.prefix}{name}{message}", "evaluate-validation", told, where)
        refused = Unknown(told, Cause.OUTSIDE_SCAN)
    del owner.values["var", name]
    return refused


def _given_at(owner: Instance, declared: Declared) -> Span:
    """Where a variable gets its value: at the argument of the call, else where it is declared."""
    if owner.call is None:
        return declared.header
    argument = owner.call.block.body.attributes.get(declared.block.labels[0])
    return Span(owner.call.path, argument.start, argument.end) if argument is not None else owner.call.header


def before(evaluation: Evaluation, frame: Frame, declared: Declared, address: str) -> None:
    """Tell which preconditions of a resource, data source or output do not hold."""
    rules = _rules(declared.block.body, "precondition")
    _tell(evaluation, frame, declared, rules, f"a precondition of {address} fails")


def after(evaluation: Evaluation, frame: Frame, declared: Declared, address: str, itself: Value) -> None:
    """Tell which postconditions of a resource or data source do not hold of the instance."""
    rules = _rules(declared.block.body, "postcondition")
    if rules:
        named = frame.within({"self": itself})
        _tell(evaluation, named, declared, rules, f"a postcondition of {address} fails")


def check(evaluation: Evaluation, owner: Instance, declared: Declared) -> None:
    """Tell which assertions of a check block do not hold."""
    rules = [block for block in declared.block.body.blocks if block.type == "assert"]
    for item in items(owner, body_references(declared.block.body)):
        evaluation.demand(item)
    name = f"{owner.prefix}check.{declared.block.labels[0]}"
    _tell(evaluation, Frame(evaluation, owner, {}), declared, rules, f"{name} fails", "evaluate-check")


def _rules(body: Body, kind: str) -> list[Block]:
    """Preconditions stand in the lifecycle block of a resource, or in the output itself."""
    outer = [body, *(block.body for block in body.blocks if block.type == "lifecycle")]
    return [block for each in outer for block in each.blocks if block.type == kind]


def _tell(
    evaluation: Evaluation,
    frame: Frame,
    declared: Declared,
    rules: Iterable[Block],
    lead: str,
    code: str = "evaluate-condition",
) -> None:
    for rule in rules:
        for message in _failures(evaluation, frame, declared.path, [rule]):
            condition = rule.body.attributes["condition"].expr
            span = Span(declared.path, condition.start, condition.end)
            evaluation.diagnostics.append(Diagnostic(Level.WARNING, code, f"{lead}: {message}", span))


def _failures(evaluation: Evaluation, frame: Frame, path: str, rules: Iterable[Block]) -> Iterator[str]:
    """The messages of the rules whose condition is false, or no condition."""
    for rule in rules:
        condition = rule.body.attributes.get("condition")
        message = rule.body.attributes.get("error_message")
        if condition is None or message is None:
            continue
        held = _as(BOOL, condition.expr, frame, path, evaluation)
        if rule.type == "validation" and held is not False:  # its message may then be no text
            attempt(message.expr, frame, path, evaluation.diagnostics)
            continue
        text = _as(STRING, message.expr, frame, path, evaluation)
        if held is False and frame.presence is None:
            yield _shown(text)


def _as(kind: Type, expr: Expression, frame: Frame, path: str, evaluation: Evaluation) -> Value:
    """The value of a part of a rule; Unknown, with a diagnostic, where it is null or of another type."""
    value = attempt(expr, frame, path, evaluation.diagnostics)
    told = "a condition and its message must not be null"
    if unwrap(value) is not None:
        try:
            found = convert(value, kind)
            return unwrap(found) if kind is BOOL else found
        except EvaluationError as error:
            told = error.message
    if frame.presence is None:
        span = Span(path, expr.start, expr.end)
        evaluation.diagnostics.append(Diagnostic(Level.WARNING, "evaluate-expression", told, span))
    return Unknown(told, Cause.OUTSIDE_SCAN)


def _shown(text: Value) -> str:
    if isinstance(text, Sensitive):
        return _HIDDEN
    if not isinstance(text, str):
        return "its message is not known"
    return " ".join(text.split()) or "its message is empty"
