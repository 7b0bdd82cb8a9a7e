"""The registry against botocore's own descriptions of the services, and against AWS's catalogue of actions."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from functools import cache

import pytest

from scanner.analysis.access.catalogue import LEVELS, catalogue
from scanner.analysis.access.managed import managed
from scanner.mapping.aws.live import spellings
from scanner.sources.aws import policy
from scanner.sources.aws.guard import Guard, Refused
from scanner.sources.aws.operation import Listing
from scanner.sources.aws.registry import LISTINGS, allowed, operations, services

botocore = pytest.importorskip("botocore.session")

# Actions that read what an account keeps: objects, values, messages, events, code (facts 3.1). The last two are
# Read in the catalogue, and give credentials or data.
PAYLOAD = (
    "s3:GetObject*", "dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Query", "dynamodb:BatchGetItem",
    "sqs:ReceiveMessage", "secretsmanager:GetSecretValue", "ssm:GetParameter*", "logs:GetLogEvents",
    "logs:FilterLogEvents", "kinesis:GetRecords", "lambda:GetFunction", "lambda:GetFunctionConfiguration",
    "ec2:GetConsoleOutput", "ec2:GetPasswordData", "ec2:DescribeInstanceAttribute", "ecr:GetAuthorizationToken",
    "ecr:BatchGetImage", "kms:Decrypt", "iam:GenerateCredentialReport", "codecommit:Get*",
    "athena:GetQueryResults",
)  # fmt: skip


@cache
def model(service: str):
    return botocore.get_session().get_service_model(service)


def member(shape, path: str):
    """The shape at a path of names and brackets; None where there is none."""
    for part in re.findall(r"\w+|\[\w*\]", path):
        if part.startswith("["):
            if shape.type_name != "list":
                return None
            shape = shape.member
        elif shape.type_name == "structure" and part in shape.members:
            shape = shape.members[part]
        else:
            return None
    return shape


def item_fields(listing: Listing) -> set[str]:
    """The fields of an item, as the service's description has them."""
    output = model(listing.service).operation_model(listing.operation).output_shape
    picked = re.search(r"\{(.*)\}\]?$", listing.items)
    if picked:  # fields that the expression itself names
        for source in re.findall(r":\s*(\w+)", picked[1]):
            inner = listing.items.partition(".{")[0] if ".{" in listing.items else ""
            shape = member(output, inner) if inner else output
            assert source in shape.members, f"{listing.operation}: no {source}"
        return set(re.findall(r"(\w+)\s*:", picked[1]))
    path = re.sub(r"\[\?.*\]", "", listing.items)
    whole = re.fullmatch(r"\[(\w+)\]", path)
    shape = member(output, whole[1] if whole else path)
    assert shape is not None, f"{listing.service}:{listing.operation} has no {listing.items}"
    if shape.type_name == "list":
        shape = shape.member
    if shape.type_name == "map":
        return set()
    return set(shape.members) if shape.type_name == "structure" else {listing.wrap}


def named(template: object) -> set[str]:
    """The fields of the item that a template names."""
    return set(re.findall(r"\{(\w+)\}", str(template)))


def every(listing: Listing, parent: frozenset[str] = frozenset()):
    yield listing, parent
    fields = frozenset(item_fields(listing) | set(listing.carries))
    for child in listing.children:
        yield from every(child, fields)


ALL = [pair for listing in LISTINGS for pair in every(listing)]


