"""A line on standard error for scans that take long, on a terminal only."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.sources.terraform.read import Unit

_PATIENCE = 1.0  # seconds before anything is shown


class Progress:
    """Shows where a scan is; silent for a second, and always where standard error is no terminal."""

    def __init__(self) -> None:
        self._shown = False
        self._on = sys.stderr.isatty() and not os.environ.get("CI")
        self._start = time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()

    def units(self, units: Iterable[Unit]) -> Iterator[Unit]:
        """Pass units on, naming each."""
        for count, unit in enumerate(units):
            self.say(f"reading {unit.root} ({count} done)")
            yield unit

    def say(self, text: str) -> None:
        if self._on and time.monotonic() - self._start > _PATIENCE:
            sys.stderr.write(f"\r\x1b[2Klayerproof: {text.encode('ascii', 'replace').decode()[:100]}")
            sys.stderr.flush()
            self._shown = True
