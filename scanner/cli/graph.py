"""`layerproof graph`: the layered graph as JSON, dot, Mermaid or one HTML page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import common
from scanner.cli.telling import tell_faults
from scanner.graph.columns import Graph
from scanner.model.layer import Layer

if TYPE_CHECKING:
    from scanner.cli.tier_picture import Picture
    from scanner.config import Config
    from scanner.scan import Built

_MOST_MERMAID = 400  # nodes; GitHub and most viewers refuse more text than about that


@click.command(short_help="Show the layered graph.")
@common.input_options
@click.option(
    "--format", "form", type=click.Choice(["json", "dot", "mermaid", "html"]), default="json", help="Output form."
)
@click.option(
    "--in", "inside", multiple=True, metavar="PATH", type=click.Path(path_type=Path), help="The same as PATH."
)
@click.option("--tiers", is_flag=True, help="The tiers and the flows that cross them (dot, mermaid).")
@click.option("--findings", is_flag=True, help="Judge the graph too, and show what was found at each node (html).")
@common.today_option
def command(**given: Any) -> None:
    """Show the graph of what lies below PATH, every node on its layer of the reference model.

    html is one page that needs nothing else: layers as bands, nodes by kind, edges of what is chosen, search.
    """
    from scanner import scan  # noqa: PLC0415 - after the usage errors

    given["paths"] = (*given["paths"], *given["inside"])
    if given["form"] == "html" and given["tiers"]:
        raise click.UsageError("--tiers goes with dot and mermaid")
    if given["findings"] and given["form"] != "html":
        raise click.UsageError("--findings goes with html; layerproof scan lists them otherwise")
    tree, config, chosen = common.prepare(given["paths"], given["root"], given["config_file"], given["exclude"])
    target = common.target(tree, config, chosen, given)
    built = scan.build(target, scan.read(target), config)
    if given["form"] == "json":
        from scanner.graph.export import export  # noqa: PLC0415 - JSON only

        built.graph.settle()
        common.write(common.dump(export(built.graph)))
    elif given["form"] == "html":
        common.write(_html(built, config, given))
    elif given["tiers"]:
        from scanner.cli.tier_picture import picture  # noqa: PLC0415 - brings the analysis of networks

        drawn = picture(built.graph, config)
        common.write("".join(_tier_dot(drawn) if given["form"] == "dot" else _tier_mermaid(drawn)))
    else:
        write = _dot if given["form"] == "dot" else _mermaid
        common.write("".join(write(built.graph)))
    if not tell_faults(target, built.diagnostics):
        raise click.exceptions.Exit(common.INCOMPLETE)


def _html(built: Built, config: Config, given: dict[str, Any]) -> bytes:
    """The page. Raises ClickException where the extra is not installed."""
    from scanner import __version__, scan  # noqa: PLC0415 - HTML only
    from scanner.report.html import Missing  # noqa: PLC0415 - as above
    from scanner.report.html_graph import render_graph  # noqa: PLC0415 - as above

    findings = []
    if given["findings"]:
        rules, _ = common.load_rules()
        known = frozenset(rule.id for rule in rules)
        report, _ = scan.judge(built, config, scan.Judging(rules, common.day(given["today"]), known_rules=known))
        findings = list(report.findings)
    tree = built.target.tree
    try:
        return render_graph(built.graph, tree.files, findings, __version__, tree.root.name)
    except Missing as error:
        raise click.ClickException(str(error)) from error


def _groups(graph: Graph) -> Iterator[tuple[str, list[int]]]:
    """Title and nodes of each layer from the ground up."""
    for layer in Layer:
        nodes = [index for index, each in enumerate(graph.layers) if each is layer]
        if nodes:
            yield f"{layer.number:g} {layer.value}", nodes


def _edges(graph: Graph) -> Iterator[tuple[str, int, int]]:
    for name, edges in graph.relations():
        for source in sorted(edges):
            for target in edges[source]:
                yield name, source, target


def _label(graph: Graph, index: int) -> str:
    return _escaped(f"{graph.kind(index).name}: {graph.addresses[index].name}")


def _escaped(label: str) -> str:
    from scanner.report.escape import terminal  # noqa: PLC0415 - text only

    return terminal(label).replace("\\", "\\\\").replace('"', "'")


def _for_mermaid(label: str) -> str:
    return _escaped(label).replace("<", "&lt;").replace(">", "&gt;").replace("#", "&num;")


def _dot(graph: Graph) -> Iterator[str]:
    yield "digraph layerproof {\n  rankdir=BT;\n  node [shape=box, fontsize=10];\n"
    for number, (title, nodes) in enumerate(_groups(graph)):
        yield f'  subgraph cluster_{number} {{\n    label="{title}";\n'
        for index in nodes:
            yield f'    n{index} [label="{_label(graph, index)}"];\n'
        yield "  }\n"
    for name, source, target in _edges(graph):
        yield f'  n{source} -> n{target} [label="{name}", fontsize=8];\n'
    yield "}\n"


def _mermaid(graph: Graph) -> Iterator[str]:
    if len(graph) > _MOST_MERMAID:
        click.echo(f"{len(graph)} nodes are more than most Mermaid viewers draw; dot takes any number", err=True)
    yield "flowchart BT\n"
    for number, (title, nodes) in enumerate(_groups(graph)):
        yield f'  subgraph g{number}["{title}"]\n'
        for index in nodes:
            label = f"{graph.kind(index).name}: {graph.addresses[index].name}"
            yield f'    n{index}["{_for_mermaid(label)}"]\n'
        yield "  end\n"
    for name, source, target in _edges(graph):
        yield f"  n{source} -->|{name}| n{target}\n"


def _tier_dot(drawn: Picture) -> Iterator[str]:
    """Solid: certain; dashed: possible; red: what the matrix of flows does not permit."""
    yield "digraph tiers {\n  rankdir=LR;\n  node [shape=box, fontsize=10];\n"
    for number, (_, title, boxes) in enumerate(drawn.zones()):
        yield f'  subgraph cluster_{number} {{\n    label="{_escaped(title)}";\n'
        for box in boxes:
            yield f'    b{box} [label="{_escaped(drawn.boxes[box].label)}"];\n'
        yield "  }\n"
    for source, target, edge in drawn.edges:
        style = "solid" if edge.certain else "dashed"
        colour = "black" if edge.permitted else "red"
        look = f"fontsize=8, style={style}, color={colour}"
        yield f'  b{source} -> b{target} [label="{_escaped(edge.text)}", {look}];\n'
    yield "}\n"


def _tier_mermaid(drawn: Picture) -> Iterator[str]:
    """As in dot; what is not permitted is red by its number among the edges."""
    yield "flowchart LR\n"
    for number, (_, title, boxes) in enumerate(drawn.zones()):
        yield f'  subgraph g{number}["{_for_mermaid(title)}"]\n'
        for box in boxes:
            yield f'    b{box}["{_for_mermaid(drawn.boxes[box].label)}"]\n'
        yield "  end\n"
    wrong = []
    for number, (source, target, edge) in enumerate(drawn.edges):
        arrow = "-->" if edge.certain else "-.->"
        text = f'|"{_for_mermaid(edge.text)}"|' if edge.text else ""
        yield f"  b{source} {arrow}{text} b{target}\n"
        if not edge.permitted:
            wrong.append(str(number))
    if wrong:
        yield f"  linkStyle {','.join(wrong)} stroke:red\n"
