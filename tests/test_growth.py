"""Four times the resources are four times the work: function calls are counted, which no other load changes."""

from __future__ import annotations

import cProfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import cli

PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n  allowed_account_ids = ["111122223333"]\n}\n'
ESTATE = """
resource "aws_s3_bucket" "b@" { bucket = "b-@" }
resource "aws_s3_bucket_versioning" "b@" {
  bucket = aws_s3_bucket.b@.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket" "r@" { bucket = "r-@" }
resource "aws_s3_bucket_replication_configuration" "b@" {
  bucket = aws_s3_bucket.b@.id
  role   = aws_iam_role.r@.arn
  rule {
    status = "Enabled"
    destination { bucket = "arn:aws:s3:::r-@" }
  }
}
resource "aws_iam_role" "r@" {
  name = "r@"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole"
  }] })
}
resource "aws_iam_policy" "p@" {
  name   = "p@"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = ["s3:Get*", "iam:PassRole"], Resource = "*"
  }] })
}
resource "aws_iam_role_policy_attachment" "r@" {
  role       = aws_iam_role.r@.name
  policy_arn = aws_iam_policy.p@.arn
}
resource "aws_vpc" "v@" { cidr_block = "10.0.0.0/16" }
resource "aws_internet_gateway" "v@" { vpc_id = aws_vpc.v@.id }
resource "aws_subnet" "s@" {
  vpc_id     = aws_vpc.v@.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_security_group" "g@" {
  vpc_id = aws_vpc.v@.id
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "i@" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.s@.id
  vpc_security_group_ids = [aws_security_group.g@.id]
  iam_instance_profile   = aws_iam_instance_profile.i@.name
  associate_public_ip_address = true
}
resource "aws_iam_instance_profile" "i@" {
  name = "i@"
  role = aws_iam_role.r@.name
}
resource "aws_db_instance" "d@" {
  engine                 = "postgres"
  identifier             = "d@"
  vpc_security_group_ids = [aws_security_group.g@.id]
}
resource "aws_backup_vault" "v@" { name = "v@" }
resource "aws_backup_plan" "p@" {
  name = "p@"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.v@.name
    schedule          = "cron(0 5 * * ? *)"
    lifecycle { delete_after = 35 }
  }
}
resource "aws_backup_selection" "s@" {
  name         = "s@"
  plan_id      = aws_backup_plan.p@.id
  iam_role_arn = aws_iam_role.r@.arn
  resources    = [aws_db_instance.d@.arn]
}
resource "aws_lb" "l@" {
  name            = "l@"
  subnets         = [aws_subnet.s@.id]
  security_groups = [aws_security_group.g@.id]
}
resource "aws_route_table" "v@" {
  vpc_id = aws_vpc.v@.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.v@.id
  }
}
resource "aws_route_table_association" "v@" {
  subnet_id      = aws_subnet.s@.id
  route_table_id = aws_route_table.v@.id
}
"""
WORKLOAD = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: w@, namespace: shop}
spec:
  selector: {matchLabels: {app: w@}}
  template:
    metadata: {labels: {app: w@}}
    spec:
      serviceAccountName: w@
      containers: [{name: c, image: 'x:1', ports: [{containerPort: 8080}]}]
---
apiVersion: v1
kind: Service
metadata: {name: w@, namespace: shop}
spec: {selector: {app: w@}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: w@, namespace: shop}
"""


def _calls(folder: Path, name: str, text: str) -> int:
    """How many functions a scan with all rules calls."""
    folder.mkdir()
    (folder / name).write_text(text, "utf-8")
    profile = cProfile.Profile()
    profile.enable()
    ran = CliRunner().invoke(cli, ["scan", str(folder), "--root", str(folder), "--fail-on", "never"])
    profile.disable()
    assert ran.exit_code == 0, ran.output
    return sum(each.callcount for each in profile.getstats())


@pytest.mark.parametrize(
    ("name", "begins", "part", "count"), [("main.tf", PROVIDER, ESTATE, 15), ("all.yaml", "", WORKLOAD, 40)]
)
def test_work_grows_in_line_with_the_tree(tmp_path, name, begins, part, count):
    sizes = (1, count, count * 2, count * 4)  # the first loads what a scan needs
    _, one, two, four = [
        _calls(tmp_path / str(size), name, begins + "".join(part.replace("@", str(at)) for at in range(size)))
        for size in sizes
    ]

    # what two of them add to two is twice what one adds to one (all pairs of machines and databases: 1.13 times)
    assert (four - two) < 2 * (two - one) * 1.05
