"""Build projects, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.mapping.aws.live.spelling import Live, Spelling, Spellings, block, tags
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value

_PARTS = ("environment", "vpc_config", "logs_config", "service_role", "encryption_key", "tags")


def _project(live: Live) -> Iterator[Resource]:
    about = live.get("Project")
    told: dict[str, Value] = {"id": live.arn, "arn": live.arn, "name": live.get("name")}
    if isinstance(about, Unknown):
        told.update(dict.fromkeys(_PARTS, about))
    elif about is not None:  # None: deleted between the two calls
        told.update(_of_project(live, about))
    else:
        return
    yield live.made("aws_codebuild_project", told)


def _of_project(live: Live, about: Mapping[str, Any]) -> dict[str, Value]:
    environment, network = about.get("environment") or {}, about.get("vpcConfig") or {}
    logs = about.get("logsConfig") or {}
    variables = [
        {"name": each.get("name"), "value": each.get("value"), "type": each.get("type", "PLAINTEXT")}
        for each in environment.get("environmentVariables") or ()
    ]
    return {
        "service_role": about.get("serviceRole"),
        "encryption_key": live.world.key(about.get("encryptionKey")),
        "environment": block(
            type=environment.get("type"), image=environment.get("image"), environment_variable=variables,
            privileged_mode=environment.get("privilegedMode", False)),
        "vpc_config": block(vpc_id=network.get("vpcId"), subnets=network.get("subnets"),
                            security_group_ids=network.get("securityGroupIds")) if network else None,
        "logs_config": block(
            cloudwatch_logs=block(status=(logs.get("cloudWatchLogs") or {}).get("status")),
            s3_logs=block(status=(logs.get("s3Logs") or {}).get("status"))) if logs else None,
        "tags": tags(about.get("tags"), "key", "value"),
    }  # fmt: skip


SPELLINGS: Spellings = {"AWS::CodeBuild::Project": Spelling(("aws_codebuild_project",), _project)}
