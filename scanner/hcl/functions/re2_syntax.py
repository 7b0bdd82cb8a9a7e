"""The syntax of RE2 as Go reads it (https://github.com/google/re2/wiki/Syntax): pattern to tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from scanner.hcl.errors import EvaluationError, limit_error
from scanner.hcl.functions.re2_classes import folds, of_property

_MAX_PATTERN = 10_000
_MAX_REPEAT = 1000
_MAX_DEPTH = 200
Test = Callable[..., bool]

_REPEAT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_NAME = re.compile(r"\?P?<([A-Za-z_][A-Za-z0-9_]*)>")
_FLAGS = re.compile(r"\?([imsU]*)(?:-([imsU]+))?([:)])")
_POSIX = re.compile(r"\[:(\^?)([a-z]+):\]")
_PROPERTY = re.compile(r"\{(\^?)([A-Za-z_]+)\}|([A-Za-z])")
_WORD = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_SETS: dict[str, frozenset[str]] = {
    "d": frozenset("0123456789"),
    "s": frozenset("\t\n\f\r "),
    "w": _WORD,
}
_LETTERS = frozenset(char for char in _WORD if char.isalpha())
_POSIX_SETS: dict[str, frozenset[str]] = {
    "alnum": _WORD - {"_"},
    "alpha": _LETTERS,
    "ascii": frozenset(map(chr, range(128))),
    "blank": frozenset("\t "),
    "cntrl": frozenset(map(chr, (*range(32), 127))),
    "digit": _SETS["d"],
    "graph": frozenset(map(chr, range(33, 127))),
    "lower": frozenset(char for char in _LETTERS if char.islower()),
    "print": frozenset(map(chr, range(32, 127))),
    "punct": frozenset(map(chr, range(33, 127))) - _WORD | {"_"},
    "space": frozenset("\t\n\v\f\r "),
    "upper": frozenset(char for char in _LETTERS if char.isupper()),
    "word": _WORD,
    "xdigit": frozenset("0123456789abcdefABCDEF"),
}
_CONTROL = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a pattern: kind "char", "assert" (with `test`), "concat", "alternate", "group" or "repeat"."""

    kind: str
    children: tuple[Node, ...] = ()
    test: Test | None = None
    number: int = 0
    least: int = 0
    most: int | None = None
    lazy: bool = False


def parse_pattern(pattern: str) -> tuple[Node, tuple[str, ...]]:
    """The tree of a pattern and the names of its groups. Raises EvaluationError."""
    if len(pattern) > _MAX_PATTERN:
        raise limit_error(f"a pattern of more than {_MAX_PATTERN} characters")
    reader = _Reader(pattern)
    tree = reader.alternation(0)
    if reader.at < len(pattern):
        raise _wrong(pattern, "unexpected )")
    return tree, tuple(reader.groups)


