"""Where credentials stand: in what is deployed, or in what shows how."""

from __future__ import annotations

from scanner.graph.columns import Graph
from scanner.model.kinds import KINDS
from scanner.model.showing import lies_beside
from scanner.model.value import Unknown

# Lists what holds a credential; says whether any argument does.
SECRETS, CREDENTIALS = "literal_secrets", "literal_credentials"


def derive_shown(graph: Graph) -> None:
    """Set whether the file that writes a thing's credentials lies among documentation, examples or tests."""
    for kind in KINDS.values():
        for name in (SECRETS, CREDENTIALS):
            if kind.has(name):
                for index in graph.nodes(kind.name):
                    graph.set(index, "for_show", _shown(graph, index, name))


def _shown(graph: Graph, index: int, name: str) -> bool | None:
    held = graph.peek(index, name)
    if isinstance(held, Unknown) or not held:
        return None
    return lies_beside((graph.origins[index].get(name) or graph.spans[index]).path)
