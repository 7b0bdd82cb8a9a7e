"""What time it is for a thing: when its account was read, or now where it was read from code.

A snapshot that is judged a month later says what held when it was collected.
"""

from __future__ import annotations

import datetime

from scanner.graph.columns import Graph
from scanner.model.value import Value


class Clock:
    """The time at which each account of a graph was read."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._now = datetime.datetime.now(datetime.UTC)
        self._read = {account: moment(text) or self._now for account, text in graph.collected.items()}

    def of(self, index: int) -> datetime.datetime:
        """The time to hold what a node says against."""
        account = self._graph.peek(index, "account")
        return self._read.get(account, self._now) if isinstance(account, str) else self._now


def moment(value: Value) -> datetime.datetime | None:
    """An ISO 8601 text as a point of time, in UTC where it names no zone; None for all else."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)
