"""What saves itself, and jobs that save something: CloudNativePG, and CronJobs known by image and arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.mapping.extract import EMPTY, FALSE, NONE, TRUE
from scanner.mapping.kubernetes.backups import bucket, hours_of
from scanner.mapping.kubernetes.reading import (
    OUTSIDE,
    beside,
    mapping,
    row,
    sequence,
    texts,
    unknown,
    walked,
)
from scanner.mapping.reader import Reader
from scanner.mapping.table import Fixed, Fold, Join, Part, Row, Table
from scanner.model.value import Unknown, Value

_CLUSTER, _STORE = "postgresql.cnpg.io/Cluster", "barmancloud.cnpg.io/ObjectStore"
_SCHEDULED = "postgresql.cnpg.io/ScheduledBackup"
_MINUTES = 5 / 60  # archive_timeout of CloudNativePG

# CloudNativePG


def _scheduled(reader: Reader) -> Iterator[Reader]:
    for fold in reader.folded(_SCHEDULED):
        if fold.get("spec.suspend", False) is not True:
            yield fold


def _days(text: Value) -> Value:
    """`30d`, `4w`, `2m`; None: for ever."""
    found = re.fullmatch(r"(\d+)([dwm])", str(text or ""))
    return int(found[1]) * {"d": 1, "w": 7, "m": 30}[found[2]] if found else None


def _object(store: dict[str, Value]) -> dict[str, Value]:
    """Where barman keeps: `s3://BUCKET/...`, perhaps at an endpoint of the cluster itself."""
    path, url = store.get("destinationPath"), store.get("endpointURL")
    text = path if isinstance(path, str) else ""
    name = text.partition("://")[2].partition("/")[0] or text
    place = bucket(name, None, url if isinstance(url, str) else "")
    if isinstance(path, Unknown):
        place["store"] = path
    return {**place, "region": url} if isinstance(url, Unknown) else place


def _own_copies(reader: Reader) -> Value:
    """Base backups by schedule with the log archived between them; the log alone restores nothing."""
    found: list[Value] = []
    if _number(reader.get("spec.instances", 1)) > 1:
        found.append(
            _copy("synchronous-replica", "native:cnpg", "live-service", 0.0, None, note="standby instances")
        )
    schedules = list(_scheduled(reader))
    barman = mapping(reader.get("spec.backup.barmanObjectStore"))
    plugins = [mapping(each) for each in sequence(reader.get("spec.plugins"))]
    archived = [each for each in plugins if "barman" in str(each.get("name"))]
    keep = _days(reader.get("spec.backup.retentionPolicy"))
    for fold in schedules:
        method = str(fold.get("spec.method", "barmanObjectStore"))
        gap = fold.get("spec.schedule")
        if method == "volumeSnapshot":
            found.append(_copy("point-in-time", "native:csi", "backup-store", 0.0, keep, schedule=gap,
                               region="here", note="scheduled volume snapshots"))  # fmt: skip
        elif method == "plugin" and archived:
            found.append(_copy("point-in-time", "", "object", _MINUTES, None, vault=True,
                               note="base backups by schedule and the log, by the barman plugin"))  # fmt: skip
        elif barman:
            place = _object(barman)
            found.append(_copy("point-in-time", place["store"], "object", _MINUTES, keep, region=place["region"],
                               note="base backups by schedule and the log"))  # fmt: skip
    return found


def _copy(kind: str, store: Value, medium: str, hours: float, keep: Value, **more: Value) -> dict[str, Value]:
    return {"kind": kind, "store": store, "medium": medium, "hours": hours, "keep_days": keep, **more}


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 1


def _backup_days(reader: Reader) -> Value:
    """0 where no base backup is scheduled; None where they are kept for ever, or the plugin's store says it."""
    if not any(each["kind"] == "point-in-time" for each in _own_copies(reader)):
        return 0
    return _days(reader.get("spec.backup.retentionPolicy"))


def _stores(reader: Reader) -> Iterator[Value]:
    for each in sequence(reader.get("spec.plugins")):
        name = walked(each, "parameters", "barmanObjectName")
        if name is not None:
            yield beside(reader.resource, _STORE, str(name))


def _clusters(reader: Reader) -> Iterator[Value]:
    yield beside(reader.resource, _CLUSTER, str(reader.get("spec.cluster.name", "")))


_DECIDES = "the operator and the storage class decide"
_PG = row(
    "database",
    {
        "encrypted": unknown(_DECIDES),
        "customer_key": unknown(_DECIDES),
        "placement": Fixed("self-managed"),
        "selectable": NONE,
        "own_copies": _own_copies,
        "engine": Fixed("postgres"),
        "public_access": FALSE,
        "tls_required": unknown(_DECIDES),
        "backup_days": _backup_days,
        "deletion_protected": NONE,
        "final_snapshot": NONE,
        "multi_zone": lambda reader: _number(reader.get("spec.instances", 1)) > 1,
        "identity_login": FALSE,
        "logged": TRUE,
        "upgraded": NONE,
        "part_of": NONE,
        "statements": EMPTY,
    },
    {"keeps_in": Join("spec.plugins", ("backup_vault",), values=_stores)},
)


def _object_store(reader: Reader) -> Value:
    place = _object(mapping(reader.get("spec.configuration")))
    return [{**place, "fault": None, "keep_days": _days(reader.get("spec.retentionPolicy"))}]


_BARMAN = row(
    "backup_vault",
    {
        "customer_key": unknown("the bucket behind it decides"),
        "locked": unknown("the bucket behind it decides"),
        "lock_mode": unknown("the bucket behind it decides"),
        "lock_min_days": NONE,
        "lock_max_days": NONE,
        "air_gapped": FALSE,
        "keeps": _object_store,
        "statements": EMPTY,
    },
)

