"""Where credentials stand: in what is deployed, or in what shows how."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.graph.columns import Graph
from scanner.model.kinds import KINDS
from scanner.model.location import Span
from scanner.model.resource import Plane
from scanner.model.showing import lies_beside
from scanner.model.value import Unknown

# Lists what holds a credential; says whether any argument does.
SECRETS, CREDENTIALS = "literal_secrets", "literal_credentials"


def derive_shown(graph: Graph) -> None:
    """Set whether what writes a thing's credentials lies among documentation, examples or tests: its file, or
    everything that applies the file (told once, it weighs as where it weighs most).
    """
    places = dict(_held(graph))
    deployed = {span for index, span in places.items() if not _applied_for_show(graph, index)}
    for kind in KINDS.values():
        if kind.has(SECRETS) or kind.has(CREDENTIALS):
            for index in graph.nodes(kind.name):
                span = places.get(index)
                shown = None if span is None else lies_beside(span.path) or span not in deployed
                graph.set(index, "for_show", shown)


def _held(graph: Graph) -> Iterator[tuple[int, Span]]:
    """What holds credentials, and where the last of them is written."""
    for kind in KINDS.values():
        for name in (SECRETS, CREDENTIALS):
            for index in graph.nodes(kind.name) if kind.has(name) else ():
                held = graph.peek(index, name)
                if not isinstance(held, Unknown) and held:
                    yield index, graph.origins[index].get(name) or graph.spans[index]


def _applied_for_show(graph: Graph, index: int) -> bool:
    """Whether the overlay that applies a manifest is an example or a trial, wherever the manifest itself lies. One
    that is called `test` may be an environment of a product.
    """
    address = graph.addresses[index]
    if address.scheme != "k8s" or graph.planes[index] is Plane.LIVE:
        return False
    overlay = address.root.rpartition("@")[2].split("/")
    return lies_beside("/".join([*(each for each in overlay if each != "test"), ""]))
