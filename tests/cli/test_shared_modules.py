"""What stands in a module that several calls share: told of the module where all of them have it, else of the call
that is the cause, at what that gives the module.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scanner.hcl.parse import parse
from tests.cli.running import scan, write

RULE = "zero-trust/database-public"
MODULE = """variable "open" {
  type    = bool
  default = DEFAULT
}
locals {
  wide = var.open && true
}
resource "aws_db_instance" "d" {
  publicly_accessible = EXPRESSION
}
"""
CALLS = """module "one" {
  source = "./db"
  open   = true
}
module "two" {
  source = "./db"
  open   = OTHER
}
module "three" {
  source = "./db"
}
"""


def found(folder: Path, calls: str, expression: str, default: str = "false", rule: str = RULE) -> list[Any]:
    module = MODULE.replace("EXPRESSION", expression).replace("DEFAULT", default)
    ran = scan(write(folder, {"main.tf": calls, "db/main.tf": module}), "--select", rule, "--fail-on", "never")
    return [each for each in ran.json["findings"] if each["verdict"] == "fail"]


def places(findings: list[Any]) -> list[tuple[str, int]]:
    return [(each["location"]["path"], each["location"]["line"]) for each in findings]


def test_what_one_call_causes_is_shown_at_its_argument(tmp_path: Path) -> None:
    told = found(tmp_path, CALLS.replace("OTHER", "false"), "!!var.open")
    assert places(told) == [("main.tf", 3)]
    assert told[0]["message"].startswith("module.one.aws_db_instance.d ")
    assert [step["note"] for step in told[0]["path"]] == ["called here", "declared here"]


def test_a_local_is_followed_to_the_argument(tmp_path: Path) -> None:
    assert places(found(tmp_path, CALLS.replace("OTHER", "false"), "local.wide")) == [("main.tf", 3)]


def test_two_calls_that_cause_it_are_two_findings(tmp_path: Path) -> None:
    assert places(found(tmp_path, CALLS.replace("OTHER", "true"), "!!var.open")) == [
        ("main.tf", 3),
        ("main.tf", 7),
    ]


def test_files_are_read_once_however_many_calls_are_at_fault(tmp_path: Path, monkeypatch: Any) -> None:
    """A thousand calls of one module took a minute: each parsed the file of all calls again."""
    read: list[str] = []

    def counted(text: bytes, path: str) -> Any:
        read.append(path)
        return parse(text, path)

    monkeypatch.setattr("scanner.hcl.parse.parse", counted)
    calls = "".join(
        f'module "m{each}" {{\n  source = "./db"\n  open   = {"true" if each % 2 else "false"}\n}}\n'
        for each in range(8)
    )

    assert len(found(tmp_path, calls, "local.wide")) == 4
    assert read == ["db/main.tf", "main.tf"]


def test_what_every_call_has_is_one_finding_in_the_module(tmp_path: Path) -> None:
    (told,) = found(tmp_path, CALLS.replace("OTHER", "false"), "!!true || var.open")
    assert places([told]) == [("db/main.tf", 9)]
    assert len(told["instances"]) == 3


def test_what_the_default_of_the_module_causes_stands_in_the_module(tmp_path: Path) -> None:
    calls = CALLS.replace("OTHER", "false").replace("open   = true", "open   = false")
    (told,) = found(tmp_path, calls, "!!var.open", default="true")
    assert places([told]) == [("db/main.tf", 9)]
    assert told["instances"] == ["tf:.#module.three.aws_db_instance.d"]


def test_what_names_no_variable_is_shown_at_the_call(tmp_path: Path) -> None:
    """The access list stands in the module; only what one call leaves out makes it count (S3 User Guide, "Blocking
    public access to your Amazon S3 storage")."""
    module = """variable "open" { default = false }
resource "aws_s3_bucket" "b" {
  acl = "public-read"
}
resource "aws_s3_bucket_public_access_block" "b" {
  count                   = var.open ? 0 : 1
  bucket                  = aws_s3_bucket.b.id
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = true
  restrict_public_buckets = true
}
"""
    files = {"main.tf": CALLS.replace("OTHER", "false"), "db/main.tf": module}
    ran = scan(write(tmp_path, files), "--select", "zero-trust/object-store-public", "--fail-on", "never")
    assert places(ran.json["findings"]) == [("main.tf", 1)]


def test_what_a_dynamic_block_hands_on_is_shown_at_the_argument(tmp_path: Path) -> None:
    module = """variable "metadata" { default = { http_tokens = "required" } }
resource "aws_launch_template" "t" {
  dynamic "metadata_options" {
    for_each = [var.metadata]
    content {
      http_tokens = metadata_options.value.http_tokens
    }
  }
}
"""
    calls = """module "some" {
  source   = "./db"
  for_each = { old = "optional", new = "required" }
  metadata = { http_tokens = each.value }
}
"""
    files = {"main.tf": calls, "db/main.tf": module}
    ran = scan(write(tmp_path, files), "--select", "zero-trust/metadata-token-optional", "--fail-on", "never")
    (told,) = [each for each in ran.json["findings"] if each["verdict"] == "fail"]
    assert places([told]) == [("main.tf", 4)]
    assert told["instances"] == ['tf:.#module.some["old"].aws_launch_template.t']


def test_one_variable_that_several_calls_hand_on_is_one_finding(tmp_path: Path) -> None:
    # modernisation-platform: one default (null) and seventeen regional calls
    calls = 'variable "open" { default = true }\n' + "".join(
        f'module "{name}" {{\n  source = "./db"\n  open   = var.open\n}}\n' for name in ("east", "west", "north")
    )
    (told,) = found(tmp_path, calls, "var.open")
    assert len(told["instances"]) == 3
    assert places([told]) == [("main.tf", 4)]
    assert told["message"].startswith("aws_db_instance.d ")


def test_a_comment_at_the_argument_or_the_call_ignores_it(tmp_path: Path) -> None:
    ignore = f'# layerproof:ignore[{RULE}] reason="a test"\n'
    calls = CALLS.replace("OTHER", "false")
    assert (
        found(tmp_path / "a", calls.replace("  open   = true", f"  {ignore}  open   = true"), "!!var.open") == []
    )
    assert found(tmp_path / "b", ignore + calls, "!!var.open") == []


def test_whether_a_block_is_there_is_shown_at_the_argument_that_decides_it(tmp_path: Path) -> None:
    module = """variable "site" { default = false }
resource "aws_s3_bucket" "b" {
  count = var.site ? 1 : 0
}
resource "aws_s3_bucket_acl" "b" {
  count  = var.site ? 1 : 0
  bucket = aws_s3_bucket.b[0].id
  acl    = "public-read"
}
resource "aws_db_instance" "d" {
  count               = var.site ? 1 : 0
  publicly_accessible = true
}
resource "aws_db_instance" "other" {
  count = 1
}
"""
    calls = 'module "one" {\n  source = "./db"\n  site   = true\n}\nmodule "two" {\n  source = "./db"\n}\n'
    ran = scan(write(tmp_path, {"main.tf": calls, "db/main.tf": module}), "--select", RULE, "--fail-on", "never")
    told = [each for each in ran.json["findings"] if each["verdict"] == "fail"]
    # every database of that block is public: the module is the cause
    assert places(told) == [("db/main.tf", 12)]


def test_of_several_variables_in_a_long_text_none_is_blamed(tmp_path: Path) -> None:
    module = """variable "name" { default = "a" }
variable "who" { default = "arn:aws:iam::111122223333:root" }
resource "aws_sqs_queue_policy" "q" {
  queue_url = "https://example.com/q"
  policy = jsonencode({
    Id = var.name
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Principal = var.who, Resource = "*" }]
  })
}
resource "aws_sqs_queue" "q" {
  name   = var.name
  policy = aws_sqs_queue_policy.q.policy
}
"""
    calls = """module "one" {
  source = "./db"
  name   = "one"
  who    = "*"
}
module "two" {
  source = "./db"
  name   = "two"
}
"""
    files = {"main.tf": calls, "db/main.tf": module}
    ran = scan(write(tmp_path, files), "--select", "zero-trust/message-store-public", "--fail-on", "never")
    told = [each for each in ran.json["findings"] if each["verdict"] == "fail"]
    assert {path for path, _ in places(told)} == {"main.tf"}
    assert all(line in (1, 4) for _, line in places(told))
