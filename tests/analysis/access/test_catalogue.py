"""The two snapshots. Sources of the expectations: the Service Authorization Reference (levels, resource types) and
the AWS Managed Policy Reference Guide."""

from scanner.analysis.access.catalogue import catalogue
from scanner.analysis.access.managed import managed


def test_patterns_mean_sets_of_actions() -> None:
    known = catalogue()
    assert known.members(known.bits("s3:getobject")) == ["s3:GetObject"]
    assert known.bits("S3:Get*") & known.bits("s3:GetObject")
    assert known.bits("s3:*Object") & known.bits("s3:PutObject")
    assert known.bits("*") == known.everything
    assert known.bits("nosuch:*") == 0
    assert known.bits("s3:Get Object") == 0


def test_levels_and_types() -> None:
    known = catalogue()

    def told(action: str) -> tuple[str, list[str]]:
        at = known.find(action)
        assert at is not None
        return known.level(at), known.types(at)

    assert told("s3:ListAllMyBuckets")[1] == []
    assert told("iam:PutUserPolicy") == ("Permissions management", ["user"])
    assert told("iam:PassRole") == ("Permissions management", ["role"])
    assert told("sqs:SendMessage") == ("Write", ["queue"])
    assert told("kms:Decrypt")[1] == ["key"]


def test_managed_policies_by_arn_and_name() -> None:
    found = managed().find("arn:aws:iam::aws:policy/AdministratorAccess")
    assert found is not None
    assert found["Statement"] == [{"Action": "*", "Effect": "Allow", "Resource": "*"}]
    assert managed().find("service-role/AWSLambdaBasicExecutionRole") is not None
    assert managed().find("arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess") is not None
    assert managed().find("AWSLambdaFullAccess") is None  # retired in 2021
    assert managed().date >= "2026-01-01"