@pytest.mark.parametrize(("listing", "parent"), ALL, ids=[f"{each.service}:{each.operation}" for each, _ in ALL])
def test_names_exist_in_the_service(listing, parent):
    description = model(listing.service).operation_model(listing.operation)
    asked = description.input_shape
    assert set(listing.parameters) <= set(asked.members if asked else ())
    assert set(asked.required_members if asked else ()) <= set(listing.parameters)
    assert named(listing.parameters) <= parent
    fields = item_fields(listing) | set(listing.carries)
    assert named(listing.id) <= fields
    assert named(tuple(listing.carries.values())) <= parent
    for detail in listing.details:
        about = model(listing.service).operation_model(detail.operation)
        given = {*detail.parameters, *([detail.batch_parameter] if detail.batch else [])}
        assert given <= set(about.input_shape.members)
        assert set(about.input_shape.required_members) <= given
        made = set()
        if detail.order:
            order = model(listing.service).operation_model(detail.order)
            assert set(order.input_shape.required_members) <= set(detail.order_parameters)
            assert named(detail.order_parameters) <= fields
            made = set(order.output_shape.members)
        assert named(detail.parameters) | named(detail.batch_value) <= fields | made
        path = re.match(r"[\w.]+", detail.answer)
        assert path is None or member(about.output_shape, path[0]) is not None, detail.answer


def test_every_operation_lists_or_reads_and_none_reads_payload():
    known = catalogue()
    for action in policy.actions():
        at = known.find(action)
        assert at is not None, f"AWS has no action {action}"
        assert LEVELS[known._told[at][0]] in ("List", "Read"), action
        assert not any(fnmatchcase(action, pattern) for pattern in PAYLOAD), action


def test_every_type_has_a_spelling():
    types = {type_ for listing in LISTINGS for type_ in listing.types()}
    assert types - spellings().keys() <= UNSPELLED


# Listed for drift and inventory; no table maps what they are yet.
UNSPELLED = {
    "AWS::RedshiftServerless::Namespace",
    "AWS::RedshiftServerless::Workgroup",
    "AWS::Timestream::Database",
    "AWS::CodeBuild::Project",
}


def test_spellings_name_types_of_the_tables():
    from scanner.mapping.aws import TABLE

    missing = {name for spelling in spellings().values() for name in spelling.types if name not in TABLE}
    assert not missing


def test_policy_holds_every_action_and_no_more():
    wanted = {action for _, _, action in operations()}
    wanted |= {"ec2:DescribeRegions", "account:ListRegions", "timestream:DescribeEndpoints"}
    wanted |= {"tag:GetResources", "cloudtrail:LookupEvents"}  # of many things at once; by drift alone
    statements = policy.document()["Statement"]
    assert {action for each in statements for action in each["Action"]} == wanted
    assert all(each["Effect"] == "Allow" for each in statements)


def test_policy_fits_into_a_role():
    compact = json.dumps(policy.document(), separators=(",", ":"))
    assert len(compact) <= policy.MOST_CHARACTERS


def test_session_policies_allow_all_that_we_ask():
    """SecurityAudit and ViewOnlyAccess, by the texts that AWS publishes, and what we add to them."""
    allowed_by_aws: list[str] = []
    for name in ("SecurityAudit", "job-function/ViewOnlyAccess"):
        for statement in managed().find(name)["Statement"]:
            found = statement["Action"]
            allowed_by_aws += [found] if isinstance(found, str) else found
    beyond = [
        action
        for action in policy.actions()
        if not any(fnmatchcase(action.lower(), pattern.lower()) for pattern in allowed_by_aws)
    ]
    assert sorted(beyond) == sorted(policy.beyond_managed())


@pytest.mark.parametrize("form", ["json", "terraform", "cloudformation"])
def test_policy_is_printed(form):
    text = policy.printed(form)
    for action in policy.actions():
        assert f'"{action}"' in text
    assert "@" not in text


def test_guard_refuses_what_is_not_registered():
    import boto3

    session = boto3.session.Session("a", "b", region_name="eu-west-1")
    Guard(allowed()).attach(session.events)
    with pytest.raises(Refused, match="s3:DeleteBucket"):
        session.client("s3").delete_bucket(Bucket="b")
    with pytest.raises(Refused, match="secretsmanager:GetSecretValue"):
        session.client("secretsmanager").get_secret_value(SecretId="x")


def test_services_are_in_order():
    assert services() == sorted(services())
