"""Who made drift: CloudTrail asked over HTTP, in the forms of its documentation; absent or denied is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.sources.aws.trail import events
from tests.audit import test_drift
from tests.audit.conftest import Cloud
from tests.audit.test_drift import ACCOUNT, REGION, SERVICES

pytestmark = pytest.mark.slow

seeded, tree = test_drift.seeded, test_drift.tree

ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/jo@example.com"
CONSOLE = "Mozilla/5.0 (X11; Linux x86_64)"
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.11.4 (+https://www.terraform.io) terraform-provider-aws/6.0.0"


def event(
    name: str, event_name: str, day: int, agent: str, *, console: bool = False, read: bool = False,
    error: str = "", invoked: str = "", type_: str = "AWS::S3::Bucket",
) -> dict[str, Any]:  # fmt: skip
    """One event as LookupEvents gives it (API reference, Event; user guide, "CloudTrail record contents")."""
    when = datetime(2026, 11, day, 9, tzinfo=UTC)
    identity = {"type": "AWSService", "invokedBy": invoked} if invoked else {"type": "AssumedRole", "arn": ROLE}
    record = {
        "eventVersion": "1.11", "userIdentity": identity, "eventTime": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventName": event_name, "userAgent": agent, "readOnly": read, "eventType": "AwsApiCall",
        **({"sessionCredentialFromConsole": "true"} if console else {}), **({"errorCode": error} if error else {}),
    }  # fmt: skip
    told = {
        "EventId": f"{name}-{event_name}-{day}", "EventName": event_name, "ReadOnly": str(read).lower(),
        "EventTime": when.timestamp(), "EventSource": "s3.amazonaws.com", "Username": "jo@example.com",
        "Resources": [{"ResourceType": type_, "ResourceName": name}],
        "CloudTrailEvent": json.dumps(record),
    }  # fmt: skip
    return {"account": ACCOUNT, "region": REGION, "name": name, "event": told}


RECORDED = (
    event("drift-weak", "PutBucketVersioning", 20, CONSOLE, console=True),
    event("drift-weak", "CreateBucket", 1, TERRAFORM),
    event("drift-weak", "GetBucketAcl", 21, "aws-cli/2.31.0", read=True),
    event("drift-weak", "DeleteBucket", 22, "aws-cli/2.31.0", error="AccessDenied"),
    event("drift-strong", "PutBucketVersioning", 19, "aws-cli/2.31.0 md/awscrt#0.27"),
    event("drift-hand", "CreateBucket", 18, CONSOLE, console=True),
    event("drift-gone", "DeleteTopic", 17, CONSOLE, console=True, type_="AWS::SNS::Topic"),
    # CloudTrail calls topics by their ARN
    event(f"arn:aws:sns:{REGION}:{ACCOUNT}:drift-hand", "CreateTopic", 16, "cloudformation.amazonaws.com",
          invoked="cloudformation.amazonaws.com", type_="AWS::SNS::Topic"),
)  # fmt: skip
WHERE = ("--accounts", ACCOUNT, "--regions", REGION, "--services", SERVICES, "--format", "json")


def drift(cloud: Cloud, tree: Path, *options: str) -> dict[str, Any]:
    run = cloud.layerproof("drift", str(tree), *WHERE, *options)
    assert run.out, run.err
    return json.loads(run.out)


def by_name(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(each["class"], (each["twin"] or each["node"]).partition("#")[2]): each for each in document["drift"]}


def test_the_recording_has_the_form_of_the_service() -> None:
    botocore = pytest.importorskip("botocore.session")
    model = botocore.get_session().get_service_model("cloudtrail").operation_model("LookupEvents")
    known = set(model.output_shape.members["Events"].member.members)
    assert all(each["event"].keys() <= known for each in RECORDED)


def test_console_changes_are_named(seeded: Cloud, tree: Path) -> None:
    seeded.trail(*RECORDED)
    seeded.calls()
    document = drift(seeded, tree)
    found = by_name(document)
    weak = found["changed", "aws_s3_bucket.weak"]
    assert weak["events"] == [
        {"name": "PutBucketVersioning", "who": ROLE, "at": "2026-11-20T09:00:00Z", "via": "console"},
        {"name": "CreateBucket", "who": ROLE, "at": "2026-11-01T09:00:00Z", "via": "terraform"},
    ]
    assert weak["trail"] is None
    (strong,) = found["changed", "aws_s3_bucket.strong"]["events"]
    assert strong["via"] == "aws-cli/2.31.0"
    (made,) = found["unmanaged", "arn:aws:s3:::drift-hand"]["events"]
    assert (made["name"], made["via"]) == ("CreateBucket", "console")
    (topic,) = found["unmanaged", f"arn:aws:sns:{REGION}:{ACCOUNT}:drift-hand"]["events"]
    assert (topic["who"], topic["via"]) == ("cloudformation.amazonaws.com", "cloudformation")
    (gone,) = found["missing", "aws_sns_topic.gone"]["events"]
    assert (gone["name"], gone["via"]) == ("DeleteTopic", "console")
    quiet = found["changed", "aws_dynamodb_table.weak"]
    assert (quiet["events"], quiet["trail"]) == ([], "CloudTrail has no change of it in 90 days")
    for class_, owner in (("ghost", None), ("unmanaged", "provider default"), ("unmanaged", "controller")):
        of = [each for each in document["drift"] if each["class"] == class_ and each["owner"] == owner]
        assert of
        assert all(not each["events"] and each["trail"] is None for each in of)  # nobody's doing: not asked
    assert {"unit": f"aws:{ACCOUNT}/{REGION}/cloudtrail", "status": "ok", "reason": None} in document["coverage"]
    assert ["cloudtrail", "LookupEvents"] in seeded.calls()


def test_text_says_who_when_and_what(seeded: Cloud, tree: Path) -> None:
    seeded.trail(*RECORDED)
    where = (*WHERE[:4], "--services", "s3")
    run = seeded.layerproof("drift", str(tree), *where)
    assert f"PutBucketVersioning by {ROLE}, 2026-11-20T09:00:00Z, through console" in run.out


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        ({"code": "AccessDeniedException", "message": "no"}, "denied", "cloudtrail:LookupEvents is denied"),
        ({"code": "ThrottlingException", "message": "Rate exceeded"}, "throttled", "Rate exceeded"),
        ({"code": "InternalFailure", "message": "oops", "status": 500}, "error", "oops"),
    ],
)
def test_a_trail_that_cannot_be_read_is_said(seeded: Cloud, tree: Path, fault, status, told) -> None:
    """Drift is told without it, exits as it would, and asks no more than once per account and region."""
    seeded.trail(*RECORDED)
    seeded.fails({"service": "cloudtrail", "operation": "LookupEvents", **fault})
    seeded.calls()
    run = seeded.layerproof("drift", str(tree), *WHERE)
    seeded.fails()
    assert run.code == 1
    document = json.loads(run.out)
    weak = by_name(document)["changed", "aws_s3_bucket.weak"]
    assert weak["events"] == []
    assert told in weak["trail"]
    (unit,) = [each for each in document["coverage"] if each["unit"].endswith(f"{REGION}/cloudtrail")]
    assert unit["status"] == status
    asked = seeded.calls().count(["cloudtrail", "LookupEvents"])
    assert asked <= 2 * 2  # two regions (global things), tried twice at most


def test_nobody_is_asked_on_request_or_of_a_snapshot(seeded: Cloud, tree: Path, tmp_path: Path) -> None:
    seeded.trail(*RECORDED)
    seeded.calls()
    document = drift(seeded, tree, "--no-trail")
    assert not any(each["events"] or each["trail"] for each in document["drift"])
    out = tmp_path / "s.jsonl.gz"
    seeded.layerproof("audit", "collect", "--out", str(out), *WHERE[:-2])
    run = seeded.layerproof("drift", str(tree), "--snapshot", str(out), "--format", "json")
    assert not any(each["events"] or each["trail"] for each in json.loads(run.out)["drift"])
    assert ["cloudtrail", "LookupEvents"] not in seeded.calls()


def test_records_that_cannot_be_read_tell_what_they_can() -> None:
    when = datetime(2026, 11, 1, tzinfo=UTC)
    (found,) = events([{"EventName": "DeleteBucket", "EventTime": when, "Username": "jo", "CloudTrailEvent": "{"}])
    assert found == ("DeleteBucket", "jo", "2026-11-01T00:00:00Z", "not told")
