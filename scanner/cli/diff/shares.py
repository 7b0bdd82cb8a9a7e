"""What is lent to accounts, organizations and roles to which it was not lent before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from scanner.cli.diff.change import RESOURCE, Entry, Place
from scanner.cli.diff.pairs import Pairs
from scanner.cli.diff.reach import called, declared
from scanner.cli.diff.sides import Sides
from scanner.graph.columns import Graph
from scanner.model.finding import Severity
from scanner.model.value import Unknown, unwrap


def new_receivers(sides: Sides, pairs: Pairs) -> Iterator[Entry]:
    """One entry for each share that lends to more than before, or lends more."""
    base, head = sides.base.asked.graph, sides.head.asked.graph
    for index in head.nodes("share"):
        before = pairs.base_of.get(index)
        known = _receivers(base, before) if before is not None else Counter[str]()
        fresh = _receivers(head, index) - known
        held = base.targets("shares", before) if before is not None else ()
        old = {pairs.name(str(base.addresses[each])) for each in held}
        lent = [each for each in head.targets("shares", index) if str(head.addresses[each]) not in old]
        if not fresh and not (lent and before is not None):
            continue
        name, node = called(head, index), str(head.addresses[index])
        who = ", ".join(sorted(fresh)) or "its receivers"
        what = ", ".join(called(head, each) for each in lent) or "what it holds"
        places = [Place(sides.head.written(index, "receivers")), *declared(sides.head, index)]
        details = {"receivers": sorted(fresh), "lends": [str(head.addresses[each]) for each in lent]}
        yield Entry(
            RESOURCE, Severity.MEDIUM, f"{name} lends {what} to {who}", node, sides.lines.chosen(places),
            details=details, subject=name,
        )  # fmt: skip


def _receivers(graph: Graph, index: int) -> Counter[str]:
    """Whom a share lends to; of those that are not known, what they hang on."""
    told = unwrap(graph.peek(index, "receivers"))
    found = [] if isinstance(told, Unknown) or told is None else [unwrap(each) for each in told]
    return Counter(_worded(each) if isinstance(each, Unknown) else str(each) for each in found)


def _worded(value: Unknown) -> str:
    return f"an account that is not known ({value.references[0] if value.references else value.reason})"
