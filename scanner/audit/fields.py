"""A manifest and the object that stands in the cluster, field by field.

Only what is written is held against what is there: what the API server fills in is no difference. Elements of
lists are told by their keys where all have one, as the API's own merge does; quantities are compared by what they
mean.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from scanner.audit import managers
from scanner.audit.managers import Entry, Step
from scanner.model.value import Sensitive, Unknown, Value, first_unknown, portable, unwrap

# What tells elements of a list apart, in the order in which it is tried (x-kubernetes-list-map-keys and patch
# merge keys of the API reference).
_KEYS = ("name", "containerPort", "port", "mountPath", "devicePath", "ip", "key", "topologyKey", "type", "uid")
_ASIDE = frozenset(("apiVersion", "kind", "status", "metadata"))
_METADATA = ("labels", "annotations")
# Notes that tools keep for themselves.
_NOTES = ("kubectl.kubernetes.io/", "deployment.kubernetes.io/", "meta.helm.sh/", "argocd.argoproj.io/",
          "kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/", "autoscaling.alpha.kubernetes.io/",
          "pv.kubernetes.io/", "volume.kubernetes.io/", "volume.beta.kubernetes.io/")  # fmt: skip
_ZERO: tuple[Value, ...] = (None, "", [], {}, False, 0)
_SUFFIXES = {"n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "": Fraction(1),
             **{sign: Fraction(1000**power) for power, sign in enumerate("kMGTPE", 1)},
             **{f"{sign}i": Fraction(1024**power) for power, sign in enumerate("KMGTPE", 1)}}  # fmt: skip
_QUANTITY = re.compile(r"([+-]?\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$")
_MEASURED = frozenset(("requests", "limits", "capacity", "hard", "default", "defaultRequest", "max", "min",
                       "sizeLimit", "storage", "divisor", "averageValue", "value"))  # fmt: skip


class Field(NamedTuple):
    """One field that is not as written. `steps` lead to it, `shown` says so to people, `origin` is the path under
    which the manifest's places are kept. `absent` says that nothing is there, `unwritten` that the manifest does
    not have it."""

    steps: tuple[Step, ...]
    shown: str
    origin: str
    code: Value
    live: Value
    absent: bool = False
    unwritten: bool = False


_ABSENT: Any = object()


class _Here(NamedTuple):
    """A place in both objects."""

    steps: tuple[Step, ...] = ()
    shown: str = ""
    origin: str = ""

    def down(self, name: str) -> _Here:
        dot = "." if self.shown else ""
        plain = re.fullmatch(r"[\w-]+", name)
        shown = f"{self.shown}{dot}{name}" if plain else f"{self.shown}[{name!r}]"
        return _Here((*self.steps, name), shown, f"{self.origin}{dot}{name}")

    def element(self, keys: Mapping[str, Value], number: int) -> _Here:
        told = ",".join(str(unwrap(each)) for each in keys.values())
        return _Here((*self.steps, keys), f"{self.shown}[{told}]", f"{self.origin}[{number}]")


def differences(code: Mapping[str, Value], live: Mapping[str, Value]) -> Iterator[Field]:
    """What the manifest writes and the cluster has otherwise, or not at all."""
    written, there = _plain(code), _plain(live)
    # another version of the type may spell the rest otherwise
    same = unwrap(code.get("apiVersion")) == unwrap(live.get("apiVersion"))
    for name in written:
        if name not in _ASIDE:
            yield from _value(_Here().down(name), written[name], there.get(name, _ABSENT), same=same)
    for part in _METADATA:
        ours, theirs = (_map(_map(each.get("metadata")).get(part)) for each in (written, there))
        here = _Here().down("metadata").down(part)
        for name, value in ours.items():
            if not name.startswith(_NOTES):
                yield from _value(here.down(name), value, theirs.get(name, _ABSENT), same=True)


def _plain(item: Mapping[str, Value]) -> dict[str, Value]:
    """An object with the texts of a Secret as the API server keeps them."""
    told = dict(item)
    texts = told.pop("stringData", None)
    if isinstance(texts, dict) and told.get("kind") == "Secret":
        coded = {name: _coded(each) for name, each in texts.items()}
        told["data"] = {**_map(told.get("data")), **coded}
    return told


def _coded(value: Value) -> Value:
    text = unwrap(value)
    return Sensitive(base64.b64encode(text.encode()).decode()) if isinstance(text, str) else value


def _map(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _value(here: _Here, code: Value, live: Value, *, same: bool) -> Iterator[Field]:
    ours, theirs = unwrap(code), live if live is _ABSENT else unwrap(live)
    if isinstance(ours, Unknown) or isinstance(theirs, Unknown):
        return
    if theirs is _ABSENT:
        if same and not _zero(ours):
            yield _field(here, code, None, absent=True)
    elif isinstance(ours, dict) and isinstance(theirs, dict):
        for name, each in ours.items():
            yield from _value(here.down(name), each, theirs.get(name, _ABSENT), same=same)
    elif isinstance(ours, list) and isinstance(theirs, list):
        yield from _list(here, ours, theirs, same=same)
    elif not _equal(here, ours, theirs):
        yield _field(here, code, live)


def _zero(value: Value) -> bool:
    """What the API server leaves out as if it were not written."""
    if isinstance(value, dict):
        return all(_zero(unwrap(each)) for each in value.values())
    return any(value is each or (type(value) is type(each) and value == each) for each in _ZERO)


def _list(here: _Here, ours: list[Value], theirs: list[Value], *, same: bool) -> Iterator[Field]:
    keys = _keys(ours, theirs)
    if keys:
        there = {_name(each, keys): each for each in theirs}
        for number, each in enumerate(ours):
            told = {name: each[name] for name in keys if name in each}
            yield from _value(here.element(told, number), each, there.get(_name(each, keys), _ABSENT), same=same)
        return
    if first_unknown(ours) is not None or first_unknown(theirs) is not None:
        return
    pairs = zip(ours, theirs, strict=False)
    if len(ours) != len(theirs) or any(next(_value(here, *each, same=same), None) for each in pairs):
        yield _field(here, ours, theirs)


def _keys(*lists: list[Value]) -> tuple[str, ...]:
    """The names that tell the elements of lists apart; () where there is none, and order counts."""
    every = [each for one in lists for each in one]
    if not every or not all(isinstance(each, dict) for each in every):
        return ()
    for name in _KEYS:
        if not all(isinstance(unwrap(each.get(name)), (str, int)) for each in every):
            continue
        keys = (name, "protocol") if name in ("port", "containerPort") else (name,)
        if all(len({_name(each, keys) for each in one}) == len(one) for one in lists):
            return keys
    return ()


def _name(element: Mapping[str, Value], keys: Sequence[str]) -> tuple[Value, ...]:
    filled = {"protocol": "TCP"}  # the API server's default
    return tuple(unwrap(element.get(name, filled.get(name))) for name in keys)


def _equal(here: _Here, ours: Value, theirs: Value) -> bool:
    if ours == theirs and isinstance(ours, bool) == isinstance(theirs, bool):
        return True
    if _zero(ours) and _zero(theirs):
        return True
    if any(step in _MEASURED for step in here.steps if isinstance(step, str)):
        one, other = quantity(ours), quantity(theirs)
        return one is not None and one == other
    return False


def quantity(value: Value) -> Fraction | None:
    """What a quantity means ("500m", "1Gi", 2); None for what is none (API conventions, Quantity)."""
    found = _QUANTITY.fullmatch(str(value)) if not isinstance(value, bool) else None
    if found is None:
        return None
    number, power, suffix = found.groups()
    return Fraction(number) * (Fraction(10) ** int(power) if power else _SUFFIXES[suffix or ""])


def _field(here: _Here, code: Value, live: Value, *, absent: bool = False, unwritten: bool = False) -> Field:
    return Field(here.steps, here.shown, here.origin, *_shown(here, code, live), absent, unwritten)


def _shown(here: _Here, code: Value, live: Value) -> tuple[Value, Value]:
    """Both values as they may be shown: what the cluster holds where secrets are kept is not."""
    hidden = isinstance(code, Sensitive) or isinstance(live, Sensitive)
    kept = here.steps and here.steps[0] in ("data", "binaryData")
    environment = "env" in here.steps and here.steps[-1] == "value"
    if hidden:
        return portable(Sensitive(code)), portable(Sensitive(live))
    return portable(code), portable(Sensitive(live)) if (kept or environment) and live is not None else portable(
        live
    )


# what is there and not written


def added(code: Mapping[str, Value], live: Mapping[str, Value], entry: Entry) -> Iterator[Field]:
    """What a manager has put into the object that the manifest does not have, each whole."""
    written, there = _plain(code), _plain(live)
    for name, inner in entry.fields.items():
        step = name.removeprefix("f:")
        if step == name or step in _ASIDE:
            continue
        yield from _added(_Here().down(step), inner, written.get(step, _ABSENT), there.get(step, _ABSENT))
    about = entry.fields.get("f:metadata") or {}
    for part in _METADATA:
        ours, theirs = (_map(_map(each.get("metadata")).get(part)) for each in (written, there))
        here = _Here().down("metadata").down(part)
        for name in about.get(f"f:{part}") or {}:
            step = name.removeprefix("f:")
            if step != name and not step.startswith(_NOTES):
                yield from _added(here.down(step), {}, ours.get(step, _ABSENT), theirs.get(step, _ABSENT))


def _added(here: _Here, owned: Mapping[str, Any], code: Value, live: Value) -> Iterator[Field]:
    if live is _ABSENT or isinstance(unwrap(code), Unknown):
        return
    if code is _ABSENT:
        if not _zero(unwrap(live)):
            yield _field(here, None, live, unwritten=True)
        return
    ours, theirs = unwrap(code), unwrap(live)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name, inner in owned.items():
            step = name.removeprefix("f:")
            if step != name:
                yield from _added(here.down(step), inner, ours.get(step, _ABSENT), theirs.get(step, _ABSENT))
    elif isinstance(ours, list) and isinstance(theirs, list):
        for keys, inner in managers.keyed(owned):
            number, one = _with(ours, keys)
            yield from _added(here.element(keys, number), inner, one, _with(theirs, keys)[1])


def _with(elements: list[Value], keys: Mapping[str, Value]) -> tuple[int, Value]:
    """The element of a list that has those keys, and its number."""
    names = tuple(keys)
    wanted = _name(keys, names)
    for number, each in enumerate(elements):
        if isinstance(each, dict) and _name(each, names) == wanted:
            return number, each
    return 0, _ABSENT


def applied(item: Mapping[str, Value], changes: Sequence[Field], live: Mapping[str, Value]) -> dict[str, Value]:
    """The manifest with those fields as they are in the cluster."""
    made: dict[str, Value] = _copy(item)
    for each in changes:
        _put(made, live, each.steps, absent=each.absent)
    return made


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(each) for name, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value


def _put(made: Any, live: Any, steps: Sequence[Step], *, absent: bool) -> None:
    """Bring what stands at the end of the steps from one value into the other."""
    for step in steps[:-1]:
        if isinstance(step, str):
            live = live.get(step) if isinstance(live, dict) else None
            made = made.setdefault(step, {}) if isinstance(made, dict) else None
        else:
            live = _with(live, step)[1] if isinstance(live, list) else None
            made = _with(made, step)[1] if isinstance(made, list) else None
        if made is None or made is _ABSENT or (not absent and (live is None or live is _ABSENT)):
            return
    _last(made, live, steps[-1], absent=absent)


def _last(made: Any, live: Any, step: Step, *, absent: bool) -> None:
    if isinstance(step, str):
        if absent:
            made.pop(step, None)
        elif isinstance(live, dict) and isinstance(made, dict):
            made[step] = _copy(live.get(step))
        return
    number, held = _with(made, step)
    if absent:
        if held is not _ABSENT:
            del made[number]
    elif held is _ABSENT:
        made.append(_copy(_with(live, step)[1]))
    else:
        made[number] = _copy(_with(live, step)[1])
