"""What was rendered, to know a file again that holds it written out (`helm template > install.yaml`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from scanner.model.resource import Resource
from scanner.model.value import Undetermined, Value
from scanner.sources.kubernetes import manifests
from scanner.sources.kubernetes.rendering import RELEASE
from scanner.sources.terraform.read import Unit

_SOURCE = re.compile(rb"(?m)^# Source: ([^/\n]+)/")
_FEWEST = 3  # objects of one rendering that a file repeats, before it is taken for another one of the same
_MOST_OWN = 3  # one of so many objects may be the file's own (its namespace, say)


class Deployed:
    """The objects of all renderings, by what they are called."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, ...], list[tuple[str, Resource]]] = {}
        self._named: dict[tuple[str, str], list[tuple[Unit, Resource]]] = {}
        self._charts: set[str] = set()  # the roots that are one

    def add(self, unit: Unit, *, chart: bool) -> None:
        if chart:
            self._charts.add(unit.root)
        for each in unit.resources:
            self._exact.setdefault(_key(each), []).append((unit.root, each))
            self._named.setdefault((each.type, _bare(each)), []).append((unit, each))

    def first(self, called: str, resources: Sequence[Resource]) -> Unit:
        """The first of several printings of one chart, as the environment that the others repeat."""
        directory = called.rpartition("/")[0] or "."
        unit = Unit(f"{directory}@{called}", directory=directory, environment=called)
        rooted = [replace(each, address=each.address._replace(root=unit.root)) for each in resources]
        unit.resources = list(manifests.distinct(rooted))
        for each in _spellings(unit.resources)[-1]:
            self._named.setdefault((each.type, _bare(each)), []).append((unit, each))
        return unit

    def holds(self, resources: Sequence[Resource]) -> str | None:
        """The root that deploys objects equal to these to the last field, the first of them where several do; None
        where one of them is not deployed by any."""
        roots = [self._root(each) for each in resources]
        return None if None in roots else min(filter(None, roots), default=None)

    def variant(self, called: str, resources: Sequence[Resource], *, charts: bool = False) -> Unit | None:
        """A file's objects as an environment, called like the file, of the rendering that has most of them under
        the same names, at the rendering's places where both say the same (the unit's `own` has the file's for
        each); None where none has most of them. `charts`: of a chart's rendering only."""
        if len(resources) < _FEWEST or not self._named:
            return None
        tried = [(said, [self._alike(each, charts=charts) for each in said]) for said in _spellings(resources)]
        said, alike = max(tried, key=lambda pair: _commonest(pair[1])[1])
        home, count = _commonest(alike)
        if home is None or count < _FEWEST or (len(resources) - count) * _MOST_OWN > len(resources):
            return None
        directory = home.directory or home.root
        unit = Unit(f"{directory}@{called}", directory=directory, environment=called)
        placed = []
        for each, read, held in zip(resources, said, alike, strict=True):
            other = next((other for there, other in held if there is home), None)
            if other is None:  # others of its kind may repeat it
                self._named.setdefault((each.type, _bare(read)), []).append((home, read))
            placed.append(_placed(each, read, other, unit))
        unit.resources = list(manifests.distinct(placed))
        return unit

    def _alike(self, resource: Resource, *, charts: bool) -> list[tuple[Unit, Resource]]:
        held = self._named.get((resource.type, _bare(resource)), ())
        return [(unit, other) for unit, other in held if not charts or unit.root in self._charts]

    def _root(self, resource: Resource) -> str | None:
        held = self._exact.get(_key(resource), ())
        return next((root for root, other in held if _equal(resource, other)), None)


def _commonest(alike: Sequence[Sequence[tuple[Unit, Resource]]]) -> tuple[Unit | None, int]:
    """The rendering that has most of some objects, the first of several, and how many it has."""
    units = {unit.root: unit for held in alike for unit, _ in held}
    counts = Counter(root for held in alike for root in {unit.root: None for unit, _ in held})
    root, count = counts.most_common(1)[0] if counts else ("", 0)
    return units.get(root), count


