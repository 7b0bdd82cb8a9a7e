import json
from typing import Any

import pytest

from scanner.mapping.aws.keys import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, edges, graph_of, later

KEY = "aws_kms_key.k"
SECRET = "aws_secretsmanager_secret.s"


@pytest.mark.parametrize(
    ("name", "attributes", "attribute", "expected"),
    [
        (KEY, {}, "rotated", False),
        (KEY, {"enable_key_rotation": True}, "rotated", True),
        (KEY, {"enable_key_rotation": HIDDEN}, "rotated", UNKNOWN),
        (KEY, {"customer_master_key_spec": "RSA_4096"}, "rotated", None),
        ("aws_kms_external_key.k", {}, "rotated", None),
        ("aws_kms_replica_key.k", {}, "rotated", UNKNOWN),
        (KEY, {}, "deletion_days", 30),
        (KEY, {"deletion_window_in_days": 7}, "deletion_days", 7),
        (SECRET, {}, "rotated", False),
        (SECRET, {}, "customer_key", False),
        (SECRET, {"kms_key_id": "alias/aws/secretsmanager"}, "customer_key", False),
        (SECRET, {"kms_key_id": later("aws_kms_key.k.arn")}, "customer_key", True),
        (SECRET, {"kms_key_id": HIDDEN}, "customer_key", UNKNOWN),
        (SECRET, {}, "recovery_days", 30),
        (SECRET, {"recovery_window_in_days": 0}, "recovery_days", 0),
        ("aws_ssm_parameter.p", {"type": "SecureString"}, "encrypted", True),
        ("aws_ssm_parameter.p", {"type": "String"}, "encrypted", False),
        ("aws_ssm_parameter.p", {"type": HIDDEN}, "encrypted", UNKNOWN),
        ("aws_acm_certificate.c", {"validation_method": "DNS"}, "validation", "DNS"),
        ("aws_acm_certificate.c", {}, "transparency_logged", True),
        ("aws_acm_certificate.c", {"options": [{"certificate_transparency_logging_preference": "DISABLED"}]},
         "transparency_logged", False),
        ("aws_acm_certificate.c", {"private_key": "k"}, "transparency_logged", None),
    ],
)  # fmt: skip
def test_attributes(name: str, attributes: dict[str, Any], attribute: str, *, expected: object) -> None:
    assert ask(TABLE, name, attributes, attribute) == expected


def version(value: Any) -> dict[str, Any]:
    return {"aws_secretsmanager_secret_version__v": {
        "secret_id": later("aws_secretsmanager_secret.s.id"), "secret_string": value}}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("hunter2", ["secret"]),
        (json.dumps({"username": "app", "password": "hunter2"}), ["password"]),
        (later("random_password.p.result"), []),
        ("${var.password}", []),
    ],
)
def test_literal_secrets(value: Any, expected: list[str]) -> None:
    assert ask(TABLE, SECRET, {}, "literal_secrets", **version(value)) == expected


def test_rotation_and_policies_in_resources_of_their_own() -> None:
    rotation = {"aws_secretsmanager_secret_rotation__r": {"secret_id": later("aws_secretsmanager_secret.s.id")}}
    assert ask(TABLE, SECRET, {}, "rotated", **rotation) is True
    policy = {"aws_kms_key_policy__p": {"key_id": later("aws_kms_key.k.id"),
                                        "policy": '{"Statement": [{"Effect": "Deny"}]}'}}  # fmt: skip
    assert ask(TABLE, KEY, {}, "statements", **policy)[0]["effect"] == "Deny"


def test_whoever_names_an_alias_means_its_key() -> None:
    graph = graph_of(TABLE, {
        KEY: {},
        "aws_kms_alias.a": {"name": "alias/data", "target_key_id": later("aws_kms_key.k.key_id")},
        SECRET: {"kms_key_id": later("aws_kms_alias.a.arn")},
    })  # fmt: skip
    assert edges(graph, "encrypted_with") == {(SECRET, KEY)}
