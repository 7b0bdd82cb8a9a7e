"""Lifecycle policies of EBS: when Data Lifecycle Manager takes snapshots, of what, and where it copies them."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws.protection import read, settled
from scanner.mapping.aws.volumes import tag_name
from scanner.mapping.extract import NONE, marked, whole
from scanner.mapping.reader import Reader
from scanner.mapping.table import Join, Row, Table
from scanner.model.logic import both, every, some
from scanner.model.value import Cause, Undetermined, Unknown, Value

_DAYS = {"DAYS": 1, "WEEKS": 7, "MONTHS": 30, "YEARS": 365}
_HOURS = 24


def _has_block(reader: Reader, path: str) -> bool:
    return some(reader.blocks(path), lambda _block: True)


def _shortest(days: Iterator[Value]) -> Value:
    """The fewest days; None where everything is kept for ever."""
    known = [count for count in days if count is not None]
    return min(known) if known else None


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


# as analysis/copies reads it

_CUSTOM, _DEFAULT = ("EBS_SNAPSHOT_MANAGEMENT", "IMAGE_MANAGEMENT"), "policy_language"
_TYPES = {"VOLUME": "EBS", "INSTANCE": "EC2"}


def _lifecycle_rules(reader: Reader) -> Value:
    """A schedule of DLM as a rule; a policy that is disabled, or waits for an event, makes nothing by itself."""
    why = settled(lambda: None if _enabled(reader) else "the policy is disabled, or waits for an event")
    if str(reader.get(f"{_DETAILS}.{_DEFAULT}", "STANDARD")) == "SIMPLIFIED":
        return marked(reader, [(reader, _simple_rule(reader, why))], _DETAILS)
    found = ((schedule, _schedule_rule(schedule, why)) for schedule in reader.blocks(_SCHEDULE))
    return marked(reader, found, "create_rule", "name")


def _simple_rule(reader: Reader, why: Value) -> dict[str, Value]:
    """A default policy: every day, kept for seven (DLM User Guide, "Default policies")."""
    keep = settled(lambda: whole(reader.get(f"{_DETAILS}.retain_interval", 7)))
    copies = settled(lambda: [
        {"region": target.peek("target_region"), "keep_days": keep, "cold_days": None}
        for target in reader.blocks(f"{_DETAILS}.cross_region_copy_targets")
    ])  # fmt: skip
    every = reader.peek(f"{_DETAILS}.create_interval")
    return _dlm_rule("default", f"rate({1 if every is None else every} days)", keep, copies, why)


def _schedule_rule(schedule: Reader, why: Value) -> dict[str, Value]:
    copies = settled(lambda: [
        {"region": copy.peek("target_region" if copy.peek("target") is None else "target"), "cold_days": None,
         "keep_days": read(_copy_days, copy)}
        for copy in schedule.blocks("cross_region_copy_rule")
    ])  # fmt: skip
    keep = settled(lambda: _held_days(schedule))
    return _dlm_rule(schedule.peek("name"), settled(lambda: _created(schedule)), keep, copies, why)


def _dlm_rule(name: Value, schedule: Value, keep: Value, copies: Value, why: Value) -> dict[str, Value]:
    return {"name": name, "schedule": schedule, "keep_days": keep, "cold_days": None, "continuous": False,
            "vault": None, "air_gapped": None, "copies": copies, "fault": why}  # fmt: skip


def _created(schedule: Reader) -> Value:
    cron = schedule.get("create_rule.cron_expression")
    if cron is not None:
        return cron
    return f"rate({whole(schedule.get('create_rule.interval', 24))} hours)"


def _copy_days(copy: Reader) -> Value:
    """A copy without a retention of its own is kept for ever (DLM API, CrossRegionCopyRule)."""
    interval = whole(copy.get("retain_rule.interval"))
    return None if interval is None else interval * _DAYS[str(copy.get("retain_rule.interval_unit", "DAYS"))]


def _lifecycle_selections(reader: Reader) -> Value:
    """Volumes or machines that carry one of the target tags; a default policy takes all of a kind, and leaves out
    what has been saved lately (DLM API, PolicyDetails)."""
    simple = str(reader.get(f"{_DETAILS}.{_DEFAULT}", "STANDARD")) == "SIMPLIFIED"
    if simple:
        kinds = [str(reader.get(f"{_DETAILS}.resource_type", "VOLUME"))]
        resources: list[Value] = ["*"]
        tags: list[Value] = []
        out = [{"operator": "StringNotEquals", "key": key, "value": value}
               for key, value in (reader.get(f"{_DETAILS}.exclusions.exclude_tags") or {}).items()]  # fmt: skip
    else:
        kinds = [str(kind) for kind in reader.items(f"{_DETAILS}.resource_types")] or ["VOLUME"]
        wanted = reader.get(f"{_DETAILS}.target_tags", {})
        resources, out = [], []
        tags = [{"key": key, "value": value} for key, value in wanted.items()] or [{"key": "", "value": ""}]
    types = [_TYPES[kind] for kind in kinds if kind in _TYPES]
    told = {"name": None, "resources": resources, "not_resources": [], "tags": tags, "conditions": out,
            "types": types, "opt_in": False}  # fmt: skip
    return marked(reader, [(reader, told)], f"{_DETAILS}.target_tags", _DETAILS)


_LIFECYCLE = Row(
    "backup_plan",
    {
        "scheduled": _enabled,
        "copied": _crosses,
        "keep_days": _held,
        "rules": _lifecycle_rules,
        "selections": _lifecycle_selections,
        "opted_in": NONE,
        "managed": NONE,
    },
    {"backs_up": Join(f"{_DETAILS}.target_tags", ("volume",), values=_target_tags)},
    name="description",
)

TABLE: Table = {"aws_dlm_lifecycle_policy": _LIFECYCLE}
