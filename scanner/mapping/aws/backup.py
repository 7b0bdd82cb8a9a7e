"""AWS backups: plans, what they select, and vaults; lifecycle policies of EBS snapshots."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws import lifecycle
from scanner.mapping.aws.keys import customer_key, key_join
from scanner.mapping.aws.policy import folded_statements
from scanner.mapping.aws.protection import meant, references, settled
from scanner.mapping.extract import FALSE, NONE, TRUE, each, elements, flag, marked, truth, whole, written
from scanner.mapping.reader import Reader
from scanner.mapping.table import Edge, Fixed, Fold, Join, Row, Skip, Table
from scanner.model.logic import every, some
from scanner.model.value import Cause, Undetermined, Unknown, Value

# What AWS Backup copies (AWS Backup Developer Guide, "Feature availability by resource").
_STORES = ("volume", "instance", "database", "table", "file_system", "object_store")
_CONDITIONS = Unknown("conditions decide what the plan selects", Cause.OUTSIDE_SCAN)


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


# Rules of a plan, as analysis/copies reads them

VAULTS = ("aws_backup_vault", "aws_backup_logically_air_gapped_vault")
STORES = (
    "aws_s3_bucket", "aws_ebs_volume", "aws_instance", "aws_spot_instance_request", "aws_db_instance",
    "aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster", "aws_dynamodb_table", "aws_efs_file_system",
    "aws_fsx_lustre_file_system", "aws_fsx_openzfs_file_system", "aws_fsx_windows_file_system",
    "aws_fsx_ontap_file_system", "aws_fsx_ontap_volume", "aws_fsx_openzfs_volume", "aws_redshift_cluster",
    "aws_redshiftserverless_namespace", "aws_timestreamwrite_table", "aws_storagegateway_stored_iscsi_volume",
)  # fmt: skip


def _rules(reader: Reader) -> Value:
    """Each rule with its schedule as it is written: without one, at five every day (API BackupRuleInput)."""
    return marked(reader, ((rule, _rule(rule)) for rule in reader.blocks("rule")), "schedule", "rule_name")


def _rule(rule: Reader) -> dict[str, Value]:
    keep = settled(lambda: _days(rule, "lifecycle.delete_after"))
    return {
        "name": rule.peek("rule_name"),
        "schedule": settled(lambda: rule.get("schedule", "cron(0 5 ? * * *)")),
        "keep_days": keep,
        "cold_days": settled(lambda: _days(rule, "lifecycle.cold_storage_after")),
        "continuous": settled(lambda: truth(rule.get("enable_continuous_backup", False))),
        "vault": meant(rule, "target_vault_name", rule.peek("target_vault_name"), *VAULTS),
        # what a data source finds is there, if not in the scan
        "vault_found": any("data.aws_backup_vault." in each for each in references(rule, "target_vault_name")),
        "air_gapped": meant(rule, "target_logically_air_gapped_backup_vault_arn",
                            rule.peek("target_logically_air_gapped_backup_vault_arn"), *VAULTS)
        if rule.peek("target_logically_air_gapped_backup_vault_arn") is not None
        else None,
        "copies": settled(lambda: [_copy(copy, keep) for copy in rule.blocks("copy_action")]),
    }  # fmt: skip


def _copy(copy: Reader, keep: Value) -> dict[str, Value]:
    """A copy without an expiry of its own, or one that never expires, takes its source's (Developer Guide, "Copy
    a backup")."""
    own = settled(lambda: _days(copy, "lifecycle.delete_after"))
    return {
        "vault": meant(copy, "destination_vault_arn", copy.peek("destination_vault_arn"), *VAULTS),
        "keep_days": keep if own is None else own,
        "cold_days": settled(lambda: _days(copy, "lifecycle.cold_storage_after")),
    }


def _days(reader: Reader, path: str) -> Value:
    """A number of days; None for what is not written, 0 (as providers keep it) and -1 (always)."""
    days = whole(reader.get(path))
    return None if days in (0, -1) else days


def _selections(reader: Reader) -> Value:
    found = ((fold, _selection(fold)) for fold in reader.folded("aws_backup_selection"))
    return marked(reader, found, "selection_tag", "condition", "resources", "name")


