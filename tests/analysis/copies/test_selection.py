"""What AWS Backup selects, held against its documentation, case by case.

Sources, by the name that a case gives:
ASSIGN   AWS Backup Developer Guide, "Assign resources with AWS CLI" (assigning-resources-json.html): the examples
SERVICE  the same page, "Selection by service name"; TYPE "Selection by resource type"; SHARED
         "Shared resource types"
OPTIN    AWS Backup Developer Guide, "Service opt-in" (assigning-resources.html)
TAGS     API Reference, BackupSelection, ListOfTags: any of the conditions; CONDITIONS: all of them, four operators
NOT      API Reference, BackupSelection, NotResources
NONE     API Reference, BackupSelection, introduction: without conditions, tags or resources
WILDCARD the first page: "* represents zero or more non-whitespace characters"
REGION   Developer Guide, "Managing backups": a plan works in its own Region and account
EC2      Developer Guide, "Feature availability by resource": an instance's backup holds its volumes
TERRAFORM documentation of aws_backup_selection: several selection_tag blocks are any-of, condition blocks all-of
"""

from __future__ import annotations

import pytest

from scanner.analysis.copies.estate import Estate
from tests.analysis.copies.built import CLOSED, graph_of

ESTATE = """
provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["111122223333"]
}
provider "aws" {
  alias               = "west"
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
variable "unset" { type = string }
resource "aws_db_instance" "orders" {
  identifier = "orders"
  tags       = { backup = "daily", stage = "prod" }
}
resource "aws_db_instance" "trial" {
  identifier = "orders-trial"
  tags       = { backup = "daily", stage = "test" }
}
resource "aws_rds_cluster" "ledger" {
  cluster_identifier = "ledger"
  engine             = "aurora-postgresql"
  tags               = { backup = "true" }
}
resource "aws_docdb_cluster" "papers" { cluster_identifier = "papers" }
resource "aws_ebs_volume" "disk" {
  availability_zone = "eu-central-1a"
  tags              = { backup = "daily" }
}
resource "aws_instance" "box" { tags = { role = "box" } }
resource "aws_ebs_volume" "attached" { availability_zone = "eu-central-1a" }
resource "aws_volume_attachment" "a" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.attached.id
  instance_id = aws_instance.box.id
}
resource "aws_s3_bucket" "docs" { bucket = "docs" }
resource "aws_dynamodb_table" "sessions" {
  name = "sessions"
  tags = { stage = "prod", Owner = var.unset }
}
resource "aws_efs_file_system" "share" {}
resource "aws_fsx_openzfs_file_system" "zfs" {}
resource "aws_ebs_volume" "west" {
  provider          = aws.west
  availability_zone = "eu-west-1a"
  tags              = { backup = "daily" }
}
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "r"
    target_vault_name = "Default"
  }
}
resource "aws_backup_selection" "s" {
  name         = "s"
  plan_id      = aws_backup_plan.p.id
  iam_role_arn = "arn:aws:iam::111122223333:role/b"
%s
}
"""
ALL = "orders trial ledger papers disk attached docs sessions share zfs"
OFF = """}
resource "aws_backup_region_settings" "here" {
  resource_type_opt_in_preference = { %s }
"""


def resources(*arns: str) -> str:
    return f"resources = [{', '.join(arn if arn.startswith('aws_') else quoted(arn) for arn in arns)}]\n"


def excluding(*arns: str) -> str:
    return f"not_{resources(*arns)}"


def quoted(text: str) -> str:
    return f'"{text}"'


def tag(key: str, value: str) -> str:
    shown = value if value.startswith("var.") else quoted(value)
    return f'selection_tag {{\n  type = "STRINGEQUALS"\n  key = "{key}"\n  value = {shown}\n}}\n'


