"""The value of a variable: what its caller or the user gives, else its default, converted to its type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.hcl.convert import convert
from scanner.hcl.errors import EvaluationError
from scanner.hcl.types import ANY, type_of_expr
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.value import Cause, Sensitive, Unknown, Value, unwrap
from scanner.sources.terraform.conditions import validated
from scanner.sources.terraform.instance import Instance
from scanner.sources.terraform.module import Declared

if TYPE_CHECKING:
    from scanner.sources.terraform.evaluation import Evaluation


def variable(evaluation: Evaluation, owner: Instance, name: str) -> Value:
    """The value of `var.NAME` in a module instance; Unknown, with a diagnostic, where nothing gives one."""
    declared = owner.module.variables[name]
    given, found = _given(evaluation, owner, name)
    default = declared.block.body.attributes.get("default")
    if found and unwrap(given) is None and default is not None and _not_nullable(declared):
        found = False
    if not found:
        if default is None:
            told = f'variable "{name}" has no default' if owner.parent is None else f'"{name}" is not given'
            _missing(evaluation, owner, name, declared)
            return Unknown(told, Cause.NO_DEFAULT, type=_type_text(declared))
        given = evaluation.value(default.expr, owner, declared.path)
    elif unwrap(given) is None and _not_nullable(declared):
        _refuse(evaluation, owner, declared, "must not be null")
    value = marked(_converted(evaluation, given, declared, owner), declared)
    return validated(evaluation, owner, declared, value)


def _given(evaluation: Evaluation, owner: Instance, name: str) -> tuple[Value, bool]:
    """What a caller or the user gives, and whether anything is given."""
    if owner.parent is None or owner.call is None:
        return evaluation.inputs.value(name)
    argument = owner.call.block.body.attributes.get(name)
    if argument is None:
        return None, False
    return evaluation.value(argument.expr, owner.parent, owner.call.path, owner.scope), True


def _missing(evaluation: Evaluation, owner: Instance, name: str, declared: Declared) -> None:
    """Say that a variable must be given: a fault of a call that omits it, a note where a user may give it."""
    if owner.call is None:
        told = f'variable "{name}" has no default, and no value is given'
        remedy = "give it with --var, --var-file or [[roots]] vars"
        evaluation.diagnostics.append(Diagnostic(Level.NOTE, "evaluate-variable", told, declared.header, remedy))
        return
    told = f'module "{owner.call.block.labels[0]}" is called without "{name}", which has no default'
    evaluation.tell_once(f"{owner.call.header}{name}", "evaluate-argument", told, owner.call.header)


def _refuse(evaluation: Evaluation, owner: Instance, declared: Declared, why: str) -> None:
    where = owner.call.header if owner.call else declared.header
    name = declared.block.labels[0]
    told = f'variable "{name}" {why}'
    evaluation.tell_once(f"{owner.prefix}{name}", "evaluate-variable", told, where)


def _not_nullable(declared: Declared) -> bool:
    attribute = declared.block.body.attributes.get("nullable")
    return attribute is not None and getattr(attribute.expr, "value", None) is False


def _converted(evaluation: Evaluation, value: Value, declared: Declared, owner: Instance) -> Value:
    attribute = declared.block.body.attributes.get("type")
    if attribute is None:
        return value
    told_type = ANY
    try:
        told_type = type_of_expr(attribute.expr)
        return convert(value, told_type)
    except EvaluationError as error:
        where = owner.call.header if owner.call else declared.header
        name = declared.block.labels[0]
        told = f'variable "{name}": {error.message}'
        evaluation.tell_once(f"{owner.prefix}{name}", "evaluate-variable", told, where)
        return Unknown(error.message, Cause.OUTSIDE_SCAN, type="" if told_type.is_any else str(told_type))


def marked(value: Value, declared: Declared) -> Value:
    """The value, sensitive where its declaration says so."""
    attribute = declared.block.body.attributes.get("sensitive")
    marked = attribute is not None and getattr(attribute.expr, "value", None) is True
    return Sensitive(value) if marked and not isinstance(value, (Sensitive, Unknown)) else value


def _type_text(declared: Declared) -> str:
    attribute = declared.block.body.attributes.get("type")
    root = getattr(attribute.expr, "root", "") if attribute is not None else ""
    return str(root)
