"""No operation outside the registry leaves this process, and no answer that breaks off counts as an empty one."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any


class Refused(Exception):
    """An operation that the registry does not hold was about to be called."""


class HalfAnswered(Exception):
    """An answer that is no JSON where JSON was due: botocore would take it for one without anything in it."""


class Guard:
    """A botocore hook: lets only registered operations pass and counts what was called.

    It is registered on the session's own events, first in line before each call, so that every client of the
    session is held by it.
    """

    def __init__(self, allowed: Collection[tuple[str, str]]) -> None:
        self._allowed = frozenset(allowed)

    def attach(self, session: Any) -> None:
        """Hold every client that the (botocore) session will make."""
        session.register("before-parameter-build", self._check, unique_id="layerproof-guard")
        session.register("after-call", _whole, unique_id="layerproof-whole")

    def _check(self, model: Any, **_: Any) -> None:
        asked = (str(model.service_model.service_name), str(model.name))
        if asked not in self._allowed:
            raise Refused(f"{asked[0]}:{asked[1]} is not in the registry of read operations; it was not called")


def _whole(http_response: Any, parsed: Any, model: Any, **_: Any) -> None:
    """Raises HalfAnswered for an answer without content whose body has some and cannot be read."""
    if model.has_streaming_output or "json" not in str(model.service_model.metadata.get("protocol")):
        return  # botocore itself refuses XML that is not well formed
    if not isinstance(parsed, dict) or parsed.keys() - {"ResponseMetadata"}:
        return
    body = http_response.content
    try:
        if body.strip():
            json.loads(body)
    except ValueError as error:
        raise HalfAnswered(f"the answer breaks off or is no JSON ({len(body)} bytes)") from error
