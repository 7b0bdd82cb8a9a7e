"""The `primaryLocationLineHash` by which GitHub tells an old alert from a new one.

The method is GitHub's (code scanning recomputes the value and warns where it differs): blanks are dropped and
line breaks made one LF; the file ends in a unit 65535 and zeros; a line's hash is the polynomial in 37, modulo
2^64, of the 100 UTF-16 units from its first one on, in hex without leading zeros; after a colon stands how
often the hash was seen up to that line.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Iterator
from operator import mul

_WINDOW = 100
_MASK = (1 << 64) - 1
_POWERS = tuple(pow(37, _WINDOW - 1 - at, 1 << 64) for at in range(_WINDOW))
_END = 0xFFFF
_LINE_FEED = 10


def line_hashes(text: bytes) -> list[str]:
    """`HASH:COUNT` of each line of a file, the first line first."""
    units = _units(text)
    seen: Counter[int] = Counter()
    hashes = []
    for start in _line_starts(units):
        value = sum(map(mul, units[start : start + _WINDOW], _POWERS)) & _MASK
        seen[value] += 1
        hashes.append(f"{value:x}:{seen[value]}")
    return hashes


def _units(text: bytes) -> array[int]:
    """The UTF-16 units that count, the end mark last (what lies behind it is zero and adds nothing)."""
    shown = text.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    squeezed = shown.replace(" ", "").replace("\t", "")
    units = array("H", squeezed.encode(f"utf-16-{sys.byteorder[0]}e"))
    units.append(_END)
    return units


def _line_starts(units: array[int]) -> Iterator[int]:
    yield 0
    for at, unit in enumerate(units):
        if unit == _LINE_FEED:
            yield at + 1
