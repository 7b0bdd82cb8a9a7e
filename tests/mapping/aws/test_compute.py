import base64
from typing import Any

import pytest

from scanner.mapping.aws.compute import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, complete, edges, graph_of, later

INSTANCE = "aws_instance.i"
TEMPLATE = "aws_launch_template.t"


def test_every_row_says_all_that_its_kind_asks() -> None:
    assert complete(TABLE) == set()


@pytest.mark.parametrize("name", [INSTANCE, TEMPLATE, "aws_launch_configuration.c"])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"http_tokens": "required"}, True),
        ({"http_tokens": "optional"}, False),
        ({"http_endpoint": "disabled"}, True),
        ({"http_endpoint": "enabled"}, UNKNOWN),
        ({"http_tokens": HIDDEN}, UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_tokens(name: str, options: dict[str, Any] | None, expected: object) -> None:
    attributes = {} if options is None else {"metadata_options": [options]}
    assert ask(TABLE, name, attributes, "tokens_required") == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"root_block_device": [{"encrypted": True}]}, True),
        ({"root_block_device": [{"kms_key_id": later("aws_kms_key.k.arn")}]}, True),
        ({"root_block_device": [{"encrypted": True}], "ebs_block_device": [{"encrypted": False}]}, False),
        ({"root_block_device": [{}], "ebs_block_device": [{"encrypted": "false"}]}, False),
        ({"root_block_device": [{}]}, UNKNOWN),
        ({"ebs_block_device": [{"encrypted": True}]}, UNKNOWN),
        ({"root_block_device": [{"encrypted": HIDDEN}]}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_instance_disks(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, INSTANCE, attributes, "disks_encrypted") == expected


@pytest.mark.parametrize(
    ("disks", "expected"),
    [([{"ebs": [{"encrypted": "true"}]}], True), ([{"ebs": [{"encrypted": False}]}], False), ([], UNKNOWN)],
)
def test_template_disks(disks: list[Any], expected: object) -> None:
    assert ask(TABLE, TEMPLATE, {"block_device_mappings": disks}, "disks_encrypted") == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"associate_public_ip_address": True}, True),
        ({"associate_public_ip_address": False}, False),
        ({"associate_public_ip_address": HIDDEN}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_public_address(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, INSTANCE, attributes, "public_address") == expected
    template = {"network_interfaces": [attributes]} if attributes else {}
    assert ask(TABLE, TEMPLATE, template, "public_address") == expected


def test_credentials_in_start_scripts_plain_or_base64() -> None:
    script = "#!/bin/bash\nexport DB_PASSWORD=hunter2secret\n"
    packed = base64.b64encode(script.encode()).decode()
    assert ask(TABLE, INSTANCE, {"user_data": script}, "literal_secrets") == ["DB_PASSWORD"]
    assert ask(TABLE, INSTANCE, {"user_data_base64": packed}, "literal_secrets") == ["DB_PASSWORD"]
    assert ask(TABLE, TEMPLATE, {"user_data": packed}, "literal_secrets") == ["DB_PASSWORD"]
    assert ask(TABLE, INSTANCE, {"user_data": "echo hello"}, "literal_secrets") == []
    assert ask(TABLE, INSTANCE, {"user_data": HIDDEN}, "literal_secrets") == UNKNOWN


def test_shared_images() -> None:
    shared = {"aws_ami_launch_permission__p": {"image_id": later("aws_ami.a.id"), "group": "all"}}
    assert ask(TABLE, "aws_ami.a", {}, "public_access") is False
    assert ask(TABLE, "aws_ami.a", {}, "public_access", **shared) is True


def test_groups_contain_what_they_launch() -> None:
    graph = graph_of(
        TABLE,
        {
            TEMPLATE: {},
            "aws_launch_configuration.c": {},
            "aws_autoscaling_group.a": {"launch_template": [{"id": later(f"{TEMPLATE}.id")}]},
            "aws_autoscaling_group.b": {"launch_configuration": later("aws_launch_configuration.c.name")},
            "aws_autoscaling_group.m": {
                "mixed_instances_policy": [
                    {
                        "launch_template": [
                            {"launch_template_specification": [{"launch_template_id": later(f"{TEMPLATE}.id")}]}
                        ]
                    }
                ]
            },
        },
    )
    assert edges(graph, "contains") == {
        ("aws_autoscaling_group.a", TEMPLATE),
        ("aws_autoscaling_group.b", "aws_launch_configuration.c"),
        ("aws_autoscaling_group.m", TEMPLATE),
    }
