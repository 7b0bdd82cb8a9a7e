"""Thousands of programs from Hypothesis through both: `python -m tests.conformance.terraform.drive SEED COUNT`.

The programs come from origins: some for each thing that is wanted, in turn. Those of a few origins are planned
together. With `--keep FOLDER` the programs of an origin and what terraform says to them are kept there, so that
a run that was cut short goes on, a mend is tried without terraform, and `--part 2/3` fills it beside others.

A disagreement is shrunk by replaying the seed that gave it: only its own program and what comes of it is planned
again, one plan each.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from itertools import count, cycle, islice
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.conformance.terraform import compare, keep, occurrences, ours, real
from tests.conformance.terraform.compare import Tally
from tests.conformance.terraform.deviations import deviation
from tests.conformance.terraform.generate import Program
from tests.conformance.terraform.real import Answer
from tests.conformance.terraform.strategies import numbered, programs, wanted_here

AT_ONCE = 8  # origins, of some 60 programs each
MOST_TRIED = 150  # programs planned alone to shrink one
_EACH = (5, 100)  # programs of one wanted thing from one seed: at least, at most


class Origin(NamedTuple):
    """What gives a program again: the seed of its examples and what they were wanted for."""

    seed: str
    wanted: str
    amount: int


class Shrunk(Exception):
    """Tells Hypothesis that an example disagrees; holds it."""


def examples(origin: Origin, take: Callable[[Program], None]) -> None:
    """Run `take` on the examples of one origin."""
    quiet = settings(
        max_examples=origin.amount,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )

    def example(program: Program) -> None:
        take(program)

    seed(str(origin))(quiet(given(program=programs(origin.wanted))(example)))()


def origins(first: str, total: int) -> Iterator[Origin]:
    """What gives the programs of a seed, without end: some of each wanted thing in turn, as `total` decides."""
    amount = min(max(total // len(wanted_here()), _EACH[0]), _EACH[1])
    for place, wanted in zip(count(), cycle(wanted_here())):
        yield Origin(f"{first} {place}", wanted, amount)


def drawn(origin: Origin) -> list[Program]:
    """The programs of an origin, each once, with what occurs in them."""
    found: list[Program] = []
    examples(origin, found.append)
    different = list({repr(each.files): each for each in found}.values())
    for each in different:
        each.features = occurrences.of(each)
    return different


def answered(
    chosen: list[Origin], folder: Path | None
) -> Iterator[tuple[Origin, list[Program], dict[int, Answer]]]:
    """The programs of some origins, numbered, and what terraform says to each."""
    found = {origin: keep.kept(folder, origin) for origin in chosen}
    fresh: dict[Origin, list[Program]] = {}
    number = count()
    for origin in (each for each in chosen if found[each] is None):
        fresh[origin] = [numbered(each, next(number)) for each in drawn(origin)]
    answers = real.ask([each for new in fresh.values() for each in new]) if fresh else {}
    for origin, new in fresh.items():
        found[origin] = new, {each.number: answers[each.number] for each in new}
        keep.put(folder, origin, new, answers)
    for origin, told in found.items():
        assert told is not None
        yield origin, *told


def run(
    first: str,
    total: int,
    progress: Callable[[Tally], None] = lambda _: None,
    folder: Path | None = None,
    part: tuple[int, int] = (1, 1),
) -> tuple[Tally, list[tuple[Origin, Program]]]:
    """The tally of so many programs, and those that disagree with where they came from."""
    tally, bad = Tally(), list[tuple[Origin, Program]]()
    seen: set[str] = set()
    source = islice(origins(first, total), part[0] - 1, None, part[1])
    left = total // part[1]
    while left:
        for origin, asked, answers in answered(list(islice(source, AT_ONCE)), folder):
            answered_for = [each for each in asked if not real.crashed(answers[each.number])]
            new = [each for each in answered_for if repr(numbered(each, 0).files) not in seen][:left]
            seen |= {repr(numbered(each, 0).files) for each in new}
            left -= len(new)
            tally.disagreeing.clear()
            compare.compare(new, answers, ours.ask(new), tally)
            bad += [(origin, numbered(each, 0)) for each in new if each.number in tally.disagreeing]
        progress(tally)
    return tally, bad


def verdict(program: Program) -> str:
    """How one program alone disagrees; "" where it does not."""
    theirs, mine = real.ask([program])[program.number], ours.ask([program])[program.number]
    said = compare.verdict(theirs, mine)
    if said in ("same value", "same cause") or deviation(said, program, theirs, mine) is not None:
        return ""
    return compare.describe(said, program, theirs, mine)


def shrunk(origin: Origin, program: Program) -> str:
    """The smallest program found that disagrees as one from that origin does, described."""
    known: dict[str, str] = {}  # by text: Hypothesis asks for some again
    tried: list[str] = []

    def judge(each: Program) -> None:
        text = repr(each.files)
        if not tried and each.files != program.files:
            return
        if text not in known:
            known[text] = verdict(each) if len(tried) < MOST_TRIED else ""
            tried.append(text)
        if known[text]:
            raise Shrunk(known[text])

    try:
        examples(origin, judge)
    except Shrunk as fault:
        return str(fault)
    return f"not seen again: {program.files}"


def main() -> int:
    reader = argparse.ArgumentParser(prog="drive")
    reader.add_argument("seed")
    reader.add_argument("count", type=int)
    reader.add_argument("--keep", type=Path)
    reader.add_argument("--part", default="1/1")
    given = reader.parse_args()
    shown: list[str] = []

    def progress(tally: Tally) -> None:
        for told in tally.disagreements[len(shown) :]:
            shown.append(told)
            sys.stdout.write(told)
        sys.stdout.flush()
        done = tally.agreed.total() + tally.deviations.total() + len(tally.disagreements)
        sys.stderr.write(f"{done} programs, {len(tally.disagreements)} disagree\n")

    part, parts = map(int, given.part.split("/"))
    tally, bad = run(given.seed, given.count, progress, given.keep, (part, parts))
    sys.stdout.write(f"{occurrences.table(tally.features)}\n{tally}\n")
    for origin, program in bad[:20]:
        sys.stdout.write(f"--- shrunk ({origin})\n{shrunk(origin, program)}\n")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
