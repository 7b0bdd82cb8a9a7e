import json
from typing import Any

import pytest

from scanner.mapping.aws.clusters import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, complete, edges, graph_of, later

EKS = "aws_eks_cluster.c"
TASK = "aws_ecs_task_definition.t"


def test_every_row_says_all_that_its_kind_asks() -> None:
    assert complete(TABLE) == set()


@pytest.mark.parametrize(
    ("config", "public", "cidrs"),
    [
        ({}, True, ["0.0.0.0/0"]),
        ({"endpoint_public_access": False}, False, []),
        ({"public_access_cidrs": ["198.51.100.0/24"]}, True, ["198.51.100.0/24"]),
        ({"endpoint_public_access": HIDDEN}, UNKNOWN, UNKNOWN),
        ({"public_access_cidrs": HIDDEN}, True, UNKNOWN),
    ],
)
def test_endpoint(config: dict[str, Any], public: object, cidrs: object) -> None:
    attributes = {"vpc_config": [config]}
    assert ask(TABLE, EKS, attributes, "public_endpoint") == public
    assert ask(TABLE, EKS, attributes, "public_cidrs") == cidrs


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, False),
        ({"encryption_config": [{"resources": ["secrets"], "provider": [{"key_arn": HIDDEN}]}]}, True),
        ({"encryption_config": HIDDEN}, UNKNOWN),
    ],
)
def test_secrets(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, EKS, attributes, "secrets_encrypted") == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ([], True),
        ([{"authentication_mode": "API_AND_CONFIG_MAP"}], True),
        ([{"authentication_mode": "API"}], False),
        ([{"authentication_mode": HIDDEN}], UNKNOWN),
    ],
)
def test_legacy_authorization(config: list[Any], expected: object) -> None:
    assert ask(TABLE, EKS, {"access_config": config}, "legacy_authorization") == expected


def test_network_policies_are_known_only_where_the_addon_enforces_them() -> None:
    addon = {"cluster_name": later("aws_eks_cluster.c.name"), "addon_name": "vpc-cni"}
    on = {**addon, "configuration_values": '{"enableNetworkPolicy": "true"}'}
    assert ask(TABLE, EKS, {}, "network_policy", aws_eks_addon__a=on) is True
    assert ask(TABLE, EKS, {}, "network_policy", aws_eks_addon__a=addon) == UNKNOWN


@pytest.mark.parametrize(
    ("attributes", "tokens", "access"),
    [
        ({"ami_type": "AL2023_x86_64_STANDARD"}, True, []),
        ({}, UNKNOWN, []),
        ({"launch_template": [{"id": "lt-1"}], "ami_type": "AL2023_x86_64_STANDARD"}, UNKNOWN, []),
        ({"remote_access": [{"ec2_ssh_key": "k"}]}, UNKNOWN, ["0.0.0.0/0"]),
        ({"remote_access": [{"ec2_ssh_key": "k", "source_security_group_ids": ["sg-1"]}]}, UNKNOWN, ["sg-1"]),
    ],
)
def test_node_groups(attributes: dict[str, Any], tokens: object, access: object) -> None:
    assert ask(TABLE, "aws_eks_node_group.n", attributes, "tokens_required") == tokens
    assert ask(TABLE, "aws_eks_node_group.n", attributes, "remote_access") == access


def task(*containers: object, **more: object) -> dict[str, Any]:
    return {"family": "f", "container_definitions": json.dumps(containers), **more}


@pytest.mark.parametrize(
    ("container", "attribute", "expected"),
    [
        ({"privileged": True}, "privileged", True),
        ({}, "privileged", False),
        ({"readonlyRootFilesystem": True}, "read_only", True),
        ({}, "read_only", False),
        ({"logConfiguration": {"logDriver": "awslogs"}}, "logged", True),
        ({}, "logged", False),
        ({"environment": [{"name": "DB_PASSWORD", "value": "hunter2secret"}]}, "literal_secrets", ["DB_PASSWORD"]),
        ({"environment": [{"name": "STAGE", "value": "prod"}]}, "literal_secrets", []),
        ({"image": "nginx:1.25"}, "images", ["nginx:1.25"]),
    ],
)
def test_task_definitions(container: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, TASK, task(container), attribute) == expected


def test_unknown_container_definitions_make_unknown_answers() -> None:
    for value in (HIDDEN, "not json", [HIDDEN]):
        assert ask(TABLE, TASK, {"container_definitions": value}, "privileged") == UNKNOWN
    known = [HIDDEN, {"privileged": True}]
    assert ask(TABLE, TASK, {"container_definitions": known[::-1]}, "privileged") is True


def test_host_network() -> None:
    assert ask(TABLE, TASK, task(network_mode="host"), "host_network") is True
    assert ask(TABLE, TASK, task(network_mode="awsvpc"), "host_network") is False


def test_edges() -> None:
    graph = graph_of(
        TABLE,
        {
            EKS: {"name": "main"},
            "aws_eks_node_group.n": {"cluster_name": later(f"{EKS}.name")},
            "aws_eks_fargate_profile.f": {"cluster_name": "main"},
            "aws_ecs_cluster.e": {"name": "apps"},
            "aws_ecs_service.s": {
                "name": "s",
                "cluster": later("aws_ecs_cluster.e.id"),
                "task_definition": later(f"{TASK}.arn"),
            },
            TASK: {"family": "f"},
        },
    )
    assert edges(graph, "runs_on") == {
        ("aws_eks_node_group.n", EKS),
        ("aws_eks_fargate_profile.f", EKS),
        ("aws_ecs_service.s", "aws_ecs_cluster.e"),
    }
    assert edges(graph, "contains") == {("aws_ecs_service.s", TASK)}
