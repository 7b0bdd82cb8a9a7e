"""What backup plans select: the semantics of AWS Backup's resource assignments, over many stores at once.

    R, T = resources, tags; if neither is given: R = ["*"]
    selected = same account and region as the plan
               and not any(fits(p) for p in not_resources)
               and (by ARN or by tag) and every condition
    by tag = some tag of T is carried with its value, and the type is opted in
    by ARN = some pattern of R fits, and the type is opted in unless the pattern names it

Sources: AWS Backup Developer Guide, "Assign resources with AWS CLI" and "Service opt-in"; API BackupSelection.
Every answer is two sets of bits, one per selection: surely selects, may select.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from scanner.analysis.copies.conditions import OnTag
from scanner.analysis.copies.globs import Patterns
from scanner.analysis.copies.places import Part, part, same_part
from scanner.graph.columns import Graph
from scanner.model.value import Unknown, Value

# Types whose ARNs look like another's, so that only the opt-in tells them apart (Developer Guide, "Shared resource
# types", and "Opt in to services").
SHARED = frozenset({"Aurora", "DocumentDB", "Neptune", "FSx for OpenZFS"})
_TAG = "aws:ResourceTag/"


class Chosen(NamedTuple):
    """Which selections take a store: bits of those that surely do, and of those that may (the former included)."""

    surely: int
    perhaps: int


class Entry(NamedTuple):
    """One selection of one plan: the plan's node and the selection's position in its list."""

    plan: int
    position: int


NOTHING = Chosen(0, 0)


class Selections:
    """Every selection of every plan, held against stores without looking at each pair."""

    def __init__(self, graph: Graph, plans: Sequence[int], *, regardless: bool = False) -> None:
        self._graph = graph
        self._always = regardless  # as if every type were opted in
        self.entries: list[Entry] = []
        self._named = Patterns()  # patterns that name a resource type, or one resource
        self._services = Patterns()  # `*` and `arn:aws:ec2:*`
        self._excluded = Patterns()
        self._nodes: dict[int, int] = {}
        self._excluded_nodes: dict[int, int] = {}
        self._tags: dict[str, dict[str | None, int]] = {}
        self._tags_perhaps = 0
        self._conditions: dict[str, list[tuple[str, Value, int]]] = {}
        self._of_conditions: dict[tuple[str, str | None], tuple[int, int]] = {}
        self._of_keys: dict[str, OnTag] = {}
        self._open_conditions = 0
        self._anything = 0  # may select whatever it likes
        self._unsettled = 0  # may hold more of what includes
        self._unsettled_exclusion = 0
        self._types: dict[str, tuple[int, int]] = {}
        self._regardless = 0  # opt-in does not matter
        self._limited: list[tuple[frozenset[str], int]] = []
        self._homes: dict[tuple[Value, Part, Part], int] = {}
        self._opted: list[tuple[Value, int]] = []
        self._where: dict[tuple[object, ...], tuple[int, int]] = {}
        for plan in plans:
            self._plan(plan)

    # taking in

    def _plan(self, plan: int) -> None:
        graph = self._graph
        root = graph.addresses[plan].root
        account, region = graph.peek(plan, "account"), graph.peek(plan, "region")
        home = (graph.peek(plan, "provider"), part(account, root), part(region, root))
        listed = graph.peek(plan, "selections")
        opted = graph.peek(plan, "opted_in")
        for position, selection in enumerate(listed if isinstance(listed, list) else [listed]):
            bit = 1 << len(self.entries)
            self.entries.append(Entry(plan, position))
            self._homes[home] = self._homes.get(home, 0) | bit
            self._opted.append((opted, bit))
            if isinstance(selection, Mapping):
                self._selection(selection, bit)
            else:
                self._anything |= bit

    def _selection(self, selection: Mapping[str, Value], bit: int) -> None:
        resources, tags = selection.get("resources"), selection.get("tags")
        if resources == [] and tags == []:
            resources = ["*"]
        self._include(resources, bit)
        self._by_tag(tags, bit)
        self._exclude(selection.get("not_resources"), bit)
        self._restrict(selection.get("conditions"), bit)
        if selection.get("types"):
            self._limited.append((frozenset(selection["types"]), bit))
        if selection.get("opt_in") is False:
            self._regardless |= bit

    def _include(self, resources: Value, bit: int) -> None:
        for text in _items(resources):
            if text is None:
                self._unsettled |= bit
            elif text.startswith("@"):
                for node in self._meant(text):
                    self._nodes[node] = self._nodes.get(node, 0) | bit
            elif text == "{}":
                self._unsettled |= bit
            else:
                (self._named if names_type(text) else self._services).add(text, bit)

    def _exclude(self, resources: Value, bit: int) -> None:
        for text in _items(resources):
            if text is None or text == "{}":
                self._unsettled_exclusion |= bit
            elif text.startswith("@"):
                for node in self._meant(text):
                    self._excluded_nodes[node] = self._excluded_nodes.get(node, 0) | bit
            else:
                self._excluded.add(text, bit)

    def _by_tag(self, tags: Value, bit: int) -> None:
        for tag in tags if isinstance(tags, list) else [tags] if isinstance(tags, Unknown) else ():
            key = tag.get("key") if isinstance(tag, Mapping) else tag
            value = tag.get("value") if isinstance(tag, Mapping) else tag
            if isinstance(key, Unknown) or not isinstance(tag, Mapping):
                self._tags_perhaps |= bit
            else:
                wanted = None if isinstance(value, Unknown) else str(value)
                values = self._tags.setdefault(str(key), {})
                values[wanted] = values.get(wanted, 0) | bit

    def _restrict(self, conditions: Value, bit: int) -> None:
        for each in conditions if isinstance(conditions, list) else [conditions] if conditions is not None else ():
            key = each.get("key") if isinstance(each, Mapping) else each
            if not isinstance(each, Mapping) or isinstance(key, Unknown):
                self._open_conditions |= bit
            else:
                tag = str(key).removeprefix(_TAG)
                self._conditions.setdefault(tag, []).append((str(each["operator"]), each.get("value"), bit))

    def _meant(self, text: str) -> Iterator[int]:
        yield from meant(self._graph, text)

    # answering

    def of(self, store: int) -> Chosen:
        """Which selections take a store of AWS."""
        if not self.entries:
            return NOTHING
        selectable = self._graph.peek(store, "selectable")
        if selectable is None:
            return NOTHING
        here_surely, here_perhaps = self._here(store)
        if not here_perhaps:
            return NOTHING
        if not isinstance(selectable, Mapping) or "arn" not in selectable:
            return Chosen(0, here_perhaps)
        type_, arn = str(selectable["type"]), str(selectable["arn"])
        opted_surely, opted_perhaps = self._opted_in(type_)
        named_surely, named_perhaps = self._named.fitting(arn)
        own = self._nodes.get(store, 0)
        named_surely, named_perhaps = named_surely | own, named_perhaps | own
        loose_surely, loose_perhaps = self._services.fitting(arn)
        tag_surely, tag_perhaps = self._tagged(self._graph.peek(store, "tags"))
        if type_ in SHARED:
            named_surely, named_perhaps = named_surely & opted_surely, named_perhaps & opted_perhaps
        surely = named_surely | ((loose_surely | tag_surely) & opted_surely)
        perhaps = named_perhaps | ((loose_perhaps | tag_perhaps | self._unsettled) & opted_perhaps)
        out_surely, out_perhaps = self._out(store, arn)
        met_surely, met_perhaps = self._met(self._graph.peek(store, "tags"))
        fit = self._of_type(type_)
        surely &= here_surely & fit & ~out_perhaps & met_surely
        perhaps &= here_perhaps & fit & ~out_surely & met_perhaps
        perhaps |= self._anything & here_perhaps
        return Chosen(surely, perhaps | surely)

    def first(self, store: int) -> int | None:
        """The first plan that surely selects a store."""
        bits = self.of(store).surely
        return self.entries[(bits & -bits).bit_length() - 1].plan if bits else None

    def naming(self, store: int) -> int | None:
        """The first plan that names a store by reference, wherever it works."""
        bits = self._nodes.get(store, 0)
        return self.entries[(bits & -bits).bit_length() - 1].plan if bits else None

    def _here(self, store: int) -> tuple[int, int]:
        """Plans reach only the resources of their own account and Region."""
        graph = self._graph
        root = graph.addresses[store].root
        account, region = part(graph.peek(store, "account"), root), part(graph.peek(store, "region"), root)
        provider = graph.peek(store, "provider")
        key = (provider, _key(account), _key(region))
        found = self._where.get(key)
        if found is None:
            surely = perhaps = 0
            for home, bits in self._homes.items():
                told = (home[0] == provider, same_part(home[1], account), same_part(home[2], region))
                if False not in told:
                    perhaps |= bits
                    surely |= bits if None not in told else 0
            found = self._where[key] = (surely, perhaps)
        return found

    def _opted_in(self, type_: str) -> tuple[int, int]:
        """An account that uses AWS Backup is opted in to every type until it says otherwise (Developer Guide,
        "Service opt-in"); DLM and its kin ask for no opt-in."""
        if self._always:
            return -1, -1
        found = self._types.get(type_)
        if found is None:
            surely = perhaps = self._regardless
            for opted, bit in self._opted:
                said = opted.get(type_, True) if isinstance(opted, Mapping) else True if opted is None else opted
                surely |= bit if said is True else 0
                perhaps |= bit if said is not False else 0
            found = self._types[type_] = (surely, perhaps)
        return found

    def _of_type(self, type_: str) -> int:
        barred = 0
        for types, bit in self._limited:
            if type_ not in types:
                barred |= bit
        return ~barred

    def _tagged(self, tags: Value) -> tuple[int, int]:
        if not isinstance(tags, Mapping):
            every = self._tags_perhaps
            for values in self._tags.values():
                for bits in values.values():
                    every |= bits
            return 0, every
        surely, perhaps = 0, self._tags_perhaps
        for key, value in tags.items():
            asked = self._tags.get(key)
            if asked is None:
                continue
            if isinstance(value, Unknown):
                for bits in asked.values():
                    perhaps |= bits
            else:
                surely |= asked.get(str(value), 0)
                perhaps |= asked.get(None, 0)
        return surely, perhaps | surely

    def _out(self, store: int, arn: str) -> tuple[int, int]:
        surely, perhaps = self._excluded.fitting(arn)
        own = self._excluded_nodes.get(store, 0)
        return surely | own, perhaps | own | self._unsettled_exclusion

    def _met(self, tags: Value) -> tuple[int, int]:
        """Bits whose conditions all hold, surely and perhaps."""
        broken, doubtful = 0, self._open_conditions
        for key in self._conditions:
            if not isinstance(tags, Mapping):
                for _, _, bit in self._conditions[key]:
                    doubtful |= bit
                continue
            value = tags.get(key)
            if isinstance(value, Unknown):
                for _, _, bit in self._conditions[key]:
                    doubtful |= bit
                continue
            fails, perhaps_fails = self._condition(key, None if value is None else str(value))
            broken |= fails
            doubtful |= perhaps_fails
        return ~(broken | doubtful), ~broken

    def _condition(self, key: str, value: str | None) -> tuple[int, int]:
        """Of the conditions on a tag, which fail for a value, and for which that cannot be told."""
        found = self._of_conditions.get((key, value))
        if found is None:
            if key not in self._of_keys:
                self._of_keys[key] = OnTag(self._conditions[key])
            found = self._of_conditions[key, value] = self._of_keys[key].broken(value)
        return found


def names_type(pattern: str) -> bool:
    """Whether a pattern names a resource or resource type, not only a service (`*`, `arn:aws:ec2:*`)."""
    parts = pattern.split(":", 5)
    if len(parts) < 6 or "*" in parts[2]:
        return False
    return parts[5] != "*" or parts[2] == "s3"


def meant(graph: Graph, text: str) -> Iterator[int]:
    """The nodes that a reference (`@` and an address) means: the instance, or every instance of the block."""
    from scanner.model.address import Address  # noqa: PLC0415 - keeps the head of this file to its subject

    address = Address.parse(text[1:])
    exact = graph.find(address)
    if exact is not None:
        yield exact
        return
    start = f"{address.name}["
    for kind in (
        "database",
        "object_store",
        "volume",
        "file_system",
        "table",
        "instance",
        "cache",
        "backup_vault",
    ):
        for index in graph.nodes(kind):
            other = graph.addresses[index]
            if other.root == address.root and other.scheme == address.scheme and other.name.startswith(start):
                yield index


def _items(value: Value) -> Iterator[str | None]:
    """The texts of a list; None for each that cannot be told."""
    for item in value if isinstance(value, list) else [value] if value is not None else ():
        yield item if isinstance(item, str) else None


def _key(value: Part) -> object:
    """A part as a key of a dictionary: an Unknown is itself only."""
    return id(value) if isinstance(value, Unknown) else value
