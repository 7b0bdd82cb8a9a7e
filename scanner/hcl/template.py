"""Templates: quoted strings, heredocs and bare template files, with `${}`, `%{}`, `~` and `<<-` indentation.

Trimming and indentation work on the tokens of Terraform's scanner, which in heredocs and bare templates end at
each line break; hence a `~}` at the end of a line eats the line break but not the next line's indentation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from scanner.hcl.errors import SyntaxFault
from scanner.hcl.reader import Reader, for_names
from scanner.hcl.syntax import Expression, Literal, Template, TemplateFor, TemplateIf

_Expression = Callable[[Reader], Expression]

_QUOTED = re.compile(rb'(?:[^"\\$%\n]+|\\[^\n]|\$\$\{|%%\{|\$(?!\{)|%(?!\{))+')
_LINE = re.compile(rb"(?:[^$%\n]+|\$\$\{|%%\{|\$(?!\{)|%(?!\{))*\n?")
_HEREDOC = re.compile(rb"<<(-?)([A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff-]*)[ \t]*\r?\n")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|([$%])\2\{", re.DOTALL)
_DOUBLED = re.compile(r"([$%])\1\{")
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
# What counts as indentation: every character that Unicode calls white space, each as one column.
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_BLANKS = " \t\n\r\v\f\x85\xa0"


class _Text:
    """A literal token; its value shrinks by trimming and indentation."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value


class _Tag:
    """A directive's opening: `if`, `else`, `endif`, `for` or `endfor`."""

    __slots__ = ("end", "expr", "names", "start", "word")

    def __init__(self, word: str, names: tuple[str, str], expr: Expression | None, start: int, end: int) -> None:
        self.word = word
        self.names = names
        self.expr = expr
        self.start = start
        self.end = end


_Token = _Text | _Tag | Expression


def quoted(reader: Reader, expression: _Expression) -> Expression:
    """The string that opens at the position."""
    start = reader.pos
    reader.pos += 1
    reader.enter(start)
    tokens: list[_Token] = []
    trim = False
    while True:
        found = reader.match(_QUOTED)
        if found is not None:
            text = _composed(_unescape(found.group().decode("utf-8", "replace"), found.start(), found.end()))
            tokens.append(_Text(text.lstrip(_BLANKS) if trim else text))
            trim = False
        elif reader.text.startswith((b"${", b"%{"), reader.pos) and reader.pos < reader.end:
            trim = _sequence(reader, expression, tokens)
        elif reader.pos < reader.end and reader.text[reader.pos] == 34:
            reader.pos += 1
            break
        else:
            raise SyntaxFault("the closing quote of this string is missing on its line", start, reader.pos)
    reader.depth -= 1
    return _finish(tokens, start, reader.pos, heredoc_form=False)


def heredoc(reader: Reader, expression: _Expression) -> Expression:
    """The heredoc that opens at the position; the reader is left after the closing marker."""
    start = reader.pos
    opening = reader.match(_HEREDOC)
    if opening is None:
        raise SyntaxFault('expected a marker after "<<", as in <<EOT, and then a line break', start, start + 2)
    reader.enter(start)
    closing = re.compile(rb"[ \t]*" + re.escape(opening.group(2)) + rb"(?=[ \t\r]*(?:\n|\Z))")
    marker = opening.group(2)
    tokens: list[_Token] = []
    if marker not in reader.unclosed:
        _lines(reader, expression, tokens, closing)
    if marker in reader.unclosed or reader.match(closing) is None:
        reader.unclosed.add(marker)
        shown = marker.decode("utf-8", "replace")
        raise SyntaxFault(f'the closing line "{shown}" of this heredoc is missing', start, opening.end(2))
    if opening.group(1):
        _remove_indentation(tokens)
    reader.depth -= 1
    return _finish(tokens, start, reader.pos, heredoc_form=True)


def bare_parts(reader: Reader, expression: _Expression) -> tuple[str | Expression, ...]:
    """The parts of a template that fills the reader's range."""
    tokens: list[_Token] = []
    start = reader.pos
    _lines(reader, expression, tokens, None)
    return _assemble(tokens, start, reader.pos)


def _lines(
    reader: Reader, expression: _Expression, tokens: list[_Token], closing: re.Pattern[bytes] | None
) -> None:
    """Literal tokens line by line, until the closing marker or the end."""
    trim = False
    line_start = True
    while reader.pos < reader.end:
        if line_start and closing is not None and closing.match(reader.text, reader.pos, reader.end):
            return
        if reader.text.startswith((b"${", b"%{"), reader.pos):
            trim = _sequence(reader, expression, tokens)
            line_start = False
            continue
        found = reader.match(_LINE)
        if found is None or not found.group():
            raise reader.fault("expected text")
        text = _composed(_DOUBLED.sub(r"\1{", found.group().decode("utf-8", "replace")))
        line_start = text.endswith("\n")
        tokens.append(_Text(text.lstrip(_BLANKS) if trim else text))
        trim = False


