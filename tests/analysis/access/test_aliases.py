"""Principals under different aliases of a provider, whose accounts are written nowhere: they may be in one account
or in two. Who may assume across accounts: IAM User Guide, "Cross-account policy evaluation logic": both the trust
and the caller's own policy must allow. The first case is the scenario root-trust-role-assumption of DataDog's
pathfinding-labs, in our own words.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.analysis.access.escalation import Escalations
from tests.analysis.access.reading import at, graph_of

HANDED = """
terraform {
  required_providers {
    aws = {
      configuration_aliases = [aws.dev, aws.prod]
    }
  }
}
"""
REGIONS = """
provider "aws" {
  region = "us-east-1"
}
provider "aws" {
  alias  = "dev"
  region = "eu-west-1"
}
provider "aws" {
  alias  = "prod"
  region = "eu-central-1"
}
"""
WRITTEN = """
provider "aws" {
  alias               = "dev"
  allowed_account_ids = ["222222222222"]
}
provider "aws" {
  alias               = "prod"
  allowed_account_ids = ["111111111111"]
}
"""
TAKE = """
resource "aws_iam_user" "start" {
  provider = aws.dev
  name     = "start"
}
resource "aws_iam_user_policy" "start" {
  provider = aws.dev
  user     = aws_iam_user.start.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::111111111111:role/target" }
    ]
  })
}
resource "aws_iam_role" "target" {
  provider = aws.prod
  name     = "target"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "%s" } }]
  })
}
resource "aws_iam_role_policy_attachment" "target" {
  provider   = aws.prod
  role       = aws_iam_role.target.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
"""
ROOT = TAKE % "arn:aws:iam::222222222222:root"
# rights over identities hold in one's own account alone
GROW = (
    (TAKE % "-")
    .replace('AWS = "-"', 'Service = "ec2.amazonaws.com"')
    .replace(
        '"sts:AssumeRole", Resource = "arn:aws:iam::111111111111',
        '"iam:UpdateAssumeRolePolicy", Resource = "arn:aws:iam::*',
    )
)


def admin(folder: Path, text: str) -> str:
    graph = graph_of(folder, main_tf=text)
    return Escalations(graph, ("trust",)).admin(at(graph, "aws_iam_user.start"))


@pytest.mark.parametrize("named", ["arn:aws:iam::222222222222:root", "222222222222"])
def test_a_trust_in_an_account_that_may_be_the_callers_is_undecided(tmp_path: Path, named: str) -> None:
    assert admin(tmp_path, HANDED + TAKE % named) == "unknown"


def test_whoever_writes_out_the_arns_of_both_says_their_accounts(tmp_path: Path) -> None:
    assert admin(tmp_path, HANDED + TAKE % "arn:aws:iam::222222222222:user/start") == "yes"


def test_it_is_decided_where_the_accounts_are_written(tmp_path: Path) -> None:
    assert admin(tmp_path, WRITTEN + ROOT) == "yes"


def test_a_trust_in_another_account_than_the_one_written_does_not_let_in(tmp_path: Path) -> None:
    assert admin(tmp_path, WRITTEN + TAKE % "arn:aws:iam::333333333333:root") == "no"


def test_rights_over_identities_of_an_account_that_may_be_another_are_undecided(tmp_path: Path) -> None:
    assert admin(tmp_path, HANDED + GROW) == "unknown"


def test_aliases_that_differ_in_region_alone_are_one_account(tmp_path: Path) -> None:
    assert admin(tmp_path, REGIONS + GROW) == "yes"


def test_one_alias_is_one_account(tmp_path: Path) -> None:
    assert (
        admin(tmp_path, HANDED + GROW.replace("aws.prod", "aws.dev").replace("[aws.dev, aws.dev]", "[aws.dev]"))
        == "yes"
    )


def test_the_account_of_an_alias_is_the_one_that_it_asks_for(tmp_path: Path) -> None:
    asked = 'data "aws_caller_identity" "dev" { provider = aws.dev }\n'
    trust = TAKE % "arn:aws:iam::${data.aws_caller_identity.dev.account_id}:root"
    anywhere = trust.replace("arn:aws:iam::111111111111:role/target", "*")
    assert admin(tmp_path, HANDED + asked + anywhere) == "yes"


def test_what_is_assumed_of_two_accounts_is_said_in_words(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, main_tf=HANDED + GROW)
    escalations = Escalations(graph, ("trust",))
    way = escalations.ways(at(graph, "aws_iam_user.start"))[0]
    said = "the account of provider aws.dev and the account of provider aws.prod are the same account"
    assert any(said in each for each in escalations.conditions(way))
