"""The escalation paths that came after pathfinding.cloud's data of 2025-12, and those beyond it, in three accounts
each (see `paths/later.py`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.analysis.access.escalation import Escalations
from tests.analysis.access.paths.asking import asked, assert_nothing_missing_is_made_up
from tests.analysis.access.paths.later import LATER, cases, every
from tests.analysis.access.reading import at, graph_of

# Which machines a deployment reaches is said by tags, while it goes on.
CONDITIONAL = frozenset({"codedeploy-001"})
# What no Terraform shows: an older version of a policy, signing in to a machine, running pods in a cluster,
# that the account manages root users. With nothing outside the scan (`complete`), there is none.
UNKNOWN = frozenset({
    "ec2-associate-instance-profile", "ec2-replace-instance-profile", "eks-create-pod-identity",
    "iam-add-oidc-client", "iam-add-role-to-instance-profile", "iam-set-default-policy-version",
    "iam-update-oidc-thumbprint", "sts-assume-root",
})  # fmt: skip


@pytest.mark.parametrize(("path", "word"), [each for each in every() if each[1] != "missing"])
def test_each_later_path_is_found_by_its_id(tmp_path: Path, path: str, word: str) -> None:
    admin, ways = asked(tmp_path, cases(path)[word])
    assert admin == ("conditional" if path in CONDITIONAL else "unknown" if path in UNKNOWN else "yes")
    assert path in ways


@pytest.mark.parametrize("path", LATER)
def test_without_what_it_asks_for_a_path_makes_no_administrator(tmp_path: Path, path: str) -> None:
    assert_nothing_missing_is_made_up(tmp_path, cases(path)["missing"])


@pytest.mark.parametrize("action", ["ec2:RunInstances", "ssm:StartSession"])
@pytest.mark.parametrize("path", ["ec2-associate-instance-profile", "iam-add-role-to-instance-profile"])
def test_a_machine_that_one_may_sign_in_to_is_no_assumption(tmp_path: Path, path: str, action: str) -> None:
    case = cases(path)["works"]
    text = case.text.replace('Action = ["iam:PassRole"', f'Action = ["{action}", "iam:PassRole"')
    graph = graph_of(tmp_path, main_tf=text)
    assert Escalations(graph, ()).admin(at(graph, case.principal)) == "yes"


@pytest.mark.parametrize(
    ("bound", "admin"),
    [("aws_iam_policy.bound.arn", "no"), ('"arn:aws:iam::aws:policy/ReadOnlyAccess"', "no"), ("null", "no")],
)
def test_the_boundary_that_someone_has_decides_a_condition_on_it(tmp_path: Path, bound: str, admin: str) -> None:
    """Service Authorization Reference, "IAM": iam:PermissionsBoundary is the boundary of the user that a policy is
    attached to; one who may attach policies only to those within `bound` stays within it."""
    graph = graph_of(tmp_path, main_tf=_DELEGATE.replace("BOUND", bound))
    found = Escalations(graph, ("trust",))
    assert found.admin(at(graph, "aws_iam_user.u")) == admin


def test_a_condition_on_another_boundary_is_met(tmp_path: Path) -> None:
    """The same user, where the condition asks for a boundary that allows everything, which it carries."""
    text = _DELEGATE.replace("BOUND", "aws_iam_policy.bound.arn").replace('Action = "s3:*"', 'Action = "*"')
    graph = graph_of(tmp_path, main_tf=text)
    assert Escalations(graph, ("trust",)).admin(at(graph, "aws_iam_user.u")) == "yes"


_DELEGATE = """
resource "aws_iam_policy" "bound" {
  name   = "bound"
  policy = jsonencode({
    Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}

resource "aws_iam_user" "u" {
  name                 = "u"
  permissions_boundary = BOUND
}

resource "aws_iam_user_policy" "u" {
  user = aws_iam_user.u.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "iam:AttachUserPolicy", Resource = "*",
    Condition = { StringEquals = { "iam:PermissionsBoundary" = aws_iam_policy.bound.arn } }
  }] })
}
"""
