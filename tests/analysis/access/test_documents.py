"""Policy documents as people hand them over. Source: IAM User Guide, "Grammar of the IAM JSON policy language" and
"IAM JSON policy elements reference"."""

import json
from typing import Any

import pytest

from scanner.analysis.access.documents import Document, read
from scanner.model.diagnostic import Level
from scanner.model.location import SourceFile

FINE = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def told(text: str, form: str = "identity") -> list[tuple[str, int, int, str]]:
    """Level, line, column and summary of each diagnostic."""
    found = read(text, "p.json", form)
    file = SourceFile("p.json", text.encode())
    places = [file.locate(each.span.start, each.span.end) for each in found.diagnostics if each.span]
    return [
        (each.level.value, at.line, at.column, each.summary)
        for each, at in zip(found.diagnostics, places, strict=True)
    ]


def of(form: str = "identity", **changes: Any) -> Document:
    """The document of one statement, with elements changed, or left out where None."""
    statement = {key: value for key, value in {**FINE, **changes}.items() if value is not None}
    return read(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), "p.json", form)


def test_a_fault_of_json_stands_where_it_is() -> None:
    [(level, line, _, summary)] = told('{"Statement": [\n  {"Effect": "Allow" "Action": 1}\n]}')
    assert (level, line) == ("error", 2)
    assert summary.startswith("not valid JSON")


@pytest.mark.parametrize("text", ["[]", "{}", '"x"', "1", '{"statement": []}'])
def test_what_is_no_policy(text: str) -> None:
    found = read(text, "p.json", "identity")
    assert found.policy is None
    assert [each.level for each in found.diagnostics] == [Level.ERROR]


def test_misspelt_elements_are_named_at_their_place() -> None:
    text = '{"Version": "2012-10-17", "Statement": {\n  "Efect": "Allow", "Action": "s3:*", "Resource": "*"}}'
    assert ("error", 2, 3, "no element of a statement: Efect (Effect?)") in told(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "allow"},
        {"Action": None},
        {"NotAction": "s3:*"},
        {"Resource": None},
        {"Resource": "my-bucket"},
        {"Action": "GetObject"},
        {"Action": 7},
        {"Principal": "*"},
        {"Condition": {"StringMatches": {"aws:x": "y"}}},
        {"Condition": ["x"]},
    ],
)
def test_statements_that_aws_refuses_are_left_out(changes: dict[str, Any]) -> None:
    found = of(**changes)
    assert found.partial
    assert any(each.level is Level.ERROR for each in found.diagnostics)
    assert found.policy is not None
    assert found.policy.statements == ()


@pytest.mark.parametrize(
    ("form", "changes"),
    [
        ("resource", {"Principal": {"AWS": "arn:aws:iam::123456789012:role/*"}}),
        ("resource", {"Principal": {"Robot": "x"}}),
        ("resource", {}),
        ("trust", {"Principal": "*", "Action": "sts:AssumeRole"}),  # has a Resource
    ],
)
def test_principals_are_checked_by_the_form_of_the_policy(form: str, changes: dict[str, Any]) -> None:
    assert of(form, **changes).partial


def test_the_rest_is_kept() -> None:
    text = json.dumps({"Statement": [{**FINE, "Effect": "Maybe"}, FINE]})
    found = read(text, "p.json", "identity")
    assert found.partial
    assert found.policy is not None
    assert len(found.policy.statements) == 1


def test_an_unknown_action_is_a_warning() -> None:
    found = of(Action=["s3:GetObjct", "nosuch:Thing"])
    assert [each.level for each in found.diagnostics] == [Level.WARNING, Level.WARNING]
    assert not found.partial


@pytest.mark.parametrize(
    ("form", "statement"),
    [
        ("identity", FINE),
        ("identity", {**FINE, "Sid": "One", "Condition": {"StringLike": {"s3:prefix": ["a/*"]}}}),
        ("resource", {**FINE, "Principal": {"AWS": ["123456789012", "arn:aws:iam::123456789012:root"]}}),
        ("trust", {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}),
    ],
)
def test_sound_statements_say_nothing(form: str, statement: dict[str, Any]) -> None:
    found = read(json.dumps({"Version": "2012-10-17", "Statement": statement}), "p.json", form)
    assert found.diagnostics == []
    assert found.policy is not None
    assert len(found.policy.statements) == 1
