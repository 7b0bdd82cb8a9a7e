"""No operation outside the registry leaves this process, whoever asks for it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


class Refused(Exception):
    """An operation that the registry does not hold was about to be called."""


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

    def _check(self, model: Any, **_: Any) -> None:
        asked = (str(model.service_model.service_name), str(model.name))
        if asked not in self._allowed:
            raise Refused(f"{asked[0]}:{asked[1]} is not in the registry of read operations; it was not called")
