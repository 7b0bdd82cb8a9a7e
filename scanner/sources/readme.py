"""Whether something in a tree is described beside it."""

from __future__ import annotations

from scanner.sources.tree import Tree

_NAMES = ("README.md", "README", "readme.md", "README.rst", "README.adoc", "README.txt")


def described(tree: Tree, directory: str) -> bool:
    """Whether a README stands in a directory, or in one above it in the tree."""
    while True:
        if any(tree.exists(f"{directory}/{name}") for name in _NAMES):
            return True
        if directory in (".", "", "/"):
            return False
        directory = directory.rpartition("/")[0] or "."
