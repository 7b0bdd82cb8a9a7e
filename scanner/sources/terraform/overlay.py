"""A planned value laid over the declared one: the plan says what it is, the sources where it is written.

Elements are kept in the order of the sources where they can be told apart (a plan sorts its sets), and what the
plan does not know takes over what the sources know of it: its references, a part of a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from scanner.model.value import Cause, Sensitive, Unknown, Value, first_unknown, unwrap
from scanner.sources.terraform.partly import LEFT, empty

_T = TypeVar("_T")
MOST_COMPARED = 400  # elements of a list that are matched with their declared ones; longer ones are by position
_WRITE_ONLY = "_wo"
_SCALARS = (str, int, float)


class Overlay:
    """Lays the attributes of one planned instance over those of its block.

    `moves` maps paths of the result to paths of the sources, where they differ. `exact` says whether the declared
    instance is this one (and not another of the same block, whose values may be others).
    """

    def __init__(self, *, exact: bool) -> None:
        self.moves: dict[str, str] = {}
        self._exact = exact

    def attributes(self, planned: Mapping[str, Value], declared: Mapping[str, Value]) -> dict[str, Value]:
        """The attributes of an instance."""
        told: dict[str, Value] = self._mapping(planned, declared, "", "")
        if not self._exact:
            return told
        # what only our evaluation can tell: a data source that is pure, a value that is never written down
        for name, value in declared.items():
            if name not in told and (first_unknown(value) is not None or name.endswith(_WRITE_ONLY)):
                told[name] = value
        return told

    def _mapping(
        self, planned: Mapping[str, Value], declared: Mapping[str, Value], at: str, source: str
    ) -> dict[str, Value]:
        told: dict[str, Value] = {}
        for name, value in planned.items():
            here, there = (f"{each}.{name}" if each else name for each in (at, source))
            if name in declared:
                told[name] = self._value(value, declared[name], here, there)
            else:
                rest = _known(value)
                if rest is not LEFT and not empty(rest):
                    told[name] = rest
        return told

    def _value(self, planned: Value, declared: Value, at: str, source: str) -> Value:
        ours, theirs = unwrap(planned), unwrap(declared)
        found = self._plain(ours, theirs, at, source)
        hidden = isinstance(planned, Sensitive) or isinstance(declared, Sensitive)
        return Sensitive(found) if hidden and found is not None and not isinstance(found, Unknown) else found

    def _plain(self, planned: Value, declared: Value, at: str, source: str) -> Value:
        if isinstance(planned, Unknown):
            return declared if self._exact and _tells_more(declared) else planned
        if planned is None and source.endswith(_WRITE_ONLY) and self._exact:
            return declared
        if isinstance(planned, dict) and isinstance(declared, dict):
            return self._mapping(planned, declared, at, source)
        if isinstance(planned, dict) and isinstance(declared, list) and len(declared) == 1:
            return [self._element(planned, declared[0], f"{at}[0]", f"{source}[0]")]
        if isinstance(planned, list) and isinstance(declared, list):
            return self._sequence(planned, declared, at, source)
        return planned

    def _sequence(self, planned: list[Value], declared: list[Value], at: str, source: str) -> list[Value]:
        found = []
        for position, (value, matched) in enumerate(_matched(planned, declared)):
            here = f"{at}[{position}]"
            if matched is None:
                found.append(value)
                continue
            there = f"{source}[{matched}]"
            if here != there:
                self.moves[here] = there
            found.append(self._element(value, declared[matched], here, there))
        return found

    def _element(self, planned: Value, declared: Value, at: str, source: str) -> Value:
        return self._value(planned, declared, at, source)


def _tells_more(declared: Value) -> bool:
    """Whether what the sources leave open tells more than that the plan does: what it hangs on, its known parts.
    Where they lack a module or a variable, the plan tells more."""
    if isinstance(declared, Unknown):
        return declared.cause in (Cause.PROVIDER_COMPUTED, Cause.DATA_SOURCE) or bool(declared.prefix)
    return first_unknown(declared) is not None


def _known(value: Value) -> Any:
    """What a plan tells of an attribute that is not written: LEFT where it is the provider's to fill in."""
    if isinstance(value, Unknown):
        return LEFT
    if isinstance(value, dict):
        inner = {name: _known(each) for name, each in value.items()}
        return {name: each for name, each in inner.items() if each is not LEFT}
    if isinstance(value, list):
        return [each for each in map(_known, value) if each is not LEFT]
    return value


