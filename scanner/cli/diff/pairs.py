"""Which node of the head is which node of the base: by address, else by what it is called where only one is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from scanner.graph.columns import Graph


class Pairs:
    """The nodes that both sides have. A thing that only changed its address (`moved`, another file's module) is
    paired by kind and name, where each side has just one of them that is not paired yet."""

    def __init__(self, base: Graph, head: Graph) -> None:
        self.head_of: dict[int, int] = {}
        self.base_of: dict[int, int] = {}
        for index, address in enumerate(head.addresses):
            found = base.find(address)
            if found is not None and base.kind(found).name == head.kind(index).name:
                self._pair(found, index)
        ours, theirs = _unpaired(base, self.head_of), _unpaired(head, self.base_of)
        for key, indexes in ours.items():
            if len(indexes) == 1 and len(theirs.get(key, ())) == 1:
                self._pair(indexes[0], theirs[key][0])
        self._names = {str(base.addresses[one]): str(head.addresses[other]) for one, other in self.head_of.items()}

    def _pair(self, base: int, head: int) -> None:
        self.head_of[base] = head
        self.base_of[head] = base

    def name(self, address: str) -> str:
        """What the head calls a node of the base."""
        return self._names.get(address, address)

    def is_new(self, head: int) -> bool:
        return head not in self.base_of


def _unpaired(graph: Graph, paired: Iterable[int]) -> dict[tuple[str, str, str], list[int]]:
    """Nodes without a twin that have a name of their own, by root's scheme, kind and name."""
    known = set(paired)
    found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for index in range(len(graph)):
        address = graph.addresses[index]
        name = None if index in known else address.name if address.scheme == "k8s" else graph.peek(index, "name")
        if isinstance(name, str) and name:
            found[address.scheme, graph.kind(index).name, name].append(index)
    return found
