"""The report for people."""

import re

import pytest

from scanner.model.finding import Severity
from scanner.model.location import Location, SourceFile
from scanner.model.report import Files
from scanner.report import RenderOptions, render
from tests.report.sample import NASTY, exposed, finding, hostile, report, unknown

GOLDEN = """\
critical[zero-trust/internet-reaches-store]: aws_lb.web is reached from the internet
  --> main.tf:14:14
   |
14 |   internal = false
   |              ^^^^^
   |
   = 1. internet: anyone
   = 2. forwards to aws_lb.web: has a public address (main.tf:12:1)
   = 3. forwards to aws_s3_bucket.logs: holds the data (main.tf:1:1)
   = cut: set internal = true on aws_lb.web
   = help: Take the balancer off the public subnets.
   = more: layerproof explain zero-trust/internet-reaches-store

medium[backup/object-store-unversioned]: aws_s3_bucket.logs keeps no earlier version of
    its objects
 --> main.tf:8:11
  |
8 |     status = "Disabled"
  |              ^^^^^^^^^^
  |
  = help: Enable versioning on the bucket.
  = more: layerproof explain backup/object-store-unversioned

error[parse-hcl]: expected a label
 --> broken.tf:1:10
  |
1 | resource "aws_vpc" {
  |          ^^^^^^^^^
  |
  = help: close the block

warning[module-absent]: module vpc is not on disk
  = help: run terraform init

3 unknown: neither passed nor failed, for want of facts
      2  because variable "region" has no default
         give the variables: --var NAME=VALUE or --var-file FILE
      1  because module.vpc is not on disk
         bring the modules: terraform init -backend=false
  --show-unknown lists them one by one

2 findings: 1 critical, 1 medium; 1 suppressed
layers:   storage 1, application-network 1
checked:  17 obligations of 2 rules: 12 pass, 2 fail, 3 unknown
unmapped: 9 resources of 2 types: aws_foo 7, aws_quicksight_user 2
"""


def text(of, **options):
    return render("text", of, RenderOptions(**{"width": 90, **options})).decode()


def shown(source: str, place: Location, **options) -> list[str]:
    """The snippet's lines for one finding in a file of that text."""
    files = Files()
    files.add(SourceFile("f.tf", source.encode()))
    of = report(findings=(finding(location=place),), files=files, diagnostics=(), suppressed=())
    lines = text(of, **options).split("\n")
    start = next(number for number, line in enumerate(lines) if "-->" in line)
    stop = next(number for number, line in enumerate(lines) if " = " in line and "|" not in line)
    return lines[start + 2 : stop - 1]


def test_a_small_report_reads_well():
    assert text(report()) == GOLDEN


def test_colour_changes_nothing_but_colour():
    coloured = text(report(), color=True)

    assert "\x1b[1;33m^^^^^^^^^^\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == GOLDEN


def test_unknowns_are_listed_when_asked_for():
    listed = text(report(), show_unknown=True)

    assert listed.count("unknown medium[backup/object-store-unversioned]") == 3
    assert '= because: variable "region" has no default' in listed
    assert "neither passed nor failed" not in listed


def test_reasons_that_differ_in_names_only_are_one_line():
    variables = tuple(unknown(each, f'variable "v{each}" has no default') for each in range(31))
    computed = tuple(unknown(each, f'aws_x.y["{each}"].id[0] is known after apply') for each in range(40, 60))
    told = text(report(findings=variables + computed))

    assert '     31  because variable "v0" has no default (and 30 like it)' in told
    assert '     20  because aws_x.y["40"].id[0] is known after apply (and 19 like it)\n' in told
    assert "         scan a plan, which knows more" in told


def test_carets_stand_under_what_is_meant():
    assert shown('\tname = "日本" # é\n', Location("f.tf", 1, 9, 1, 13)) == [
        '1 |     name = "日本" # é',
        "  |            ^^^^^^",
    ]
    assert shown("e\u0301x = 1\n", Location("f.tf", 1, 3, 1, 4)) == ["1 | e\u0301x = 1", "  |  ^"]
    assert shown("a\x1bb = 1\n", Location("f.tf", 1, 3, 1, 4)) == ["1 | a␛b = 1", "  |   ^"]
    assert shown("a\u202eb = 1\n", Location("f.tf", 1, 3, 1, 4)) == ["1 | a\\u{202e}b = 1", "  |          ^"]


def test_a_place_over_several_lines_shows_the_first_four():
    block = "".join(f"line {number}\n" for number in range(1, 10))

    assert shown(block, Location("f.tf", 2, 1, 3, 7)) == ["2 | line 2", "  | ^^^^^^", "3 | line 3"]
    assert shown(block, Location("f.tf", 2, 1, 8, 7)) == [
        "2 | line 2", "  | ^^^^^^", "3 | line 3", "4 | line 4", "5 | line 5", "  ...",
    ]  # fmt: skip
    assert shown(block, Location("f.tf", 2, 1, 3, 1)) == ["2 | line 2", "  | ^^^^^^"]


