"""Shapes that public modules' examples have, and that were judged wrongly once (the estates are ours).

Letters as in test_scenarios. Sources: provider documentation, "Enhanced Region Support" (release 6: a resource may
name its Region); Aurora User Guide, "Using Amazon Aurora Global Database"; RDS User Guide, "Multi-AZ DB cluster
deployments"; RDS API, CreateDBCluster and RestoreDBClusterFromS3 (BackupRetentionPeriod: 1 by default).
"""

from __future__ import annotations

from typing import Any

from tests.analysis.copies.built import answered
from tests.analysis.copies.test_scenarios import HEAD, plan, rule, spelled

GLOBAL = """
resource "aws_rds_global_cluster" "g" {
  global_cluster_identifier = "g"
  engine                    = "aurora-postgresql"
}
resource "aws_rds_cluster" "first" {
  engine                    = "aurora-postgresql"
  global_cluster_identifier = aws_rds_global_cluster.g.id
  master_username           = "root"
  master_password           = "x"
}
resource "aws_rds_cluster" "second" {
  region                    = "eu-west-1"
  engine                    = "aurora-postgresql"
  global_cluster_identifier = aws_rds_global_cluster.g.id
}
"""


VOLUME = """
resource "aws_ebs_volume" "x" {
  availability_zone = "eu-central-1a"
  size              = 1
}
"""


def only(text: str) -> tuple[dict[str, str], list[dict[str, Any]]]:
    found = answered(HEAD + text)
    assert len(found.assets) == 1, found
    return found.assets[0].verdict, found.assets[0].observations


def test_a_cluster_that_joins_a_global_one_is_its_replica() -> None:
    """Its own backups, in its own Region, count as copies of the primary's data."""
    letters, observations = only(GLOBAL)

    assert letters == spelled("PPP PF FF FU F")
    assert [(each["kind"], each["location"]["region"]) for each in observations if not each["counts"]] == [
        ("synchronous-replica", "eu-central-1"),
        ("replica", "eu-west-1"),
    ]


def test_a_multi_zone_cluster_keeps_its_backups_with_those_of_a_plan() -> None:
    """Both are snapshots of RDS in one Region: one copy."""
    cluster = (
        'resource "aws_rds_cluster" "x" {\n engine = "mysql"\n db_cluster_instance_class = "db.m6gd.large"\n }\n'
    )
    letters, observations = only(cluster + plan("aws_rds_cluster.x", rule()))

    assert letters == spelled("FPF PP FF FU F")
    assert [each["location"]["store"] for each in observations] == ["primary", "native:rds", "native:rds",
                                                                    "native:rds"]  # fmt: skip


def test_a_cluster_read_from_files_keeps_its_backups_for_a_day() -> None:
    """Only a snapshot or another cluster hands its retention on."""
    _, observations = only("""
resource "aws_rds_cluster" "x" {
  engine          = "aurora-mysql"
  master_username = "root"
  s3_import {
    bucket_name           = "b"
    ingestion_role        = "r"
    source_engine         = "mysql"
    source_engine_version = "8.0"
  }
}
""")

    assert [each["why"] for each in observations if each["counts"]][1:] == [
        "automatic backups, at most 5 minutes behind, kept 1 days"
    ]


def test_buckets_with_a_random_end_of_their_names_are_known_by_it() -> None:
    """The replica in another Region of the same provider; a stranger's random name stays another one."""
    letters, _ = only("""
resource "random_pet" "p" {}
resource "aws_s3_bucket" "x" {
  bucket = "source-${random_pet.p.id}"
}
resource "aws_s3_bucket" "y" {
  bucket = "copy-${random_pet.p.id}"
  region = "eu-west-1"
}
resource "aws_s3_bucket_versioning" "y" {
  bucket = aws_s3_bucket.y.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_s3_bucket_replication_configuration" "x" {
  bucket = aws_s3_bucket.x.id
  role   = "r"
  rule {
    status = "Enabled"
    filter {}
    delete_marker_replication {
      status = "Disabled"
    }
    destination {
      bucket = "arn:aws:s3:::copy-${random_pet.p.id}"
    }
  }
}
""")

    assert letters == spelled("FFP PP FF FU F")


