"""Drift exactly as seeded: an account that left its code in every way, each at least three times."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.audit.conftest import Cloud

pytestmark = pytest.mark.slow

CODE = Path(__file__).parent / "drift" / "code"
ACCOUNT, REGION = "222222222222", "eu-west-1"
SERVICES = "s3,sqs,sns,dynamodb,ec2,ecr,iam"
ARN = f"arn:aws:{{}}:{REGION}:{ACCOUNT}:"

# (class, owner, controller or worst direction, what it is called)
EXPECTED = {
    ("changed", "", "weaker", "aws_s3_bucket.weak"),
    ("changed", "", "weaker", "aws_sqs_queue.weak"),
    ("changed", "", "weaker", "aws_dynamodb_table.weak"),
    ("changed", "", "stronger", "aws_s3_bucket.strong"),
    ("changed", "", "stronger", "aws_sqs_queue.strong"),
    ("changed", "", "stronger", "aws_dynamodb_table.strong"),
    ("missing", "", "", "aws_sns_topic.gone"),
    ("missing", "", "", "aws_sqs_queue.gone"),
    ("missing", "", "", "aws_s3_bucket.gone"),
    ("ghost", "", "", "aws_sns_topic.new"),
    ("ghost", "", "", "aws_sqs_queue.new"),
    ("ghost", "", "", "aws_s3_bucket.new"),
    ("unknown", "", "", "aws_ecr_repository.a"),
    ("unknown", "", "", "aws_ecr_repository.b"),
    ("unknown", "", "", "aws_ecr_repository.c"),
    ("unmanaged", "nobody", "", "object_store drift-hand"),
    ("unmanaged", "nobody", "", "topic drift-hand"),
    ("unmanaged", "nobody", "", "queue drift-hand"),
    ("unmanaged", "controller", "EKS", "table drift-eks"),
    ("unmanaged", "controller", "Elastic Beanstalk", "topic drift-beanstalk"),
    ("unmanaged", "controller", "Kubernetes", "queue drift-kubernetes"),
    ("unmanaged", "other state", "elsewhere", "object_store drift-other"),
    ("unmanaged", "other state", "elsewhere", "topic drift-other"),
    ("unmanaged", "other state", "elsewhere", "queue drift-other"),
}


def session(cloud: Cloud) -> Any:
    """A session in the account, by a role, as the audit takes one."""
    boto3 = pytest.importorskip("boto3")
    given = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": REGION}
    sts = boto3.client("sts", endpoint_url=cloud.url, **given)
    role = f"arn:aws:iam::{ACCOUNT}:role/layerproof-audit"
    held = sts.assume_role(RoleArn=role, RoleSessionName="seed")["Credentials"]
    return boto3.session.Session(held["AccessKeyId"], held["SecretAccessKey"], held["SessionToken"], REGION)


@pytest.fixture(scope="module")
def seeded(seeded_cloud: Cloud) -> Cloud:
    """The account as people, controllers and another root left it."""
    held = session(seeded_cloud)
    s3, sqs, sns, tables = (
        held.client(each, endpoint_url=seeded_cloud.url) for each in ("s3", "sqs", "sns", "dynamodb")
    )
    if "drift-kept" in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
        return seeded_cloud  # another module of tests was here
    for name in ("kept", "weak", "strong", "hand", "other"):
        s3.create_bucket(Bucket=f"drift-{name}", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="drift-weak", VersioningConfiguration={"Status": "Suspended"})
    s3.put_bucket_versioning(Bucket="drift-strong", VersioningConfiguration={"Status": "Enabled"})
    sqs.create_queue(QueueName="drift-weak", Attributes={"SqsManagedSseEnabled": "false"})
    sqs.create_queue(QueueName="drift-strong", Attributes={"KmsMasterKeyId": "alias/aws/sqs"})
    for name in ("hand", "other"):
        sqs.create_queue(QueueName=f"drift-{name}")
    sqs.create_queue(QueueName="drift-kubernetes", tags={"kubernetes.io/cluster/main": "owned"})
    for name in ("kept", "hand", "other"):
        sns.create_topic(Name=f"drift-{name}")
    sns.create_topic(Name="drift-beanstalk", Tags=[{"Key": "elasticbeanstalk:environment-name", "Value": "e"}])
    for name, tags in (("weak", []), ("strong", []), ("eks", [{"Key": "eks:cluster-name", "Value": "main"}])):
        tables.create_table(
            TableName=f"drift-{name}",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            Tags=tags,
        )
    recovery = {"PointInTimeRecoveryEnabled": True}
    tables.update_continuous_backups(TableName="drift-strong", PointInTimeRecoverySpecification=recovery)
    return seeded_cloud


def state(resources: dict[str, str]) -> str:
    """A state that records resources by address and ARN."""
    listed = []
    for address, arn in resources.items():
        type_, _, name = address.partition(".")
        values = {"id": arn.rpartition(":")[2], "arn": arn}
        held = {"schema_version": 0, "attributes": values}
        provider = 'provider["registry.terraform.io/hashicorp/aws"]'
        listed.append({"mode": "managed", "type": type_, "name": name, "provider": provider, "instances": [held]})
    told = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "l", "outputs": {}}
    return json.dumps({**told, "resources": listed})


def arn(address: str, name: str) -> str:
    service = {
        "aws_s3_bucket": "s3",
        "aws_sqs_queue": "sqs",
        "aws_sns_topic": "sns",
        "aws_dynamodb_table": "dynamodb",
    }
    type_ = address.partition(".")[0]
    if type_ == "aws_s3_bucket":
        return f"arn:aws:s3:::{name}"
    return ARN.format(service[type_]) + (f"table/{name}" if type_ == "aws_dynamodb_table" else name)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The code with the state beside it, and the state of a root that is elsewhere."""
    shutil.copytree(CODE, tmp_path / "code")
    names = ["kept", "weak", "strong", "gone"]
    types = ["aws_s3_bucket", "aws_sqs_queue", "aws_sns_topic", "aws_dynamodb_table"]
    applied = {f"{type_}.{name}": arn(f"{type_}.{name}", f"drift-{name}") for type_ in types for name in names}
    (tmp_path / "code" / "terraform.tfstate").write_text(state(applied))
    others = {f"{type_}.o": arn(f"{type_}.o", "drift-other") for type_ in types[:3]}
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "terraform.tfstate").write_text(state(others))
    return tmp_path


