"""Whole scenarios with their exact letters: the rows of the store table and the twenty traps of the definition
(shared/facts/copies-and-live.md, sections 1.4 and 2.4, as corrected by issue 5).

Letters are written in the order of the answer, P pass, F fail, U unknown: copies media offsite, fresh kept,
independent immutable, restore_tested restore_in_time, overall. Every scenario is a closed world
([scope] complete = ["backup"]) unless it says otherwise; the primary lies in eu-central-1, account 111122223333.
"""

from __future__ import annotations

import pytest

from scanner.config import Config
from tests.analysis.copies.built import CLOSED, config_of, letters_of

HEAD = """
provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["111122223333"]
}
provider "aws" {
  alias               = "dr"
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
provider "aws" {
  alias               = "other"
  region              = "eu-west-1"
  allowed_account_ids = ["999988887777"]
}
variable "unset" { type = string }
resource "aws_backup_vault" "main" { name = "main" }
resource "aws_backup_vault" "dr" {
  provider = aws.dr
  name     = "dr"
}
resource "aws_backup_vault" "other" {
  provider = aws.other
  name     = "other"
}
resource "aws_backup_vault_policy" "other" {
  provider          = aws.other
  backup_vault_name = aws_backup_vault.other.name
  policy            = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }
                   Action = "backup:CopyIntoBackupVault", Resource = "*" }]
  })
}
"""
ORDER = (
    "copies",
    "media",
    "offsite",
    "fresh",
    "kept",
    "independent",
    "immutable",
    "restore_tested",
    "restore_in_time",
    "overall",
)
WORDS = {"P": "pass", "F": "fail", "U": "unknown"}
DR, OTHER = "aws_backup_vault.dr.arn", "aws_backup_vault.other.arn"


def rule(
    schedule: str = "cron(0 5 * * ? *)",
    keep: int | None = 35,
    to: tuple[str, ...] = (),
    copy_keep: int | None = None,
    vault: str = "aws_backup_vault.main.name",
    more: str = "",
) -> str:
    """One rule of a plan: where it copies `to`, and how long."""
    life = f"lifecycle {{ delete_after = {keep} }}" if keep is not None else ""
    own = f"lifecycle {{ delete_after = {copy_keep} }}" if copy_keep is not None else ""
    copies = "".join(f"copy_action {{\n destination_vault_arn = {each}\n {own}\n }}\n" for each in to)
    return (
        f'rule {{\n rule_name = "r"\n target_vault_name = {vault}\n schedule = "{schedule}"\n {life}\n {copies}'
        f"{more}\n }}\n"
    )


def plan(store: str, *rules: str, more: str = "", select: str = "", name: str = "p") -> str:
    """A plan with rules, and a selection of one store."""
    chosen = select or f"resources = [{store}.arn]"
    return f"""
resource "aws_backup_plan" "{name}" {{
  name = "{name}"
  {"".join(rules)}
}}
resource "aws_backup_selection" "{name}" {{
  name         = "s"
  plan_id      = aws_backup_plan.{name}.id
  iam_role_arn = "arn:aws:iam::111122223333:role/b"
  {chosen}
}}
{more}
"""


def rds(more: str = "") -> str:
    return f'resource "aws_db_instance" "x" {{\n identifier = "x"\n {more}\n }}\n'


def s3(more: str = "", *, versioned: bool = True) -> str:
    status = "Enabled" if versioned else "Suspended"
    return f"""
resource "aws_s3_bucket" "x" {{
  bucket = "x"
  {more}
}}
resource "aws_s3_bucket_versioning" "x" {{
  bucket = aws_s3_bucket.x.id
  versioning_configuration {{ status = "{status}" }}
}}
"""


def replicated(more: str = "", target: str = "", *, provider: str = "aws.dr", markers: str = "Disabled") -> str:
    """A rule that replicates to a versioned bucket elsewhere; `more` stands in the rule, `target` beside it."""
    return f"""
resource "aws_s3_bucket" "replica" {{
  provider = {provider}
  bucket   = "replica"
}}
resource "aws_s3_bucket_versioning" "replica" {{
  provider = {provider}
  bucket   = aws_s3_bucket.replica.id
  versioning_configuration {{ status = "Enabled" }}
}}
resource "aws_s3_bucket_replication_configuration" "x" {{
  bucket = aws_s3_bucket.x.id
  role   = "arn:aws:iam::111122223333:role/r"
  rule {{
    id     = "all"
    status = "Enabled"
    {more or "filter {}"}
    delete_marker_replication {{ status = "{markers}" }}
    destination {{ bucket = aws_s3_bucket.replica.arn }}
  }}
}}
{target}
"""


