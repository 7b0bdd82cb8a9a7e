"""Clusters of a global cluster: which of them holds the data, and which follow it.

Only the first cluster is given an administrator or data to start from; one that joins takes both from the primary
(Aurora User Guide, "Creating an Amazon Aurora global database"; provider documentation of aws_rds_cluster,
"Global Cluster Restored From Snapshot" and its neighbours).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.extract import is_written
from scanner.mapping.reader import Reader
from scanner.mapping.table import Join
from scanner.model.value import Unknown, Value, unwrap

IDENTITY = ("identifier", "cluster_identifier", "id", "arn", "resource_id")
_GLOBAL = "global_cluster_identifier"
_STARTS = ("master_username", "snapshot_identifier", "restore_to_point_in_time", "s3_import")


def cluster_names(reader: Reader) -> Iterator[str]:
    """What a cluster is called elsewhere: by its own names, and as the primary of its global cluster."""
    for path in IDENTITY:
        value = unwrap(reader.peek(path))
        if isinstance(value, str) and value:
            yield value
    if _starts(reader):
        yield from _primaries(reader)


def _starts(reader: Reader) -> bool:
    """An argument that is not known yet is there all the same."""
    given = (reader.peek(path) for path in _STARTS)
    return any(isinstance(each, Unknown) or is_written(each) for each in given)


def _primaries(reader: Reader) -> Iterator[str]:
    """The names of the primary of a cluster's global cluster: by its identifier, and by the resource itself."""
    value = unwrap(reader.peek(_GLOBAL))
    root = reader.resource.address.root
    if isinstance(value, str) and value:
        yield f"the primary of {value}"
    given = value.references if isinstance(value, Unknown) else ()
    named = (*(each.rpartition(".")[0] for each in given), *reader.resource.references.get(_GLOBAL, ()))
    for each in dict.fromkeys(named):
        if "global_cluster." in each:
            yield f"the primary of {root}#{each}"


def _primary(reader: Reader) -> Iterator[Value]:
    if not _starts(reader):
        yield from _primaries(reader)


OF_SOURCE = Join("replication_source_identifier", ("database",), reverse=True)
OF_PRIMARY = Join(_GLOBAL, ("database",), reverse=True, values=_primary)
