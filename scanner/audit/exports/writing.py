"""The second registry: the only operations that an export may call, by a client that collecting never sees."""

from __future__ import annotations

import json
from typing import Any

from scanner import __version__
from scanner.audit.exports.targets import ExportError
from scanner.sources.aws.faults import classify
from scanner.sources.aws.guard import Guard
from scanner.sources.aws.session import Access

# (boto3 service, operation) -> the IAM action that it needs ("" needs none).
OPERATIONS: dict[tuple[str, str], str] = {
    ("s3", "PutObject"): "s3:PutObject",
    ("securityhub", "BatchImportFindings"): "securityhub:BatchImportFindings",
    ("sts", "AssumeRole"): "sts:AssumeRole",
    ("sts", "GetCallerIdentity"): "",
}
_WRITES = ("s3:PutObject", "securityhub:BatchImportFindings")


def client(access: Access, service: str, region: str = "") -> Any:
    """A client that can call nothing but the registry; roles are taken for writing only. Raises ExportError."""
    try:
        return _client(access, service, region)
    except ImportError as error:
        raise ExportError("this export needs boto3: pip install 'layerproof[aws]'") from error
    except Exception as error:  # no credentials, a role that cannot be assumed
        raise ExportError(
            f"{access.role or 'the own account'} cannot be used: {classify(error).reason}"
        ) from error


def _client(access: Access, service: str, region: str) -> Any:
    import boto3  # noqa: PLC0415 - only for exports to AWS
    from botocore.config import Config  # noqa: PLC0415 - as above

    session = boto3.session.Session(
        profile_name=access.profile or None, region_name=region or access.region or None
    )
    Guard(OPERATIONS).attach(session.events)
    config = Config(
        retries={"mode": "adaptive", "total_max_attempts": 8},
        connect_timeout=5,
        read_timeout=60,
        user_agent_extra=f"layerproof-export/{__version__}",
    )
    home = session.region_name or "us-east-1"
    credentials: dict[str, str] = {}
    if access.role:
        credentials = _assumed(session.client("sts", region_name=home, config=config), access)
    return session.client(service, region_name=home, config=config, **credentials)


def _assumed(sts: Any, access: Access) -> dict[str, str]:
    """The role, cut down to the writing of exports."""
    statement = {"Effect": "Allow", "Action": list(_WRITES), "Resource": "*"}
    asked: dict[str, Any] = {
        "RoleArn": access.role,
        "RoleSessionName": access.session_name,
        "Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    }
    if access.external_id:
        asked["ExternalId"] = access.external_id
    given = sts.assume_role(**asked)["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def own_account(access: Access) -> tuple[str, str, str]:
    """Partition, account and region of the credentials. Raises ExportError."""
    try:
        sts = client(access, "sts")
        answer = sts.get_caller_identity()
    except ExportError:
        raise
    except Exception as error:
        raise ExportError(f"there are no usable AWS credentials: {classify(error).reason}") from error
    return str(answer["Arn"]).split(":")[1], str(answer["Account"]), str(sts.meta.region_name)
