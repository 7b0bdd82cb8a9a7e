"""`ask who-can` and `ask compare` from outside: the shape of what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import run, write

ESTATE = """
resource "aws_s3_bucket" "b" { bucket = "records" }

resource "aws_iam_role" "reader" {
  name               = "reader"
  assume_role_policy = jsonencode({ Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "read" {
  role   = aws_iam_role.reader.id
  policy = jsonencode({ Statement = [
    { Effect = "Allow", Action = "s3:Get*", Resource = "${aws_s3_bucket.b.arn}/*" }] })
}

resource "aws_iam_user" "careful" { name = "careful" }

resource "aws_iam_user_policy" "mfa" {
  user   = aws_iam_user.careful.name
  policy = jsonencode({ Statement = [
    { Effect = "Allow", Action = "s3:*", Resource = "*",
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } }] })
}

resource "aws_iam_user" "idle" { name = "idle" }

variable "policy" {}

resource "aws_iam_user" "opaque" { name = "opaque" }

resource "aws_iam_user_policy" "opaque" {
  user   = aws_iam_user.opaque.name
  policy = var.policy
}

resource "aws_iam_user" "admin" { name = "admin" }

resource "aws_iam_user_policy_attachment" "admin" {
  user       = aws_iam_user.admin.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
"""


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    return write(tmp_path, {"main.tf": ESTATE})


def verdicts(tree: Path, action: str, resource: str) -> dict[str, str]:
    done = run("ask", "who-can", action, resource, "--in", tree, "--format", "json")
    assert done.code == 0, done.err
    return {each["node"].rpartition("#")[2]: each["verdict"] for each in done.json["principals"]}


@pytest.mark.parametrize("resource", ["aws_s3_bucket.b", "records", "arn:aws:s3:::records/key"])
def test_each_principal_has_its_verdict(estate: Path, resource: str) -> None:
    assert verdicts(estate, "s3:GetObject", resource) == {
        "aws_iam_role.reader": "allowed",
        "aws_iam_user.admin": "allowed",
        "aws_iam_user.careful": "conditional",
        "aws_iam_user.opaque": "unknown",
        "aws_iam_user.idle": "denied",
    }


def test_an_answer_shows_what_it_rests_on(estate: Path) -> None:
    done = run("ask", "who-can", "s3:GetObject", "aws_s3_bucket.b", "--in", estate, "--format", "json")
    told = {each["node"]: each for each in done.json["principals"]}
    reader = told["tf:.#aws_iam_role.reader"]
    assert set(reader) == {"node", "verdict", "conditions", "because"}
    assert reader["conditions"] == []
    [because] = reader["because"]
    assert set(because) == {"statement", "location"}
    assert "s3:Get*" in because["statement"]
    assert (because["location"]["path"], because["location"]["line"]) == ("main.tf", 12)
    assert told["tf:.#aws_iam_user.careful"]["conditions"] == ["Bool aws:MultiFactorAuthPresent true"]


def test_text_names_the_principals_and_counts(estate: Path) -> None:
    done = run("ask", "who-can", "s3:GetObject", "aws_s3_bucket.b", "--in", estate)
    assert done.code == 0
    assert "aws_iam_role.reader" in done.out
    assert "main.tf:12" in done.out
    assert done.out.splitlines()[-1] == (
        "2 allowed, 2 conditional or unknown, 1 denied: s3:GetObject on aws_s3_bucket.b"
    )


def test_what_is_no_action_or_resource(estate: Path) -> None:
    assert run("ask", "who-can", "GetObject", "aws_s3_bucket.b", "--in", estate).code == 2
    assert run("ask", "who-can", "s3:GetObject", "aws_s3_bucket.none", "--in", estate).code == 2
    done = run("ask", "who-can", "s3:GetObjct", "aws_s3_bucket.b", "--in", estate)
    assert done.code == 0
    assert "warning[unknown-action]" in done.err


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


NARROW = document(Action="s3:GetObject", Resource="arn:aws:s3:::b/*")
WIDE = document(Action="s3:Get*", Resource="*")


@pytest.mark.parametrize(
    ("new", "reference", "form", "verdict", "code"),
    [
        (NARROW, WIDE, "identity", "no", 0),
        (WIDE, NARROW, "identity", "yes", 1),
        (WIDE, WIDE, "identity", "no", 0),
        (
            document(Action="sts:AssumeRole", Principal="*"),
            document(Action="sts:AssumeRole", Principal={"AWS": "123456789012"}),
            "trust",
            "yes",
            1,
        ),
        (
            document(Action="sts:AssumeRole", Principal={"AWS": "arn:aws:iam::123456789012:role/r"}),
            document(Action="sts:AssumeRole", Principal={"AWS": "arn:aws:iam::123456789012:root"}),
            "trust",
            "no",
            0,
        ),
        (
            document(Action="sqs:SendMessage", Principal={"Service": "sns.amazonaws.com"}, Resource="*"),
            document(
                Action="sqs:SendMessage",
                Principal={"Service": "sns.amazonaws.com"},
                Resource="*",
                Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}},
            ),
            "resource",
            "yes",
            1,
        ),
    ],
)
def test_compare(tmp_path: Path, new: str, reference: str, form: str, verdict: str, code: int) -> None:
    tree = write(tmp_path, {"new.json": new, "reference.json": reference})
    done = run("ask", "compare", tree / "new.json", tree / "reference.json", "--type", form, "--format", "json")
    assert done.code == code
    assert set(done.json) == {"new_access", "witness"}
    assert done.json["new_access"] == verdict
    assert (done.json["witness"] is None) == (verdict == "no")


def test_a_witness_is_a_request(tmp_path: Path) -> None:
    tree = write(tmp_path, {"new.json": WIDE, "reference.json": NARROW})
    done = run("ask", "compare", tree / "new.json", tree / "reference.json", "--format", "json")
    assert set(done.json["witness"]) == {"action", "resource", "principal", "context"}
    assert done.json["witness"]["action"].startswith("s3:Get")


def test_a_document_that_is_none_ends_with_its_place(tmp_path: Path) -> None:
    tree = write(tmp_path, {"new.json": '{"Statement": [\n{"Effect": "Allow",}]}', "reference.json": WIDE})
    done = run("ask", "compare", tree / "new.json", tree / "reference.json", "--format", "json")
    assert done.code == 2
    assert done.out == ""
    assert "new.json:2:" in done.err


def test_what_aws_refuses_leaves_the_answer_open(tmp_path: Path) -> None:
    broken = json.dumps({"Statement": [json.loads(NARROW)["Statement"][0], {"Efect": "Allow"}]})
    tree = write(tmp_path, {"new.json": broken, "reference.json": WIDE})
    done = run("ask", "compare", tree / "new.json", tree / "reference.json", "--format", "json")
    assert (done.code, done.json["new_access"]) == (3, "unknown")
    assert "Efect (Effect?)" in done.err


def test_policies_of_a_scan_are_compared_too(estate: Path, tmp_path: Path) -> None:
    wide = write(tmp_path / "documents", {"wide.json": WIDE}) / "wide.json"
    inside = ("--in", estate, "--format", "json")
    done = run("ask", "compare", "aws_iam_role_policy.read", wide, *inside)
    assert (done.code, done.json["new_access"]) == (0, "no")
    done = run("ask", "compare", wide, "aws_iam_role_policy.read", *inside)
    assert (done.code, done.json["new_access"]) == (1, "yes")
    done = run("ask", "compare", "aws_iam_user_policy.opaque", wide, *inside)
    assert (done.code, done.json["new_access"]) == (3, "unknown")
    assert run("ask", "compare", "aws_s3_bucket.none", wide, *inside).code == 2


LIMITED = """
resource "aws_iam_policy" "limits" {
  name   = "limits"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}

resource "aws_iam_user" "u" {
  name                 = "u"
  permissions_boundary = aws_iam_policy.limits.arn
}

resource "aws_iam_user_policy" "u" {
  user   = aws_iam_user.u.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"""


def test_the_text_shows_what_permissions_pass_on_their_way_down(tmp_path: Path) -> None:
    tree = write(tmp_path, {"main.tf": LIMITED})
    done = run("ask", "who-can", "s3:GetObject", "*", "--in", tree)
    assert "within boundary aws_iam_policy.limits" in done.out


def test_wildcards_ask_of_everything(estate: Path) -> None:
    assert verdicts(estate, "*", "*") == {
        "aws_iam_role.reader": "allowed",
        "aws_iam_user.admin": "allowed",
        "aws_iam_user.careful": "conditional",
        "aws_iam_user.opaque": "unknown",
        "aws_iam_user.idle": "denied",
    }


@pytest.mark.parametrize(("resource", "verdict"), [("records/public/x", "allowed"), ("records/k", "denied")])
def test_a_session_policy_limits_every_session(estate: Path, resource: str, verdict: str) -> None:
    """IAM User Guide, "Session policies": what a session may do is what both its role and the policy allow."""
    limit = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::records/public/*"}
    session = write(estate, {"session.json": json.dumps({"Version": "2012-10-17", "Statement": [limit]})})
    asked = ("ask", "who-can", "s3:GetObject", f"arn:aws:s3:::{resource}", "--in", estate, "--format", "json")
    done = run(*asked, "--session", session / "session.json")
    told = {each["node"].rpartition("#")[2]: each["verdict"] for each in done.json["principals"]}
    assert told["aws_iam_role.reader"] == told["aws_iam_user.admin"] == verdict


@pytest.mark.parametrize(("text", "said"), [("{", "not valid JSON"), ("[]", "no policy document")])
def test_a_session_policy_that_is_none_is_a_usage_error(estate: Path, text: str, said: str) -> None:
    session = write(estate, {"session.json": text}) / "session.json"
    done = run("ask", "who-can", "s3:GetObject", "*", "--in", estate, "--session", session)
    assert done.code == 2
    assert said in done.err
    assert run("ask", "who-can", "get", "pods", "--in", estate, "--session", session).code == 2
