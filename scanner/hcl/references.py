"""What an expression hangs on: its free variables, each with the literal steps that follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scanner.hcl.syntax import (
    Binary,
    Body,
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Literal,
    Object,
    Relative,
    Splat,
    Step,
    Template,
    TemplateFor,
    TemplateIf,
    Traversal,
    Tuple,
    Unary,
    literal_steps,
)

Reference = tuple[str | int, ...]
_Work = list[tuple[Expression, frozenset[str]]]
_NONE: frozenset[str] = frozenset()


def references(expr: Expression) -> tuple[Reference, ...]:
    """The distinct references in the order of the text, such as ("var", "x") and ("aws_s3_bucket", "b", "arn").

    Steps stop at the first that is not literal; what an index reads is listed too, what `for` binds is not.
    """
    if expr.found_references is None:
        expr.found_references = tuple(_collect(expr))
    return expr.found_references


def body_references(body: Body) -> tuple[Reference, ...]:
    """The distinct references of all attributes in a body and the blocks within.

    The iterator of a `dynamic` block stands as a reference; who expands the block knows its name.
    """
    if body.found_references is None:
        found: dict[Reference, None] = {}
        stack = [body]
        while stack:
            inner = stack.pop()
            for attribute in inner.attributes.values():
                found.update(dict.fromkeys(references(attribute.expr)))
            stack.extend(block.body for block in reversed(inner.blocks))
        body.found_references = tuple(found)
    return body.found_references


def unaliased(reference: Reference) -> Reference:
    """`resource.TYPE.NAME` is TYPE.NAME (Terraform, internal/addrs). A type has an underscore in its name; what
    an iterator called `resource` offers has none.
    """
    if reference[0] != "resource" or len(reference) < 3 or "_" not in str(reference[1]):
        return reference
    return reference[1:]


def _collect(expr: Expression) -> dict[Reference, None]:
    if isinstance(expr, Literal):
        return {}
    found: dict[Reference, None] = {}
    work: _Work = [(expr, _NONE)]
    while work:
        item, bound = work.pop()
        children = _CHILDREN.get(type(item))
        if children is not None:
            work.extend([(child, bound) for child in reversed(children(item)) if type(child) is not Literal])
        elif isinstance(item, Traversal):
            if item.root not in bound:
                found[unaliased((item.root, *literal_steps(item.steps)))] = None
            _steps(item.steps, bound, work)
        elif isinstance(item, For):
            _for(item, bound, work)
        elif isinstance(item, TemplateFor):
            inner = bound | {item.key_var, item.value_var}
            work.append((item.body, inner))
            work.append((item.collection, bound))
        elif isinstance(item, Relative):
            _steps(item.steps, bound, work)
            work.append((item.source, bound))
    return found


# What stands within an expression that binds no names, in the order of the text.
_CHILDREN: dict[type[Expression], Callable[[Any], Sequence[Expression]]] = {
    Template: lambda item: [part for part in item.parts if isinstance(part, Expression)],
    Tuple: lambda item: item.items,
    Call: lambda item: item.args,
    Object: lambda item: [side for pair in item.items for side in pair],
    Conditional: lambda item: (item.condition, item.then, item.otherwise),
    TemplateIf: lambda item: (item.condition, item.then, item.otherwise),
    Binary: lambda item: (item.left, item.right),
    Unary: lambda item: (item.operand,),
}


def _for(item: For, bound: frozenset[str], work: _Work) -> None:
    inner = bound | {item.key_var, item.value_var}
    last = [part for part in (item.cond, item.value, item.key) if part is not None]
    work.extend((part, inner) for part in last)
    work.append((item.collection, bound))


def _steps(steps: tuple[Step, ...], bound: frozenset[str], work: _Work) -> None:
    for step in reversed(steps):
        if isinstance(step, Index):
            work.append((step.expr, bound))
        elif isinstance(step, Splat):
            _steps(step.steps, bound, work)
