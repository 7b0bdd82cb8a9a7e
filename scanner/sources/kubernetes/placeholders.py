"""Values that something fills in before a manifest is applied: `${REPLICAS}` (envsubst, Flux), `{{ image }}`.

Only a value that is nothing but a placeholder counts: text around it may be a script, a dashboard, an alert. Texts
that the cluster itself hands on (commands, variables, data, annotations) are left alone.
"""

from __future__ import annotations

import re

from scanner.model.value import Cause, Unknown, Value

_MARKS = (b"${", b"{{")
_HOLE = re.compile(r"\$\{[^{}]+\}|\{\{[^{}]+\}\}")
_TEXTS = frozenset(("annotations", "args", "command", "data", "env", "stringData", "binaryData"))
_NAMING = frozenset(("apiVersion", "kind", "name", "namespace", "generateName"))


def opened(manifest: dict[str, Value], text: bytes) -> dict[str, Value]:
    """The manifest with an Unknown for each value that is a placeholder; the same where its text holds none."""
    if not any(mark in text for mark in _MARKS):
        return manifest
    return {key: item if key in _NAMING else _opened(key, item) for key, item in manifest.items()}


def _opened(key: str, value: Value) -> Value:
    if isinstance(value, str):
        return Unknown(f"{value} is filled in before it is applied", Cause.OUTSIDE_SCAN) if _hole(value) else value
    if isinstance(value, list) and key not in _TEXTS:
        return [_opened("", item) for item in value]
    if isinstance(value, dict) and key not in _TEXTS:
        named = _NAMING if key == "metadata" else ()
        return {each: item if each in named else _opened(each, item) for each, item in value.items()}
    return value


def _hole(value: str) -> bool:
    return _HOLE.fullmatch(value.strip()) is not None