def lock(vault: str, provider: str = "", *, grace: bool = True, more: str = "") -> str:
    return f"""
resource "aws_backup_vault_lock_configuration" "{vault}" {{
  {f"provider = {provider}" if provider else ""}
  backup_vault_name = aws_backup_vault.{vault}.name
  {"changeable_for_days = 3" if grace else ""}
  {more}
}}
"""


TESTED = """
resource "aws_backup_restore_testing_plan" "t" {
  name                = "t"
  schedule_expression = "cron(0 12 1 * ? *)"
  recovery_point_selection {
    algorithm            = "LATEST_WITHIN_WINDOW"
    include_vaults       = ["*"]
    recovery_point_types = ["SNAPSHOT"]
  }
}
resource "aws_backup_restore_testing_selection" "t" {
  name                      = "t"
  restore_testing_plan_name = aws_backup_restore_testing_plan.t.name
  protected_resource_type   = "RDS"
  iam_role_arn              = "arn:aws:iam::111122223333:role/b"
  protected_resource_arns   = ["*"]
}
"""
VOLUME = 'resource "aws_ebs_volume" "x" { availability_zone = "eu-central-1a" }\n'
EFS = 'resource "aws_efs_file_system" "x" {}\n'
AUTO_EFS = """
resource "aws_efs_backup_policy" "x" {
  file_system_id = aws_efs_file_system.x.id
  backup_policy { status = "ENABLED" }
}
"""
DYNAMO = 'resource "aws_dynamodb_table" "x" {\n name = "x"\n hash_key = "id"\n %s\n}\n'
PITR = "point_in_time_recovery { enabled = true }"
FULL = """
resource "aws_backup_region_settings" "s" {
  resource_type_opt_in_preference     = { "DynamoDB" = true }
  resource_type_management_preference = { "DynamoDB" = %s }
}
"""
NONE = "FFF FF FF FF F"
RDS_OUT = 'resource "aws_backup_region_settings" "s" { resource_type_opt_in_preference = { RDS = false } }'


def store(type_: str, body: str = "") -> str:
    return f'resource "{type_}" "x" {{\n {body}\n}}\n'


def dlm(state: str = "ENABLED", tag: str = "daily", cross: str = "", retain: str = "count = 35") -> str:
    return f"""
resource "aws_ebs_volume" "x" {{
  availability_zone = "eu-central-1a"
  tags              = {{ backup = "daily" }}
}}
resource "aws_dlm_lifecycle_policy" "x" {{
  description        = "x"
  execution_role_arn = "arn:aws:iam::111122223333:role/d"
  state              = "{state}"
  policy_details {{
    resource_types = ["VOLUME"]
    target_tags    = {{ backup = "{tag}" }}
    schedule {{
      name = "s"
      create_rule {{
        interval      = 24
        interval_unit = "HOURS"
      }}
      retain_rule {{ {retain} }}
      {cross}
    }}
  }}
}}
"""


