"""Everything of Terraform in a tree as units: roots by environment, Terragrunt units, plans and states."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import SourceFile
from scanner.sources.terraform.across import Roots
from scanner.sources.terraform.applied import Found, find
from scanner.sources.terraform.applied import units as applied_units
from scanner.sources.terraform.inputs import ONLY, Settings
from scanner.sources.terraform.module import Loader, is_terraform
from scanner.sources.terraform.read import Unit, reached, roots
from scanner.sources.terraform.terragrunt import FILE
from scanner.sources.terraform.units import Units
from scanner.sources.tree import Tree


@dataclass(slots=True)
class Asked:
    """What of a tree is read: the chosen `names`, `only` where the user named files, and standard input. What was
    learned is left here: how many roots were `ours`, which files are plans or states (`applied`), what addresses
    call the roots of those that were named (`roots`), and diagnostics."""

    tree: Tree
    names: Sequence[str]
    settings: Settings
    only: Sequence[str] = ()
    stdin: bytes | None = None
    ours: int = 0
    applied: set[str] = field(default_factory=set)
    roots: set[str] = field(default_factory=set)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def units(asked: Asked) -> Iterator[Unit]:
    """The units of every root, Terragrunt's first, what plans and states tell last."""
    tree = asked.tree
    configuration = [name for name in asked.names if is_terraform(name)]
    loader = Loader(tree)
    found = _applied(asked)
    directories = sorted({posixpath.dirname(name) or "." for name in configuration})
    if asked.only and any(is_terraform(name) for name in asked.only):
        directories = _all_directories(tree)
    declared = asked.settings.environments
    chosen = sorted({*roots(loader, directories), *(each for each in directories if each in declared)})
    if asked.only:
        chosen = _touching(loader, chosen, asked.only)
    every = Roots(tree, loader, asked.settings, chosen)
    every.units = _terragrunt(asked, loader, every)
    if every.units is not None:
        applied = {*every.units.modules, *every.units.by_directory}
        chosen = every.directories = [each for each in chosen if each not in applied or each in declared]
        yield from _units_of(asked, every, every.units)
    for root in chosen:
        if root in found.by_directory:
            continue
        asked.ours += not loader.load(root).empty
        for environment in declared.get(root, (ONLY,)):
            yield every.read(root, environment)
    for root, artifacts in sorted(found.by_directory.items()):
        asked.ours += len(artifacts)
        for unit in applied_units(tree, loader, artifacts, asked.settings, scanned=root in chosen):
            if any(each.file.path in asked.only for each in artifacts):
                asked.roots.add(unit.root)
            yield unit
    asked.diagnostics.extend(loader.diagnostics)
    if asked.only:
        folders = _concerned(asked, loader, chosen, every.units)
        asked.diagnostics = [each for each in asked.diagnostics if _lies(each, folders)]
    if chosen and every.units is None:
        asked.diagnostics.extend(_undeclared(asked.settings, loader, chosen))


def _undeclared(settings: Settings, loader: Loader, chosen: Sequence[str]) -> Iterator[Diagnostic]:
    """Values given for variables that no root declares, which Terraform refuses (its documentation, "Input
    variables", "Values for undeclared variables")."""
    if not settings.variables:
        return
    from difflib import get_close_matches  # noqa: PLC0415 - only with --var

    declared = {name for root in chosen for name in loader.load(root).variables}
    for name in dict.fromkeys(name for name, _ in settings.variables if name not in declared):
        told = f"--var {name}: no root module of the scan declares it"
        near = get_close_matches(name, declared, 1)
        remedy = f"did you mean {near[0]}?" if near else "check its name"
        yield Diagnostic(Level.WARNING, "config-variable", told, remedy=remedy)


def _terragrunt(asked: Asked, loader: Loader, every: Roots) -> Units | None:
    """The Terragrunt units below the chosen paths; all of the tree's, where files are named."""
    files = [name for name in asked.names if posixpath.basename(name) == FILE]
    if asked.only and any(name.endswith(".hcl") or is_terraform(name) for name in asked.only):
        files = [name for name in asked.tree.everything(excluded=True) if posixpath.basename(name) == FILE]
    if not files:
        return None
    return Units(asked.tree, loader, asked.settings, files, every.of_unit)


def _units_of(asked: Asked, every: Roots, found: Units) -> Iterator[Unit]:
    for _, unit in sorted(found.by_directory.items()):
        if asked.only and not found.touches(unit, asked.only):
            continue
        asked.ours += 1
        yield every.read_unit(unit)
    asked.diagnostics.extend(found.diagnostics)


def _applied(asked: Asked) -> Found:
    """The plans and states of a target, standard input among them."""
    found = find(asked.tree, asked.names, asked.only)
    if asked.stdin is not None:
        found.take(SourceFile("<stdin>", asked.stdin), asked.tree)
    asked.applied |= found.names
    asked.diagnostics.extend(found.diagnostics)
    return found


def _all_directories(tree: Tree) -> list[str]:
    """Every directory of the tree with configuration: a file's roots may lie anywhere in it."""
    return sorted(
        {posixpath.dirname(name) or "." for name in tree.everything(excluded=True) if is_terraform(name)}
    )


def _concerned(asked: Asked, loader: Loader, chosen: Sequence[str], units: Units | None) -> set[str]:
    """The directories that named files and the roots and units around them are made of. What is wrong elsewhere,
    where callers were looked for, is nothing of theirs."""
    folders = {posixpath.dirname(name) or "." for name in asked.only} | reached(loader, chosen)
    for unit in units.by_directory.values() if units is not None else ():
        if units is not None and units.touches(unit, asked.only):
            folders |= units.folders(unit)
    return folders


def _lies(diagnostic: Diagnostic, folders: set[str]) -> bool:
    return diagnostic.span is None or (posixpath.dirname(diagnostic.span.path) or ".") in folders


def _touching(loader: Loader, chosen: Sequence[str], only: Sequence[str]) -> list[str]:
    """The roots that the chosen files belong to: their own directory, or one that calls it, however far."""
    wanted = {posixpath.dirname(name) or "." for name in only}
    return [root for root in chosen if reached(loader, [root]) & wanted]
