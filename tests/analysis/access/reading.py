"""Graphs from Terraform and manifests, through the doors that a scan uses."""

from __future__ import annotations

from pathlib import Path

from scanner import scan
from scanner.config import Config
from scanner.graph.columns import Graph
from scanner.model.address import Address
from scanner.sources.tree import Tree


def graph_of(folder: Path, **files: str) -> Graph:
    """The graph of a folder with these files; `main_tf` names `main.tf`."""
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        (folder / f"{stem}.{suffix}").write_text(text, encoding="utf-8")
    target = scan.Target(tree=Tree(folder))
    return scan.build(target, scan.read(target), Config()).graph


def at(graph: Graph, name: str) -> int:
    """The node of a Terraform address in the root folder."""
    found = graph.find(Address("tf", ".", name))
    assert found is not None, name
    return found
