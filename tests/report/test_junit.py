"""JUnit XML."""

from xml.etree import ElementTree

import pytest

from scanner.model.rule import Rule
from scanner.report import RenderOptions, render
from tests.report.sample import EXPOSED, UNVERSIONED, hostile, report


def written(of):
    return ElementTree.fromstring(render("junit", of, RenderOptions()))


@pytest.mark.parametrize("build", [report, hostile])
def test_counts_are_those_of_the_cases(build):
    root = written(build())

    for element in (root, *root.findall("testsuite")):
        assert int(element.get("tests")) == len(element.findall(".//testcase"))
        for name, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert int(element.get(attribute)) == len(element.findall(f".//{name}"))


def test_fails_unknowns_errors_and_passes_each_have_their_element():
    quiet = Rule("tiers/quiet", "Quiet", EXPOSED.severity, ("subnet",), "m")
    root = written(report(rules=(UNVERSIONED, EXPOSED, quiet)))

    (failure,) = root.findall("testsuite[@name='zero-trust']/testcase/failure")
    assert failure.text == "main.tf:14:14: aws_lb.web is reached from the internet"
    assert len(root.findall("testsuite[@name='backup']/testcase/skipped")) == 3
    assert root.find("testsuite[@name='diagnostics']/testcase/error").get("message") == "expected a label"
    assert [each.get("classname") for each in root.findall("testsuite[@name='tiers']/testcase")] == ["tiers/quiet"]
