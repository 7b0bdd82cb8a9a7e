"""What is wrong with a YAML or JSON text, said for people: what stands there and what was expected."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

_TOKEN = re.compile(r"\S{1,80}")


class _Mark(Protocol):
    index: int
    line: int


class Fault(NamedTuple):
    """One fault: code point offsets from where the parser began, and the words for it."""

    code: str
    summary: str
    start: int
    end: int
    remedy: str = ""


class Halt(Exception):
    """The document cannot be read on; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.summary)
        self.fault = fault


def syntax(error: Exception, text: str, first_line: int) -> Fault:
    """The fault that the C parser raised. `first_line` counts the lines before the text that it was given."""
    mark: _Mark | None = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    if mark is None:
        at = _forbidden(text)
        return Fault("parse-yaml", f"a control character that YAML does not allow ({problem})", at, at + 1)
    at = mark.index
    context: _Mark | None = getattr(error, "context_mark", None)
    since = f" that begins on line {first_line + context.line + 1}" if context is not None else ""
    say = _WORDS.get(problem)
    summary = say(text[at : at + 1], since) if say else f"{problem}{' in what' + since[5:] if since else ''}"
    token = _TOKEN.match(text, at)
    return Fault("parse-yaml", summary, at, token.end() if token else at + 1, _remedy(problem, text[at : at + 1]))


def _forbidden(text: str) -> int:
    found = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]", text)
    return found.start() if found else 0


def _starts_no_token(char: str, _: str) -> str:
    if char == "\t":
        return "a tab where YAML expects spaces"
    if char in "@`":
        return f"a value cannot begin with {char!r}: expected a quoted text"
    return f"a value cannot begin with {char!r}"


def _says(words: str) -> Callable[[str, str], str]:
    return lambda _, since: words.replace("~", since)


_WORDS: dict[str, Callable[[str, str], str]] = {
    "mapping values are not allowed in this context": _says("a second ':' here: expected the value to end"),
    "found character that cannot start any token": _starts_no_token,
    "found a tab character where an indentation space is expected": _says("a tab where YAML expects spaces"),
    "found a tab character that violates indentation": _says("a tab where YAML expects spaces"),
    "did not find expected key": _says("expected a key, or the end of the mapping~"),
    "could not find expected ':'": _says("expected ':' after the key~"),
    "did not find expected '-' indicator": _says("expected '-', or the end of the list~"),
    "did not find expected ',' or '}'": _says("expected ',' or '}' in the mapping~"),
    "did not find expected ',' or ']'": _says("expected ',' or ']' in the list~"),
    "did not find expected node content": _says("expected a value"),
    "found unexpected end of stream": _says("the file ends: expected the closing quote of the text~"),
    "found unexpected document indicator": _says("a new document: expected the closing quote of the text~"),
    "did not find expected <document start>": _says("expected '---' or the end of the document"),
    "block sequence entries are not allowed in this context": _says("'-' here: expected a value on this line"),
    "block mapping entries are not allowed in this context": _says("'?' here: expected a value on this line"),
    "found unknown escape character": _says("an escape that YAML does not know in the quoted text~"),
    "did not find expected hexdecimal number": _says("expected hexadecimal digits in the escape"),
    "did not find expected comment or line break": _says("expected the end of the line"),
    "found undefined tag handle": _says("a tag handle that no %TAG line declares"),
}


def _remedy(problem: str, char: str) -> str:
    if problem == "mapping values are not allowed in this context":
        return "quote a value that holds ': ', or mend the indentation"
    if char == "\t":
        return "indent with spaces"
    return ""
