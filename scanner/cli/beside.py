"""`--context`: material that is joined and used, never reported on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scanner.cli import common
from scanner.config import Config
from scanner.model.location import SourceFile
from scanner.scan import Target
from scanner.sources.tree import Tree, tree_root


def place_beside(target: Target, config: Config, chosen: Sequence[Path], given: Mapping[str, Any]) -> None:
    """Add what --context names to a target.

    Directories of the scanned tree are read with it, so that roots refer to one another; what lies elsewhere is a
    tree of its own, whose names begin with `@` and its folder's name; a snapshot is read as what it is.
    """
    tree, others, inside = target.tree, [], []
    for path in given["beside"]:
        place = path.resolve()
        if place.is_file() and _is_snapshot(place):
            others.append(_target(Tree(tree.root), config, given, (SourceFile(str(path), place.read_bytes()),)))
        elif place.is_relative_to(tree.root) and place.is_dir() and not target.only:
            inside.append(place)
        elif place.is_relative_to(tree.root):
            others.append(_target(Tree(tree.root, [place], config.exclude), config, given))
        else:
            others.append(_target(_elsewhere(place, [each.tree for each in others]), config, given))
    for other in others:
        other.tree.files = tree.files
    if inside:
        target.chosen = tuple(tree.name(each.resolve()) for each in chosen)
        target.context = tuple(tree.name(each) for each in inside)
        tree.widen(inside)
    target.beside = tuple(others)


def _is_snapshot(path: Path) -> bool:
    from scanner.sources.aws.snapshot import may_be  # noqa: PLC0415 - only for files

    with path.open("rb") as file:
        return may_be(file.read(32))


def _elsewhere(place: Path, known: Sequence[Tree]) -> Tree:
    """A tree outside the scanned one, under a name that no other has."""
    root = tree_root(place)
    name, taken = f"@{root.name or 'context'}", {each.mount for each in known}
    number = 2
    while name in taken:
        name, number = f"@{root.name}-{number}", number + 1
    return Tree(root, [place], (), name)


def _target(
    tree: Tree, config: Config, given: Mapping[str, Any], snapshots: tuple[SourceFile, ...] = ()
) -> Target:
    if snapshots:
        tree.nothing()
    find = None if given["no_render"] else common.find_program(tree)
    return Target(tree=tree, find=find, kubernetes=config.kubernetes_version, snapshots=snapshots)
