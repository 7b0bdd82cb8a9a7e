"""Where credentials stand: in what is deployed, or in what shows how."""

from __future__ import annotations

from scanner.graph.columns import Graph
from scanner.model.kinds import KINDS
from scanner.model.showing import lies_beside

SECRETS = "literal_secrets"


def derive_shown(graph: Graph) -> None:
    """Set whether the file that writes a thing's credentials lies among documentation, examples or tests."""
    for kind in KINDS.values():
        if kind.has(SECRETS):
            for index in graph.nodes(kind.name):
                graph.set(index, "for_show", _shown(graph, index))


def _shown(graph: Graph, index: int) -> bool | None:
    held = graph.peek(index, SECRETS)
    if not isinstance(held, list) or not held:
        return None
    return lies_beside((graph.origins[index].get(SECRETS) or graph.spans[index]).path)
