"""AWS networks as reachability sees them: networks, subnets and the tables, lists and groups that govern them.

What the configuration leaves to AWS is filled in as AWS documents it: main route tables that hold the local route
only, access lists that admit everything, the default group whose members reach each other, the default VPC with
its gateway. `wiring` of a node holds what `scanner.mapping.aws.wiring` read of its type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from scanner.analysis.network.atoms import ALL_FOUR, ALL_SIX, NOTHING, Ranges, cidr, ranges, union
from scanner.analysis.network.verdict import Step
from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value

# Ranges that Amazon will choose stand for themselves: one /56 for each network, one /64 for each subnet.
_CHOSEN_SIX = cidr("2600:1f00::/24").spans[0][0]
DEFAULT_FOUR = cidr("172.31.0.0/16")
RFC1918 = union((cidr("10.0.0.0/8"), cidr("172.16.0.0/12"), cidr("192.168.0.0/16")))


@dataclass(eq=False, slots=True)
class Network:
    """One VPC. `index` is None for a default VPC that nothing adopts; `outside` says why one is not known."""

    index: int | None
    four: Ranges
    six: Ranges
    default: bool = False
    outside: Unknown | None = None
    block: Value = None
    exempt: Sequence[Value] = ()

    @property
    def addresses(self) -> Ranges:
        return self.four | self.six


@dataclass(eq=False, slots=True)
class Subnet:
    """One subnet; without index of an implicit default VPC, or one that is not in the scan."""

    index: int | None
    network: Network
    four: Ranges
    six: Ranges
    zone: Value = None
    public_by_default: Value = False
    six_by_default: Value = False
    exempt: Sequence[Value] = ()
    edge: bool = False  # where a gateway hands in what comes from outside: no list is asked

    @property
    def addresses(self) -> Ranges:
        return self.four | self.six


@dataclass(eq=False, slots=True)
class Group:
    """A security group; without index the default group of its network as AWS makes it."""

    index: int | None
    network: Network
    rules: Sequence[Value] = ()
    why: Unknown | None = None
    owner: int | None = None
    made: str = ""  # what it is called where something else than AWS makes it

    @property
    def place(self) -> int | None:
        """Where it is shown: one that AWS makes at the cluster or network that it is made for."""
        return next((each for each in (self.index, self.owner, self.network.index) if each is not None), None)

    @property
    def called(self) -> str:
        """What it is called in notes; "" for one that is declared."""
        if self.index is not None:
            return ""
        if self.made:
            return self.made
        return "its default security group " if self.owner is None else "the cluster's own security group "


@dataclass(eq=False, slots=True)
class Listing:
    """A network access list; without index the default one, which admits everything."""

    index: int | None
    rules: Sequence[Value] = ()
    why: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """What an end of a path may be outside of every VPC: `internet`, `on-premises`, or an AWS service."""

    name: str
    addresses: Ranges
    gateway: int | None = None
    cloudfront: bool = False


def parsed(values: Iterable[Value]) -> tuple[Ranges, tuple[Unknown, ...]]:
    """The addresses of CIDRs, and what of them is not known; a text that is no CIDR is unknown."""
    held: list[Ranges] = []
    lost: list[Unknown] = []
    for value in values:
        if isinstance(value, Unknown):
            lost.append(value)
            continue
        try:
            held.append(cidr(str(value)))
        except ValueError:
            lost.append(Unknown(f"{value!r} is no range of addresses", Cause.OUTSIDE_SCAN))
    return (union(held) if held else NOTHING), tuple(lost)


@dataclass(slots=True)
class World:
    """The networks of one graph, each part made when it is first asked for."""

    graph: Graph
    assumptions: dict[str, None] = field(default_factory=dict)
    without: frozenset[tuple[int, str]] = frozenset()  # lines (node, attribute) that are taken away
    _networks: dict[object, Network] = field(default_factory=dict)
    _subnets: dict[object, Subnet] = field(default_factory=dict)
    _groups: dict[object, Group] = field(default_factory=dict)
    _lists: dict[int, Listing] = field(default_factory=dict)
    _chosen: int = 0

    # reading

    def gone(self, index: int | None, attribute: str) -> bool:
        """Whether a line was taken away."""
        return bool(self.without) and (index, attribute) in self.without

    def wiring(self, index: int) -> dict[str, Value]:
        """What was read of how a node hangs in its network; {} where nothing was."""
        if not self.graph.kind(index).has("wiring"):
            return {}
        value = self.graph.peek(index, "wiring")
        return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}

    def listed(self, index: int, attribute: str) -> tuple[list[Value], Unknown | None]:
        """A list's elements, and why there may be more."""
        value = self.graph.peek(index, attribute)
        if isinstance(value, Unknown):
            return [], value
        items = value if isinstance(value, list) else []
        why = next((each for each in items if isinstance(each, Unknown)), None)
        return items, why

    def one(self, relation: str, index: int, kind: str = "") -> int | None:
        """The first node that a node points at, of a kind."""
        return next(iter(self.many(relation, index, kind)), None)

    def many(self, relation: str, index: int, kind: str = "") -> list[int]:
        found = self.graph.targets(relation, index)
        return [each for each in found if not kind or self.graph.kind(each).name == kind]

    def into(self, relation: str, index: int, kind: str = "") -> list[int]:
        found = self.graph.sources(relation, index)
        return [each for each in found if not kind or self.graph.kind(each).name == kind]

    def role(self, gateway: int) -> Value:
        return self.graph.peek(gateway, "role") if self.graph.kind(gateway).name == "gateway" else None

    # networks

    def network(self, index: int) -> Network:
        known = self._networks.get(index)
        if known is None:
            wiring = self.wiring(index)
            values, _ = self.listed(index, "cidrs")
            held, _ = parsed(values)
            four, six = held & ALL_FOUR, held & ALL_SIX
            if not six and wiring.get("generates_six") is True:
                six = self._six(56)
            default = self.graph.peek(index, "default") is True
            known = Network(index, four or (DEFAULT_FOUR if default else RFC1918), six, default)
            known.block, known.exempt = wiring.get("block"), wiring.get("exempt") or ()
            self._networks[index] = known
        return known

    def default_network(self, index: int) -> Network:
        """The default VPC of a node's root and region: the adopted one, else as AWS makes it."""
        graph, own = self.graph, self.graph.addresses[index]
        region = graph.peek(index, "region")
        key = ("default", own.root, region if isinstance(region, str) else "")
        known = self._networks.get(key)
        if known is None:
            for other in graph.nodes("network"):
                if graph.addresses[other].root == own.root and graph.peek(other, "default") is True:
                    known = self.network(other)
                    break
            else:
                known = Network(None, DEFAULT_FOUR, NOTHING, default=True)
            self._networks[key] = known
        return known

    def network_of(self, index: int) -> Network:
        """The network that a node stands in; the default one where it names none."""
        found = self.one("in_network", index, "network")
        if found is not None:
            return self.network(found)
        why = self.graph.why_open("in_network", index)
        return self.default_network(index) if why is None else self._outside(why)

    def _outside(self, why: Unknown) -> Network:
        key = ("outside", why.references or id(why))
        known = self._networks.get(key)
        if known is None:
            known = self._networks[key] = Network(None, RFC1918, NOTHING, outside=why)
        return known

    def _six(self, length: int) -> Ranges:
        """A range that Amazon will choose: no other one is the same."""
        self._chosen += 1
        first = _CHOSEN_SIX + (self._chosen << (128 - 56))
        return ranges(((first, first + (1 << (128 - length)) - 1),))

    def on_premises(self) -> Ranges:
        """What lies behind lines to elsewhere, where nothing tells: private ranges that no network has."""
        key = "on-premises"
        if key not in self._networks:
            held = union(self.network(each).four for each in self.graph.nodes("network"))
            self._networks[key] = Network(None, RFC1918 - held, NOTHING)
        return self._networks[key].four

    # subnets

    def subnet(self, index: int) -> Subnet:
        known = self._subnets.get(index)
        if known is None:
            known = self._subnets[index] = self._make_subnet(index)
        return known

    def _make_subnet(self, index: int) -> Subnet:
        graph, wiring = self.graph, self.wiring(index)
        network = self.network_of(index)
        four, _ = parsed([wiring["four"]] if wiring.get("four") is not None else [])
        six, lost = parsed([wiring["six"]] if wiring.get("six") is not None else [])
        if not six and lost:
            six = self._six(64)
            network.six |= six
        native = wiring.get("native") is True
        return Subnet(
            index,
            network,
            NOTHING if native else four or network.four,
            six,
            wiring.get("zone"),
            graph.peek(index, "public_by_default"),
            wiring.get("assigns_six", False),
            wiring.get("exempt") or (),
        )

    def edge(self, network: Network) -> Subnet:
        """Where a network's own gateways hand in what comes from outside."""
        key = ("edge", id(network))
        known = self._subnets.get(key)
        if known is None:
            known = self._subnets[key] = Subnet(None, network, NOTHING, NOTHING, edge=True)
        return known

    def internet_gateways(self, network: Network) -> list[int]:
        """The internet gateways of a network."""
        if network.index is None:
            return []
        return [
            each for each in self.into("in_network", network.index, "gateway") if self.role(each) == "internet"
        ]

    def somewhere(self, network: Network) -> Subnet:
        """Any subnet of a network: of a default VPC as AWS makes it, public; else one that is not told."""
        key = ("somewhere", id(network))
        known = self._subnets.get(key)
        if known is None:
            known = Subnet(None, network, network.four, NOTHING, public_by_default=network.default)
            self._subnets[key] = known
        return known

    def elsewhere(self, why: Unknown) -> Subnet:
        """A subnet that is not in the scan; the same for everything that names it alike."""
        key = ("elsewhere", why.references or id(why))
        known = self._subnets.get(key)
        if known is None:
            known = Subnet(None, self._outside(why), RFC1918, NOTHING, public_by_default=why)
            self._subnets[key] = known
        return known

    # lists and groups

    def listing(self, subnet: Subnet) -> Listing:
        """The access list of a subnet: its own, else its network's default one."""
        index = subnet.index
        if index is not None:
            own = self.into("filters", index, "network_acl")
            if own:
                return self._listing(own[-1])
            why = self.graph.why_open_in("filters", index)
            if why is not None:
                return Listing(None, why=why)
        return self._default_listing(subnet.network)

    def _default_listing(self, network: Network) -> Listing:
        if network.index is not None:
            for each in self.into("in_network", network.index, "network_acl"):
                if self.graph.peek(each, "default") is True:
                    return self._listing(each)
        return Listing(None)

    def _listing(self, index: int) -> Listing:
        known = self._lists.get(index)
        if known is None:
            rules, why = self.listed(index, "rules")
            known = self._lists[index] = Listing(index, rules, why)
        return known

    def group(self, index: int) -> Group:
        known = self._groups.get(index)
        if known is None:
            rules, why = self.listed(index, "rules")
            known = self._groups[index] = Group(index, self.network_of(index), rules, why)
        return known

    def default_group(self, network: Network) -> Group:
        """The default group of a network: the adopted one, else as AWS makes it."""
        if network.index is not None:
            for each in self.into("in_network", network.index, "security_group"):
                if self.graph.peek(each, "default") is True:
                    return self.group(each)
        return self.own_group(network, network)

    def own_group(self, owner: object, network: Network) -> Group:
        """A group that AWS makes: its members reach each other and everything else (VPC User Guide, "Default
        security groups for your VPCs"; EKS User Guide, "Cluster security group")."""
        key = ("made", owner if isinstance(owner, int) else id(owner))
        known = self._groups.get(key)
        if known is None:
            anything = {"protocol": "any", "from": None, "to": None, "action": "allow", "description": None}
            out = {**anything, "direction": "out", "cidrs": ["0.0.0.0/0", "::/0"], "groups": []}
            into = {**anything, "direction": "in", "cidrs": [], "groups": ["self"]}
            made_for = owner if isinstance(owner, int) else None
            more = tuple(self._added(made_for)) if made_for is not None else ()
            known = self._groups[key] = Group(None, network, (out, into, *more), None, made_for)
        return known

    def _added(self, owner: int) -> Iterator[Value]:
        """The rules that the scan adds to the group that AWS makes for a node."""
        graph = self.graph
        for index in graph.stand_ins:
            if graph.kind(index).name != "security_group":
                continue
            told = graph.peek(index, "name")
            if isinstance(told, Unknown) and owner in graph.meant(index, told):
                rules = graph.peek(index, "rules")
                listed = rules if isinstance(rules, list) else []
                yield from (each for each in listed if not isinstance(each, Unknown))

    def group_meant(self, index: int) -> Group | None:
        """The group that a reference to a node means: itself, the default one of a network, that of a cluster."""
        kind = self.graph.kind(index).name
        if kind == "security_group":
            return self.group(index)
        if kind == "network":
            return self.default_group(self.network(index))
        if kind == "cluster":
            subnets = self.many("in_subnet", index, "subnet")
            return self.own_group(index, self.subnet(subnets[0]).network if subnets else self.network_of(index))
        return None

    def prefix_list(self, index: int, value: Value) -> tuple[str, list[Value], Unknown | None] | None:
        """Name and ranges of the prefix list that a value means; None where it means none of the scan."""
        for each in self.graph.meant(index, value):
            if self.graph.kind(each).name == "prefix_list":
                name = self.graph.peek(each, "name")
                items, why = self.listed(each, "cidrs")
                return (name if isinstance(name, str) else ""), items, why
        return None

    def step(self, index: int | None, note: str, attribute: str = "", name: str = "") -> Step:
        return Step(index, note, attribute, name)

    def assume(self, text: str) -> None:
        self.assumptions.setdefault(text)
