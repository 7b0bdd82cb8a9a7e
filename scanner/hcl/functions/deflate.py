"""gzip, byte for byte as Go's compress/gzip writes it at its default level: what base64gzip() gives.

The format leaves it open which matches are taken and where blocks end. Here as there: hash chains over four bytes,
128 tries, a match is put off by one byte where the next is longer ("lazy"), blocks of 16,384 tokens, and a window
of 64 KiB that moves on by half. Offsets below are positions in the whole text.
"""

from __future__ import annotations

import zlib
from array import array

from scanner.hcl.functions.huffman import Bits, Token, write_block

_HALF = 1 << 15
_LEAST, _MOST = 4, 258
_TRIES, _NICE, _LAZY = 128, 128, 16
_NEAR = 4096  # a match of four bytes pays only from here
_BLOCK = 1 << 14
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # no time, no flags, unknown system


def gzip(data: bytes) -> bytes:
    """The compressed text: its blocks, an empty one from the flush and an empty last one."""
    compressor = _Compressor(data)
    compressor.run()
    compressor.bits.stored(b"", last=False)
    compressor.bits.stored(b"", last=True)
    checks = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return _HEADER + bytes(compressor.bits.out) + checks


class _Compressor:
    """The matcher: where it stands, its hash chains, and the tokens of the block it is in."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.bits = Bits()
        self.at = 0
        self.base = 0  # where the window begins
        self.tokens: list[Token] = []
        self.block_start = 0
        self.whole = True  # whether the window still holds the block's beginning
        self.heads: dict[int, int] = {}
        self.before = array("l", [-1]) * _HALF
        self.pending = False  # the byte before `at` waits for a longer match
        self.length, self.distance = _LEAST - 1, 0

    def run(self) -> None:
        """All of the text, by windows."""
        end = min(len(self.data), 2 * _HALF)
        while end < len(self.data):
            self._advance(end, end - (_LEAST + _MOST) + 1)
            if self.block_start - self.base < _HALF:
                self.whole = False
            self.base += _HALF
            end = min(len(self.data), self.base + 2 * _HALF)
        self._advance(end, end)
        if self.pending:
            self.tokens.append(self.data[self.at - 1])
        if self.tokens:
            self._flush(self.at)

    def _advance(self, end: int, stop: int) -> None:
        """Tokens up to `stop`; `end` is where the window ends."""
        while self.at < stop:
            candidate = self._insert(self.at) if self.at < end - _LEAST + 1 else -1
            length, distance = self.length, self.distance
            self.length, self.distance = _LEAST - 1, 0
            if candidate >= max(self.at - _HALF, self.base) and length < min(end - self.at, _LAZY):
                self._match(candidate, min(_MOST, end - self.at))
            if length >= _LEAST and self.length <= length:
                self._take(length, distance, end)
            else:
                self._wait()

    def _insert(self, at: int) -> int:
        """Put a position at the head of its chain; the head before it, or -1."""
        word = int.from_bytes(self.data[at : at + 4], "big")
        key = (word * 0x1E35A7BD & 0xFFFFFFFF) >> 15
        head = self.heads.get(key, -1)
        self.before[at & (_HALF - 1)] = head
        self.heads[key] = at
        return head

    def _match(self, candidate: int, most: int) -> None:
        """The longest match for the position along the chain, kept in `length` and `distance`."""
        data, at = self.data, self.at
        length, oldest = _LEAST - 1, at - _HALF
        for _ in range(_TRIES):
            if data[candidate + length] == data[at + length]:
                found = _shared(data, candidate, at, most)
                if found > length and (found > _LEAST or at - candidate <= _NEAR):
                    length = self.length = found
                    self.distance = at - candidate
                    if found >= min(_NICE, most):
                        return
            if candidate == oldest:
                return
            candidate = self.before[candidate & (_HALF - 1)]
            if candidate < max(oldest, self.base):
                return

    def _take(self, length: int, distance: int, end: int) -> None:
        """The match at the byte before; what it covers is hashed too."""
        self.tokens.append((length, distance))
        for at in range(self.at + 1, min(self.at + length - 1, end - _LEAST + 1)):
            self._insert(at)
        self.at += length - 1
        self.pending = False
        self.length = _LEAST - 1
        if len(self.tokens) == _BLOCK:
            self._flush(self.at)

    def _wait(self) -> None:
        """One byte on; the byte before is a literal if it waited."""
        if self.pending:
            self.tokens.append(self.data[self.at - 1])
            if len(self.tokens) == _BLOCK:
                self._flush(self.at)
        self.at += 1
        self.pending = True

    def _flush(self, end: int) -> None:
        write_block(self.bits, self.tokens, self.data[self.block_start : end] if self.whole else None)
        self.tokens = []
        self.block_start, self.whole = end, True


def _shared(data: bytes, one: int, other: int, most: int) -> int:
    """How many bytes from two positions on are the same, at most `most`."""
    if data[one : one + most] == data[other : other + most]:
        return most
    low, high = 0, most  # the first `low` bytes are the same, the first `high` are not
    while high - low > 1:
        middle = (low + high) // 2
        if data[one + low : one + middle] == data[other + low : other + middle]:
            low = middle
        else:
            high = middle
    return low
