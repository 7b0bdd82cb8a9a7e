"""Our answer to a program beside terraform's: agree, a listed deviation, or a disagreement."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.conformance.terraform import causes
from tests.conformance.terraform.deviations import deviation
from tests.conformance.terraform.generate import Program
from tests.conformance.terraform.real import Answer


@dataclass
class Tally:
    """What a run came to."""

    agreed: Counter[str] = field(default_factory=Counter)
    deviations: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)
    disagreeing: set[int] = field(default_factory=set)
    features: Counter[str] = field(default_factory=Counter)
    same_place: int = 0

    def __str__(self) -> str:
        total = self.agreed.total() + self.deviations.total() + len(self.disagreements)
        lines = [f"{total} programs: {self.agreed.total()} agree {dict(self.agreed)}"]
        lines.append(f"of those that both refuse, {self.same_place} name the same line")
        lines += [f"  deviation {name}: {count}" for name, count in self.deviations.most_common()]
        lines.append(f"{len(self.disagreements)} disagree")
        return "\n".join([*lines, *self.disagreements[:60]])


def compare(
    programs: Sequence[Program], real: Mapping[int, Answer], mine: Mapping[int, Answer], tally: Tally
) -> None:
    """Add programs to a tally."""
    for program in programs:
        tally.features.update(program.features)
        theirs, ours = real[program.number], mine[program.number]
        said = verdict(theirs, ours)
        if said in ("same value", "same cause"):
            tally.agreed[said] += 1
            tally.same_place += said == "same cause" and bool(places(theirs) & places(ours))
            continue
        named = deviation(said, program, theirs, ours)
        if named is not None:
            tally.deviations[named] += 1
        else:
            tally.disagreeing.add(program.number)
            tally.disagreements.append(describe(said, program, theirs, ours))


def places(answer: Answer) -> set[str]:
    """Where the errors stand, as "file:line"."""
    return {where for _, _, _, where in answer.errors}


def verdict(theirs: Answer, ours: Answer) -> str:
    """How the two answers differ, if they do."""
    if theirs.errors and ours.errors:
        return "same cause" if causes.theirs(theirs.errors) & causes.ours(ours.errors) else "another cause"
    if theirs.errors:
        return "only terraform refuses"
    if ours.errors:
        return "only we refuse"
    return "same value" if same(theirs.values, ours.values) else "another value"


def same(a: Any, b: Any) -> bool:
    """Whether two shown values are equal; numbers as the doubles that JSON readers make of them."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, bool) or isinstance(b, bool) or not (_number(a) and _number(b)):
        return type(a) is type(b) and bool(a == b)
    return a == b or math.isclose(a, b, rel_tol=1e-15)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float))


def describe(said: str, program: Program, theirs: Answer, ours: Answer) -> str:
    """A disagreement, with all that is needed to see it again."""
    text = "\n".join(f"-- {path}\n{text}" for path, text in program.files.items())
    return (
        f"=== {said}: program {program.number}\n{text}"
        f"terraform: {theirs.errors or theirs.values}\nours: {ours.errors or ours.values}\n"
    )
