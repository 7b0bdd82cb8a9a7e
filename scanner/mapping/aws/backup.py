"""AWS backups: plans, what they select, and vaults; lifecycle policies of EBS snapshots."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws.keys import customer_key, key_join
from scanner.mapping.aws.policy import folded_statements
from scanner.mapping.aws.volumes import tag_name
from scanner.mapping.extract import TRUE, each, elements, whole, written
from scanner.mapping.reader import Reader
from scanner.mapping.table import Edge, Fold, Join, Row, Skip, Table
from scanner.model.logic import both, every, some
from scanner.model.value import Cause, Undetermined, Unknown, Value

# What AWS Backup copies (AWS Backup Developer Guide, "Feature availability by resource").
_STORES = ("volume", "instance", "database", "table", "file_system", "object_store")
_CONDITIONS = Unknown("conditions decide what the plan selects", Cause.OUTSIDE_SCAN)
_DAYS = {"DAYS": 1, "WEEKS": 7, "MONTHS": 30, "YEARS": 365}
_HOURS = 24


def _has_rules(reader: Reader) -> Value:
    """Every rule of AWS Backup runs by itself: without an expression of its own at cron(0 5 ? * * *) (AWS Backup
    API, BackupRuleInput)."""
    return every(reader.blocks("rule"), lambda rule: rule.get("schedule", "cron(0 5 ? * * *)"))


def _has_block(reader: Reader, path: str) -> bool:
    return some(reader.blocks(path), lambda _block: True)


def _copied(reader: Reader) -> Value:
    return every(reader.blocks("rule"), lambda rule: _has_block(rule, "copy_action"))


def _shortest(days: Iterator[Value]) -> Value:
    """The fewest days; None where everything is kept for ever."""
    known = [count for count in days if count is not None]
    return min(known) if known else None


def _keep_days(reader: Reader) -> Value:
    """A rule without a lifecycle keeps its copies for ever (AWS Backup API, Lifecycle)."""
    return _shortest(whole(rule.get("lifecycle.delete_after")) for rule in reader.blocks("rule"))


def _selected(reader: Reader) -> Iterator[Value]:
    """What a selection names. Tags and conditions also need the account's opt-in and are left open."""
    if written("condition")(reader):
        raise Undetermined(_CONDITIONS)
    yield from elements(reader.get("resources"))
    if written("selection_tag")(reader) or not written("resources")(reader):
        raise Undetermined(Unknown("tags select, and the account's opt-in decides", Cause.OUTSIDE_SCAN))


# Data Lifecycle Manager

_DETAILS = "policy_details"
_SCHEDULE = f"{_DETAILS}.schedule"


def _enabled(reader: Reader) -> Value:
    """A policy that is enabled, and not one that waits for an event."""
    return both(
        lambda: reader.get("state", "ENABLED") == "ENABLED",
        lambda: reader.get(f"{_DETAILS}.policy_type", "EBS_SNAPSHOT_MANAGEMENT") != "EVENT_BASED_POLICY",
    )


def _crosses(reader: Reader) -> Value:
    if not _has_block(reader, _SCHEDULE):
        return _has_block(reader, f"{_DETAILS}.cross_region_copy_targets")
    return every(reader.blocks(_SCHEDULE), lambda schedule: _has_block(schedule, "cross_region_copy_rule"))


def _held_days(schedule: Reader) -> Value:
    """Days that snapshots are held: an age, or a count times the hours between two."""
    interval = whole(schedule.get("retain_rule.interval"))
    if interval is not None:
        return interval * _DAYS[str(schedule.get("retain_rule.interval_unit", "DAYS"))]
    count, gap = whole(schedule.get("retain_rule.count")), whole(schedule.get("create_rule.interval"))
    if count is None or gap is None:
        raise Undetermined(Unknown("a count of snapshots made by a cron expression is kept", Cause.UNSUPPORTED))
    return count * gap // _HOURS


def _held(reader: Reader) -> Value:
    return _shortest(_held_days(schedule) for schedule in reader.blocks(_SCHEDULE))


def _target_tags(reader: Reader) -> Iterator[Value]:
    tags = reader.get(f"{_DETAILS}.target_tags", {})
    if reader.get(f"{_DETAILS}.resource_types") != ["VOLUME"] or not tags:
        raise Undetermined(Unknown("machines are selected by tag, or all volumes by default", Cause.UNSUPPORTED))
    for key, value in tags.items():
        yield value if isinstance(value, Unknown) else tag_name(key, value)


_VAULT_POLICY = folded_statements("", ("aws_backup_vault_policy", "policy"))

_PLAN = Row(
    "backup_plan",
    {"scheduled": _has_rules, "copied": _copied, "keep_days": _keep_days},
    {
        "keeps_in": Join("rule", ("backup_vault",), values=each("rule", "target_vault_name")),
        "copied_to": Join("rule", ("backup_vault",), values=each("rule", "copy_action.destination_vault_arn")),
    },
)

_LIFECYCLE = Row(
    "backup_plan",
    {"scheduled": _enabled, "copied": _crosses, "keep_days": _held},
    {"backs_up": Join(f"{_DETAILS}.target_tags", ("volume",), values=_target_tags)},
    name="description",
)

_VAULT = Row(
    "backup_vault",
    {
        "customer_key": customer_key("kms_key_arn"),  # absent: alias/aws/backup
        "locked": lambda reader: reader.fold("aws_backup_vault_lock_configuration") is not None,
        "statements": _VAULT_POLICY,
    },
    {"encrypted_with": key_join("kms_key_arn")},
)

_AIR_GAPPED = Row(
    "backup_vault",
    {
        "customer_key": customer_key("encryption_key_arn"),
        "locked": TRUE,  # always in compliance mode (AWS Backup Developer Guide, "Logically air-gapped vault")
        "statements": _VAULT_POLICY,
    },
    {"encrypted_with": key_join("encryption_key_arn")},
)

_OF_VAULT = Fold(("aws_backup_vault", "aws_backup_logically_air_gapped_vault"), "backup_vault_name")
_REPORTS = Skip("a report or test of backups")
_SETTINGS = Skip("a setting of the account that no rule reads")

TABLE: Table = {
    "aws_backup_plan": _PLAN,
    "aws_backup_selection": Edge(
        "backs_up", Join("plan_id", ("backup_plan",)), Join("resources", _STORES, values=_selected)
    ),
    "aws_backup_vault": _VAULT,
    "aws_backup_logically_air_gapped_vault": _AIR_GAPPED,
    "aws_backup_vault_lock_configuration": _OF_VAULT,
    "aws_backup_vault_notifications": _OF_VAULT,
    "aws_backup_vault_policy": _OF_VAULT,
    "aws_backup_framework": _REPORTS,
    "aws_backup_report_plan": _REPORTS,
    "aws_backup_restore_testing_plan": _REPORTS,
    "aws_backup_restore_testing_selection": _REPORTS,
    "aws_backup_global_settings": _SETTINGS,
    "aws_backup_region_settings": _SETTINGS,
    "aws_rbin_rule": Skip("how long deleted snapshots can be brought back"),
    "aws_dlm_lifecycle_policy": _LIFECYCLE,
    "data.aws_backup_plan": Skip("a plan kept outside the configuration"),
    "data.aws_backup_vault": Skip("a vault kept outside the configuration"),
    "data.aws_backup_selection": Skip("a selection kept outside the configuration"),
}
