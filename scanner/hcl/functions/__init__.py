"""Terraform's functions: the table of all, and how a call meets unknown and sensitive arguments."""

from __future__ import annotations

from scanner.hcl.errors import EvaluationError
from scanner.hcl.scope import Scope
from scanner.hcl.syntax import Call
from scanner.model.value import Value


def call_lazily(name: str, expr: Call, scope: Scope) -> tuple[Value] | None:
    return None


def call(name: str, args: list[Value], scope: Scope) -> Value:
    raise EvaluationError(f'there is no function named "{name}"')
