"""Every id of every mapping exists, and what a table says of a requirement follows from what its rules said."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from scanner.bundle import bundled
from scanner.engine import frameworks
from scanner.engine.discover import discover
from scanner.model.finding import Severity
from scanner.model.framework import Framework
from scanner.model.rule import Rule

RULES, _ = discover([bundled("rules")], [bundled("policies")])
IDS = {rule.id for rule in RULES}
NAMES = frameworks.listed()

# How many there are, from the documents themselves: SP 800-53 r5 release 5.2.0 in OSCAL (withdrawn ones included),
# SP 800-207 section 2.1, ZTMM 2.0 (22 functions and 3 that cut across each of 5 pillars), the benchmarks, TSC
# 2017, ISO/IEC 27001:2022 Annex A.
SIZES = {
    "catalogue": 122,
    "aws-fsbp": 286,
    "cis-aws": 70,
    "cis-kubernetes": 131,
    "cis-eks": 49,
    "cisa-ztmm": 37,
    "iso-27001": 93,
    "nist-800-207": 7,
    "nist-800-53": 1196,
    "soc2": 61,
}
# Licences under which the text itself may be told.
FREE = ("public domain", "CC BY 4.0", "Apache-2.0")


def raw(name):
    return tomllib.loads((frameworks.directory() / f"{name}.toml").read_text("utf-8"))


def test_the_frameworks_that_the_issue_names_are_there():
    wanted = {*SIZES, "nsa-kubernetes", "pci-dss", "pod-security-standards"}
    assert set(NAMES) == wanted


@pytest.mark.parametrize("name", NAMES)
def test_a_file_says_what_it_is(name):
    data = raw(name)
    assert data["id"] == name
    for key in ("name", "version", "date", "source", "licence", "text"):
        assert data[key].strip(), key
    assert data["mapped_by"] in {"rules", "file", "nist-800-53"}
    if not data["licence"].startswith(FREE):
        assert data["text"].startswith("our words")


@pytest.mark.parametrize("name", SIZES)
def test_a_list_is_complete(name):
    assert len(frameworks.load(name).requirements) == SIZES[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_id_and_every_rule_of_a_mapping_exists(name):
    framework = frameworks.load(name)
    pivot = frameworks.load("nist-800-53").requirements
    for mapping in (framework.whole, framework.partial):
        assert set(mapping) <= set(framework.requirements)
        assert {rule for rules in mapping.values() for rule in rules} <= IDS
    selects = {rule.id: set(rule.selects) for rule in RULES}
    assert all(set(kinds) <= selects[rule] for (_, rule), kinds in framework.kinds.items())
    assert set(framework.through) <= set(framework.requirements)
    assert {each for ids in framework.through.values() for each in ids} <= set(pivot)
    assert not set(framework.whole) & set(framework.partial), "a requirement is covered whole or in part"
    assert not (framework.always_partial and framework.whole)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_id_that_a_rule_names_exists_where_we_have_the_list(rule):
    for name, ids in rule.controls.items():
        if name in NAMES:
            unknown = set(ids) - set(frameworks.load(name).requirements)
            assert not unknown, f"{name} has no {', '.join(sorted(unknown))}"


def rule(name, **controls):
    listed = {each.replace("_", "-"): ids for each, ids in controls.items()}
    return Rule(name, "", Severity.LOW, ("object_store",), "{node}", controls=listed)


FRAME = Framework(
    "frame",
    "Frame",
    requirements={"1": "one", "2": "two", "3": "three"},
    whole={"1": ("a/one", "a/two")},
    partial={"2": ("a/two",)},
)
ONE, TWO = rule("a/one"), rule("a/two")


def states(framework, rules, counts, attested=()):
    table = frameworks.comply(framework, rules, counts, attested)
    return {each.id: each.state for each in table.requirements}


def counted(passed=0, failed=0, unknown=0):
    return {"pass": passed, "fail": failed, "unknown": unknown}


def test_a_requirement_is_as_good_as_the_worst_of_its_rules():
    ran = {"a/one": counted(5), "a/two": counted(2, 1)}
    assert states(FRAME, [ONE, TWO], ran) == {"1": "fail", "2": "fail", "3": "not covered"}
    ran = {"a/one": counted(5, 0, 1), "a/two": counted(2)}
    assert states(FRAME, [ONE, TWO], ran)["1"] == "unknown"
    ran = {"a/one": counted(5), "a/two": counted(2)}
    assert states(FRAME, [ONE, TWO], ran)["1"] == "pass"


def test_a_rule_of_more_kinds_counts_for_those_that_are_asked_for():
    framework = replace(FRAME, whole={"1": ("a/one",)}, partial={}, kinds={("1", "a/one"): ("volume", "table")})
    ran = {"a/one": counted(9, 3), "a/one@volume": counted(2), "a/one@database": counted(7, 3)}
    assert states(framework, [ONE], ran)["1"] == "pass"
    assert (
        states(framework, [ONE], {"a/one": counted(7, 3), "a/one@database": counted(7, 3)})["1"] == "not assessed"
    )


def test_what_is_covered_in_part_never_passes():
    ran = {"a/one": counted(5), "a/two": counted(2)}
    assert states(FRAME, [ONE, TWO], ran)["2"] == "unknown"
    whole = replace(FRAME, always_partial=True)
    assert states(whole, [ONE, TWO], ran)["1"] == "unknown"


def test_a_rule_that_did_not_run_leaves_the_requirement_unknown():
    assert states(FRAME, [ONE, TWO], {"a/one": counted(5)})["1"] == "unknown"


def test_of_nothing_there_is_no_pass():
    ran = {"a/one": counted(), "a/two": counted()}
    assert states(FRAME, [ONE, TWO], ran) == {"1": "not assessed", "2": "not assessed", "3": "not covered"}


def test_a_rule_may_name_its_ids_itself_or_through_nist():
    framework = replace(FRAME, whole={}, partial={}, through={"3": ("SC-28",)})
    rules = [rule("a/own", frame=("1",)), rule("a/pivot", nist_800_53=("SC-28", "AC-3"))]
    assert frameworks.coverage(framework, rules) == {"1": ("a/own",), "2": (), "3": ("a/pivot",)}
    assert [each.controls["frame"] for each in frameworks.named(framework, rules)] == [("1",), ("3",)]


def test_an_attestation_stands_where_no_rule_fails():
    framework = replace(FRAME, attested=frozenset("123"))
    ran = {"a/one": counted(0, 1), "a/two": counted(2)}
    assert states(framework, [ONE, TWO], ran) == {"1": "fail", "2": "unknown", "3": "unknown"}
    assert states(framework, [ONE, TWO], ran, set("123")) == {"1": "fail", "2": "pass", "3": "pass"}


def test_a_framework_without_a_list_has_the_ids_that_rules_name():
    rules = [rule("a/one", mine=("b", "a"))]
    assert tuple(frameworks.load("mine", rules).requirements) == ("a", "b")
    with pytest.raises(KeyError):
        frameworks.load("nobody", rules)
