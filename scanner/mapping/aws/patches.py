"""AWS Systems Manager: which patches machines get, and when.

Source: Systems Manager User Guide, "Patch baselines" (a patch is approved by a rule, or by its own name) and
"Maintenance Windows"; provider documentation of the defaults.
"""

from __future__ import annotations

from scanner.mapping.extract import NONE, flag, whole
from scanner.mapping.reader import Reader
from scanner.mapping.table import Row, Table
from scanner.model.value import Cause, Undetermined, Unknown, Value


def _waits(reader: Reader) -> Value:
    """The longest time that a rule waits; a rule that names a last date instead approves nothing newer."""
    waits: list[int] = []
    for rule in reader.blocks("approval_rule"):
        days = whole(rule.get("approve_after_days"))
        if days is None and rule.has("approve_until_date"):
            continue
        if not isinstance(days, int):
            raise Undetermined(Unknown("how long a rule waits is not written", Cause.OUTSIDE_SCAN))
        waits.append(days)
    return max(waits, default=None)


def _approves(reader: Reader) -> Value:
    """Whether it approves patches that are yet to come."""
    return any(rule.has("approve_after_days") for rule in reader.blocks("approval_rule"))


TABLE: Table = {
    "aws_ssm_patch_baseline": Row(
        "patch_plan",
        {"approves": _approves, "approve_days": _waits, "active": NONE},
    ),
    "aws_ssm_maintenance_window": Row(
        "patch_plan",
        {"approves": NONE, "approve_days": NONE, "active": flag("enabled", absent=True)},
    ),
}
