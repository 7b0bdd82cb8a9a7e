"""What Terraform refuses: a diagnostic where it stands, what depends on it unknown, the rest as it is."""

from __future__ import annotations

import pytest

from scanner.model.diagnostic import Level
from scanner.model.value import Unknown
from tests.cli.running import scan, write
from tests.sources.terraform.reading import reading

MODULE = {"m/m.tf": 'variable "in" {}\noutput "out" { value = var.in }\nresource "aws_m" "m" { in = var.in }\n'}


def _told(read, code):
    (found,) = [each for each in read.diagnostics if each.code == code]
    return found.summary, read.text(found.span)


# instances


@pytest.mark.parametrize("collection", ["var.v", 'toset([var.v, "b"])', "{ (var.v) = 1 }", "[for x in var.v : x]"])
def test_a_for_each_over_an_unknown_is_one_symbolic_instance(tmp_path, collection):
    text = f"""
variable "v" {{}}
resource "aws_x" "x" {{
  for_each = {collection}
  key      = each.key
  known    = "as written"
}}
resource "aws_y" "y" {{ of = aws_x.x["q"].arn }}
"""
    read = reading(tmp_path, text)
    found = read['aws_x.x["*"]']

    assert found.presence is not None
    assert isinstance(found.attributes["key"], Unknown)
    assert found.attributes["known"] == "as written"
    assert read.attributes("aws_y.y")["of"].references == ("aws_x.x.arn",)
    assert [each.level for each in read.diagnostics] == [Level.NOTE]


def test_a_module_for_each_over_an_unknown_is_one_symbolic_call(tmp_path):
    call = 'variable "v" {}\nmodule "a" {\n  source = "./m"\n  for_each = var.v\n  in = 1\n}\n'
    read = reading(tmp_path, {"main.tf": call, **MODULE})

    assert read['module.a["*"].aws_m.m'].attributes == {"in": 1}
    assert read['module.a["*"].aws_m.m'].presence is not None


@pytest.mark.parametrize(
    ("collection", "names"),
    [
        ('["a", "b"]', ['aws_x.x["a"]', 'aws_x.x["b"]']),
        ("toset([1, 2])", ['aws_x.x["1"]', 'aws_x.x["2"]']),
        ('toset(["a", null])', ['aws_x.x["a"]']),
        ("toset([{ a = 1 }])", ['aws_x.x["*"]']),
        ("null", ['aws_x.x["*"]']),
        ('"abc"', ['aws_x.x["*"]']),
    ],
)
def test_a_for_each_that_is_no_map_or_set_of_strings(tmp_path, collection, names):
    read = reading(tmp_path, f'resource "aws_x" "x" {{\n  for_each = {collection}\n}}\n')

    assert read.names == names
    told, place = _told(read, "evaluate-for-each")
    assert told == "for_each takes a map or a set of strings"
    assert place == f"for_each = {collection}"


@pytest.mark.parametrize("count", ["-1", "1.5", "null", '"x"'])
def test_a_count_that_is_no_whole_number(tmp_path, count):
    read = reading(tmp_path, f'resource "aws_x" "x" {{\n  count = {count}\n  a     = 1\n}}\n')

    assert read.attributes("aws_x.x[0]") == {"a": 1}
    assert read["aws_x.x[0]"].presence is not None
    assert _told(read, "evaluate-count")[1] == f"count = {count}"


def test_count_and_for_each_exclude_each_other(tmp_path):
    read = reading(tmp_path, 'resource "aws_x" "x" {\n  count = 1\n  for_each = { a = 1 }\n}\n')

    assert "not both" in _told(read, "evaluate-for-each")[0]


# cycles


def test_a_cycle_is_told_with_its_members_and_place(tmp_path):
    text = 'locals {\n  a = local.b\n  b = "${local.c}"\n  c = local.a\n  d = 1\n}\n'
    text += 'resource "aws_x" "x" {\n  a = local.b\n  d = local.d\n}\n'
    read = reading(tmp_path, text)

    told, place = _told(read, "evaluate-cycle")
    assert told == "local.b depends on itself: local.b -> local.c -> local.a -> local.b"
    assert place.startswith("b = ")
    assert isinstance(read.attributes("aws_x.x")["a"], Unknown)
    assert read.attributes("aws_x.x")["d"] == 1


def test_resources_in_a_cycle_are_read(tmp_path):
    text = 'resource "aws_x" "x" {\n  a = aws_x.y.b\n  k = 1\n}\n'
    text += 'resource "aws_x" "y" {\n  a = aws_x.x.b\n  k = 2\n}\n'
    read = reading(tmp_path, text)

    assert _told(read, "evaluate-cycle")[0] == "aws_x.x depends on itself: aws_x.x -> aws_x.y -> aws_x.x"
    assert (read.attributes("aws_x.x")["k"], read.attributes("aws_x.y")["k"]) == (1, 2)


