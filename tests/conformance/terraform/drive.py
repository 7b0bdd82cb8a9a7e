"""Thousands of programs from Hypothesis through both: `python -m tests.conformance.terraform.drive SEED COUNT`.

The programs are collected first, then planned 500 at a time. A disagreement is shrunk by replaying the seed that
gave it: only its own program and what comes of it is planned again, one plan each.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import count as numbers
from itertools import islice
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.conformance.terraform import compare, occurrences, ours, real
from tests.conformance.terraform.compare import Tally
from tests.conformance.terraform.deviations import deviation
from tests.conformance.terraform.generate import Program
from tests.conformance.terraform.strategies import numbered, programs, wanted_here

AT_ONCE = 500
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


def collected(first: str, count: int) -> Iterator[tuple[Origin, Program]]:
    """Different programs without end, by what they are wanted for in turn; each turn is some `count` of them."""
    amount = min(max(count // len(wanted_here()), _EACH[0]), _EACH[1])
    seen: set[str] = set()
    for turn in numbers():
        for wanted in wanted_here():
            origin = Origin(f"{first} {turn}", wanted, amount)
            found: list[Program] = []
            examples(origin, found.append)
            for each in found:
                text = repr(each.files)
                if text not in seen:
                    seen.add(text)
                    yield origin, each


def run(
    first: str, count: int, progress: Callable[[Tally], None] = lambda _: None
) -> tuple[Tally, dict[int, tuple[Origin, Program]]]:
    """The tally of so many programs, and those that disagree with where they came from."""
    tally = Tally()
    bad: dict[int, tuple[Origin, Program]] = {}
    source = islice(collected(first, count), count)
    for start in range(0, count, AT_ONCE):
        chosen = {start + at: each for at, each in enumerate(islice(source, AT_ONCE))}
        batch = [numbered(each, number) for number, (_, each) in chosen.items()]
        for each in batch:
            each.features = occurrences.of(each)
        compare.compare(batch, real.ask(batch), ours.ask(batch), tally)
        progress(tally)
        bad |= {number: chosen[number] for number in tally.disagreeing & chosen.keys()}
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
    shown: list[str] = []

    def progress(tally: Tally) -> None:
        for told in tally.disagreements[len(shown) :]:
            shown.append(told)
            sys.stdout.write(told)
        sys.stdout.flush()
        total = tally.agreed.total() + tally.deviations.total() + len(tally.disagreements)
        sys.stderr.write(f"{total} programs, {len(tally.disagreements)} disagree\n")

    tally, bad = run(sys.argv[1], int(sys.argv[2]), progress)
    sys.stdout.write(f"{occurrences.table(tally.features)}\n{tally}\n")
    for number, (origin, program) in list(bad.items())[:20]:
        sys.stdout.write(f"--- {number} shrunk ({origin})\n{shrunk(origin, program)}\n")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
