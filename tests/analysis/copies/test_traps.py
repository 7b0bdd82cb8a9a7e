"""More whole scenarios, and a count of all of them: each trap has one, each authoritative store three.

The traps are those of shared/facts, copies-and-live.md, section 2.4, the stores the rows of its table 1.4 whose
class is A (authoritative). Letters as in test_scenarios. Sources are named beside the cases.
"""

from __future__ import annotations

import re

import pytest

from tests.analysis.copies import test_clusters, test_live, test_scenarios
from tests.analysis.copies.built import CLOSED, config_of, letters_of
from tests.analysis.copies.test_scenarios import (
    DR,
    DYNAMO,
    EFS,
    HEAD,
    NONE,
    OTHER,
    VOLUME,
    plan,
    rds,
    rule,
    s3,
    spelled,
    store,
)

GENERAL = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
OBJECTS = "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup"


def role(*attached: str, service: str = "backup.amazonaws.com") -> str:
    """The role of a selection, with AWS's own policies."""
    made = f"""
resource "aws_iam_role" "b" {{
  name               = "b"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "{service}" }} }}]
  }})
}}
"""
    for number, policy in enumerate(attached):
        made += f"""
resource "aws_iam_role_policy_attachment" "b{number}" {{
  role       = aws_iam_role.b.name
  policy_arn = "{policy}"
}}
"""
    return made


def by_role(target: str, more: str) -> str:
    """A plan that copies a store, done by the role of the scan."""
    made = plan(target, rule(to=(DR,)), more=more)
    return made.replace('"arn:aws:iam::111122223333:role/b"', "aws_iam_role.b.arn")


def policy_of(vault: str, statement: str) -> str:
    return f"""
resource "aws_backup_vault_policy" "{vault}_more" {{
  provider          = aws.other
  backup_vault_name = aws_backup_vault.{vault}.name
  policy            = jsonencode({{ Version = "2012-10-17", Statement = [{statement}] }})
}}
"""


SECOND = 'resource "aws_backup_vault" "second" {\n provider = aws.other\n name = "second"\n}\n'
INTO = ("aws_backup_vault.second.arn",)
NOT_ACROSS = """
resource "aws_backup_global_settings" "g" {
  global_settings = { isCrossAccountBackupEnabled = "false" }
}
"""


def key(vault: str, *, enabled: bool) -> str:
    """A vault of its own key in another Region."""
    return f"""
resource "aws_kms_key" "k" {{
  provider   = aws.dr
  is_enabled = {str(enabled).lower()}
}}
resource "aws_backup_vault" "{vault}" {{
  provider    = aws.dr
  name        = "{vault}"
  kms_key_arn = aws_kms_key.k.arn
}}
"""


