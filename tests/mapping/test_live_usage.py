"""What a live account says of the use of its identities. Columns: IAM User Guide, "Generate credential
reports for your AWS account"."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from scanner.mapping.aws.live import spell
from scanner.model.value import Unknown
from tests.mapping.test_live import ACCOUNT, resource

ARN = f"arn:aws:iam::{ACCOUNT}:user/jane"
COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)
ROW = (
    f"jane,{ARN},2024-01-01T00:00:00+00:00,true,2026-05-01T00:00:00+00:00,2024-01-01T00:00:00+00:00,N/A,true,true,"
    "2024-02-01T00:00:00+00:00,2026-06-01T00:00:00+00:00,eu-west-1,s3,true,2025-02-01T00:00:00+00:00,N/A,N/A,N/A,"
    "false,N/A,false,N/A"
)
KEYS = [
    {"AccessKeyId": "AKIA1", "Status": "Active", "CreateDate": "2024-02-01T00:00:00Z"},
    {"AccessKeyId": "AKIA2", "Status": "Active", "CreateDate": "2025-02-01T00:00:00Z"},
]
USER = {"UserName": "jane", "ListAccessKeys": KEYS, "GetLoginProfile": {"CreateDate": "2024-01-01T00:00:00Z"}}


def told(*more: Any, **attributes: Any) -> dict[str, dict[str, Any]]:
    """The attributes of what comes of the user, by Terraform type and the name of a key."""
    user = resource("AWS::IAM::User", ARN, {**USER, **attributes})
    return {
        f"{each.type} {each.attributes.get('id', '')}": each.attributes
        for each in spell([user, *more], ()).resources
    }


def report() -> Any:
    content = base64.b64encode(f"{COLUMNS}\n{ROW}\n".encode()).decode()
    return resource(
        "AWS::IAM::CredentialReport", f"arn:aws:iam::{ACCOUNT}:credential-report", {"Content": content}
    )


def test_a_credential_report_tells_what_was_not_asked_of_each_user() -> None:
    found = told(report())
    user = found["aws_iam_user jane"]
    assert (user["mfa_active"], user["password_last_used"]) == (True, "2026-05-01T00:00:00+00:00")
    assert found["aws_iam_access_key AKIA1"]["last_used_date"] == "2026-06-01T00:00:00+00:00"
    assert found["aws_iam_access_key AKIA2"]["last_used_date"] == "2025-02-01T00:00:00Z", "never used: since made"


def test_what_was_asked_of_each_user_is_newer_than_the_report() -> None:
    used = {"AccessKeyId": "AKIA1", "GetAccessKeyLastUsed": {"LastUsedDate": "2026-06-29T00:00:00Z"}}
    key = resource("AWS::IAM::AccessKey", f"arn:aws:iam::{ACCOUNT}:access-key/AKIA1", used)
    found = told(report(), key, ListMFADevices=[], Listed="AIDA", PasswordLastUsed="2026-06-28T00:00:00Z")
    user = found["aws_iam_user jane"]
    assert (user["mfa_active"], user["password_last_used"]) == (False, "2026-06-28T00:00:00Z")
    assert found["aws_iam_access_key AKIA1"]["last_used_date"] == "2026-06-29T00:00:00Z"


def test_what_was_not_read_is_unknown() -> None:
    found = told()
    user = found["aws_iam_user jane"]
    assert all(isinstance(user[name], Unknown) for name in ("mfa_active", "password_last_used"))
    assert isinstance(found["aws_iam_access_key AKIA1"]["last_used_date"], Unknown)


@pytest.mark.parametrize(("enabled", "expected"), [(1, True), (0, False)])
def test_root_and_its_second_factor(enabled: int, *, expected: bool) -> None:
    summary = {"AccountMFAEnabled": enabled, "AccountAccessKeysPresent": 0}
    given = [resource("AWS::IAM::AccountSummary", f"arn:aws:iam::{ACCOUNT}:summary", summary)]
    (root,) = spell(given, ()).resources
    assert (root.type, root.attributes["mfa_active"]) == ("aws_iam_root_user", expected)
