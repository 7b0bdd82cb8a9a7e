"""Whole module trees evaluate to what the real terraform plans."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.sources.terraform.cases import CASES
from tests.sources.terraform.oracle import planned
from tests.sources.terraform.reading import plain, reading

PLANNED = json.loads((Path(__file__).parent / "planned.json").read_text("utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_it_is_evaluated_as_terraform_plans_it(name, tmp_path):
    read = reading(tmp_path, CASES[name])

    ours = {
        each.address.name: plain(each.attributes["input"])
        for each in read.resources
        if each.type == "terraform_data"
    }
    assert ours == PLANNED[name]
    assert read.diagnostics == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_kept_plan_is_what_terraform_says_today(name):
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("no terraform on PATH")
    assert planned(terraform, CASES[name]) == PLANNED[name]
