from typing import Any

import pytest

from scanner.mapping.aws import functions
from scanner.mapping.aws.events import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, complete, edges, graph_of, later


def test_every_row_says_all_that_its_kind_asks() -> None:
    assert complete(TABLE) == set()


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, True),
        ({"state": "DISABLED"}, False),
        ({"state": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"}, True),
        ({"is_enabled": False}, False),
        ({"state": HIDDEN}, UNKNOWN),
    ],
)
def test_rules_are_active_unless_told_otherwise(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, "aws_cloudwatch_event_rule.r", attributes, "active") == expected


BUS = "aws_cloudwatch_event_bus.b"
NAME = later(f"{BUS}.name")


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({}, True),
        ({"aws_cloudwatch_event_permission__p": {"event_bus_name": NAME, "principal": "*"}}, False),
        (
            {"aws_cloudwatch_event_permission__p": {"event_bus_name": NAME, "principal": "*", "condition": [{}]}},
            True,
        ),
        ({"aws_cloudwatch_event_permission__p": {"event_bus_name": NAME, "principal": "111122223333"}}, True),
        ({"aws_cloudwatch_event_bus_policy__p": {"event_bus_name": NAME, "policy": HIDDEN}}, UNKNOWN),
    ],
)
def test_who_may_send_to_a_bus(others: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, BUS, {}, "source_limited", **others) == expected


def test_a_rule_forwards_to_its_target() -> None:
    graph = graph_of(
        {**TABLE, **functions.TABLE},
        {
            "aws_cloudwatch_event_rule.r": {"name": "r"},
            "aws_cloudwatch_event_target.t": {
                "rule": later("aws_cloudwatch_event_rule.r.name"),
                "arn": later("aws_lambda_function.f.arn"),
            },
            "aws_lambda_function.f": {},
        },
    )
    assert edges(graph, "forwards_to") == {("aws_cloudwatch_event_rule.r", "aws_lambda_function.f")}


def test_stack_parameters_may_hold_credentials() -> None:
    stack = "aws_cloudformation_stack.s"
    assert ask(TABLE, stack, {"parameters": {"DbPassword": "hunter2secret"}}, "literal_secrets") == ["DbPassword"]
    assert ask(TABLE, stack, {"parameters": {"Stage": "prod"}}, "literal_secrets") == []
    assert ask(TABLE, stack, {"parameters": HIDDEN}, "literal_secrets") == UNKNOWN
