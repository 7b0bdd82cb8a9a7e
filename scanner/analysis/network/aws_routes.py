"""Route tables of AWS networks, compiled: which next hop the longest prefix names, of IPv4 and IPv6 alike.

Order of the VPC User Guide, "Route priority": the longest prefix; of equal ones static routes before prefix lists
before propagated ones. Local routes beat every propagated route, and are beaten by longer static ones only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scanner.analysis.network.atoms import ALL_FOUR, ALL_SIX, NOTHING, Ranges, cidr, ranges
from scanner.analysis.network.aws_world import Network, Subnet, World
from scanner.model.value import Unknown, Value

STATIC, LOCAL, LISTED, PROPAGATED = range(4)
_GATEWAY_SERVICES = ("s3", "dynamodb")


class Entry(NamedTuple):
    """One route: `prefix` is what it is for, `target` what the table's text names, `position` where it stands."""

    prefix: Ranges
    length: int
    rank: int
    kind: str
    target: Value
    table: int | None
    position: int = -1
    why: str = ""

    @property
    def attribute(self) -> str:
        return f"routes[{self.position}]" if self.position >= 0 else "routes"


@dataclass(eq=False, slots=True)
class Table:
    """A route table: entries in the order in which they are asked; `loose` are those whose destination is not
    known. `why` is set where it is not known which table it is, or whether it has more routes."""

    index: int | None
    entries: Sequence[Entry] = ()
    loose: Sequence[Entry] = ()
    why: Unknown | None = None