def when(**operators: tuple[str, str]) -> str:
    blocks = "".join(
        f'  {name} {{\n    key = "aws:ResourceTag/{key}"\n    value = "{value}"\n  }}\n'
        for name, (key, value) in operators.items()
    )
    return f"condition {{\n{blocks}}}\n"


def off(*types: str) -> str:
    return OFF % ", ".join(f'"{each}" = false' for each in types)


DB = "arn:aws:rds:eu-central-1:111122223333:db:"
CASES = [
    # source, selection, surely selected, perhaps selected besides
    ("ASSIGN all resources", resources("*"), ALL, ""),
    (
        "ASSIGN all but EBS volumes",
        resources("*") + excluding("arn:aws:ec2:*:*:volume/*"),
        "orders trial ledger papers attached docs sessions share zfs",
        "",
    ),
    (
        "ASSIGN all tagged backup=true but volumes",
        resources("*") + excluding("arn:aws:ec2:*:*:volume/*") + when(string_equals=("backup", "true")),
        "ledger",
        "",
    ),
    (
        "ASSIGN volumes and instances of RDS with both tags",
        resources("arn:aws:ec2:*:*:volume/*", "arn:aws:rds:*:*:db:*")
        + when(string_equals=("backup", "daily"))
        + when(string_equals=("stage", "prod")),
        "orders",
        "",
    ),
    (
        "ASSIGN volumes and RDS tagged backup, not stage=test",
        resources("arn:aws:ec2:*:*:volume/*", "arn:aws:rds:*:*:db:*")
        + when(string_equals=("backup", "daily"))
        + when(string_not_equals=("stage", "test")),
        "orders disk",
        "",
    ),
    (
        "ASSIGN tags key1 with a value that begins with ...",
        resources("*") + when(string_like=("stage", "pro*")),
        "orders sessions",
        "",
    ),
    (
        "ASSIGN StringNotLike on a tag",
        resources("*") + when(string_not_like=("stage", "*es*")),
        "orders ledger papers disk attached docs sessions share zfs",
        "",
    ),
    ("ASSIGN all instances of EC2", resources("arn:aws:ec2:*:*:instance/*"), "attached", ""),
    ("ASSIGN one S3 bucket by its ARN", resources("arn:aws:s3:::docs"), "docs", ""),
    ("ASSIGN all S3 buckets", resources("arn:aws:s3:::*"), "docs", ""),
    ("ASSIGN all DynamoDB tables", resources("arn:aws:dynamodb:*:*:table/*"), "sessions", ""),
    ("ASSIGN all EFS file systems", resources("arn:aws:elasticfilesystem:*:*:file-system/*"), "share", ""),
    # wildcards
    ("WILDCARD at the end of a name", resources("arn:aws:rds:*:*:db:orders*"), "orders trial", ""),
    ("WILDCARD stands for nothing too", resources("arn:aws:rds:*:*:db:orders-trial*"), "trial", ""),
    ("WILDCARD inside a name", resources("arn:aws:rds:*:*:db:o*trial"), "trial", ""),
    ("WILDCARD before a name", resources("arn:aws:rds:*:*:db:*-trial"), "trial", ""),
    ("WILDCARD over several parts", resources("arn:aws:rds:*:db:orders"), "orders", ""),
    ("WILDCARD for a whole ARN", resources("*orders"), "orders", ""),
    ("WILDCARD is not a question mark", resources("arn:aws:rds:*:*:db:order?"), "", ""),
    ("WILDCARD case counts", resources("arn:aws:rds:*:*:db:ORDERS"), "", ""),
    ("WILDCARD in the account", resources("arn:aws:rds:eu-central-1:1111*:db:orders"), "orders", ""),
    # ARNs
    ("TYPE one database by its ARN", resources(DB + "orders"), "orders", ""),
    ("TYPE an ARN of another account", resources("arn:aws:rds:eu-central-1:999999999999:db:orders"), "", ""),
    ("TYPE an ARN of another Region", resources("arn:aws:rds:us-east-1:111122223333:db:orders"), "", ""),
    ("TYPE db:* takes no Aurora cluster", resources("arn:aws:rds:*:*:db:*"), "orders trial", ""),
    (
        "TYPE cluster:* takes Aurora, DocumentDB and Neptune",
        resources("arn:aws:rds:*:*:cluster:*"),
        "ledger papers",
        "",
    ),
    ("TYPE a reference to the resource", resources("aws_db_instance.orders.arn"), "orders", ""),
    ("TYPE a reference to a disk", resources("aws_ebs_volume.disk.arn"), "disk", ""),
    (
        "TYPE an id that only AWS knows",
        resources("arn:aws:ec2:eu-central-1:111122223333:volume/vol-0abc"),
        "",
        "disk attached",
    ),
    ("TYPE an ARN that is not known", "resources = [var.unset]\n", "", ALL),
    ("TYPE a name that is not known", 'resources = ["arn:aws:rds:*:*:db:${var.unset}"]\n', "", "orders trial"),
    (
        "TYPE one of two not known",
        "resources = [aws_db_instance.orders.arn, var.unset]\n",
        "orders",
        "trial ledger papers disk attached docs sessions share zfs",
    ),
    # excluded resources
    (
        "NOT beats a resource of the same selection",
        resources("*") + excluding(DB + "orders"),
        "trial ledger papers disk attached docs sessions share zfs",
        "",
    ),
    (
        "NOT by reference",
        resources("*") + excluding("aws_s3_bucket.docs.arn"),
        "orders trial ledger papers disk attached sessions share zfs",
        "",
    ),
    ("NOT beats a tag", tag("backup", "daily") + excluding("arn:aws:rds:*:*:db:*"), "disk", ""),
    (
        "NOT with a wildcard",
        resources("*") + excluding("arn:aws:rds:*"),
        "disk attached docs sessions share zfs",
        "",
    ),
    (
        "NOT takes any of several",
        resources("arn:aws:rds:*:*:db:*") + excluding(DB + "orders", DB + "orders-trial"),
        "",
        "",
    ),
    (
        "NOT that is not known",
        resources("arn:aws:rds:*:*:db:*") + "not_resources = [var.unset]\n",
        "",
        "orders trial",
    ),
    ("NOT alone: everything else", excluding("arn:aws:rds:*"), "disk attached docs sessions share zfs", ""),
    # tags
    ("TAGS a pair", tag("backup", "daily"), "orders trial disk", ""),
    ("TAGS another value", tag("backup", "weekly"), "", ""),
    ("TAGS any of several", tag("backup", "true") + tag("stage", "test"), "trial ledger", ""),
    ("TERRAFORM two blocks of one key", tag("stage", "test") + tag("stage", "prod"), "orders trial sessions", ""),
    ("TAGS case counts", tag("Backup", "daily"), "", ""),
    ("TAGS value without wildcards", tag("backup", "*"), "", ""),
    ("TAGS a value that is not known on the resource", tag("Owner", "me"), "", "sessions"),
    (
        "TAGS a value that is not known in the selection",
        tag("backup", "var.unset"),
        "",
        "orders trial ledger disk",
    ),
    ("TAGS or resources", resources("arn:aws:s3:::docs") + tag("backup", "true"), "ledger docs", ""),
    ("TAGS on the instance take its volumes", tag("role", "box"), "attached", ""),
    # conditions
    (
        "CONDITIONS all of them",
        resources("*") + when(string_equals=("backup", "daily"), string_like=("stage", "p*")),
        "orders",
        "",
    ),
    ("CONDITIONS StringEquals on a tag not carried", resources("*") + when(string_equals=("nobody", "x")), "", ""),
    (
        "CONDITIONS StringNotEquals holds without the tag",
        resources("arn:aws:s3:::*") + when(string_not_equals=("stage", "test")),
        "docs",
        "",
    ),
    (
        "CONDITIONS StringNotLike holds without the tag",
        resources("arn:aws:s3:::*") + when(string_not_like=("stage", "t*")),
        "docs",
        "",
    ),
    ("CONDITIONS narrow tags", tag("backup", "daily") + when(string_equals=("stage", "test")), "trial", ""),
    ("CONDITIONS alone: of all resources", when(string_equals=("stage", "prod")), "orders sessions", ""),
    ("CONDITIONS case of values", resources("*") + when(string_equals=("stage", "PROD")), "", ""),
    ("CONDITIONS StringEquals knows no wildcard", resources("*") + when(string_equals=("stage", "p*")), "", ""),
    (
        "CONDITIONS on a value that is not known",
        resources("arn:aws:dynamodb:*:*:table/*") + when(string_equals=("Owner", "me")),
        "",
        "sessions",
    ),
    (
        "CONDITIONS contradictory",
        resources("*") + when(string_equals=("stage", "prod"), string_not_equals=("stage", "prod")),
        "",
        "",
    ),
    # nothing at all
    ("NONE selects everything", "", ALL, ""),
    # opt-in
    ("OPTIN off and selected by tag", tag("backup", "daily") + off("RDS"), "disk", ""),
    (
        "OPTIN off and selected by *",
        resources("*") + off("S3"),
        "orders trial ledger papers disk attached sessions share zfs",
        "",
    ),
    ("SERVICE off and selected by service", resources("arn:aws:rds:*") + off("RDS"), "ledger papers", ""),
    ("TYPE off and selected by type", resources("arn:aws:rds:*:*:db:*") + off("RDS"), "orders trial", ""),
    ("TYPE off and selected by its ARN", resources(DB + "orders") + off("RDS"), "orders", ""),
    ("TYPE off and selected by reference", resources("aws_s3_bucket.docs.arn") + off("S3"), "docs", ""),
    (
        "SHARED Aurora off and selected by type",
        resources("arn:aws:rds:*:*:cluster:*") + off("Aurora"),
        "papers",
        "",
    ),
    ("SHARED DocumentDB off", resources("arn:aws:rds:*:*:cluster:*") + off("DocumentDB"), "ledger", ""),
    ("SHARED OpenZFS off", resources("arn:aws:fsx:*:*:file-system/*") + off("FSx for OpenZFS"), "", ""),
    ("SHARED Aurora off and selected by its ARN", resources("aws_rds_cluster.ledger.arn") + off("Aurora"), "", ""),
    ("OPTIN another type off", tag("backup", "daily") + off("EFS"), "orders trial disk", ""),
    ("OPTIN everything in by itself", tag("backup", "true"), "ledger", ""),
    ("OPTIN EC2 off, instance by tag", tag("role", "box") + off("EC2"), "", ""),
    # region
    (
        "REGION a disk elsewhere is not reached",
        tag("backup", "daily") + resources("arn:aws:ec2:*:*:volume/*"),
        "orders trial disk attached",
        "",
    ),
    ("REGION not even by its own ARN", resources("aws_ebs_volume.west.arn"), "", ""),
    ("EC2 by reference to the instance", resources("aws_instance.box.arn"), "attached", ""),
]


@pytest.mark.parametrize(("source", "selection", "surely", "perhaps"), CASES, ids=[case[0] for case in CASES])
def test_what_is_selected(source: str, selection: str, surely: str, perhaps: str) -> None:
    graph = graph_of(ESTATE % selection)
    estate = Estate(graph, CLOSED)
    found: dict[str, set[str]] = {"surely": set(), "perhaps": set()}
    for index in estate.assets.stores():
        name = graph.addresses[index].name.rpartition(".")[2]
        for plans, told in zip(estate.plans(index), ("surely", "perhaps"), strict=True):
            if plans:
                found[told].add(name)

    assert found == {"surely": set(surely.split()), "perhaps": set(perhaps.split())}


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 60
