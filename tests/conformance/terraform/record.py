"""Record what the real terraform says to the hard cases: `python -m tests.conformance.terraform.record`."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.conformance.terraform.hard_cases import CASES, Case
from tests.conformance.terraform.real import terraform, told_of, version, write
from tests.conformance.terraform.shown import shown_value

RECORD = Path(__file__).parent / "hard_cases.json"


def ask(case: Case) -> dict[str, Any]:
    """The values by address and the outputs, or the errors as "file:line summary"."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, {**case.files, **case.theirs})
        if not case.manifest:
            terraform(folder, "init", "-backend=false", "-input=false")
        options = [f"-var-file={each}" for each in case.var_files]
        options += [f"-var={key}={value}" for key, value in case.variables]
        said = terraform(folder, "plan", "-input=false", "-lock=false", "-json", "-out=plan", *options)
        if said.returncode != 0:
            return {"errors": sorted(map(_place, told_of(said.stdout, "error")))}
        plan = json.loads(terraform(folder, "show", "-json", "plan").stdout)
    changes = [each for each in plan.get("resource_changes", []) if each["type"] == "terraform_data"]
    outputs = plan.get("output_changes", {})
    return {
        "values": {each["address"]: shown_value(each["change"]) for each in changes},
        "outputs": {key: _output(each) for key, each in outputs.items()},
    }


def _place(error: dict[str, Any]) -> str:
    where = error.get("range") or {"filename": "", "start": {"line": 0}}
    return f"{where['filename']}:{where['start']['line']} {error['summary']}"


def _output(change: dict[str, Any]) -> Any:
    wrapped = {key: {"input": change.get(key)} for key in ("after", "after_unknown", "after_sensitive")}
    return shown_value(wrapped)


def record() -> dict[str, Any]:
    """All of them, with the version that answered."""
    return {"terraform": version(), "cases": {name: ask(case) for name, case in CASES.items()}}


if __name__ == "__main__":
    RECORD.write_text(json.dumps(record(), indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    sys.exit(0)
