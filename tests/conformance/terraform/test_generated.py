"""Random programs come to what the real terraform says, or to a listed deviation.

Each test prints its seeds: a program is a function of its number alone, so `run FIRST 1` shows one again. The
recorded answers (generated.json, with the version that gave them) serve where no terraform is on PATH.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.conformance.terraform import ours, real
from tests.conformance.terraform.compare import Tally, compare
from tests.conformance.terraform.deviations import DEVIATIONS, REMAINING
from tests.conformance.terraform.functions import IMPURE
from tests.conformance.terraform.generate import FORMS, FUNCTIONS, OPERATORS
from tests.conformance.terraform.programs import program
from tests.conformance.terraform.record_generated import RECORD, digest, recorded
from tests.conformance.terraform.run import run

COUNT = int(os.environ.get("LAYERPROOF_CONFORMANCE_PROGRAMS", "2000"))
FIRST = int(os.environ.get("LAYERPROOF_CONFORMANCE_FIRST", "0"))
LEAST = 200 / 20_000  # how often everything must occur, at least
EVERYTHING = (
    *(f"{name}()" for name in FUNCTIONS),
    *OPERATORS,
    *FORMS,
    *("count", "for_each", "module", "optional", "unknown-input", "sensitive-input"),
)
needs_terraform = pytest.mark.skipif(
    shutil.which("terraform") is None, reason="no terraform on PATH: the recorded answers serve"
)


def test_recorded_programs_agree(capsys: pytest.CaptureFixture[str]) -> None:
    version, answers, digests = recorded()
    programs = [program(number) for number in answers]
    assert {each.number: digest(each) for each in programs} == digests, (
        "the generator has changed: record again (python -m tests.conformance.terraform.record_generated)"
    )
    tally = Tally()
    compare(programs, answers, ours.ask(programs), tally)
    print(f"answers of terraform {version}, recorded in {Path(RECORD).name}: {tally}")
    assert tally.disagreements == []


def test_deviations_are_few_and_reasoned() -> None:
    assert len(DEVIATIONS) <= 10
    assert all(len(reason) > 40 for reason in DEVIATIONS.values())


@pytest.mark.slow
@needs_terraform
def test_random_programs_agree() -> None:
    tally = run(FIRST, COUNT)
    print(f"programs {FIRST} to {FIRST + COUNT - 1} against terraform {real.version()}: {tally}")
    assert tally.disagreeing <= REMAINING, tally.disagreements
    assert {name: tally.features[name] for name in EVERYTHING if tally.features[name] < COUNT * LEAST} == {}


@pytest.mark.slow
@needs_terraform
def test_every_pure_function_is_called() -> None:
    told = json.loads(real.terraform(Path.cwd(), "metadata", "functions", "-json").stdout)
    names = {name for name in told["function_signatures"] if "::" not in name}
    assert set(FUNCTIONS) == names - IMPURE
