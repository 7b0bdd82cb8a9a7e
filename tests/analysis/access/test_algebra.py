"""Difference, intersection and emptiness of policies, where it is known by the language's own rules.

Sources: IAM User Guide, "IAM JSON policy elements: Action, NotAction, Resource, NotResource, Principal", "Policy
variables"; AWS's own samples for CheckNoNewAccess are run by `test_aws_samples.py` where they are at hand.
"""

from __future__ import annotations

from typing import Any

import pytest

from scanner.analysis.access.algebra import difference, intersection, witness
from scanner.analysis.access.policy import Policy
from scanner.model.value import Cause, Unknown
from tests.analysis.access.statements import policy

S3 = "arn:aws:s3:::b/*"


def get(resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Action": "s3:GetObject", "Resource": resource, **more}


@pytest.mark.parametrize(
    ("new", "reference", "expected"),
    [
        ([get(S3)], [get("*")], "no"),
        ([get("*")], [get(S3)], "yes"),
        ([{"Action": "s3:getobject", "Resource": S3}], [get(S3)], "no"),  # case of actions
        ([get("arn:aws:s3:::B/*")], [get(S3)], "yes"),  # case of resources
        ([get(S3), get("arn:aws:s3:::c/*")], [get(["arn:aws:s3:::c/*", S3])], "no"),
        ([{"Action": "s3:*", "Resource": "*"}], [{"NotAction": "iam:*", "Resource": "*"}], "no"),
        ([{"NotAction": "iam:*", "Resource": "*"}], [{"Action": "s3:*", "Resource": "*"}], "yes"),
        # two Allows with NotAction allow all but what both leave out
        (
            [{"Action": "iam:CreateUser", "Resource": "*"}],
            [{"NotAction": "iam:*", "Resource": "*"}, {"NotAction": "s3:*", "Resource": "*"}],
            "no",
        ),
        ([get("arn:aws:s3:::a/1")], [{"Action": "s3:GetObject", "NotResource": S3}], "no"),
        ([get("arn:aws:s3:::b/1")], [{"Action": "s3:GetObject", "NotResource": S3}], "yes"),
        ([get(S3)], [get("*"), get("arn:aws:s3:::b/secret", Effect="Deny")], "yes"),
        (
            [get(S3), get("arn:aws:s3:::b/secret*", Effect="Deny")],
            [get("*"), get("arn:aws:s3:::b/secret", Effect="Deny")],
            "no",
        ),
        ([{"Action": "nosuch:Thing", "Resource": "*"}], [{"Action": "s3:*", "Resource": "*"}], "yes"),
        ([{"Action": "nosuch:Thing", "Resource": "*"}], [{"Action": "nosuch:*", "Resource": "*"}], "no"),
        ([{"Action": "*", "Resource": "*"}], [{"Action": "*", "Resource": "arn:aws:*"}], "yes"),
        # an action that takes no resource is not granted by an ARN
        ([{"Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::*"}], [get(S3)], "no"),
    ],
)
def test_difference(new: Any, reference: Any, expected: str) -> None:
    assert difference(policy(*new), policy(*reference)).verdict == expected


IF_MFA = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
UNLESS_MFA = {"Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}


@pytest.mark.parametrize(
    ("new", "reference", "expected"),
    [
        ([get()], [get(**IF_MFA)], "yes"),
        ([get(**IF_MFA)], [get()], "no"),
        ([get(), get(Effect="Deny", **UNLESS_MFA)], [get(**IF_MFA)], "no"),
        ([get(**IF_MFA)], [get(), get(Effect="Deny", **UNLESS_MFA)], "no"),
        (
            [get(Condition={"StringLike": {"aws:PrincipalTag/t": "ab*"}})],
            [get(Condition={"StringLike": {"aws:PrincipalTag/t": "a*"}})],
            "no",
        ),
        (
            [get(Condition={"StringNotEquals": {"aws:PrincipalTag/t": "a"}})],
            [get(Condition={"StringLike": {"aws:PrincipalTag/t": "*"}})],
            "yes",  # the key may be missing
        ),
        (
            [get(Condition={"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}})],
            [get(Condition={"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}})],
            "no",
        ),
        (
            [get(Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}})],
            [get(Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}})],
            "yes",  # ForAllValues holds where there is no key
        ),
        (
            [get(Condition={"DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}})],
            [get(Condition={"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}})],
            "no",
        ),
    ],
)
def test_difference_under_conditions(new: Any, reference: Any, expected: str) -> None:
    assert difference(policy(*new), policy(*reference)).verdict == expected


HOME = "arn:aws:s3:::home/${aws:username}/*"


@pytest.mark.parametrize(
    ("new", "reference", "expected"),
    [
        ([get(HOME)], [get(HOME)], "no"),
        ([get(HOME)], [get("arn:aws:s3:::home/*")], "no"),
        ([get(HOME)], [get("arn:aws:s3:::home/bob/*")], "yes"),
        ([get("arn:aws:s3:::home/bob/*")], [get(HOME)], "yes"),
        (
            [get("arn:aws:s3:::home/bob/*", Condition={"StringEquals": {"aws:username": "bob"}})],
            [get(HOME)],
            "no",
        ),
        ([get("arn:aws:s3:::home/${*}/x")], [get("arn:aws:s3:::home/a/x")], "yes"),
    ],
)
def test_variables(new: Any, reference: Any, expected: str) -> None:
    assert difference(policy(*new), policy(*reference)).verdict == expected


def test_a_variable_may_have_the_value_that_another_policy_names() -> None:
    assert intersection(policy(get(HOME)), policy(get("arn:aws:s3:::home/bob/*"))).verdict == "yes"
    assert intersection(policy(get(HOME)), policy(get("arn:aws:s3:::other/bob/*"))).verdict == "no"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([get("arn:aws:s3:::a*")], [get("arn:aws:s3:::*b")], "yes"),
        ([get("arn:aws:s3:::a*c")], [get("arn:aws:s3:::b*c")], "no"),
        ([get(S3)], [{"Action": "s3:PutObject", "Resource": S3}], "no"),
        ([get(**IF_MFA)], [get(Condition={"Null": {"aws:MultiFactorAuthPresent": "true"}})], "no"),
    ],
)
def test_intersection(one: Any, other: Any, expected: str) -> None:
    assert intersection(policy(*one), policy(*other)).verdict == expected


def test_emptiness() -> None:
    assert witness(policy(get(S3))).verdict == "yes"
    assert witness(policy(get(S3), get("*", Effect="Deny"))).verdict == "no"
    assert witness(policy({"Action": "s3:ListAllMyBuckets", "Resource": S3})).verdict == "no"
    assert witness(Policy(())).verdict == "no"


def test_a_witness_is_of_the_kind_that_the_action_takes() -> None:
    found = difference(policy(get("*")), policy(get(S3))).witness
    assert found is not None
    assert (found.action, found.context) == ("s3:GetObject", {})
    assert found.resource.startswith("arn:aws:s3:::")
    assert not found.resource.startswith("arn:aws:s3:::b/")


def test_unknown_parts_leave_open_only_what_hangs_on_them() -> None:
    hidden = Unknown('variable "r" has no default', Cause.NO_DEFAULT)
    blank: dict[str, Any] = {name: [] for name in (
        "not_actions", "not_resources", "principals", "not_principals", "conditions")}  # fmt: skip
    partly = Policy.of([{**blank, "effect": "Allow", "actions": ["s3:GetObject"], "resources": [hidden, S3]}])
    assert difference(partly, policy(get("*"))).verdict == "no"
    assert difference(partly, policy(get("arn:aws:s3:::c/*"))).verdict == "yes"
    assert difference(partly, policy(get(S3))).verdict == "unknown"
    assert difference(policy(get(S3)), partly).verdict == "no"
    assert difference(policy(get("arn:aws:s3:::c/1")), partly).verdict == "unknown"


def test_principals() -> None:
    def trust(**named: Any) -> Policy:
        return policy({"Principal": named or "*", "Action": "sts:AssumeRole"})

    account, role = "123456789012", "arn:aws:iam::123456789012:role/r"
    assert difference(trust(AWS=role), trust(AWS=account)).verdict == "no"
    assert difference(trust(AWS=f"arn:aws:iam::{account}:root"), trust(AWS=account)).verdict == "no"
    assert difference(trust(AWS=account), trust(AWS=role)).verdict == "yes"
    assert difference(trust(), trust(AWS=account)).verdict == "yes"
    assert difference(trust(Service="ec2.amazonaws.com"), trust(AWS="*")).verdict == "yes"
