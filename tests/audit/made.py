"""Snapshots and records made by hand, in the shapes that `collect` and `scan --record` write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scanner.audit.judged import Judged
from scanner.sources.aws.snapshot import lines
from scanner.sources.aws.unit import Collected, Item, Operation, Unit

ACCOUNT, REGION = "111111111111", "eu-west-1"


def volume(name: str, account: str = ACCOUNT, region: str = REGION, **attributes: Any) -> Item:
    arn = f"arn:aws:ec2:{region}:{account}:volume/{name}"
    return Item("AWS::EC2::Volume", arn, account, region, {"VolumeId": name, **attributes})


def bucket(name: str, account: str = ACCOUNT, region: str = REGION) -> Item:
    return Item("AWS::S3::Bucket", f"arn:aws:s3:::{name}", account, region, {"Name": name})


def read(
    service: str, *items: Item, account: str = ACCOUNT, region: str = REGION, status: str = "ok"
) -> Collected:
    told = Operation(
        "List", f"{service}:List", ("AWS::Any",), status, "" if status == "ok" else "no", 1, len(items)
    )
    return Collected(Unit(account, region, service), list(items), [told])


def snapshot(path: Path, *units: Collected) -> Path:
    head = {"layerproof_snapshot": 1, "kind": "aws", "collected": "2026-01-01T00:00:00Z", "tool": "t"}
    path.write_bytes(b"".join(lines(head, list(units))))
    return path


def node(item: Item) -> str:
    return f"aws:{item.account}/{item.region}#{item.id}"


def finding(item: Item, rule: str = "zero-trust/open", **more: Any) -> dict[str, Any]:
    """A finding in the shape of the JSON report (DESIGN section 4)."""
    told = {
        "rule": rule, "principle": rule.partition("/")[0], "layer": "storage", "tier": "core", "severity": "high",
        "verdict": "fail", "node": node(item), "kind": "volume", "planes": ["live"], "instances": [],
        "message": f"{item.id} is open", "location": None, "path": [], "cut": None, "assumptions": [],
        "reason": None, "fingerprint": f"{rule}:{item.id}",
    }  # fmt: skip
    return {**told, **more}


RULES = {
    "zero-trust/open": {"nist-800-207": ["tenet-2"]},
    "backup/none": {"nist-800-207": ["tenet-5", "tenet-7"]},
}


def judged(*findings: dict[str, Any], rules: Any = RULES, suppressed: Any = ()) -> Judged:
    told = {
        name: {"id": name, "title": name, "severity": "high", "description": "What is wrong.",
               "remedy": "Mend it.",
               "controls": controls} for name, controls in rules.items()}  # fmt: skip
    return Judged(told, frozenset(RULES), [json.loads(json.dumps(each)) for each in findings],
                  {each["fingerprint"]: each for each in suppressed})  # fmt: skip
