"""Snapshots that go to S3, roles taken by way of another, and the policy that says what that needs."""

from __future__ import annotations

import gzip
import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.audit.api_server import ApiServer
from tests.audit.conftest import Cloud
from tests.audit.test_cluster import objects
from tests.cli.running import process, scan

pytestmark = pytest.mark.slow

WHERE = ("--regions", "eu-west-1", "--services", "sqs")


@pytest.fixture
def bucket(cloud):
    """A bucket for snapshots; gives the client that looks into it."""
    boto3 = pytest.importorskip("boto3")
    s3 = boto3.client("s3", endpoint_url=cloud.url, region_name="eu-west-1", aws_access_key_id="testing",
                      aws_secret_access_key="testing")  # fmt: skip
    if "snapshots" not in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket="snapshots", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield s3
    cloud.fails()
    for each in s3.list_objects_v2(Bucket="snapshots").get("Contents", ()):  # others count what is there
        s3.delete_object(Bucket="snapshots", Key=each["Key"])
    s3.delete_bucket(Bucket="snapshots")


def left(data: Path) -> list[Path]:
    return [each for each in data.rglob("*") if each.is_file()]


@pytest.mark.parametrize(("out", "key"), [("a/b.jsonl.gz", "a/b.jsonl.gz"), ("day/", "day/snapshot.jsonl.gz")])
def test_a_snapshot_in_s3_is_the_file(cloud: Cloud, bucket, tmp_path, out, key):
    data = tmp_path / "data"
    given = ("audit", "collect", *WHERE, "--out")
    run = cloud.layerproof(*given, f"s3://snapshots/{out}", XDG_DATA_HOME=str(data))
    assert run.code == 0, run.out + run.err
    assert f"exit 0: s3://snapshots/{key} written" in run.out
    assert left(data) == []

    cloud.layerproof(*given, str(tmp_path / "f.jsonl.gz"))
    there = gzip.decompress(bucket.get_object(Bucket="snapshots", Key=key)["Body"].read()).splitlines()
    assert there[1:] == gzip.decompress((tmp_path / "f.jsonl.gz").read_bytes()).splitlines()[1:]


def test_collecting_calls_only_its_registry_and_one_put(cloud: Cloud, bucket):
    cloud.calls()
    run = cloud.layerproof("audit", "collect", *WHERE, "--out", "s3://snapshots/x")
    assert run.code == 0, run.out + run.err
    writes = [call for call in cloud.calls() if call[0] == "s3"]
    assert len(writes) == 1
    assert writes[0][1].startswith("PUT")


@pytest.mark.parametrize(
    ("fault", "where", "told"),
    [
        (
            {"code": "AccessDenied", "message": "no"},
            "snapshots",
            "allow s3:PutObject on arn:aws*:s3:::snapshots/k",
        ),
        ({"code": "InternalError", "message": "oops", "status": 500}, "snapshots", "InternalError: oops"),
        (
            {"code": "SlowDown", "message": "Please reduce your request rate", "status": 503},
            "snapshots",
            "SlowDown",
        ),
        (None, "nowhere", "NoSuchBucket"),
    ],
)
def test_what_cannot_be_put_is_kept_and_told(cloud: Cloud, bucket, tmp_path, fault, where, told):
    """Nothing that was read is lost: the file stays, for its owner only, and can be judged."""
    cloud.fails(*([{"service": "s3", **fault}] if fault else []))
    run = cloud.layerproof("audit", "collect", *WHERE, "--out", f"s3://{where}/k", XDG_DATA_HOME=str(tmp_path))
    assert run.code == 3, run.out + run.err
    assert told in run.err
    assert "coverage" in run.out
    assert f"exit 3: s3://{where}/k could not be written" in run.out
    (kept,) = left(tmp_path)
    assert str(kept) in run.err
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert scan(kept, "--fail-on", "never").code == 0


@pytest.mark.parametrize("out", ["s3://", "s3://bucket", "s3:/bucket/key", "S3://bucket"])
def test_what_names_no_object_is_a_usage_error(cloud: Cloud, out):
    run = cloud.layerproof("audit", "collect", *WHERE, "--out", out)
    assert run.code == 2
    assert "s3://BUCKET/KEY" in run.err


def test_a_run_into_s3_that_was_cut_off_is_gone_on_with(cloud: Cloud, bucket, tmp_path, monkeypatch):
    """The journal that a killed run left beside the file on its way is taken up by the next one."""
    from scanner import __version__
    from scanner.cli.audit.destination import destination
    from scanner.sources.aws.journal import Journal
    from scanner.sources.aws.unit import Collected, Unit

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    file = destination("s3://snapshots/resumed").file
    began = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    journal = Journal(file.with_name(f"{file.name}.run"), began, __version__)
    journal.add(Collected(Unit("123456789012", "eu-west-1", "sqs"), [], []))
    journal.close(remove=False)
    run = cloud.layerproof("audit", "collect", *WHERE, "--out", "s3://snapshots/resumed")
    assert run.code == 0, run.out + run.err
    assert "going on where a run was cut off: 1 of 1 units were read" in run.err
    assert left(tmp_path) == []


