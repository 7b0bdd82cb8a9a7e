"""Whether databases of the RDS family require TLS: their parameter groups, and the defaults of their engines."""

from __future__ import annotations

import re
from collections.abc import Callable

from scanner.mapping.reader import Extract, Reader
from scanner.model.value import Cause, Undetermined, Unknown, Value

_PARAMETER_GROUPS = (
    "aws_db_parameter_group",
    "aws_rds_cluster_parameter_group",
    "aws_docdb_cluster_parameter_group",
    "aws_neptune_cluster_parameter_group",
)
_NO_VERSION = Unknown("the engine's version, which AWS chooses, decides", Cause.OUTSIDE_SCAN)
_NO_ENGINE = Unknown("the engine, which is not written here, decides", Cause.OUTSIDE_SCAN)
_ON = frozenset({"1", "on", "true", "yes", "enabled"})


def _parameter(reader: Reader, *names: str) -> Value:
    """The value of the first of these parameters in the groups that the database names; None without one."""
    for type_ in _PARAMETER_GROUPS:
        for group in reader.folded(type_):
            for block in group.blocks("parameter"):
                if block.get("name") in names:
                    return str(block.get("value", "")).lower()
    return None


def _group_is_default(reader: Reader, path: str) -> bool:
    """Whether no group is named, or AWS's own. Raises Undetermined where it is one that was not read."""
    name = reader.peek(path)
    if any(reader.fold(type_) is not None for type_ in _PARAMETER_GROUPS):
        return True  # it was read, and says nothing of the matter
    if isinstance(name, Unknown):
        raise Undetermined(name)
    if name is None or str(name).startswith("default"):
        return True
    raise Undetermined(Unknown(f"the parameter group {name} is not part of this scan", Cause.OUTSIDE_SCAN))


def _tls(path: str, default: Callable[[Reader], bool], *names: str, off: tuple[str, ...] = ()) -> Extract:
    """Whether TLS is required: by one of the parameters `names` (`off` lists values that mean no; without it,
    only the usual words for yes mean yes), else by the engine's default."""

    def extract(reader: Reader) -> Value:
        value = _parameter(reader, *names)
        if value is not None:
            return value not in off if off else value in _ON
        return _group_is_default(reader, path) and default(reader)

    return extract


def _major(reader: Reader) -> float:
    """The engine's version as MAJOR.MINOR. Raises Undetermined where none is written."""
    found = re.match(r"\d+(?:\.\d+)?", str(reader.get("engine_version", "")))
    if found is None:
        raise Undetermined(_NO_VERSION)
    return float(found.group())


def _rds_default_tls(reader: Reader) -> bool:
    """rds.force_ssl is 1 from RDS for PostgreSQL 15 and Aurora PostgreSQL 17, require_secure_transport is ON from
    MariaDB 11.8 (RDS and Aurora User Guides, "Requiring an SSL connection"); other engines require nothing."""
    if not reader.has("engine"):  # of its source, or what old versions of the provider took for a default
        raise Undetermined(_NO_ENGINE)
    engine = str(reader.get("engine"))
    since = {"postgres": 15, "aurora-postgresql": 17, "mariadb": 11.8}.get(engine)
    return since is not None and _major(reader) >= since


def _yes(_reader: Reader) -> bool:
    return True


_FORCED = ("rds.force_ssl", "require_secure_transport")
INSTANCE_TLS = _tls("parameter_group_name", _rds_default_tls, *_FORCED)
CLUSTER_TLS = _tls("db_cluster_parameter_group_name", _rds_default_tls, *_FORCED)
# DocumentDB: "tls" is enabled by default (DocumentDB Developer Guide, "Encrypting data in transit").
DOCDB_TLS = _tls("db_cluster_parameter_group_name", _yes, "tls", off=("disabled",))
# Neptune: neptune_enforce_ssl is 1 by default (Neptune User Guide, "neptune_enforce_ssl").
NEPTUNE_TLS = _tls("neptune_cluster_parameter_group_name", _yes, "neptune_enforce_ssl", off=("0",))