def _selection(fold: Reader) -> dict[str, Value]:
    return {
        "name": fold.peek("name"),
        "resources": settled(lambda: _named(fold, "resources")),
        "not_resources": settled(lambda: _named(fold, "not_resources")),
        "tags": settled(lambda: [_tag(tag) for tag in fold.blocks("selection_tag")]),
        "conditions": settled(lambda: list(_conditions(fold))),
        "role": meant(fold, "iam_role_arn", fold.peek("iam_role_arn"), "aws_iam_role"),
    }


def _named(fold: Reader, path: str) -> Value:
    whole_list = fold.peek(path)
    if isinstance(whole_list, Unknown):
        return [meant(fold, path, whole_list, *STORES)]
    return [meant(fold, f"{path}[{at}]", item, *STORES) for at, item in enumerate(elements(whole_list))]


def _tag(tag: Reader) -> dict[str, Value]:
    return {"key": tag.peek("key"), "value": tag.peek("value")}


_OPERATORS = {
    "string_equals": "StringEquals",
    "string_like": "StringLike",
    "string_not_equals": "StringNotEquals",
    "string_not_like": "StringNotLike",
}


def _conditions(fold: Reader) -> Iterator[Value]:
    for block in fold.blocks("condition"):
        for path, operator in _OPERATORS.items():
            for each_one in block.blocks(path):
                yield {"operator": operator, "key": each_one.peek("key"), "value": each_one.peek("value")}


_REGION_SETTINGS = "aws_backup_region_settings"
_GLOBAL_SETTINGS = "aws_backup_global_settings"


def _preference(path: str) -> Value:
    def extract(reader: Reader) -> Value:
        for settings in reader.folded(_REGION_SETTINGS):
            said = settings.get(path, {})
            return {key: value if isinstance(value, Unknown) else truth(value) for key, value in said.items()}
        return None

    return extract


def _crosses_accounts(reader: Reader) -> Value:
    for settings in reader.folded(_GLOBAL_SETTINGS):
        said = settings.get("global_settings", {}) or {}
        return truth(said["isCrossAccountBackupEnabled"]) if "isCrossAccountBackupEnabled" in said else None
    return None


def _lock_mode(reader: Reader) -> Value:
    """A lock with a grace time ends in compliance mode, one without can be removed (Developer Guide, "AWS Backup
    Vault Lock")."""
    lock = reader.fold("aws_backup_vault_lock_configuration")
    if lock is None:
        return None
    return "compliance" if written("changeable_for_days")(lock) else "governance"


def _locked_from(reader: Reader) -> Value:
    """Live only: when the grace time of a lock ends, or ended (API BackupVaultListMember, LockDate)."""
    lock = reader.fold("aws_backup_vault_lock_configuration")
    return None if lock is None else lock.get("lock_date", None)


def _lock_days(path: str) -> Value:
    def extract(reader: Reader) -> Value:
        lock = reader.fold("aws_backup_vault_lock_configuration")
        return None if lock is None else whole(lock.get(path))

    return extract


def _selected(reader: Reader) -> Iterator[Value]:
    """What a selection names. Tags and conditions also need the account's opt-in and are left open."""
    if written("condition")(reader) or written("not_resources")(reader):
        raise Undetermined(_CONDITIONS)
    yield from elements(reader.get("resources"))
    if written("selection_tag")(reader) or not written("resources")(reader):
        raise Undetermined(Unknown("tags select, and the account's opt-in decides", Cause.OUTSIDE_SCAN))


_VAULT_POLICY = folded_statements("", ("aws_backup_vault_policy", "policy"))

_PLAN = Row(
    "backup_plan",
    {
        "scheduled": _has_rules,
        "copied": _copied,
        "keep_days": _keep_days,
        "rules": _rules,
        "selections": _selections,
        "opted_in": _preference("resource_type_opt_in_preference"),
        "managed": _preference("resource_type_management_preference"),
        "crosses_accounts": _crosses_accounts,
    },
    {
        "keeps_in": Join("rule", ("backup_vault",), values=each("rule", "target_vault_name")),
        "copied_to": Join("rule", ("backup_vault",), values=each("rule", "copy_action.destination_vault_arn")),
    },
)

