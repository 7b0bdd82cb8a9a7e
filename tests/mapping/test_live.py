"""Spellings against answers made from botocore's own descriptions of the services: full ones and bare ones."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from scanner.mapping.assemble import Assembler
from scanner.mapping.aws.live import spell, spellings
from scanner.mapping.tables import Tables
from scanner.model.address import Address
from scanner.model.location import Span
from scanner.model.resource import Plane, Resource, Scope, Unread
from scanner.model.value import Cause, Unknown
from scanner.sources.aws.operation import Listing
from scanner.sources.aws.registry import LISTINGS

botocore = pytest.importorskip("botocore.session")
jmespath = pytest.importorskip("jmespath")

ACCOUNT, REGION = "111122223333", "eu-west-1"


@cache
def model(service: str):
    return botocore.get_session().get_service_model(service)


def value(shape, *, full: bool, depth: int = 0, name: str = ""):
    """A value of a shape as the service describes it: all members, or those alone that are required."""
    kind = shape.type_name
    if kind == "structure":
        if depth > 6:
            return {}
        chosen = shape.members if full else {each: shape.members[each] for each in shape.required_members}
        return {each: value(inner, full=full, depth=depth + 1, name=each) for each, inner in chosen.items()}
    if kind == "list":
        return [value(shape.member, full=full, depth=depth + 1, name=name)] if full and depth < 7 else []
    if kind == "map":
        return {"key": value(shape.value, full=full, depth=depth + 1)} if full else {}
    if kind == "boolean":
        return full
    if kind in ("integer", "long"):
        return 7
    if kind in ("float", "double"):
        return 1.5
    if kind == "timestamp":
        return "2026-11-22T00:00:00Z"
    if getattr(shape, "enum", None):
        return shape.enum[0]
    if "Policy" in name and "Document" in name:
        return {"Version": "2012-10-17", "Statement": []}
    return "" if "olicy" in name else f"text-{name}"


def items(listing: Listing, *, full: bool, under: str = ""):
    """The resources that one page of a listing would give, its details and children included."""
    described = model(listing.service)
    page = value(described.operation_model(listing.operation).output_shape, full=True)
    for raw in jmespath.search(re.sub(r"\[\?.*?\]", "", listing.items), page) or ():
        whole = dict(raw) if isinstance(raw, dict) else {listing.wrap: raw}
        needed = set(re.findall(r"\{(\w+)\}", listing.id + str([each.parameters for each in listing.details])))
        attributes = whole if full else {name: whole[name] for name in whole if name in needed}
        for detail in listing.details:
            answer = value(described.operation_model(detail.operation).output_shape, full=full)
            found = jmespath.search(detail.answer, answer) if detail.answer else answer
            if detail.batch:
                found = found[0] if found else None
            attributes[detail.key] = found
        if under:
            attributes["$under"] = under
        name = f"arn:aws:{listing.service}:{REGION}:{ACCOUNT}:{listing.type or listing.operation}"
        yield resource(listing.type, name, attributes)
        for child in listing.children:
            yield from items(child, full=full, under=name)


def resource(type_: str, name: str, attributes: dict) -> Resource:
    return Resource(Address("aws", f"{ACCOUNT}/{REGION}", name), type_, attributes, Span("s", 0, 1), Plane.LIVE,
                    Scope("aws", ACCOUNT, REGION))  # fmt: skip


@pytest.mark.parametrize("full", [True, False], ids=["full", "bare"])
@pytest.mark.parametrize("listing", LISTINGS, ids=lambda each: f"{each.service}:{each.operation}:{each.type}")
def test_answers_of_the_described_form_are_spelled_and_mapped(listing, full):
    given = list(items(listing, full=full))
    assert given
    spelled = spell(given, ())
    assert [each.summary for each in spelled.diagnostics] == []
    known = spellings()
    wanted = {name for each in given if each.type in known for name in known[each.type].types}
    assert {each.type for each in spelled.resources if each.type not in {one.type for one in given}} <= wanted
    assembler = Assembler(Tables())
    assembler.add(spelled.resources, spelled.unread)
    assembler.finish()
    assert [each.summary for each in assembler.diagnostics] == []


@pytest.mark.parametrize("listing", [each for each in LISTINGS if each.details], ids=lambda each: each.type)
def test_details_that_were_not_read_are_unknown_and_nothing_breaks(listing):
    why = Unknown("denied", Cause.OUTSIDE_SCAN)
    given = list(items(listing, full=True))
    for each in given:
        each.attributes.update({detail.key: why for detail in listing.details})
    spelled = spell(given, ())
    assert [each.summary for each in spelled.diagnostics] == []
    assembler = Assembler(Tables())
    assembler.add(spelled.resources, spelled.unread)
    assembler.finish()
    assert [each.summary for each in assembler.diagnostics] == []


@pytest.mark.parametrize("full", [True, False], ids=["full", "bare"])
@pytest.mark.parametrize("listing", [each for each in LISTINGS if each.details], ids=lambda each: each.type)
def test_one_detail_that_was_not_read_costs_no_resource(listing, full):
    """Each detail by itself denied, beside details that were read."""
    why = Unknown("denied", Cause.OUTSIDE_SCAN)
    for detail in listing.details:
        given = list(items(listing, full=full))
        given[0].attributes[detail.key] = why
        assert [f"{detail.key}: {each.summary}" for each in spell(given, ()).diagnostics] == []


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda each: f"{each.service}:{each.operation}:{each.type}")
def test_keys_that_were_not_read_cost_no_resource(listing):
    """KMS denied: every key that an answer names is one of ours of which nothing is known."""
    given = [replace(each, attributes=keyed(each.attributes)) for each in items(listing, full=True)]
    spelled = spell(given, ())
    assert [each.summary for each in spelled.diagnostics] == []
    assembler = Assembler(Tables())
    assembler.add(spelled.resources, spelled.unread)
    assembler.finish()
    assert [each.summary for each in assembler.diagnostics] == []


def keyed(held):
    """The same with an ARN of a key wherever a key may be named, also where the service has but a map of texts."""
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    if isinstance(held, list):
        return [keyed(each) for each in held]
    if not isinstance(held, dict):
        return held
    told = {
        name: key
        if isinstance(each, str) and re.search("(?i)(kms|encryption).*(key|arn|id)|^KeyId$", name)
        else keyed(each)
        for name, each in held.items()
    }
    return {**told, "KmsMasterKeyId": key} if held.get("key") == "text-value" else told


def test_an_odd_answer_costs_one_resource():
    bad = resource("AWS::EC2::SecurityGroup", "arn:a", {"GroupId": "sg-1", "IpPermissions": ["nonsense"]})
    good = resource("AWS::EC2::VPC", "arn:b", {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"})
    spelled = spell([bad, good], ())
    assert [each.type for each in spelled.resources] == ["aws_vpc"]
    assert [each.code for each in spelled.diagnostics] == ["read-answer"]


def test_what_was_not_listed_opens_what_it_would_have_said():
    """Flow logs denied: whether the network logs is unknown; plans denied: what selects the bucket is open."""
    network = resource("AWS::EC2::VPC", "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1",
                       {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"})  # fmt: skip
    bucket = resource("AWS::S3::Bucket", "arn:aws:s3:::b", {"Name": "b", "Versioning": {}})
    why = Unknown("ec2:DescribeFlowLogs is denied", Cause.OUTSIDE_SCAN)
    unread = [
        Unread(ACCOUNT, REGION, ("AWS::EC2::FlowLog",), why),
        Unread(ACCOUNT, REGION, ("AWS::Backup::BackupSelection",), why),
    ]
    spelled = spell([network, bucket], unread)
    assembler = Assembler(Tables())
    assembler.add(spelled.resources, spelled.unread)
    graph = assembler.finish()
    (index,) = graph.nodes("network")
    assert graph.peek(index, "flow_logged") is why
    (store,) = graph.nodes("object_store")
    opened = dict(graph.open_inverse_relations())
    assert opened["backs_up", store] is why


def test_elsewhere_is_not_opened():
    network = resource("AWS::EC2::VPC", "arn:vpc", {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"})
    why = Unknown("denied", Cause.OUTSIDE_SCAN)
    spelled = spell([network], [Unread(ACCOUNT, "us-east-1", ("AWS::EC2::FlowLog",), why)])
    assembler = Assembler(Tables())
    assembler.add(spelled.resources, spelled.unread)
    graph = assembler.finish()
    (index,) = graph.nodes("network")
    assert graph.peek(index, "flow_logged") is False


def test_targets_that_were_not_read_leave_the_relation_open():
    why = Unknown("wafv2:ListResourcesForWebACL is denied", Cause.OUTSIDE_SCAN)
    acl = resource("AWS::WAFv2::WebACL", "arn:acl", {
        "Id": "1", "Name": "a", "GetWebACL": {}, "ListResourcesForWebACL": why, "GetLoggingConfiguration": None,
    })  # fmt: skip
    balancer = resource("AWS::ElasticLoadBalancingV2::LoadBalancer", "arn:lb", {"LoadBalancerName": "b"})
    spelled = spell([acl, balancer], ())
    assembler = Assembler(Tables())
    assembler.add(spelled.resources, spelled.unread)
    graph = assembler.finish()
    (index,) = graph.nodes("load_balancer")
    assert dict(graph.open_inverse_relations())["protects", index] is why


def mapped(*given):
    """The graph of live resources, and its diagnostics, which there must be none of."""
    spelled = spell(given, ())
    assert [each.summary for each in spelled.diagnostics] == []
    assembler = Assembler(Tables())
    assembler.add(spelled.resources, spelled.unread)
    return assembler.finish()


def key_of(manager: str):
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{manager}"
    return arn, resource("AWS::KMS::Key", arn, {"KeyId": manager, "DescribeKey": {"KeyManager": manager}})


@pytest.mark.parametrize(("manager", "own"), [("CUSTOMER", True), ("AWS", False)])
def test_series_are_encrypted_by_their_databases_key(manager, own):
    """Timestream API reference, Database and Table: the key is the database's, and always named."""
    arn, key = key_of(manager)
    base = f"arn:aws:timestream:{REGION}:{ACCOUNT}:database/d"
    graph = mapped(
        key,
        resource("AWS::Timestream::Database", base, {"Arn": base, "DatabaseName": "d", "KmsKeyId": arn}),
        resource("AWS::Timestream::Table", f"{base}/table/t",
                 {"Arn": f"{base}/table/t", "TableName": "t", "DatabaseName": "d", "ListTagsForResource": []}),
    )  # fmt: skip
    (index,) = graph.nodes("table")
    assert graph.peek(index, "customer_key") is own
    assert graph.peek(index, "name") == "t"
    assert graph.peek(index, "encrypted") is True