def _wrong(pattern: str, what: str) -> EvaluationError:
    return EvaluationError(f'"{pattern[:60]}" is no regular expression: {what}')


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.groups: list[str] = []
        self.flags: frozenset[str] = frozenset()

    def fault(self, what: str) -> EvaluationError:
        return _wrong(self.pattern, what)

    def alternation(self, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise limit_error("groups of a pattern nested too deeply")
        branches = [self._concat(depth)]
        while self.pattern.startswith("|", self.at):
            self.at += 1
            branches.append(self._concat(depth))
        return branches[0] if len(branches) == 1 else Node("alternate", tuple(branches))

    def _concat(self, depth: int) -> Node:
        items: list[Node] = []
        repeated = False
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            count = self._repetition()
            if count is not None:
                if not items:
                    raise self.fault("a repetition of nothing")
                if repeated:
                    raise self.fault("a repetition of a repetition")
                items[-1] = Node("repeat", (items[-1],), least=count[0], most=count[1], lazy=count[2])
                repeated = True
                continue
            repeated = False
            items.extend(self._atom(depth))
        return items[0] if len(items) == 1 else Node("concat", tuple(items))

    def _repetition(self) -> tuple[int, int | None, bool] | None:
        char = self.pattern[self.at]
        least, most = 0, None
        if char in "*+?":
            least = 1 if char == "+" else 0
            most = 1 if char == "?" else None
            self.at += 1
        else:
            found = _REPEAT.match(self.pattern, self.at)
            if found is None:
                return None
            least = int(found.group(1))
            most = least if not found.group(2) else int(found.group(3)) if found.group(3) else None
            if least > _MAX_REPEAT or (most is not None and (most > _MAX_REPEAT or most < least)):
                raise self.fault("a repetition beyond 1000")
            self.at = found.end()
        lazy = self.pattern.startswith("?", self.at)
        self.at += lazy
        return least, most, lazy != ("U" in self.flags)

    def _atom(self, depth: int) -> list[Node]:
        char = self.pattern[self.at]
        self.at += 1
        if char == "(":
            return self._group(depth)
        if char == "[":
            return [Node("char", test=self._class())]
        if char == ".":
            return [Node("char", test=_any_char if "s" in self.flags else _not_newline)]
        if char == "^":
            return [Node("assert", test=_line_start if "m" in self.flags else _text_start)]
        if char == "$":
            return [Node("assert", test=_line_end if "m" in self.flags else _text_end)]
        if char == "\\":
            return self._escape()
        return [self._literal(char)]

    def _literal(self, char: str) -> Node:
        if "i" in self.flags:
            return Node("char", test=frozenset(folds(char)).__contains__)
        return Node("char", test=char.__eq__)

    def _group(self, depth: int) -> list[Node]:
        outer = self.flags
        number = 0
        if self.pattern.startswith("?", self.at):
            name, flags = _NAME.match(self.pattern, self.at), _FLAGS.match(self.pattern, self.at)
            if name is not None:
                self.groups.append(name.group(1))
                number = len(self.groups)
                self.at = name.end()
            elif flags is not None:
                self.flags = (outer | set(flags.group(1))) - set(flags.group(2) or "")
                self.at = flags.end()
                if flags.group(3) == ")":
                    return []
            else:
                raise self.fault("an unknown kind of group (RE2 has no look-around)")
        else:
            self.groups.append("")
            number = len(self.groups)
        inner = self.alternation(depth + 1)
        if not self.pattern.startswith(")", self.at):
            raise self.fault("a missing )")
        self.at += 1
        self.flags = outer
        return [Node("group", (inner,), number=number) if number else Node("concat", (inner,))]

    def _escape(self) -> list[Node]:
        if self.at >= len(self.pattern):
            raise self.fault("a backslash at the end")
        char = self.pattern[self.at]
        if char == "Q":
            end = self.pattern.find("\\E", self.at)
            text = self.pattern[self.at + 1 : end if end >= 0 else len(self.pattern)]
            self.at = end + 2 if end >= 0 else len(self.pattern)
            return [self._literal(item) for item in text]
        if char in "AzbB":
            self.at += 1
            test = {"A": _text_start, "z": _text_end, "b": _word_edge, "B": _no_word_edge}[char]
            return [Node("assert", test=test)]
        found = self._set_escape()
        if found is not None:
            return [Node("char", test=found)]
        return [self._literal(self._char_escape())]

    def _set_escape(self) -> Test | None:
        """The test of d, w, s, pL and their like; the position is after the backslash."""
        char = self.pattern[self.at]
        if char.lower() in _SETS:
            self.at += 1
            members = _SETS[char.lower()]
            return members.__contains__ if char.islower() else lambda item: item not in members
        if char not in "pP":
            return None
        found = _PROPERTY.match(self.pattern, self.at + 1)
        if found is None:
            raise self.fault("a wrong \\p")
        self.at = found.end()
        name = found.group(2) or found.group(3)
        negated = (char == "P") != bool(found.group(1))
        test = of_property(name, negated=negated, fold="i" in self.flags)
        if test is None:
            raise self.fault(f"an unknown class \\p{{{name}}}")
        return test

    def _char_escape(self) -> str:
        char = self.pattern[self.at]
        rest = self.pattern[self.at :]
        if char in _CONTROL:
            self.at += 1
            return _CONTROL[char]
        found = re.match(r"x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})", rest)
        if found is not None:
            self.at += found.end()
            code = int(found.group(1) or found.group(2), 16)
            if code > 0x10FFFF:
                raise self.fault("a character beyond Unicode")
            return chr(code)
        octal = re.match(r"0[0-7]{0,2}|[1-7][0-7]{1,2}", rest)
        if octal is not None:
            self.at += octal.end()
            return chr(int(octal.group(), 8))
        if char.isascii() and char.isalnum():
            raise self.fault(f"an unknown escape \\{char}")
        self.at += 1
        return char

    def _class(self) -> Test:
        """A bracket expression; the position is after the `[`."""
        negated = self.pattern.startswith("^", self.at)
        self.at += negated
        tests: list[Test] = []
        singles: set[str] = set()
        ranges: list[tuple[str, str]] = []
        first = True
        while first or not self.pattern.startswith("]", self.at):
            if self.at >= len(self.pattern):
                raise self.fault("a missing ]")
            first = False
            test = self._class_set()
            if test is not None:
                tests.append(test)
                continue
            low = self._class_char()
            if self.pattern.startswith("-", self.at) and not self.pattern.startswith("-]", self.at):
                self.at += 1
                high = self._class_char()
                if high < low:
                    raise self.fault("a range that runs backwards")
                ranges.append((low, high))
            else:
                singles.add(low)
        self.at += 1
        return _class_test(frozenset(singles), ranges, tests, negated=negated, fold="i" in self.flags)

    def _class_set(self) -> Test | None:
        posix = _POSIX.match(self.pattern, self.at)
        if posix is not None:
            members = _POSIX_SETS.get(posix.group(2))
            if members is None:
                raise self.fault(f"an unknown class {posix.group()}")
            self.at = posix.end()
            return (lambda item: item not in members) if posix.group(1) else members.__contains__
        if self.pattern[self.at] == "\\" and self.at + 1 < len(self.pattern):
            self.at += 1
            found = self._set_escape()
            if found is None:
                self.at -= 1
            return found
        return None

    def _class_char(self) -> str:
        if self.at >= len(self.pattern):
            raise self.fault("a missing ]")
        char = self.pattern[self.at]
        self.at += 1
        if char == "\\":
            if self.at >= len(self.pattern):
                raise self.fault("a backslash at the end")
            return self._char_escape()
        return char


def _class_test(
    singles: frozenset[str], ranges: list[tuple[str, str]], tests: list[Test], *, negated: bool, fold: bool
) -> Test:
    def holds(char: str) -> bool:
        return (
            char in singles
            or any(low <= char <= high for low, high in ranges)
            or any(test(char) for test in tests)
        )

    def test(char: str) -> bool:
        found = any(map(holds, folds(char))) if fold else holds(char)
        return found != negated

    return test


def _any_char(_: str) -> bool:
    return True


def _not_newline(char: str) -> bool:
    return char != "\n"


def _text_start(_: str, at: int) -> bool:
    return at == 0


def _text_end(text: str, at: int) -> bool:
    return at == len(text)


def _line_start(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == "\n"


def _line_end(text: str, at: int) -> bool:
    return at == len(text) or text[at] == "\n"


def _word_edge(text: str, at: int) -> bool:
    return (at > 0 and text[at - 1] in _WORD) != (at < len(text) and text[at] in _WORD)


def _no_word_edge(text: str, at: int) -> bool:
    return not _word_edge(text, at)