_VAULT = Row(
    "backup_vault",
    {
        "customer_key": customer_key("kms_key_arn"),  # absent: alias/aws/backup
        "locked": lambda reader: reader.fold("aws_backup_vault_lock_configuration") is not None,
        "lock_mode": _lock_mode,
        "locked_from": _locked_from,
        "emptied": flag("force_destroy"),
        "lock_min_days": _lock_days("min_retention_days"),
        "lock_max_days": _lock_days("max_retention_days"),
        "air_gapped": FALSE,
        "statements": _VAULT_POLICY,
    },
    {"encrypted_with": key_join("kms_key_arn")},
)

_AIR_GAPPED = Row(
    "backup_vault",
    {
        "customer_key": customer_key("encryption_key_arn"),
        "locked": TRUE,  # always in compliance mode (AWS Backup Developer Guide, "Logically air-gapped vault")
        "lock_mode": Fixed("compliance"),
        "locked_from": NONE,
        "emptied": FALSE,
        "lock_min_days": lambda reader: whole(reader.get("min_retention_days")),
        "lock_max_days": lambda reader: whole(reader.get("max_retention_days")),
        "air_gapped": TRUE,
        "statements": _VAULT_POLICY,
    },
    {"encrypted_with": key_join("encryption_key_arn")},
)

_OF_VAULT = Fold(("aws_backup_vault", "aws_backup_logically_air_gapped_vault"), "backup_vault_name")
_TESTED = "aws_backup_restore_testing_selection"
# Types of restore testing and those of our `selectable` that they hold.
_TESTABLE = {"FSx": ["FSx", "FSx for OpenZFS"]}


def _tested(reader: Reader) -> Value:
    """Resources by ARN, or by type and tags; without either every resource of the type (API
    RestoreTestingSelectionForCreate)."""
    return marked(reader, ((fold, _trial(fold)) for fold in reader.folded(_TESTED)), "protected_resource_type")


def _trial(fold: Reader) -> dict[str, Value]:
    type_ = fold.get("protected_resource_type", "")
    named = settled(lambda: _named(fold, "protected_resource_arns"))
    asked = [{"operator": operator, "key": each_one.peek("key"), "value": each_one.peek("value")}
             for block in fold.blocks("protected_resource_conditions")
             for path, operator in _OPERATORS.items() for each_one in block.blocks(path)]  # fmt: skip
    return {"name": fold.peek("name"), "resources": named if isinstance(named, Unknown) or named else ["*"],
            "not_resources": [], "tags": [], "conditions": asked, "types": _TESTABLE.get(type_, [type_]),
            "opt_in": False}  # fmt: skip


_TESTING = Row(
    "restore_test",
    {"schedule": "schedule_expression", "selections": _tested, "opted_in": NONE},
    identity=("name", "id", "arn"),
)

_REPORTS = Skip("a report or test of backups")

TABLE: Table = {
    "aws_backup_plan": _PLAN,
    "aws_backup_selection": (
        Fold(("aws_backup_plan",), "plan_id"),
        Edge("backs_up", Join("plan_id", ("backup_plan",)), Join("resources", _STORES, values=_selected)),
    ),
    "aws_backup_vault": _VAULT,
    "aws_backup_logically_air_gapped_vault": _AIR_GAPPED,
    "aws_backup_vault_lock_configuration": _OF_VAULT,
    "aws_backup_vault_notifications": _OF_VAULT,
    "aws_backup_vault_policy": _OF_VAULT,
    "aws_backup_framework": _REPORTS,
    "aws_backup_report_plan": _REPORTS,
    "aws_backup_restore_testing_plan": _TESTING,
    _TESTED: Fold(("aws_backup_restore_testing_plan",), "restore_testing_plan_name"),
    _GLOBAL_SETTINGS: Fold(("aws_backup_plan",), "", scope="account"),
    _REGION_SETTINGS: Fold(("aws_backup_plan",), "", scope="region"),
    "aws_rbin_rule": Skip("how long deleted snapshots can be brought back"),
    **lifecycle.TABLE,
    "data.aws_backup_plan": Skip("a plan kept outside the configuration"),
    "data.aws_backup_vault": Skip("a vault kept outside the configuration"),
    "data.aws_backup_selection": Skip("a selection kept outside the configuration"),
}
