"""AWS volumes, snapshots and file systems: EBS, EFS, FSx."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws import guards
from scanner.mapping.aws.keys import customer_key, key_join
from scanner.mapping.aws.policy import public, statements
from scanner.mapping.aws.protection import DAILY, Maker, copies, copy, meant, point, replica, selectable
from scanner.mapping.defaults import written_or_default
from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NAME_TAG,
    NONE,
    TRUE,
    UNLOCKED,
    elements,
    equals,
    has_block,
    told,
    truth,
    whole,
    written,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Edge, Fixed, Fold, Join, Row, Skip, Table
from scanner.model.logic import either, some
from scanner.model.value import Cause, Unknown, Value

_DEFAULT = "aws_ebs_encryption_by_default"
_DEFAULT_KEY = "aws_ebs_default_kms_key"
_PERMISSION = "aws_snapshot_create_volume_permission"
_ACCOUNT_DECIDES = Unknown("the account's default encryption decides", Cause.OUTSIDE_SCAN)
_SOURCE_DECIDES = Unknown("a snapshot is encrypted as its volume is", Cause.OUTSIDE_SCAN)

MANAGED = Fixed("managed")
IN_SUBNETS = Join("subnet_ids", ("subnet",))
USES_GROUPS = Join("security_group_ids", ("security_group",))


def disk_encrypted(reader: Reader) -> Value:
    """Whether an EBS volume (or a block device of an instance) is encrypted.

    A key, or a true `encrypted`, decides; the account's default turns encryption on whatever is written, and
    decides where nothing is (EBS User Guide, "Enable encryption by default"): unknown unless it is in the scan.
    """
    for default in reader.folded(_DEFAULT):
        if truth(default.get("enabled", True)):
            return True
    asked = reader.get("encrypted")
    if asked is not None:
        return truth(asked)
    if written("kms_key_id")(reader):  # a key without `encrypted` is refused, or the account's default is on
        return True
    if reader.fold(_DEFAULT) is not None:
        return False
    return _ACCOUNT_DECIDES


def _disk_key(reader: Reader) -> Value:
    """A key of its own, or the account's default key where that is in the scan."""
    if customer_key("kms_key_id")(reader):
        return True
    return some(reader.folded(_DEFAULT_KEY), customer_key("key_arn"))


def _snapshot_encrypted(reader: Reader) -> Value:
    asked = reader.get("encrypted")
    return _SOURCE_DECIDES if asked is None else truth(asked)


def _copy_encrypted(reader: Reader) -> Value:
    """A copy can be encrypted anew; otherwise it is as its source (EC2 API, CopySnapshot)."""
    return True if _asked_for(reader) else _SOURCE_DECIDES


def _restorable_by_all(reader: Reader) -> Value:
    return some(reader.folded(_PERMISSION), lambda each: each.get("account_id") == "all")


def _asked_for(reader: Reader) -> bool:
    """Whether encryption is asked for, by name or by a key; EFS encrypts only then (provider documentation)."""
    return either(lambda: written("kms_key_id")(reader), lambda: truth(reader.get("encrypted", False)))


def _efs_backed_up(reader: Reader) -> Value:
    """Automatic backups are on where a backup policy says so; One Zone file systems have them by default (EFS User
    Guide, "Backing up your Amazon EFS file systems")."""
    policy = reader.fold("aws_efs_backup_policy")
    if policy is not None:
        return policy.get("backup_policy.status") == "ENABLED"
    return written("availability_zone_name")(reader)


def _fsx_backed_up(default: int) -> Extract:
    """Automatic backups are kept for some days; 0 switches them off. `default`: provider documentation."""
    return lambda reader: bool(whole(reader.get("automatic_backup_retention_days", default)))


# Copies


def _efs_automatic(reader: Reader) -> Iterator[Value]:
    """Automatic backups are AWS Backup's: every day, kept for 35 days (EFS User Guide, "Automatic backups")."""
    if _efs_backed_up(reader):
        yield copy("point-in-time", "vault:aws/efs/automatic-backup-vault", "backup-store", DAILY, 35,
                   at="backed_up", note="automatic backups")  # fmt: skip


def _efs_replicas(reader: Reader) -> Iterator[Value]:
    for fold in reader.folded("aws_efs_replication_configuration"):
        for block in fold.blocks("destination"):
            region = block.peek("region")
            more = {} if region is None else {"region": region}
            target = block.peek("file_system_id")
            if target is not None:
                more["to"] = meant(fold, "destination[0].file_system_id", target, "aws_efs_file_system")
            yield replica("efs", "live-service", note="a replica of the file system", **more)


def _fsx_automatic(default: int) -> Maker:
    """Automatic daily backups, deleted with the file system (FSx user guides, "Automatic daily backups")."""

    def maker(reader: Reader) -> Iterator[Value]:
        days = whole(reader.get("automatic_backup_retention_days", default))
        if days:
            yield point("fsx", DAILY, days, at="backed_up", dies=True, note="automatic backups")

    return maker