def test_a_scan_opens_no_connection_and_says_how_else(cloud: Cloud, bucket, tmp_path):
    told = process("scan", "s3://snapshots/k")
    assert told.code == 2
    assert "aws s3 cp s3://snapshots/k - | layerproof scan -" in told.err
    cloud.layerproof("audit", "collect", *WHERE, "--out", "s3://snapshots/k")
    there = bucket.get_object(Bucket="snapshots", Key="k")["Body"].read()
    assert scan(Path("-"), "--fail-on", "never", stdin=there).code == 0


def test_secrets_are_kept_out_of_s3_as_out_of_files(cloud: Cloud, bucket, tmp_path):
    (tmp_path / "key").write_bytes(b"k" * 32)
    run = cloud.layerproof("audit", "collect", "--regions", "eu-west-1", "--services", "lambda", "--hmac-key",
                           str(tmp_path / "key"), "--out", "s3://snapshots/lambda")  # fmt: skip
    assert run.code == 0, run.out + run.err
    text = gzip.decompress(bucket.get_object(Bucket="snapshots", Key="lambda")["Body"].read()).decode()
    variables = [
        value
        for line in map(json.loads, text.splitlines())
        if line.get("item", {}).get("type") == "AWS::Lambda::Function"
        for value in (line["item"]["attributes"].get("Environment") or {}).get("Variables", {}).values()
    ]
    assert variables
    assert all(set(each) == {"$hmac"} for each in variables)


def test_a_cluster_goes_the_same_ways(cloud: Cloud, bucket, tmp_path):
    server = ApiServer(objects())
    (tmp_path / "config").write_text(server.kubeconfig())
    given = ("audit", "collect", "cluster", "--kubeconfig", str(tmp_path / "config"), "--out")
    try:
        local = process(*given, str(tmp_path), cwd=tmp_path)
        far = cloud.layerproof(*given, "s3://snapshots/clusters/", cwd=tmp_path)
    finally:
        server.close()
    assert local.code == far.code == 0, local.err + far.err
    file = tmp_path / "cluster-test.jsonl.gz"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    there = bucket.get_object(Bucket="snapshots", Key="clusters/cluster-test.jsonl.gz")["Body"].read()
    assert gzip.decompress(there).splitlines()[1:] == gzip.decompress(file.read_bytes()).splitlines()[1:]
    assert scan(file).code == 1


def test_options_of_the_other_source_are_refused(cloud: Cloud):
    for options in (("cluster", "--accounts", "111111111111"), ("aws", "--context", "x")):
        run = cloud.layerproof("audit", "collect", *options, "--out", "x")
        assert run.code == 2
        assert f"is for `collect {'aws' if options[0] == 'cluster' else 'cluster'}`" in run.err


# accounts by way of a role

HUB, MEMBER = "333333333333", "444444444444"


def test_accounts_are_entered_through_the_role_that_is_taken_first(cloud: Cloud, tmp_path):
    """--role-arn with --accounts: the hub's role first, the members' from there (role chaining)."""
    out = tmp_path / "s.jsonl.gz"
    role = f"arn:aws:iam::{HUB}:role/hub"
    cloud.fails({"service": "sts", "operation": "AssumeRole", "account": "123456789012", "code": "AccessDenied",
                 "message": "only from the hub", "after": 2})  # fmt: skip
    run = cloud.layerproof("audit", "collect", "--out", str(out), "--role-arn", role, "--accounts", MEMBER, *WHERE)
    # by the caller: the hub's own role once to learn who it is, and once as the way to the member
    assert run.code == 0, run.out + run.err
    assert f'"account":"{MEMBER}"' in gzip.decompress(out.read_bytes()).decode()


def test_the_way_is_cut_down_to_taking_the_next_role():
    from scanner.sources.aws.session import Access, hop

    class Sts:
        def assume_role(self, **asked):
            self.asked = asked
            return {"Credentials": {"AccessKeyId": "a", "SecretAccessKey": "b", "SessionToken": "c"}}

    sts = Sts()
    role = f"arn:aws:iam::{MEMBER}:role/layerproof-audit"
    hop(sts, Access(role=role, through=f"arn:aws:iam::{HUB}:role/hub", external_id="x"))
    assert sts.asked["RoleArn"] == f"arn:aws:iam::{HUB}:role/hub"
    assert sts.asked["ExternalId"] == "x"
    assert json.loads(sts.asked["Policy"])["Statement"] == [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}
    ]


# the policy


def statements(*options: str) -> dict[str, list[str]]:
    """Actions that are no reading of everything, with their resources."""
    run = process("audit", *options, "--print-policy", "json")
    assert run.code == 0, run.err
    return {
        action: each["Resource"]
        for each in json.loads(run.out)["Statement"]
        if each["Sid"].startswith("LayerproofWrites")
        for action in each["Action"]
    }


def test_exports_that_are_named_are_in_the_policy():
    hub = ["arn:aws*:securityhub:*:*:product/*/default"]
    assert statements("aws") == {}
    assert statements("aws", "--export", "asff") == {"securityhub:BatchImportFindings": hub}
    assert statements("aws", "--export", "ocsf=s3://b/day/", "--export", "asff") == {
        "securityhub:BatchImportFindings": hub,
        "s3:PutObject": ["arn:aws*:s3:::b/day/*"],
    }
    assert statements("collect", "--out", "s3://b/k") == {"s3:PutObject": ["arn:aws*:s3:::b/k"]}
    assert statements("collect", "--out", "file") == {}
    for form in ("terraform", "cloudformation"):
        told = process("audit", "aws", "--export", "asff", "--print-policy", form).out
        assert "securityhub:BatchImportFindings" in told
