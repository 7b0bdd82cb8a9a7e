"""Pod Security of pods that Terraform's kubernetes provider makes: its blocks, read as the API's own pod spec."""

from __future__ import annotations

import re
from typing import Any

from scanner.mapping.pod_security import told
from scanner.mapping.reader import Extract, Reader
from scanner.model.value import Unknown, Value, unwrap

# Blocks that repeat; every other block is an object of its own.
_REPEATED = {
    "container": "containers",
    "init_container": "initContainers",
    "volume": "volumes",
    "port": "ports",
    "sysctl": "sysctls",
    "env": "env",
}
_BACK = {there: here for here, there in _REPEATED.items()}
_LISTS = frozenset(("add", "drop"))
_NUMBERS = frozenset(("run_as_user", "host_port", "container_port"))
_PROJECTED = "POD"


def pod_security(pod: str, meta: str) -> Extract:
    """The extractor of `pod_security` for a resource whose pod spec is the block at `pod`."""

    def extract(reader: Reader) -> Value:
        block = reader.block(pod)
        if block is None:
            return None
        notes = next((each.peek("annotations") for each in reader.blocks(meta)), None)
        spec = Reader(reader.resource, value=_api(unwrap(block.value)), prefix=_PROJECTED)
        annotated = Reader(reader.resource, value=notes, prefix=meta) if isinstance(notes, dict) else None
        found: list[Value] = []
        for violation, shown, path in told(spec, annotated):
            where = shown.prefix
            reader.mark(
                len(found), block, ".".join(filter(None, (_written(where), _snake(path)))), _written(where)
            )
            found.append(violation)
        return found

    return extract


def _api(value: Value) -> Value:
    """A block as the API writes it: keys in camel case, single blocks as objects, numbers as numbers."""
    value = unwrap(value)
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    for name, held in value.items():
        inner = unwrap(held)
        if inner is None or inner in ("", []):
            continue
        if name in _REPEATED:
            made[_REPEATED[name]] = [_api(each) for each in inner] if isinstance(inner, list) else inner
        elif isinstance(inner, list) and name not in _LISTS:
            made[_camel(name)] = _api(inner[0])
        elif name in _NUMBERS and isinstance(inner, str) and inner.isdigit():
            made[_camel(name)] = int(inner)
        else:
            made[_camel(name)] = inner if isinstance(inner, (Unknown, list)) else _api(inner)
    return made


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    known = {"host_pid": "hostPID", "host_ipc": "hostIPC"}
    return known.get(name) or head + "".join(each.title() for each in rest)


def _snake(path: str) -> str:
    return (
        re.sub(r"(?<=[a-z])([A-Z])", lambda found: f"_{found.group(1).lower()}", path)
        .replace("_i_d", "_id")
        .lower()
    )


def _written(prefix: str) -> str:
    """A place of the projected spec as its path below the pod's block."""
    parts = []
    for part in prefix.removeprefix(_PROJECTED).lstrip(".").split("."):
        name, bracket, rest = part.partition("[")
        parts.append(f"{_BACK.get(name, _snake(name))}{bracket}{rest}")
    return ".".join(parts)