CROSS = """
      cross_region_copy_rule {
        target    = "eu-west-1"
        encrypted = true
        retain_rule {
          interval      = 2
          interval_unit = "MONTHS"
        }
      }
"""
SCENARIOS: list[tuple[str, str, str]] = [
    # RDS
    ("RDS without anything", rds(), NONE),
    ("RDS automated backups, 35 days, die with it", rds("backup_retention_period = 35"), "FPF PP FF FU F"),
    ("RDS automated backups, 7 days", rds("backup_retention_period = 7"), "FPF PF FF FU F"),
    (
        "RDS a plan and a copy to another Region",
        rds() + plan("aws_db_instance.x", rule(to=(DR,))),
        "PPP PP FF FU P",
    ),
    (
        "RDS a copy that nobody can delete early",
        rds() + plan("aws_db_instance.x", rule(to=(DR,)), more=lock("dr", "aws.dr")),
        "PPP PP PP FU P",
    ),
    (
        "RDS two vaults in one place are one copy",
        rds("backup_retention_period = 35") + plan("aws_db_instance.x", rule()),
        "FPF PP FF FU F",
    ),
    (
        "RDS automated backups replicated",
        rds("backup_retention_period = 35")
        + """
resource "aws_db_instance_automated_backups_replication" "r" {
  provider               = aws.dr
  source_db_instance_arn = aws_db_instance.x.arn
  retention_period       = 35
}""",
        "PPP PP FF FU P",
    ),
    ("RDS a standby is no copy", rds("multi_az = true\n backup_retention_period = 35"), "FPF PP FF FU F"),
    (
        "RDS a read replica elsewhere is no copy",
        rds("backup_retention_period = 35")
        + """
resource "aws_db_instance" "r" {
  provider            = aws.dr
  identifier          = "r"
  replicate_source_db = aws_db_instance.x.arn
  backup_retention_period = 0
}""",
        "FPF PP FF FU F",
    ),
    (
        "RDS a backup of a read replica elsewhere is one",
        rds("backup_retention_period = 35")
        + """
resource "aws_db_instance" "r" {
  provider            = aws.dr
  identifier          = "r"
  replicate_source_db = aws_db_instance.x.arn
  backup_retention_period = 35
}""",
        "PPP PP FF FU P",
    ),
    (
        "RDS a restore test selects it",
        rds() + plan("aws_db_instance.x", rule(to=(DR,)), more=TESTED),
        "PPP PP FF PU P",
    ),
    (
        "RDS a snapshot taken once is stale",
        rds()
        + """
resource "aws_db_snapshot" "s" {
  db_instance_identifier = aws_db_instance.x.identifier
  db_snapshot_identifier = "s"
}""",
        "FPF FP FF FU F",
    ),
    # Aurora, DocumentDB, Neptune
    ("Aurora one day by default", store("aws_rds_cluster", 'cluster_identifier = "x"'), "FPF PF FF FU F"),
    (
        "Aurora db:* takes no cluster (T11)",
        store("aws_rds_cluster", 'cluster_identifier = "x"\nbackup_retention_period = 35')
        + plan("", rule(to=(DR,)), select='resources = ["arn:aws:rds:*:*:db:*"]'),
        "FPF PP FF FU F",
    ),
    (
        "Aurora a plan and a copy",
        store("aws_rds_cluster", 'cluster_identifier = "x"') + plan("aws_rds_cluster.x", rule(to=(DR,))),
        "PPP PP FF FU P",
    ),
    (
        "DocumentDB its own backups",
        store("aws_docdb_cluster", 'cluster_identifier = "x"\nbackup_retention_period = 35'),
        "FPF PP FF FU F",
    ),
    (
        "DocumentDB a plan and a copy",
        store("aws_docdb_cluster", 'cluster_identifier = "x"') + plan("aws_docdb_cluster.x", rule(to=(DR,))),
        "PPP PP FF FU P",
    ),
    (
        "DocumentDB opted out",
        store("aws_docdb_cluster", 'cluster_identifier = "x"')
        + plan(
            "aws_docdb_cluster.x",
            rule(to=(DR,)),
            more="""
resource "aws_backup_region_settings" "s" { resource_type_opt_in_preference = { "DocumentDB" = false } }
""",
        ),
        "FPF PF FF FU F",
    ),
    (
        "Neptune a plan and a copy",
        store("aws_neptune_cluster", 'cluster_identifier = "x"') + plan("aws_neptune_cluster.x", rule(to=(DR,))),
        "PPP PP FF FU P",
    ),
    ("Neptune one day by default", store("aws_neptune_cluster", 'cluster_identifier = "x"'), "FPF PF FF FU F"),
    (
        "Neptune kept 35 days",
        store("aws_neptune_cluster", 'cluster_identifier = "x"\nbackup_retention_period = 35'),
        "FPF PP FF FU F",
    ),
    # S3
    ("S3 versions in the same bucket are no copy", s3(), NONE),
    ("S3 replicated to another Region with a history", s3() + replicated(), "FFP PP FF FU F"),
    ("S3 replicated, and in a vault", s3() + replicated() + plan("aws_s3_bucket.x", rule()), "PPP PP FF FU P"),
    ("S3 replicated to another account", s3() + replicated(provider="aws.other"), "FFP PP PF FU F"),
    (
        "S3 the replica's versions expire after a week",
        s3()
        + replicated(
            target="""
resource "aws_s3_bucket_lifecycle_configuration" "replica" {
  provider = aws.dr
  bucket   = aws_s3_bucket.replica.id
  rule {
    id     = "old"
    status = "Enabled"
    noncurrent_version_expiration { noncurrent_days = 7 }
  }
}"""
        ),
        "FFP PF FF FU F",
    ),
    (
        "S3 to Glacier is another medium",
        s3()
        + replicated().replace(
            "destination { bucket = aws_s3_bucket.replica.arn }",
            'destination {\n bucket = aws_s3_bucket.replica.arn\n storage_class = "DEEP_ARCHIVE"\n }',
        ),
        "FPP PP FF FU F",
    ),
    (
        "S3 locked replica",
        s3()
        + replicated(
            target="""
resource "aws_s3_bucket_object_lock_configuration" "replica" {
  provider = aws.dr
  bucket   = aws_s3_bucket.replica.id
  rule {
    default_retention {
      mode = "COMPLIANCE"
      days = 35
    }
  }
}"""
        ),
        "FFP PP PP FU F",
    ),
    (
        "S3 two vaults are two places",
        s3()
        + 'resource "aws_backup_vault" "second" { name = "second" }\n'
        + plan("aws_s3_bucket.x", rule(), rule(vault="aws_backup_vault.second.name")),
        "PPF PP FF FU F",
    ),
    # EBS
    ("EBS without anything", VOLUME, NONE),
    ("EBS a plan and a copy", VOLUME + plan("aws_ebs_volume.x", rule(to=(DR,))), "PPP PP FF FU P"),
    (
        "EBS by its instance",
        VOLUME
        + """
resource "aws_instance" "i" {}
resource "aws_volume_attachment" "a" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.x.id
  instance_id = aws_instance.i.id
}
"""
        + plan("aws_instance.i", rule(to=(DR,))),
        "PPP PP FF FU P",
    ),
    ("EBS snapshots by a lifecycle policy", dlm(), "FPF PP FF FU F"),
    ("EBS a lifecycle policy with copies", dlm(cross=CROSS), "PPP PP FF FU P"),
    (
        "EBS a lifecycle policy and a plan make one copy",
        dlm() + plan("aws_ebs_volume.x", rule()),
        "FPF PP FF FU F",
    ),
    ("EBS a lifecycle policy for another tag", dlm(tag="weekly"), NONE),
    ("EBS a week of snapshots", dlm(retain="count = 7"), "FPF PF FF FU F"),
    # DynamoDB
    ("DynamoDB without anything", DYNAMO % "", NONE),
    ("DynamoDB point in time", DYNAMO % PITR, "FPF PP FF FU F"),
    (
        "DynamoDB a replica is no copy",
        DYNAMO % (PITR + '\nreplica { region_name = "eu-west-1" }'),
        "FPF PP FF FU F",
    ),
    (
        "DynamoDB a replica with point in time",
        DYNAMO % (PITR + '\nreplica {\n region_name = "eu-west-1"\n point_in_time_recovery = true\n}'),
        "PPP PP FF FU P",
    ),
    (
        "DynamoDB copied under full management",
        DYNAMO % "" + plan("aws_dynamodb_table.x", rule(to=(DR,))) + FULL % "true",
        "PPP PP FF FU P",
    ),
    (
        "DynamoDB not copied without it",
        DYNAMO % "" + plan("aws_dynamodb_table.x", rule(to=(DR,))) + FULL % "false",
        "FPF PP FF FU F",
    ),
    (
        "DynamoDB copied, management not told",
        DYNAMO % "" + plan("aws_dynamodb_table.x", rule(to=(DR,))),
        "UPU PP FF FU U",
    ),
    # EFS, FSx
    ("EFS automatic backups", EFS + AUTO_EFS, "FPF PP FF FU F"),
    (
        "EFS automatic backups and a vault of its own",
        EFS + AUTO_EFS + plan("aws_efs_file_system.x", rule(to=(DR,))),
        "PPP PP FF FU P",
    ),
    (
        "EFS replication is no copy",
        EFS
        + AUTO_EFS
        + """
resource "aws_efs_replication_configuration" "r" {
  source_file_system_id = aws_efs_file_system.x.id
  destination { region = "eu-west-1" }
}""",
        "FPF PP FF FU F",
    ),
    ("EFS nothing", EFS, NONE),
    (
        "FSx automatic backups die with it",
        store("aws_fsx_windows_file_system", "automatic_backup_retention_days = 40\nstorage_capacity = 32"),
        "FPF PP FF FU F",
    ),
    ("FSx none for OpenZFS by default", store("aws_fsx_openzfs_file_system"), NONE),
    (
        "FSx a plan and a copy",
        store("aws_fsx_lustre_file_system") + plan("aws_fsx_lustre_file_system.x", rule(to=(DR,))),
        "PPP PP FF FU P",
    ),
    # Redshift, MemoryDB, OpenSearch, Timestream
    ("Redshift one day by default", store("aws_redshift_cluster", 'cluster_identifier = "x"'), "FPF PF FF FU F"),
    (
        "Redshift copied to another Region",
        store("aws_redshift_cluster", 'cluster_identifier = "x"\nautomated_snapshot_retention_period = 35')
        + """
resource "aws_redshift_snapshot_copy" "c" {
  cluster_identifier = aws_redshift_cluster.x.id
  destination_region = "eu-west-1"
  retention_period   = 35
}""",
        "PPP PP FF FU P",
    ),
    (
        "Redshift the copy is kept for a week",
        store("aws_redshift_cluster", 'cluster_identifier = "x"\nautomated_snapshot_retention_period = 35')
        + """
resource "aws_redshift_snapshot_copy" "c" {
  cluster_identifier = aws_redshift_cluster.x.id
  destination_region = "eu-west-1"
}""",
        "PPP PF FF FU F",
    ),
    (
        "MemoryDB daily snapshots",
        store("aws_memorydb_cluster", 'name = "x"\nsnapshot_retention_limit = 35'),
        "UPU PP UU FU U",
    ),
    ("MemoryDB nothing but perhaps exports", store("aws_memorydb_cluster", 'name = "x"'), "UUU UU UU FU U"),
    (
        "MemoryDB a week",
        store("aws_memorydb_cluster", 'name = "x"\nsnapshot_retention_limit = 7'),
        "UPU PU UU FU U",
    ),
    (
        "OpenSearch hourly snapshots of the service",
        store("aws_opensearch_domain", 'domain_name = "x"'),
        "UPU PU UU FU U",
    ),
    (
        "Timestream a plan and a copy",
        store("aws_timestreamwrite_table", 'database_name = "d"\n table_name = "t"')
        + plan("aws_timestreamwrite_table.x", rule(to=(DR,))),
        "PPP PP FF FU P",
    ),
    ("Timestream nothing", store("aws_timestreamwrite_table", 'database_name = "d"\n table_name = "t"'), NONE),
    (
        "Timestream one vault",
        store("aws_timestreamwrite_table", 'database_name = "d"\n table_name = "t"')
        + plan("aws_timestreamwrite_table.x", rule()),
        "FPF PP FF FU F",
    ),
    # the traps
    (
        "T1 a plan without a selection",
        rds() + f'resource "aws_backup_plan" "p" {{\n name = "p"\n {rule(to=(DR,))} }}',
        NONE,
    ),
    (
        "T1 a selection of nothing here",
        rds() + plan("", rule(to=(DR,)), select='resources = ["arn:aws:rds:*:*:db:y"]'),
        NONE,
    ),
    (
        "T2 opted out and selected by tag",
        rds('tags = { b = "y" }')
        + plan(
            "",
            rule(to=(DR,)),
            select="""
  selection_tag {
    type  = "STRINGEQUALS"
    key   = "b"
    value = "y"
  }""",
            more=RDS_OUT,
        ),
        NONE,
    ),
    (
        "T3 a plan in another Region",
        rds()
        + plan("aws_db_instance.x", rule(vault='"dr"')).replace('" {\n  name', '" {\n  provider = aws.dr\n  name'),
        NONE,
    ),
    ("T4 no copy action", rds() + plan("aws_db_instance.x", rule()), "FPF PP FF FU F"),
    (
        "T4 a copy to the same Region",
        rds()
        + 'resource "aws_backup_vault" "second" { name = "second" }\n'
        + plan("aws_db_instance.x", rule(to=("aws_backup_vault.second.arn",))),
        "FPF PP FF FU F",
    ),
    ("T5 kept for a week", rds() + plan("aws_db_instance.x", rule(keep=7, to=(DR,))), "PPP PF FF FU F"),
    (
        "T5 the copy is kept for a week",
        rds() + plan("aws_db_instance.x", rule(to=(DR,), copy_keep=7)),
        "PPP PF FF FU F",
    ),
    (
        "T5 a copy that never expires takes its source's expiry",
        rds() + plan("aws_db_instance.x", rule(keep=7, to=(DR,), copy_keep=-1)),
        "PPP PF FF FU F",
    ),
    (
        "T5 a number on the copy is its own",
        rds() + plan("aws_db_instance.x", rule(keep=7, to=(DR,), copy_keep=90)),
        "PPP PF FF FU F",
    ),
    (
        "T5 without a lifecycle it is kept for ever",
        rds() + plan("aws_db_instance.x", rule(keep=None, to=(DR,))),
        "PPP PP FF FU P",
    ),
    (
        "T6 the vault's lock refuses the retention",
        rds() + plan("aws_db_instance.x", rule(to=(DR,)), more=lock("main", more="min_retention_days = 60")),
        NONE,
    ),
    (
        "T6 the lock of the copy's vault refuses it",
        rds()
        + plan("aws_db_instance.x", rule(to=(DR,)), more=lock("dr", "aws.dr", more="max_retention_days = 30")),
        "FPF PP FF FU F",
    ),
    (
        "T7 cold storage for less than ninety days",
        VOLUME
        + plan(
            "aws_ebs_volume.x",
            rule(to=(DR,)).replace(
                "lifecycle { delete_after = 35 }", "lifecycle {\n cold_storage_after = 10\n delete_after = 35\n }"
            ),
        ),
        NONE,
    ),
    (
        "T8 a copy to the default vault of another account",
        VOLUME
        + plan("aws_ebs_volume.x", rule(to=('"arn:aws:backup:eu-west-1:999988887777:backup-vault:Default"',))),
        "FPF PP FF FU F",
    ),
    (
        "T9 another Region and account at once",
        rds() + plan("aws_db_instance.x", rule(to=(OTHER,))),
        "UPU PP UF FU U",
    ),
    ("T9 the same of a disk", VOLUME + plan("aws_ebs_volume.x", rule(to=(OTHER,))), "PPP PP PF FU P"),
    (
        "T10 continuous: the copies are snapshots",
        rds()
        + plan("aws_db_instance.x", rule("cron(0 5 ? * 1 *)", to=(DR,), more="enable_continuous_backup = true")),
        "PPP FP FF FU F",
    ),
    (
        "T11 the selection names databases, not clusters",
        store("aws_rds_cluster", 'cluster_identifier = "x"')
        + plan("", rule(to=(DR,)), select='resources = ["arn:aws:rds:*:*:db:*"]'),
        "FPF PF FF FU F",
    ),
    (
        "T12 a plan for a bucket without versions",
        s3(versioned=False) + plan("aws_s3_bucket.x", rule(to=(DR,))),
        NONE,
    ),
    (
        "T12 the replication rule is disabled",
        s3() + replicated().replace('status = "Enabled"\n    filter', 'status = "Disabled"\n    filter'),
        NONE,
    ),
    ("T12 the replication rule has a prefix", s3() + replicated('filter { prefix = "logs/" }'), NONE),
    ("T12 deletions are replicated", s3() + replicated(markers="Enabled"), NONE),
    ("T12 the replica lies in the same Region", s3() + replicated(provider="aws"), "FFF PP FF FU F"),
    (
        "T12 the replica keeps no versions",
        s3()
        + replicated().replace(
            'bucket   = aws_s3_bucket.replica.id\n  versioning_configuration { status = "Enabled" }',
            'bucket   = aws_s3_bucket.replica.id\n  versioning_configuration { status = "Suspended" }',
        ),
        NONE,
    ),
    ("T14 a retention of zero", rds("backup_retention_period = 0"), NONE),
    (
        "T15 once a week only",
        rds() + plan("aws_db_instance.x", rule("cron(0 5 ? * 1 *)", to=(DR,))),
        "PPP FP FF FU F",
    ),
    (
        "T15 on working days only",
        rds() + plan("aws_db_instance.x", rule("cron(0 5 ? * 2-6 *)", to=(DR,))),
        "PPP FP FF FU F",
    ),
    ("T15 a rate", rds() + plan("aws_db_instance.x", rule("rate(12 hours)", to=(DR,))), "PPP PP FF FU P"),
    ("T17 a lifecycle policy that is switched off", dlm("DISABLED"), NONE),
    (
        "T19 a lock without grace time is governance",
        rds() + plan("aws_db_instance.x", rule(to=(DR,)), more=lock("dr", "aws.dr", grace=False)),
        "PPP PP FF FU P",
    ),
    (
        "T19 a lock in compliance",
        VOLUME + plan("aws_ebs_volume.x", rule(to=(OTHER,)), more=lock("other", "aws.other")),
        "PPP PP PP FU P",
    ),
    # bad input
    ("a schedule that never runs", rds() + plan("aws_db_instance.x", rule("cron(0 5 31 2 ? *)", to=(DR,))), NONE),
    ("a schedule that is none", rds() + plan("aws_db_instance.x", rule("at dawn", to=(DR,))), NONE),
    ("a retention below zero", rds() + plan("aws_db_instance.x", rule(keep=-7, to=(DR,))), NONE),
    ("a vault that does not exist", rds() + plan("aws_db_instance.x", rule(to=(DR,), vault='"nowhere"')), NONE),
    (
        "an ARN that is none",
        rds() + plan("aws_db_instance.x", rule(to=('"arn:aws:backup:eu-west-1"',))),
        "FPF PP FF FU F",
    ),
]


