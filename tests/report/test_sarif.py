"""The SARIF log: valid, honest about severity, and what GitHub can take."""

import json
import os
import platform
import subprocess
from pathlib import Path

import jsonschema_rs
import pytest
import sarif_om

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.finding import Severity
from scanner.model.location import Location, SourceFile
from scanner.model.report import Files, Suppressed
from scanner.model.rule import Rule
from scanner.report import RenderOptions, render
from scanner.report import sarif as sarif_module
from scanner.report.linehash import line_hashes
from tests.report.sample import MAIN, exposed, finding, hostile, report, unknown

CHECKOUT = Path(__file__).parents[2]


def written(of, profile="github", **options):
    return json.loads(render("sarif", of, RenderOptions(tool_version="0.1.0", sarif_profile=profile, **options)))


def run_of(of, profile="github"):
    return written(of, profile)["runs"][0]


def multitool() -> Path:
    """The folder of Microsoft's npm package, from the environment or `node_modules` in or beside the checkout."""
    named = os.environ.get("LAYERPROOF_SARIF_MULTITOOL")
    package = Path("node_modules/@microsoft/sarif-multitool-linux")
    folders = [Path(named)] if named else [CHECKOUT / package, CHECKOUT.parent / package]
    for folder in folders:
        if (folder / "sarif-2.1.0.json").is_file():
            return folder
    pytest.skip("no sarif-multitool-linux: npm install it or set LAYERPROOF_SARIF_MULTITOOL to its folder")


@pytest.mark.parametrize("profile", ["github", "full"])
@pytest.mark.parametrize("build", [report, hostile])
def test_it_is_valid_by_the_oasis_schema(build, profile):
    schema = json.loads((multitool() / "sarif-2.1.0.json").read_text("utf-8-sig"))

    errors = jsonschema_rs.validator_for(schema).iter_errors(written(build(), profile))

    assert [f"{each.instance_path}: {each.message}" for each in errors] == []


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["github", "full"])
@pytest.mark.parametrize("build", [report, hostile])
def test_microsofts_validator_finds_no_error(build, profile, tmp_path):
    if platform.system() != "Linux":
        pytest.skip("the package holds a Linux program")
    log, answer = tmp_path / "log.sarif", tmp_path / "answer.sarif"
    log.write_bytes(render("sarif", build(), RenderOptions(tool_version="0.1.0", sarif_profile=profile)))

    program = [multitool() / "Sarif.Multitool", "validate", log, "--rule-kind", "Sarif;Ghas", "--output", answer]
    options = ["--log", "ForceOverwrite", "--level", "Error;Warning;Note"]
    subprocess.run(
        [*program, *options], check=True, capture_output=True, env={"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    )

    results = json.loads(answer.read_text("utf-8-sig"))["runs"][0]["results"]
    assert [(each["ruleId"], each["message"]) for each in results if each.get("level") == "error"] == []


def keys_of(name):
    """The JSON names of a sarif-om class."""
    return {field.metadata["schema_property_name"] for field in getattr(sarif_om, name).__attrs_attrs__}


def held(value, name):
    """Every dict below a result uses the names of sarif-om's class for it."""
    inner = {
        "locations": "Location", "relatedLocations": "Location", "physicalLocation": "PhysicalLocation",
        "logicalLocations": "LogicalLocation", "artifactLocation": "ArtifactLocation", "region": "Region",
        "message": "Message", "codeFlows": "CodeFlow", "threadFlows": "ThreadFlow", "location": "Location",
        "suppressions": "Suppression",
    }  # fmt: skip
    assert value.keys() <= keys_of(name), (name, value.keys() - keys_of(name))
    for key, item in value.items():
        if key in inner:
            of = "ThreadFlowLocation" if (name, key) == ("ThreadFlow", "locations") else inner[key]
            for each in item if isinstance(item, list) else [item]:
                held(each, of)


def test_results_use_the_names_of_sarif_oms_model():
    results = run_of(report(), "full")["results"] + run_of(hostile(), "full")["results"]

    assert {"codeFlows", "suppressions", "relatedLocations"} <= {key for each in results for key in each}
    for each in results:
        held(each, "Result")


def test_the_github_profile_shows_fails_only():
    results = run_of(report())["results"]

    assert [each["ruleId"] for each in results] == [
        "zero-trust/internet-reaches-store",
        "backup/object-store-unversioned",
    ]
    assert {each["kind"] for each in results} == {"fail"}
    assert not any("suppressions" in each for each in results)


def test_the_full_profile_shows_unknowns_as_open_and_suppressed_with_their_reason():
    results = run_of(report(), "full")["results"]
    opened = [each for each in results if each["kind"] == "open"]
    suppressed = [each for each in results if "suppressions" in each]

    assert {each["level"] for each in opened} == {"none"}
    assert 'variable "region" has no default' in opened[0]["message"]["text"]
    assert [each["suppressions"] for each in suppressed] == [
        [{
            "kind": "inSource",
            "justification": "is deleted this month",
            "properties": {"until": "2027-01-31"},
        }]
    ]  # fmt: skip
    outside = report(suppressed=(Suppressed(finding(), "in the baseline", in_source=False),))
    (given,) = (each["suppressions"] for each in run_of(outside, "full")["results"] if "suppressions" in each)
    assert given[0]["kind"] == "external"


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [("critical", "error", "9.5"), ("high", "error", "8.0"), ("medium", "warning", "5.5"), ("low", "note", "3.0"),
     ("info", "note", None)],
)  # fmt: skip
def test_severities_are_real(severity, level, score):
    rule = Rule("backup/x", "X", Severity(severity), ("object_store",), "x")
    run = run_of(report(rules=(rule,), findings=(finding(rule="backup/x", severity=Severity(severity)),)))
    (described,) = (each for each in run["tool"]["driver"]["rules"] if each["id"] == "backup/x")

    assert run["results"][0]["level"] == level
    assert described["defaultConfiguration"]["level"] == level
    assert described["properties"].get("security-severity") == score


def test_rules_say_all_that_github_asks_for():
    controls = {"nist-800-53": tuple(f"SC-{number}" for number in range(20)), "checkov": ("CKV_1",)}
    rule = Rule("backup/bare-rule", "", Severity.HIGH, ("object_store",), "m", controls=controls)
    (described,) = run_of(report(rules=(rule,), findings=(), suppressed=()))["tool"]["driver"]["rules"]

    assert described["name"] == "BareRule"
    for text in ("shortDescription", "fullDescription", "help"):
        assert described[text]["text"].strip()
    tags = described["properties"]["tags"]
    assert tags[:4] == ["security", "backup", "layer/storage", "nist-800-53/SC-0"]
    assert len(tags) == 10
    assert not any("CKV" in tag for tag in tags)


def test_rules_of_another_tool_are_listed_too():
    run = run_of(report(findings=(finding(rule="checkov/CKV_AWS_9"),)))
    result = run["results"][0]

    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "checkov/CKV_AWS_9"


def test_places_are_relative_and_encoded():
    files = Files()
    files.add(SourceFile("a b/ü:1 %.tf", b"x\n"))
    run = run_of(report(findings=(finding(location=Location("a b/ü:1 %.tf", 1, 1, 1, 2)),), files=files))
    place = run["results"][0]["locations"][0]["physicalLocation"]

    assert place["artifactLocation"] == {"uri": "a%20b/%C3%BC%3A1%20%25.tf", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2}
    assert "%SRCROOT%" in run["originalUriBaseIds"]
    assert "file:///" not in json.dumps(run)


def test_a_long_place_is_cut_to_its_first_line_for_github_only():
    block = report(findings=(finding(location=Location("main.tf", 1, 1, 3, 2)),))

    def region(profile):
        return run_of(block, profile)["results"][0]["locations"][0]["physicalLocation"]["region"]

    assert region("github") == {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 34}
    assert region("full") == {"startLine": 1, "startColumn": 1, "endLine": 3, "endColumn": 2}


def test_fingerprints_are_githubs_and_ours():
    result = run_of(report())["results"][1]

    assert result["partialFingerprints"] == {
        "resourcePath/v1": "5d41402abc4b2a76",
        "primaryLocationLineHash": line_hashes(MAIN.encode())[7],
    }


def test_a_path_becomes_a_code_flow_and_a_module_call_a_related_location():
    from scanner.model.finding import Step

    call = Step("tf:.#module.a", "called here", Location("main.tf", 2, 1, 2, 5))
    result = run_of(report(findings=(exposed(path=(call, *exposed().path)),)))["results"][0]

    (flow,) = result["codeFlows"][0]["threadFlows"]
    names = [each["location"]["logicalLocations"][0]["fullyQualifiedName"] for each in flow["locations"]]
    assert names == ["internet", "tf:.#aws_lb.web", "tf:.#aws_s3_bucket.logs"]
    assert [each["message"]["text"] for each in result["relatedLocations"]] == ["called here"]
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 2


def test_a_finding_without_a_place_stands_in_a_file_of_its_root_or_is_counted():
    without = report(
        findings=(
            finding(location=None, node="tf:.#aws_s3_bucket.x"),
            finding(location=None, node="aws:1234/eu-west-1#arn:aws:s3:::x"),
        )
    )
    run = run_of(without)

    assert len(run["results"]) == 1
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "broken.tf"
    texts = [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]]
    assert "not in this log: 1 finding without a file" in texts
    assert len(run_of(without, "full")["results"]) == 3