def _mount_targets(path: str) -> Join:
    def values(reader: Reader) -> list[Value]:
        return [each for target in reader.folded("aws_efs_mount_target") for each in elements(target.peek(path))]

    return Join("id", values=values)


def tag_name(key: str, value: object) -> str:
    """The name under which a tag finds what carries it."""
    return f"tag:{key}={value}"


def _volume_names(reader: Reader) -> Iterator[str]:
    """What a volume is called elsewhere: its id, or a tag that a lifecycle policy looks for."""
    for path in ("id", "arn"):
        value = reader.peek(path)
        if isinstance(value, str) and value:
            yield value
    for path in ("tags_all", "tags"):
        tags = reader.peek(path)
        for key, value in tags.items() if isinstance(tags, dict) else ():
            if isinstance(value, str):
                yield tag_name(key, value)


def _fsx(default: int, type_: str = "FSx", compressed: Extract | Fixed = NONE) -> Row:
    return _fsx_row(
        _fsx_backed_up(default),
        selectable(type_, "fsx", "file-system/", "id", unknown="fs-{id}"),
        copies(_fsx_automatic(default)),
        compressed,
    )


def _compressed(type_: str, path: str) -> Extract:
    given = written_or_default(type_, path)
    return told(path, lambda reader: given(reader) != "NONE")


def _fsx_row(
    backed_up: Extract | Fixed, arn: Extract | Fixed, made: Extract | Fixed, compressed: Extract | Fixed = NONE
) -> Row:
    return Row(
        "file_system",
        {
            "encrypted": TRUE,  # FSx always encrypts at rest (FSx user guides, "Encryption of data at rest")
            "customer_key": customer_key("kms_key_id"),
            "placement": MANAGED,
            "selectable": arn,
            "own_copies": made,
            "backed_up": backed_up,
            "compressed": compressed,
        },
        {"encrypted_with": key_join("kms_key_id"), "in_subnet": IN_SUBNETS, "uses": USES_GROUPS},
        identity=("id", "arn"),
        name=NAME_TAG,
    )


_VOLUME = Row(
    "volume",
    {
        "encrypted": disk_encrypted,
        "customer_key": _disk_key,
        "placement": MANAGED,
        "selectable": selectable("EBS", "ec2", "volume/", "id", unknown="vol-{id}"),
        "own_copies": EMPTY,
        # of live accounts alone: code does not say what is attached elsewhere
        "in_use": "in_use",
        "created": "create_time",
    },
    {"encrypted_with": key_join("kms_key_id")},
    identity=_volume_names,
    name=NAME_TAG,
)


def _locked(reader: Reader) -> Value:
    """Live only: the state of its lock (EC2 API, LockedSnapshotsInfo; "expired" is none)."""
    lock = reader.fold(_LOCK)
    return None if lock is None else _LOCKS.get(str(lock.get("lock_state", "")))


def _snapshot(encrypted: Extract, source: str, kinds: tuple[str, ...] = ("volume", "snapshot")) -> Row:
    return Row(
        "snapshot",
        {
            "encrypted": encrypted,
            "public_access": _restorable_by_all,
            "lock": _locked,
            "archived": equals("storage_tier", "archive", default="standard"),
            "keep_days": NONE,
            "orphaned": "orphaned",  # of live accounts alone
            "created": "start_time",
        },
        {"snapshot_of": Join(source, kinds), "encrypted_with": key_join("kms_key_id")},
        identity=("id", "arn"),
        name=NAME_TAG,
    )


def _efs_identity(reader: Reader) -> Value:
    """Without a policy, or by one for everyone, whoever reaches a mount target is let in as whom he says (EFS User
    Guide, "Using IAM to control file system data access")."""
    for policy in reader.folded("aws_efs_file_system_policy"):
        return not public(statements(policy.get("policy")))
    return False


_EFS = Row(
    "file_system",
    {
        "encrypted": _asked_for,
        "customer_key": customer_key("kms_key_id"),
        "placement": MANAGED,
        "selectable": selectable("EFS", "elasticfilesystem", "file-system/", "id", unknown="fs-{id}"),
        "own_copies": copies(_efs_automatic, _efs_replicas),
        "backed_up": _efs_backed_up,
        "identity_asked": _efs_identity,
    },
    {
        "encrypted_with": key_join("kms_key_id"),
        "in_subnet": _mount_targets("subnet_id"),
        "uses": _mount_targets("security_groups"),
    },
    identity=("id", "arn"),
    name="creation_token",
)

_OF_EFS = Fold(("aws_efs_file_system",), "file_system_id")
_LOCK = "aws_ebs_snapshot_lock"  # no resource of Terraform's
_LOCKS = {"compliance": "compliance", "governance": "governance", "compliance-cooloff": "grace"}
_SNAPSHOTS = ("aws_ebs_snapshot", "aws_ebs_snapshot_copy", "aws_ebs_snapshot_import")
_DISKS = ("aws_ebs_volume", "aws_instance", "aws_spot_instance_request")
_TRANSFER = Skip("a gateway or transfer between stores")
_INSIDE_FSX = Skip("a part of a file system, which says what is encrypted and kept")

