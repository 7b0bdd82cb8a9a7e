"""A commit's files in a folder of their own, as git holds them: no checkout, no filter, no hook is run.

The names and bytes come from `git ls-tree` and `git cat-file`, which convert nothing; `git archive` would run the
filters that a repository's configuration names.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from scanner.sources.changes import ChangesError, ask
from scanner.sources.tree import MOST_BYTES, MOST_PLAN_BYTES

_LINK, _FILES = "120000", ("100644", "100755", "100664")
_AT_ONCE = 64 * 1024 * 1024  # bytes of files that are asked for in one go
_MODULES = Path(".terraform", "modules")
_MOST_LINK = 4096
_PLANS = (".json", ".tfstate", ".tfplan")


class _Entry(NamedTuple):
    """One file of a commit: its mode, the object that holds its bytes, their number, and its path."""

    mode: str
    blob: str
    size: int
    path: str


def write_revision(root: Path, commit: str, folder: Path, git: str) -> int:
    """Write the files of a commit, those below `root`, into an empty folder; returns how many of them a clone that
    is partial does not hold.

    A file that is longer than a scan reads is a hole of the same size, so that both sides of a comparison say the
    same of it. Raises ChangesError.
    """
    listed = list(_entries(root, commit, git))
    entries = [each for each in listed if each.size >= 0]
    links = [each for each in entries if each.mode == _LINK and each.size <= _MOST_LINK]
    files = [each for each in entries if each.mode in _FILES]
    for each in files:
        (folder / each.path).parent.mkdir(parents=True, exist_ok=True)
    for some in _portions([each for each in files if not _long(each)]):
        for each, data in zip(some, _bytes(root, some, git), strict=True):
            (folder / each.path).write_bytes(data)
    for each in files:
        if _long(each):
            with (folder / each.path).open("wb") as file:
                file.truncate(each.size)
    for each, data in zip(links, _bytes(root, links, git), strict=True):  # last: nothing is written through one
        place = folder / each.path
        if place.parent.resolve().is_relative_to(folder) and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(os.fsdecode(data))
    return len(listed) - len(entries)


def lend_modules(root: Path, folder: Path) -> int:
    """Copy the modules that `terraform init` has put beside the work tree's roots: git does not hold them, and
    without them a commit would know less than the work tree. Returns how many roots have some."""
    lent = 0
    for here, names, _ in os.walk(root):
        names[:] = [each for each in names if each not in (".git", "node_modules")]
        if ".terraform" not in names:
            continue
        names.remove(".terraform")
        place = folder / Path(here).relative_to(root)
        modules = Path(here) / _MODULES
        linked = modules.is_symlink() or modules.parent.is_symlink()
        inside = place.resolve() == folder.resolve() / Path(here).relative_to(
            root
        )  # through no link of the commit
        wanted = inside and place.is_dir() and not (place / _MODULES.parts[0]).exists()
        if wanted and not linked and (modules / "modules.json").is_file():
            ignored = shutil.ignore_patterns(".git", ".github", "*.png", "*.svg", "*.gif")
            shutil.copytree(modules, place / _MODULES, symlinks=True, ignore=ignored)
            lent += 1
    return lent


def _entries(root: Path, commit: str, git: str) -> Iterator[_Entry]:
    """The files of a commit below a folder of its repository."""
    told = ask(git, root, "ls-tree", "-r", "-l", "-z", commit)
    if told is None:
        raise ChangesError(f"git cannot list the files of {commit}")
    for line in told.split(b"\0"):
        about, tab, name = line.partition(b"\t")
        parts = about.split()
        if not tab or len(parts) != 4 or parts[1] != b"blob":  # a submodule has no files here
            continue
        path = os.fsdecode(name)
        if _sound(path):
            yield _Entry(parts[0].decode(), parts[2].decode(), _size(parts[3]), path)


def _size(told: bytes) -> int:
    """The size that git tells; -1 of what it does not have."""
    return int(told) if told.isdigit() else -1


def _sound(path: str) -> bool:
    """Whether a path stays inside the folder that it is written into; git itself refuses others."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and not {"..", ".git"} & set(parts)


def _long(entry: _Entry) -> bool:
    most = MOST_PLAN_BYTES if entry.path.endswith(_PLANS) else MOST_BYTES
    return entry.size > most


def _portions(entries: list[_Entry]) -> Iterator[list[_Entry]]:
    """Files in portions that fit into memory."""
    held: list[_Entry] = []
    size = 0
    for each in entries:
        if held and size + each.size > _AT_ONCE:
            yield held
            held, size = [], 0
        held.append(each)
        size += each.size
    if held:
        yield held


def _bytes(root: Path, entries: list[_Entry], git: str) -> Iterator[bytes]:
    """The bytes of files, in order (git-cat-file(1), "Batch output": a line on each, its bytes, a line break)."""
    if not entries:
        return
    asked = "".join(f"{each.blob}\n" for each in entries).encode()
    told = ask(git, root, "cat-file", "--batch", given=asked)
    if told is None:
        raise ChangesError("git cannot read the files of the commit")
    at = 0
    for each in entries:
        end = told.index(b"\n", at)
        if not told[at:end].endswith(b"blob %d" % each.size):
            raise ChangesError(f"git does not have {each.path} of the commit")
        yield told[end + 1 : end + 1 + each.size]
        at = end + 2 + each.size
