"""The layered graph as one HTML page that needs nothing else: layers as bands, kinds as boxes, edges on selection.

Names come from the scanned tree. They reach the page by the template engine, which escapes them, or as JSON that
the page's script sets as text; the policy of the page allows its own script and style by their hashes alone.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from scanner.graph.columns import Graph
from scanner.graph.export import export
from scanner.model.finding import Finding, Severity, Verdict
from scanner.model.layer import Layer
from scanner.model.location import Location
from scanner.model.report import Files
from scanner.report.escape import visible
from scanner.report.html import Missing

_HERE = Path(__file__).parent
_LONGEST = 120  # characters of an attribute
_MOST_ATTRIBUTES = 24
_ASIDE = frozenset({"id", "kind", "layer", "tier", "planes", "name", "tags", "$unknown", "folded"})
# In a script element only these end it or open a comment in it (HTML, "Restrictions for contents of script
# elements"); JSON may write them as escapes.
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def render_graph(graph: Graph, files: Files, findings: Sequence[Finding], version: str, title: str) -> bytes:
    """The page. Raises Missing where the extra is not installed."""
    try:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - only for HTML
        from markupsafe import Markup  # noqa: PLC0415 - as above
    except ImportError as error:
        raise Missing("HTML needs jinja2: pip install 'layerproof[html]'") from error
    import orjson  # noqa: PLC0415 - as above

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((_HERE / "html_graph.html.j2").read_text("utf-8"))
    script, style = ((_HERE / f"html_graph.{each}").read_text("utf-8") for each in ("js", "css"))
    groups = list(_groups(graph))
    found = list(_findings(graph, findings))
    data = {
        "groups": groups, "nodes": list(_nodes(graph, files)), "edges": list(_edges(graph)), "findings": found,
    }  # fmt: skip
    worst = Counter(each["severity"] for each in found)
    return template.render(
        title=visible(title),
        version=version,
        severities=_ordered(worst),
        bands=list(_bands(groups, found)),
        # our own texts, and JSON without a sign that ends an element: what is not escaped
        data=Markup(orjson.dumps(data).decode().translate(_ESCAPES)),  # noqa: S704 - as above
        script=Markup(script),  # noqa: S704 - as above
        style=Markup(style),  # noqa: S704 - as above
        script_hash=_hash(script),
        style_hash=_hash(style),
    ).encode() + b"\n"  # fmt: skip


def _hash(text: str) -> str:
    return base64.b64encode(sha256(text.encode()).digest()).decode()


def _groups(graph: Graph) -> Iterator[dict[str, Any]]:
    """Nodes of one kind on one layer, from the top layer down."""
    for layer in reversed(Layer):
        by_kind: dict[str, list[int]] = {}
        for index, each in enumerate(graph.layers):
            if each is layer:
                by_kind.setdefault(graph.kind(index).name, []).append(index)
        for kind, indexes in sorted(by_kind.items()):
            yield {
                "layer": layer.value,
                "kind": kind,
                "doc": graph.kind(indexes[0]).doc,
                "nodes": sorted(indexes, key=lambda index: (graph.addresses[index].name, index)),
            }


def _nodes(graph: Graph, files: Files) -> Iterator[dict[str, Any]]:
    """What the page says of each node, in the order of the graph; what is sensitive is left out by `export`."""
    told = {each["id"]: each for nodes in export(graph)["kinds"].values() for each in nodes}
    for index, address in enumerate(graph.addresses):
        node = told[str(address)]
        span = graph.spans[index]
        attributes = {
            name: shown
            for name, value in node.items()
            if name not in _ASIDE and (shown := _shown(value)) is not None
        }
        yield {
            "id": visible(str(address)),
            "name": visible(address.name),
            "tier": node["tier"],
            "planes": ", ".join(node["planes"]),
            "place": _place(files.locate(span)) if span.path else "",
            "attributes": dict(list(attributes.items())[:_MOST_ATTRIBUTES]),
            "unknown": sorted(node.get("$unknown", {})),
        }


def _shown(value: Any) -> str | None:
    """A plain value as text; None for what says nothing or too much."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list) and value and all(isinstance(each, (str, int)) for each in value):
        value = ", ".join(map(str, value))
    if not isinstance(value, str) or not value:
        return None
    text = visible(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _edges(graph: Graph) -> Iterator[tuple[str, int, int]]:
    for name, edges in graph.relations():
        for source in sorted(edges):
            yield from ((name, source, target) for target in edges[source])


def _findings(graph: Graph, findings: Sequence[Finding]) -> Iterator[dict[str, Any]]:
    """Each finding once for every instance that it stands for."""
    index_of = {str(address): index for index, address in enumerate(graph.addresses)}
    for each in findings:
        for address in each.instances or (each.node,):
            if address in index_of:
                yield {
                    "node": index_of[address],
                    "severity": each.severity.value if each.verdict is Verdict.FAIL else "unknown",
                    "rule": each.rule,
                    "message": visible(each.message),
                    "place": _place(each.location),
                }


def _place(location: Location | None) -> str:
    return f"{visible(location.path)}:{location.line}" if location is not None else ""


def _bands(groups: Sequence[dict[str, Any]], findings: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every layer from the top down, those without nodes too, with its groups."""
    severities: dict[int, Counter[str]] = {}
    for each in findings:
        severities.setdefault(each["node"], Counter())[each["severity"]] += 1
    numbered = list(enumerate(groups))
    for layer in reversed(Layer):
        inside = [(number, group) for number, group in numbered if group["layer"] == layer.value]
        yield {
            "name": layer.value,
            "number": f"{layer.number:g}",
            "count": sum(len(group["nodes"]) for _, group in inside),
            "groups": [
                {
                    "number": number,
                    "kind": group["kind"],
                    "count": len(group["nodes"]),
                    "severities": _ordered(
                        sum((severities.get(index, Counter()) for index in group["nodes"]), Counter())
                    ),
                }
                for number, group in inside
            ],
        }


def _ordered(counted: Counter[str]) -> list[tuple[str, int]]:
    names = [*(each.value for each in Severity), "unknown"]
    return [(name, counted[name]) for name in names if counted[name]]