@pytest.mark.parametrize("public", [True, False])
def test_a_serverless_warehouse_is_as_open_as_its_workgroup(public):
    """Redshift Serverless API reference, Namespace and Workgroup."""
    lead = f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}"
    parameters = [{"parameterKey": "require_ssl", "parameterValue": "true"}]
    graph = mapped(
        resource("AWS::RedshiftServerless::Namespace", f"{lead}:namespace/1", {
            "namespaceArn": f"{lead}:namespace/1", "namespaceId": "1", "namespaceName": "n",
            "kmsKeyId": "AWS_OWNED_KMS_KEY", "logExports": ["userlog"],
            "ListTagsForResource": [{"key": "a", "value": "b"}]}),
        resource("AWS::RedshiftServerless::Workgroup", f"{lead}:workgroup/2", {
            "workgroupArn": f"{lead}:workgroup/2", "workgroupName": "w", "namespaceName": "n",
            "publiclyAccessible": public, "subnetIds": [], "securityGroupIds": [],
            "configParameters": parameters}),
    )  # fmt: skip
    (index,) = graph.nodes("database")
    assert graph.peek(index, "public_access") is public
    assert graph.peek(index, "tls_required") is True
    assert graph.peek(index, "customer_key") is False
    assert graph.peek(index, "tags") == {"a": "b"}


def test_a_build_project_says_what_terraform_says():
    """CodeBuild API reference, Project: environment, logsConfig, serviceRole."""
    arn = f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/p"
    told = {
        "name": "p", "serviceRole": f"arn:aws:iam::{ACCOUNT}:role/r", "logsConfig": {
            "cloudWatchLogs": {"status": "DISABLED"}, "s3Logs": {"status": "DISABLED"}},
        "environment": {"image": "aws/codebuild/standard:7.0", "privilegedMode": True, "environmentVariables": [
            {"name": "TOKEN", "value": {"$dropped": True}, "type": "PLAINTEXT"}]},
    }  # fmt: skip
    graph = mapped(resource("AWS::CodeBuild::Project", arn, {"name": "p", "Project": told}))
    (index,) = graph.nodes("container_service")
    assert graph.peek(index, "privileged") is True
    assert graph.peek(index, "logged") is False
    assert graph.peek(index, "images") == ["aws/codebuild/standard:7.0"]
