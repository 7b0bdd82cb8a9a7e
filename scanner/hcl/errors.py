"""The two ways in which this room says no: text that is not HCL, and an expression that has no value."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.hcl.syntax import Expression
    from scanner.hcl.types import Type


class SyntaxFault(Exception):
    """Text that does not follow the grammar: bytes `start` to `end` of the text being read."""

    def __init__(self, message: str, start: int, end: int, *, limit: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = max(end, start)
        self.limit = limit


class EvaluationError(Exception):
    """An operation that Terraform refuses (`code` "evaluate") or that we refuse for its size ("limit").

    `span` is the byte range (start, end) of the innermost expression at fault within the text that the expression
    was read from; the innermost `evaluate` fills it in where the raiser does not know it. Inside a rendered
    template file it is the range of the call, since the reader of the diagnostic stands in the configuration.
    `others` are what else the same expression is refused for. `assumed` is an expression that failed though its
    type is known, with that type.
    """

    def __init__(self, message: str, span: tuple[int, int] | None = None, code: str = "evaluate") -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.code = code
        self.others: list[EvaluationError] = []
        self.assumed: tuple[Expression, Type] | None = None


def limit_error(message: str) -> EvaluationError:
    """The error for a value too large to build; the caller makes it Unknown with Cause.LIMIT."""
    return EvaluationError(message, code="limit")
