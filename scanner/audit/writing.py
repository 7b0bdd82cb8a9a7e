"""The second registry: the only operations that an export may call, by a client that collecting never sees."""

from __future__ import annotations

import json
from typing import IO, Any

from scanner import __version__
from scanner.sources.aws.faults import DENIED, DENIED_SCP, classify
from scanner.sources.aws.guard import Guard
from scanner.sources.aws.session import Access, hop, keys

# (boto3 service, operation) -> the IAM action that it needs ("" needs none).
OPERATIONS: dict[tuple[str, str], str] = {
    ("s3", "PutObject"): "s3:PutObject",
    ("securityhub", "BatchImportFindings"): "securityhub:BatchImportFindings",
    ("sts", "AssumeRole"): "sts:AssumeRole",
    ("sts", "GetCallerIdentity"): "",
}
_WRITES = ("s3:PutObject", "securityhub:BatchImportFindings")
# Of a finding of one's own, Security Hub's resource is the account's default product (Service Authorization
# Reference, AWS Security Hub; ProductArn of BatchImportFindings).
HUB = {"securityhub:BatchImportFindings": ["arn:aws*:securityhub:*:*:product/*/default"]}


class ExportError(Exception):
    """What cannot be written; the text says why, without secrets."""


class NoObject(ValueError):
    """A text that names no object of S3."""


def bucket_and_key(where: str) -> tuple[str, str]:
    """The two of `s3://BUCKET/KEY`; a key that ends in a slash is a folder. Raises NoObject."""
    bucket, _, key = where.removeprefix("s3://").partition("/")
    if not where.startswith("s3://") or not bucket or not key:
        raise NoObject(f"{where} names no object: s3://BUCKET/KEY")
    return bucket, key


def needed(where: str) -> dict[str, list[str]]:
    """The action that writing to an object, or below a folder, needs, with its resource. Raises NoObject."""
    bucket, key = bucket_and_key(where)
    return {"s3:PutObject": [f"arn:aws*:s3:::{bucket}/{key}{'*' if key.endswith('/') else ''}"]}


def put(access: Access, where: str, body: bytes | IO[bytes], content: str) -> None:
    """Write one object, of that media type. Raises ExportError, NoObject."""
    bucket, key = bucket_and_key(where)
    s3 = client(access, "s3")
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content)
    except Exception as error:
        fault = classify(error)
        remedy = f"; allow s3:PutObject on {needed(where)['s3:PutObject'][0]}"
        denied = fault.status in (DENIED, DENIED_SCP)
        raise ExportError(f"s3:PutObject on {where}: {fault.reason}{remedy if denied else ''}") from error
    finally:
        s3.close()


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
        sts = session.client("sts", region_name=home, config=config)
        if access.through:
            sts = session.client("sts", region_name=home, config=config, **hop(sts, access))
        credentials = _assumed(sts, access)
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
    return keys(sts.assume_role(**asked)["Credentials"])


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
