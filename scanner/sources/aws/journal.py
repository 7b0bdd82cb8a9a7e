"""What a run has read so far, unit by unit, in one file that outlives a process that is killed.

The first line says whose it is: `{"layerproof_run": 1, "began": TIME, "tool": VERSION, "terms": TEXT}`. Then
comes, for each unit, one line `account<TAB>region<TAB>service<TAB>status<TAB>length` with the packed unit behind
it. A later record of a unit replaces an earlier one; a record that was cut off is dropped, with all behind it. The
file is locked while a run writes it, and readable by its owner only.
"""

from __future__ import annotations

import errno
import gzip
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, NamedTuple

from scanner.sources.aws.faults import OK
from scanner.sources.aws.unit import Collected, Item, Operation, Unit

FRESH = timedelta(hours=24)  # what was read before is too old to go on with
_VERSION = 1
_FIELDS = 5


class _Record(NamedTuple):
    """Where the packed unit lies."""

    start: int
    length: int
    status: str


class Journal:
    """The journal of one run; what an earlier run of the same terms left there is taken over.

    Raises OSError: EBUSY where another process writes it.
    """

    def __init__(self, path: Path, began: str, tool: str, terms: str = "") -> None:
        self.path = path
        self.began = began
        self._records: dict[Unit, _Record] = {}
        self._file = _opened(path)
        head = {"layerproof_run": _VERSION, "began": began, "tool": tool, "terms": terms}
        if not self._take_over(head):
            self._file.seek(0)
            self._file.truncate()
            self._file.write(json.dumps(head).encode() + b"\n")
            self._file.flush()

    def ready(self) -> Iterator[Unit]:
        """The units that were read; those that failed are to be asked again."""
        return (unit for unit, record in self._records.items() if record.status in (OK, "partial"))

    def add(self, collected: Collected) -> None:
        """Keep one unit: it is in the file, whatever becomes of this process, when this returns."""
        unit, packed = collected.unit, pack(collected)
        about = "\t".join((unit.account, unit.region, unit.service, collected.status, str(len(packed))))
        line = about.encode() + b"\n"
        start = self._file.seek(0, os.SEEK_END)
        self._file.write(line + packed)
        self._file.flush()
        self._records[unit] = _Record(start + len(line), len(packed), collected.status)

    def read(self, unit: Unit) -> Collected:
        """What a unit gave. Raises KeyError for one that is not there."""
        record = self._records[unit]
        self._file.seek(record.start)
        return unpack(self._file.read(record.length))

    def close(self, *, remove: bool) -> None:
        """The end: of the run, or only of this process."""
        if remove:
            self.path.unlink(missing_ok=True)
        self._file.close()

    def _take_over(self, head: dict[str, object]) -> bool:
        """Index what an earlier run left, and cut off what it could not finish; False where it is another's."""
        self._file.seek(0)
        try:
            found = json.loads(self._file.readline())
            age = _moment(str(head["began"])) - _moment(found["began"])
        except (ValueError, KeyError, TypeError):
            return False
        if {**head, "began": ""} != {**found, "began": ""} or age > FRESH:
            return False
        self.began = found["began"]
        self._index()
        return True

    def _index(self) -> None:
        size = os.fstat(self._file.fileno()).st_size
        end = self._file.tell()
        while line := self._file.readline():
            parts = line.decode("utf-8", "replace").rstrip("\n").split("\t")
            if not line.endswith(b"\n") or len(parts) != _FIELDS or not parts[4].isdigit():
                break
            start, length = self._file.tell(), int(parts[4])
            if start + length > size:
                break
            self._records[Unit(*parts[:3])] = _Record(start, length, parts[3])
            end = self._file.seek(start + length)
        self._file.truncate(end)


def _opened(path: Path) -> BinaryIO:
    """The file, locked; a link is not followed, and another user's file is not taken."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    file = os.fdopen(os.open(path, flags, 0o600), "r+b")
    try:
        _lock(file.fileno())
        if hasattr(os, "geteuid") and os.fstat(file.fileno()).st_uid != os.geteuid():
            raise PermissionError(errno.EPERM, "the file of an unfinished run belongs to another user", str(path))
    except OSError:
        file.close()
        raise
    return file


def _lock(handle: int) -> None:
    try:
        import fcntl  # noqa: PLC0415 - not on Windows, where two runs into one file are not told apart
    except ImportError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise OSError(errno.EBUSY, "another run is collecting into it") from error


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def pack(collected: Collected) -> bytes:
    """A unit's answer as gzip-compressed JSON, quickly: it is read once more, at the end of the run. Secrets were
    dropped when it was collected."""
    unit = collected.unit
    told = {
        "unit": {"account": unit.account, "region": unit.region, "service": unit.service},
        "items": [each.plain() for each in collected.items],
        "operations": [each.plain() for each in collected.operations],
        "seconds": collected.seconds,
        "waited": collected.waited,
    }
    return gzip.compress(json.dumps(told, separators=(",", ":")).encode(), 1, mtime=0)


def unpack(payload: bytes) -> Collected:
    """What `pack` wrote."""
    held = json.loads(gzip.decompress(payload))
    operations = [Operation(**{**each, "types": tuple(each["types"])}) for each in held["operations"]]
    items = [Item(**each) for each in held["items"]]
    return Collected(Unit(**held["unit"]), items, operations, held["seconds"], held["waited"])
