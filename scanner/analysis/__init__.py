"""Derived facts: what follows from the graph and stands in no resource."""

from scanner.analysis.copies import place_copies
from scanner.analysis.inherited import inherit
from scanner.analysis.layers import place_roles
from scanner.analysis.tiers import place_tiers
from scanner.analysis.worlds import open_worlds
from scanner.config import Config
from scanner.graph.columns import Graph
from scanner.model.pod_security import NEWEST


def derive(graph: Graph, config: Config) -> None:
    """Add every derived fact to the graph."""
    graph.facts["kubernetes_version"] = config.kubernetes_version or NEWEST
    inherit(graph)
    place_roles(graph)
    place_tiers(graph, config.tiers)
    open_worlds(graph, config.complete)
    place_copies(graph, config)
    _place_flows(graph, config)
    graph.defer(("entries", "ignores_policies"), lambda: _entries(graph, config))
    graph.defer(("powers",), lambda: _powers(graph))
    graph.defer(("delegates", "exposes", "manages_and_operates", "unscoped"), lambda: _holdings(graph))
    graph.defer(("admin", "escalations"), lambda: _escalations(graph, config))
    graph.defer(("outgrown",), lambda: _outgrown(graph))
    graph.defer(("worn",), lambda: _worn(graph, config))
    graph.defer(("for_show",), lambda: _shown(graph))
    graph.defer(("age_days", "unused_days", "unused_services"), lambda: _usage(graph))


def _entries(graph: Graph, config: Config) -> None:
    from scanner.analysis.network.undone import derive_undone  # noqa: PLC0415 - only where a rule reads it

    derive_undone(graph)
    if graph.nodes("workload"):
        from scanner.analysis.network.kubernetes_derive import derive_entries  # noqa: PLC0415 - only with workloads

        derive_entries(graph, config)


def _shown(graph: Graph) -> None:
    from scanner.analysis.shown import derive_shown  # noqa: PLC0415 - only where a rule reads it

    derive_shown(graph)


def _usage(graph: Graph) -> None:
    from scanner.analysis.usage import derive_usage  # noqa: PLC0415 - only where a rule reads it

    derive_usage(graph)


def _worn(graph: Graph, config: Config) -> None:
    from scanner.analysis.network.worn import derive_worn  # noqa: PLC0415 - only where a rule reads it

    derive_worn(graph, complete="network" in config.complete)


def _powers(graph: Graph) -> None:
    from scanner.analysis.access.rbac_derive import derive_powers  # noqa: PLC0415 - only where a rule reads it

    derive_powers(graph)


def _escalations(graph: Graph, config: Config) -> None:
    from scanner.analysis.access.escalation_derive import derive_escalations  # noqa: PLC0415 - as above

    derive_escalations(graph, config.complete)


def _outgrown(graph: Graph) -> None:
    from scanner.analysis.access.tree import derive_tree  # noqa: PLC0415 - only where a rule reads it

    derive_tree(graph)


def _holdings(graph: Graph) -> None:
    from scanner.analysis.access.holdings import derive_holdings  # noqa: PLC0415 - only where a rule reads it

    derive_holdings(graph)


def _place_flows(graph: Graph, config: Config) -> None:
    """Have flows over networks worked out when a rule reads them."""

    def exposures() -> None:
        from scanner.analysis.exposure import find_exposures  # noqa: PLC0415 - only where a rule reads it

        find_exposures(graph, config.matrix)

    def crossings() -> None:
        from scanner.analysis.exposure import find_crossings  # noqa: PLC0415 - as above

        find_crossings(graph, config.matrix)

    graph.defer(("exposures",), exposures)
    graph.defer(("crossings", "departures"), crossings)
