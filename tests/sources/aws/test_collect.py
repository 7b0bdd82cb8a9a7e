"""Pages and details of one unit, by a client that answers as it is told."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from scanner.sources.aws import collect as room
from scanner.sources.aws.session import Access
from scanner.sources.aws.unit import Unit, Work

pytest.importorskip("boto3")


class Refusal(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code, "Message": "no"}}


class Client:
    """`answers` by method: a list of pages, of which one may be an error to raise, or a function of the call."""

    def __init__(self, **answers) -> None:
        self._answers = answers
        self.calls: list[tuple[str, dict]] = []

    def can_paginate(self, method: str) -> bool:
        return isinstance(self._answers.get(method), list)

    def get_paginator(self, method: str):
        return SimpleNamespace(paginate=lambda **asked: self._pages(method, asked))

    def _pages(self, method: str, asked: dict):
        for page in self._answers[method]:
            self.calls.append((method, asked))
            if isinstance(page, Exception):
                raise page
            yield page

    def __getattr__(self, method: str):
        def call(**asked):
            self.calls.append((method, asked))
            answer = self._answers.get(method, Refusal("NotImplemented"))
            if callable(answer):
                return answer(**asked)
            raise answer

        return call

    def close(self) -> None:
        pass


def collected(monkeypatch, client: Client, service: str, region: str = "eu-west-1"):
    monkeypatch.setattr(room, "session", lambda access: SimpleNamespace(client=lambda *_: client))
    return room.collect(Work(Unit("111122223333", region, service), Access()))


def operation(done, name: str):
    return next(each for each in done.operations if each.name == name)


def test_what_was_read_before_a_fault_is_kept(monkeypatch):
    pages = [{"Keys": [{"KeyId": "1", "KeyArn": "arn:1"}]}, Refusal("ThrottlingException")]
    done = collected(monkeypatch, Client(list_keys=pages), "kms")
    assert [each.id for each in done.items] == ["arn:1"]
    assert operation(done, "ListKeys").status == "throttled"
    assert done.status == "throttled"


def test_a_missing_permission_is_asked_for_a_few_times_only(monkeypatch):
    keys = [{"KeyId": str(number), "KeyArn": f"arn:{number}"} for number in range(12)]
    refused = Refusal("AccessDenied")
    client = Client(list_keys=[{"Keys": keys}], list_aliases=[{"Aliases": []}], describe_key=refused)
    done = collected(monkeypatch, client, "kms")
    assert sum(method == "describe_key" for method, _ in client.calls) == room.MOST_REFUSALS
    assert {each.unread["DescribeKey"]["action"] for each in done.items} == {"kms:DescribeKey"}
    assert done.status == "partial"


def test_one_resource_may_refuse_what_others_allow(monkeypatch):
    keys = [{"KeyId": str(number), "KeyArn": f"arn:{number}"} for number in range(6)]

    def describe(KeyId):
        if KeyId in "0123":
            raise Refusal("AccessDenied")
        return {"KeyMetadata": {"KeyManager": "AWS"}}

    keys.reverse()
    client = Client(list_keys=[{"Keys": keys}], list_aliases=[{"Aliases": []}], describe_key=describe)
    done = collected(monkeypatch, client, "kms")
    assert sum("DescribeKey" in each.unread for each in done.items) == 4
    assert sum(each.attributes.get("DescribeKey") == {"KeyManager": "AWS"} for each in done.items) == 2


def test_listings_that_ask_the_same_are_asked_once(monkeypatch):
    page = {"RoleDetailList": [{"Arn": "r"}], "GroupDetailList": [{"Arn": "g"}], "Policies": []}
    client = Client(get_account_authorization_details=[page], list_roles=[
        {"Roles": [{"Arn": "r", "MaxSessionDuration": 7200}]}])  # fmt: skip
    done = collected(monkeypatch, client, "iam", "global")
    assert sum(method == "get_account_authorization_details" for method, _ in client.calls) == 1
    roles = [each for each in done.items if each.type == "AWS::IAM::Role"]
    assert [each.attributes for each in roles] == [{"Arn": "r", "MaxSessionDuration": 7200}]


def test_batches(monkeypatch):
    arns = [f"arn:aws:ecs:eu-west-1:111122223333:service/c/s{number}" for number in range(23)]

    def describe(cluster, services, include):
        return {"services": [{"serviceArn": each, "launchType": "FARGATE"} for each in services]}

    client = Client(
        list_clusters=[{"clusterArns": ["arn:c"]}],
        describe_clusters=lambda clusters, include: {"clusters": [{"clusterArn": each} for each in clusters]},
        list_services=[{"serviceArns": arns}],
        describe_services=describe,
        list_task_definitions=[{"taskDefinitionArns": []}],
    )
    done = collected(monkeypatch, client, "ecs")
    assert sum(method == "describe_services" for method, _ in client.calls) == 3  # ten at a time (ECS API)
    services = [each for each in done.items if each.type == "AWS::ECS::Service"]
    assert all(each.attributes["DescribeService"]["launchType"] == "FARGATE" for each in services)
    assert {each.under for each in services} == {"arn:c"}


def test_a_member_of_an_organization_need_not_list_it(monkeypatch):
    client = Client(
        describe_organization=lambda: {"Organization": {"Arn": "o", "MasterAccountId": "999999999999"}},
        list_accounts=[Refusal("AccessDeniedException")],
    )
    done = collected(monkeypatch, client, "organizations", "global")
    assert operation(done, "ListAccounts").status == "not_enabled"


def test_pages_that_do_not_end_are_cut(monkeypatch):
    monkeypatch.setattr(room, "MOST_PAGES", 3)
    monkeypatch.setattr(room, "Bucket", lambda _: SimpleNamespace(take=lambda: None, waited=0.0))
    client = Client(list_keys=[{"Keys": []}] * 9, list_aliases=[{"Aliases": []}])
    assert operation(collected(monkeypatch, client, "kms"), "ListKeys").status == "truncated"


def test_what_is_made_on_demand_is_ordered_and_waited_for(monkeypatch):
    """IAM API reference, GenerateServiceLastAccessedDetails: the job's id, then IN_PROGRESS until COMPLETED."""
    monkeypatch.setattr(room, "WAITS", (0.0, 0.0, 0.0))
    arns = [f"arn:aws:iam::111122223333:role/{name}" for name in ("app", "slow")]
    used = {"RoleLastUsed": {"LastUsedDate": "2026-06-01T00:00:00Z"}}
    roles = [{"Arn": arn, "RoleName": arn.rpartition("/")[2], "Path": "/", **used} for arn in arns]
    linked = {"Arn": f"{arns[0]}-linked", "RoleName": "linked", "Path": "/aws-service-role/x/", **used}
    unused = {"Arn": f"{arns[0]}-unused", "RoleName": "unused", "Path": "/", "RoleLastUsed": {}}
    asked: dict[str, int] = {}

    def details(JobId):
        asked[JobId] = asked.get(JobId, 0) + 1
        if "slow" in JobId or asked[JobId] < 3:
            return {"JobStatus": "IN_PROGRESS"}
        return {"JobStatus": "COMPLETED", "ServicesLastAccessed": [{"ServiceNamespace": "s3"}]}

    client = Client(
        get_account_authorization_details=[{"RoleDetailList": [*roles, linked, unused]}],
        generate_service_last_accessed_details=lambda Arn: {"JobId": f"job of {Arn}"},
        get_service_last_accessed_details=details,
    )
    done = collected(monkeypatch, client, "iam", "global")
    app, slow, *others = (each for each in done.items if each.type == "AWS::IAM::Role")
    assert app.attributes["GetServiceLastAccessedDetails"] == [{"ServiceNamespace": "s3"}]
    assert "GetServiceLastAccessedDetails" in slow.unread
    assert all("GetServiceLastAccessedDetails" not in {**each.attributes, **each.unread} for each in others)
