"""How a mapping looks at a resource: by path, with unknowns raised and the places read remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from scanner.model.location import Span
from scanner.model.resource import Resource
from scanner.model.value import Undetermined, Unknown, Value, unwrap

_EMPTY: Mapping[str, Sequence[Resource]] = {}


class Reader:
    """One resource, or one nested block or part of it, as extractors see it.

    Paths are dotted names (`versioning.enabled`, `rule[1].action`); where a path meets a list and the next
    step is a name, the list's first element is taken, so that single blocks need no index. Reading an unknown
    value raises Undetermined. Every path read is noted, for the place that the finding will show.
    """

    __slots__ = ("_folds", "_marked", "_noted", "_open_folds", "prefix", "resource", "value")

    def __init__(
        self,
        resource: Resource,
        folds: Mapping[str, Sequence[Resource]] = _EMPTY,
        open_folds: Mapping[str, Unknown] | None = None,
        *,
        value: Value = None,
        prefix: str = "",
        noted: list[tuple[Resource, str]] | None = None,
    ) -> None:
        self.resource = resource
        self.prefix = prefix
        self.value = resource.attributes if not prefix else value
        self._folds = folds
        self._open_folds = open_folds or {}
        self._noted: list[tuple[Resource, str]] = [] if noted is None else noted
        self._marked: dict[int, Span] = {}

    # values

    def get(self, path: str, default: Value = None) -> Value:
        """The value at a path without its sensitive mark; `default` where it is absent or null."""
        value = self.peek(path)
        if isinstance(value, Unknown):
            raise Undetermined(value)
        return default if value is None else value

    def peek(self, path: str) -> Value:
        """The value at a path, None where it is absent; an Unknown is returned, not raised."""
        value, reached = walk(self.value, path)
        self._note(reached)
        return value

    def point(self, path: str) -> None:
        """Note a place without reading it: an entry of what stands in a text."""
        self._note(path)

    def has(self, path: str) -> bool:
        """Whether something other than null stands at a path. Raises Undetermined when that is unknown."""
        return self.get(path) is not None

    def blocks(self, path: str) -> Iterator[Reader]:
        """A reader for each nested block (or list element) at a path; raises Undetermined at the end where
        there may be more (a dynamic block over an unknown collection)."""
        value, reached = walk(self.value, path)
        self._note(reached)
        value = unwrap(value)
        if isinstance(value, Unknown):
            raise Undetermined(value)
        if value is None:
            return
        pending: Unknown | None = None
        items = value if isinstance(value, list) else [value]
        for position, item in enumerate(items):
            inner = unwrap(item)
            if isinstance(inner, Unknown):
                pending = inner if pending is None else pending
                continue
            where = f"{reached}[{position}]" if isinstance(value, list) else reached
            yield self._inside(inner, where)
        if pending is not None:
            raise Undetermined(pending)

    def block(self, path: str) -> Reader | None:
        """The one nested block at a path (of several the first), or None. Raises as `blocks` does."""
        return next(self.blocks(path), None)

    def items(self, path: str) -> Iterator[Value]:
        """The elements of a list (a scalar counts as one); an unknown list, or element at its turn, raises."""
        value = self.get(path)
        if value is None:
            return
        for item in value if isinstance(value, list) else [value]:
            inner = unwrap(item)
            if isinstance(inner, Unknown):
                raise Undetermined(inner)
            yield inner

    # resources folded into this one

    def folded(self, type: str) -> Iterator[Reader]:
        """The resources of a type that were folded into this one; raises Undetermined at the end where one
        more could belong here (its reference is unknown)."""
        for resource in self._folds.get(type, ()):
            reader = Reader(resource, noted=self._noted)
            reader._note("")
            yield reader
        why = self._open_folds.get(type)
        if why is not None:
            raise Undetermined(why)

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Read for a while as if nothing more could be folded into this one."""
        held, self._open_folds = self._open_folds, {}
        try:
            yield
        finally:
            self._open_folds = held

    def all_folded(self) -> Iterator[Resource]:
        """Every resource folded into this one."""
        for resources in self._folds.values():
            yield from resources

    def again(self) -> Reader:
        """A fresh reader of the same place, with its own notes."""
        return Reader(self.resource, self._folds, self._open_folds, value=self.value, prefix=self.prefix)

    def fold(self, type: str) -> Reader | None:
        """The one resource of a type folded into this one, or None. Raises as `folded` does."""
        return next(self.folded(type), None)

    # places

    def origin(self) -> Span | None:
        """The most telling place of what was read since the last call: the last path that stands in the text."""
        noted, self._noted[:] = list(self._noted), []
        for resource, path in reversed(noted):
            span = place(resource, path)
            if span is not None:
                return span
        return None

    def looked_aside(self) -> bool:
        """Whether anything but the resource itself was read since the last call of `origin`."""
        return any(resource is not self.resource for resource, _ in self._noted)

    def unknowns_read(self) -> Iterator[Unknown]:
        """The unknown values among what was read since the last call of `origin`."""
        for resource, path in self._noted:
            value = unwrap(walk(resource.attributes, path)[0])
            if isinstance(value, Unknown):
                yield value

    def mark(self, position: int, inner: Reader, *paths: str) -> None:
        """Say where an element of the list that is being extracted is written: at the first of `inner`'s paths
        that holds something (a key may hold dots), where one was taken away, else where `inner` stands."""
        held = inner.value if isinstance(inner.value, dict) else {}
        written = next((each for path in paths if (each := _reached(held, path)) is not None), "")
        taken: Callable[[str], Span | None] | None = getattr(inner.resource.origins, "taken", None)
        gone = (taken(f"{inner.prefix}.{path}") for path in paths) if taken is not None and not written else ()
        span = next(filter(None, gone), None)
        span = span or place(inner.resource, ".".join(filter(None, (inner.prefix, written))))
        if span is not None:
            self._marked[position] = span

    def marks(self) -> dict[int, Span]:
        """The places of elements since the last call, by position."""
        marked, self._marked = self._marked, {}
        return marked

    def _note(self, path: str) -> None:
        full = f"{self.prefix}.{path}" if self.prefix and path else self.prefix or path
        self._noted.append((self.resource, full))

    def _inside(self, value: Value, path: str) -> Reader:
        full = f"{self.prefix}.{path}" if self.prefix else path
        return Reader(self.resource, self._folds, self._open_folds, value=value, prefix=full, noted=self._noted)


