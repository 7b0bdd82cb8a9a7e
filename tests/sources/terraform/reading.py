"""Reads a tree of Terraform files given as text, through the door that a scan uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scanner.model.diagnostic import Diagnostic
from scanner.model.resource import Resource
from scanner.model.value import Sensitive, Unknown, Value
from scanner.sources.terraform.inputs import Settings
from scanner.sources.terraform.module import Loader, is_terraform
from scanner.sources.terraform.read import Absent, read, roots
from scanner.sources.tree import Tree
from tests.sources.terraform.oracle import UNKNOWN, write


@dataclass
class Read:
    """What reading gave, over all roots."""

    resources: list[Resource]
    absent: list[Absent]
    diagnostics: list[Diagnostic]
    roots: list[str]
    tree: Tree

    def __getitem__(self, name: str) -> Resource:
        (found,) = [each for each in self.resources if each.address.name == name]
        return found

    def attributes(self, name: str) -> dict[str, Value]:
        return self[name].attributes

    @property
    def names(self) -> list[str]:
        return sorted(each.address.name for each in self.resources)

    @property
    def codes(self) -> list[str]:
        return sorted(each.code for each in self.diagnostics)

    def text(self, span) -> str:
        return self.tree.read(span.path).text[span.start : span.end].decode()


def reading(folder: Path, files: Mapping[str, str] | str, settings: Settings = Settings()) -> Read:  # noqa: B008
    """Write the files (or one main.tf) and read all roots."""
    write(folder, {"main.tf": files} if isinstance(files, str) else files)
    tree = Tree(folder)
    loader = Loader(tree)
    names = [name for name in tree.names() if is_terraform(name)]
    chosen = roots(loader, sorted({name.rpartition("/")[0] or "." for name in names}))
    units = [read(tree, loader, root, settings) for root in chosen]
    return Read(
        [resource for unit in units for resource in unit.resources],
        [absent for unit in units for absent in unit.absent],
        [*tree.diagnostics, *loader.diagnostics, *(each for unit in units for each in unit.diagnostics)],
        chosen,
        tree,
    )


def plain(value: Value) -> Value:
    """A value for comparison with a plan: sensitive marks taken off, unknown as the plan shows it."""
    if isinstance(value, Sensitive):
        return plain(value.value)
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value
