"""What a namespace gives to containers that ask for nothing: limit ranges, as the API server applies them.

Source: Kubernetes documentation, "Limit Ranges".
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

from scanner.graph.columns import Graph
from scanner.mapping.kubernetes.reading import IN_NAMESPACE, row
from scanner.mapping.limit_ranges import attributes
from scanner.mapping.table import Table
from scanner.model.value import Cause, Unknown, Value

_EITHER = Unknown("a limit range beside it may be of its namespace", Cause.OUTSIDE_SCAN)

TABLE: Table = {"/LimitRange": row("limit_range", attributes("spec.limits"), {"in_namespace": IN_NAMESPACE})}


def fill_in(graph: Graph, workloads: Iterator[int], place: Callable[[int], tuple[Hashable, ...]]) -> None:
    """Give the containers of workloads what the limit ranges of their namespace fill in.

    `place` is (cluster, namespace or None, folder where there is no namespace): a limit range and a workload of
    one folder may meet where one of them names no namespace, and in Terraform, where a namespace is a reference.
    """
    ranges: dict[tuple[Hashable, ...], list[int]] = {}
    beside: dict[str, list[int]] = {}
    for index in graph.nodes("limit_range"):
        ranges.setdefault(place(index), []).append(index)
        beside.setdefault(graph.addresses[index].root, []).append(index)
    for index in workloads if ranges else ():
        folder, code = graph.addresses[index].root, graph.addresses[index].scheme == "tf"
        sure = [] if code else ranges.get(place(index), [])
        perhaps = [each for each in beside.get(folder, ()) if code or _may_meet(place(each), place(index))]
        for container in graph.targets("contains", index):
            _fill(graph, container, sure, perhaps)


def _may_meet(one: tuple[Hashable, ...], other: tuple[Hashable, ...]) -> bool:
    return one[0] == other[0] and (one[1] is None) != (other[1] is None)


def leave_open(graph: Graph, workloads: Iterator[int], why: Unknown) -> None:
    """Where limit ranges could not be listed, one may give what containers do not say."""
    for index in workloads:
        for container in graph.targets("contains", index):
            for name in ("memory_limited", "processor_requested", "requests_set"):
                if graph.peek(container, name) is False:
                    graph.set(container, name, why)


def _fill(graph: Graph, container: int, sure: list[int], perhaps: list[int]) -> None:
    def given(name: str) -> Value:
        told = [graph.peek(each, name) for each in sure]
        if any(each is True for each in told):
            return True
        if any(graph.peek(each, name) is not False for each in perhaps):
            return _EITHER
        return next((each for each in told if isinstance(each, Unknown)), False)

    for name, gift in (("memory_limited", "limits_memory"), ("processor_requested", "requests_processor")):
        if graph.peek(container, name) is False:
            graph.set(container, name, given(gift))
    if graph.peek(container, "requests_set") is False:
        # memory that is limited is asked for
        limited = graph.peek(container, "memory_limited")
        memory = limited if limited is True else given("requests_memory")
        parts = (graph.peek(container, "processor_requested"), memory)
        doubt = next((each for each in parts if isinstance(each, Unknown)), True)
        graph.set(container, "requests_set", False if any(each is False for each in parts) else doubt)
