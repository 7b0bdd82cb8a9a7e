"""Snapshots: what was read of live accounts, as gzip-compressed JSON lines that can be judged anywhere.

The first line says what it is: `{"layerproof_snapshot": 1, "kind": "aws", "collected": TIME, "tool": VERSION}`.
Then come items, `{"item": {"type", "id", "account", "region", "attributes", "under", "unread"}}`, and after the
items of each unit its coverage, `{"unit": {"account", "region", "service", "status", "operations": [...]}}`. The
last line is `{"end": {"units": N, "items": N}}`: a file without it was cut off. Units come in order of account,
region and service, items in order of type and id, keys in order of name, and the compressed stream bears no time:
equal answers give equal bytes but for the first line.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from scanner.sources.aws.journal import Journal
from scanner.sources.aws.unit import Collected, Unit

VERSION = 1
_MARK = b'{"layerproof_snapshot":'
_GZIP = b"\x1f\x8b"
_MOST = 2 * 1024 * 1024 * 1024  # bytes of text; a bomb has more


class SnapshotError(Exception):
    """A file that is a snapshot and cannot be used; the text says why and what to do."""


class Writer:
    """Writes one snapshot, readable by its owner only. A context manager; units may come in any order.

    Units lie in a journal beside the snapshot (`NAME.run`) until all are there, not in memory; a run that was
    killed leaves it behind, and the next one of the same terms within a day finds its units `ready`.
    """

    def __init__(self, path: Path, collected: str, tool: str, terms: str = "") -> None:
        self._path = path
        self._tool = tool
        self._journal = Journal(path.with_name(path.name + ".run"), collected, tool, terms)
        self._units: set[Unit] = set()

    def __enter__(self) -> Writer:
        return self

    def ready(self, units: Iterable[Unit]) -> list[Unit]:
        """Those of the units that an earlier run has read; they become part of this snapshot."""
        found = sorted(set(units).intersection(self._journal.ready()))
        self._units.update(found)
        return found

    def read(self, unit: Unit) -> Collected:
        """What a unit gave that was added, or is ready."""
        return self._journal.read(unit)

    def add(self, collected: Collected) -> None:
        """Take in one unit; one that is there already is replaced."""
        self._journal.add(collected)
        self._units.add(collected.unit)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write everything, also where the work was interrupted: what was read is kept, to be gone on with."""
        try:
            self._write()
        except BaseException:
            self._journal.close(remove=False)
            raise
        self._journal.close(remove=kind is None)

    def _write(self) -> None:
        head = {
            "layerproof_snapshot": VERSION,
            "kind": "aws",
            "collected": self._journal.began,
            "tool": self._tool,
        }
        part = self._path.with_name(self._path.name + ".part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(handle, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
                for line in streamed(head, (self._journal.read(unit) for unit in sorted(self._units))):
                    packed.write(line)
            part.replace(self._path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def lines(head: dict[str, Any], units: list[Collected]) -> Iterator[bytes]:
    """The lines of a snapshot."""
    return streamed(head, sorted(units, key=lambda each: each.unit))


def streamed(head: dict[str, Any], units: Iterable[Collected]) -> Iterator[bytes]:
    """The lines of a snapshot whose units come in order, each held only while it is written."""
    yield _line(head, ordered=False)
    items = number = 0
    for collected in units:
        number += 1
        unit = collected.unit
        for item in sorted(collected.items, key=lambda each: (each.type, each.id)):
            items += 1
            yield _line({"item": item.plain()})
        told = [each.plain() for each in collected.operations]
        about = {"account": unit.account, "region": unit.region, "service": unit.service}
        yield _line({"unit": {**about, "status": collected.status, "operations": told}})
    yield _line({"end": {"units": number, "items": items}})


def _line(value: dict[str, Any], *, ordered: bool = True) -> bytes:
    import orjson  # noqa: PLC0415 - few scans meet a snapshot

    try:
        return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE | (orjson.OPT_SORT_KEYS if ordered else 0))
    except TypeError:  # a number of more than 64 bits, half of a pair of surrogates
        return json.dumps(value, sort_keys=ordered, separators=(",", ":")).encode() + b"\n"


def may_be(start: bytes) -> bool:
    """Whether a file that begins so may be a snapshot: plain, or compressed."""
    return start.startswith((_MARK, _GZIP))


def begins(data: bytes) -> bool:
    """Whether data is a snapshot, be it whole or not."""
    return data.startswith(_MARK) or (data.startswith(_GZIP) and _begins(data))


def unpack(data: bytes) -> bytes | None:
    """The text of a snapshot, compressed or not; None where the data is something else.

    Raises SnapshotError for a snapshot that is cut off, damaged, too large or of another version.
    """
    text = _text(data)
    if text is None or not text.startswith(_MARK):
        return None
    head = text[: text.find(b"\n")]
    try:
        version = json.loads(head)["layerproof_snapshot"]
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError("the first line of this snapshot cannot be read; collect it again") from error
    if version != VERSION:
        newer = isinstance(version, int) and version > VERSION
        remedy = "update layerproof" if newer else "collect it again"
        raise SnapshotError(f"this snapshot has version {version!r}, this layerproof reads {VERSION}; {remedy}")
    return text


def _text(data: bytes) -> bytes | None:
    if not data.startswith(_GZIP):
        return data
    packed = gzip.GzipFile(fileobj=io.BytesIO(data))
    try:
        start = packed.read(len(_MARK))
        if start != _MARK:
            return None
        text = start + packed.read(_MOST)
    except (EOFError, OSError, zlib.error) as error:
        if not _begins(data):
            return None
        raise SnapshotError("this snapshot is cut off or damaged; collect it again") from error
    if len(text) > _MOST:
        raise SnapshotError("this snapshot holds more than 2 GiB; collect fewer accounts into one file")
    return text


def _begins(data: bytes) -> bool:
    """Whether what can be unpacked of damaged data begins as a snapshot does."""
    try:
        return zlib.decompressobj(31).decompress(data, len(_MARK)).startswith(_MARK)
    except zlib.error:
        return False
