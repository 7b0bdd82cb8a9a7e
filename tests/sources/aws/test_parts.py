"""Rates, templates, secrets, faults and snapshots, each by itself."""

from __future__ import annotations

import gzip
import json
import stat

import pytest

from scanner.model.location import SourceFile
from scanner.model.value import Unknown
from scanner.sources.aws import faults
from scanner.sources.aws.items import read
from scanner.sources.aws.rate import Bucket
from scanner.sources.aws.secrecy import Secrecy
from scanner.sources.aws.snapshot import SnapshotError, Writer, unpack
from scanner.sources.aws.template import Context, Whose
from scanner.sources.aws.unit import Collected, Item, Operation, Unit

# rates


def test_calls_stay_below_the_rate():
    """EC2 refills 20 tokens a second and saves up 100 (EC2 API Reference, "Throttling"): we stay below half."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    bucket = Bucket("ec2", clock=lambda: now[0], sleep=sleep)
    for _ in range(50 + 80):
        bucket.take()
    assert now[0] == pytest.approx(80 / 8)
    assert bucket.waited == pytest.approx(10)


def test_those_who_wait_together_wait_in_turn():
    """Three that come at once to an empty bucket of 5/s get their tokens one after another."""
    pauses: list[float] = []
    bucket = Bucket("anything", clock=lambda: 0.0, sleep=pauses.append)
    for _ in range(20 + 3):
        bucket.take()
    assert pauses == pytest.approx([0.2, 0.4, 0.6])


# templates


def test_templates():
    whose = Whose("aws-cn", "111122223333", "cn-north-1")
    context = Context(whose, {"Id": "i-1", "Arn": "a"}, "parent", {"name": "cluster"})
    assert context.fill("arn:{@partition}:ec2:{@region}:{@account}:instance/{Id}") == (
        "arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-1"
    )
    assert context.fill({"a": ["{^}", "{^name}", 5]}) == {"a": ["parent", "cluster", 5]}
    assert context.fill("{Id}{More?}") == "i-1"
    with pytest.raises(KeyError):
        context.fill("{More}")


# secrets


def test_secrets_are_dropped_or_kept_as_hmac():
    held = {"Environment": {"Variables": {"A": "one", "B": "two"}}, "Tasks": [{"value": "one"}, {"value": None}]}
    paths = ("Environment.Variables.*", "Tasks[].value", "Nothing.there")
    dropped = json.loads(json.dumps(held))
    Secrecy().clean(dropped, paths)
    assert dropped == {
        "Environment": {"Variables": {"A": {"$dropped": True}, "B": {"$dropped": True}}},
        "Tasks": [{"value": {"$dropped": True}}, {"value": None}],
    }
    keyed = json.loads(json.dumps(held))
    Secrecy(b"k" * 16).clean(keyed, paths)
    one = keyed["Environment"]["Variables"]["A"]
    # HMAC-SHA256 of "one" under the key, by openssl: printf one | openssl dgst -sha256 -hmac kkkkkkkkkkkkkkkk
    assert one == {"$hmac": "1a648b2c821fd427ac8b59125f3260d39c61fc5510610d15fb265008fdf9485f"}
    assert keyed["Tasks"][0]["value"] == one
    assert keyed["Environment"]["Variables"]["B"] != one


# faults


class Refusal(Exception):
    def __init__(self, code: str, message: str = "", http: int = 400) -> None:
        super().__init__(message)
        self.response = {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": http},
        }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refusal("AccessDeniedException"), faults.DENIED),
        (Refusal("UnauthorizedOperation"), faults.DENIED),
        (Refusal("AuthorizationErrorException"), faults.DENIED),
        (Refusal("403", http=403), faults.DENIED),
        (Refusal("AccessDenied", "x with an explicit deny in a service control policy"), faults.DENIED_SCP),
        (Refusal("ThrottlingException"), faults.THROTTLED),
        (Refusal("RequestLimitExceeded"), faults.THROTTLED),
        (Refusal("SlowDown"), faults.THROTTLED),
        (Refusal("ExpiredToken"), faults.EXPIRED),
        (Refusal("OptInRequired"), faults.NOT_ENABLED),
        (Refusal("InternalFailure", http=500), faults.ERROR),
        (ConnectionError("reset"), faults.ERROR),
    ],
)
def test_faults(error, status):
    assert faults.classify(error).status == status


# snapshots


VPC = "arn:aws:ec2:eu-west-1:111122223333:vpc"


def collected(*, reverse: bool = False) -> list[Collected]:
    one = Collected(
        Unit("111122223333", "eu-west-1", "ec2"),
        [Item("AWS::EC2::VPC", f"{VPC}/{n}", "111122223333", "eu-west-1", {"a": n}) for n in (2, 1)],
        [Operation("DescribeVpcs", "ec2:DescribeVpcs", ("AWS::EC2::VPC",), calls=1, items=2),
         Operation("DescribeFlowLogs", "ec2:DescribeFlowLogs", ("AWS::EC2::FlowLog",), "denied", "no", 1)],
    )  # fmt: skip
    two = Collected(Unit("111122223333", "global", "iam"), [], [Operation("ListRoles", "iam:ListRoles", ("x",))])
    return [two, one] if reverse else [one, two]


def written(path, *, reverse: bool = False) -> bytes:
    with Writer(path, "2026-11-22T00:00:00Z", "0") as writer:
        for each in collected(reverse=reverse):
            writer.add(each)
    return path.read_bytes()


def test_a_snapshot_is_private_and_does_not_depend_on_order(tmp_path):
    first = written(tmp_path / "a.jsonl.gz")
    assert written(tmp_path / "b.jsonl.gz", reverse=True) == first
    assert stat.S_IMODE((tmp_path / "a.jsonl.gz").stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.part"))


def test_a_snapshot_is_read_back(tmp_path):
    text = unpack(written(tmp_path / "a.jsonl.gz"))
    found = read(SourceFile("a.jsonl.gz", text))
    assert [each.address.name[-1] for each in found.resources] == ["1", "2"]
    assert str(found.resources[0].address) == (
        "aws:111122223333/eu-west-1#arn:aws:ec2:eu-west-1:111122223333:vpc/1"
    )
    assert found.complete == {("111122223333", None, "iam")}
    unread, unasked, _ = found.unread
    assert unread.types == ("AWS::EC2::FlowLog",)
    assert unread.why.reason == "ec2:DescribeFlowLogs is denied in account 111122223333, eu-west-1"
    # a version that listed networks alone is told from an account that has nothing else
    assert "AWS::EC2::Volume" in unasked.types
    assert not {"AWS::EC2::VPC", "AWS::EC2::FlowLog"} & set(unasked.types)
    (told,) = found.diagnostics
    assert told.code == "denied-call"
    assert "ec2:DescribeFlowLogs" in told.remedy


def test_secrets_are_unknown_to_rules(tmp_path):
    unit = Unit("111122223333", "eu-west-1", "lambda")
    item = Item("AWS::Lambda::Function", "f", unit.account, unit.region, {"E": {"A": {"$dropped": True}}})
    with Writer(tmp_path / "s", "t", "0") as writer:
        writer.add(Collected(unit, [item], []))
    found = read(SourceFile("s", unpack((tmp_path / "s").read_bytes())))
    assert isinstance(found.resources[0].attributes["E"]["A"], Unknown)


def test_other_files_are_no_snapshots():
    assert unpack(b"hello") is None
    assert unpack(gzip.compress(b"hello")) is None
    assert unpack(b"\x1f\x8bnonsense") is None


def test_a_broken_snapshot_is_told(tmp_path):
    whole = written(tmp_path / "a.jsonl.gz")
    with pytest.raises(SnapshotError, match="cut off or damaged"):
        unpack(whole[:-20])
    lines = gzip.decompress(whole).splitlines(keepends=True)
    with pytest.raises(SnapshotError, match="last line is missing"):
        read(SourceFile("a", unpack(b"".join(lines[:-1]))))
    with pytest.raises(SnapshotError, match=r"line 2 .* no JSON"):
        read(SourceFile("a", lines[0] + b"{\n"))


def test_a_newer_snapshot_is_told(tmp_path):
    text = gzip.decompress(written(tmp_path / "a.jsonl.gz"))
    newer = text.replace(b'{"layerproof_snapshot":1', b'{"layerproof_snapshot":99')
    with pytest.raises(SnapshotError, match=r"version 99.*update layerproof"):
        unpack(gzip.compress(newer))
