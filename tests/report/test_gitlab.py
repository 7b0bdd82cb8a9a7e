"""GitLab Code Quality."""

import json

from scanner.report import RenderOptions, render
from tests.report.sample import finding, hostile, report


def written(of):
    return json.loads(render("gitlab", of, RenderOptions()))


def test_an_item_has_what_gitlab_asks_for():
    assert written(report())[1] == {
        "description": "aws_s3_bucket.logs keeps no earlier version of its objects",
        "check_name": "backup/object-store-unversioned",
        "fingerprint": "5d41402abc4b2a76",
        "severity": "major",
        "location": {"path": "main.tf", "lines": {"begin": 8}},
    }


def test_fingerprints_are_unique_and_stable():
    items = written(report(findings=(finding(), finding(), finding(node="tf:.#x"))))

    assert len({each["fingerprint"] for each in items}) == 3
    assert items == written(report(findings=(finding(node="tf:.#x"), finding(), finding())))


def test_fails_with_a_file_only():
    assert len(written(report())) == 2
    assert written(report(findings=(finding(location=None, node="aws:1/eu#arn:x"),))) == []
    assert all(each["description"] for each in written(hostile()))