class Routes:
    """The route tables of a world, each compiled once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tables: dict[object, Table] = {}

    def of_subnet(self, subnet: Subnet) -> Table:
        """The table that a subnet is associated with, else the main one of its network."""
        world, graph = self._world, self._world.graph
        if subnet.network.outside is not None and subnet.index is None:
            return Table(None, why=subnet.network.outside)
        if subnet.index is not None:
            own = world.many("routes_by", subnet.index, "route_table")
            if own:
                return self.table(own[-1], subnet.network)
            why = graph.why_open("routes_by", subnet.index)
            if why is not None or subnet.network.outside is not None:
                return Table(None, why=subnet.network.outside if why is None else why)
        return self.main(subnet.network)

    def main(self, network: Network) -> Table:
        """The main table of a network: the one that is set to be it, the adopted one, else as AWS makes it."""
        world, graph = self._world, self._world.graph
        found = world.many("routes_by", network.index, "route_table") if network.index is not None else []
        if found:
            chosen = [each for each in found if graph.peek(each, "type") != "aws_default_route_table"]
            return self.table((chosen or found)[-1], network)
        key = ("main", id(network))
        if key not in self._tables:
            entries = list(_local(network, None))
            if network.default:  # VPC User Guide, "Default VPC components"
                entries.append(Entry(ALL_FOUR, 0, STATIC, "internet", None, None))
            self._tables[key] = _table(None, entries, network)
        return self._tables[key]

    def table(self, index: int, network: Network) -> Table:
        """A declared table, as it routes for a network."""
        key = (index, id(network))
        if key not in self._tables:
            self._tables[key] = self._compile(index, network)
        return self._tables[key]

    def _compile(self, index: int, network: Network) -> Table:
        world, graph = self._world, self._world.graph
        items, why = world.listed(index, "routes")
        entries = [*_local(network, index)]
        loose: list[Entry] = []
        for position, route in enumerate(items):
            if not isinstance(route, Unknown):
                for entry in self._entries(index, position, route):
                    (entries if entry.prefix else loose).append(entry)
        entries += [
            Entry(NOTHING, 0, STATIC, "service", graph.addresses[each].name, index)
            for each in world.many("routes_to", index, "endpoint")
            if world.wiring(each).get("type") == "Gateway"
        ]
        # adopted, the main table of a default VPC keeps its routes unless they are cleared
        adopted = network.default and graph.peek(index, "type") == "aws_default_route_table"
        if adopted and not items and why is None and not world.wiring(index).get("cleared"):
            entries.append(Entry(ALL_FOUR, 0, STATIC, "internet", None, index))
        return _table(index, entries, network, loose, why)

    def _entries(self, index: int, position: int, route: dict[str, Value]) -> Iterator[Entry]:
        destination, target, kind = route["destination"], route["target"], route["target_kind"]
        shown = kind if isinstance(kind, str) else "unknown"
        if route.get("propagated") is True:
            for prefix in self._announced(index, target):
                yield Entry(prefix, _length(prefix), PROPAGATED, shown, target, index, position)
            return
        listed = self._world.prefix_list(index, destination)
        if listed is not None:
            for text in listed[1]:
                if isinstance(text, str):
                    yield from _entry(text, LISTED, shown, target, index, position)
            if listed[2] is not None:
                yield Entry(NOTHING, 0, LISTED, shown, target, index, position, listed[2].reason)
        elif isinstance(destination, str):
            found = list(_entry(destination, STATIC, shown, target, index, position))
            yield from found or [Entry(NOTHING, 0, STATIC, shown, target, index, position,
                                       f"{destination!r} is no range of addresses")]  # fmt: skip
        elif isinstance(destination, Unknown):
            yield Entry(NOTHING, 0, STATIC, shown, target, index, position, destination.reason)

    def _announced(self, index: int, target: Value) -> Iterator[Ranges]:
        """What a virtual private gateway announces: the static routes of its connections, else private ranges,
        since what BGP tells is not in a configuration."""
        world = self._world
        known: list[str] = []
        by_word = False
        for gateway in world.graph.meant(index, target):
            for line in world.into("attached_to", gateway, "gateway"):
                wiring = world.wiring(line)
                if wiring.get("static") is True:
                    known += [each for each in wiring.get("prefixes") or () if isinstance(each, str)]
                else:
                    by_word = True
        if by_word or not known:
            world.assume("what BGP announces is taken to be the private ranges outside the networks of the scan")
            for span in world.on_premises().spans:
                yield ranges((span,))
        for text in known:
            yield cidr(text)

    def lookup(self, table: Table, wanted: Ranges, *, hope: bool) -> Iterator[tuple[Ranges, Entry | None]]:
        """Each part of some destinations with the route that it takes, None where none does.

        With hope, what is not known of a table may carry everything that is not local, besides; without, it may
        lead all of that astray.
        """
        local = [entry.prefix for entry in table.entries if entry.rank == LOCAL]
        if table.loose and not hope:
            inside = NOTHING
            for each in local:
                inside |= each
            astray = wanted - inside
            if astray:
                yield astray, table.loose[0]._replace(kind="unknown")
            wanted &= inside
        rest = wanted
        for entry in table.entries:
            if entry.kind == "service" or self._world.gone(entry.table, entry.attribute):
                continue
            part = rest & entry.prefix
            if part:
                yield part, entry
                rest -= part
            if not rest:
                break
        if rest:
            yield rest, None
        if hope:
            for entry in table.loose:
                yield wanted, entry

    def service(self, table: Table, name: str) -> Entry | None:
        """The gateway endpoint that carries a service's addresses, in a table."""
        for entry in table.entries:
            if entry.kind == "service" and table.index is not None:
                for each in self._world.graph.meant(table.index, entry.target):
                    told = self._world.graph.peek(each, "service")
                    if isinstance(told, str) and told.rsplit(".", 1)[-1] == name:
                        return entry
        return None


def _entry(text: str, rank: int, kind: str, target: Value, index: int | None, position: int) -> Iterator[Entry]:
    try:
        prefix = cidr(text)
    except ValueError:
        return
    yield Entry(prefix, _length(prefix), rank, kind, target, index, position)


def _local(network: Network, index: int | None) -> Iterator[Entry]:
    for span in network.addresses.spans:
        prefix = ranges((span,))
        yield Entry(prefix, _length(prefix), LOCAL, "local", None, index)


def _length(prefix: Ranges) -> int:
    """The prefix length of a range; of one that is no single CIDR, that of the smallest around it."""
    (first, last) = (prefix.spans[0][0], prefix.spans[-1][1])
    width = 128 if prefix <= ALL_SIX else 32
    return width - (last - first).bit_length()


def _table(
    index: int | None,
    entries: Sequence[Entry],
    network: Network,
    loose: Sequence[Entry] = (),
    why: Unknown | None = None,
) -> Table:
    """Entries in order; what is propagated loses to local routes, however long its prefix is."""
    kept = [
        entry._replace(prefix=entry.prefix - network.addresses) if entry.rank == PROPAGATED else entry
        for entry in entries
    ]
    return Table(index, sorted(kept, key=lambda each: (-each.length, each.rank)), tuple(loose), why)