def test_an_empty_place_and_one_past_the_end_get_one_caret():
    assert shown("ab\n", Location("f.tf", 1, 2, 1, 2)) == ["1 | ab", "  |  ^"]
    assert shown("ab\n", Location("f.tf", 1, 9, 1, 12)) == ["1 | ab", "  |   ^"]


def test_a_far_place_of_a_long_line_is_in_sight():
    line = "x" * 9000 + "HERE" + "y" * 9000
    source, carets = shown(line, Location("f.tf", 1, 9001, 1, 9005), width=60)

    assert len(source) <= 60
    assert source[carets.index("^") : carets.rindex("^") + 1] == "HERE"
    assert source.endswith("…")


def test_credentials_in_the_source_are_not_shown():
    source, carets = shown('password = "hunter2"\n', Location("f.tf", 1, 12, 1, 21))

    assert source == '1 | password = "*******"'
    assert carets == "  |            ^^^^^^^^^"


def test_instances_assumptions_and_cut_are_told():
    names = tuple(f"tf:.#aws_s3_bucket.b[{number}]" for number in range(7))
    of = report(findings=(finding(node=names[0], instances=names, assumptions=("no guardrail elsewhere",)),))

    assert "= also: tf:.#aws_s3_bucket.b[1]," in text(of)
    assert "and 2 more" in text(of)
    assert "= assuming: no guardrail elsewhere" in text(of)


def test_the_module_calls_that_lead_to_the_code_are_named():
    from scanner.model.finding import Step

    calls = (
        Step('tf:.#module.a["x.y"]', "called here", Location("main.tf", 12, 1, 12, 5)),
        Step('tf:.#module.a["x.y"].module.b', "called here", None),
    )
    told = text(report(findings=(exposed(path=(*calls, *exposed().path)),)))

    inner = '= in: module.a["x.y"].module.b'
    assert f'= in: module.a["x.y"], called at main.tf:12:1\n   {inner}\n   = 1. internet' in told


def test_nothing_wrong_says_so():
    of = report(findings=(), diagnostics=(), suppressed=(), coverage=(), obligations={"pass": 4})

    assert text(of) == "no findings\nchecked:  4 obligations of 2 rules: 4 pass, 0 fail, 0 unknown\n"


@pytest.mark.parametrize("width", [80, 100, 120])
def test_lines_keep_to_the_width(width):
    of = report(findings=(finding(message="word " * 60, severity=Severity.HIGH), *report().findings))

    for line in text(of, width=width).split("\n"):
        assert len(line) <= width or " " not in line.strip().split("= ")[-1] or "explain" in line or "-->" in line


@pytest.mark.parametrize("show_unknown", [True, False])
def test_names_of_the_input_cannot_steer_the_terminal_or_the_build(show_unknown):
    written = text(hostile(), show_unknown=show_unknown, verbose=True, statistics=True)

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029]", written)
    assert not any(line.lstrip().startswith("::") for line in written.split("\n"))
    assert "##[" not in written
    assert "␛[31mred" in written
    assert max(map(len, written.split("\n"))) < 2500


def test_statistics_are_counts_by_name():
    assert "\nunknown:\n        2  no default\n        1  module absent\n" in text(report(), statistics=True)


def test_warnings_beyond_ten_are_counted():
    from scanner.model.diagnostic import Diagnostic, Level

    of = report(diagnostics=tuple(Diagnostic(Level.WARNING, "module-absent", f"module {n}") for n in range(14)))

    assert text(of).count("warning[") == 10
    assert "4 more warnings not shown (--verbose shows them)" in text(of)
    assert text(of, verbose=True).count("warning[") == 14


def test_the_hostile_sample_holds_what_it_says():
    assert any("\x1b" in name for name in NASTY)
    assert any("\u202e" in name for name in NASTY)


def test_what_is_only_for_information_and_said_often_is_counted() -> None:
    many = tuple(
        finding(severity=Severity.INFO, fingerprint=f"{each:016x}", node=f"tf:.#aws_s3_bucket.b{each}")
        for each in range(5)
    )
    told = text(report(findings=many))
    assert "Object store without versioning: 5 times" in told
    assert "first at main.tf:8:11" in told
    assert told.count("keeps no earlier version") == 0
    assert text(report(findings=many), verbose=True).count("keeps no earlier version") == 5
    assert text(report(findings=many[:3])).count("keeps no earlier version") == 3
