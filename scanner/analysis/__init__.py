"""Derived facts: what follows from the graph and stands in no resource."""

from scanner.analysis.inherited import inherit
from scanner.analysis.layers import place_roles
from scanner.analysis.tiers import place_tiers
from scanner.analysis.worlds import open_worlds
from scanner.config import Config
from scanner.graph.columns import Graph


def derive(graph: Graph, config: Config) -> None:
    """Add every derived fact to the graph."""
    inherit(graph)
    place_roles(graph)
    place_tiers(graph, config.tiers)
    open_worlds(graph, config.complete)
