"""JSON bytes, the same for the same document."""

from __future__ import annotations

from typing import Any

import orjson

from scanner.report.escape import unicode_text


def encode(document: Any) -> bytes:
    """The document as indented JSON with a line break at its end; keys in the order given."""
    try:
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:  # lone surrogates, from names that are not Unicode
        return orjson.dumps(_clean(document), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return unicode_text(value)
    if isinstance(value, dict):
        return {unicode_text(key): _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    return value
