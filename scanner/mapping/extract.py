"""Extractors that the tables of every provider share: a path read as a flag, a number, a list, a choice.

Each function returns an extractor. Unknowns are left to raise; the default that is passed is what the
provider documents for an argument that is not written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed
from scanner.model.resource import Plane
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap

NONE = Fixed(None)
TRUE = Fixed(value=True)
FALSE = Fixed(value=False)
EMPTY = Fixed([])
# A line that its provider cannot encrypt.
PLAIN_LINE = Unknown("a line of this sort has no encryption, and a VPN over it may", Cause.OUTSIDE_SCAN)
# Snapshots of services that know neither locks nor an archive, and keep them until somebody deletes them.
UNLOCKED = {"lock": NONE, "archived": NONE, "keep_days": NONE}

_TRUE = frozenset(("true", "1", "yes", "on", "enabled"))
_FALSE = frozenset(("false", "0", "no", "off", "disabled", ""))

NAME_TAG = "tags.Name"  # where AWS shows the name of what has no name of its own

_RESOURCE = re.compile(r'(?:module\.[\w-]+(?:\[[^\]]*\])?\.)*(?:data\.)?[\w-]+\.[\w-]+(?:\["[^"]*"\]|\[\d+\])?')


def truth(value: Value) -> bool:
    """A value as a boolean, texts and numbers as Terraform converts them. Unknown raises Undetermined."""
    value = unwrap(value)
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if isinstance(value, str):
        word = value.strip().lower()
        if word not in _TRUE | _FALSE:
            raise Undetermined(Unknown(f"{value!r} is neither true nor false", Cause.OUTSIDE_SCAN))
        return word in _TRUE
    return bool(value)


def whole(value: Value) -> Value:
    """A number from a number or its text; Unknown, None and other texts are returned as they are."""
    value = unwrap(value)
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def flag(path: str, *, absent: bool | None = False) -> Extract:
    """Whether the argument at a path is true; `absent` where it is not written."""

    def extract(reader: Reader) -> Value:
        value = reader.get(path)
        return absent if value is None else truth(value)

    return extract


def no_flag(path: str, *, absent: bool = False) -> Extract:
    """Whether the argument at a path is false; `absent` is the argument's own default."""
    return lambda reader: not truth(reader.get(path, absent))


def number(path: str, default: float | None = None) -> Extract:
    """The number at a path."""
    return lambda reader: whole(reader.get(path, default))


def text(path: str, default: str | None = None) -> Extract:
    """The text at a path."""
    return lambda reader: reader.get(path, default)


def first_text(*paths: str) -> Extract:
    """The text at the first path that is written."""
    return lambda reader: next((value for path in paths if (value := reader.get(path)) is not None), None)


def equals(path: str, *choices: str, default: str | None = None) -> Extract:
    """Whether the text at a path is one of the choices (case does not count)."""
    wanted = {choice.lower() for choice in choices}
    return lambda reader: str(reader.get(path, default)).lower() in wanted


def is_written(value: Value) -> bool:
    """Whether a value is something other than null, an empty text or an empty collection.

    What another resource will get from its provider counts, and so does a text of which a part is known:
    whatever it becomes, it is there. Any other Unknown raises Undetermined.
    """
    if not isinstance(value, Unknown):
        return value not in (None, "", [], {})
    if value.prefix or value.cause is Cause.PROVIDER_COMPUTED:
        return True
    raise Undetermined(value)


def written(*paths: str) -> Extract:
    """Whether any of the paths holds something (see `is_written`)."""

    def extract(reader: Reader) -> Value:
        pending: Undetermined | None = None
        for path in paths:
            try:
                if is_written(reader.peek(path)):
                    return True
            except Undetermined as undetermined:
                pending = pending or undetermined
        if pending is not None:
            raise pending
        return False

    return extract


def has_block(path: str) -> Extract:
    """Whether a nested block is written."""
    return lambda reader: reader.block(path) is not None


