from typing import Any

import pytest

from scanner.mapping.aws.functions import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, complete, later

NAME = "aws_lambda_function.f"
OWN = {"function_name": later(f"{NAME}.function_name")}
INVOKE = {**OWN, "action": "lambda:InvokeFunction"}


def test_every_row_says_all_that_its_kind_asks() -> None:
    assert complete(TABLE) == set()


@pytest.mark.parametrize(
    ("permission", "expected"),
    [
        ({"principal": "*"}, True),
        ({"principal": "*", "source_account": "111122223333"}, False),
        ({"principal": "*", "principal_org_id": "o-1234567890"}, False),
        ({"principal": "s3.amazonaws.com", "source_arn": later("aws_s3_bucket.b.arn")}, False),
        ({"principal": HIDDEN}, UNKNOWN),
    ],
)
def test_permissions(permission: dict[str, Any], expected: object) -> None:
    fold = {"aws_lambda_permission__p": {**INVOKE, **permission}}
    assert ask(TABLE, NAME, {}, "public_access", **fold) == expected


@pytest.mark.parametrize(("kind", "expected"), [("NONE", True), ("AWS_IAM", False), (HIDDEN, UNKNOWN)])
def test_urls(kind: object, expected: object) -> None:
    fold = {"aws_lambda_function_url__u": {**OWN, "authorization_type": kind}}
    assert ask(TABLE, NAME, {}, "public_access", **fold) == expected


def test_a_function_without_a_policy_is_private() -> None:
    assert ask(TABLE, NAME, {}, "public_access") is False
    assert ask(TABLE, NAME, {}, "statements") == []


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"API_KEY": "abcd1234efgh5678"}, ["API_KEY"]),
        ({"STAGE": "prod"}, []),
        (HIDDEN, UNKNOWN),
    ],
)
def test_literal_secrets(variables: object, expected: object) -> None:
    assert ask(TABLE, NAME, {"environment": [{"variables": variables}]}, "literal_secrets") == expected


def test_tracing_and_dead_letters() -> None:
    assert ask(TABLE, NAME, {}, "traced") is False
    assert ask(TABLE, NAME, {"tracing_config": [{"mode": "Active"}]}, "traced") is True
    assert ask(TABLE, NAME, {"tracing_config": [{"mode": HIDDEN}]}, "traced") == UNKNOWN
    assert ask(TABLE, NAME, {}, "dead_letter") is False
    queue = {"dead_letter_config": [{"target_arn": later("aws_sqs_queue.q.arn")}]}
    assert ask(TABLE, NAME, queue, "dead_letter") is True
    assert ask(TABLE, NAME, {"dead_letter_config": [{"target_arn": HIDDEN}]}, "dead_letter") == UNKNOWN
