"""What a condition says of one context. Source: IAM User Guide, "IAM JSON policy elements: Condition operators",
"Multivalued context keys" and "Condition operators to check existence of condition keys"."""

import pytest

from scanner.analysis.access.conditions import Held, clause, holds, ways

TAG = "aws:PrincipalTag/team"


def held(operator: str, values: str, value: Held) -> bool:
    found = clause(operator, TAG, values.split("|"))
    assert found is not None
    return holds(found, value)


@pytest.mark.parametrize(
    ("operator", "values", "value", "expected"),
    [
        ("StringEquals", "a|b", "b", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a*", "ab", False),
        ("StringEqualsIgnoreCase", "Team", "tEAM", True),
        ("StringNotEquals", "a|b", "b", False),
        ("StringNotEquals", "a|b", "c", True),
        ("StringLike", "a*", "ab", True),
        ("StringLike", "a?", "abc", False),
        ("StringNotLike", "a*|b*", "bc", False),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericGreaterThan", "10", "9.5", False),
        ("NumericEquals", "10", "ten", False),
        ("DateGreaterThan", "2020-01-01T00:00:01Z", "2023-05-01T00:00:00Z", True),
        ("DateLessThan", "2020-01-01T00:00:01Z", "2023-05-01T00:00:00Z", False),
        ("DateGreaterThan", "1577836800", "2023-05-01T00:00:00Z", True),
        ("Bool", "true", "true", True),
        ("Bool", "true", "false", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.9", True),
        ("IpAddress", "203.0.113.9", "203.0.113.8", False),
        ("NotIpAddress", "203.0.113.0/24|10.0.0.0/8", "10.1.1.1", False),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
        ("ArnLike", "arn:aws:sns:*:123456789012:*", "arn:aws:sns:us-east-1:123456789012:t", True),
        ("ArnEquals", "arn:aws:iam::*:role/x", "arn:aws:iam::123456789012:role/x", True),
        # six components compared one by one: `*` does not cross a colon, where StringLike does
        ("ArnLike", "arn:aws:*:t", "arn:aws:sns:us-east-1:123456789012:t", False),
        ("StringLike", "arn:aws:*:t", "arn:aws:sns:us-east-1:123456789012:t", True),
        ("ArnNotLike", "arn:aws:iam::1:role/*", "arn:aws:iam::2:role/x", True),
    ],
)
def test_single_values(operator: str, values: str, value: str, *, expected: bool) -> None:
    assert held(operator, values, value) is expected


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("StringEquals", "a", False),
        ("StringLike", "*", False),
        ("StringNotEquals", "a", True),
        ("StringNotLike", "a", True),
        ("ArnNotLike", "arn:aws:iam::1:role/x", True),
        ("NotIpAddress", "10.0.0.0/8", True),
        ("NumericNotEquals", "1", True),
        ("DateNotEquals", "2020-01-01", True),
        ("NumericLessThan", "1", False),
        ("Bool", "false", False),  # why a Deny unless MFA needs BoolIfExists: long-term keys lack the key
        ("BoolIfExists", "false", True),
        ("StringEqualsIfExists", "a", True),
        ("Null", "true", True),
        ("Null", "false", False),
        ("ForAllValues:StringEquals", "a", True),
        ("ForAnyValue:StringEquals", "a", False),
        ("ForAnyValue:StringNotEquals", "a", False),
    ],
)
def test_a_missing_key(operator: str, values: str, *, expected: bool) -> None:
    assert held(operator, values, None) is expected


@pytest.mark.parametrize(
    ("operator", "values", "value", "expected"),
    [
        ("ForAllValues:StringEquals", "a|b", ("a", "b"), True),
        ("ForAllValues:StringEquals", "a|b", ("a", "c"), False),
        ("ForAnyValue:StringEquals", "a|b", ("a", "c"), True),
        ("ForAnyValue:StringEquals", "a|b", ("c",), False),
        ("ForAllValues:StringNotEquals", "a", ("b", "c"), True),
        ("ForAnyValue:StringNotEquals", "a", ("a", "b"), True),
        ("ForAllValues:StringLike", "a*", (), True),
        ("Null", "false", ("a",), True),
    ],
)
def test_several_values(operator: str, values: str, value: tuple[str, ...], *, expected: bool) -> None:
    assert held(operator, values, value) is expected


def test_what_is_no_operator() -> None:
    assert clause("StringMatches", "aws:x", ["a"]) is None
    assert clause("ForSomeValues:StringEquals", "aws:x", ["a"]) is None


def test_clauses_that_exclude_each_other_never_hold_together() -> None:
    one, other = clause("StringEquals", TAG, ["a"]), clause("StringLike", TAG, ["b*"])
    assert one is not None
    assert other is not None
    assert {mask for mask, _ in ways((one, other))} == {0, 1, 2}
