"""What git says has changed: the files of a tree that differ from a commit, and those it does not know yet.

git runs without hooks, file system monitors, external diffs and text converters, which a repository's own
configuration could name, and fetches nothing (DESIGN section 4, Trust).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

SECONDS = 60
_CALM = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}", "color.ui=never", "protocol.allow=never")
_DIFF = ("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--relative")
_NEW = ("ls-files", "--others", "--exclude-standard", "-z")


class ChangesError(Exception):
    """git could not tell; the text says why and what to do."""


class Changes(NamedTuple):
    """Paths relative to the root: files that are there, and how many there no longer are."""

    files: tuple[str, ...]
    deleted: int


def changes(root: Path, ref: str, git: str) -> Changes:
    """What differs from the commit where the work parted from `ref`, in the tree and in what git does not know.

    `git` is the program to run. Raises ChangesError.
    """
    if not ref or ref.startswith("-"):
        raise ChangesError(f"{ref!r} is no name of a commit")
    if commit_of(root, ref, git) is None:
        raise ChangesError(
            f"{ref} is no commit of the repository around {root}; a shallow clone needs its history "
            f"(actions/checkout: fetch-depth: 0)"
        )
    base = parting(root, ref, "HEAD", git)
    told = [ask(git, root, *_DIFF, base, "--"), ask(git, root, *_NEW)]
    if None in told:
        raise ChangesError(f"git cannot compare the tree {root} with {ref}")
    names = sorted({os.fsdecode(name) for each in told if each for name in each.split(b"\0") if name})
    there = tuple(name for name in names if (root / name).is_file())
    return Changes(there, len(names) - len(there))


def commit_of(root: Path, ref: str, git: str) -> str | None:
    """The commit that a name means, in full; None where it means none. Names that begin with `-` mean none."""
    if not ref or ref.startswith("-"):
        return None
    told = ask(git, root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    return told.decode().strip() if told else None


def parting(root: Path, ref: str, other: str, git: str) -> str:
    """The commit where two lines of work parted; the first of them where they have none in common."""
    return (ask(git, root, "merge-base", ref, other) or ref.encode()).decode().strip()


def ask(git: str, root: Path, *arguments: str, given: bytes | None = None) -> bytes | None:
    """What a git command prints, `given` on its standard input; None where it fails. Raises ChangesError where it
    takes too long."""
    settings: Sequence[str] = [part for each in _CALM for part in ("-c", each)]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}
    try:
        done = subprocess.run(  # the user's own git, in the directory that the user named
            [git, "--no-pager", *settings, *arguments], cwd=root, env=environment, input=given or b"",
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise ChangesError(f"git took more than {SECONDS} seconds in {root}") from late
    return done.stdout if done.returncode == 0 else None