def _sequence(reader: Reader, expression: _Expression, tokens: list[_Token]) -> bool:
    """`${...}` or `%{...}` at the position; returns whether it ends in `~}`."""
    start = reader.pos
    is_directive = reader.text[start] == 37
    reader.pos += 2
    if reader.pos < reader.end and reader.text[reader.pos] == 126:
        reader.pos += 1
        if tokens and isinstance(tokens[-1], _Text):
            tokens[-1].value = tokens[-1].value.rstrip(_BLANKS)
    outer, reader.multiline = reader.multiline, True
    tokens.append(_directive(reader, expression, start) if is_directive else expression(reader))
    trim = reader.take(b"~")
    if not reader.take(b"}"):
        raise reader.fault(f'expected the "}}" of "{"%" if is_directive else "$"}{{"')
    reader.multiline = outer
    last = tokens[-1]
    if isinstance(last, _Tag):
        last.end = reader.pos
    return trim


def _directive(reader: Reader, expression: _Expression, start: int) -> _Tag:
    word = reader.name()
    names = ("", "")
    condition: Expression | None = None
    if word == "if":
        condition = expression(reader)
    elif word == "for":
        names = for_names(reader)
        condition = expression(reader)
    elif word not in ("else", "endif", "endfor"):
        raise SyntaxFault('expected "if", "else", "endif", "for" or "endfor" after "%{"', start, reader.pos)
    return _Tag(word, names, condition, start, reader.pos)


def _remove_indentation(tokens: list[_Token]) -> None:
    """Take away the indentation that all lines of a `<<-` heredoc share; blank lines do not count."""
    shared: int | None = None
    starts: list[_Text] = []
    line_start = True
    for token in tokens:
        if line_start:
            line_start = False
            spaces: int | None = 0
            if isinstance(token, _Text):
                rest = token.value.lstrip(_SPACES)
                if not rest and token.value.endswith("\n"):
                    spaces = None
                else:
                    spaces = len(token.value) - len(rest)
                    starts.append(token)
            if spaces is not None and (shared is None or spaces < shared):
                shared = spaces
        if isinstance(token, _Text) and token.value.endswith("\n"):
            line_start = True
    for text in starts:
        text.value = text.value[shared or 0 :]


def _finish(tokens: list[_Token], start: int, end: int, *, heredoc_form: bool) -> Expression:
    parts = _assemble(tokens, start, end)
    if not parts:
        return Literal(start, end, "")
    if len(parts) == 1 and isinstance(parts[0], str):
        return Literal(start, end, parts[0])
    return Template(start, end, parts, heredoc=heredoc_form)


class _Open:
    """A directive that waits for its end."""

    __slots__ = ("parts", "tag", "then")

    def __init__(self, tag: _Tag | None) -> None:
        self.tag = tag
        self.parts: list[str | Expression] = []
        self.then: Template | None = None


def _assemble(tokens: list[_Token], start: int, end: int) -> tuple[str | Expression, ...]:
    """Nest the directives and join neighbouring texts."""
    stack = [_Open(None)]
    for token in tokens:
        top = stack[-1]
        if isinstance(token, _Text):
            if top.parts and isinstance(top.parts[-1], str):
                top.parts[-1] += token.value
            elif token.value:
                top.parts.append(token.value)
        elif isinstance(token, _Tag):
            _nest(stack, token)
        else:
            top.parts.append(token)
    if stack[-1].tag is not None:
        tag = stack[-1].tag
        raise SyntaxFault(f'"%{{{tag.word}" has no "%{{end{tag.word}}}"', tag.start, tag.end)
    return tuple(stack[0].parts)


def _nest(stack: list[_Open], token: _Tag) -> None:
    top = stack[-1]
    opened = top.tag
    if token.word in ("if", "for"):
        if len(stack) > 100:
            raise SyntaxFault(
                "template directives nested more than 100 levels deep", token.start, token.end, limit=True
            )
        stack.append(_Open(token))
        return
    if token.word == "else":
        if opened is None or opened.word != "if" or top.then is not None:
            raise SyntaxFault('"%{else}" without "%{if}"', token.start, token.end)
        top.then = Template(opened.end, token.start, tuple(top.parts))
        top.parts = []
        return
    if opened is None or token.word != "end" + opened.word or opened.expr is None:
        raise SyntaxFault(f'"%{{{token.word}}}" closes nothing here', token.start, token.end)
    stack.pop()
    body = Template(opened.end, token.start, tuple(top.parts))
    if opened.word == "for":
        found: Expression = TemplateFor(opened.start, token.end, opened.names, opened.expr, body)
    else:
        empty = Template(token.start, token.start, ())
        found = TemplateIf(
            opened.start, token.end, opened.expr, top.then or body, body if top.then is not None else empty
        )
    stack[-1].parts.append(found)


def _composed(text: str) -> str:
    """Terraform's strings are in Unicode normal form C."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _unescape(text: str, start: int, end: int) -> str:
    if "\\" not in text and "{" not in text:
        return text

    def replace(found: re.Match[str]) -> str:
        escape = found.group(1)
        if escape is None:
            return found.group(2) + "{"
        if len(escape) > 1:
            code = int(escape[1:], 16)
            return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if escape not in _PLAIN_ESCAPES:
            raise SyntaxFault(f'"\\{escape}" is no escape; write "\\\\{escape}" for a backslash', start, end)
        return _PLAIN_ESCAPES[escape]

    return _ESCAPE.sub(replace, text)
