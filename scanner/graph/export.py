"""The graph as JSON: the input of Rego rules, `graph --format json`, and what `schema` describes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Set
from typing import Any

from scanner.graph.columns import Graph
from scanner.model.value import Unknown, Value, first_unknown, portable

SENSITIVE = "its value is sensitive"
LONG = 8  # a sensitive text from this length on is masked within others too


def export(graph: Graph, kinds: Iterable[str] | None = None) -> dict[str, Any]:
    """{"kinds": {KIND: [node]}, "relations": {NAME: {id: [id]}}, "facts": {...}}.

    A node holds id, kind, layer, tier, planes, the resources `folded` into it, and its attributes; an attribute
    that is unknown, or unknown in part, is left out and named in `$unknown`, and so are a relation that is open
    and an attribute that would show a sensitive text.
    With `kinds`, only nodes of these are written (relations keep the ids of others).
    """
    wanted = sorted(graph.tables) if kinds is None else sorted(set(kinds) & graph.tables.keys())
    ids = [str(address) for address in graph.addresses]
    opened, tells = _open_relations(graph), telling(graph.secrets)
    listed: dict[str, list[dict[str, Any]]] = {}
    chosen: set[int] = set()
    for kind in wanted:
        nodes = graph.nodes(kind)
        chosen.update(nodes)
        listed[kind] = [_node(graph, index, ids[index], opened.get(index), tells) for index in nodes]
    return {"kinds": listed, "relations": _relations(graph, ids, chosen), "facts": dict(graph.facts)}


def _node(
    graph: Graph,
    index: int,
    text: str,
    opened: dict[str, str] | None,
    tells: Callable[[Value], bool] | None,
) -> dict[str, Any]:
    node: dict[str, Any] = {
        "id": text,
        "kind": graph.kind(index).name,
        "layer": graph.layers[index].value,
        "tier": graph.tiers[index].value,
        "planes": [plane.value for plane in graph.seen_in.get(index, (graph.planes[index],))],
    }
    if graph.folded[index]:
        node["folded"] = [str(address) for address in graph.folded[index]]
    unknown: dict[str, str] = dict(opened) if opened else {}
    for name, value in graph.attributes(index):
        why = first_unknown(value)
        if why is not None:
            unknown[name] = why.reason
        elif tells is not None and tells(value):
            unknown[name] = SENSITIVE
        else:
            node[name] = _plain(value)
    node["$unknown"] = unknown
    return node


def telling(secrets: Set[str]) -> Callable[[Value], bool] | None:
    """Whether a value holds a sensitive text, as a whole or, where that is long enough to mean it, within another;
    None where there are none."""
    if not secrets:
        return None
    within = re.compile("|".join(re.escape(each) for each in sorted(secrets) if len(each) >= LONG) or r"(?!)")

    def tells(value: Value) -> bool:
        stack = [value]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                if item in secrets or within.search(item) is not None:
                    return True
            elif isinstance(item, dict):
                stack.extend(item.values())
            elif isinstance(item, list):
                stack.extend(item)
        return False

    return tells


def _plain(value: Value) -> Value:
    return value if value is None or isinstance(value, (str, int, float)) else portable(value)


def _open_relations(graph: Graph) -> dict[int, dict[str, str]]:
    opened: dict[int, dict[str, str]] = {}
    for (name, index), why in (*graph.open_relations(), *graph.open_inverse_relations()):
        opened.setdefault(index, {}).setdefault(name, _reason(why))
    return opened


def _reason(why: Unknown) -> str:
    return why.reason


def _relations(graph: Graph, ids: list[str], chosen: set[int]) -> dict[str, dict[str, list[str]]]:
    """Edges with at least one end among the chosen nodes."""
    written: dict[str, dict[str, list[str]]] = {}
    for name, edges in graph.relations():
        kept: dict[str, list[str]] = {}
        for source in sorted(edges):
            targets = edges[source] if source in chosen else [each for each in edges[source] if each in chosen]
            if targets:
                kept[ids[source]] = [ids[target] for target in targets]
        if kept:
            written[name] = kept
    return written
