"""RE2 regular expressions in linear time: Go's syntax, leftmost-first, with captures.

Python's `re` has another syntax and can take exponential time, and what is matched here comes from files that
nobody vouched for. A pattern becomes a program of small instructions; the matcher tries them in order of priority
and never visits an instruction twice at one position, so the work is at most program x text.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from scanner.hcl.errors import limit_error
from scanner.hcl.functions.re2_syntax import Node, parse_pattern

MAX_STEPS = 5_000_000
_MAX_PROGRAM = 20_000

CHAR, SPLIT, SAVE, ASSERT, MATCH = range(5)
_Instruction = tuple[int, Callable[..., bool], int, int]


def _unused(*_: object) -> bool:
    """The test of instructions that have none."""
    return False


class Program:
    """A compiled pattern: `groups` are the names of its groups, "" for those without."""

    __slots__ = ("code", "groups")

    def __init__(self, code: list[_Instruction], groups: tuple[str, ...]) -> None:
        self.code = code
        self.groups = groups

    def search(self, text: str, start: int, budget: Budget) -> list[int] | None:
        """The captures of the leftmost match from `start` on: pairs of offsets, -1 for a group without part."""
        visited: set[int] = set()
        for at in range(start, len(text) + 1):
            found = self._run(text, at, visited, budget)
            if found is not None:
                return found
        return None

    def _run(self, text: str, start: int, visited: set[int], budget: Budget) -> list[int] | None:
        code, width = self.code, len(self.code)
        stack: list[tuple[int, int, tuple[int, ...]]] = [(0, start, (-1,) * (2 * len(self.groups) + 2))]
        end = len(text)
        while stack:
            pc, at, captures = stack.pop()
            while True:
                key = at * width + pc
                if key in visited:
                    break
                visited.add(key)
                budget.spend()
                kind, what, first, second = code[pc]
                if kind == CHAR:
                    if at >= end or not what(text[at]):
                        break
                    pc, at = first, at + 1
                elif kind == SPLIT:
                    stack.append((second, at, captures))
                    pc = first
                elif kind == SAVE:
                    slot = second
                    captures = (*captures[:slot], at, *captures[slot + 1 :])
                    pc = first
                elif kind == ASSERT:
                    if not what(text, at):
                        break
                    pc = first
                else:
                    return [start, at, *captures[2:]]
        return None


class Budget:
    """The steps that one call may take."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_STEPS

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise limit_error("this match takes too many steps")


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Program:
    """The program of a pattern. Raises EvaluationError where it is none, with code "limit" for its size."""
    tree, groups = parse_pattern(pattern)
    builder = _Builder()
    builder.emit(tree)
    builder.code.append((MATCH, _unused, 0, 0))
    return Program(builder.code, groups)


class _Builder:
    """Code for a tree; each fragment falls through to what is emitted next."""

    def __init__(self) -> None:
        self.code: list[_Instruction] = []

    def emit(self, node: Node) -> None:
        if len(self.code) > _MAX_PROGRAM:
            raise limit_error("this pattern is too large")
        kind = node.kind
        if kind == "char":
            self._add(CHAR, node.test)
        elif kind == "assert":
            self._add(ASSERT, node.test)
        elif kind == "concat":
            for child in node.children:
                self.emit(child)
        elif kind == "alternate":
            self._alternate(node.children)
        elif kind == "group":
            self._add(SAVE, None, 2 * node.number)
            self.emit(node.children[0])
            self._add(SAVE, None, 2 * node.number + 1)
        elif kind == "repeat":
            self._repeat(node)

    def _add(self, kind: int, what: Callable[..., bool] | None, second: int = 0) -> None:
        self.code.append((kind, what or _unused, len(self.code) + 1, second))

    def _split(self) -> int:
        self.code.append((SPLIT, _unused, 0, 0))
        return len(self.code) - 1

    def _aim(self, at: int, preferred: int, other: int, *, lazy: bool = False) -> None:
        first, second = (other, preferred) if lazy else (preferred, other)
        self.code[at] = (SPLIT, _unused, first, second)

    def _alternate(self, children: tuple[Node, ...]) -> None:
        exits = []
        for child in children[:-1]:
            split = self._split()
            self.emit(child)
            exits.append(self._split())
            self._aim(split, split + 1, len(self.code))
        self.emit(children[-1])
        for at in exits:
            self._aim(at, len(self.code), len(self.code))

    def _repeat(self, node: Node) -> None:
        child = node.children[0]
        for _ in range(node.least):
            self.emit(child)
        if node.most is None:
            split = self._split()
            self.emit(child)
            back = self._split()
            self._aim(back, split, split)
            self._aim(split, split + 1, len(self.code), lazy=node.lazy)
            return
        splits = []
        for _ in range(node.most - node.least):
            splits.append(self._split())
            self.emit(child)
        for at in splits:
            self._aim(at, at + 1, len(self.code), lazy=node.lazy)


def find_all(program: Program, text: str) -> list[list[int]]:
    """All matches that do not overlap, as Go finds them: an empty one not right after another."""
    budget = Budget()
    found: list[list[int]] = []
    at, last_end = 0, -1
    while at <= len(text):
        match = program.search(text, at, budget)
        if match is None:
            break
        start, end = match[0], match[1]
        if end > start or start != last_end:
            found.append(match)
        last_end = end
        at = end if end > start else end + 1
    return found


def find(program: Program, text: str) -> list[int] | None:
    """The first match."""
    return program.search(text, 0, Budget())
