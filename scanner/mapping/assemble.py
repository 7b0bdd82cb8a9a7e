"""Resources of one root at a time become nodes; edges are drawn once all roots are in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scanner.graph.columns import Facts, Graph
from scanner.mapping.batch import Batch
from scanner.mapping.handed import handed, holds_groups
from scanner.mapping.links import Links
from scanner.mapping.lookups import Lookup, lookup
from scanner.mapping.others.steps import UNSETTLED
from scanner.mapping.reader import Extract, Reader, place
from scanner.mapping.releases import brought
from scanner.mapping.standin import StandIn, meaning
from scanner.mapping.table import Edge, Entry, Fixed, Fold, Part, Row, Skip, Table
from scanner.mapping.twins import Twins
from scanner.mapping.unread import open_folds, open_relations
from scanner.mapping.unsaid import extracts
from scanner.model.address import Address
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span
from scanner.model.resource import Resource, Unread
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap

IGNORE = "layerproof.dev/ignore."


@dataclass(slots=True)
class Tally:
    """What was mapped and what was not: native types by count; `unplaced` are resources of mapped types that say
    something only of what cannot be told or is not in the scan.
    """

    unmapped: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    unplaced: list[Address] = field(default_factory=list)
    mapped: int = 0
    folded: int = 0
    edges: int = 0


class Assembler:
    """Builds one graph. Feed it whole roots with `add`, then call `finish` once."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._links = Links()
        self.graph = Graph()
        self.tally = Tally()
        self.diagnostics: list[Diagnostic] = []
        self._faulty: set[tuple[str, str]] = set()
        self._into: dict[str, tuple[str, ...]] = {}
        self._elsewhere: dict[Address, Unknown] = {}
        self._lookups: list[Lookup] = []
        self._orphans: list[tuple[Resource, Fold]] = []
        self._placed: set[Address] = set()
        self._unread: list[Unread] = []

    def add(self, resources: Iterable[Resource], unread: Iterable[Unread] = ()) -> None:
        """Map the resources of one closed scope: a root module with its modules, a set of manifests, an account.

        `unread` are the types of which there may be more than was given.
        """
        batch = list(resources)
        batch.extend(brought(batch))
        folds, opened = self._fold(batch)
        for each in unread:
            self._unread.append(each)
            open_folds(batch, each, self._entries, opened)
        for stand_in in self._stand_ins():
            name, why = stand_in.resource.address.name, stand_in.why
            batch.append(stand_in.resource)
            folds[name] = stand_in.folds
            opened[name] = dict.fromkeys(self._folds_into(stand_in.resource.type), why)
            self._elsewhere[stand_in.resource.address] = why
        groups = holds_groups({each.type for each in batch})
        for resource in batch:
            for entry in self._entries(resource.type):
                if isinstance(entry, Row):
                    name = resource.address.name
                    more = {**opened.get(resource.type, {}), **opened.get(name, {})}
                    reader = Reader(resource, folds.get(name, {}), more)
                    self._node(entry, reader)
                elif isinstance(entry, Edge):
                    self.tally.edges += 1
                    self._links.tie(entry, Reader(resource))
            if resource.unsettled:
                self._node(UNSETTLED, Reader(resource), "changes")
            if groups:
                self._links.hand(resource.address, handed(resource, self._entries(resource.type)))
            asked = lookup(resource) if resource.type.startswith("data.") else None
            if asked is not None:
                self._lookups.append(asked)
            self._count(resource)

    def finish(self) -> Graph:
        """Draw the edges and return the graph."""
        self._links.join(self.graph, self._lookups)
        self.tally.unplaced.extend(self._links.draw(self.graph))
        for each in self._unread:
            open_relations(self.graph, each, self._entries)
            self.graph.unread.update({(each.account, each.region, type_): each.why for type_ in each.types})
        return self.graph

    def unlisted(self) -> Iterator[tuple[str, str, Unknown]]:
        """The kinds of which an account or a cluster may hold more than was listed: (account, kind, why)."""
        for each in self._unread:
            for type_ in each.types:
                for entry in self._entries(type_):
                    if isinstance(entry, Row):
                        yield each.account, entry.kind, each.why

    def twins(self) -> list[Twins]:
        """The things of the finished graph that several planes show."""
        return self._links.twins(self.graph)

    def _entries(self, type: str) -> tuple[Entry, ...]:
        entry = self._table.get(type)
        if entry is None:
            return ()
        return entry if isinstance(entry, tuple) else (entry,)

    def _makes_node(self, type: str) -> bool:
        return any(isinstance(entry, Row) for entry in self._entries(type))

    def _count(self, resource: Resource) -> None:
        entries = self._entries(resource.type)
        if not entries:
            self.tally.unmapped[resource.type] += 1
        elif all(isinstance(entry, Skip) for entry in entries):
            self.tally.skipped[resource.type] += 1

    # folds

    def _fold(
        self, batch: list[Resource]
    ) -> tuple[dict[str, dict[str, list[Resource]]], dict[str, dict[str, Unknown]]]:
        """Resources folded by parent name and own type; and, by parent type or name, why one more may belong."""
        found: dict[str, dict[str, list[Resource]]] = {}
        opened: dict[str, dict[str, Unknown]] = {}
        index = Batch(batch, self._table)
        doubted = {each.address.name: each.presence for each in batch if each.presence is not None}
        for resource in batch:
            for entry in self._entries(resource.type):
                if isinstance(entry, Fold):
                    self._fold_one(resource, entry, index, doubted, found, opened)
        return found, opened

    def _fold_one(
        self,
        resource: Resource,
        entry: Fold,
        index: Batch,
        doubted: dict[str, Unknown],
        found: dict[str, dict[str, list[Resource]]],
        opened: dict[str, dict[str, Unknown]],
    ) -> None:
        names, why = index.parents(resource, entry)
        for name in names:
            # It may not be there: neither its presence nor its absence decides. What one uncertain module call
            # makes is there together, though, and shares the reason.
            if resource.presence is not None and resource.presence is not doubted.get(name):
                opened.setdefault(name, {}).setdefault(resource.type, resource.presence)
                self._links.part(resource.address, name)
                continue
            found.setdefault(name, {}).setdefault(resource.type, []).append(resource)
            if not entry.scope and not entry.named and not self._makes_node(resource.type):
                self._links.alias(resource.address, name)
        self.tally.folded += bool(names)
        if names:
            self._placed.add(resource.address)
        if not names and why is None and entry.by and not entry.named and not entry.scope:
            self._orphans.append((resource, entry))
        if why is not None:
            self.tally.unplaced.append(resource.address)
            for parent in entry.into:
                opened.setdefault(parent, {}).setdefault(resource.type, why)

    def _folds_into(self, type: str) -> tuple[str, ...]:
        """The native types that can be folded into a type."""
        known = self._into.get(type)
        if known is None:
            pairs = ((name, entry) for name in self._table for entry in self._entries(name))
            found = (name for name, entry in pairs if isinstance(entry, Fold) and type in entry.into)
            known = self._into[type] = tuple(dict.fromkeys(found))
        return known

    def _stand_ins(self) -> list[StandIn]:
        """What the folds of this root speak of that is not in it: one node each, known by them alone."""
        found: dict[object, StandIn] = {}
        for resource, entry in self._orphans:
            if self._makes_node(resource.type) or resource.address in self._placed:
                continue  # it belongs to what another of its arguments names
            meant = meaning(Reader(resource), entry)
            if meant not in found:
                found[meant] = StandIn.of(resource, entry)
            found[meant].folds.setdefault(resource.type, []).append(resource)
        self._orphans.clear()
        self._placed.clear()
        return list(found.values())

    # nodes

    def _node(self, row: Row, reader: Reader, label: str = "") -> int:
        resource = reader.resource
        address = resource.address
        if label:
            address = Address(address.scheme, address.root, f"{address.name}/{label}")
        attributes, origins = self._attributes(row, reader)
        span = resource.span if not label else place(resource, reader.prefix) or resource.span
        folded = () if label else tuple(each.address for each in reader.all_folded())
        index = self.graph.add(
            Facts(
                address,
                row.kind,
                resource.plane,
                span,
                attributes,
                origins,
                resource.calls,
                folded,
                body=None if label else resource.body,
                explains=tuple(each.explains for each in (resource, *reader.all_folded()) if each.explains),
            )
        )
        self.tally.mapped += 1
        if address in self._elsewhere:
            self.graph.stand_ins.add(index)
            self._links.know_aside(index, row, reader, address)
            return index
        self._links.know(index, row, reader, address)
        if not label:
            self._ignores(index, resource)
        for part in row.parts:
            self._part(index, part, reader)
        return index

    def _part(self, owner: int, part: Part, reader: Reader) -> None:
        for label, inner in self._part_readers(part, reader):
            index = self._node(part.row, inner, label)
            if part.edge and part.reverse:
                self.graph.relate(part.edge, index, owner)
            elif part.edge:
                self.graph.relate(part.edge, owner, index)

    def _part_readers(self, part: Part, reader: Reader) -> Iterator[tuple[str, Reader]]:
        try:
            if not part.path:
                if part.when is None or part.when(reader):
                    yield part.label, reader.again()
                return
            for position, inner in enumerate(reader.blocks(part.path)):
                if part.when is not None and not part.when(inner):
                    continue
                name = unwrap(inner.peek(part.name))
                inner.origin()
                shown = name if isinstance(name, str) and name else str(position)
                yield f"{part.label}:{shown}", inner
        except Undetermined as undetermined:
            if part.edge:
                self._links.open_later(reader.resource.address, part.edge, undetermined.unknown)

    def _attributes(self, row: Row, reader: Reader) -> tuple[dict[str, Value], dict[str, Span]]:
        attributes = self._common(row, reader)
        elsewhere = self._elsewhere.get(reader.resource.address)
        if elsewhere is not None:
            attributes.update(name=elsewhere, tags=elsewhere)
        origins: dict[str, Span] = {}
        for name, extract in extracts(row):
            reader.origin()
            attributes[name] = self._extract(reader, name, extract)
            if elsewhere is not None:
                attributes[name] = self._of_stand_in(reader, name, extract, elsewhere, attributes[name])
            span = reader.origin()
            if span is not None:
                origins[name] = span
            for position, mark in reader.marks().items():
                origins[f"{name}[{position}]"] = mark
        if not reader.prefix:
            attributes.update(_told(reader, row))
        return attributes, origins

    def _of_stand_in(
        self, reader: Reader, name: str, extract: str | Extract | Fixed, why: Unknown, value: Value
    ) -> Value:
        """What is known of a thing outside the scan: what its folds say, and of lists the part that they make."""
        if not reader.looked_aside():
            return why
        if not isinstance(value, (Unknown, list)):
            return value
        with reader.closed():
            part = self._extract(reader, name, extract)
        return [*part, why] if isinstance(part, list) and part else why

    def _extract(self, reader: Reader, name: str, extract: object) -> Value:
        try:
            if isinstance(extract, Fixed):
                return extract.value
            if isinstance(extract, str):
                return reader.peek(extract)
            return extract(reader)  # type: ignore[operator]  # what is left of the forms is callable
        except Undetermined as undetermined:
            return undetermined.unknown
        except Exception as fault:  # one faulty extractor costs one attribute, never the scan
            return self._fault(reader.resource, name, fault)

    def _fault(self, resource: Resource, name: str, fault: Exception) -> Unknown:
        told = f"{type(fault).__name__}: {fault}"
        if (resource.type, name) not in self._faulty:
            self._faulty.add((resource.type, name))
            summary = f"{resource.address.name}: mapping of {resource.type} to {name} failed ({told})"
            self.diagnostics.append(Diagnostic(Level.WARNING, "evaluate-mapping", summary, resource.span))
        return Unknown(f"the mapping of {name} failed ({told})", Cause.FAULT)

    def _common(self, row: Row, reader: Reader) -> dict[str, Value]:
        scope = reader.resource.scope
        return {
            "name": _text(self._extract(reader, "name", row.name)),
            "type": reader.resource.native or reader.resource.type,
            "provider": scope.provider,
            "account": scope.account,
            "region": scope.region,
            "tags": self._tags(row, reader),
            "api_version": _api_version(reader),
        }

    def _tags(self, row: Row, reader: Reader) -> Value:
        own = self._extract(reader, "tags", row.tags)
        merged = reader.resource.attributes.get("tags_all")
        if row.tags == "tags" and merged is not None:
            own = unwrap(merged)
        return _as_map(own)

    def _ignores(self, index: int, resource: Resource) -> None:
        metadata = unwrap(resource.attributes.get("metadata"))
        notes = unwrap(metadata.get("annotations")) if isinstance(metadata, dict) else None
        if not isinstance(notes, dict):
            return
        for key, text in notes.items():
            if key.startswith(IGNORE) and isinstance(text, str):
                rule = key[len(IGNORE) :].replace(".", "/", 1)
                span = place(resource, f"metadata.annotations.{key}") or resource.span
                self.graph.ignores.setdefault(index, {})[rule] = (text, span)


