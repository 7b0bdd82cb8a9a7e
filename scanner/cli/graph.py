"""`layerproof graph`: the layered graph as JSON, dot or Mermaid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from scanner.cli import common
from scanner.graph.columns import Graph
from scanner.model.layer import Layer

_MOST_MERMAID = 400  # nodes; GitHub and most viewers refuse more text than about that


@click.command()
@common.input_options
@click.option(
    "--format", "form", type=click.Choice(["json", "dot", "mermaid"]), default="json", help="Output form."
)
@click.option("--tiers", is_flag=True, help="Group by tier instead of layer (dot, mermaid).")
def command(**given: Any) -> None:
    """Show the graph of what lies below PATH, every node on its layer of the reference model."""
    from scanner import scan  # noqa: PLC0415 - after the usage errors

    tree, config, chosen = common.prepare(given["paths"], given["root"], given["config_file"], given["exclude"])
    target = common.target(tree, config, chosen, given)
    built = scan.build(target, scan.read(target), config)
    if given["form"] == "json":
        from scanner.graph.export import export  # noqa: PLC0415 - JSON only

        built.graph.settle()
        common.write(common.dump(export(built.graph)))
    else:
        write = _dot if given["form"] == "dot" else _mermaid
        common.write("".join(write(built.graph, tiers=given["tiers"])))
    if not target.ours:
        click.echo("error[empty-input]: no Terraform or Kubernetes file was found", err=True)
        raise click.exceptions.Exit(common.INCOMPLETE)


def _groups(graph: Graph, *, tiers: bool) -> Iterator[tuple[str, list[int]]]:
    """Title and nodes of each layer from the ground up, or of each tier."""
    if tiers:
        for tier in dict.fromkeys(graph.tiers):
            yield tier.value, [index for index, each in enumerate(graph.tiers) if each is tier]
        return
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
    from scanner.report.escape import terminal  # noqa: PLC0415 - text only

    name = terminal(graph.addresses[index].name)
    return f"{graph.kind(index).name}: {name}".replace("\\", "\\\\").replace('"', "'")


def _dot(graph: Graph, *, tiers: bool) -> Iterator[str]:
    yield "digraph layerproof {\n  rankdir=BT;\n  node [shape=box, fontsize=10];\n"
    for number, (title, nodes) in enumerate(_groups(graph, tiers=tiers)):
        yield f'  subgraph cluster_{number} {{\n    label="{title}";\n'
        for index in nodes:
            yield f'    n{index} [label="{_label(graph, index)}"];\n'
        yield "  }\n"
    for name, source, target in _edges(graph):
        yield f'  n{source} -> n{target} [label="{name}", fontsize=8];\n'
    yield "}\n"


def _mermaid(graph: Graph, *, tiers: bool) -> Iterator[str]:
    if len(graph) > _MOST_MERMAID:
        click.echo(f"{len(graph)} nodes are more than most Mermaid viewers draw; dot takes any number", err=True)
    yield "flowchart BT\n"
    for number, (title, nodes) in enumerate(_groups(graph, tiers=tiers)):
        yield f'  subgraph g{number}["{title}"]\n'
        for index in nodes:
            label = _label(graph, index).replace("<", "&lt;").replace(">", "&gt;").replace("#", "&num;")
            yield f'    n{index}["{label}"]\n'
        yield "  end\n"
    for name, source, target in _edges(graph):
        yield f"  n{source} -->|{name}| n{target}\n"
