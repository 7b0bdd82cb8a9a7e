"""What expressions may read: files of the scanned tree, and nothing else."""

from __future__ import annotations

import posixpath
from fnmatch import translate
from re import compile as compile_pattern

from scanner.hcl.errors import EvaluationError
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span
from scanner.model.value import Cause, Unknown, Value
from scanner.sources.tree import Tree

# Stands for the place of the scanned tree in absolute paths, which Terragrunt's functions give.
TOP = "/scanned-tree"


def within(path: str, folder: str) -> str | None:
    """A path, absolute below TOP or relative to a folder, as a name in the tree; None where it leads out."""
    if path == TOP or path.startswith(f"{TOP}/"):
        path, folder = f".{path[len(TOP) :]}", "."
    if path.startswith(("/", "~")):
        return None
    name = posixpath.normpath(posixpath.join(folder, path))
    return None if name == ".." or name.startswith("../") else name


class ModuleFiles:
    """File access for the expressions of one module: relative paths start at the root module's directory."""

    def __init__(self, tree: Tree, root: str, directory: str) -> None:
        self._tree = tree
        self._root = root
        self._directory = directory

    def path(self, name: str) -> Value:
        """`path.module`, `path.root` and `path.cwd`; the last is not ours to know."""
        if name == "module":
            return posixpath.relpath(self._directory, self._root)
        if name == "root":
            return "."
        if name == "cwd":
            return Unknown("path.cwd depends on where terraform runs", Cause.OUTSIDE_SCAN, type="string")
        raise EvaluationError(f"path.{name} does not exist; path.module, path.root and path.cwd do")

    def read(self, path: str) -> bytes | Unknown:
        """The bytes of a file; Unknown where it is not in the tree."""
        name = self._name(path)
        if name is None:
            return self._outside(path)
        if not self._tree.exists(name):
            return Unknown(f"{name} is not in the scanned tree", Cause.OUTSIDE_SCAN, type="string")
        file = self._tree.read(name)
        return file.text if file else Unknown(f"{name} cannot be read", Cause.OUTSIDE_SCAN, type="string")

    def exists(self, path: str) -> bool | Unknown:
        name = self._name(path)
        return self._outside(path) if name is None else self._tree.exists(name)

    def glob(self, base: str, pattern: str) -> list[str] | Unknown:
        """The files below a directory that match a pattern of Terraform's `fileset`, in order."""
        folder = self._name(base)
        if folder is None:
            return self._outside(base)
        found = compile_pattern(_regex(pattern))
        top = self._tree.at(folder)
        if not top.is_dir():
            return []
        names = (each.relative_to(top).as_posix() for each in sorted(top.rglob("*")) if each.is_file())
        return [name for name in names if found.fullmatch(name)]

    def _name(self, path: str) -> str | None:
        """The path relative to the tree, or None where it leads out."""
        name = within(path, self._root)
        return None if name is None or not self._tree.inside(name) else name

    def _outside(self, path: str) -> Unknown:
        summary = f"{path} lies outside the scanned tree; it was not read"
        told = Diagnostic(
            Level.ERROR,
            "read-outside",
            summary,
            Span(self._directory, 0, 0),
            "scan with --root at a directory above",
        )
        if told not in self._tree.diagnostics:
            self._tree.diagnostics.append(told)
        return Unknown(summary, Cause.OUTSIDE_SCAN, type="string")


def _regex(pattern: str) -> str:
    """`**` crosses directories, `*` and `?` do not, `{a,b}` are alternatives."""
    out = ""
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            out, at = out + "(?:.*/)?", at + 3
        elif pattern.startswith("**", at):
            out, at = out + ".*", at + 2
        elif pattern[at] == "*":
            out, at = out + "[^/]*", at + 1
        elif pattern[at] == "?":
            out, at = out + "[^/]", at + 1
        elif pattern[at] == "{" and "}" in pattern[at:]:
            stop = pattern.index("}", at)
            parts = "|".join(_regex(part) for part in pattern[at + 1 : stop].split(","))
            out, at = f"{out}(?:{parts})", stop + 1
        elif pattern[at] == "[" and "]" in pattern[at:]:
            stop = pattern.index("]", at)
            out, at = out + translate(pattern[at : stop + 1])[4:-3], stop + 1
        else:
            out, at = out + (pattern[at] if pattern[at].isalnum() else f"\\{pattern[at]}"), at + 1
    return out
