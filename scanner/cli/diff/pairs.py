"""Which node of the head is which node of the base: by address, else by what it is called where only one is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from scanner.graph.columns import Graph

Key = tuple[str, str, str]
_PARTS = 3  # slashes of GROUP/KIND/NAMESPACE/NAME


class Pairs:
    """The nodes that both sides have. A thing that only changed its address (`moved`, another file's module) is
    paired by kind and name, where each side has just one of them that is not paired yet; and so is an object of
    Kubernetes that was given the namespace which nobody had written."""

    def __init__(self, base: Graph, head: Graph) -> None:
        self.head_of: dict[int, int] = {}
        self.base_of: dict[int, int] = {}
        for index, address in enumerate(head.addresses):
            found = base.find(address)
            if found is not None and base.kind(found).name == head.kind(index).name:
                self._pair(found, index)
        self._by(base, head, _key)
        self._by(base, head, _anywhere)
        self._names = {str(base.addresses[one]): str(head.addresses[other]) for one, other in self.head_of.items()}

    def _by(self, base: Graph, head: Graph, key: Callable[[Graph, int], Key | None]) -> None:
        """Pair what is not paired yet and has a key that one node of each side has alone."""
        ours, theirs = _unpaired(base, self.head_of, key), _unpaired(head, self.base_of, key)
        for told, indexes in ours.items():
            if (
                len(indexes) == 1
                and len(theirs.get(told, ())) == 1
                and _may_be(base, head, indexes[0], theirs[told][0])
            ):
                self._pair(indexes[0], theirs[told][0])

    def _pair(self, base: int, head: int) -> None:
        self.head_of[base] = head
        self.base_of[head] = base

    def name(self, address: str) -> str:
        """What the head calls a node of the base."""
        return self._names.get(address, address)

    def is_new(self, head: int) -> bool:
        return head not in self.base_of


def _unpaired(
    graph: Graph, paired: Iterable[int], key: Callable[[Graph, int], Key | None]
) -> dict[Key, list[int]]:
    known = set(paired)
    found: dict[Key, list[int]] = defaultdict(list)
    for index in range(len(graph)):
        told = key(graph, index) if index not in known else None
        if told is not None:
            found[told].append(index)
    return found


def _key(graph: Graph, index: int) -> Key | None:
    """Kind and name: of Kubernetes within the namespace, wherever it is written."""
    address = graph.addresses[index]
    name = address.name if address.scheme == "k8s" else graph.peek(index, "name")
    return (address.scheme, graph.kind(index).name, name) if isinstance(name, str) and name else None


def _anywhere(graph: Graph, index: int) -> Key | None:
    """The same of Kubernetes in any namespace."""
    address = graph.addresses[index]
    if address.scheme != "k8s" or address.name.count("/") < _PARTS:
        return None
    group, kind, _, name = address.name.split("/", _PARTS)
    return (f"{group}/{kind}", graph.kind(index).name, name)


def _may_be(base: Graph, head: Graph, one: int, other: int) -> bool:
    """Whether two objects may be one: where no namespace is written, whoever applies it chooses one."""
    spaces = [
        graph.addresses[index].name.split("/")[2]
        for graph, index in ((base, one), (head, other))
        if graph.addresses[index].scheme == "k8s" and graph.addresses[index].name.count("/") >= _PARTS
    ]
    return len(spaces) < 2 or spaces[0] == spaces[1] or "" in spaces
