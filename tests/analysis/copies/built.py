"""Terraform text or manifests to a graph, and its stores to the letters of their copies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from scanner.analysis.copies.answer import Answer, answer
from scanner.config import Config
from scanner.graph.columns import Graph
from scanner.model.backup import Backup
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree

CLOSED = Config(complete=("backup",))


def graph_of(text: str | Mapping[str, str], config: Config = CLOSED) -> Graph:
    """The graph of one file of Terraform, or of several files by name."""
    files = {"main.tf": text} if isinstance(text, str) else text
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
        target = Target(Tree(Path(folder)))
        return build(target, read(target), config).graph


def answered(text: str | Mapping[str, str], config: Config = CLOSED) -> Answer:
    """What `ask copies` says of all stores."""
    found = answer(graph_of(text, config), config)
    assert found is not None
    return found


def letters_of(text: str | Mapping[str, str], config: Config = CLOSED) -> dict[str, dict[str, str]]:
    """Verdicts by the store's address within its root."""
    return {each.name: each.verdict for each in answered(text, config).assets}


def config_of(*, complete: bool = True, **backup: object) -> Config:
    """A configuration with knobs of `[backup]`."""
    return Config(complete=("backup",) if complete else (), backup=Backup(**backup))  # type: ignore[arg-type]  # knobs
