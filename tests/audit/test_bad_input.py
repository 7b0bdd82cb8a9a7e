"""What goes wrong on the way: a clear message each, nothing lost that was read, exit 3 with the coverage table.

No credentials, expired ones at the start, denials, throttling, server errors, unknown regions and broken snapshots
are in `test_faults`; stores that are locked or full in `test_store` and `test_history`.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.audit.conftest import Cloud
from tests.cli.running import scan

pytestmark = pytest.mark.slow

REGION, TOPICS, PAGE = "ap-south-1", 130, 100  # ListTopics gives 100 to a page (SNS API reference)
WHERE = ("--regions", REGION, "--services", "sns,sqs,dynamodb")


@pytest.fixture(scope="module")
def filled(bare_cloud: Cloud) -> Cloud:
    """Two pages of topics, a queue and a table."""
    boto3 = pytest.importorskip("boto3")
    bare_cloud.fails()
    session = boto3.session.Session("testing", "testing", region_name=REGION)
    made = {name: session.client(name, endpoint_url=bare_cloud.url) for name in ("sns", "sqs", "dynamodb")}
    for number in range(TOPICS):
        made["sns"].create_topic(Name=f"t{number}")
    made["sqs"].create_queue(QueueName="q")
    made["dynamodb"].create_table(
        TableName="t", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}])  # fmt: skip
    return bare_cloud


def collect(cloud: Cloud, out: Path, *faults: dict[str, Any]) -> tuple[int, str, Counter[str]]:
    """Exit code, what was said, and how many things of each type were kept."""
    cloud.fails(*faults)
    run = cloud.layerproof("audit", "collect", "--out", str(out), *WHERE)
    cloud.fails()
    assert "Traceback" not in run.err, run.err
    lines = [json.loads(line) for line in gzip.decompress(out.read_bytes()).splitlines()]
    return run.code, run.out + run.err, Counter(line["item"]["type"] for line in lines if "item" in line)


def test_all_is_well_without_faults(filled: Cloud, tmp_path: Path) -> None:
    code, _, kept = collect(filled, tmp_path / "s.gz")
    assert code == 0
    assert (kept["AWS::SNS::Topic"], kept["AWS::SQS::Queue"], kept["AWS::DynamoDB::Table"]) == (TOPICS, 1, 1)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"code": "InternalError", "message": "oops", "status": 500}, "error: InternalError: oops"),
        (
            {"code": "Throttling", "message": "Rate exceeded", "status": 400},
            "throttled: Throttling: Rate exceeded",
        ),
        ({"code": "AuthorizationError", "message": "no"}, "denied: AuthorizationError: no"),
        (
            {"code": "ExpiredToken", "message": "The token is expired"},
            "expired: ExpiredToken: The token is expired",
        ),
        ({"cut": True}, "error: "),
    ],
    ids=["error", "throttled", "denied", "expired", "cut"],
)
def test_a_listing_that_breaks_off_keeps_its_first_page(filled: Cloud, tmp_path: Path, fault, told: str) -> None:
    """The second page is refused, or breaks off in the middle: the first is kept, and absence says nothing."""
    out = tmp_path / "half.jsonl.gz"
    second = {"service": "sns", "operation": "ListTopics", "after": 1, **fault}
    code, said, kept = collect(filled, out, second)
    assert code == 3
    assert f"sns:ListTopics  {told}" in said
    assert f"aws:123456789012/{REGION}/sns" in said
    assert (kept["AWS::SNS::Topic"], kept["AWS::SQS::Queue"]) == (PAGE, 1)
    ran = scan(out, "--fail-on", "never")
    assert ran.code == 3
    (unit,) = [each for each in ran.json["coverage"] if each["unit"].endswith("/sns")]
    assert unit["status"] != "ok"
    assert "sns:ListTopics" in unit["reason"]


def test_credentials_that_expire_on_the_way(filled: Cloud, tmp_path: Path) -> None:
    """What was read before stays; what to do is said."""
    out = tmp_path / "expired.jsonl.gz"
    expired = {"code": "ExpiredTokenException", "message": "The security token included in the request is expired"}
    code, said, kept = collect(filled, out, *({"service": each, **expired} for each in ("sqs", "dynamodb")))
    assert code == 3
    assert kept["AWS::SNS::Topic"] == TOPICS
    assert said.count("expired: ExpiredTokenException") >= 2
    ran = scan(out, "--fail-on", "never")
    told = [each for each in ran.json["diagnostics"] if each["code"] == "denied-expired"]
    assert told
    assert "the credentials have expired" in told[0]["summary"]


def test_an_answer_that_is_cut_off(filled: Cloud, tmp_path: Path) -> None:
    """A detail of a thing: the thing stays, and what the detail would have said is unknown."""
    out = tmp_path / "cut.jsonl.gz"
    code, said, kept = collect(
        filled, out, {"service": "dynamodb", "operation": "DescribeContinuousBackups", "cut": True}
    )
    assert code == 3
    assert "dynamodb:DescribeContinuousBackups  error" in said
    assert kept["AWS::DynamoDB::Table"] == 1
    ran = scan(out, "--fail-on", "never", "--select", "backup/table-not-recoverable", "--show-unknown")
    assert [each["verdict"] for each in ran.json["findings"]] == ["unknown"]
    assert "dynamodb:DescribeContinuousBackups gave no answer" in ran.json["findings"][0]["reason"]


def test_a_service_that_is_not_there(filled: Cloud, tmp_path: Path) -> None:
    """Nothing listens where the service should be: an error of that service alone."""
    out = tmp_path / "gone.jsonl.gz"
    run = filled.layerproof(
        "audit",
        "collect",
        "--out",
        str(out),
        *WHERE,
        AWS_ENDPOINT_URL_SQS="http://127.0.0.1:9",
        NO_PROXY="127.0.0.1",
    )
    assert run.code == 3
    assert f"aws:123456789012/{REGION}/sqs  error" in run.out
    assert "Could not connect" in run.out
    assert "Traceback" not in run.err


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda whole: b"", "no files"),
        (lambda whole: whole[:-40], "cut off or damaged"),
        (
            lambda whole: gzip.compress(gzip.decompress(whole).rsplit(b"\n", 2)[0] + b"\n"),
            "its last line is missing",
        ),
        (lambda whole: gzip.compress(gzip.decompress(whole).replace(b'{"item":{', b'{"item":[', 1)), "no JSON"),
        (
            lambda whole: gzip.compress(gzip.decompress(whole).replace(b'"attributes":', b'"features":', 1)),
            "no item",
        ),
        (lambda whole: gzip.compress(b'{"layerproof_snapshot":99}\n'), "update layerproof"),
        (lambda whole: gzip.compress(b'{"layerproof_snapshot":"x"}\n'), "collect it again"),
    ],
    ids=["empty", "cut", "no end", "no json", "no item", "newer", "odd"],
)
def test_a_snapshot_that_cannot_be_used(filled: Cloud, tmp_path: Path, make, told: str) -> None:
    out = tmp_path / "s.jsonl.gz"
    collect(filled, out)
    out.write_bytes(make(out.read_bytes()))
    ran = scan(out)
    assert ran.code == 3
    if told != "no files":
        assert told in json.dumps(ran.json["diagnostics"])
    drifted = filled.layerproof("drift", str(tmp_path), "--snapshot", str(out))
    assert drifted.code == 3, drifted.out + drifted.err
    assert "Traceback" not in drifted.err


def test_a_store_of_another_version_is_said_before_anything_is_asked(filled: Cloud, tmp_path: Path) -> None:
    store = tmp_path / "h.sqlite"
    first = filled.layerproof("audit", "aws", *WHERE, "--store", str(store), "--fail-on", "never")
    assert first.code == 0, first.err
    with sqlite3.connect(store) as held:
        held.execute("UPDATE layerproof_store SET version = version + 1")
    filled.calls()
    run = filled.layerproof("audit", "aws", *WHERE, "--store", str(store))
    assert run.code == 3
    assert "update layerproof" in run.err
    assert filled.calls() == []


def test_a_folder_that_cannot_be_written(filled: Cloud, tmp_path: Path) -> None:
    for out in (tmp_path / "no" / "such" / "folder.gz", Path("/proc/x.gz")):
        run = filled.layerproof("audit", "collect", "--out", str(out), *WHERE)
        assert run.code == 2 or run.code == 1, run.err
        assert "cannot be written" in run.err
        assert "Traceback" not in run.err
