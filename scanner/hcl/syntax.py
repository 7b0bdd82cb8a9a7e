"""The shapes of the language: expressions, attributes, blocks and bodies, each with its byte offsets.

An expression keeps `start` and `end` in the text that it was read from. Expressions are read when
`Attribute.expr` is first asked for, because most of what a scan parses is never evaluated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Expression:
    """What all expressions have: offsets, and room for the references found in them."""

    __slots__ = ("end", "found_references", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.found_references: tuple[tuple[str | int, ...], ...] | None = None

    def __repr__(self) -> str:
        told = ", ".join(repr(getattr(self, name)) for name in type(self).__slots__)
        return f"{type(self).__name__}({told})"


class Literal(Expression):
    """A string without interpolation, a number (int or Decimal), a bool, or None."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: Any) -> None:
        super().__init__(start, end)
        self.value = value


class Invalid(Expression):
    """Text that is not an expression, or one beyond a `limit`; evaluating it raises EvaluationError.

    `name` is the traversal that stands where none may be evaluated: `aws.east` as a key, as `providers` has it.
    """

    __slots__ = ("limit", "message", "name")

    def __init__(
        self, start: int, end: int, message: str, *, limit: bool = False, name: Expression | None = None
    ) -> None:
        super().__init__(start, end)
        self.message = message
        self.limit = limit
        self.name = name


class Template(Expression):
    """Literal strings, expressions, TemplateIf and TemplateFor in turn; `heredoc` or quoted.

    A lone interpolation ("${x}") keeps the type of x.
    """

    __slots__ = ("heredoc", "parts")

    def __init__(
        self, start: int, end: int, parts: tuple[str | Expression, ...], *, heredoc: bool = False
    ) -> None:
        super().__init__(start, end)
        self.parts = parts
        self.heredoc = heredoc


class TemplateIf(Expression):
    """`%{if cond}then%{else}otherwise%{endif}`."""

    __slots__ = ("condition", "otherwise", "then")

    def __init__(self, start: int, end: int, condition: Expression, then: Template, otherwise: Template) -> None:
        super().__init__(start, end)
        self.condition = condition
        self.then = then
        self.otherwise = otherwise


class TemplateFor(Expression):
    """`%{for key, value in collection}body%{endfor}`; `key` is "" when there is only a value variable."""

    __slots__ = ("body", "collection", "key_var", "value_var")

    def __init__(
        self, start: int, end: int, names: tuple[str, str], collection: Expression, body: Template
    ) -> None:
        super().__init__(start, end)
        self.key_var, self.value_var = names
        self.collection = collection
        self.body = body


class Tuple(Expression):
    """`[a, b]`."""

    __slots__ = ("items",)

    def __init__(self, start: int, end: int, items: tuple[Expression, ...]) -> None:
        super().__init__(start, end)
        self.items = items


class Object(Expression):
    """`{a = 1, (b) = 2}`: pairs in their order; a bare name as key is already a Literal."""

    __slots__ = ("items",)

    def __init__(self, start: int, end: int, items: tuple[tuple[Expression, Expression], ...]) -> None:
        super().__init__(start, end)
        self.items = items


class Attr:
    """The step `.name`."""

    __slots__ = ("end", "name")

    def __init__(self, name: str, end: int) -> None:
        self.name = name
        self.end = end

    def __repr__(self) -> str:
        return f"Attr({self.name!r})"


class Index:
    """The step `[expr]`, and the legacy `.0` as a literal."""

    __slots__ = ("end", "expr")

    def __init__(self, expr: Expression, end: int) -> None:
        self.expr = expr
        self.end = end

    def __repr__(self) -> str:
        return f"Index({self.expr!r})"


class Splat:
    """`[*]` (full) or `.*`, with the steps that it applies to each element."""

    __slots__ = ("end", "full", "steps")

    def __init__(self, steps: tuple[Step, ...], end: int, *, full: bool) -> None:
        self.steps = steps
        self.full = full
        self.end = end

    def __repr__(self) -> str:
        return f"Splat({'[*]' if self.full else '.*'}, {self.steps!r})"


Step = Attr | Index | Splat


class Traversal(Expression):
    """A variable and the steps into it: `root` "aws_vpc", steps `.main`, `[0]`, `.id`."""

    __slots__ = ("root", "steps")

    def __init__(self, start: int, end: int, root: str, steps: tuple[Step, ...]) -> None:
        super().__init__(start, end)
        self.root = root
        self.steps = steps


class Relative(Expression):
    """Steps into the value of another expression: `f(x)[0].a`, `(e).b`, `[1, 2][0]`."""

    __slots__ = ("source", "steps")

    def __init__(self, start: int, end: int, source: Expression, steps: tuple[Step, ...]) -> None:
        super().__init__(start, end)
        self.source = source
        self.steps = steps


