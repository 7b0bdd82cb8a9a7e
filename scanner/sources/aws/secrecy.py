"""Secret values are dropped, or kept as an HMAC, before anything of an item is written or handed on."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

DROPPED = "$dropped"
HMAC = "$hmac"


class Secrecy:
    """Replaces values: by `{"$dropped": true}`, or with a key by `{"$hmac": HEX}`, equal for equal values.

    The key (any bytes) stays with the caller and is never written beside what it made.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key

    def conceal(self, value: Any) -> dict[str, Any]:
        """What is kept of a secret value."""
        if self._key is None:
            return {DROPPED: True}
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
        return {HMAC: hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()}

    def clean(self, attributes: dict[str, Any], paths: tuple[str, ...]) -> None:
        """Conceal what stands at the paths (`Environment.Variables.*`, `Items[].value`), in place."""
        for path in paths:
            self._at(attributes, path.replace("[]", ".[]").split("."))

    def _at(self, here: Any, steps: list[str]) -> None:
        step, rest = steps[0], steps[1:]
        if step == "[]":
            for each in here if isinstance(here, list) else ():
                self._at(each, rest)
            return
        if not isinstance(here, dict):
            return
        for name in list(here) if step == "*" else [step]:
            if name not in here or here[name] is None:
                continue
            if rest:
                self._at(here[name], rest)
            elif not (isinstance(here[name], dict) and here[name].keys() & {DROPPED, HMAC}):
                here[name] = self.conceal(here[name])
