"""Backups of clusters: Velero, K8up, VolSync, Longhorn, Kasten, CloudNativePG, snapshot schedules, and CronJobs
that save something.

A schedule becomes a `backup_plan`. Its rules are {"name", "schedule", "keep_days", "where": {"provider", "region",
"store", "medium"}, "fault"}; its selections {"namespaces": globs, "not_namespaces", "labels": selectors of which
one must fit (empty: all), "claims": names (null: all), "classes", "files": how file backups choose volumes}.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scanner.mapping.extract import EMPTY, FALSE, NONE, written
from scanner.mapping.kubernetes.reading import (
    OUTSIDE,
    beside,
    joined,
    mapping,
    row,
    selected,
    sequence,
    texts,
    unknown,
)
from scanner.mapping.kubernetes.storage import every_volume
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fold, Join, Table
from scanner.model.value import Undetermined, Unknown, Value, unwrap

_LOCATION = "velero.io/BackupStorageLocation"
_HOURS = {"d": 24.0, "h": 1.0, "m": 1 / 60, "s": 1 / 3600}
_HERE = re.compile(r"(?:^|//)[\w.-]+\.svc(?:\.|:|/|$)|localhost|127\.0\.0\.1")
_UNITS = {"hourly": 1 / 24, "daily": 1, "weekly": 7, "monthly": 30, "yearly": 365}
_PERIODS = {"@hourly": "@hourly", "@daily": "@daily", "@weekly": "@weekly", "@monthly": "@monthly",
            "@yearly": "@yearly"}  # fmt: skip


def hours_of(text: str) -> float | None:
    """A duration such as `720h0m0s`; None where it is none."""
    parts = re.findall(r"([0-9.]+)([dhms])", text)
    return sum(float(count) * _HOURS[unit] for count, unit in parts) if parts else None


def bucket(name: Value, region: Value = None, url: str = "", provider: str = "") -> dict[str, Value]:
    """An object store as a place: in the cluster itself where its address is one of a service."""
    inside = bool(_HERE.search(url))
    store = name if isinstance(name, Unknown) else f"bucket:{name}"
    return {"store": store, "medium": "object", "provider": provider,
            "region": "here" if inside else region}  # fmt: skip


def _snapshots(driver: str = "csi") -> dict[str, Value]:
    return {"store": f"native:{driver}", "medium": "backup-store", "provider": "", "region": "here"}


def _rule(name: Value, schedule: Value, keep: Value, where: Value, fault: Value = None) -> dict[str, Value]:
    return {"name": name, "schedule": schedule, "keep_days": keep, "where": where, "fault": fault}


def _selection(**given: Value) -> dict[str, Value]:
    empty: dict[str, Value] = {"namespaces": ["*"], "not_namespaces": [], "labels": [], "claims": None,
                               "classes": None, "files": None, "by": ""}  # fmt: skip
    return {**empty, **given}


def _own(reader: Reader) -> list[Value]:
    region = reader.resource.scope.region
    return [region if isinstance(region, str) else "?"]


def _attempt(extract: Extract) -> Extract:
    def guarded(reader: Reader) -> Value:
        try:
            return extract(reader)
        except Undetermined as undetermined:
            return [undetermined.unknown]

    return guarded


def _plan(rules: Extract, selections: Extract, fold: str = "", **relations: Join) -> Any:
    """The row of a schedule."""
    return row(
        "backup_plan",
        {
            "scheduled": lambda reader: _runs(rules(reader)),
            "copied": NONE,  # its location decides, and copies nothing on
            "keep_days": lambda reader: _kept(rules(reader)),
            "rules": _attempt(rules),
            "selections": _attempt(selections),
            "opted_in": NONE,
            "managed": NONE,
        },
        relations,
    )


_PAUSED, _DISABLED = "the schedule is paused", "it is disabled"


def _runs(rules: Value) -> bool:
    """Whether every rule has a schedule and is not switched off; what its copies lack is another thing."""
    return all(each["schedule"] is not None and each["fault"] not in (_PAUSED, _DISABLED) for each in rules)


def _kept(rules: Value) -> Value:
    days = [each["keep_days"] for each in rules if each["keep_days"] is not None]
    unclear = next((each for each in days if isinstance(each, Unknown)), None)
    return unclear if unclear is not None else min(days, default=None)


# Velero: one copy per volume, by file backup, by snapshot, or by a snapshot whose data is moved to the bucket


def _velero_rules(reader: Reader) -> Value:
    keep = hours_of(str(reader.get("spec.template.ttl", "720h")))
    paused = reader.get("spec.paused", False)
    fault = _PAUSED if paused is True else None
    location = str(reader.get("spec.template.storageLocation", "default"))
    schedule = reader.get("spec.schedule")
    where = {"location": beside(reader.resource, _LOCATION, location), "name": location}
    told = _rule(None, schedule, None if keep is None else keep / 24, where, fault)
    agent = reader.get("spec.nodeAgent", True) is not False  # said of schedules that a chart brings
    return [{**told, "move": reader.get("spec.template.snapshotMoveData", False), "agent": agent}]


def _velero_selections(reader: Reader) -> Value:
    """Which volumes, and how file backups choose among them (Velero documentation, "File System Backup")."""
    template = "spec.template"
    selectors = (
        [selected(reader.get(f"{template}.labelSelector"))] if reader.has(f"{template}.labelSelector") else []
    )
    selectors += [selected(each) for each in sequence(reader.get(f"{template}.orLabelSelectors"))]
    kinds = _kinds(reader, "includedResources", "includedNamespaceScopedResources")
    claims: Value = None
    if kinds and not {"*", "persistentvolumeclaims", "pvc", "persistentvolumes", "pods", "pod"} & kinds:
        claims = []  # no volume is among the kinds
    out = _kinds(reader, "excludedResources", "excludedNamespaceScopedResources", "excludedClusterScopedResources")
    if out & {"*", "persistentvolumeclaims", "pvc", "persistentvolumes", "pv"}:
        claims = []
    files = "all" if reader.get(f"{template}.defaultVolumesToFsBackup", False) is True else "annotated"
    snapshots = reader.get(f"{template}.snapshotVolumes", True) is not False
    policy = reader.has(f"{template}.resourcePolicy")
    return [_selection(
        namespaces=texts(reader.get(f"{template}.includedNamespaces")) or ["*"],
        not_namespaces=texts(reader.get(f"{template}.excludedNamespaces")),
        labels=selectors, claims=claims, files=files, by="velero", snapshots=snapshots,
        snapshotter=_snapshotter(reader),
        policy=Unknown("a resource policy decides which volumes are saved", OUTSIDE) if policy else None,
    )]  # fmt: skip


def _kinds(reader: Reader, *paths: str) -> set[str]:
    """Kinds of a filter, in the spelling of either generation (Velero documentation, "Resource filtering")."""
    return {each for path in paths for each in texts(reader.get(f"spec.template.{path}"))}


_SNAPSHOTTERS = ("snapshot.storage.k8s.io/VolumeSnapshotClass", "velero.io/VolumeSnapshotLocation")


def _snapshotter(reader: Reader) -> bool:
    """Whether something in the cluster can take snapshots of volumes for Velero."""
    return any(reader.fold(type_) is not None for type_ in _SNAPSHOTTERS)


def _velero_volumes(reader: Reader) -> Iterator[Value]:
    if reader.get("spec.template.snapshotVolumes") is not False:
        for namespace in texts(reader.get("spec.template.includedNamespaces")) or ["*"]:
            yield from every_volume(reader, namespace)


def _location_store(reader: Reader) -> Value:
    """Where a BackupStorageLocation keeps: one that is read-only or not available keeps nothing new."""
    named = unwrap(reader.peek("spec.objectStorage.bucket"))
    place = bucket(named, reader.get("spec.config.region"), str(reader.get("spec.config.s3Url", "")))
    fault = None
    if reader.get("spec.accessMode", "ReadWrite") == "ReadOnly":
        fault = "its storage location is read-only"
    elif reader.get("status.phase", "Available") == "Unavailable":
        fault = "its storage location is not available"
    return [{**place, "fault": fault}]


# K8up


_BACKENDS = {"s3": "", "b2": "backblaze", "gcs": "", "azure": "", "swift": "", "rest": ""}


def _k8up_where(reader: Reader) -> Value:
    backend = mapping(reader.get("spec.backend"))
    for name, provider in _BACKENDS.items():
        if name in backend:
            held = mapping(backend[name])
            url = str(held.get("endpoint") or held.get("url") or "")
            return bucket(held.get("bucket") or held.get("container") or url, None, url, provider)
    if "local" in backend:
        return {"store": f"path:{mapping(backend['local']).get('mountPath')}", "medium": "live-block",
                "provider": "", "region": "here"}  # fmt: skip
    return Unknown("the operator's settings say where K8up keeps its backups", OUTSIDE)


def _k8up_rules(reader: Reader) -> Value:
    if not reader.has("spec.backup"):
        return []
    schedule = reader.get("spec.backup.schedule")
    return [_rule(None, schedule, _retention(reader, "spec.prune.retention"), _k8up_where(reader))]


def _retention(reader: Reader, path: str) -> Value:
    """The longest that restic keeps by these numbers; for ever without any."""
    held = mapping(reader.get(path))
    spelled = {**_UNITS, **{f"keep{name.title()}": days for name, days in _UNITS.items()}, "keepLast": 1}
    days = [float(held[name]) * each for name, each in spelled.items() if isinstance(held.get(name), (int, float))]
    return max(days) if days else None


def _k8up_selections(reader: Reader) -> Value:
    selectors = [selected(each) for each in sequence(reader.get("spec.backup.labelSelectors"))]
    return [_selection(namespaces=_own(reader), labels=selectors, by="k8up")]


# VolSync, Longhorn, Kasten, snapshot schedules


def _volsync_rules(reader: Reader) -> Value:
    """A mover with a history (restic, and kopia in the fork that knows it) makes points; one without (rclone,
    rsync) a replica."""
    schedule = reader.get("spec.trigger.schedule")
    for tool in ("restic", "kopia"):
        if reader.has(f"spec.{tool}"):
            secret = reader.get(f"spec.{tool}.repository")
            where = Unknown(f"the secret {secret} says where {tool} keeps its repository", OUTSIDE)
            return [_rule(tool, schedule, _retention(reader, f"spec.{tool}.retain"), where)]
    mover = next((name for name in ("rclone", "rsyncTLS", "rsync", "syncthing") if reader.has(f"spec.{name}")), "")
    return [_rule(mover, schedule, None, None, f"{mover or 'the mover'} keeps one state only: a replica")]


def _volsync_selections(reader: Reader) -> Value:
    return [_selection(namespaces=_own(reader), claims=[reader.get("spec.sourcePVC")])]


_INSIDE = "a snapshot of Longhorn lies in the volume itself"


def _longhorn_rules(reader: Reader) -> Value:
    """A backup goes to the backup target; a snapshot stays in the volume's own replicas. `retain` counts what is
    kept of one job, one unless it says more (Longhorn, "Recurring Snapshots and Backups")."""
    task, cron = str(reader.get("spec.task", "")), reader.get("spec.cron")
    if not task.startswith("backup"):
        return [_rule(task, cron, None, None, _INSIDE)]
    target = reader.fold("longhorn.io/BackupTarget")
    if target is not None:
        return [{**_rule(task, cron, None, _target(target.peek("spec.backupTargetURL"))), "count": _count(reader)}]
    where = Unknown("the setting backup-target says where Longhorn keeps its backups", OUTSIDE)
    return [{**_rule(task, cron, None, where), "count": _count(reader)}]


def _count(reader: Reader) -> Value:
    return reader.get("spec.retain", 1)


def _target(url: Value) -> Value:
    """`s3://BUCKET@REGION/PATH`; what is mounted lies in the network of the cluster."""
    if not isinstance(url, str) or not url:
        return Unknown("the backup target of Longhorn is not written", OUTSIDE)
    found = re.match(r"s3://([^@/]+)(?:@([a-z0-9-]+))?", url)
    if found:
        region = found[2] if found[2] and re.fullmatch(r"[a-z]{2}(?:-[a-z]+)+-\d", found[2]) else None
        return bucket(found[1], region)
    return {"store": f"target:{url}", "medium": "object" if url.startswith("azblob") else "live-service",
            "provider": "", "region": None}  # fmt: skip


def _longhorn_selections(reader: Reader) -> Value:
    groups = texts(reader.get("spec.groups"))
    name = str(reader.get("metadata.name", ""))
    prefix = "recurring-job"
    wanted = [
        {"labels": {f"{prefix}-group.longhorn.io/{group}": "enabled"}, "expressions": []} for group in groups
    ]
    wanted.append({"labels": {f"{prefix}.longhorn.io/{name}": "enabled"}, "expressions": []})
    by = "longhorn-default" if "default" in groups else "longhorn"
    return [_selection(labels=wanted, classes=["longhorn"], by=by)]


# Rook mirrors a pool or file system to another cluster ("RBD Mirroring", "CephFS Mirroring")


def _mirror_rules(reader: Reader) -> Value:
    if reader.get("spec.mirroring.enabled", False) is not True:
        return []
    where = Unknown("the peer of the mirror is told by a secret", OUTSIDE)
    hours = reader.get("spec.mirroring.snapshotSchedules.interval", "5m")
    told = _rule("mirror", f"@every {hours}", None, where, "the mirror follows every change: a replica")
    return [told]


def _mirror_selections(reader: Reader) -> Value:
    hints = ["cephfs"] if reader.resource.type.endswith("CephFilesystem") else ["ceph", "rook", "rbd"]
    return [_selection(classes=hints, by="rook")]


def _kasten_rules(reader: Reader) -> Value:
    """`backup` snapshots, `export` copies them to the location of a profile."""
    schedule = _PERIODS.get(str(reader.get("spec.frequency", "")))
    keep = _retention(reader, "spec.retention")
    found: list[Value] = []
    for action in reader.blocks("spec.actions"):
        if action.get("action") == "backup":
            found.append(_rule("backup", schedule, keep, _snapshots()))
        elif action.get("action") == "export":
            profile = action.get("exportParameters.profile.name")
            where = Unknown(f"the profile {profile} says where Kasten exports to", OUTSIDE)
            found.append(_rule("export", schedule, keep, where))
    return found


def _kasten_selections(reader: Reader) -> Value:
    """Applications are namespaces (Kasten documentation, "Policies")."""
    held = selected(reader.get("spec.selector"))
    names = [value for each in held["expressions"] if each["key"] == "k10.kasten.io/appNamespace"
             and each["operator"] == "In" for value in each["values"]]  # fmt: skip
    named = held["labels"].get("k10.kasten.io/appNamespace")
    names.extend([named] if named else [])
    everything = not held["labels"] and not held["expressions"]
    if not names and not everything:
        raise Undetermined(Unknown("labels of applications decide what Kasten saves", OUTSIDE))
    return [_selection(namespaces=names or ["*"])]


def _schedule_rules(reader: Reader) -> Value:
    keep = reader.get("spec.retention.expires")
    hours = None if keep is None else hours_of(str(keep))
    count = reader.get("spec.retention.maxCount")
    days: Value = hours / 24 if hours is not None else None
    if days is None and count is not None:
        days = Unknown("a count of snapshots is kept", OUTSIDE)
    off = reader.get("spec.disabled", False)
    return [_rule(None, reader.get("spec.schedule"), days, _snapshots(), _DISABLED if off is True else None)]


def _schedule_selections(reader: Reader) -> Value:
    selector = reader.get("spec.claimSelector")
    return [_selection(namespaces=_own(reader), labels=[selected(selector)] if selector else [])]


TABLE: Table = {
    "velero.io/Schedule": _plan(
        _velero_rules,
        _velero_selections,
        backs_up=joined("spec.template.includedNamespaces", ("volume",), _velero_volumes),
        keeps_in=joined(
            "spec.template.storageLocation",
            ("backup_vault",),
            lambda reader: iter(
                (beside(reader.resource, _LOCATION, str(reader.get("spec.template.storageLocation", "default"))),)
            ),
        ),
    ),
    **dict.fromkeys(_SNAPSHOTTERS, Fold(("velero.io/Schedule",), "", scope="account")),
    _LOCATION: row(
        "backup_vault",
        {
            "customer_key": written("spec.config.kmsKeyId", "spec.config.kmsKeyName"),
            "locked": unknown("the bucket behind it decides"),
            "lock_mode": unknown("the bucket behind it decides"),
            "lock_min_days": NONE,
            "lock_max_days": NONE,
            "air_gapped": FALSE,
            "keeps": _attempt(_location_store),
            "statements": EMPTY,
        },
        {"copied_to": Join("spec.objectStorage.bucket", ("object_store",))},
    ),
    "k8up.io/Schedule": _plan(_k8up_rules, _k8up_selections),
    "volsync.backube/ReplicationSource": _plan(_volsync_rules, _volsync_selections),
    "longhorn.io/BackupTarget": Fold(("longhorn.io/RecurringJob",), "", scope="account"),
    "longhorn.io/RecurringJob": _plan(_longhorn_rules, _longhorn_selections),
    "ceph.rook.io/CephBlockPool": _plan(_mirror_rules, _mirror_selections),
    "ceph.rook.io/CephFilesystem": _plan(_mirror_rules, _mirror_selections),
    "config.kio.io/Policy": _plan(_kasten_rules, _kasten_selections),
    "snapscheduler.backube/SnapshotSchedule": _plan(_schedule_rules, _schedule_selections),
}
