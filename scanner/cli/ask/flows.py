"""`layerproof ask flows`: who may speak with whom, all of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import click

from scanner.cli import common
from scanner.cli.ask import asking
from scanner.graph.columns import Graph


@click.command(short_help="List the flows that the network lets through.")
@common.reading_in("What to ask about")
@click.option("--format", "form", type=click.Choice(["txt", "csv", "json"]), default="txt", help="Output form.")
@click.option(
    "--compat",
    type=click.Choice(["np-guard"]),
    help="Use the words and conventions of another tool, where they differ from ours.",
)
def command(form: str, compat: str | None, **given: Any) -> None:
    """List the flows that the network lets through, between workloads and with the world outside.

    One line per pair: SOURCE => DESTINATION : CONNECTIONS, with `possible` and the reason where it cannot be
    decided. With --compat np-guard the lines of netpol-analyzer (`netpolicy list`), by its conventions.
    """
    asked = asking.ask(given)
    told = _of_np_guard(asked.graph, form) if compat else _ours(asked, form)
    common.write(told)
    if not told:
        click.echo("no flow: nothing in the scan sends or takes anything", err=True)


def _of_np_guard(graph: Graph, form: str) -> str | bytes:
    from scanner.analysis.network.compat import listed  # noqa: PLC0415 - where it is asked for
    from scanner.analysis.network.endpoints import clusters  # noqa: PLC0415 - as above

    found = [each for cluster in clusters(graph) for each in listed(graph, cluster)]
    if form == "json":
        return common.dump([{"src": source, "dst": target, "conn": held} for source, target, held in found])
    if form == "csv":
        return _csv(("src", "dst", "conn"), found)
    return "".join(f"{source} => {target} : {held}\n" for source, target, held in found)


def _ours(asked: asking.Asked, form: str) -> str | bytes:
    from scanner.analysis.network.flows import flows  # noqa: PLC0415 - where it is asked for
    from scanner.report.escape import terminal  # noqa: PLC0415 - text only

    told = flows(asked.graph, asked.config)
    if form == "json":
        return common.dump(told.portable())
    rows = [(each.source, each.destination, each.text, each.verdict.value, each.reason) for each in told.flows]
    if form == "csv":
        return _csv(("source", "destination", "connections", "verdict", "reason"), rows)
    lines = [
        f"{source} => {target} : {held}" + (f" ({verdict}: {reason})" if reason else "")
        for source, target, held, verdict, reason in rows
    ]
    lines += [f"assumed: {each}" for each in told.assumptions]
    return "".join(f"{terminal(line)}\n" for line in lines)


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Comma-separated values, quoted where they must be, as netpol-analyzer writes them."""
    from scanner.report.escape import csv_cell  # noqa: PLC0415 - CSV only

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([csv_cell(cell) for cell in row] for row in rows)
    return text.getvalue()
