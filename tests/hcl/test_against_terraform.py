"""Our values against those of the real terraform, as record_oracle.py wrote them down."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.hcl.oracle_support import HERE, answer, console_answer
from tests.hcl.record_oracle import expressions, record, unknowns

ORACLE = json.loads((HERE / "oracle.json").read_text("utf-8"))

# Where we answer otherwise, and why.
DELIBERATE: dict[str, object] = {
    # Terraform 1.11 gives an unknown value where an untyped null is formatted; a typed null is "null".
    'format("%v", null)': {"json": '"null"'},
    'format("%#v", null)': {"json": '"null"'},
    # One pair of elements differs already.
    "[local.u, 1] == [local.u, 2]": "false",
    # The known prefix holds the text already.
    'strcontains("foo-${local.u}","foo")': "true",
}


def test_every_expression_is_recorded() -> None:
    assert list(ORACLE["values"]) == list(dict.fromkeys(expressions()))
    assert list(ORACLE["unknowns"]) == unknowns()


@pytest.mark.parametrize("expression", ORACLE["values"])
def test_value(expression: str) -> None:
    assert answer(expression) == DELIBERATE.get(expression, ORACLE["values"][expression])


@pytest.mark.parametrize("expression", ORACLE["unknowns"])
def test_unknown_and_sensitive(expression: str) -> None:
    assert console_answer(expression) == DELIBERATE.get(expression, ORACLE["unknowns"][expression])


@pytest.mark.slow
def test_the_record_is_what_terraform_says(tmp_path: Path) -> None:
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on PATH: the recorded answers cannot be asked for again")
    assert record() == ORACLE