def _release(resources: Sequence[Resource]) -> str:
    """What labels say that the release is called ("Recommended Labels" of Kubernetes, Helm's own before them)."""
    for each in resources:
        metadata = each.attributes.get("metadata")
        labels = metadata.get("labels") if isinstance(metadata, dict) else None
        for key in ("app.kubernetes.io/instance", "release"):
            found = labels.get(key) if isinstance(labels, dict) else None
            if isinstance(found, str) and found:
                return found
    return ""


def _spellings(resources: Sequence[Resource]) -> list[Sequence[Resource]]:
    """The objects as they are, and as they would be if their release were called as ours are."""
    release = _release(resources)
    if release in ("", RELEASE):
        return [resources]
    return [resources, [_renamed(each, release) for each in resources]]


def chart_of(text: bytes) -> str:
    """The chart that a file was printed from: `helm template` says of each object which template gave it."""
    found = _SOURCE.search(text) if b"# Source: " in text else None
    return found[1].decode("utf-8", "replace") if found is not None else ""


def printings(held: Sequence[tuple[str, Sequence[Resource]]]) -> Iterator[tuple[str, list[str]]]:
    """What was printed of one chart, by what it is called and the files that hold it: each file of a folder where
    several hold the same object, the folder where each holds a part."""
    folders: dict[str, list[tuple[str, Sequence[Resource]]]] = {}
    for path, resources in held:
        folders.setdefault(path.rpartition("/")[0] or ".", []).append((path, resources))
    for folder, files in folders.items():
        said = [{(each.type, _bare(each)) for each in _spellings(resources)[-1]} for _, resources in files]
        if len(set().union(*said)) == sum(map(len, said)) and len(files) > 1:
            yield folder, [path for path, _ in files]
        else:
            yield from ((path, [path]) for path, _ in files)


def _renamed(resource: Resource, release: str) -> Resource:
    return replace(resource, attributes={key: _put(each, release) for key, each in resource.attributes.items()})


def _put(value: Value, release: str) -> Value:
    if isinstance(value, dict):
        return {key: _put(each, release) for key, each in value.items()}
    if isinstance(value, list):
        return [_put(each, release) for each in value]
    return value.replace(release, RELEASE) if isinstance(value, str) else value


def _placed(own: Resource, said: Resource, other: Resource | None, unit: Unit) -> Resource:
    """An object of a file in the root of its rendering, at the places of the object that was rendered. `said` is
    the object under the names of the rendering."""
    address = own.address._replace(root=unit.root)
    if other is None or isinstance(other.origins, dict):  # rendered from something packed: no places of its own
        return replace(own, address=address)
    from scanner.sources.kubernetes.traced import Places, Repeated  # noqa: PLC0415 - only beside renderings

    mine, theirs = cast("Places", own.origins), cast("Places", other.origins)
    unit.own[other.span] = own.span
    origins = Repeated((dict(said.attributes), mine), (dict(other.attributes), theirs), unit.own)
    return replace(own, address=address, span=other.span, body=other.body, origins=origins)


def _name(resource: Resource) -> str:
    metadata = resource.attributes.get("metadata")
    return str(metadata.get("name")) if isinstance(metadata, dict) else ""


def _bare(resource: Resource) -> str:
    """What an object is called, whatever the release."""
    return _name(resource).removeprefix(f"{RELEASE}-")


def _key(resource: Resource) -> tuple[str, ...]:
    metadata = resource.attributes.get("metadata")
    names = metadata if isinstance(metadata, dict) else {}
    return (resource.type, *(str(names.get(each)) for each in ("namespace", "name")))


def _equal(one: Resource, other: Resource) -> bool:
    try:
        return bool(one.attributes == other.attributes)
    except Undetermined:  # what is not known of them may differ
        return False
