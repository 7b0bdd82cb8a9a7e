"""Blocks of a deflate stream (RFC 1951): tokens in the smallest of three forms, as Go's compress/flate does."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

# What the matcher hands over: a literal byte, or (length, distance).
Token = int | tuple[int, int]

END = 256
_STORED_MOST = 65_535
_EXTRA_LENGTH = tuple(max(at // 4 - 1, 0) for at in range(28))
_LENGTHS = [3 + sum(1 << bits for bits in _EXTRA_LENGTH[:at]) for at in range(28)] + [258]
_EXTRA_DISTANCE = tuple(max(at // 2 - 1, 0) for at in range(30))
_DISTANCES = [1 + sum(1 << bits for bits in _EXTRA_DISTANCE[:at]) for at in range(30)]
_LENGTH_BITS = (*_EXTRA_LENGTH, 0)
_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_REPEAT_BITS = {16: 2, 17: 3, 18: 7}
_FIXED_LITERAL = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8  # the last two are never used, but have codes


class Bits:
    """Bytes under construction, filled from the lowest bit."""

    __slots__ = ("_count", "_held", "out")

    def __init__(self) -> None:
        self.out = bytearray()
        self._held = 0
        self._count = 0

    def put(self, value: int, count: int) -> None:
        self._held |= value << self._count
        self._count += count
        while self._count >= 8:
            self.out.append(self._held & 255)
            self._held >>= 8
            self._count -= 8

    def stored(self, data: bytes, *, last: bool) -> None:
        """A block of bytes as they are."""
        self.put(last, 3)
        if self._count:
            self.put(0, 8 - self._count)
        self.out += len(data).to_bytes(2, "little") + (len(data) ^ 0xFFFF).to_bytes(2, "little") + data


def write_block(bits: Bits, tokens: Sequence[Token], raw: bytes | None) -> None:
    """A block that is not the last. `raw` is what the tokens spell, None where it is no longer at hand."""
    symbols = [_symbols(token) for token in (*tokens, END)]
    literals, distances = [0] * 286, [0] * 30
    extra = 0
    for literal, length_bits, _, distance, distance_bits, _ in symbols:
        literals[literal] += 1
        extra += length_bits + distance_bits
        if distance >= 0:
            distances[distance] += 1
    own = _Table(literals, distances)
    storable = raw is not None and len(raw) <= _STORED_MOST
    if not storable:
        extra = 0  # nothing is compared that has no such bits
    fixed = 3 + extra + sum(count * size for count, size in zip(literals, _FIXED_LITERAL, strict=False))
    fixed += 5 * sum(own.distances)
    dynamic = own.size() + extra
    if raw is not None and storable and (len(raw) + 5) * 8 < min(fixed, dynamic):
        bits.stored(raw, last=False)
        return
    if dynamic < fixed:
        own.write_header(bits)
        _write(bits, symbols, own.literal_sizes, own.distance_sizes)
    else:
        bits.put(2, 3)
        _write(bits, symbols, _FIXED_LITERAL, [5] * 30)


def _symbols(token: Token) -> tuple[int, int, int, int, int, int]:
    """Literal or length symbol, its extra bits and their value; distance symbol (-1: none), bits and value."""
    if isinstance(token, int):
        return token, 0, 0, -1, 0, 0
    length, distance = token
    at = bisect_right(_LENGTHS, length) - 1
    far = bisect_right(_DISTANCES, distance) - 1
    return (
        257 + at, _LENGTH_BITS[at], length - _LENGTHS[at],
        far, _EXTRA_DISTANCE[far], distance - _DISTANCES[far],
    )  # fmt: skip


def _write(
    bits: Bits,
    symbols: Sequence[tuple[int, int, int, int, int, int]],
    literal_sizes: Sequence[int],
    distance_sizes: Sequence[int],
) -> None:
    literal_codes, distance_codes = codes(literal_sizes), codes(distance_sizes)
    for literal, length_bits, length, distance, distance_bits, rest in symbols:
        bits.put(literal_codes[literal], literal_sizes[literal])
        if distance >= 0:
            bits.put(length, length_bits)
            bits.put(distance_codes[distance], distance_sizes[distance])
            bits.put(rest, distance_bits)


class _Table:
    """The codes of one block, and the run-length form in which the block tells them."""

    def __init__(self, literals: list[int], distances: list[int]) -> None:
        self.literals = literals
        self.distances = distances
        if not any(distances):
            distances = [1, *distances[1:]]
        self.distances = distances
        self.literal_sizes, self.distance_sizes = code_sizes(literals, 15), code_sizes(distances, 15)
        self.literal_count, self.distance_count = _used(literals), _used(distances)
        told = self.literal_sizes[: self.literal_count] + self.distance_sizes[: self.distance_count]
        self.runs = _runs(told)
        counts = [0] * 19
        for symbol, _ in self.runs:
            counts[symbol] += 1
        self.run_sizes = code_sizes(counts, 7)
        self.shown = max([4, *(at + 1 for at, symbol in enumerate(_ORDER) if counts[symbol])])

    def size(self) -> int:
        """Bits of the header and of all symbols, without the extra bits."""
        header = 17 + 3 * self.shown
        header += sum(self.run_sizes[symbol] + _REPEAT_BITS.get(symbol, 0) for symbol, _ in self.runs)
        for counts, sizes in ((self.literals, self.literal_sizes), (self.distances, self.distance_sizes)):
            header += sum(count * size for count, size in zip(counts, sizes, strict=True))
        return header

    def write_header(self, bits: Bits) -> None:
        bits.put(4, 3)
        bits.put(self.literal_count - 257, 5)
        bits.put(self.distance_count - 1, 5)
        bits.put(self.shown - 4, 4)
        for symbol in _ORDER[: self.shown]:
            bits.put(self.run_sizes[symbol], 3)
        words = codes(self.run_sizes)
        for symbol, rest in self.runs:
            bits.put(words[symbol], self.run_sizes[symbol])
            bits.put(rest, _REPEAT_BITS.get(symbol, 0))


def _used(counts: Sequence[int]) -> int:
    return max(at + 1 for at, count in enumerate(counts) if count)


def _runs(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Code sizes as symbols 0 to 15, 16 (repeat 3 to 6 times), 17 (3 to 10 zeros) and 18 (11 to 138 zeros)."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(sizes):
        size, count = sizes[at], 1
        while at + count < len(sizes) and sizes[at + count] == size:
            count += 1
        at += count
        if size:
            found.append((size, 0))
            count -= 1
        while count >= (3 if size else 11):
            taken = min(count, 6 if size else 138)
            found.append((16, taken - 3) if size else (18, taken - 11))
            count -= taken
        if not size and count >= 3:
            found.append((17, count - 3))
            count = 0
        found.extend([(size, 0)] * count)
    return found


def code_sizes(counts: Sequence[int], longest: int) -> list[int]:
    """The size of each symbol's code, at most `longest`: least in sum (package-merge; of equals, pairs first)."""
    sizes = [0] * len(counts)
    leaves = sorted((count, symbol) for symbol, count in enumerate(counts) if count)
    if len(leaves) <= 2:
        for _, symbol in leaves:
            sizes[symbol] = 1
        return sizes
    for taken in _leaves_taken([count for count, _ in leaves], min(longest, len(leaves) - 1)):
        for _, symbol in leaves[:taken]:
            sizes[symbol] += 1
    return sizes


def _leaves_taken(weights: list[int], levels: int) -> list[int]:
    """How many of the lightest leaves each level uses; a symbol's size is the number of levels that use it."""
    merged: list[list[bool]] = []  # of each level's items, lightest first: is it a leaf?
    below: list[int] = []
    for _ in range(levels):
        pairs = [below[at] + below[at + 1] for at in range(0, len(below) - 1, 2)]
        row = sorted([*((weight, False) for weight in pairs), *((weight, True) for weight in weights)])
        merged.append([leaf for _, leaf in row])
        below = [weight for weight, _ in row]
    wanted = 2 * len(weights) - 2
    taken: list[int] = []
    for row_of_leaves in reversed(merged):
        used = row_of_leaves[:wanted]
        taken.append(sum(used))
        wanted = 2 * (len(used) - sum(used))
    return taken


def codes(sizes: Sequence[int]) -> list[int]:
    """The canonical code of each symbol, its bits in the order in which they are written."""
    found = [0] * len(sizes)
    code = 0
    for size in range(1, 16):
        code <<= 1
        for symbol, own in enumerate(sizes):
            if own == size:
                found[symbol] = int(format(code, f"0{size}b")[::-1], 2)
                code += 1
    return found
