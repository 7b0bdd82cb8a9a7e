"""Policy statements: who is let in, to what, and what an unknown part leaves open."""

import pytest

from scanner.model.statement import allows, is_everything, names_anyone, open_to_anyone, permits
from scanner.model.value import Cause, Undetermined, Unknown

WHO = Unknown('variable "x" has no default', Cause.NO_DEFAULT)
ARN = Unknown("known after apply", Cause.PROVIDER_COMPUTED, ("aws_iam_role.r.arn",))
EVERYONE = {"type": "AWS", "id": "*"}


def statement(**parts: object) -> dict[str, object]:
    empty: dict[str, object] = {
        "effect": "Allow",
        "actions": ["*"],
        "not_actions": [],
        "resources": ["*"],
        "not_resources": [],
        "principals": [],
        "not_principals": [],
        "conditions": [],
    }
    return {**empty, **parts}


def when(operator: str, key: str, *values: object) -> dict[str, object]:
    return {"operator": operator, "key": key, "values": list(values)}


def test_only_an_allow_without_conditions_everywhere_counts() -> None:
    assert allows(statement())
    assert not allows(statement(effect="Deny"))
    assert not allows(statement(conditions=[when("Bool", "aws:SecureTransport", "true")]))
    assert not allows(statement(resources=["arn:aws:s3:::b/*"]))
    assert allows(statement(resources=["arn:aws:s3:::b/*"]), everywhere=False)


def test_a_computed_name_is_not_everything() -> None:
    assert not is_everything(ARN)
    assert not is_everything(Unknown("x", Cause.NO_DEFAULT, prefix="arn:aws:s3:::"))
    with pytest.raises(Undetermined):
        is_everything(WHO)


@pytest.mark.parametrize("principal", [EVERYONE, {"type": "*", "id": "*"}])
def test_everyone(principal: object) -> None:
    assert names_anyone(statement(principals=[principal]))


def test_all_but_some_are_everyone() -> None:
    assert names_anyone(statement(not_principals=[{"type": "AWS", "id": "arn:aws:iam::123456789012:root"}]))


@pytest.mark.parametrize(
    "principal",
    [
        {"type": "AWS", "id": "arn:aws:iam::123456789012:root"},
        {"type": "Service", "id": "ec2.amazonaws.com"},
        {"type": "AWS", "id": ARN},
    ],
)
def test_somebody(principal: object) -> None:
    assert not names_anyone(statement(principals=[principal]))


@pytest.mark.parametrize(
    "condition",
    [
        when("StringEquals", "aws:PrincipalOrgID", "o-example"),
        when("ArnLike", "AWS:SourceArn", "arn:aws:s3:::b"),
        when("IpAddress", "aws:SourceIp", "198.51.100.0/24"),
        when("StringEquals", "kms:CallerAccount", "123456789012"),
        when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-example/r-1/*"),
        when("StringEquals", "aws:SourceAccount", WHO),
    ],
)
def test_conditions_that_close_the_door(condition: object) -> None:
    assert not open_to_anyone(statement(principals=[EVERYONE], conditions=[condition]))


@pytest.mark.parametrize(
    "condition",
    [
        when("StringNotEquals", "aws:PrincipalOrgID", "o-example"),
        when("StringEqualsIfExists", "aws:SourceAccount", "123456789012"),
        when("ForAllValues:StringEquals", "aws:PrincipalOrgID", "o-example"),
        when("StringLike", "aws:SourceArn", "*"),
        when("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
        when("StringEquals", "sts:ExternalId", "not-a-secret"),
        when("Bool", "aws:SecureTransport", "true"),
    ],
)
def test_conditions_that_do_not(condition: object) -> None:
    assert open_to_anyone(statement(principals=[EVERYONE], conditions=[condition]))


@pytest.mark.parametrize(
    "parts",
    [
        {"principals": [{"type": "AWS", "id": WHO}]},
        {"principals": [EVERYONE], "effect": WHO},
        {"principals": [EVERYONE], "conditions": WHO},
        {"principals": WHO},
    ],
)
def test_an_unknown_part_leaves_the_door_undecided(parts: dict[str, object]) -> None:
    with pytest.raises(Undetermined):
        open_to_anyone(statement(**parts))


def test_actions_are_compared_in_lower_case() -> None:
    assert permits(statement(actions=["IAM:PassRole"]), lambda action: action == "iam:passrole")
    with pytest.raises(Undetermined):
        permits(statement(actions=[WHO]), lambda action: action == "iam:passrole")