Extract = Callable[[Reader], Value]


def place(resource: Resource, path: str) -> Span | None:
    """The syntax that produced the longest known prefix of a path; the block's header for "" of a fold."""
    if not path:
        return resource.span
    nearest: Callable[[str], Span | None] | None = getattr(resource.origins, "nearest", None)
    if nearest is not None:  # origins that are looked up in a tree find the prefix on the way
        return nearest(path)
    while path:
        span = resource.origins.get(path)
        if span is not None:
            return span
        cut = max(path.rfind("."), path.rfind("["))
        path = path[:cut] if cut > 0 else ""
    return None


def _reached(held: dict[str, Value], path: str) -> str | None:
    """The path as it is taken, where something stands at its end; a key may hold dots."""
    if path in held:
        return path
    value, taken = walk(held, path)
    return None if value is None else taken


def walk(value: Value, path: str) -> tuple[Value, str]:
    """The value at a path and the path as it was really taken (indexes of single blocks filled in)."""
    found = value
    for step in _steps(path):  # most paths lead through mappings alone: these are walked as they are written
        if found is None:
            return None, path
        if type(found) is not dict or type(step) is int:
            return _walk_through(value, path)
        found = found.get(step)
    return unwrap(found), path


def _walk_through(value: Value, path: str) -> tuple[Value, str]:
    """As `walk`, through lists, sensitive and unknown values."""
    taken: list[str] = []
    for step in _steps(path):
        value = unwrap(value)
        if isinstance(value, Unknown):
            break
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and -len(value) <= step < len(value) else None
            taken.append(f"[{step}]")
            continue
        if isinstance(value, list):
            value = unwrap(value[0]) if value else None
            taken.append("[0]")
            if isinstance(value, Unknown):
                break
        if not isinstance(value, dict):
            return None, _join(taken)
        taken.append(step)
        value = value.get(step)
    return unwrap(value), _join(taken)


_CACHE: dict[str, tuple[str | int, ...]] = {}


def _steps(path: str) -> tuple[str | int, ...]:
    steps = _CACHE.get(path)
    if steps is None:
        found: list[str | int] = []
        for part in path.split("."):
            name, *indexes = part.split("[")
            if name:
                found.append(name)
            found.extend(int(index.rstrip("]")) for index in indexes)
        steps = _CACHE[path] = tuple(found)
    return steps


def _join(steps: Sequence[str]) -> str:
    text = ""
    for step in steps:
        text += step if step.startswith("[") or not text else f".{step}"
    return text
