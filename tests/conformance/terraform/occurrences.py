"""What occurs in a program, read from its text: calls, operators, forms, blocks, and its kinds of input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from scanner.hcl import syntax
from scanner.hcl.json_syntax import parse_json
from scanner.hcl.parse import parse
from scanner.hcl.syntax import Block, Body, Expression
from tests.conformance.terraform.generate import BINARY, FUNCTIONS, Program

INPUTS = ("unknown", "null", "sensitive")
FORMS = (
    "for list", "for object", "for grouping", "for filter", "splat [*]", "splat .*", "?:", "index", "attribute",
    "interpolation", "%{if}", "%{for}", "heredoc", "trim ~", "expansion ...",
)  # fmt: skip
DYNAMIC = ("dynamic", "dynamic nested", "dynamic iterator", "dynamic labels")  # only where a provider can be built
ASSERTING = ("validation", "precondition", "postcondition", "check", "moved", "removed")
BLOCKS = (
    "count", "for_each", "module", "module count", "module for_each", "module in module", "optional()",
    *ASSERTING, *DYNAMIC,
)  # fmt: skip
EVERYTHING = (*(f"{name}()" for name in FUNCTIONS), *BINARY, "!", "unary -", *FORMS, *BLOCKS)
_META = ("count", "for_each")


def of(program: Program) -> set[str]:
    """The names of EVERYTHING that occurs, and each again with "+unknown" and the like where such an input is in
    the program."""
    found: set[str] = set()
    for path, text in program.files.items():
        read = parse_json if path.endswith(".json") else parse
        body, _ = read(text.encode(), path)
        found.update(_body(body, nested=path.startswith("m")))
        found |= _texts(text)
    found |= program.features & set(DYNAMIC)
    given = {name for name in INPUTS if f"input {name}" in found}
    return found | {f"{each}+{name}" for name in given for each in found}


def _texts(text: str) -> set[str]:
    secret = "input sensitive"
    marks = {"<<": "heredoc", "~}": "trim ~", "{~": "trim ~", "optional(": "optional()", "var.secret": secret,
             "sensitive = true": secret, "sensitive(": secret}  # fmt: skip
    found = {name for mark, name in marks.items() if mark in text}
    if "local.u" in text or "terraform_data.seed" in text or ".output" in text:
        found.add("input unknown")
    return found


def _body(body: Body, *, nested: bool) -> Iterator[str]:
    for name, attribute in body.attributes.items():
        if name != "type":
            yield from _expression(attribute.expr)
    for block in body.blocks:
        yield from _block(block, nested=nested)
        yield from _body(block.body, nested=nested)


def _block(block: Block, *, nested: bool) -> Iterator[str]:
    if block.type == "module":
        yield "module"
        if nested:
            yield "module in module"
        yield from (f"module {name}" for name in _META if name in block.body.attributes)
    elif block.type != "dynamic":
        yield from (name for name in _META if name in block.body.attributes)
    if block.type in ASSERTING:
        yield block.type


def _expression(expr: Expression) -> Iterator[str]:
    """What an expression is, and what is in it."""
    work: list[Any] = [expr]
    while work:
        here = work.pop()
        yield from _names(here)
        work.extend(_parts(here))


def _names(here: Any) -> Iterable[str]:
    match here:
        case syntax.Call():
            return [f"{here.name}()", *(["expansion ..."] if here.expand else [])]
        case syntax.Binary():
            return [here.op]
        case syntax.Unary():
            return ["!" if here.op == "!" else "unary -"]
        case syntax.Conditional():
            return ["?:"]
        case syntax.For():
            filtered = ["for filter"] if here.cond is not None else []
            return ["for list" if here.key is None else "for object", *filtered,
                    *(["for grouping"] if here.group else [])]  # fmt: skip
        case syntax.Splat():
            return ["splat [*]" if here.full else "splat .*"]
        case syntax.Template():
            return ["interpolation"] if any(not isinstance(part, str) for part in here.parts) else []
        case syntax.TemplateIf():
            return ["%{if}"]
        case syntax.TemplateFor():
            return ["%{for}"]
        case syntax.Index():
            return ["index"]
        case syntax.Attr():
            return ["attribute"]
        case syntax.Literal() if here.value is None:
            return ["input null"]
    return []


def _parts(here: Any) -> Iterator[Any]:
    if isinstance(here, tuple):
        yield from here
    elif type(here).__module__ == syntax.__name__:
        for name in type(here).__slots__:
            part = getattr(here, name)
            if isinstance(part, tuple) or type(part).__module__ == syntax.__name__:
                yield part


def table(counted: Counter[str]) -> str:
    """How many programs hold each of EVERYTHING, and with which inputs."""
    head = f"{'occurs in programs':28}{'all':>8}" + "".join(f"{name:>11}" for name in INPUTS)
    lines = [
        f"{name:28}{counted[name]:8}" + "".join(f"{counted[f'{name}+{given}']:11}" for given in INPUTS)
        for name in EVERYTHING
    ]
    inputs = "inputs: " + ", ".join(f"{name} in {counted[f'input {name}']}" for name in INPUTS)
    return "\n".join([head, *lines, inputs])
