"""Hypothesis strategies of whole programs.

Every choice of the grammar (generate.py, programs.py, trees.py) is drawn, so that Hypothesis can shrink a program,
and simpler choices come first: a leaf before a call, no mark before a mark.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.conformance.terraform import provider
from tests.conformance.terraform.blocks import Blocks
from tests.conformance.terraform.generate import FORMS, FUNCTIONS, OPERATORS, SHAPES, Program, Writer
from tests.conformance.terraform.trees import TREES

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]

DYNAMIC = (
    "dynamic",
    "dynamic list",
    "dynamic set",
    "dynamic labels",
    "dynamic nested",
)  # shapes with the provider
EVERY = (*FUNCTIONS, *OPERATORS, *FORMS)
ALL_SHAPES = (*SHAPES, *TREES, *DYNAMIC)
# Seldom in programs that are wanted for another thing, so wanted more than once.
RARE = ("uuidv5", "legacy-splat", "dynamic labels", "dynamic labels", "dynamic labels")
WANTED = (*RARE, *EVERY, *ALL_SHAPES)
_FINE = 999  # a share is drawn in thousandths
# Hypothesis now and then draws a number that stands in the source of the package under test, so that what a seed
# gives would change with every edit there; no such number lies this far out.
_FAR = 10**40
_upto = cache(lambda most: st.integers(_FAR, _FAR + most))


class Draws(random.Random):
    """The part of Random that the grammar uses, drawn."""

    def __init__(self, draw: Draw) -> None:
        super().__init__(0)
        self._draw = draw

    def below(self, bound: int) -> int:
        found: int = self._draw(_upto(bound - 1)) - _FAR if bound > 1 else 0
        return found

    def random(self) -> float:
        """Shrinks upwards: a chance that is not taken is simpler."""
        return (_FINE - self.below(_FINE + 1)) / (_FINE + 1)

    def choice(self, seq: Any) -> Any:
        return seq[self.below(len(seq))]

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        return self.below(start) if stop is None else start + self.below(stop - start)

    def sample(self, population: Sequence[T], k: int, **_: Any) -> list[T]:
        left = list(population)
        return [left.pop(self.below(len(left))) for _ in range(k)]


class Drawn(Writer):
    """A writer whose expressions are strategies of their own: one can shrink to another that stands in it."""

    def drawn_by(self, draw: Draw) -> Drawn:
        self._draw = draw
        self._asked: list[tuple[str, int]] = []
        self._one = st.builds(self.next_expression)
        return self

    def expression(self, shape: str, depth: int) -> str:
        self._asked.append((shape, depth))
        found: str = self._draw(self._one)
        return found

    def next_expression(self) -> str:
        return super().expression(*self._asked.pop())

    def stops(self) -> bool:
        return not self.chance(0.75)


class DrawnProgram(Blocks):
    """A program around what is wanted, with other things beside it."""

    wanted = ""

    def turn(self, ahead: int) -> str:
        if ahead == 0 and self.wanted in EVERY:
            return self.wanted
        found: str = self.rng.choice(FUNCTIONS)  # the rest stands in most programs anyway
        return found

    def show(self, value: str, meta: str = "") -> str:
        """Now and then with a call of another function beside the value."""
        return super().show(f"[{value}, {self.focus(1)}]" if self.writer.chance(0.7) else value, meta)


@st.composite
def programs(draw: Draw, wanted: str) -> Program:
    """A program, number 0, in which a function, operator, form or shape occurs."""
    draws = Draws(draw)
    writer = Drawn(
        draws,
        unknown=draws.choice((0, 0.06, 0.12)),
        sensitive=draws.choice((0, 0, 0.06)),
        null=draws.choice((0, 0.01, 0.05)),
        wrong=draws.choice((0, 0, 0.01, 0.03)),
    ).drawn_by(draw)
    made = DrawnProgram(0, writer)
    made.wanted = wanted
    shape = (
        wanted
        if wanted in ALL_SHAPES
        else draws.choice(("plain", "plain", *(each for each in ALL_SHAPES if each not in DYNAMIC)))
    )
    return made.make_as(shape)


def wanted_here() -> tuple[str, ...]:
    """All that programs can be wanted for on this machine."""
    return WANTED if not provider.reason() else tuple(each for each in WANTED if each not in DYNAMIC)


def numbered(program: Program, number: int) -> Program:
    """The same program under another number."""
    here = Program(number, {}, program.features)

    def renamed(text: str) -> str:
        return text.replace(program.name, here.name).replace(f"m{program.number:06}", f"m{number:06}")

    here.files = {renamed(path): renamed(text) for path, text in program.files.items()}
    return here
