"""Bytes to expressions: Terraform's own grammar, by recursive descent with precedence climbing.

tree-sitter-hcl finds where expressions stand; it is not asked what they mean, because its tree groups
`a ? b : c ? d : e` to the left, refuses `1e5` and drops the blanks of templates.
"""

from __future__ import annotations

import re
from decimal import Decimal

from scanner.hcl.errors import EvaluationError, SyntaxFault
from scanner.hcl.numeric import Number, from_decimal
from scanner.hcl.reader import Reader, for_names
from scanner.hcl.syntax import (
    Attr,
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Invalid,
    Literal,
    Object,
    Relative,
    Splat,
    Step,
    Template,
    Traversal,
    Tuple,
    Unary,
)
from scanner.hcl.template import bare_parts, heredoc, quoted

_NUMBER = re.compile(rb"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DIGITS = re.compile(rb"\d+")
_OPERATOR = re.compile(rb"&&|\|\||==|!=|>=|<=|[-+*/%<>]")
_POWER = {
    b"||": 1, b"&&": 2, b"==": 3, b"!=": 3, b">": 4, b">=": 4, b"<": 4, b"<=": 4,
    b"+": 5, b"-": 5, b"*": 6, b"/": 6, b"%": 6,
}  # fmt: skip
# The commonest expressions, read in one step where nothing follows that could belong to them: a string without
# escapes or interpolation, a whole number, and names with dots. In brackets a line break is no end.
_WORD = rb"[A-Za-z_][A-Za-z0-9_-]*"
_ONE = rb'(?:"([^"\\$%\n\x80-\xff]*)"|([0-9]{1,18})|(' + _WORD + rb")((?:\." + _WORD + rb")*))"
_PLAIN_IN_LINE = re.compile(_ONE + rb"(?=[ \t]*(?:[,)\]}]|\r?\n|\Z))")
_PLAIN_IN_BRACKETS = re.compile(_ONE + rb"(?=[ \t]*(?:[,)\]}]|\Z))")
_KEY = re.compile(rb"(" + _WORD + rb")(?=[ \t]*=[^=>])")
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def read_expression(text: bytes, start: int, end: int) -> Expression:
    """The one expression that fills bytes `start` to `end`; Invalid, with the message, where it is none."""
    reader = Reader(text, start, end)
    try:
        found = expression(reader)
        if reader.peek() != -1:
            raise reader.fault("expected the end of the expression")
    except SyntaxFault as fault:
        return Invalid(fault.start, fault.end, fault.message, limit=fault.limit)
    except RecursionError:
        return Invalid(start, end, "nested too deeply to be read from here", limit=True)
    return found


def read_template(text: bytes, start: int = 0, end: int | None = None) -> Expression:
    """A bare template, as in a template file or a string of Terraform JSON. Raises SyntaxFault."""
    stop = len(text) if end is None else end
    reader = Reader(text, start, stop)
    parts = bare_parts(reader, expression)
    if len(parts) == 1 and isinstance(parts[0], str):
        return Literal(start, stop, parts[0])
    return Template(start, stop, parts) if parts else Literal(start, stop, "")


def expression(reader: Reader) -> Expression:
    """An expression from the position on: conditionals bind weakest, and to the right."""
    plain = _plain(reader)
    if plain is not None:
        return plain
    reader.enter(reader.pos)
    found = _binary(reader)
    if reader.peek() == 63:  # ?
        reader.pos += 1
        then = expression(reader)
        reader.expect(b":", 'the ":" of the conditional')
        otherwise = expression(reader)
        found = Conditional(found.start, otherwise.end, found, then, otherwise)
    reader.depth -= 1
    return found


def _binary(reader: Reader) -> Expression:
    """Operands and operators on a stack of its own, so that neither width nor precedence recurses."""
    left = [_unary(reader)]
    waiting: list[bytes] = []
    while True:
        reader.skip()
        found = _OPERATOR.match(reader.text, reader.pos, reader.end)
        power = _POWER[found.group()] if found is not None else 0
        while waiting and _POWER[waiting[-1]] >= power:
            right = left.pop()
            left[-1] = Binary(left[-1], waiting.pop().decode(), right)
        if found is None:
            return left[0]
        reader.pos = found.end()
        waiting.append(found.group())
        left.append(_unary(reader))


def _unary(reader: Reader) -> Expression:
    sign = reader.peek()
    if sign == 45 or (sign == 33 and not reader.text.startswith(b"!=", reader.pos)):  # - or !
        start = reader.pos
        reader.enter(start)
        reader.pos += 1
        operand = _unary(reader)
        reader.depth -= 1
        return Unary(start, chr(sign), operand)
    return _postfix(reader, _primary(reader))


def _plain(reader: Reader) -> Expression | None:
    """An expression that is no more than a plain string, a whole number or names with dots; None for all else."""
    reader.skip()
    start = reader.pos
    pattern = _PLAIN_IN_BRACKETS if reader.multiline else _PLAIN_IN_LINE
    found = pattern.match(reader.text, start, reader.end)
    if found is None:
        return None
    string, digits, root, rest = found.groups()
    reader.pos = end = found.end()
    if string is not None:
        return Literal(start, end, string.decode())
    if digits is not None:
        return Literal(start, end, int(digits))
    name = root.decode()
    if name in _CONSTANTS:
        if not rest:
            return Literal(start, end, _CONSTANTS[name])
        reader.pos = start
        return None
    at = found.end(3)
    steps = []
    for step in rest.decode()[1:].split(".") if rest else ():
        at += 1 + len(step)
        steps.append(Attr(step, at))
    return Traversal(start, end, name, tuple(steps))


def _primary(reader: Reader) -> Expression:
    next_byte = reader.peek()
    start = reader.pos
    if next_byte == 34:  # "
        return quoted(reader, expression)
    if next_byte == 40:  # (
        return _parens(reader)
    if next_byte == 91:  # [
        return _tuple(reader)
    if next_byte == 123:  # {
        return _object(reader)
    if 48 <= next_byte <= 57:
        return _number(reader)
    if next_byte == 60 and reader.text.startswith(b"<<", start):
        return heredoc(reader, expression)
    name = reader.name()
    if name is None:
        raise reader.fault("expected a value")
    return _named(reader, name, start)


def _named(reader: Reader, name: str, start: int) -> Expression:
    while reader.take(b"::"):
        part = reader.name()
        if part is None:
            raise reader.fault('expected a name after "::"')
        name += "::" + part
    end = reader.pos
    if reader.peek() == 40:
        return _call(reader, name, start)
    reader.pos = end
    if "::" in name:
        raise reader.fault('expected "(": a name with "::" is a function')
    if name in _CONSTANTS:
        return Literal(start, end, _CONSTANTS[name])
    return Traversal(start, end, name, ())


def _number(reader: Reader) -> Expression:
    start = reader.pos
    found = reader.match(_NUMBER)
    assert found is not None  # noqa: S101 - a digit comes next
    if reader.pos < reader.end and (
        reader.text[reader.pos : reader.pos + 1].isalpha() or reader.text[reader.pos] == 95
    ):
        raise SyntaxFault("a number must be followed by a blank or an operator", start, reader.pos + 1)
    return Literal(start, reader.pos, number(found.group().decode()))


def number(text: str) -> Number:
    """A number literal's value: int where it is whole. Raises SyntaxFault on an exponent beyond reason."""
    try:
        return int(text) if text.isdigit() and len(text) < 150 else from_decimal(Decimal(text))
    except EvaluationError as error:
        raise SyntaxFault(error.message, 0, 0, limit=True) from error


def _parens(reader: Reader) -> Expression:
    start = reader.pos
    outer, reader.multiline = reader.multiline, True
    reader.pos += 1
    inner = expression(reader)
    reader.expect(b")", 'the closing ")"')
    reader.multiline = outer
    if isinstance(inner, (Traversal, Literal)):
        # `(a).b` is a step into a value, and as an object's key `(a)` is the variable, not the name.
        return Relative(start, reader.pos, inner, ())
    return inner


def _tuple(reader: Reader) -> Expression:
    start = reader.pos
    outer, reader.multiline = reader.multiline, True
    reader.pos += 1
    if reader.word(b"for"):
        found: Expression = _for(reader, start, b"]")
        reader.multiline = outer
        return found
    items = []
    while not reader.take(b"]"):
        items.append(expression(reader))
        if not reader.take(b","):
            reader.expect(b"]", '"," or the closing "]" of the list')
            break
    reader.multiline = outer
    return Tuple(start, reader.pos, tuple(items))


def _object(reader: Reader) -> Expression:
    start = reader.pos
    outer, reader.multiline = reader.multiline, True
    reader.pos += 1
    if reader.word(b"for"):
        found: Expression = _for(reader, start, b"}")
        reader.multiline = outer
        return found
    items = []
    while not reader.take(b"}"):
        key = _plain_key(reader) or _object_key(expression(reader))
        if not reader.take(b"=") and not reader.take(b":"):
            raise reader.fault('expected "=" or ":" after the key of the object')
        reader.skip()
        reader.multiline = False
        items.append((key, expression(reader)))
        at_comma = reader.take(b",")
        at_line = reader.peek() in (10, -1)
        reader.multiline = True
        if not at_comma and not at_line:
            reader.expect(b"}", 'a line break, "," or the closing "}" of the object')
            break
    reader.multiline = outer
    return Object(start, reader.pos, tuple(items))


def _plain_key(reader: Reader) -> Literal | None:
    """A name that stands before a "=", as most keys are."""
    found = reader.match(_KEY)
    return None if found is None else Literal(found.start(), found.end(), found.group().decode())


def _object_key(key: Expression) -> Expression:
    if isinstance(key, Traversal):
        if key.steps:
            return Invalid(key.start, key.end, "a key with dots must stand in parentheses or quotes", name=key)
        return Literal(key.start, key.end, key.root)
    if isinstance(key, Literal) and (key.value is None or isinstance(key.value, bool)):
        return Literal(key.start, key.end, {None: "null", True: "true", False: "false"}[key.value])
    return key


def _for(reader: Reader, start: int, close: bytes) -> For:
    reader.enter(start)
    names = for_names(reader)
    collection = expression(reader)
    reader.expect(b":", 'the ":" of the for expression')
    value = expression(reader)
    key: Expression | None = None
    group = False
    if close == b"}":
        reader.expect(b"=>", 'the "=>" of the for expression')
        key, value = value, expression(reader)
        group = reader.take(b"...")
    cond = expression(reader) if reader.word(b"if") else None
    reader.expect(close, f'the closing "{close.decode()}" of the for expression')
    reader.depth -= 1
    return For(start, reader.pos, names, collection, key, value, cond, group=group)


def _call(reader: Reader, name: str, start: int) -> Call:
    outer, reader.multiline = reader.multiline, True
    reader.pos += 1
    args = []
    expand = False
    while not reader.take(b")"):
        args.append(expression(reader))
        if reader.take(b"..."):
            expand = True
            reader.take(b",")
            reader.expect(b")", 'the closing ")" after "..."')
            break
        if not reader.take(b","):
            reader.expect(b")", '"," or the closing ")" of the call')
            break
    reader.multiline = outer
    return Call(start, reader.pos, name, tuple(args), expand=expand)


def _postfix(reader: Reader, source: Expression) -> Expression:
    end = reader.pos
    steps = _steps(reader)
    if not steps:
        reader.pos = end
        return source
    if isinstance(source, Traversal):
        return Traversal(source.start, steps[-1].end, source.root, steps)
    return Relative(source.start, steps[-1].end, source, steps)


def _steps(reader: Reader) -> tuple[Step, ...]:
    """The steps from the position on; what follows a splat belongs to it."""
    steps: list[Step] = []
    while True:
        end = reader.pos
        next_byte = reader.peek()
        if next_byte == 46 and not reader.text.startswith(b"...", reader.pos):  # .
            reader.pos += 1
            if reader.take(b"*"):
                steps.append(_attribute_splat(reader))
            else:
                steps.append(_attribute_step(reader))
        elif next_byte == 91:  # [
            step = _index_step(reader)
            steps.append(step)
            if isinstance(step, Splat):
                return tuple(steps)
        else:
            reader.pos = end
            return tuple(steps)


def _attribute_step(reader: Reader) -> Attr | Index:
    reader.skip()
    start = reader.pos
    digits = reader.match(_DIGITS)
    if digits is not None:
        if reader.text.startswith(b".", reader.pos) and _DIGITS.match(reader.text, reader.pos + 1, reader.end):
            raise SyntaxFault("two indexes with dots; write [0][1]", start, reader.pos + 2)
        return Index(Literal(start, reader.pos, int(digits.group()[:18])), reader.pos)
    name = reader.name()
    if name is None:
        raise reader.fault('expected an attribute name after "."')
    return Attr(name, reader.pos)


def _attribute_splat(reader: Reader) -> Splat:
    """`.*` takes the attribute steps that follow; an index after them applies to the whole result."""
    inner: list[Step] = []
    end = reader.pos
    while reader.peek() == 46 and not reader.text.startswith((b"...", b".*"), reader.pos):
        reader.pos += 1
        inner.append(_attribute_step(reader))
        end = reader.pos
    reader.pos = end
    return Splat(tuple(inner), end, full=False)


def _index_step(reader: Reader) -> Index | Splat:
    outer, reader.multiline = reader.multiline, True
    reader.pos += 1
    if reader.take(b"*"):
        reader.expect(b"]", 'the "]" of "[*]"')
        reader.multiline = outer
        after = reader.pos
        reader.enter(after)
        steps = _steps(reader)
        reader.depth -= 1
        return Splat(steps, steps[-1].end if steps else after, full=True)
    key = expression(reader)
    reader.expect(b"]", 'the closing "]" of the index')
    reader.multiline = outer
    return Index(key, reader.pos)