def _matched(planned: list[Value], declared: list[Value]) -> Iterator[tuple[Value, int | None]]:
    """Planned elements with the position of the declared one that each is, in declared order."""
    if len(planned) == len(declared) and all(map(agrees, planned, declared)):
        yield from ((value, at) for at, value in enumerate(planned))
        return
    if max(len(planned), len(declared)) > MOST_COMPARED:
        yield from ((value, at if at < len(declared) else None) for at, value in enumerate(planned))
        return
    free = list(range(len(planned)))
    pairs: dict[int, int] = {}
    for at, value in enumerate(declared):
        hit = next((each for each in free if agrees(planned[each], value)), None)
        if hit is not None:
            pairs[at] = hit
            free.remove(hit)
    left = [at for at in range(len(declared)) if at not in pairs]
    pairs.update(zip(left, list(free), strict=False))  # changed ones: by position among what is left
    yield from ((planned[pairs[at]], at) for at in sorted(pairs))
    yield from ((planned[at], None) for at in free[len(left) :])


def agrees(planned: Value, declared: Value) -> bool:
    """Whether a planned value may be a declared one: what neither leaves open is the same."""
    planned, declared = unwrap(planned), unwrap(declared)
    if isinstance(declared, Unknown):
        return isinstance(planned, (Unknown, str))
    if isinstance(planned, Unknown):
        return first_unknown(declared) is not None
    if declared is None:
        return True
    if isinstance(planned, dict) and isinstance(declared, list) and len(declared) == 1:
        return agrees(planned, declared[0])
    if isinstance(planned, dict) and isinstance(declared, dict):
        return all(agrees(planned.get(name), value) for name, value in declared.items())
    if isinstance(planned, list) and isinstance(declared, list):
        return len(planned) == len(declared) and _same_elements(planned, declared)
    return _text(planned) == _text(declared)


def _same_elements(planned: list[Value], declared: list[Value]) -> bool:
    if all(map(agrees, planned, declared)):
        return True
    if all(isinstance(each, _SCALARS) for each in (*planned, *declared)):  # a set of texts may be long
        return sorted(map(_text, planned)) == sorted(map(_text, declared))
    if len(planned) > MOST_COMPARED:
        return False
    left = list(planned)
    for value in declared:
        hit = next((at for at, each in enumerate(left) if agrees(each, value)), None)
        if hit is None:
            return False
        del left[hit]
    return True


def _text(value: Value) -> str:
    """A scalar as text: providers take numbers and truths as text, and an empty text for none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


class Moved(Mapping[str, _T]):
    """A mapping by the paths of the sources, asked by the paths of an overlay."""

    __slots__ = ("_change", "_inner", "_moves")

    def __init__(self, inner: Mapping[str, _T], moves: Mapping[str, str], change: Callable[[_T], _T]) -> None:
        self._inner = inner
        self._moves = moves
        self._change = change

    def __getitem__(self, path: str) -> _T:
        return self._change(self._inner[self._there(path)])

    def _there(self, path: str) -> str:
        """The path in the sources: that of the longest part that was moved, and the rest."""
        if not self._moves:
            return path
        stop = len(path)
        while stop > 0:
            moved = self._moves.get(path[:stop])
            if moved is not None:
                return moved + path[stop:]
            stop = max(path.rfind(".", 0, stop), path.rfind("[", 0, stop))
        return path

    def __iter__(self) -> Iterator[str]:
        back = {source: here for here, source in self._moves.items()}
        return (back.get(path, path) for path in self._inner)

    def __len__(self) -> int:
        return len(self._inner)
