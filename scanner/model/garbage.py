"""When Python's cyclic garbage collector may run: not while a scan makes what it keeps."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


class _Process:
    """What is known of the process that a scan runs in."""

    ends = False


def process_ends() -> None:
    """Say that the process ends soon after its scan: what the scan leaves need never be looked through."""
    _Process.ends = True


def keep() -> None:
    """Have the collector pass over all that is there, where the process ends soon; without this it looks through
    the whole scan once as soon as it may run again."""
    if _Process.ends:
        gc.freeze()


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the cyclic garbage collector: next to nothing in a scan is garbage, and looking for it doubles the
    time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