def test_a_cycle_through_modules(tmp_path):
    call = 'module "NAME" {\n  source = "./m"\n  in = module.OTHER.out\n}\n'
    calls = call.replace("NAME", "a").replace("OTHER", "b") + call.replace("NAME", "b").replace("OTHER", "a")
    told, place = _told(reading(tmp_path, {"main.tf": calls, **MODULE}), "evaluate-cycle")

    assert "module.a.var.in -> module.b.output.out -> module.b.var.in -> module.a.output.out" in told
    assert place == "in = module.b.out"


def test_counts_that_hang_on_each_other(tmp_path):
    call = 'module "NAME" {\n  source = "./m"\n  count = module.OTHER.out\n  in = 1\n}\n'
    calls = call.replace("NAME", "a").replace("OTHER", "b") + call.replace("NAME", "b").replace("OTHER", "a")
    read = reading(tmp_path, {"main.tf": calls, **MODULE})

    assert _told(read, "evaluate-cycle")[0] == "module.a depends on itself: module.a -> module.b -> module.a"
    assert {"module.a[0].aws_m.m", "module.b[0].aws_m.m"} <= set(read.names)


# variables


def test_a_root_variable_without_a_value_is_a_note(tmp_path):
    read = reading(tmp_path, 'variable "v" {}\nvariable "unused" {}\nresource "aws_x" "x" { a = var.v }\n')
    (note,) = read.diagnostics

    assert (note.level, note.code) == (Level.NOTE, "evaluate-variable")
    assert 'variable "v"' in note.summary
    assert "--var" in note.remedy
    assert isinstance(read.attributes("aws_x.x")["a"], Unknown)


def test_a_call_without_a_required_argument(tmp_path):
    read = reading(tmp_path, {"main.tf": 'module "a" { source = "./m" }\n', **MODULE})

    told, place = _told(read, "evaluate-argument")
    assert told == 'module "a" is called without "in", which has no default'
    assert place.strip() == 'module "a"'


def test_a_value_of_the_wrong_type(tmp_path):
    text = 'variable "n" {\n  type    = number\n  default = "abc"\n}\nresource "aws_x" "x" { a = var.n }\n'
    told, place = _told(reading(tmp_path, text), "evaluate-variable")

    assert "a number is required" in told
    assert place.strip() == 'variable "n"'


# expressions


@pytest.mark.parametrize(
    ("expression", "told", "place"),
    [
        ("upper()", "takes 1 argument, not 0", "upper()"),
        ('upper("a", "b")', "takes 1 argument, not 2", 'upper("a", "b")'),
        ("lookup({})", "at least 2 arguments, not 1", "lookup({})"),
        ("local.l[3]", "index 3 is outside this list of 1", "local.l[3]"),
        ("element([], 0)", "the list is empty", "element([], 0)"),
        ("aws_y.y[5].id", "index 5 is outside this list of 2", "aws_y.y[5].id"),
        ('{ a = 1 }["b"]', 'no element with the key "b"', '{ a = 1 }["b"]'),
        ("{ a = 1 }.b", 'no attribute "b"', "{ a = 1 }.b"),
        ("1 + null", "must not be null", "1 + null"),
        ('"a" * 2', "a number is required", '"a" * 2'),
        ("nofunction(1)", 'no function named "nofunction"', "nofunction(1)"),
        ("each.key", '"each" has no meaning here', "each.key"),
        ("var.absent", "var.absent is not declared", "var.absent"),
        ("data.aws_ami.absent.id", "data.aws_ami.absent is not declared", "data.aws_ami.absent.id"),
        ("module.absent.x", "module.absent is not declared", "module.absent.x"),
    ],
)
def test_a_refused_expression(tmp_path, expression, told, place):
    text = f"""
locals {{ l = ["a"] }}
resource "aws_y" "y" {{ count = 2 }}
resource "aws_x" "x" {{
  before = 1
  a      = {expression}
  after  = 2
}}
"""
    read = reading(tmp_path, text)
    (found,) = read.diagnostics

    assert told in found.summary
    assert read.text(found.span) == place
    attributes = read.attributes("aws_x.x")
    assert isinstance(attributes["a"], Unknown)
    assert (attributes["before"], attributes["after"]) == (1, 2)


def test_what_is_wrong_elsewhere_is_nothing_of_a_named_file(tmp_path):
    """Callers of a named file are looked for in the whole tree; only what it is made of is told."""
    broken = 'resource "terraform_data" "b" {\n  input = \n'
    write(
        tmp_path,
        {
            "one/main.tf": 'module "m" {\n  source = "../shared"\n}\n',
            "shared/main.tf": 'resource "terraform_data" "m" {}\n',
            "shared/broken.tf": broken,
            "other/main.tf": broken,
            "unit/terragrunt.hcl": "inputs = {\n",
        },
    )

    told = scan(tmp_path / "shared" / "main.tf", "--root", tmp_path, "--fail-on", "never")

    assert told.code == 3
    assert {each["location"]["path"] for each in told.json["diagnostics"]} == {"shared/broken.tf"}
    assert {each["location"]["path"] for each in scan(tmp_path).json["diagnostics"]} >= {
        "shared/broken.tf",
        "other/main.tf",
        "unit/terragrunt.hcl",
    }
