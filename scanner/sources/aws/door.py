"""Snapshots among the files of a tree: told by what they hold, read as one unit per account."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import SourceFile, Span
from scanner.model.resource import Unread
from scanner.sources.aws.items import Snapshot, read
from scanner.sources.aws.snapshot import SnapshotError, may_be, unpack
from scanner.sources.terraform.read import Unit
from scanner.sources.tree import Tree

_SUFFIXES = (".jsonl.gz", ".jsonl", ".snapshot")
_MOST_BYTES = 512 * 1024 * 1024  # of one compressed file
_LEFT = (".tf", ".tofu", ".yaml", ".yml", ".json", ".tfvars", ".md")  # never a snapshot, even where one is named


@dataclass(slots=True)
class LiveUnit(Unit):
    """What was read of one account, and when; `complete` are the (account, region or None, service) that were
    read ok, `partial` those of which some calls failed."""

    unread: list[Unread] = field(default_factory=list)
    complete: set[tuple[str, str | None, str]] = field(default_factory=set)
    partial: set[tuple[str, str | None, str]] = field(default_factory=set)
    collected: str = ""


def find(tree: Tree, names: Iterable[str], only: Collection[str]) -> list[str]:
    """The files that may be snapshots; those that the user named may be called anything."""
    return [
        name
        for name in names
        if (name.endswith(_SUFFIXES) or (name in only and not name.endswith(_LEFT)))
        and may_be(tree.begins(name, 32))
    ]


def units(tree: Tree, name: str, *, named: bool = False) -> Iterator[Unit]:
    """The accounts of one snapshot. Nothing where the file is none, unless it was named by the user; a diagnostic
    where it cannot be used."""
    file = tree.read(name, _MOST_BYTES)
    if file is not None:
        yield from accounts(tree, file, named=named)


def accounts(tree: Tree, file: SourceFile, *, named: bool = True) -> Iterator[Unit]:
    """The accounts of a snapshot by its bytes, wherever it lies."""
    name = file.path
    try:
        text = unpack(file.text)
        if text is None:
            if named:
                yield _broken(name, "this is no snapshot of layerproof, or its beginning is damaged")
            return
        unpacked = SourceFile(name, text)
        tree.files.add(unpacked)
        if b'"kind":"kubernetes"' in text[:200]:
            from scanner.sources.cluster.snapshot import ClusterError, unit  # noqa: PLC0415 - only for clusters

            try:
                yield unit(unpacked)
            except ClusterError as error:
                raise SnapshotError(str(error)) from error
            return
        yield from _by_account(read(unpacked))
    except SnapshotError as error:
        yield _broken(name, str(error))


def _broken(name: str, why: str) -> Unit:
    told = Diagnostic(Level.ERROR, "read-snapshot", f"{name}: {why}", Span(name, 0, 0))
    return Unit(name, diagnostics=[told])


def _by_account(found: Snapshot) -> Iterator[LiveUnit]:
    """What belongs together when folding: everything of an account, of all its regions."""
    by_account: dict[str, LiveUnit] = {}
    for resource in found.resources:
        account = str(resource.scope.account)
        by_account.setdefault(account, LiveUnit(f"aws:{account}")).resources.append(resource)
    for covered in found.coverage:
        root = covered.unit.partition("/")[0]
        by_account.setdefault(root.removeprefix("aws:"), LiveUnit(root))
    for unread in found.unread:
        by_account.setdefault(unread.account, LiveUnit(f"aws:{unread.account}")).unread.append(unread)
    accounts = [by_account[name] for name in sorted(by_account)]
    if not accounts:
        accounts = [LiveUnit("aws")]
    accounts[0].diagnostics.extend(found.diagnostics)
    for unit in accounts:
        unit.coverage.extend(each for each in found.coverage if each.unit.startswith(f"{unit.root}/"))
        unit.collected = found.collected
        unit.complete = {each for each in found.complete if f"aws:{each[0]}" == unit.root}
        unit.partial = {each for each in found.partial if f"aws:{each[0]}" == unit.root}
    yield from accounts