TABLE: Table = {
    "aws_ebs_volume": _VOLUME,
    _DEFAULT: (Fold(_DISKS, "", scope="region"), guards.ENCRYPTION),
    _DEFAULT_KEY: Fold(_DISKS, "", scope="region"),
    "aws_ebs_snapshot": _snapshot(_snapshot_encrypted, "volume_id"),
    "aws_ebs_snapshot_copy": _snapshot(_copy_encrypted, "source_snapshot_id"),
    "aws_ebs_snapshot_import": _snapshot(_copy_encrypted, "disk_container"),
    "aws_ebs_fast_snapshot_restore": Skip("the speed of restoring"),
    _PERMISSION: Fold(_SNAPSHOTS, "snapshot_id"),
    _LOCK: Fold(_SNAPSHOTS, "snapshot_id"),
    "aws_volume_attachment": Edge("mounts", Join("instance_id", ("instance",)), Join("volume_id", ("volume",))),
    "data.aws_ebs_volume": Skip("a volume kept outside the configuration"),
    "data.aws_ebs_snapshot": Skip("a snapshot kept outside the configuration"),
    "data.aws_ebs_default_kms_key": Skip("a setting of the account"),
    "data.aws_ebs_encryption_by_default": Skip("a setting of the account"),
    "aws_efs_file_system": _EFS,
    "aws_efs_mount_target": _OF_EFS,
    "aws_efs_access_point": (
        _OF_EFS,
        Row(
            "mount_point",
            {
                "rooted": told("root_directory", lambda reader: reader.get("root_directory.path", "/") != "/"),
                "as_user": told("posix_user", has_block("posix_user")),
            },
            {"forwards_to": Join("file_system_id", ("file_system",))},
            identity=("id", "arn"),
            name=NAME_TAG,
        ),
    ),
    "aws_efs_backup_policy": _OF_EFS,
    "aws_efs_file_system_policy": _OF_EFS,
    "aws_efs_replication_configuration": (
        Fold(("aws_efs_file_system",), "source_file_system_id"),
        Edge(
            "copied_to",
            Join("source_file_system_id", ("file_system",)),
            Join("destination.file_system_id", ("file_system",)),
        ),
    ),
    "data.aws_efs_file_system": Skip("a file system kept outside the configuration"),
    "aws_fsx_lustre_file_system": _fsx(
        0, compressed=_compressed("aws_fsx_lustre_file_system", "data_compression_type")
    ),
    "aws_fsx_openzfs_file_system": _fsx(
        0,
        "FSx for OpenZFS",
        _compressed("aws_fsx_openzfs_file_system", "root_volume_configuration.data_compression_type"),
    ),
    "aws_fsx_windows_file_system": _fsx(7),
    "aws_fsx_ontap_file_system": _fsx(0),
    "aws_fsx_file_cache": _fsx_row(FALSE, NONE, EMPTY),
    "aws_fsx_backup": Row(
        "snapshot",
        {"encrypted": TRUE, "public_access": FALSE, **UNLOCKED},
        {"snapshot_of": Join("file_system_id", ("file_system",))},
        identity=("id", "arn"),
        name=NAME_TAG,
    ),
    "aws_fsx_ontap_storage_virtual_machine": _INSIDE_FSX,
    "aws_fsx_ontap_volume": _INSIDE_FSX,
    "aws_fsx_openzfs_volume": _INSIDE_FSX,
    "aws_fsx_openzfs_snapshot": _INSIDE_FSX,
    "aws_fsx_data_repository_association": _INSIDE_FSX,
    "aws_storagegateway_gateway": _TRANSFER,
    "aws_storagegateway_nfs_file_share": _TRANSFER,
    "aws_storagegateway_smb_file_share": _TRANSFER,
    "aws_datasync_task": _TRANSFER,
    "aws_datasync_location_s3": _TRANSFER,
    "aws_datasync_location_efs": _TRANSFER,
    "aws_datasync_agent": _TRANSFER,
    "aws_datasync_location_azure_blob": _TRANSFER,
    "aws_datasync_location_fsx_lustre_file_system": _TRANSFER,
    "aws_datasync_location_fsx_ontap_file_system": _TRANSFER,
    "aws_datasync_location_fsx_openzfs_file_system": _TRANSFER,
    "aws_datasync_location_fsx_windows_file_system": _TRANSFER,
    "aws_datasync_location_hdfs": _TRANSFER,
    "aws_datasync_location_nfs": _TRANSFER,
    "aws_datasync_location_object_storage": _TRANSFER,
    "aws_datasync_location_smb": _TRANSFER,
    "aws_storagegateway_cache": _TRANSFER,
    "aws_storagegateway_cached_iscsi_volume": _TRANSFER,
    "aws_storagegateway_file_system_association": _TRANSFER,
    "aws_storagegateway_stored_iscsi_volume": _TRANSFER,
    "aws_storagegateway_tape_pool": _TRANSFER,
    "aws_storagegateway_upload_buffer": _TRANSFER,
    "aws_storagegateway_working_storage": _TRANSFER,
}