def _as_map(tags: Value) -> Value:
    """Tags as a map: Terraform before 0.12 took them as a block, and some types list pairs of key and value."""
    if isinstance(tags, (dict, Unknown)):
        return tags
    merged: dict[str, Value] = {}
    for held in map(unwrap, tags if isinstance(tags, list) else ()):
        if isinstance(held, Unknown):
            return held
        if isinstance(held, dict):
            merged.update({str(held["key"]): held.get("value")} if isinstance(held.get("key"), str) else held)
    return merged


def _told(reader: Reader, row: Row) -> dict[str, Value]:
    """Attributes of the kind that the resource itself tells, where the words of its table cannot (a live one)."""
    told = reader.resource.attributes.get("$node") or {}
    return {name: value for name, value in told.items() if name in row.attributes}


def _text(value: Value) -> Value:
    """A name as text: providers take numbers for names too."""
    return str(value) if isinstance(value, (int, float)) else value


# Resources of the Kubernetes provider that write a removed API or the one after it, by the provider's release.
_TWO_APIS = ("kubernetes_cron_job",)


def _api_version(reader: Reader) -> Value:
    """As a manifest says; resources of Terraform say it by their type, and are written for a current one."""
    if reader.resource.type in _TWO_APIS:
        told = f"which API a {reader.resource.type} is written for is up to the release of its provider"
        return Unknown(told, Cause.OUTSIDE_SCAN)
    return reader.peek("apiVersion")
