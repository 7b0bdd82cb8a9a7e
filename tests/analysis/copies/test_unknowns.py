"""Every scenario with one of its values taken away: nothing crashes, and no letter gets better for it.

A schedule is the exception: AWS refuses one that never runs, so that one which is not known is taken to run. Names
by which resources refer to each other are left alone: without them they speak of something else.
"""

from __future__ import annotations

import re

import pytest

from tests.analysis.copies.built import CLOSED, letters_of
from tests.analysis.copies.test_scenarios import HEAD, SCENARIOS

_VALUE = re.compile(r'(\w+) *= *("[^"\n]*"|\d+|true|false|\[[^\]\n]*\])')
_RANK = {"fail": 0, "unknown": 1, "pass": 2}


def _holes(text: str) -> list[re.Match[str]]:
    return [each for each in _VALUE.finditer(text) if each[1] not in ("schedule", "provider", "alias")]


@pytest.mark.parametrize(("name", "text"), [each[:2] for each in SCENARIOS], ids=[each[0] for each in SCENARIOS])
def test_less_is_known(name: str, text: str) -> None:
    holes = _holes(text)
    whole = _only(HEAD + text)
    for hole in holes[:: max(1, len(holes) // 4)]:
        vague = f"{text[: hole.start(2)]}var.unset{text[hole.end(2) :]}"
        for letter, told in _only(HEAD + vague).items():
            assert not (told == "pass" and whole.get(letter) == "fail"), f"{name}: {hole[0]}: {letter}"


def _only(text: str) -> dict[str, str]:
    found = [told for key, told in letters_of(text, CLOSED).items() if key.endswith(".x")]
    return found[0] if found else {}