KEYED = ("aws_backup_vault.keyed.arn",)
SEARCH = 'domain_name = "x"\n'
TAG = 'selection_tag {\n type = "STRINGEQUALS"\n key = "b"\n value = "y"\n }'
SCENARIOS: list[tuple[str, str, str]] = [
    # T8, Developer Guide, "Creating backup copies across AWS accounts": the destination's access policy must let
    # the source account copy into it; cross-account backup must be on in the organization; a key that AWS manages
    # is not shared. Of a disk, which AWS Backup copies to another Region and account at once.
    ("T8 the vault of the other account has no policy",
     VOLUME + plan("aws_ebs_volume.x", rule(to=INTO), more=SECOND), "FPF PP FF FU F"),
    ("T8 its policy lets in something else",
     VOLUME + plan("aws_ebs_volume.x", rule(to=INTO), more=SECOND + policy_of("second",
        '{ Effect = "Allow", Action = "backup:StartRestoreJob", Principal = "*", Resource = "*" }')),
     "FPF PP FF FU F"),
    ("T8 its policy lets copies in",
     VOLUME + plan("aws_ebs_volume.x", rule(to=INTO), more=SECOND + policy_of("second",
        '{ Effect = "Allow", Action = "backup:Copy*", Principal = "*", Resource = "*" }')), "PPP PP PF FU P"),
    ("T8 its policy is not known",
     VOLUME + plan("aws_ebs_volume.x", rule(to=INTO), more=SECOND + """
resource "aws_backup_vault_policy" "second" {
  provider          = aws.other
  backup_vault_name = aws_backup_vault.second.name
  policy            = var.unset
}"""), "UPU PP UF FU U"),
    ("T8 the organization lets nothing cross",
     VOLUME + plan("aws_ebs_volume.x", rule(to=(OTHER,)), more=NOT_ACROSS), "FPF PP FF FU F"),
    ("T8 the database has a key of AWS's own",
     rds("storage_encrypted = true") + plan("aws_db_instance.x", rule(to=(OTHER,))).replace(
        "aws_backup_vault.other.arn", '"arn:aws:backup:eu-central-1:999988887777:backup-vault:v"'),
     "FPF PP FF FU F"),
    # T9, T10: capability by type; continuous backups last 35 days, and copies of them are snapshots
    # (whether the copy comes about or not, what counts is kept: the automatic day lies beside the plan's points)
    ("T9 a cluster, another Region and account at once",
     store("aws_rds_cluster", 'cluster_identifier = "x"') + plan("aws_rds_cluster.x", rule(to=(OTHER,))),
     "UPU PP UF FU U"),
    ("T10 continuous, with daily copies",
     rds() + plan("aws_db_instance.x", rule(to=(DR,), more="enable_continuous_backup = true")), "PPP PP FF FU P"),
    # T13, Developer Guide, "AWS managed policies for AWS Backup": the general one holds nothing of S3
    ("T13 the role may not read objects", s3() + by_role("aws_s3_bucket.x", role(GENERAL)), NONE),
    ("T13 the role may", s3() + by_role("aws_s3_bucket.x", role(GENERAL, OBJECTS)), "PPP PP FF FU P"),
    ("T13 the role may nothing with file systems", EFS + by_role("aws_efs_file_system.x", role(OBJECTS)), NONE),
    ("T13 the role may save file systems",
     EFS + by_role("aws_efs_file_system.x", role(GENERAL)), "PPP PP FF FU P"),
    ("T13 the role does not trust the service",
     EFS + by_role("aws_efs_file_system.x", role(GENERAL, service="ec2.amazonaws.com")), NONE),
    ("T13 what the role may is not known", EFS + by_role("aws_efs_file_system.x", role("${var.unset}")),
     "UUU UU FF FU U"),
    # T2: tags need the opt-in, a full ARN does not (Developer Guide, "Service opt-in")
    ("T2 opted out, but named", rds() + plan("aws_db_instance.x", rule(to=(DR,)),
                                             more=test_scenarios.RDS_OUT), "PPP PP FF FU P"),
    # T19: Terraform that deletes the points with the vault is a finding of the vault, and no verdict on the copy
    ("T19 a vault that is emptied when it is destroyed",
     rds() + plan("aws_db_instance.x", rule(to=("aws_backup_vault.loose.arn",)), more="""
resource "aws_backup_vault" "loose" {
  provider      = aws.dr
  name          = "loose"
  force_destroy = true
}"""), "PPP PP FF FU P"),
    # T20, KMS Developer Guide, "Key states": nothing is decrypted with a key that is disabled or pending deletion
    ("T20 the key of the copy's vault is disabled",
     EFS + plan("aws_efs_file_system.x", rule(to=KEYED), more=key("keyed", enabled=False)), "FPF PP FF FU F"),
    ("T20 it is enabled",
     EFS + plan("aws_efs_file_system.x", rule(to=KEYED), more=key("keyed", enabled=True)), "PPP PP FF FU P"),
    # OpenSearch Service Developer Guide, "Creating index snapshots": hourly, 14 days; daily to version 5.1
    ("OpenSearch named with a version",
     store("aws_opensearch_domain", SEARCH + 'engine_version = "OpenSearch_2.17"'),
     "UPU PU UU FU U"),
    ("OpenSearch Elasticsearch 5.1 once a day",
     store("aws_elasticsearch_domain", SEARCH + 'elasticsearch_version = "5.1"'), "UPU PU UU FU U"),
    ("OpenSearch no plan takes a domain",
     store("aws_opensearch_domain", SEARCH + 'tags = { b = "y" }') + plan("", rule(to=(DR,)), select=TAG),
     "UPU PU UU FU U"),
    # two more of what has the fewest
    ("MemoryDB no plan takes a cluster",
     store("aws_memorydb_cluster", 'name = "x"\nsnapshot_retention_limit = 35\ntags = { b = "y" }')
     + plan("", rule(to=(DR,)), select=TAG), "UPU PP UU FU U"),
    ("DynamoDB by tag under full management",
     DYNAMO % 'tags = { b = "y" }' + plan("", rule(to=(DR,)), select=TAG) + test_scenarios.FULL % "true",
     "PPP PP FF FU P"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "expected"), SCENARIOS, ids=[each[0] for each in SCENARIOS])
def test_letters(name: str, text: str, expected: str) -> None:
    found = {key: told for key, told in letters_of(HEAD + text, CLOSED).items() if key.endswith(".x")}

    assert list(found.values()) == [spelled(expected)], name


@pytest.mark.parametrize(("version", "fresh"), [("5.1", "unknown"), ("5.3", "pass"), ("7.10", "pass")])
def test_how_often_a_domain_is_saved(version: str, fresh: str) -> None:
    """Once a day does not meet an objective of twelve hours, every hour does; a repository may hold more."""
    text = HEAD + store("aws_elasticsearch_domain", f'{SEARCH}elasticsearch_version = "{version}"')

    assert letters_of(text, config_of(rpo_hours=12))["aws_elasticsearch_domain.x"]["fresh"] == fresh


# what the facts list, and what of it has scenarios

TRAPS = [f"T{number}" for number in range(1, 21)]
STORES = {
    "S3": r"^S3 ",
    "EBS": r"^EBS ",
    "RDS": r"^RDS ",
    "Aurora": r"^Aurora ",
    "DocumentDB": r"^DocumentDB ",
    "Neptune": r"^Neptune ",
    "DynamoDB": r"^DynamoDB ",
    "EFS": r"^EFS ",
    "FSx": r"^FSx ",
    "Redshift": r"^Redshift ",
    "MemoryDB": r"^MemoryDB ",
    "OpenSearch": r"^OpenSearch ",
    "Timestream": r"^Timestream ",
}
EVERY = [
    each[0] for each in (*test_scenarios.SCENARIOS, *test_clusters.SCENARIOS, *test_live.SCENARIOS, *SCENARIOS)
]


@pytest.mark.parametrize("trap", TRAPS)
def test_each_trap_has_a_scenario(trap: str) -> None:
    assert [name for name in EVERY if re.search(rf"\b{trap}\b", name)], trap


@pytest.mark.parametrize("row", STORES)
def test_each_authoritative_store_has_three(row: str) -> None:
    assert len([name for name in EVERY if re.search(STORES[row], name)]) >= 3, row


def test_there_are_sixty_and_no_name_twice() -> None:
    assert len(EVERY) >= 60
    assert len(set(EVERY)) == len(EVERY)
