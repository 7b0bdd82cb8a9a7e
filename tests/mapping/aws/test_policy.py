import json
from typing import Any

import pytest

from scanner.mapping.aws.policy import public, statements, tls_required
from scanner.model.value import Cause, Undetermined, Unknown
from tests.mapping.build import HIDDEN, later

ANYONE = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}


LOOKED_UP = Unknown("looked up", Cause.DATA_SOURCE, ("data.aws_caller_identity.current.arn",))


def normal(*listed: Any) -> list[Any]:
    return statements({"Version": "2012-10-17", "Statement": list(listed)})


def test_forms_are_made_equal() -> None:
    text = json.dumps({
        "Statement": {
            "Effect": "Allow", "Principal": {"AWS": ["1", "2"], "Service": "ec2.amazonaws.com"}, "Action": "s3:*",
            "NotResource": ["a", "b"], "Condition": {"Bool": {"aws:SecureTransport": False}},
        }})  # fmt: skip
    assert statements(text) == [
        {
            "effect": "Allow",
            "actions": ["s3:*"],
            "not_actions": [],
            "resources": [],
            "not_resources": ["a", "b"],
            "principals": [
                {"type": "AWS", "id": "1"},
                {"type": "AWS", "id": "2"},
                {"type": "Service", "id": "ec2.amazonaws.com"},
            ],
            "not_principals": [],
            "conditions": [{"operator": "Bool", "key": "aws:SecureTransport", "values": ["false"]}],
        }
    ]
    assert normal({"Principal": "*"})[0]["principals"] == [{"type": "*", "id": "*"}]
    assert normal({"NotPrincipal": {"AWS": "1"}})[0]["not_principals"] == [{"type": "AWS", "id": "1"}]


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_no_policy_has_no_statements(nothing: Any) -> None:
    assert statements(nothing) == []


def test_unknown_parts_stay_where_they_stood() -> None:
    found = normal({"Action": ["a", HIDDEN], "Resource": HIDDEN})[0]
    assert found["actions"][1] is HIDDEN
    assert found["resources"] == [HIDDEN]


@pytest.mark.parametrize(
    ("value", "cause"),
    [(HIDDEN, Cause.NO_DEFAULT), ("{nonsense", Cause.OUTSIDE_SCAN), ("[1]", Cause.OUTSIDE_SCAN)],
)
def test_what_is_no_policy_is_undetermined(value: Any, cause: Cause) -> None:
    with pytest.raises(Undetermined) as raised:
        statements(value)
    assert raised.value.unknown.cause is cause


def when(operator: str, key: str, value: Any) -> dict[str, Any]:
    return ANYONE | {"Condition": {operator: {key: value}}}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (ANYONE, True),
        (ANYONE | {"Principal": {"AWS": "*"}}, True),
        (ANYONE | {"Principal": {"AWS": "arn:aws:iam::1:root"}}, False),
        (ANYONE | {"Principal": {"AWS": later("aws_iam_role.r.arn")}}, False),
        (ANYONE | {"Principal": {"AWS": LOOKED_UP}}, False),
        (ANYONE | {"Principal": {"Service": "sns.amazonaws.com"}}, False),
        (ANYONE | {"Effect": "Deny"}, False),
        (when("StringEquals", "aws:PrincipalOrgID", "o-1"), False),
        (when("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1"), True),
        (when("StringNotEquals", "aws:PrincipalOrgID", "o-1"), True),
        (when("StringLike", "aws:PrincipalArn", "*"), True),
        (when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/x"), True),
        (when("ArnEquals", "aws:SourceArn", "arn:aws:s3:*:*:bucket"), False),
        (when("ArnEquals", "aws:SourceArn", later("aws_sns_topic.t.arn")), False),
        (when("IpAddress", "aws:SourceIp", "0.0.0.0/0"), True),
        (when("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "::/0"]), True),
        (when("IpAddress", "aws:SourceIp", "203.0.113.0/24"), False),
        (when("StringEquals", "aws:SourceVpce", HIDDEN), False),
        (when("Bool", "aws:SecureTransport", "true"), True),
    ],
)
def test_public(statement: dict[str, Any], *, expected: bool) -> None:
    assert public(normal(statement)) is expected


@pytest.mark.parametrize(
    "statement",
    [
        ANYONE | {"Principal": {"AWS": HIDDEN}},
        ANYONE | {"Effect": HIDDEN},
        ANYONE | {"Condition": HIDDEN},
        HIDDEN,
    ],
)
def test_public_is_undetermined_where_it_hangs_on_an_unknown(statement: Any) -> None:
    with pytest.raises(Undetermined):
        public(normal(statement))


def test_what_is_certain_decides_whatever_else_is_unknown() -> None:
    assert public(normal(ANYONE | {"Principal": {"AWS": HIDDEN}}, ANYONE)) is True
    with pytest.raises(Undetermined):  # it may be the Deny that ends it
        public(normal(ANYONE | {"Effect": HIDDEN, "Resource": "*"}, ANYONE))


def test_a_deny_of_everything_ends_it() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    assert public(normal(ANYONE, deny)) is False
    assert public(normal(ANYONE | {"Principal": {"AWS": HIDDEN}}, deny)) is False
    assert public(normal(ANYONE, deny | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}})) is True


def test_tls_needs_a_deny() -> None:
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:SecureTransport": False}}}  # fmt: skip
    assert tls_required(normal(deny)) is True
    assert tls_required(normal()) is False
    with pytest.raises(Undetermined):
        tls_required(normal(deny | {"Resource": Unknown("a name", Cause.NO_DEFAULT)}))