# CronJobs: what they run tells that they save, what they mount what

_POD = "spec.jobTemplate.spec.template.spec"
_TOOLS = (
    ("restic", re.compile(r"\brestic\b.*\bbackup\b|\bautorestic\b"), "history"),
    ("kopia", re.compile(r"\bkopia\b.*\bsnapshot\b.*\bcreate\b"), "history"),
    ("borg", re.compile(r"\bborg(?:matic)?\b.*\bcreate\b|\bborgmatic\b"), "history"),
    ("duplicity", re.compile(r"\bduplicity\b|\bduplicati\b"), "history"),
    ("zfs", re.compile(r"\bzfs\b.*\bsend\b|\bsyncoid\b"), "history"),
    ("etcdctl", re.compile(r"\betcdctl\b.*\bsnapshot\b.*\bsave\b"), "history"),
    ("rclone", re.compile(r"\brclone\b.*\b(?:sync|copy)\b"), "replica"),
    ("mc", re.compile(r"\bmc\b.*\bmirror\b"), "replica"),
    ("rsync", re.compile(r"\brsync\b"), "replica"),
)  # fmt: skip
_REPOSITORY = ("RESTIC_REPOSITORY", "KOPIA_REPOSITORY", "BORG_REPO", "BORG_REPOSITORY")


def tool_of(reader: Reader) -> tuple[str, str, str]:
    """The tool that a CronJob saves with, whether it keeps a history, and its repository; "" without one."""
    for container in reader.blocks(f"{_POD}.containers"):
        words = [str(container.get("image", "")).rpartition("/")[2].partition("@")[0]]
        words += [str(each) for path in ("command", "args") for each in texts(container.get(path))]
        line = " ".join(words)
        for name, pattern, keeps in _TOOLS:
            if pattern.search(line):
                return name, keeps, _repository(container, line)
    return "", "", ""


def _repository(container: Reader, line: str) -> str:
    for variable in container.blocks("env"):
        if variable.get("name") in _REPOSITORY:
            return str(variable.peek("value") or "")
    found = re.search(r"(?:-r|--repo(?:sitory)?)[ =](\S+)", line)
    return found[1] if found else ""


def _where(reader: Reader) -> Value:
    tool, _, repository = tool_of(reader)
    found = re.match(r"(?:s3|gs|b2|azure|swift|rest|sftp|rclone):(.*)", repository)
    if not found:
        if repository.startswith("/"):
            return {"store": f"path:{repository}", "medium": "live-block", "provider": "", "region": "here"}
        return Unknown(f"where {tool} keeps its backups is not written", OUTSIDE)
    provider = "backblaze" if repository.startswith("b2:") else ""
    rest = found[1]
    url = rest if "." in rest.partition("/")[0] or "//" in rest else ""
    return bucket(rest, _region(rest), url, provider)


def _region(url: str) -> Value:
    found = re.search(r"s3[.-]([a-z]{2}-[a-z]+-\d)\.amazonaws", url)
    return found[1] if found else None


def _rules(reader: Reader) -> Value:
    tool, keeps, _ = tool_of(reader)
    fault: Value = None
    if reader.get("spec.suspend", False) is True:
        fault = "the job is suspended"
    elif keeps == "replica":
        fault = f"{tool} keeps one state only: a replica"
    return [{"name": tool, "schedule": reader.get("spec.schedule"), "keep_days": _forgotten(reader),
             "where": _where(reader), "fault": fault}]  # fmt: skip


def _forgotten(reader: Reader) -> Value:
    """How long a repository keeps: `restic forget` in the same job, else what another job decides."""
    line = " ".join(str(each) for container in reader.blocks(f"{_POD}.containers")
                    for path in ("command", "args") for each in texts(container.get(path)))  # fmt: skip
    found = re.search(r"--keep-within[ =](\S+)", line)
    if found:
        hours = hours_of(found[1])
        return None if hours is None else hours / 24
    units = {"daily": 1, "weekly": 7, "monthly": 30, "yearly": 365, "hourly": 1 / 24}
    days = [
        int(count) * units[unit] for unit, count in re.findall(r"--keep-(\w+)[ =](\d+)", line) if unit in units
    ]
    if days:
        return max(days)
    return None if "forget" not in line else Unknown("what is forgotten is not written as days", OUTSIDE)


def _selections(reader: Reader) -> Value:
    """The claims that the job mounts."""
    claims = [
        walked(each, "persistentVolumeClaim", "claimName") for each in sequence(reader.get(f"{_POD}.volumes"))
    ]
    region = reader.resource.scope.region
    return [{
        "namespaces": [region if isinstance(region, str) else "?"], "not_namespaces": [], "labels": [],
        "claims": [each for each in claims if each is not None], "classes": None, "files": None, "by": "job",
    }]  # fmt: skip


_JOB = Row(
    "backup_plan",
    {
        "scheduled": lambda reader: reader.has("spec.schedule") and reader.get("spec.suspend", False) is not True,
        "copied": NONE,
        "keep_days": _forgotten,
        "rules": _rules,
        "selections": _selections,
        "opted_in": NONE,
        "managed": NONE,
    },
    identity=(),
    name="metadata.name",
    tags=lambda _reader: {},
)
JOB_PART = Part(_JOB, "backup", when=lambda reader: bool(tool_of(reader)[0]))

TABLE: Table = {
    _CLUSTER: _PG,
    _SCHEDULED: Fold((_CLUSTER,), "spec.cluster.name", values=_clusters),
    _STORE: _BARMAN,
}