@pytest.mark.parametrize(("name", "text", "expected"), SCENARIOS, ids=[each[0] for each in SCENARIOS])
def test_letters(name: str, text: str, expected: str) -> None:
    found = {key: told for key, told in letters_of(HEAD + text, CLOSED).items() if key.endswith(".x")}

    assert list(found.values()) == [spelled(expected)], name


def spelled(letters: str) -> dict[str, str]:
    return {name: WORDS[sign] for name, sign in zip(ORDER, letters.replace(" ", ""), strict=True)}


def test_there_are_enough_scenarios() -> None:
    assert len(SCENARIOS) >= 60
    assert len({name for name, _, _ in SCENARIOS}) == len(SCENARIOS)


OPEN: list[tuple[str, str, str]] = [
    ("nothing: a plan elsewhere may select it", rds(), "UUU UU UU UU U"),
    (
        "three copies are enough whatever else there is",
        rds() + plan("aws_db_instance.x", rule(to=(DR,))),
        "PPP PP UU UU P",
    ),
    (
        "a week only: a plan elsewhere may keep it longer",
        rds() + plan("aws_db_instance.x", rule(keep=7, to=(DR,))),
        "PPP PU UU UU U",
    ),
]


@pytest.mark.parametrize(("name", "text", "expected"), OPEN, ids=[each[0] for each in OPEN])
def test_an_open_world(name: str, text: str, expected: str) -> None:
    found = letters_of(HEAD + text, Config())

    assert found["aws_db_instance.x"] == spelled(expected), name


@pytest.mark.parametrize(
    ("backup", "expected"),
    [
        ({}, "PPP PP FF FU P"),
        ({"rpo_hours": 6}, "PPP FP FF FU F"),
        ({"retention_days": 90}, "PPP PF FF FU F"),
        ({"offsite": "account"}, "PPF PP FF FU F"),
        ({"offsite": "region+account"}, "PPF PP FF FU F"),
        ({"offsite": "provider"}, "PPF PP FF FU F"),
        ({"copies": 4}, "FPP PP FF FU F"),
        ({"mediums": 3}, "PFP PP FF FU F"),
        ({"media": {"backup-store": "cloud", "live-service": "cloud"}}, "PFP PP FF FU F"),
    ],
)
def test_knobs(backup: dict[str, object], expected: str) -> None:
    text = HEAD + rds() + plan("aws_db_instance.x", rule(to=(DR,)))

    assert letters_of(text, config_of(**backup))["aws_db_instance.x"] == spelled(expected)
