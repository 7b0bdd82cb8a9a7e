"""One rendering, and one reading, of what several directories of a tree hold alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.sources.kubernetes.traced import Written


class Once:
    """Renders what several directories hold alike once: copies of an overlay or chart differ in where they lie,
    which their text does not say. Several threads may ask at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: dict[Hashable, Future[tuple[bytes, str]]] = {}
        self.written: dict[str, list[Written]] = {}  # objects of the tree's files, by path

    def text(self, key: Hashable, make: Callable[[], tuple[bytes, str]]) -> tuple[bytes, str]:
        """What `make` gives, or gave for an equal key. What failed is tried for each, since the reason may name
        the directory."""
        with self._lock:
            first = key not in self._made
            made = self._made.setdefault(key, Future())
        if not first:
            return make() if made.exception() else made.result()
        try:
            made.set_result(make())
        except BaseException as fault:
            made.set_exception(fault)
            raise
        return made.result()
