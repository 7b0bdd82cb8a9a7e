"""The report in Markdown."""

import re

from scanner.report import RenderOptions, render
from tests.report.sample import finding, hostile, report


def written(of, **options):
    return render("markdown", of, RenderOptions(**options)).decode()


def test_it_begins_with_the_counts():
    lines = written(report()).split("\n")

    assert lines[0] == "## layerproof: 2 findings, 3 unknown"
    assert lines[2:5] == ["| critical | medium |", "| --- | --- |", "| 1 | 1 |"]
    assert lines[6] == "Obligations: 12 pass, 2 fail, 3 unknown, 1 suppressed."


def test_a_finding_shows_place_rule_path_and_fix():
    assert (
        "- **aws_lb.web is reached from the internet** at `main.tf:14` (`zero-trust/internet-reaches-store`)  \n"
        "  Path: `internet` → `aws_lb.web` → `aws_s3_bucket.logs`  \n"
        "  Cut: set internal = true on aws_lb.web  \n"
        "  Fix: Take the balancer off the public subnets."
    ) in written(report())


def test_it_keeps_to_its_limit_and_says_what_was_cut():
    many = report(findings=tuple(finding(node=f"tf:.#aws_s3_bucket.b{each}") for each in range(5000)))
    short = written(many, limit_bytes=20_000)

    assert len(short.encode()) <= 20_000
    assert re.search(r"_The report was cut here: \d{4} more lines did not fit\._\n$", short)
    assert "cut here" not in written(many)


def test_names_of_the_input_are_inert():
    text = written(hostile())
    prose = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "CODE", text)

    for danger in ("<script", "@everyone", "](https", "\x1b", "\u202e", "https://", "\n::"):
        assert danger not in prose, danger
    assert "\x1b" not in text