class Call(Expression):
    """`name(args...)`; `expand` when the last argument is followed by `...`; names keep their namespaces."""

    __slots__ = ("args", "expand", "name")

    def __init__(self, start: int, end: int, name: str, args: tuple[Expression, ...], *, expand: bool) -> None:
        super().__init__(start, end)
        self.name = name
        self.args = args
        self.expand = expand


class Conditional(Expression):
    """`condition ? then : otherwise`."""

    __slots__ = ("condition", "otherwise", "then")

    def __init__(
        self, start: int, end: int, condition: Expression, then: Expression, otherwise: Expression
    ) -> None:
        super().__init__(start, end)
        self.condition = condition
        self.then = then
        self.otherwise = otherwise


class Binary(Expression):
    """`left op right`; chains lean left."""

    __slots__ = ("left", "op", "right")

    def __init__(self, left: Expression, op: str, right: Expression) -> None:
        super().__init__(left.start, right.end)
        self.left = left
        self.op = op
        self.right = right


class Unary(Expression):
    """`-x` and `!x`."""

    __slots__ = ("op", "operand")

    def __init__(self, start: int, op: str, operand: Expression) -> None:
        super().__init__(start, operand.end)
        self.op = op
        self.operand = operand


class For(Expression):
    """`[for k, v in c : value if cond]`, or with `key` the object form `{for ... : key => value...}`."""

    __slots__ = ("collection", "cond", "group", "key", "key_var", "value", "value_var")

    def __init__(  # noqa: PLR0913 - the grammar has as many parts
        self,
        start: int,
        end: int,
        names: tuple[str, str],
        collection: Expression,
        key: Expression | None,
        value: Expression,
        cond: Expression | None,
        *,
        group: bool,
    ) -> None:
        super().__init__(start, end)
        self.key_var, self.value_var = names
        self.collection = collection
        self.key = key
        self.value = value
        self.cond = cond
        self.group = group


class Attribute:
    """`name = expr`; `start` is the first byte of the name, `end` that after the expression."""

    __slots__ = ("_expr", "end", "name", "start")

    def __init__(self, name: str, expr: Expression | Callable[[], Expression], start: int, end: int) -> None:
        self.name = name
        self._expr = expr
        self.start = start
        self.end = end

    @property
    def expr(self) -> Expression:
        """The expression, read from the text when it is first asked for; Invalid where it is none."""
        if not isinstance(self._expr, Expression):
            self._expr = self._expr()
        return self._expr

    def __repr__(self) -> str:
        return f"Attribute({self.name!r}, {self.start}, {self.end})"


class Block:
    """`type "label" ... { body }`; `header_end` is the offset of the opening brace."""

    __slots__ = ("body", "end", "header_end", "labels", "start", "type")

    def __init__(
        self,
        type: str,
        labels: tuple[str, ...],
        body: Body,
        start: int,
        end: int,
        header_end: int,
    ) -> None:
        self.type = type
        self.labels = labels
        self.body = body
        self.start = start
        self.end = end
        self.header_end = header_end

    def __repr__(self) -> str:
        return f"Block({self.type!r}, {self.labels!r}, {self.start}, {self.end})"


class Body:
    """The attributes by name and the blocks in their order, with the range between the braces.

    `complete` is False where some of the text could not be read: what is missing here is then unknown, not absent.
    """

    __slots__ = ("attributes", "blocks", "complete", "end", "found_references", "start")

    def __init__(
        self,
        attributes: dict[str, Attribute],
        blocks: list[Block],
        start: int,
        end: int,
        *,
        complete: bool = True,
    ) -> None:
        self.attributes = attributes
        self.blocks = blocks
        self.start = start
        self.end = end
        self.complete = complete
        self.found_references: tuple[tuple[str | int, ...], ...] | None = None

    def __repr__(self) -> str:
        return f"Body({list(self.attributes)!r}, {self.blocks!r})"


def static_steps(expr: Expression) -> tuple[str | int, ...]:
    """The longest literal prefix of a variable's traversal, its root included; () for other expressions.

    `aws_vpc.a[0].tags["x"]` gives ("aws_vpc", "a", 0, "tags", "x"); `local.l[count.index].x` gives ("local", "l").
    """
    if not isinstance(expr, Traversal):
        return ()
    return (expr.root, *literal_steps(expr.steps))


def literal_steps(steps: tuple[Step, ...]) -> list[str | int]:
    """The leading steps whose key is written out."""
    found: list[str | int] = []
    for step in steps:
        if isinstance(step, Attr):
            found.append(step.name)
        elif isinstance(step, Index) and isinstance(step.expr, Literal):
            key = step.expr.value
            if not isinstance(key, (str, int)) or isinstance(key, bool):
                break
            found.append(key)
        else:
            break
    return found
