import json
from dataclasses import replace
from typing import Any

import pytest

from scanner.mapping.assemble import Assembler
from scanner.mapping.aws.objects import TABLE
from scanner.model.value import Cause, Unknown
from tests.mapping.build import HIDDEN, UNKNOWN, ask, complete, edges, graph_of, later, resource, told

BUCKET = "aws_s3_bucket.b"
ITS_ID = later("aws_s3_bucket.b.id")
OURS = Unknown("our fault", Cause.FAULT)
ALL = {
    "block_public_acls": True,
    "block_public_policy": True,
    "ignore_public_acls": True,
    "restrict_public_buckets": True,
}


def asked(attribute: str, inline: dict[str, Any] | None = None, **others: dict[str, Any]) -> Any:
    """What a bucket says, with resources of type aws_s3_bucket_NAME beside it that name it."""
    named = {f"aws_s3_bucket_{name}__x": {"bucket": ITS_ID, **value} for name, value in others.items()}
    return ask(TABLE, BUCKET, inline or {}, attribute, **named)


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})}


ANYONE = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


def test_every_row_says_all_that_its_kind_asks() -> None:
    assert complete(TABLE) == set()


@pytest.mark.parametrize(
    ("inline", "others", "expected"),
    [
        ({}, {}, False),
        ({"acl": "public-read"}, {}, True),
        ({"acl": "authenticated-read"}, {}, True),
        ({"acl": "log-delivery-write"}, {}, False),
        ({"acl": HIDDEN}, {}, UNKNOWN),
        ({"acl": HIDDEN}, {"public_access_block": ALL}, False),
        ({"acl": "public-read"}, {"public_access_block": ALL}, False),
        ({"acl": "public-read"}, {"public_access_block": {"block_public_policy": True}}, True),
        ({"acl": "public-read"},
         {"ownership_controls": {"rule": [{"object_ownership": "BucketOwnerEnforced"}]}}, False),
        ({}, {"acl": {"acl": "public-read-write"}}, True),
        ({"grant": [{"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}]}, {}, True),
        ({}, {"policy": policy(ANYONE)}, True),
        (policy(ANYONE), {"public_access_block": {"restrict_public_buckets": "true"}}, False),
        ({}, {"policy": {"policy": HIDDEN}}, UNKNOWN),
        ({"acl": "public-read"}, {"policy": {"policy": HIDDEN}}, True),
    ],
)  # fmt: skip
def test_public_access(inline: dict[str, Any], others: dict[str, Any], *, expected: object) -> None:
    assert asked("public_access", inline, **others) == expected


def test_a_grant_in_a_resource_of_its_own_opens_the_bucket() -> None:
    grant = {"grantee": [{"uri": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"}]}
    assert asked("public_access", acl={"access_control_policy": [{"grant": [grant]}]}) is True


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({}, UNKNOWN),
        ({"public_access_block": ALL}, True),
        ({"public_access_block": ALL | {"ignore_public_acls": False}}, False),
        ({"public_access_block": {"block_public_acls": True}}, False),
        ({"public_access_block": ALL | {"ignore_public_acls": HIDDEN}}, UNKNOWN),
    ],
)
def test_public_blocked(others: dict[str, Any], expected: object) -> None:
    assert asked("public_blocked", **others) == expected


def test_the_block_of_the_account_covers_its_buckets() -> None:
    block = {"aws_s3_account_public_access_block__a": ALL}
    assert ask(TABLE, BUCKET, {"acl": "public-read"}, "public_access", **block) is False
    assert ask(TABLE, BUCKET, {"acl": "public-read"}, "public_blocked", **block) is True


def test_a_block_that_may_belong_to_the_bucket_leaves_it_open() -> None:
    block = {"aws_s3_bucket_public_access_block__x": ALL | {"bucket": OURS}}
    assert ask(TABLE, BUCKET, {"acl": "public-read"}, "public_access", **block) == UNKNOWN
    assert ask(TABLE, BUCKET, {}, "public_access", **block) is False


@pytest.mark.parametrize(
    ("inline", "others", "expected"),
    [
        ({}, {}, False),
        ({"versioning": [{"enabled": True}]}, {}, True),
        ({"versioning": [{"enabled": HIDDEN}]}, {}, UNKNOWN),
        ({}, {"versioning": {"versioning_configuration": [{"status": "Enabled"}]}}, True),
        ({}, {"versioning": {"versioning_configuration": [{"status": "Suspended"}]}}, False),
    ],
)
def test_versioned(inline: dict[str, Any], others: dict[str, Any], *, expected: object) -> None:
    assert asked("versioned", inline, **others) == expected


def kms(key: Any, algorithm: str = "aws:kms") -> dict[str, Any]:
    return {"rule": [{"apply_server_side_encryption_by_default": [
        {"sse_algorithm": algorithm, "kms_master_key_id": key}]}]}  # fmt: skip


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({}, False),
        ({"server_side_encryption_configuration": kms(later("aws_kms_key.k.arn"))}, True),
        ({"server_side_encryption_configuration": kms(None)}, False),
        ({"server_side_encryption_configuration": kms("alias/aws/s3")}, False),
        ({"server_side_encryption_configuration": kms(None, "AES256")}, False),
        ({"server_side_encryption_configuration": kms(HIDDEN)}, UNKNOWN),
    ],
)
def test_customer_key(others: dict[str, Any], expected: object) -> None:
    assert asked("customer_key", **others) == expected
    assert asked("encrypted", **others) is True


def test_inline_encryption_counts() -> None:
    inline = {"server_side_encryption_configuration": [kms("arn:aws:kms:us-east-1:1:key/k")]}
    assert asked("customer_key", inline) is True


@pytest.mark.parametrize(
    ("attribute", "inline", "others", "expected"),
    [
        ("access_logged", {}, {}, False),
        ("access_logged", {"logging": [{"target_bucket": "logs"}]}, {}, True),
        ("access_logged", {}, {"logging": {"target_bucket": "logs"}}, True),
        ("locked", {}, {}, False),
        ("locked", {"object_lock_enabled": True}, {}, False),
        ("locked", {}, {"object_lock_configuration": {"rule": [{"default_retention": [{"days": 5}]}]}}, True),
        ("delete_protected", {"versioning": [{"mfa_delete": True}]}, {}, True),
        ("delete_protected", {"versioning": [{"mfa_delete": HIDDEN}]}, {}, UNKNOWN),
        ("lifecycle", {}, {}, False),
        ("lifecycle", {"lifecycle_rule": [{"enabled": True, "expiration": [{"days": 9}]}]}, {}, True),
        ("lifecycle", {"lifecycle_rule": [{"enabled": True, "transition": [{"days": 9}]}]}, {}, False),
        ("lifecycle", {}, {"lifecycle_configuration": {"rule": [
            {"status": "Enabled", "noncurrent_version_expiration": [{"noncurrent_days": 9}]}]}}, True),
        ("lifecycle", {}, {"lifecycle_configuration": {"rule": [
            {"status": HIDDEN, "expiration": [{}]}]}}, UNKNOWN),
    ],
)  # fmt: skip
def test_settings(attribute: str, inline: dict[str, Any], others: dict[str, Any], *, expected: object) -> None:
    assert asked(attribute, inline, **others) == expected


REFUSE = {
    "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (REFUSE, True),
        (REFUSE | {"Resource": "*"}, True),
        (REFUSE | {"Resource": "arn:aws:s3:::b/*"}, False),
        (REFUSE | {"Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/logs/*"]}, False),
        (REFUSE | {"Effect": "Allow"}, False),
        (REFUSE | {"Action": "s3:GetObject"}, False),
        (REFUSE | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        (REFUSE | {"Principal": {"AWS": "arn:aws:iam::1:root"}}, False),
    ],
)
def test_tls_required(statement: dict[str, Any], *, expected: object) -> None:
    assert asked("tls_required", policy=policy(statement)) == expected


def test_tls_required_over_names_that_are_not_known_yet() -> None:
    inside = Unknown("later", references=("aws_s3_bucket.b.arn",), suffix="/*")
    deeper = Unknown("later", references=("aws_s3_bucket.b.arn",), suffix="/logs/*")
    itself = later("aws_s3_bucket.b.arn")
    for resources, expected in (([itself, inside], True), ([itself, deeper], UNKNOWN), ([itself], UNKNOWN)):
        document = {"Statement": [REFUSE | {"Resource": resources}]}
        assert asked("tls_required", policy={"policy": document}) == expected


def test_a_block_that_may_not_be_made_decides_nothing() -> None:
    block = resource("aws_s3_bucket_public_access_block.x", {"bucket": ITS_ID, **ALL})
    assembler = Assembler(TABLE)
    assembler.add([resource(BUCKET, {"acl": "public-read"}), replace(block, presence=HIDDEN)])
    assert told(assembler.finish(), BUCKET, "public_access") == UNKNOWN


def test_relations_of_inline_and_split_configuration() -> None:
    graph = graph_of(TABLE, {
        BUCKET: {"bucket": "data"},
        "aws_s3_bucket.logs": {"bucket": "logs"},
        "aws_s3_bucket.copy": {"bucket": "copy"},
        "aws_s3_bucket_logging.l": {"bucket": "data", "target_bucket": later("aws_s3_bucket.logs.id")},
        "aws_s3_bucket_replication_configuration.r": {"bucket": ITS_ID, "rule": [
            {"status": "Enabled", "destination": [{"bucket": "arn:aws:s3:::copy"}]},
            {"status": "Disabled", "destination": [{"bucket": "arn:aws:s3:::logs"}]}]},
    })  # fmt: skip
    assert edges(graph, "logs_to") == {(BUCKET, "aws_s3_bucket.logs")}
    assert edges(graph, "copied_to") == {(BUCKET, "aws_s3_bucket.copy")}
    assert told(graph, BUCKET, "access_logged") is True


def test_names() -> None:
    assert asked("name", {"bucket": "data"}) == "data"
    assert asked("name", {"bucket_prefix": "data-"}) == UNKNOWN


@pytest.mark.parametrize(("acl", "expected"), [(None, False), ("public-read", True), (HIDDEN, UNKNOWN)])
def test_objects(acl: Any, expected: object) -> None:
    assert ask(TABLE, "aws_s3_object.o", {"acl": acl, "key": "k"}, "public_access") == expected
