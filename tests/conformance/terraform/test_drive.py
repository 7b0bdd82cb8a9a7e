"""Programs drawn by Hypothesis come to what the real terraform says, or to a listed deviation.

The number of programs is LAYERPROOF_CONFORMANCE_PROGRAMS (20,000 for the full run, which holds everything at least
200 times), the seed LAYERPROOF_CONFORMANCE_SEED; what occurs is counted in the text of the programs and printed.
"""

from __future__ import annotations

import os
import shutil
from itertools import islice

import pytest

from tests.conformance.terraform import drive, occurrences, provider, real
from tests.conformance.terraform.generate import Program

COUNT = int(os.environ.get("LAYERPROOF_CONFORMANCE_PROGRAMS", "3000"))
SEED = os.environ.get("LAYERPROOF_CONFORMANCE_SEED", "layerproof")
LEAST = 200 / 20_000  # how often everything must occur, at least
ENOUGH = 20_000  # below, chance decides what occurs how often
needs_terraform = pytest.mark.skipif(shutil.which("terraform") is None, reason="no terraform on PATH")


def test_a_seed_gives_the_same_programs_again() -> None:
    origins = list(islice(drive.origins("s", 100), 6))
    first, again = ([each.files for origin in origins for each in drive.drawn(origin)] for _ in range(2))

    assert first == again
    assert len(first) > 2 * len(origins)


def test_a_disagreement_is_shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands around it, a program that is bad for calling sha1() of text shrinks to little more."""

    def bad(program: Program) -> str:
        text = "".join(program.files.values())
        return text if 'sha1("' in text and "[" in text else ""

    monkeypatch.setattr(drive, "verdict", bad)
    origin = drive.Origin("s", "sha1", 60)
    found: list[Program] = []
    drive.examples(origin, found.append)
    chosen = max((each for each in found if bad(each)), key=lambda each: len(repr(each.files)))
    least = drive.shrunk(origin, chosen)

    assert bad(Program(0, {"": least}, set()))
    assert len(least) < 120 < len(bad(chosen))


def test_what_occurs_is_read_from_the_text() -> None:
    first, second = "[for x in local.us : upper(x) if x != null]", "{ for k, v in {} : k => -v... }[*].c"
    text = f"locals {{\n  a = {first}\n  b = {second}\n}}\n"
    found = occurrences.of(Program(1, {"p000001.tf": text}, set()))

    wanted = {"for list", "for filter", "upper()", "!=", "for object", "for grouping", "unary -", "splat [*]"}
    assert wanted <= found
    assert {"input unknown", "input null", "upper()+unknown"} <= found
    assert "input sensitive" not in found


@pytest.mark.slow
@needs_terraform
def test_drawn_programs_agree() -> None:
    tally, bad = drive.run(SEED, COUNT)
    print(occurrences.table(tally.features))
    print(f"{COUNT} programs of seed {SEED!r} against terraform {real.version()}: {tally}")
    if provider.reason():
        print(f"no dynamic blocks: {provider.reason()}")
    for origin, program in bad[:3]:
        print(drive.shrunk(origin, program))
    assert tally.disagreements == []
    rare = {name: tally.features[name] for name in _expected() if tally.features[name] < COUNT * LEAST}
    assert COUNT < ENOUGH or rare == {}


def _expected() -> list[str]:
    dynamic = () if provider.reason() else occurrences.DYNAMIC
    fixed = [name for name in occurrences.EVERYTHING if name not in occurrences.DYNAMIC]
    return [*fixed, *dynamic, *(f"input {name}" for name in occurrences.INPUTS)]