def told(document: dict[str, Any]) -> set[tuple[str, str, str, str]]:
    """Every drift but what AWS makes by itself."""
    found = set()
    for each in document["drift"]:
        if each["owner"] != "provider default":
            called = (each["twin"] or each["node"]).partition("#")[2]
            if each["class"] == "unmanaged":
                called = f"{each['kind']} {re.split('[:/]', called)[-1]}"
            found.add((each["class"], each["owner"] or "", each["by"] or each["direction"] or "", called))
    return found


def test_drift_is_exactly_as_seeded(seeded: Cloud, tree: Path) -> None:
    denied = {
        "service": "ecr",
        "operation": "DescribeRepositories",
        "status": 400,
        "code": "AccessDeniedException",
    }
    seeded.fails({**denied, "message": "no", "account": None})
    where = ("--accounts", ACCOUNT, "--regions", REGION, "--services", SERVICES)
    run = seeded.layerproof("drift", str(tree), *where, "--format", "json")
    seeded.fails()

    assert run.code == 1, run.err
    document = json.loads(run.out)
    assert told(document) == EXPECTED
    defaults = Counter(each["owner"] for each in document["drift"])["provider default"]
    assert defaults >= 3
    assert document["summary"]["managed"] == 2
    changed = [each for each in document["drift"] if each["class"] == "changed"]
    assert {change["attribute"] for each in changed for change in each["changes"]} >= {"versioned", "encrypted"}
    assert all(each["location"]["path"] == "code/main.tf" for each in changed)


def test_an_ignore_with_a_reason_counts_until_its_day(seeded: Cloud, tree: Path) -> None:
    entry = '[[ignore]]\nrule = "drift/unmanaged"\naddress = "*drift-hand"\nreason = "by hand"\nuntil = {}\n'
    where = ("--accounts", ACCOUNT, "--regions", REGION, "--services", SERVICES, "--format", "json")
    for until, left in (("2099-01-01", 0), ("2020-01-01", 3)):
        (tree / "layerproof.toml").write_text(entry.format(until))
        document = json.loads(seeded.layerproof("drift", str(tree), *where).out)
        assert sum(each["node"].endswith("drift-hand") for each in document["drift"]) == left
