"""Roles are taken cut down to reading; work travels between processes without credentials."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from scanner.sources.aws import faults
from scanner.sources.aws.collect import collect
from scanner.sources.aws.plan import Plan, run
from scanner.sources.aws.registry import services
from scanner.sources.aws.session import SESSION_POLICIES, Access, Session, forget
from scanner.sources.aws.unit import GLOBAL, Unit, Work

pytest.importorskip("boto3")

ROLE = "arn:aws:iam::111122223333:role/layerproof-audit"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    """No credentials, and an endpoint at which no one listens."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    forget()
    yield
    forget()


class Boto:
    """What a session asks of boto3, noted."""

    region_name = "eu-west-1"

    def __init__(self, lasts: timedelta = timedelta(hours=1)) -> None:
        self.asked: list[dict] = []
        self.made: list[tuple[str, dict]] = []
        self._lasts = lasts

    def client(self, service, **given):
        self.made.append((service, given))
        return self

    def assume_role(self, **asked):
        self.asked.append(asked)
        until = datetime.now(UTC) + self._lasts
        given = {"AccessKeyId": "a", "SecretAccessKey": "b", "SessionToken": "c", "Expiration": until}
        return {"Credentials": given}


def taken(access: Access, boto: Boto) -> Session:
    session = Session(access)
    session._own = boto
    session.client("ec2", "eu-west-1")
    return session


def test_a_role_is_cut_down_to_reading():
    boto = Boto()
    session = taken(Access(role=ROLE, external_id="word", session_name="nightly"), boto)
    session.client("s3", "eu-west-1")
    (asked,) = boto.asked  # credentials are kept as long as they last
    assert asked["RoleArn"] == ROLE
    assert asked["ExternalId"] == "word"
    assert asked["RoleSessionName"] == "nightly"
    assert [each["arn"] for each in asked["PolicyArns"]] == [
        f"arn:aws:iam::aws:policy/{name}" for name in SESSION_POLICIES
    ]
    assert len(asked["Policy"]) <= 2048  # STS API, AssumeRole: Policy
    (statement,) = json.loads(asked["Policy"])["Statement"]
    assert statement["Effect"] == "Allow"
    assert boto.made[-1][1]["aws_session_token"] == "c"


def test_a_role_is_taken_whole_where_that_is_asked():
    boto = Boto()
    taken(Access(role=ROLE, session_policies=False), boto)
    assert not {"Policy", "PolicyArns"} & boto.asked[0].keys()


def test_credentials_are_made_anew_before_they_end():
    boto = Boto(lasts=timedelta(minutes=5))
    session = taken(Access(role=ROLE), boto)
    session.client("s3", "eu-west-1")
    assert len(boto.asked) == 2


def work(service: str = "dlm", region: str = "eu-west-1") -> Work:
    return Work(Unit("111122223333", region, service), Access())


def test_work_travels():
    assert pickle.loads(pickle.dumps(work())) == work()
    assert "aws_access_key" not in repr(work())


@pytest.mark.parametrize("executor", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_does_the_work(executor):
    works = (work(), work("rbin"))
    with executor(2) as pool:
        done = list(run(Plan(works, ()), pool))
    assert {each.unit.service for each in done} == {"dlm", "rbin"}
    assert all(each.status not in ("ok", "partial") for each in done)


def test_every_unit_without_credentials_is_denied_and_says_so():
    for service in services():
        for region in ("eu-west-1", GLOBAL):
            done = collect(work(service, region))
            listed = [each for each in done.operations if each.types]
            refused = (faults.DENIED, faults.ERROR, faults.UNSUPPORTED)
            failed = {type_ for each in listed if each.status in refused for type_ in each.types}
            assert failed == {type_ for each in listed for type_ in each.types}
            assert not done.items


def die(_: Work) -> None:
    raise RuntimeError("the worker died")


def test_a_worker_that_dies_costs_its_unit(monkeypatch):
    monkeypatch.setattr("scanner.sources.aws.plan.collect", die)
    with ThreadPoolExecutor(1) as pool:
        (done,) = run(Plan((work(),), ()), pool)
    assert done.status == "error"
    assert "the worker died" in done.operations[0].reason
