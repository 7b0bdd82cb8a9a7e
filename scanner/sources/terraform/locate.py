"""Where the code of a module call lies: beside its caller, or where `terraform init` has put it."""

from __future__ import annotations

import posixpath

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.value import Cause, Unknown
from scanner.sources.terraform.instance import Instance
from scanner.sources.terraform.module import Declared, literal
from scanner.sources.tree import Tree

INIT = "run `terraform init -backend=false` first, so that the module's code is on disk"
_PATH = "correct the path, or add the directory"
_ROOT = "scan with --root at a directory that holds both"
_PLAIN = "write the source as a plain text, which Terraform asks for too"


class Locator:
    """Finds module directories for one root."""

    def __init__(self, tree: Tree, root: str, diagnostics: list[Diagnostic]) -> None:
        self._tree = tree
        self._root = root
        self._diagnostics = diagnostics
        self._installed: dict[str, str] | None = None
        self._told: set[str] = set()

    def find(self, owner: Instance, declared: Declared) -> str | Unknown:
        """The directory of a call's module in the tree; Unknown, with a diagnostic, where it is absent."""
        name = declared.block.labels[0]
        source = literal(declared.block.body, "source")
        if source is None:
            return self._absent(declared, name, "its source is not a plain text", _PLAIN)
        if source.startswith(("./", "../")) or source in (".", ".."):
            return self._local(owner, declared, source)
        key = ".".join([*_keys(owner), name])
        directory = self._manifest().get(key)
        if directory is None:
            return self._absent(declared, name, f"{source} is not on disk")
        path = posixpath.normpath(posixpath.join(self._root, directory))
        return self._within(declared, name, path, f"{source} is installed at {directory}, which", INIT)

    def _local(self, owner: Instance, declared: Declared, source: str) -> str | Unknown:
        name = declared.block.labels[0]
        path = posixpath.normpath(posixpath.join(owner.module.directory, source))
        return self._within(declared, name, path, source, _PATH)

    def _within(self, declared: Declared, name: str, path: str, shown: str, remedy: str) -> str | Unknown:
        if path.startswith(("..", "/")) or not self._tree.inside(path):
            told = f"{shown} lies outside the scanned tree"
            return self._absent(declared, name, told, _ROOT, code="read-outside")
        if not self._tree.directory(path):
            return self._absent(declared, name, f"{shown} does not exist", remedy)
        return path

    def _absent(
        self, declared: Declared, name: str, why: str, remedy: str = INIT, code: str = "module-absent"
    ) -> Unknown:
        reason = f'module "{name}": {why}'
        key = f"{declared.path}:{declared.block.start}"
        if key not in self._told:
            self._told.add(key)
            level = Level.ERROR if code == "read-outside" else Level.WARNING
            self._diagnostics.append(Diagnostic(level, code, reason, declared.header, remedy))
        return Unknown(reason, Cause.MODULE_ABSENT)

    def _manifest(self) -> dict[str, str]:
        """What `.terraform/modules/modules.json` lists: dotted call path to directory (relative to the root)."""
        if self._installed is None:
            self._installed = {}
            path = posixpath.normpath(posixpath.join(self._root, ".terraform/modules/modules.json"))
            file = self._tree.read(path) if self._tree.exists(path) else None
            if file is not None:
                self._installed = _entries(file.text)
        return self._installed


def _entries(text: bytes) -> dict[str, str]:
    import orjson  # noqa: PLC0415 - only where terraform init has run

    try:
        listed = orjson.loads(text).get("Modules", [])
        return {each["Key"]: each["Dir"] for each in listed if each.get("Key")}
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
        return {}


def _keys(owner: Instance) -> list[str]:
    """The call names that lead to an instance, outermost first."""
    return [each.call.block.labels[0] for each in reversed(list(owner.ancestors())) if each.call is not None]
