"""Findings in the AWS Security Finding Format, imported into Security Hub where they are: account and region.

Limits: AWS Security Hub user guide, "BatchImportFindings" (100 findings per call) and "Required and optional ASFF
attributes" (Title 256, Description 1024, remediation 512 characters, 32 resources). A finding is known by its Id:
importing it again updates it, and Workflow, Note and the like stay the customer's.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.audit import writing
from scanner.audit.exports.told import Told, of_scan
from scanner.audit.targets import ExportError, Target
from scanner.model.counted import counted
from scanner.sources.aws.faults import classify
from scanner.sources.aws.session import Access

if TYPE_CHECKING:
    from scanner.audit.exports import Sending

BATCH = 100
_LABELS = {"critical": "CRITICAL", "high": "HIGH", "medium": "MEDIUM", "low": "LOW", "info": "INFORMATIONAL"}
_HOMES = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
# CloudFormation's services that Security Hub calls otherwise.
_SERVICES = {"elasticloadbalancingv2": "elbv2", "elasticloadbalancing": "elb"}


def send(sending: Sending, _: Target) -> str:
    """Import what the scan touched. Raises ExportError, after the rest was sent, where a part could not be."""
    found = of_scan(sending.store, sending.scan)
    partition, own, here = writing.own_account(sending.own)
    home = _HOMES.get(partition, "us-east-1")
    groups: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for each in found:
        region = each.row["region"]
        place = (each.row["account"], home if region in ("", "global") else region)
        groups[place if str(each.row["node"]).startswith("aws:") else (own, here)].append(
            each
        )  # clusters: our own
    sent, faults = 0, []
    for (account, region), part in sorted(groups.items()):
        access = sending.accesses.get(account) or (sending.own if account == own else None)
        if access is None:
            faults.append(f"{account}: there is no role for it")
            continue
        documents = [document(each, account, region, partition) for each in part]
        failed = list(_import(access, region, documents))
        sent += len(documents) - sum(number for number, _ in failed)
        faults.extend(f"{account}, {region}: {why}" for _, why in failed)
    if faults:
        raise ExportError(f"{sent} of {len(found)} findings were imported; {'; '.join(faults[:5])}")
    return f"{counted(sent, 'finding')} imported"


def _import(access: Access, region: str, documents: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    """Import in batches; gives how many were refused, and why."""
    try:
        hub = writing.client(access, "securityhub", region)
    except ExportError as error:
        yield len(documents), str(error)
        return
    for start in range(0, len(documents), BATCH):
        batch = documents[start : start + BATCH]
        try:
            answer = hub.batch_import_findings(Findings=batch)
        except Exception as error:  # whatever the service or the network did: other regions go on
            yield len(documents) - start, f"securityhub:BatchImportFindings {classify(error).reason}"
            return
        if answer["FailedCount"]:
            first = (answer.get("FailedFindings") or [{}])[0]
            yield answer["FailedCount"], f"{first.get('ErrorCode', '')}: {first.get('ErrorMessage', '')}"


def document(told: Told, account: str, region: str, partition: str = "aws") -> dict[str, Any]:
    """One finding as Security Hub takes it: archived when it is fixed, suppressed or its resource gone."""
    row, rule = told.row, told.rule
    over = row["status"] in ("fixed", "suppressed")
    severity = {"Label": _LABELS[row["severity"]], "Original": row["severity"]}
    types = ["Software and Configuration Checks/AWS Security Best Practices"]
    requirements = [
        f"{name} {each}" for name, ids in rule["controls"].items() if name.startswith("nist") for each in ids
    ]
    found: dict[str, Any] = {
        "SchemaVersion": "2018-10-08",
        "Id": row["fingerprint"],
        "ProductArn": f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default",
        "ProductName": "layerproof",
        "CompanyName": "layerproof",
        "GeneratorId": row["rule"],
        "AwsAccountId": account,
        "Types": types,
        "FirstObservedAt": row["first_seen"],
        "LastObservedAt": row["last_seen"],
        "CreatedAt": row["first_seen"],
        "UpdatedAt": row["updated"],
        "Severity": severity,
        "FindingProviderFields": {"Severity": severity, "Types": types},
        "Title": _short(rule["title"], 256) or row["rule"],
        "Description": _short(row["message"], 1024) or row["rule"],
        "Resources": [_resource(told, partition, region)],
        "Compliance": {"Status": _status(row)},
        "RecordState": "ARCHIVED" if over else "ACTIVE",
        "ProductFields": _fields(row),
    }
    if requirements:
        found["Compliance"]["RelatedRequirements"] = requirements[:32]
    if rule["remedy"]:
        found["Remediation"] = {"Recommendation": {"Text": _short(rule["remedy"], 512)}}
    return found


def _status(row: Mapping[str, Any]) -> str:
    """ComplianceStatus: what passes now, what fails, and what cannot be told or is no more."""
    if row["status"] == "fixed":
        return "PASSED" if row["why"] == "it passes" else "NOT_AVAILABLE"
    return "FAILED" if row["verdict"] == "fail" else "NOT_AVAILABLE"


def _fields(row: Mapping[str, Any]) -> dict[str, str]:
    told = {"layer": row["layer"], "principle": row["principle"], "status": row["status"], "due": row["due"],
            "reopened": str(row["reopened"]), "why": _short(row["why"], 1024)}  # fmt: skip
    return {f"layerproof/{name}": str(value) for name, value in told.items() if value}


def _resource(told: Told, partition: str, region: str) -> dict[str, Any]:
    return {
        "Type": resource_type(told.type),
        "Id": _short(told.resource, 512),
        "Partition": partition,
        "Region": region,
    }


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def resource_type(native: str) -> str:
    """Security Hub's name of a CloudFormation type (AWS::EC2::Volume is AwsEc2Volume), or Other."""
    parts = native.lower().split("::")
    if len(parts) != 3:
        return "Other"
    return _types().get(f"aws{_SERVICES.get(parts[1], parts[1])}{parts[2]}", "Other")


@cache
def _types() -> Mapping[str, str]:
    """Lower-case name to name of the types that botocore's model of Security Hub lists."""
    import botocore  # noqa: PLC0415 - only for exports to AWS

    folder = Path(botocore.__file__).parent / "data" / "securityhub" / "2018-10-26"
    model = json.loads(gzip.decompress((folder / "service-2.json.gz").read_bytes()))
    return {name.lower(): name for name in model["shapes"]["ResourceDetails"]["members"]}
