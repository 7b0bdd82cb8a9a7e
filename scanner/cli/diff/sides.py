"""The two sides of a comparison: each a tree (a commit, the work tree, a path) that is read, built and judged."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import click

from scanner import scan
from scanner.cli import common
from scanner.cli.ask.asking import Asked
from scanner.cli.diff.lines import Lines
from scanner.cli.scan import chosen_rules
from scanner.cli.since import git_beside
from scanner.config import Config
from scanner.engine.findings import place
from scanner.model.counted import counted
from scanner.model.location import Location
from scanner.model.report import Report
from scanner.sources.changes import ChangesError, commit_of, parting
from scanner.sources.revision import lend_modules, write_revision
from scanner.sources.tree import tree_root

WORK_TREE = "the work tree"


class Named(NamedTuple):
    """One side as it is named: a commit of the repository around `top`, or paths; `label` for people."""

    label: str
    commit: str = ""
    paths: tuple[Path, ...] = ()


@dataclass(slots=True)
class Side:
    """One side: what a question needs to be put to it, and the report of the rules."""

    named: Named
    asked: Asked
    report: Report
    ours: int
    notes: list[str] = field(default_factory=list)

    @property
    def config(self) -> Config:
        return self.asked.config

    def written(self, index: int, attribute: str) -> Location | None:
        """Where an attribute of a node is written; "" is the node itself."""
        span = place(self.asked.graph, index, attribute)
        return self.asked.built.target.tree.files.locate(span) if span is not None else None


class Sides(NamedTuple):
    """Both sides, which lines differ between them, and what is to be said of how they were compared."""

    base: Side
    head: Side
    lines: Lines
    notes: tuple[str, ...]


def opened(base: str, head: str | None, given: Mapping[str, Any], held: ExitStack) -> Sides:
    """Read both sides; folders that are made for it last as long as `held`. Raises UsageError."""
    here = tuple(given["paths"]) or (Path(),)
    top = (given["root"] or tree_root(common.common_path(here))).resolve()
    notes: list[str] = []
    try:
        named = _named(base, head, here, top, notes)
        one, other = (_side(each, given, here, top, held) for each in named)
    except ChangesError as error:
        raise click.UsageError(f"diff: {error}") from error
    lines = Lines(one.asked.built.target.tree.files, other.asked.built.target.tree.files)
    notes += [*one.notes, *(each for each in other.notes if each not in one.notes)]
    return Sides(one, other, lines, tuple(notes))


def _named(
    base: str, head: str | None, here: tuple[Path, ...], top: Path, notes: list[str]
) -> tuple[Named, Named]:
    """What the two names mean. A commit is compared from where the other side's work parted from it."""
    one = _one(base, top)
    if head is None:
        other = Named(WORK_TREE, paths=here) if one.commit else Named(_shown(here), paths=here)
    else:
        other = _one(head, top)
    if one.commit:
        parted = parting(top, one.commit, other.commit or "HEAD", git_beside(top, "diff"))
        if parted != one.commit:
            notes.append(f"compared from {parted[:12]}, where {other.label} parted from {base}")
            one = one._replace(commit=parted)
    return one, other


def _shown(paths: tuple[Path, ...]) -> str:
    return ", ".join(map(str, paths))


def _one(text: str, top: Path) -> Named:
    """A commit of the repository, else a path. Raises UsageError for what is neither."""
    if text.startswith("-"):
        raise click.UsageError(f"{text!r} is no name of a commit")
    if text.startswith(("./", "../", "/")) or not (top / ".git").exists():
        found = None
    else:
        found = commit_of(top, text, git_beside(top, "diff"))
    if found is not None:
        return Named(text, found)
    if Path(text).exists():
        return Named(text, paths=(Path(text),))
    raise click.UsageError(
        f"{text!r} is no commit of the repository around {top} and no path; a shallow clone needs its history "
        f"(actions/checkout: fetch-depth: 0)"
    )


def _side(named: Named, given: Mapping[str, Any], here: tuple[Path, ...], top: Path, held: ExitStack) -> Side:
    """One side, read and judged."""
    root, paths, config_file, notes = given["root"], named.paths, given["config_file"], []
    if named.commit:
        root, absent = _written(named, top, held)
        if absent:
            notes.append(f"not in this clone, which is partial: {counted(absent, 'file')} of {named.label}")
        if lend_modules(top, root):
            notes.append("modules that git does not hold are those of the work tree's .terraform, on both sides")
        paths = tuple(_moved(each, top, root) for each in here)
        if config_file is not None and config_file.resolve().is_relative_to(top):
            config_file = _moved(config_file, top, root)
            config_file = config_file if config_file.is_file() else None
    elif named.paths != here:
        root = None  # a path of its own has a tree of its own
    there = [each for each in paths if each.exists()]
    tree, config, chosen = common.prepare(there or [root], root, config_file, given["exclude"])
    if not there:  # nothing of what is compared was there yet
        tree.nothing()
        chosen = []
    target = common.target(tree, config, chosen, given)
    find = target.find
    if find is not None:
        target.find = lambda name: _outside(find(name), top)
    built = scan.build(target, scan.read(target), config)
    report = _judged(built, config, given)
    return Side(named, Asked(built.graph, config, built), report, target.ours, notes)


def _outside(program: str | None, top: Path) -> str | None:
    """A program that the compared tree does not hold."""
    return None if program is None or Path(program).is_relative_to(top) else program


def _written(named: Named, top: Path, held: ExitStack) -> tuple[Path, int]:
    """The folder of a commit, under the name of the tree, and how many files of it are not there."""
    outer = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="layerproof-diff-")))
    folder = outer.resolve() / (top.name or "tree")
    folder.mkdir()
    return folder, write_revision(top, named.commit, folder, git_beside(top, "diff"))


def _moved(path: Path, top: Path, folder: Path) -> Path:
    """The same place in another folder. Raises UsageError where it is outside the tree."""
    full = path.resolve()
    if not full.is_relative_to(top):
        raise click.UsageError(f"{path} lies outside the compared tree {top}")
    return folder / full.relative_to(top)


def _judged(built: scan.Built, config: Config, given: Mapping[str, Any]) -> Report:
    rules, _, known, diagnostics = chosen_rules(given, config)
    built.diagnostics.extend(diagnostics)
    today = common.day(given["today"])
    judging = scan.Judging(rules, today, inline_ignores=not given["no_ignores"], known_rules=known)
    return scan.judge(built, config, judging)[0]
