"""The scanned tree: which files are ours to read, and the only way to read them (DESIGN section 4, Trust)."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import SourceFile, Span
from scanner.model.report import Files

if TYPE_CHECKING:
    import pathspec

    _Ignoring = tuple[tuple[int, pathspec.GitIgnoreSpec], ...]

MOST_BYTES = 16 * 1024 * 1024  # of one file; a larger one is a diagnostic
MOST_PLAN_BYTES = 256 * 1024 * 1024  # of a plan or state: those of large estates are long
_PLAN_SUFFIXES = (".json", ".tfstate", ".tfplan")
_PLAN_MARKS = (b'"format_version"', b'"terraform_version"')  # one of them stands in the first line
MOST_FILES = 500_000
_NEVER = frozenset({".git", ".terraform", ".hg", ".svn", "node_modules", ".terragrunt-cache", "__pycache__"})


def _vendored(folder: Path) -> bool:
    """Whether a folder holds what `go mod vendor` copied (Go Modules Reference, "Vendoring"): packages of others,
    with the manifests that their tests read."""
    return folder.name == "vendor" and (folder / "modules.txt").is_file()


# A folder that its name takes out of use: hidden or underlined, so nobody calls a living part like it.
_SET_ASIDE = re.compile(r"[._](archived?|attic|deprecated|disabled|obsolete|retired|trash|unused)", re.IGNORECASE)

# What makes a folder a case of Chainsaw ("Test file") or of KUTTL ("Asserts"): what it makes is gone after it.
_STEPS = re.compile(r"chainsaw-test\.ya?ml|\d+-assert\.ya?ml")


def tree_root(path: Path) -> Path:
    """The git work tree around a path, else the path itself (or a file's directory)."""
    start = path if path.is_dir() else path.parent
    for each in (start, *start.parents):
        if (each / ".git").exists():
            return each
    return start


class Tree:
    """Files below `root`, read once each, named by their path relative to it with forward slashes.

    Nothing outside is read: a symlink or a name that leads out gives a diagnostic. `paths` are the places
    inside the tree that the user asked for. `mount` is the folder that names begin with, of a tree that is read
    beside another.
    """

    def __init__(
        self, root: Path, paths: Sequence[Path] = (), exclude: Sequence[str] = (), mount: str = ""
    ) -> None:
        self.root = root.resolve()
        self.mount = mount
        self.files = Files()
        self.diagnostics: list[Diagnostic] = []
        self._paths = [path.resolve() for path in paths] or [self.root]
        self._exclude = tuple(exclude)
        self._ignored: dict[str, _Ignoring] = {}
        self._listed: dict[tuple[str, ...], list[str]] = {}
        self._missing: set[str] = set()

    # listing

    def names(self) -> list[str]:
        """Every file under the chosen paths that is not ignored, in order of name."""
        found: set[str] = set()
        for path in self._paths:
            if path.is_file():
                found.add(self.name(path))
            else:
                found.update(self._walk(path))
        return sorted(found)

    def everything(self, *, excluded: bool = False) -> list[str]:
        """Every file of the tree that is not ignored, also outside the chosen paths, and where asked for also what
        is excluded. Says nothing of faults."""
        exclude = () if excluded else self._exclude
        if exclude not in self._listed:
            self._listed[exclude] = Tree(self.root, exclude=exclude, mount=self.mount).names()
        return self._listed[exclude]

    @property
    def whole(self) -> bool:
        """Whether all of the tree is chosen."""
        return self._paths == [self.root]

    def chosen(self, name: str) -> bool:
        """Whether a name lies at or under one of the chosen paths; what stands in no file does (`<stdin>`)."""
        if not self._paths or name.startswith("<"):
            return True
        place = self.at(name).resolve()
        return any(place == path or path in place.parents for path in self._paths)

    def widen(self, paths: Sequence[Path]) -> None:
        """List these places of the tree too."""
        self._paths = [*self._paths, *(path.resolve() for path in paths)]

    def nothing(self) -> None:
        """List no file at all: only standard input is scanned."""
        self._paths = []

    def name(self, path: Path) -> str:
        """A path relative to the root, "." for the root itself; below the mount, where there is one."""
        name = path.relative_to(self.root).as_posix()
        if self.mount:
            return self.mount if name == "." else f"{self.mount}/{name}"
        return name

    def at(self, name: str) -> Path:
        """The path of a name; of one outside the mount, where nothing is."""
        if not self.mount or name == self.mount:
            return self.root if self.mount else self.root / name
        if not name.startswith(f"{self.mount}/"):
            return self.root / ".git" / "outside"
        return self.root / name[len(self.mount) + 1 :]

    def directory(self, name: str) -> list[str]:
        """The names of the files in one directory of the tree, in order; [] where there is none.

        A link that leads nowhere is among them: reading it says what is wrong.
        """
        if not self.inside(name):
            return []
        try:
            with os.scandir(self.at(name)) as entries:
                return sorted(entry.name for entry in entries if _readable(entry))
        except OSError:
            return []

    def _walk(self, top: Path) -> Iterator[str]:
        spec = self._excluded()
        count = 0
        for folder, names, files in os.walk(top, onerror=self._unlisted):
            here = Path(folder)
            prefix = "" if here == self.root else f"{here.relative_to(self.root).as_posix()}/"
            names[:] = [
                each
                for each in sorted(names)
                if each not in _NEVER
                and not self._skips(prefix + each + "/", spec)
                and not _vendored(here / each)
                and not self._set_aside(here / each)
            ]
            if here != top and any(map(_STEPS.fullmatch, files)):
                self._tell_aside(here, "holds the steps of an end-to-end test")
                names.clear()
                continue
            self._report_loops(here, names)
            for each in sorted(files):
                if not self._skips(prefix + each, spec):
                    count += 1
                    yield self.name(here / each) if self.mount else prefix + each
            if count > MOST_FILES:
                summary = f"more than {MOST_FILES:,} files; the rest was not scanned"
                self.diagnostics.append(
                    Diagnostic(Level.ERROR, "limit-files", summary, remedy="scan a smaller path or use --exclude")
                )
                return

    def _set_aside(self, path: Path) -> bool:
        """Whether a folder's name says that nothing applies what it holds: told, and read where it is named."""
        if _SET_ASIDE.fullmatch(path.name) is None and not self._go_testdata(path):
            return False
        self._tell_aside(path, "is set aside by its name")
        return True

    def _tell_aside(self, path: Path, why: str) -> None:
        name = self.name(path)
        remedy = f"name it to scan it: layerproof scan {name}"
        told = Diagnostic(Level.NOTE, "read-set-aside", f"{name} {why}; it was not read", Span(name, 0, 0), remedy)
        self.diagnostics.append(told)

    def _go_testdata(self, path: Path) -> bool:
        """Whether a folder holds what the tests of a Go module read (`go help packages`: testdata is ignored)."""
        if path.name != "testdata":
            return False
        above = [each for each in path.parents if each.is_relative_to(self.root)]
        return any((each / "go.mod").is_file() for each in above)

    def _report_loops(self, here: Path, names: list[str]) -> None:
        """Directories behind symlinks are not walked: inside, they are met under their own name."""
        for each in list(names):
            path = here / each
            if not path.is_symlink():
                continue
            names.remove(each)
            self._linked(path)

    def _linked(self, path: Path) -> None:
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):
            self._tell(path, "read-link", "a symlink that leads nowhere or round in a circle")
            return
        if not target.is_relative_to(self.root):
            self._tell(path, "read-outside", "a symlink that leads out of the scanned tree")

    def _tell(self, path: Path, code: str, what: str) -> None:
        name = self.name(path)
        remedy = "remove the link, or scan with --root at a directory that holds both"
        self.diagnostics.append(
            Diagnostic(Level.ERROR, code, f"{name} is {what}; it was not read", Span(name, 0, 0), remedy)
        )

    def _unlisted(self, error: OSError) -> None:
        name = self.name(Path(error.filename)) if error.filename else "?"
        summary = f"{name} cannot be listed: {error.strerror}"
        self.diagnostics.append(Diagnostic(Level.ERROR, "read-denied", summary, Span(name, 0, 0)))

    # ignoring

    def _excluded(self) -> pathspec.GitIgnoreSpec | None:
        if not self._exclude:
            return None
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only where --exclude is used

        return GitIgnoreSpec.from_lines(self._exclude)

    def _skips(self, name: str, spec: pathspec.GitIgnoreSpec | None) -> bool:
        if spec is not None and spec.match_file(name):
            return True
        folder = posixpath.dirname(name.rstrip("/"))
        return any(ignored.match_file(name[start:]) for start, ignored in self._ignoring(folder))

    def _ignoring(self, folder: str) -> _Ignoring:
        """The .gitignore files that count in a folder, from the root down, and where names begin for each."""
        found = self._ignored.get(folder)
        if found is not None:
            return found
        found, parts = (), folder.split("/") if folder else []
        for depth in range(len(parts) + 1):
            here = "/".join(parts[:depth])
            if here not in self._ignored:
                own = self._gitignore(here)
                self._ignored[here] = found if own is None else (*found, (len(here) + 1 if here else 0, own))
            found = self._ignored[here]
        return found

    def _gitignore(self, folder: str) -> pathspec.GitIgnoreSpec | None:
        path = self.root / folder / ".gitignore"
        if not path.is_file() or path.is_symlink():
            return None
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only where a .gitignore exists

        return GitIgnoreSpec.from_lines(path.read_text("utf-8", "replace").splitlines())

    # reading

    def exists(self, name: str) -> bool:
        return self.inside(name) and self.at(name).is_file()

    def inside(self, name: str) -> bool:
        """Whether a relative name stays in the tree once links are followed."""
        try:
            return self.at(name).resolve().is_relative_to(self.root)
        except (OSError, RuntimeError):
            return False

    def begins(self, name: str, size: int) -> bytes:
        """The first bytes of a file; none where it cannot or must not be read (says nothing)."""
        path = self.at(name)
        try:
            if not self.inside(name) or not stat.S_ISREG(path.stat().st_mode):
                return b""
            with path.open("rb") as file:
                return file.read(size)
        except OSError:
            return b""

    def read(self, name: str, most: int = MOST_BYTES) -> SourceFile | None:
        """The file, or None with a diagnostic where it cannot or must not be read; `most` are bytes."""
        known = self.files.by_path.get(name)
        if known is not None:
            return known
        if name in self._missing:
            return None
        try:
            text = self._bytes(name, most)
        except OSError as error:
            text = None
            self._refuse(name, "read-denied", f"{name} cannot be read: {error.strerror or error}")
        if text is None:
            self._missing.add(name)
            return None
        file = SourceFile(name, text)
        self.files.add(file)
        return file

    def _bytes(self, name: str, most: int) -> bytes | None:
        path = self.at(name)
        if path.is_symlink() or not self.inside(name):
            if not path.exists():
                self._linked(path)
                return None
            if not self.inside(name):
                self._refuse(name, "read-outside", f"{name} leads out of the scanned tree; it was not read")
                return None
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            self._refuse(name, "read-denied", f"{name} is not a regular file; it was not read")
            return None
        if about.st_size > MOST_BYTES:
            most = MOST_PLAN_BYTES if _plan(path) else MOST_BYTES
            if about.st_size > most:
                size, limit = about.st_size // 1024**2, most // 1024**2
                summary = f"{name} has {size} MiB; files over {limit} MiB are not read"
                self._refuse(name, "limit-size", summary)
                return None
        return path.read_bytes()

    def _refuse(self, name: str, code: str, summary: str) -> None:
        self.diagnostics.append(Diagnostic(Level.ERROR, code, summary, Span(name, 0, 0)))


def _plan(path: Path) -> bool:
    """Whether a long file begins as terraform's plans and states do."""
    if not path.name.endswith(_PLAN_SUFFIXES):
        return False
    with path.open("rb") as file:
        head = file.read(256)
    return any(mark in head for mark in _PLAN_MARKS)


def _readable(entry: os.DirEntry[str]) -> bool:
    """A file, or a link that should be one: only directories are passed over."""
    try:
        return entry.is_file() or (entry.is_symlink() and not entry.is_dir())
    except OSError:  # a link in a circle
        return True
