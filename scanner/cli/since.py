"""`--changed-since REF`: the changed files of the tree, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from scanner.cli import common
from scanner.model.counted import counted


@dataclass(frozen=True, slots=True)
class Since:
    """The changed files of --changed-since; without it, nothing is `given`."""

    files: tuple[Path, ...] = ()
    given: bool = False
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Since:
        """Ask git where the option is given. Raises UsageError."""
        ref = given["changed_since"]
        if ref is None:
            return cls()
        files, deleted = _changed(given["paths"], given["root"], ref)
        notes = [f"{counted(len(files), 'file')} changed since {ref}"]
        if deleted:
            gone = counted(deleted, "file")
            notes.append(f"{gone} deleted since {ref}: only a whole scan shows what that leaves behind")
        return cls(tuple(files), given=True, notes=tuple(notes))

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to look at."""
        return self.given and not self.files


def git_beside(top: Path, wanted_by: str) -> str:
    """The user's git, which is none that the scanned tree holds. Raises UsageError."""
    from shutil import which  # noqa: PLC0415 - only where git is asked

    git = which("git")
    if git is None or Path(git).resolve().is_relative_to(top):
        raise click.UsageError(f"{wanted_by} needs git, outside the scanned tree")
    return git


def _changed(paths: tuple[Path, ...], root: Path | None, ref: str) -> tuple[list[Path], int]:
    """The files below the paths that have changed, and how many files of the tree are gone."""
    from scanner.sources.changes import ChangesError, changes  # noqa: PLC0415 - with --changed-since only
    from scanner.sources.tree import tree_root  # noqa: PLC0415 - as above

    wanted = [path.resolve() for path in paths or (Path(),)]
    top = (root or tree_root(common.common_path(wanted))).resolve()
    try:
        found = changes(top, ref, git_beside(top, "--changed-since"))
    except ChangesError as error:
        raise click.UsageError(f"--changed-since: {error}") from error
    files = [top / name for name in found.files]
    return [file for file in files if any(file.resolve().is_relative_to(each) for each in wanted)], found.deleted
