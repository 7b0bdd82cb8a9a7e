"""The resources of one root side by side: which of them another one speaks of."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from scanner.hcl.partial import PartialText
from scanner.mapping.links import Link, identity_values, links_of, targets_of
from scanner.mapping.named import Named, base, matches
from scanner.mapping.reader import Reader
from scanner.mapping.table import Fold, Join, Row, Table
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value, unwrap


class Batch:
    """Finds the parents of folds inside one root: by reference first, by identity value second."""

    def __init__(self, batch: list[Resource], table: Table) -> None:
        self._resources: Named[Resource] = Named()
        self._by_type: dict[str, list[Resource]] = {}
        self._by_value: dict[tuple[str, str], list[str]] = {}
        self._by_unknown: dict[tuple[str, Sameness], list[str]] = {}
        self._namers: dict[tuple[str, str], dict[str, list[tuple[str, str]]]] = {}
        types = {resource.type for resource in batch}
        found = [table.get(each) for each in sorted(types)]
        entries = [each for entry in found for each in (entry if isinstance(entry, tuple) else (entry,))]
        parents = {parent for each in entries if isinstance(each, Fold) for parent in each.into}
        for resource in batch:
            self._resources.add("", resource.address.name, resource)
            if resource.type in parents:
                self._by_type.setdefault(resource.type, []).append(resource)
                self._index_values(resource, table)

    def _index_values(self, resource: Resource, table: Mapping[str, object]) -> None:
        entry = table.get(resource.type)
        rows = entry if isinstance(entry, tuple) else (entry,)
        reader = Reader(resource)
        for row in rows:
            if isinstance(row, Row):
                for value in identity_values(row, reader):
                    self._by_value.setdefault((resource.type, value), []).append(resource.address.name)
                for unknown in _unknown_names(row, reader):
                    alike = (resource.type, sameness(unknown))
                    self._by_unknown.setdefault(alike, []).append(resource.address.name)

    def parents(self, resource: Resource, entry: Fold) -> tuple[list[str], Unknown | None]:
        """Names of the parents; and why there may be one more that cannot be named."""
        if entry.scope:
            return self._neighbours(resource, entry), None
        if entry.named:
            return self._named_by(resource, entry), None
        names: list[str] = []
        why: Unknown | None = None
        for link in links_of(Reader(resource), Join(entry.by, values=entry.values)):
            hits = self._hits(link, entry)
            if not hits and link.unknown is not None and link.unknown.cause.ours:
                why = link.unknown
            names.extend(name for name in hits if name not in names)
        return names, why

    def _neighbours(self, resource: Resource, entry: Fold) -> list[str]:
        """Every resource of the fold's types in the same account (and region)."""
        own = resource.scope
        return [
            each.address.name
            for parent in entry.into
            for each in self._by_type.get(parent, ())
            if _same(own.account, each.scope.account)
            and (entry.scope == "account" or _same(own.region, each.scope.region))
        ]

    def _named_by(self, resource: Resource, entry: Fold) -> list[str]:
        """The resources whose value at the fold's path names it, by reference or by its name."""
        own = resource.address.name
        keys = [base(own), *(f"={value}" for value in _own_names(resource))]
        names: list[str] = []
        for parent in entry.into:
            namers = self._namers_of(parent, entry.by)
            for key in keys:
                for reference, name in namers.get(key, ()):
                    if name not in names and (key[0] == "=" or matches(reference, own)):
                        names.append(name)
        return names

    def _namers_of(self, parent: str, path: str) -> dict[str, list[tuple[str, str]]]:
        """By base address or `=VALUE`: (reference, parent's name) of each parent that names something."""
        namers = self._namers.get((parent, path))
        if namers is None:
            namers = self._namers[parent, path] = {}
            for resource in self._by_type.get(parent, ()):
                name = resource.address.name
                for link in targets_of(Reader(resource), path):
                    if link.value is not None and not link.references:
                        namers.setdefault(f"={link.value}", []).append(("", name))
                    for reference in link.references:
                        namers.setdefault(base(reference), []).append((reference, name))
        return namers

    def _hits(self, link: Link, entry: Fold) -> list[str]:
        if link.value is not None:
            for parent in entry.into:
                same = self._by_value.get((parent, link.value))
                if same and link.references:
                    same = [name for name in same if _among(name, link.references)] or same
                if same:
                    return same[:1] if len(same) == 1 or not link.references else same
        found: list[str] = []
        for reference in link.references:
            meant = self._resources.meant("", reference)
            found.extend(each.address.name for each in meant if each.type in entry.into)
        if not found and link.unknown is not None:
            alike = sameness(link.unknown)
            found = [name for parent in entry.into for name in self._by_unknown.get((parent, alike), ())]
        return found


def _unknown_names(row: Row, reader: Reader) -> Iterator[Unknown]:
    """The unknown values among those under which others may name a resource."""
    reader.origin()
    deque(identity_values(row, reader), maxlen=0)
    yield from reader.unknowns_read()


Sameness = tuple[str | int, ...]


def sameness(value: Unknown) -> Sameness:
    """Equal for two unknowns that are surely the same value: the same variable, or the same text around it.

    A value is worked out once, so that one variable's Unknown is one object wherever it is used.
    """
    if isinstance(value, PartialText):
        return tuple(part if isinstance(part, str) else id(part) for part in value.parts)
    return (id(value),)


def _same(left: Value, right: Value) -> bool:
    """Whether two scopes are plainly equal; what is not known of both is not."""
    return not isinstance(left, Unknown) and not isinstance(right, Unknown) and bool(left == right)


def _own_names(resource: Resource) -> Iterator[str]:
    for path in ("name", "id", "arn"):
        value = unwrap(resource.attributes.get(path))
        if isinstance(value, str):
            yield value


def _among(name: str, references: tuple[str, ...]) -> bool:
    return any(matches(reference, name) for reference in references)