def strings(*paths: str) -> Extract:
    """The elements at the paths in one list; elements that are unknown stay so, inside the list."""
    return lambda reader: [item for path in paths for item in elements(reader.get(path))]


def otherwise(path: str, reason: str, cause: Cause = Cause.OUTSIDE_SCAN) -> Extract:
    """The flag at a path; where it is not written it is unknown, because something outside decides."""

    def extract(reader: Reader) -> Value:
        value = reader.get(path)
        return Unknown(reason, cause) if value is None else truth(value)

    return extract


_LEFT_OUT = Unknown("what was read of the account does not tell it", Cause.OUTSIDE_SCAN)


def told(path: str, extract: Extract) -> Extract:
    """As `extract`; unknown of a live resource whose answers hold nothing at the path: a service that leaves a
    setting out has not said that it is at its default."""

    def judge(reader: Reader) -> Value:
        if reader.resource.plane is Plane.LIVE and reader.peek(path) is None:
            return _LEFT_OUT
        return extract(reader)

    return judge


def outside(reason: str) -> Fixed:
    """An attribute that nothing in a configuration can tell."""
    return Fixed(Unknown(reason, Cause.OUTSIDE_SCAN))


def elements(value: Value) -> list[Value]:
    """A list's elements, a scalar as one, None as none; unknown elements stay."""
    value = unwrap(value)
    if value is None:
        return []
    if isinstance(value, list):
        return [inner for item in value if (inner := unwrap(item)) is not None]
    return [value]


def each(block: str, *paths: str) -> Callable[[Reader], Iterable[Value]]:
    """For a Join's `values`: what stands at the paths of every block; unknown values are yielded."""

    def values(reader: Reader) -> Iterator[Value]:
        for inner in reader.blocks(block):
            for path in paths:
                yield from elements(inner.peek(path))

    return values


def paths(*names: str) -> Callable[[Reader], Iterable[Value]]:
    """For a Join's `values`: what stands at each of several paths; unknown values are yielded."""
    return lambda reader: chain.from_iterable(elements(reader.peek(name)) for name in names)


def named(value: Value) -> Value:
    """What an unknown id stands for, as the address of the resource that it belongs to (within its root);
    any other value as it is. So a reference is definite before its id is known."""
    value = unwrap(value)
    if isinstance(value, Unknown):
        for reference in value.references:
            found = _RESOURCE.match(reference)
            if found and not reference.startswith(("var.", "local.")):
                return found.group()
    return value


def gathered(*sources: Iterable[Value]) -> list[Value]:
    """The items of all sources in a list, and where one of them may hold more, an Unknown as its last element:
    what is known of a partly unknown list still counts."""
    found: list[Value] = []
    more: list[Value] = []
    for items in sources:
        try:
            found.extend(items)  # keeps what came before the exception
        except Undetermined as undetermined:
            more = more or [undetermined.unknown]
    return found + more


def marked(
    reader: Reader,
    found: Iterable[tuple[Reader, Value]],
    *paths: str,
    order: Callable[[Value], int] | None = None,
) -> list[Value]:
    """Elements with the reader that each was read from, as a list whose elements have places of their own: at the
    first of `paths` that holds something. With `order` they are sorted, unless a key is not known. As `gathered`
    does, an Unknown ends the list where there may be more."""
    pairs: list[tuple[Reader, Value]] = []
    more: list[Value] = []
    try:
        pairs.extend(found)  # keeps what came before the exception
    except Undetermined as undetermined:
        more.append(undetermined.unknown)
    if order is not None:
        keys = [order(value) for _, value in pairs]
        if all(isinstance(key, int) for key in keys):
            pairs = [pair for _, pair in sorted(zip(keys, pairs, strict=True), key=lambda keyed: keyed[0])]
    for position, (source, _) in enumerate(pairs):
        reader.mark(position, source, *paths)
    return [value for _, value in pairs] + more
