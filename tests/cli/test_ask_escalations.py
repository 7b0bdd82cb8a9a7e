"""`ask escalations` from outside: the shape of what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.running import run, write

ESTATE = """
resource "aws_iam_role" "admin" {
  name               = "admin"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.admin.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.admin.arn
}

resource "aws_iam_user" "dev" { name = "dev" }

resource "aws_iam_user_policy" "dev" {
  user   = aws_iam_user.dev.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "lambda:UpdateFunctionCode", Resource = aws_lambda_function.f.arn,
      Condition = { IpAddress = { "aws:SourceIp" = "203.0.113.0/24" } } }] })
}

resource "aws_iam_user" "guest" { name = "guest" }

resource "aws_iam_user_policy" "guest" {
  user   = aws_iam_user.guest.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["iam:PassRole", "glue:CreateJob", "glue:StartJobRun"], Resource = "*" }] })
}
"""


def asked(folder: Path, *more: str) -> list[dict[str, Any]]:
    write(folder, {"main.tf": ESTATE})
    ran = run("ask", "escalations", "--in", str(folder), "--format", "json", *more)
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert list(told) == ["principals"]
    found: list[dict[str, Any]] = told["principals"]
    return found


def test_every_principal_with_its_paths_step_by_step(tmp_path: Path) -> None:
    told = {each["node"].rpartition("#")[2]: each for each in asked(tmp_path)}
    assert {name: each["admin"] for name, each in told.items()} == {
        "aws_iam_role.admin": "yes",
        "aws_iam_user.dev": "conditional",
        "aws_iam_user.guest": "unknown",
    }
    assert all(list(each) == ["node", "admin", "paths"] for each in told.values())
    dev = told["aws_iam_user.dev"]["paths"]
    assert [path["id"] for path in dev] == ["lambda-003"]
    (path,) = dev
    assert list(path) == ["id", "steps", "reaches", "conditions"]
    assert path["reaches"] == "admin"
    assert path["conditions"] == ["IpAddress aws:SourceIp 203.0.113.0/24"]
    (step,) = path["steps"]
    assert list(step) == ["node", "action", "target", "location"]
    assert step["node"].endswith("#aws_iam_user.dev")
    assert step["action"] == "lambda:UpdateFunctionCode"
    assert step["target"].endswith("#aws_lambda_function.f")
    assert (step["location"]["path"], step["location"]["line"]) == ("main.tf", 22)


def test_what_would_have_to_lie_outside_the_scan_is_said(tmp_path: Path) -> None:
    (guest,) = asked(tmp_path, "--from", "guest")
    assert guest["admin"] == "unknown"
    (path,) = (each for each in guest["paths"] if each["id"] == "glue-003")
    assert path["conditions"] == [
        "assuming that an administrative role outside this scan trusts glue.amazonaws.com"
    ]


def test_a_complete_scope_leaves_nothing_outside(tmp_path: Path) -> None:
    write(tmp_path, {"layerproof.toml": '[scope]\ncomplete = ["trust"]\n'})
    (guest,) = asked(tmp_path, "--from", "guest")
    assert (guest["admin"], guest["paths"]) == ("no", [])


def test_from_a_thing_means_what_it_acts_as(tmp_path: Path) -> None:
    (role,) = asked(tmp_path, "--from", "aws_lambda_function.f")
    assert role["node"].endswith("#aws_iam_role.admin")


def test_from_what_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": ESTATE})
    ran = run("ask", "escalations", "--in", str(tmp_path), "--from", "nobody")
    assert ran.code == 2
    assert "'nobody' names nothing in the scan" in ran.err


def test_for_people_only_those_who_get_somewhere(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": ESTATE})
    ran = run("ask", "escalations", "--in", str(tmp_path))
    assert ran.code == 0
    assert "3 principals; administrator: 1 yes, 1 conditional, 1 unknown, 0 no" in ran.out
    assert "lambda:UpdateFunctionCode on" in ran.out
