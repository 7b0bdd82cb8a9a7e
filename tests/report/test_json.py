"""The JSON report."""

import json
import os
import subprocess
import sys

from scanner.report import RenderOptions, render
from tests.report.sample import NASTY, hostile, report


def written(of, **options):
    return json.loads(render("json", of, RenderOptions(tool_version="1.2.3", **options)))


def test_the_document_has_the_shape_of_the_contract():
    document = written(report())

    assert list(document) == ["tool", "summary", "findings", "diagnostics", "coverage"]
    assert document["tool"] == {"name": "layerproof", "version": "1.2.3"}
    assert list(document["summary"]) == [
        "pass", "fail", "unknown", "suppressed", "by_severity", "by_layer", "by_principle",
    ]  # fmt: skip
    assert list(document["findings"][0]) == [
        "rule", "principle", "layer", "tier", "severity", "verdict", "node", "kind", "planes", "instances",
        "message", "location", "path", "cut", "assumptions", "reason", "fingerprint",
    ]  # fmt: skip
    assert list(document["findings"][0]["location"]) == ["path", "line", "column", "end_line", "end_column"]
    steps = document["findings"][0]["path"]
    assert [list(step) for step in steps] == [["node", "relation", "note", "location"]] * 3


def test_counts_are_of_fails_only():
    summary = written(report())["summary"]

    assert summary["by_severity"] == {"critical": 1, "high": 0, "medium": 1, "low": 0, "info": 0}
    assert sum(summary["by_layer"].values()) == 2
    assert summary["by_principle"]["zero-trust"] == 1
    assert (summary["pass"], summary["fail"], summary["unknown"], summary["suppressed"]) == (12, 2, 3, 1)


def test_findings_stand_worst_first_and_unknowns_last():
    found = written(report())["findings"]

    assert [each["verdict"] for each in found] == ["fail", "fail", "unknown", "unknown", "unknown"]
    assert found[0]["severity"] == "critical"


def test_what_is_absent_is_null():
    first, second, *rest = written(report())["findings"]

    assert (first["reason"], second["cut"]) == (None, None)
    assert rest[0]["reason"] == 'variable "region" has no default'


def test_statistics_come_when_they_are_asked_for():
    assert "statistics" not in written(report())
    assert written(report(), statistics=True)["statistics"] == {"unknown": {"no default": 2, "module absent": 1}}


def test_names_of_any_kind_survive():
    messages = {each["message"] for each in written(hostile())["findings"]}

    assert messages == {name.replace("\udce9", "\ufffd") for name in NASTY}


def test_the_same_bytes_under_another_hash_seed():
    program = (
        "import sys; from scanner.report import FORMATS, RenderOptions, render\n"
        "from tests.report.sample import hostile, report\n"
        "for of in (report(), hostile()):\n"
        "    for name in FORMATS: sys.stdout.buffer.write(render(name, of, RenderOptions(sarif_profile='full')))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }

    assert len(outputs) == 1
    assert len(outputs.pop()) > 10_000
