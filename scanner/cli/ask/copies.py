"""`layerproof ask copies`: 3-2-1 counted, for every store or some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import click
import orjson

from scanner.analysis.copies.answer import Answer, Asset, answer
from scanner.cli.ask import asking
from scanner.report.copies import LETTER_HEADS
from scanner.report.escape import terminal

_MARKS = {"pass": "yes", "fail": "NO", "unknown": "?"}
_HEADS = dict(sorted(LETTER_HEADS.items(), key=lambda each: each[0] == "overall"))  # the whole last
_FEW = 3  # stores that are shown with every copy unasked


@click.command(short_help="Count the copies of each data store (3-2-1).")
@click.argument("node", required=False)
@asking.question_options
def command(node: str | None, **given: Any) -> None:
    """Count the copies of each data store: three, on two mediums, one off site.

    NODE is a store by its address, its name, or kind:KIND; all stores without it.
    """
    asked = asking.ask(given)
    for each in asked.built.diagnostics:
        if each.code == "input-backup":
            click.echo(terminal(f"warning[{each.code}]: {each.summary}; {each.remedy}"), err=True)
    found = answer(asked.graph, asked.config, node)
    if found is None:
        raise click.UsageError(f"no data store is called {node!r}; without a name all are listed")
    if given["form"] == "json":
        shown = {"assets": [each.json() for each in found.assets]}
        click.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode())
        return
    for line in _table(found.assets):
        click.echo(line)
    for asset in found.assets if node is not None or len(found.assets) <= _FEW else ():
        for line in _detail(asset):
            click.echo(line)
    for line in _summary(found):
        click.echo(line)


def _table(assets: Sequence[Asset]) -> Iterator[str]:
    """One line per store, one column per letter; numbers beside copies and media."""
    if not assets:
        return
    rows = [["store", *_HEADS.values()], *([terminal(each.name), *_cells(each)] for each in assets)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cells(asset: Asset) -> Iterator[str]:
    numbers = {"copies": asset.copies, "media": asset.media}
    for letter in _HEADS:
        mark = _MARKS[asset.verdict[letter]]
        yield f"{numbers[letter]} {mark}" if letter in numbers else mark


def _detail(asset: Asset) -> Iterator[str]:
    """Every copy of a store, counted or not, with the reason; then why letters fail or are unknown."""
    yield ""
    yield terminal(asset.name)
    for each in asset.observations:
        place = each["location"]
        where = ", ".join(part for part in (place["account"], place["region"], place["store"]) if part)
        mark = "counts" if each["counts"] else "does not count"
        yield terminal(
            f"  {each['kind']} in {where or 'a place not known'}, {each['medium']}: {mark}; {each['why']}"
        )
        yield terminal(f"      by {each['source']} ({each['evidence']})")
    for letter, reason in asset.reasons.items():
        yield terminal(f"  {_HEADS[letter]} unknown: {reason}")
    if asset.change:
        yield terminal(f"  what would help: {asset.change}")


def _summary(found: Answer) -> Iterator[str]:
    told = Counter(each.verdict["overall"] for each in found.assets)
    yield ""
    counts = ", ".join(f"{told[verdict]} {verdict}" for verdict in ("pass", "fail", "unknown"))
    yield f"{len(found.assets)} stores: {counts}"
    unclear = Counter(
        next(iter(each.reasons.values()), "") for each in found.assets if each.verdict["overall"] == "unknown"
    )
    for why, count in unclear.most_common(_FEW):
        yield terminal(f"unknown: {count}, since {why}")
    if any("outside this scan" in why for why in unclear):
        yield 'hint: where the scan holds every backup plan, say so: [scope] complete = ["backup"]'
    for name, why in found.exempt:
        yield terminal(f"exempt: {name}: {why}")
    reasons = Counter(why for _, why in found.aside)
    for why, count in sorted(reasons.items()):
        yield terminal(f"not counted: {count}, since {why}")
