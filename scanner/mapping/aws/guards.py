"""AWS settings of whole accounts, and whom AWS turns to about them."""

from __future__ import annotations

import json
from collections.abc import Callable

from scanner.hcl.partial import decoded
from scanner.mapping.defaults import written_or_default
from scanner.mapping.extract import equals, is_written, text, truth
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Row, Table
from scanner.model.logic import every, some
from scanner.model.value import Cause, Undetermined, Unknown, Value

_BLOCKS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_SHARING = "/ssm/documents/console/public-sharing-permission"


def guard(guards: str, active: Extract) -> Row:
    """A switch of an account or Region: what it keeps from happening, and whether it is on."""
    return Row(
        "account_guard", {"guards": Fixed(guards), "active": active}, identity=("id",), name=lambda _reader: guards
    )


def _differs(path: str, off: str) -> Extract:
    return lambda reader: str(reader.get(path)).lower() != off


def _tokens(reader: Reader) -> Value:
    """`no-preference` and nothing leave it to images and launch requests: another setting, not one that is off."""
    asked = reader.get("http_tokens")
    return None if asked in (None, "no-preference") else asked == "required"


def _documents(reader: Reader) -> Value:
    if not str(reader.get("setting_id")).endswith(_SHARING):
        return None
    return str(reader.get("setting_value")).lower() == "disable"


def _all_four(reader: Reader) -> Value:
    """Each is false where it is not written (provider documentation of aws_s3_account_public_access_block)."""
    return every(_BLOCKS, lambda path: truth(reader.get(path, False)))


def _by_default(type_: str, path: str, judge: Callable[[bool], bool]) -> Extract:
    given = written_or_default(type_, path)
    return lambda reader: judge(truth(given(reader)))


def _sessions_logged(reader: Reader) -> Value:
    """Whether preferences of Session Manager name a bucket or a log group (Systems Manager User Guide, "Session
    document schema"); null for other documents."""
    if str(reader.get("document_type")) != "Session":
        return None
    inputs = _inputs(reader)
    return some(("s3BucketName", "cloudWatchLogGroupName"), lambda name: is_written(inputs.get(name)))


def _inputs(reader: Reader) -> dict[str, Value]:
    """The inputs of a session document. Raises Undetermined where they cannot be read."""
    content = decoded(reader.peek("content"))
    if isinstance(content, Unknown):
        raise Undetermined(content)
    try:
        document = json.loads(content) if isinstance(content, str) else content
    except ValueError:
        raise Undetermined(Unknown("the document is not written as JSON", Cause.UNSUPPORTED)) from None
    inputs = document.get("inputs") if isinstance(document, dict) else None
    if isinstance(inputs, Unknown):
        raise Undetermined(inputs)
    return inputs if isinstance(inputs, dict) else {}


ENCRYPTION = guard("volumes that nobody asked to encrypt",
                   _by_default("aws_ebs_encryption_by_default", "enabled", bool))  # fmt: skip
BUCKETS = guard("buckets that everyone may read", _all_four)
CONTACT = Row(
    "contact",
    {
        "role": lambda reader: str(reader.get("alternate_contact_type")).lower(),
        "email": text("email_address"),
    },
    identity=("id",),
    name="alternate_contact_type",
)

TABLE: Table = {
    "aws_account_alternate_contact": CONTACT,
    "aws_ebs_snapshot_block_public_access": guard("snapshots that everyone may restore",
                                                  _differs("state", "unblocked")),
    "aws_ec2_image_block_public_access": guard("images that everyone may start", _differs("state", "unblocked")),
    "aws_ec2_instance_metadata_defaults": guard("machines whose credentials a forged request gets", _tokens),
    "aws_ec2_serial_console_access": guard(
        "sign-in past the network by the serial console",
        _by_default("aws_ec2_serial_console_access", "enabled", lambda on: not on),
    ),
    "aws_emr_block_public_access_configuration": guard(
        "clusters that the internet reaches", lambda reader: truth(reader.get("block_public_security_group_rules"))
    ),
    "aws_ssm_service_setting": guard("documents that every account may run", _documents),
    "aws_ce_cost_allocation_tag": Row(
        "cost_tag",
        {"key": text("tag_key"), "active": equals("status", "Active")},
        identity=("id",),
        name="tag_key",
    ),
    "aws_ssm_document": Row(
        "document",
        {
            "public_access": lambda reader: str(reader.get("permissions.account_ids", "")).lower() == "all",
            "sessions_logged": _sessions_logged,
        },
        identity=("id", "arn", "name"),
    ),
}  # fmt: skip
