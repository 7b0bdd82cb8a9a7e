"""Databases of AWS that are made from another, a snapshot or a file: what they take over of it."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.mapping.extract import written
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.versions import engine_release
from scanner.model.logic import some
from scanner.model.value import Cause, Undetermined, Unknown, Value

SOURCES = (
    "replicate_source_db", "snapshot_identifier", "restore_to_point_in_time", "replication_source_identifier",
)  # fmt: skip
_RESTORED = (*SOURCES, "s3_import", "global_cluster_identifier")
FROM_SOURCE = Unknown("a restored or replicated database takes this from its source", Cause.OUTSIDE_SCAN)


def from_source(reader: Reader, sources: Sequence[str] = _RESTORED) -> bool:
    """Whether the database is made from another, a snapshot or a file. Where it is not, what it read is nothing
    to show: a variable for snapshots that is empty decides nothing."""
    quiet = reader.again()
    try:
        if not some(sources, lambda path: written(path)(quiet)):
            return False
    except Undetermined:
        pass  # said again below, at its place
    return some(sources, lambda path: written(path)(reader))


def release(engine: str) -> Extract:
    """Engine and version; those of a restored or replicated one are its source's unless they are written."""
    told = engine_release(engine, named="engine")

    def extract(reader: Reader) -> Value:
        if reader.get("engine_version") is None and from_source(reader):
            return FROM_SOURCE
        return told(reader)

    return extract