def test_diagnostics_are_notifications_and_errors_fail_the_invocation():
    config = Diagnostic(Level.WARNING, "config-key", "no key x")
    (invocation,) = run_of(report(diagnostics=(*report().diagnostics, config)))["invocations"]

    assert invocation["executionSuccessful"] is False
    first = invocation["toolExecutionNotifications"][0]
    assert (first["descriptor"]["id"], first["level"]) == ("parse-hcl", "error")
    assert first["locations"][0]["physicalLocation"]["region"]["startColumn"] == 10
    assert invocation["toolConfigurationNotifications"][0]["descriptor"]["id"] == "config-key"
    assert run_of(report(diagnostics=(config,)))["invocations"][0]["executionSuccessful"] is True


def test_more_results_than_github_takes_are_cut_from_the_end(monkeypatch):
    monkeypatch.setattr(sarif_module, "MOST_RESULTS", 1)
    run = run_of(report())

    assert [each["level"] for each in run["results"]] == ["error"]
    texts = [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]]
    assert any(text.startswith("not in this log: 1 finding of the lowest severity") for text in texts)


def test_messages_are_short_and_hold_no_link_of_the_input():
    for result in run_of(hostile(), "full")["results"]:
        text = result["message"]["text"]

        assert 0 < len(text) <= 1024
        assert "](" not in text
        assert "\x1b" not in text


def test_an_empty_report_is_a_run_with_an_empty_list():
    run = run_of(report(findings=(), rules=(), diagnostics=(), suppressed=()))

    assert run["results"] == []
    assert run["automationDetails"]["id"] == "layerproof/"


def test_unknown_only_is_nothing_for_github():
    assert run_of(report(findings=(unknown(1),)))["results"] == []