POLICY = """
resource "aws_organizations_policy" "b" {
  name    = "b"
  type    = "BACKUP_POLICY"
  content = jsonencode({ plans = { daily = {
    regions = { "@@assign" = ["eu-central-1"] }
    rules = { r = {
      schedule_expression      = { "@@assign" = "cron(0 5 ? * * *)" }
      target_backup_vault_name = { "@@assign" = "main" }
      lifecycle                = { delete_after_days = { "@@assign" = "35" } }
      copy_actions = { "arn:aws:backup:eu-west-1:$account:backup-vault:dr" = {
        target_backup_vault_arn = { "@@assign" = "arn:aws:backup:eu-west-1:$account:backup-vault:dr" }
      } }
    } }
    selections = { tags = { s = {
      iam_role_arn = { "@@assign" = "arn:aws:iam::$account:role/b" }
      tag_key      = { "@@assign" = "backup" }
      tag_value    = { "@@assign" = ["yes"] }
    } } }
  } } })
}
resource "aws_ebs_volume" "x" {
  availability_zone = "eu-central-1a"
  size              = 1
  tags              = { backup = "%s" }
}
"""
ATTACHED = """
resource "aws_organizations_policy_attachment" "b" {
  policy_id = aws_organizations_policy.b.id
  target_id = "%s"
}
"""


def test_a_backup_policy_makes_its_plans_in_the_accounts_it_is_attached_to() -> None:
    """AWS Organizations User Guide, "Backup policy syntax and examples": a plan in each Region, by tag; whether an
    account lies under a root or unit is not told here."""
    assert only(POLICY % "yes" + ATTACHED % "111122223333")[0] == spelled("PPP PP FF FU P")
    assert only(POLICY % "yes" + ATTACHED % "r-abcd")[0] == spelled("UUU UU UU FU U")
    assert only(POLICY % "no" + ATTACHED % "r-abcd")[0] == spelled("FFF FF FF FF F")
    assert only(POLICY % "yes" + ATTACHED % "444455556666")[0] == spelled("FFF FF FF FF F")


def test_a_vault_that_a_data_source_finds_is_there() -> None:
    """A plan that names a vault that does not exist makes nothing; one that is read from the account exists."""
    found = 'data "aws_backup_vault" "v" {\n name = "central"\n}\n'
    read = plan("aws_ebs_volume.x", rule(vault="data.aws_backup_vault.v.name"))

    assert only(VOLUME + found + read)[0] == spelled("FPF PP UU FU F")
    assert only(VOLUME + plan("aws_ebs_volume.x", rule(vault='"central"')))[0] == spelled("FFF FF FF FF F")


def test_an_air_gapped_vault_outside_the_scan_is_one_all_the_same() -> None:
    """API BackupRuleInput: TargetLogicallyAirGappedBackupVaultArn names no other kind; its points lie in an
    account of the service (facts 1.2)."""
    vault = "arn:aws:backup:eu-central-1:999988887777:backup-vault:gap"
    more = f'target_logically_air_gapped_backup_vault_arn = "{vault}"'

    assert only(VOLUME + plan("aws_ebs_volume.x", rule(more=more)))[0] == spelled("PPF PP PP FU F")


def test_a_pattern_around_the_account_number_selects_as_a_written_one() -> None:
    who = 'data "aws_caller_identity" "me" {}\n'
    chosen = 'resources = ["arn:aws:ec2:*:${data.aws_caller_identity.me.account_id}:volume/*"]'

    assert only(who + VOLUME + plan("", rule(), select=chosen))[0] == spelled("FPF PP FF FU F")


def test_points_of_a_table_in_two_vaults_may_be_two_copies() -> None:
    """Whether AWS Backup manages DynamoDB fully decides (facts 1.2: full management, two locations)."""
    table = """
resource "aws_dynamodb_table" "x" {
  name     = "x"
  hash_key = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_backup_vault" "second" {
  name = "second"
}
"""
    both = rule() + rule(vault="aws_backup_vault.second.name")

    assert only(table + plan("aws_dynamodb_table.x", both))[0]["copies"] == "unknown"
    assert only(table + plan("aws_dynamodb_table.x", rule() + rule()))[0]["copies"] == "fail"


def test_a_warehouse_takes_its_snapshots_by_the_schedule_that_is_tied_to_it() -> None:
    """Redshift Management Guide, "Snapshots and backups": a schedule replaces the usual eight hours."""
    cluster = 'resource "aws_redshift_cluster" "x" {\n cluster_identifier = "x"\n node_type = "ra3.large"\n}\n'
    _, observations = only(
        cluster
        + """
resource "aws_redshift_snapshot_schedule" "s" {
  identifier  = "s"
  definitions = ["rate(12 hours)"]
}
resource "aws_redshift_snapshot_schedule_association" "s" {
  cluster_identifier  = aws_redshift_cluster.x.id
  schedule_identifier = aws_redshift_snapshot_schedule.s.id
}
"""
    )

    assert [each["why"] for each in observations[1:]] == [
        "automated snapshots, at most 12 hours behind, kept 1 days"
    ]
