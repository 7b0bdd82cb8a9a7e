"""Escalation to administrator. Each path of pathfinding.cloud (see `paths/accounts.py`) in three accounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.access.paths.accounts import KNOWN, cases, every
from tests.analysis.access.paths.asking import asked, assert_nothing_missing_is_made_up

# What no Terraform shows: whether the project of codebuild-003 is set up for batches.
CONDITIONAL = frozenset({"codebuild-003"})


@pytest.mark.parametrize(("path", "word"), [each for each in every() if each[1] != "missing"])
def test_each_known_path_is_found_by_its_id(tmp_path: Path, path: str, word: str) -> None:
    admin, ways = asked(tmp_path, cases(path)[word])
    assert admin == ("conditional" if path in CONDITIONAL else "yes")
    assert path in ways


@pytest.mark.parametrize("path", KNOWN)
def test_without_what_it_asks_for_a_path_makes_no_administrator(tmp_path: Path, path: str) -> None:
    assert_nothing_missing_is_made_up(tmp_path, cases(path)["missing"])
