"""The fifty hard cases come to what the real terraform says: hard_cases.json holds its version and answers."""

from __future__ import annotations

import json
import re
import shutil
from typing import Any

import pytest

from scanner.model.location import SourceFile
from scanner.model.resource import Resource
from scanner.sources.terraform.inputs import Settings
from tests.conformance.terraform.hard_cases import CASES, Case
from tests.conformance.terraform.ours import evaluate, shown_value
from tests.conformance.terraform.record import RECORD, record

RECORDED = json.loads(RECORD.read_text("utf-8"))


def read(case: Case) -> tuple[dict[str, Resource], list[str]]:
    """Our resources by address, and where we found faults as "file:line"."""
    given = tuple(SourceFile(name, case.files[name].encode()) for name in case.var_files)
    settings = Settings(given, case.variables, case.workspace, outputs=True)
    unit, diagnostics, tree = evaluate({**case.files, **case.ours}, settings)
    places = {tree.files.locate(each.span) for each in diagnostics if each.span is not None}
    return {each.address.name: each for each in unit.resources}, sorted(f"{at.path}:{at.line}" for at in places)


def values(case: Case, found: dict[str, Resource]) -> dict[str, Any]:
    """What we show, in the form of the record."""
    data = {name: each for name, each in found.items() if each.type == "terraform_data"}
    outputs = {name: each for name, each in found.items() if re.fullmatch(r"output\.\w+", name)}
    told = {name.removeprefix("output."): shown_value(each.attributes["value"]) for name, each in outputs.items()}
    told |= {key: shown_value(found[name].attributes.get(path)) for (name, path), key in case.same.items()}
    return {
        "values": {name: shown_value(each.attributes.get("input")) for name, each in data.items()},
        "outputs": told,
    }


@pytest.mark.parametrize("name", CASES)
def test_it_comes_to_what_terraform_says(name: str) -> None:
    recorded = RECORDED["cases"][name]
    found, places = read(CASES[name])

    if "errors" in recorded:
        assert places == sorted({each.split(" ")[0] for each in recorded["errors"]})
    else:
        assert values(CASES[name], found) == recorded
        if not CASES[name].ours:
            assert places == []


def test_what_an_undefined_reference_leaves_stands() -> None:
    found, _ = read(CASES["50 undefined references"])

    assert found["terraform_data.b"].attributes == {"input": "stands"}


@pytest.mark.slow
def test_the_record_is_what_terraform_says_today() -> None:
    if shutil.which("terraform") is None:
        pytest.skip(f"no terraform on PATH: the answers of {RECORDED['terraform']} serve")
    told = record()
    assert told["cases"] == RECORDED["cases"]
