"""What moto's AWS Backup lacks: selections, points, jobs, restore tests, policies of vaults, locks that run.

Selections are made through the API itself. What AWS makes by itself (points and jobs) is put there by a request
of no API, `POST /layerproof/backup` with {"account", "region", "what", "vault", "items"}: `what` is the operation
that shall list the items. Each item is held against the shape that botocore has for the answer, so that no test
can rest on a field that AWS does not send.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

Key = tuple[str, str, str]
_SELECTIONS: dict[Key, list[dict[str, Any]]] = {}
_POLICIES: dict[Key, str] = {}
_HELD: dict[Key, list[dict[str, Any]]] = {}  # (account, region, vault or operation)

_PLAN = re.compile(r"^/backup/plans/([^/]+)/selections(?:/([^/]+))?/?$")
_POINTS = re.compile(r"^/backup-vaults/([^/]+)/recovery-points/?$")
_POLICY = re.compile(r"^/backup-vaults/([^/]+)/access-policy/?$")
_HELD_POINTS = re.compile(r"^/legal-holds/([^/]+)/recovery-points/?$")
_TESTED = re.compile(r"^/restore-testing/plans/([^/]+)/selections(?:/([^/]+))?/?$")
# Listing operations by path: the member that holds the items.
_LISTS = {
    "/copy-jobs": ("ListCopyJobs", "CopyJobs"),
    "/legal-holds": ("ListLegalHolds", "LegalHolds"),
    "/restore-jobs": ("ListRestoreJobs", "RestoreJobs"),
    "/restore-testing/plans": ("ListRestoreTestingPlans", "RestoreTestingPlans"),
}
_SETTINGS: dict[str, dict[str, Any]] = {
    "/account-settings": {
        "ResourceTypeOptInPreference": {"RDS": True, "EBS": True, "S3": True, "DynamoDB": True, "EFS": True},
        "ResourceTypeManagementPreference": {"DynamoDB": True, "EFS": True},
    },
    "/global-settings": {"GlobalSettings": {"isCrossAccountBackupEnabled": "true"}},
}


def answer(account: str, region: str, method: str, path: str, body: bytes) -> dict[str, Any] | None:
    """The answer to a request that moto does not know; None for all others. `$refused` holds an error."""
    if path == "/layerproof/backup":
        return _seed(json.loads(body))
    found = _PLAN.match(path)
    if found:
        return _selection(_SELECTIONS.setdefault((account, region, found[1]), []), found, method, body)
    found = _POINTS.match(path)
    if found:
        return {"RecoveryPoints": _HELD.get((account, region, found[1]), [])}
    found = _HELD_POINTS.match(path)
    if found:
        return {"RecoveryPoints": _HELD.get((account, region, "ListRecoveryPointsByLegalHold"), [])}
    found = _POLICY.match(path)
    if found:
        return _policy((account, region, found[1]), method, body)
    found = _TESTED.match(path)
    if found:
        held = _HELD.get((account, region, "ListRestoreTestingSelections"), [])
        mine = [each for each in held if each["RestoreTestingPlanName"] == found[1]]
        one = next((each for each in mine if each["RestoreTestingSelectionName"] == found[2]), None)
        brief = [{name: value for name, value in each.items() if not name.startswith("ProtectedResourceC")
                  and name != "ProtectedResourceArns"} for each in mine]  # fmt: skip
        return {"RestoreTestingSelections": brief} if found[2] is None else {"RestoreTestingSelection": one}
    listed = _LISTS.get(path.rstrip("/"))
    if listed:
        return {listed[1]: _HELD.get((account, region, listed[0]), [])}
    return _SETTINGS.get(path) if method == "GET" else None


def _selection(held: list[dict[str, Any]], found: re.Match[str], method: str, body: bytes) -> dict[str, Any]:
    if method == "PUT":
        name = f"selection-{len(held)}"
        held.append({"SelectionId": name, "BackupPlanId": found[1],
                     "BackupSelection": json.loads(body)["BackupSelection"]})  # fmt: skip
        return {"SelectionId": name, "BackupPlanId": found[1]}
    if found[2]:
        return next(each for each in held if each["SelectionId"] == found[2])
    return {"BackupSelectionsList": [
        {"SelectionId": each["SelectionId"], "BackupPlanId": found[1],
         "SelectionName": each["BackupSelection"]["SelectionName"],
         "IamRoleArn": each["BackupSelection"]["IamRoleArn"]} for each in held]}  # fmt: skip


def _policy(key: Key, method: str, body: bytes) -> dict[str, Any]:
    if method == "PUT":
        _POLICIES[key] = json.loads(body)["Policy"]
        return {}
    if key not in _POLICIES:
        return {"$refused": {"status": 404, "code": "ResourceNotFoundException", "message": "no policy"}}
    return {"BackupVaultName": key[2], "Policy": _POLICIES[key]}


# what is put there


def _seed(asked: dict[str, Any]) -> dict[str, Any]:
    account, region, what = asked["account"], asked["region"], asked["what"]
    if what == "LockDate":  # a lock whose grace time began long ago
        _locked_from(account, region, asked["vault"], asked["items"][0])
        return {}
    for item in asked["items"]:
        _held_to_shape(what, item)
    _HELD.setdefault((account, region, asked.get("vault") or what), []).extend(asked["items"])
    return {}


def _locked_from(account: str, region: str, vault: str, when: str) -> None:
    from moto.backup.models import backup_backends

    made = backup_backends[account][region].vaults[vault]
    made.lock_date = datetime.fromisoformat(when).astimezone(UTC).timestamp()


def _held_to_shape(operation: str, item: dict[str, Any]) -> None:
    """Raises ValueError where botocore knows a field by no such name or type."""
    from botocore.validate import ParamValidator

    told = {name: datetime.fromtimestamp(value, UTC) if name.endswith("Date") else value
            for name, value in item.items()}  # fmt: skip
    report = ParamValidator().validate(told, _member(operation))
    if report.has_errors():
        raise ValueError(f"{operation}: {report.generate_report()}")


@cache
def _member(operation: str) -> Any:
    """The shape of one item of a listing, as AWS documents it."""
    from botocore.session import Session

    if operation == "ListRestoreTestingSelections":  # the listing is briefer
        shape = Session().get_service_model("backup").operation_model("GetRestoreTestingSelection").output_shape
        return shape.members["RestoreTestingSelection"]
    shape = Session().get_service_model("backup").operation_model(operation).output_shape
    return next(each.member for each in shape.members.values() if each.type_name == "list")
