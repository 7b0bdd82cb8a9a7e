"""Which stores hold data that copies are asked for.

Log destinations, targets of replication and backups, state buckets, caches and origins of static sites are no
assets of their own, unless `[[backup.authoritative]]` declares them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from fnmatch import fnmatchcase

from scanner.graph.columns import Graph
from scanner.model.backup import Backup, StoreSelector
from scanner.model.value import Unknown, Value

KINDS = ("object_store", "database", "table", "volume", "file_system", "cache")
_LOG_WRITERS = frozenset(
    ("delivery.logs.amazonaws.com", "cloudtrail.amazonaws.com", "config.amazonaws.com",
     "logging.s3.amazonaws.com", "logdelivery.elasticloadbalancing.amazonaws.com")
)  # fmt: skip
_SITES = ("distribution",)


class Assets:
    """What each store is to the count: declared, inferred, exempt, or None."""

    def __init__(self, graph: Graph, needs: Backup, today: datetime.date) -> None:
        self._graph = graph
        self._needs = needs
        self._exempt = [each for each in needs.exempt if datetime.date.fromisoformat(each.until) >= today]

    def stores(self) -> Iterable[int]:
        for kind in KINDS:
            for index in self._graph.nodes(kind):
                if index not in self._graph.stand_ins:
                    yield index

    def role(self, index: int) -> tuple[str | None, str]:
        """What a store is, and why it is none or exempt."""
        exempt = next((each for each in self._exempt if self._selects(each, index)), None)
        if exempt is not None:
            return "exempt", f"{exempt.reason} (until {exempt.until})"
        if self.declared(index) is not None:
            return "declared", ""
        why = self._why_none(index)
        return (None, why) if why else ("inferred", "")

    def needs_of(self, index: int) -> Backup:
        """What is asked of a store: the configuration's needs, or its own."""
        from dataclasses import replace  # noqa: PLC0415 - only where stores are declared

        own = self.declared(index)
        if own is None:
            return self._needs
        given = {name: getattr(own, name) for name in ("rpo_hours", "retention_days", "rto_hours")}
        return replace(self._needs, **{name: value for name, value in given.items() if value is not None})

    def declared(self, index: int) -> StoreSelector | None:
        return next((each for each in self._needs.authoritative if self._selects(each, index)), None)

    def _selects(self, selector: StoreSelector, index: int) -> bool:
        graph = self._graph
        if not fnmatchcase(graph.kind(index).name, selector.kind):
            return False
        if selector.address != "*" and not graph.addresses[index].matches(selector.address):
            return False
        tags = graph.peek(index, "tags") if selector.tags else {}
        if not isinstance(tags, dict):
            return not selector.tags
        return all(_is(tags.get(key), glob) for key, glob in selector.tags.items())

    def _why_none(self, index: int) -> str:
        graph, kind = self._graph, self._graph.kind(index).name
        if graph.peek(index, "own_copies") is None:
            return "it holds no data of its own"
        if kind == "cache" and graph.peek(index, "type") not in _DURABLE:
            return "a cache can be filled again"
        if graph.sources("copied_to", index):
            return "it is the target of a replication or backup"
        if graph.sources("logs_to", index):
            return "logs are written to it"
        if kind == "object_store":
            return self._of_bucket(index)
        locks = kind == "table" and graph.peek(index, "locks_states") is True
        if locks or graph.sources("keeps_state_in", index):
            return "it locks a state"
        return ""

    def _of_bucket(self, index: int) -> str:
        graph = self._graph
        if graph.sources("keeps_state_in", index):
            return "it keeps the state of a root"
        if any(graph.kind(each).name in _SITES for each in graph.sources("forwards_to", index)):
            return "it is the origin of a site"
        if graph.peek(index, "website") is True:
            return "it is the origin of a site"
        if graph.peek(index, "takes_logs") is True:
            return "a service delivers its logs to it"
        statements = graph.peek(index, "statements")
        for each in statements if isinstance(statements, list) else ():
            if isinstance(each, dict) and _lets_logs_in(each):
                return "a service delivers its logs to it"
        return ""


_DURABLE = frozenset({"aws_memorydb_cluster", "AWS::MemoryDB::Cluster"})


def _lets_logs_in(statement: dict[str, Value]) -> bool:
    effect, principals = statement.get("effect"), statement.get("principals")
    if isinstance(effect, Unknown) or effect != "Allow" or not isinstance(principals, list):
        return False
    named = (each.get("id") for each in principals if isinstance(each, dict))
    return any(isinstance(each, str) and each in _LOG_WRITERS for each in named)


def _is(value: Value, glob: str) -> bool:
    return isinstance(value, str) and fnmatchcase(value, glob)
