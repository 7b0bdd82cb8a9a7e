"""Whether the role that a selection names can save what it selects (T13).

The action that decides for each type is the one without which no job of it can begin; the managed policy
AWSBackupServiceRolePolicyForBackup holds all but that of S3, which needs AWSBackupServiceRolePolicyForS3Backup
(AWS Backup Developer Guide, "AWS managed policies for AWS Backup"). A role outside the scan is taken at its word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scanner.analysis.copies.observation import Fault
from scanner.analysis.copies.selection import Entry
from scanner.graph.columns import Graph
from scanner.model.address import Address
from scanner.model.value import Cause, Unknown, Value

_SERVICE = "backup.amazonaws.com"
_NEEDS = {
    "EBS": ("ec2:CreateSnapshot",),
    "EC2": ("ec2:CreateImage",),
    "RDS": ("rds:CreateDBSnapshot",),
    "Aurora": ("rds:CreateDBClusterSnapshot",),
    "DocumentDB": ("rds:CreateDBClusterSnapshot",),
    "Neptune": ("rds:CreateDBClusterSnapshot",),
    "DynamoDB": ("dynamodb:StartAwsBackupJob", "dynamodb:CreateBackup"),
    "EFS": ("elasticfilesystem:Backup",),
    "S3": ("s3:GetObjectVersion",),
    "FSx": ("fsx:CreateBackup",),
    "FSx for OpenZFS": ("fsx:CreateBackup",),
    "Redshift": ("redshift:CreateClusterSnapshot",),
    "Timestream": ("timestream:StartAwsBackupJob",),
}


class Roles:
    """The roles of the selections of a graph, each asked once for each type."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._told: dict[tuple[int, str], Fault] = {}
        self._may: dict[str, int] = {
            str(graph.peek(each, "name")): each for each in graph.nodes("role")
            if isinstance(graph.peek(each, "name"), str)
        }  # fmt: skip

    def fault(self, entries: Iterable[Entry], type_: str) -> Fault:
        """Why none of the selections that take a store can save it; "" where one can, or nothing is known."""
        told = [self._of_entry(each, type_) for each in entries]
        if not told or "" in [each for each in told if isinstance(each, str)]:
            return ""
        return next((each for each in told if isinstance(each, Unknown)), told[0])

    def _of_entry(self, entry: Entry, type_: str) -> Fault:
        listed = self._graph.peek(entry.plan, "selections")
        selection = listed[entry.position] if isinstance(listed, list) else None
        role = self._role(entry.plan, selection.get("role") if isinstance(selection, Mapping) else None)
        if role is None or type_ not in _NEEDS:
            return ""
        if (role, type_) not in self._told:
            self._told[role, type_] = self._ask(role, type_)
        return self._told[role, type_]

    def _role(self, plan: int, named: Value) -> int | None:
        """The role of the scan that a selection names."""
        if not isinstance(named, str):
            return None
        if named.startswith("@"):
            return self._graph.find(Address.parse(named[1:]))
        if ":role/" not in named or "{}" in named:
            return None
        index = self._may.get(named.rpartition("/")[2])
        account = named.split(":")[4]
        if index is None or self._graph.peek(index, "account") != account:
            return None
        return index if self._graph.peek(plan, "account") == account else None

    def _ask(self, role: int, type_: str) -> Fault:
        from scanner.analysis.access.decision import Verdict  # noqa: PLC0415 - only where plans name roles
        from scanner.analysis.access.estate import Estate  # noqa: PLC0415 - as above

        estate = Estate.of(self._graph)
        principal = estate.principals.get(role)
        if principal is None:
            return ""
        name = self._graph.addresses[role].name
        if estate.trusts_service(role, _SERVICE).verdict is Verdict.DENIED:
            return f"its role {name} does not trust {_SERVICE}, so that no job of it begins"
        asked = [estate.decide(principal, action, "*") for action in _NEEDS[type_]]
        if all(each.verdict is Verdict.DENIED for each in asked):
            return f"its role {name} may not {' or '.join(_NEEDS[type_])}, so that jobs for {type_} fail"
        if any(each.verdict in (Verdict.ALLOWED, Verdict.CONDITIONAL) for each in asked):
            return ""
        reason = next((why for each in asked for why in each.unknowns), "its policies are not known")
        return Unknown(f"whether its role {name} may save {type_} cannot be told: {reason}", Cause.OUTSIDE_SCAN)
