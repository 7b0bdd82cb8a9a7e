"""A Rego file as a Rule: its METADATA block is read by us, strictly; the engine never sees it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.engine.plain import plain
from scanner.model.finding import Severity
from scanner.model.rule import Rule

_BLOCK = re.compile(r"^# METADATA[ \t]*\r?\n((?:^#.*(?:\r?\n|\Z))+)", re.MULTILINE)
_PACKAGE = re.compile(r"^package[ \t]+([^\s#]+)", re.MULTILINE)

# What OPA's own annotations may hold beside ours.
_KEYS = frozenset(
    (
        "title", "description", "custom", "scope", "related_resources", "authors", "organizations", "schemas",
        "entrypoint",
    )
)  # fmt: skip
_CUSTOM = ("severity", "selects", "reads", "message", "controls")


class Fault(Exception):
    """What is wrong with a rule file, and on which line (1-based, 0 where no line can be told)."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def read_rego(identifier: str, path: Path, source: str, *, ours: bool) -> Rule:
    """The Rule that a Rego file holds. Raises Fault."""
    package = _package(identifier, source)
    meta = _annotations(source)
    custom = _custom(meta, source)
    description, _, remedy = str(meta.get("description") or "").partition("## Remedy")
    return Rule(
        id=identifier,
        title=_text(meta, "title", source),
        severity=_severity(custom, source),
        selects=_words(custom, "selects", source),
        message=_text(custom, "message", source),
        description=description.strip(),
        remedy=remedy.strip(),
        reads=_words(custom, "reads", source),
        controls=_controls(custom, source),
        package=package,
        source=source,
        path=path,
        ours=ours,
    )


def expected_package(identifier: str) -> str:
    """`backup/object-store-unversioned` -> `layerproof.backup.object_store_unversioned`."""
    return "layerproof." + identifier.replace("-", "_").replace("/", ".")


def line_of(text: str, offset: int) -> int:
    """The 1-based line of a character offset."""
    return text.count("\n", 0, offset) + 1


def _package(identifier: str, source: str) -> str:
    found = _PACKAGE.search(source)
    wanted = expected_package(identifier)
    if found is None:
        raise Fault(f"no package; expected `package {wanted}`", 1)
    if found[1] != wanted:
        raise Fault(f"package {found[1]}; its place asks for {wanted}", line_of(source, found.start()))
    return wanted


def _annotations(source: str) -> Mapping[str, Any]:
    """The first METADATA block as a mapping."""
    found = _BLOCK.search(source)
    if found is None:
        raise Fault("no METADATA block (a line `# METADATA`, then YAML in comments)", 1)
    line = line_of(source, found.start())
    text = re.sub(r"^#[ \t]?", "", found[1], flags=re.MULTILINE)
    meta = plain(text)
    if meta is None:
        meta = _yaml(text, line)
    if not isinstance(meta, dict):
        raise Fault("METADATA is not a mapping", line)
    strange = sorted(str(key) for key in meta.keys() - _KEYS)
    if strange:
        raise Fault(f"METADATA has no {', '.join(strange)}", _key_line(source, strange[0]))
    return meta


def _yaml(text: str, line: int) -> Any:
    import yaml  # noqa: PLC0415 - 20 ms that a run does not pay where all metadata is plain

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, Loader=loader)  # noqa: S506 - the safe loader, in C where it is there
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = line + 1 + (mark.line if mark is not None else 0)
        raise Fault(f"METADATA is not YAML: {getattr(error, 'problem', None) or error}", where) from None


def _key_line(source: str, key: str) -> int:
    """The line of a key of the METADATA; 1 where it is not written plainly."""
    found = re.search(rf"^#[ \t]+{re.escape(key)}[ \t]*:", source, re.MULTILINE)
    return line_of(source, found.start()) if found else 1


def _custom(meta: Mapping[str, Any], source: str) -> Mapping[str, Any]:
    custom = meta.get("custom")
    if not isinstance(custom, dict):
        raise Fault(f"METADATA needs `custom` with {', '.join(_CUSTOM)}", _key_line(source, "custom"))
    strange = sorted(str(key) for key in custom.keys() - set(_CUSTOM))
    if strange:
        said = f"custom has no {', '.join(strange)}; it holds {', '.join(_CUSTOM)}"
        raise Fault(said, _key_line(source, strange[0]))
    return custom


def _text(meta: Mapping[str, Any], key: str, source: str) -> str:
    value = meta.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Fault(f"{key} is missing or not text", _key_line(source, key))
    return value.strip()


def _words(custom: Mapping[str, Any], key: str, source: str) -> tuple[str, ...]:
    value = custom.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise Fault(f"custom.{key} is not a list of names", _key_line(source, key))
    return tuple(value)


def _severity(custom: Mapping[str, Any], source: str) -> Severity:
    try:
        return Severity(custom.get("severity"))
    except ValueError:
        allowed = ", ".join(each.value for each in Severity)
        said = f"custom.severity is {custom.get('severity')!r}; it is one of {allowed}"
        raise Fault(said, _key_line(source, "severity")) from None


def _controls(custom: Mapping[str, Any], source: str) -> dict[str, tuple[str, ...]]:
    controls = custom.get("controls") or {}
    if not isinstance(controls, dict):
        raise Fault("custom.controls is not a mapping of framework to ids", _key_line(source, "controls"))
    for name, ids in controls.items():
        if not isinstance(name, str) or not isinstance(ids, list):
            raise Fault(f"custom.controls.{name} is not a list of ids", _key_line(source, "controls"))
    return {name: tuple(str(each) for each in ids) for name, ids in controls.items()}
