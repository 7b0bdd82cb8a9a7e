"""Where the statements of an answer are written."""

from __future__ import annotations

from typing import Any

from scanner.analysis.access.policy import Source
from scanner.cli.ask.asking import Asked
from scanner.engine.findings import place


class Places:
    """Statements with their locations, as the JSON of questions writes them."""

    def __init__(self, asked: Asked) -> None:
        self.graph = asked.graph
        self.files = asked.built.target.tree.files

    def source(self, source: Source) -> dict[str, Any]:
        """{"statement": text, "location": {"path", "line", "column", "end_line", "end_column"} or None}."""
        if source.node is None:
            return {"statement": source.label, "location": None}
        name = self.graph.addresses[source.node].name
        numbered = f"{source.attribute}[{source.number}]" if source.attribute == "statements" else source.attribute
        span = place(self.graph, source.node, numbered)
        location = self.files.locate(span)._asdict() if span is not None else None
        return {"statement": f"{name} {numbered}: {source.label}", "location": location}
