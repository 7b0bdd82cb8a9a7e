"""Calico's selector expressions, as far as they say the same as label selectors.

Source: Calico documentation, "Selectors": `==`, `!=`, `in`, `not in`, `has()`, `!has()`, `all()`, joined by
`&&`. What goes beyond (`||`, `starts with`, brackets) is undetermined.
"""

from __future__ import annotations

import re
from typing import Any

from scanner.model.value import Cause, Undetermined, Unknown

_KEY = r"([A-Za-z0-9_./-]+)"
_TEXT = r"""(?:"([^"]*)"|'([^']*)')"""
_FORMS = (
    (re.compile(rf"{_KEY}\s*==\s*{_TEXT}$"), "In"),
    (re.compile(rf"{_KEY}\s*!=\s*{_TEXT}$"), "NotIn"),
    (re.compile(rf"{_KEY}\s+in\s+\{{(.*)\}}$"), "In"),
    (re.compile(rf"{_KEY}\s+not\s+in\s+\{{(.*)\}}$"), "NotIn"),
    (re.compile(rf"has\(\s*{_KEY}\s*\)$"), "Exists"),
    (re.compile(rf"!\s*has\(\s*{_KEY}\s*\)$"), "DoesNotExist"),
)


def expression(text: str) -> dict[str, Any]:
    """The selector {"labels", "expressions"} that an expression stands for. Raises Undetermined where it says
    more than one can."""
    found: list[dict[str, Any]] = []
    if "||" in text:
        raise Undetermined(Unknown(f"the selector {text} is not understood", Cause.UNSUPPORTED))
    for part in filter(None, (piece.strip() for piece in text.split("&&"))):
        if part in ("all()", "global()"):
            continue
        found.append(_term(part))
    return {"labels": {}, "expressions": found}


def _term(part: str) -> dict[str, Any]:
    for form, operator in _FORMS:
        match = form.match(part)
        if match:
            key, *values = match.groups()
            quoted = [a or b for a, b in re.findall(_TEXT, match.string[match.end(1) :])] if values else []
            return {"key": key, "operator": operator, "values": quoted}
    raise Undetermined(Unknown(f"the selector {part} is not understood", Cause.UNSUPPORTED))
