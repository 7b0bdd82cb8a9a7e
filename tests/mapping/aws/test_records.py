"""Recovery points and jobs, by the forms of AWS Backup's API (API Reference, RecoveryPointByBackupVault, CopyJob,
RestoreJobsListMember)."""

import pytest

from scanner.mapping.aws.records import TABLE
from tests.mapping.build import ask, complete

POINT = "aws_backup_recovery_point.p"
VAULT = "arn:aws:backup:eu-west-1:111122223333:backup-vault:dr"


def test_every_row_says_all_that_its_kind_asks() -> None:
    assert complete(TABLE) == set()


@pytest.mark.parametrize(
    ("point", "type_", "held_in"),
    [
        ("arn:aws:backup:eu-west-1:111122223333:recovery-point:1EB3", "EFS", "vault:dr"),
        ("arn:aws:ec2:eu-west-1::snapshot/snap-05f426fd", "EBS", "native:ebs"),
        ("arn:aws:rds:eu-west-1:111122223333:snapshot:awsbackup:job-1", "RDS", "native:rds"),
        ("arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:awsbackup:job-1", "Aurora", "native:aurora"),
        ("arn:aws:dynamodb:eu-west-1:111122223333:table/t/backup/0154", "DynamoDB", "native:dynamodb"),
    ],
)
def test_where_a_point_lies(point: str, type_: str, held_in: str) -> None:
    attributes = {"point_arn": point, "vault_arn": VAULT, "resource_type": type_}

    assert ask(TABLE, POINT, attributes, "held_in") == held_in
    assert ask(TABLE, POINT, attributes, "home") == {"account": "111122223333", "region": "eu-west-1"}


def test_a_restore_takes_its_time() -> None:
    job = {"created": "2026-11-01T10:00:00+00:00", "completed": "2026-11-01T11:30:00+00:00", "state": "COMPLETED"}

    assert ask(TABLE, "aws_backup_restore_job.r", job, "minutes") == 90
