"""What a configuration asserts of itself. Expected: what terraform 1.11.4 says of the same text, and where."""

from __future__ import annotations

import pytest

from scanner.model.diagnostic import Level
from scanner.model.value import Unknown
from tests.sources.terraform.reading import reading

VALIDATED = """
variable "size" {
  default = %s
  validation {
    condition     = var.size > 2
    error_message = "The size ${var.size} is too small."
  }
}
resource "aws_x" "x" { size = var.size }
"""


def _told(read):
    return [(each.code, each.summary, read.text(each.span).strip()) for each in read.diagnostics]


def _validated(default: str) -> str:
    return VALIDATED % default


def test_a_value_that_its_validation_refuses_is_unknown(tmp_path):
    read = reading(tmp_path, _validated("1"))

    assert isinstance(read.attributes("aws_x.x")["size"], Unknown)
    assert _told(read) == [
        (
            "evaluate-validation",
            'variable "size" fails its validation: The size 1 is too small.',
            'variable "size"',
        )
    ]
    assert read.diagnostics[0].level is Level.WARNING


def test_a_value_that_its_validation_takes_is_as_it_is(tmp_path):
    read = reading(tmp_path, _validated("3"))

    assert read.attributes("aws_x.x")["size"] == 3
    assert read.diagnostics == []


def test_a_validation_of_the_unknown_says_nothing(tmp_path):
    read = reading(tmp_path, _validated("null").replace("  default = null\n", ""))

    assert [each.code for each in read.diagnostics] == ["evaluate-variable"]  # no value is given


def test_a_validation_is_told_at_the_argument_of_the_call(tmp_path):
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n  size = 1\n}\n',
        "m/m.tf": _validated("9"),
    }
    read = reading(tmp_path, files)

    ((code, _, where),) = _told(read)
    assert (code, where) == ("evaluate-validation", "size = 1")


def test_a_validation_may_name_what_hangs_on_nothing_of_its_own(tmp_path):
    text = """
locals { most = 5 }
variable "other" { default = 4 }
variable "v" {
  default = 6
  validation {
    condition     = var.v < local.most && var.v > var.other
    error_message = "No."
  }
}
"""
    read = reading(tmp_path, text + 'resource "aws_x" "x" { v = var.v }\n')

    assert read.codes == ["evaluate-validation"]


def test_pre_and_postconditions_are_told_where_they_stand(tmp_path):
    text = """
resource "aws_x" "x" {
  for_each = toset(["a", "b"])
  name = each.key
  lifecycle {
    precondition {
      condition     = each.key != "b"
      error_message = "Not ${each.key}."
    }
    postcondition {
      condition     = self.name == "b"
      error_message = "It is ${self.name}."
    }
    postcondition {
      condition     = self.arn == "known after apply"
      error_message = "Not told."
    }
  }
}
"""
    read = reading(tmp_path, text)

    assert _told(read) == [
        ("evaluate-condition", 'a postcondition of aws_x.x["a"] fails: It is a.', 'self.name == "b"'),
        ("evaluate-condition", 'a precondition of aws_x.x["b"] fails: Not b.', 'each.key != "b"'),
    ]
    assert read.attributes('aws_x.x["b"]')["name"] == "b"


def test_a_precondition_of_an_output(tmp_path):
    text = """
locals { f = false }
output "o" {
  value = 1
  precondition {
    condition     = local.f
    error_message = "Off."
  }
}
"""
    files = {"main.tf": 'module "m" { source = "./m" }\nresource "aws_x" "x" { o = module.m.o }\n', "m/m.tf": text}
    read = reading(tmp_path, files)

    assert _told(read) == [("evaluate-condition", "a precondition of module.m.output.o fails: Off.", "local.f")]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ('"Down: ${local.why}."', "Down: cost."),
        ('"Down: ${sensitive(local.why)}."', "its message holds a sensitive value"),
        ('"${aws_x.x.arn}"', "its message is not known"),
    ],
)
def test_a_check_that_fails_is_told_in_its_own_words(tmp_path, message, shown):
    text = f"""
locals {{ why = "cost" }}
resource "aws_x" "x" {{ }}
check "up" {{
  assert {{
    condition     = local.why == "none"
    error_message = {message}
  }}
  assert {{
    condition     = aws_x.x.arn == ""
    error_message = "Not known yet."
  }}
}}
"""
    read = reading(tmp_path, text)

    assert _told(read) == [("evaluate-check", f"check.up fails: {shown}", 'local.why == "none"')]


def test_a_rule_in_a_block_that_is_perhaps_not_there_is_no_fault(tmp_path):
    text = """
variable "v" {}
resource "aws_x" "x" {
  for_each = var.v
  lifecycle {
    precondition {
      condition     = path.module == "elsewhere"
      error_message = "No."
    }
  }
}
"""
    assert [each.code for each in reading(tmp_path, text).diagnostics] == ["evaluate-variable"]
