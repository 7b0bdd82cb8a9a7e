"""Which stores are asked for copies, and what the configuration declares and exempts."""

from __future__ import annotations

import pytest

from scanner.config import Config, ConfigError, parse
from scanner.model.backup import Backup, StoreSelector
from tests.analysis.copies.built import answered, letters_of

BUCKET = 'resource "aws_s3_bucket" "x" { bucket = "x" }\n'
ASIDE = [
    (
        "logs are written to it",
        """
resource "aws_s3_bucket" "y" { bucket = "y" }
resource "aws_s3_bucket_logging" "y" {
  bucket        = aws_s3_bucket.y.id
  target_bucket = aws_s3_bucket.x.id
  target_prefix = "l/"
}""",
    ),
    (
        "a service delivers its logs to it",
        """
resource "aws_s3_bucket_policy" "x" {
  bucket = aws_s3_bucket.x.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:PutObject",
    Resource = "*", Principal = { Service = "delivery.logs.amazonaws.com" } }] })
}""",
    ),
    (
        "it keeps the state of a root",
        'terraform {\n backend "s3" {\n bucket = "x"\n key = "k"\n region = "eu-west-1"\n }\n}',
    ),
    (
        "it is the origin of a site",
        """
resource "aws_s3_bucket_website_configuration" "x" {
  bucket = aws_s3_bucket.x.id
  index_document { suffix = "index.html" }
}""",
    ),
    (
        "it is the target of a replication or backup",
        """
resource "aws_s3_bucket" "y" { bucket = "y" }
resource "aws_s3_bucket_replication_configuration" "y" {
  bucket = aws_s3_bucket.y.id
  role   = "arn:aws:iam::111122223333:role/r"
  rule {
    status = "Enabled"
    destination { bucket = aws_s3_bucket.x.arn }
  }
}""",
    ),
]


@pytest.mark.parametrize(("why", "more"), ASIDE, ids=[why for why, _ in ASIDE])
def test_no_asset_of_its_own(why: str, more: str) -> None:
    found = answered(BUCKET + more)

    assert (("tf:.#aws_s3_bucket.x", why)) in found.aside
    assert "aws_s3_bucket.x" not in {each.name for each in found.assets}


@pytest.mark.parametrize(
    "grants",
    [
        'acl = "log-delivery-write"',
        """access_control_policy {
    owner { id = "o" }
    grant {
      permission = "FULL_CONTROL"
      grantee {
        type = "CanonicalUser"
        id   = data.aws_cloudfront_log_delivery_canonical_user_id.cf.id
      }
    }
  }""",
    ],
)
def test_lists_for_log_services_are_none(grants: str) -> None:
    """CloudFront Developer Guide, "Configure standard logging"; S3 User Guide, "Canned ACL"."""
    more = f"""
data "aws_cloudfront_log_delivery_canonical_user_id" "cf" {{}}
resource "aws_s3_bucket_acl" "x" {{
  bucket = aws_s3_bucket.x.id
  {grants}
}}"""

    assert ("tf:.#aws_s3_bucket.x", "a service delivers its logs to it") in answered(BUCKET + more).aside


@pytest.mark.parametrize(("hash_key", "aside"), [("LockID", True), ("id", False)])
def test_a_table_of_locks_is_none(hash_key: str, aside: bool) -> None:
    """Terraform documentation, "S3 backend": the partition key is LockID."""
    text = f'resource "aws_dynamodb_table" "x" {{\n name = "x"\n hash_key = "{hash_key}"\n}}\n'

    assert (("tf:.#aws_dynamodb_table.x", "it locks a state") in answered(text).aside) is aside


def test_what_is_declared_is_an_asset_all_the_same() -> None:
    declared = Config(
        complete=("backup",), backup=Backup(authoritative=(StoreSelector(address="aws_s3_bucket.x"),))
    )

    assert "aws_s3_bucket.x" in letters_of(BUCKET + ASIDE[0][1], declared)


def test_a_cache_is_none_and_memorydb_is_one() -> None:
    cache = (
        'resource "aws_elasticache_replication_group" "x" {\n replication_group_id = "x"\n description = "x"\n}\n'
    )
    found = answered(cache + 'resource "aws_memorydb_cluster" "y" { name = "y" }')

    assert [each.name for each in found.assets] == ["aws_memorydb_cluster.y"]


def test_an_exemption_has_an_end() -> None:
    def exempt(until: str) -> Config:
        selector = StoreSelector(address="*", reason="throw-away data", until=until)
        return Config(complete=("backup",), backup=Backup(exempt=(selector,)))

    assert answered(BUCKET, exempt("2999-01-01")).exempt == [
        ("tf:.#aws_s3_bucket.x", "throw-away data (until 2999-01-01)")
    ]
    assert [each.name for each in answered(BUCKET, exempt("2001-01-01")).assets] == ["aws_s3_bucket.x"]


def test_an_organization_may_select_what_no_plan_here_does() -> None:
    """Where its policy cannot be read; one that makes no plan selects nothing."""
    policy = (
        'variable "unset" { type = string }\n'
        'resource "aws_organizations_policy" "b" {\n name = "b"\n type = "BACKUP_POLICY"\n content = %s\n}\n'
    )

    assert letters_of(BUCKET)["aws_s3_bucket.x"]["copies"] == "fail"
    assert letters_of(BUCKET + policy % '"{}"')["aws_s3_bucket.x"]["copies"] == "fail"
    assert letters_of(BUCKET + policy % "var.unset")["aws_s3_bucket.x"]["copies"] == "unknown"


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"rpo": 1}, "unknown key 'rpo' in 'backup'"),
        ({"rpo_hours": 0}, "must be a number above 0"),
        ({"rpo_hours": "24"}, "must be a number above 0"),
        ({"offsite": "zone"}, "must be one of region"),
        ({"media": {"tape": "x"}}, "unknown key 'tape'"),
        ({"exempt": [{"address": "x"}]}, "has a reason, and a date in until"),
        ({"exempt": [{"address": "x", "reason": "y", "until": "soon"}]}, "has a reason, and a date in until"),
        ({"exempt": [{"reason": "y", "until": "2027-01-01"}]}, "has an address, a kind or tags"),
        ({"authoritative": [{"adress": "x"}]}, "unknown key 'adress'"),
        ({"authoritative": {}}, "array of tables"),
    ],
)
def test_the_table_is_read_strictly(table: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        parse({"backup": table}, "layerproof.toml")


def test_the_table_as_it_is_meant() -> None:
    table = {
        "rpo_hours": 4,
        "retention_days": 90,
        "offsite": "region+account",
        "media": {"object": "cloud"},
        "authoritative": [{"kind": "database", "rpo_hours": 1}],
        "exempt": [{"tags": {"scratch": "*"}, "reason": "throw-away", "until": "2027-01-31"}],
    }
    found = parse({"backup": table}, "layerproof.toml").backup

    assert (found.rpo_hours, found.retention_days, found.offsite) == (4, 90, "region+account")
    assert (found.authoritative[0].kind, found.authoritative[0].rpo_hours) == ("database", 1)
    assert (found.exempt[0].reason, found.exempt[0].until) == ("throw-away", "2027-01-31")
