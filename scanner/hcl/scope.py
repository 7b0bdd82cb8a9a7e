"""What an expression may see: variables by name and step, and files through one door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from scanner.hcl.errors import EvaluationError
from scanner.model.value import Unknown, Value


class FileAccess(Protocol):
    """The files that functions may read; paths are as the configuration writes them.

    Each raises EvaluationError for what is not there or may not be read, or returns Unknown for what lies
    outside the scan.
    """

    def read(self, path: str) -> bytes | Unknown: ...

    def exists(self, path: str) -> bool | Unknown: ...

    def glob(self, base: str, pattern: str) -> Sequence[str] | Unknown:
        """The regular files below `base` that match, as paths relative to `base`."""
        ...


class Scope(Protocol):
    """Where the variables of an expression are looked up."""

    @property
    def files(self) -> FileAccess: ...

    def resolve(self, root: str, steps: tuple[str | int, ...]) -> tuple[Value, int]:
        """The value of a root variable and how many of the literal steps after it that value includes."""
        ...


class NoFiles:
    """A file access that has no files."""

    def read(self, path: str) -> bytes:
        raise EvaluationError(f'no file exists at "{path}"')

    def exists(self, path: str) -> bool:
        return False

    def glob(self, base: str, pattern: str) -> Sequence[str]:
        return ()


class Variables:
    """A scope of plain values by root name: what templates and tests need."""

    __slots__ = ("_values", "files")

    def __init__(self, values: dict[str, Value] | None = None, files: FileAccess | None = None) -> None:
        self._values = values or {}
        self.files: FileAccess = files if files is not None else NoFiles()

    def resolve(self, root: str, steps: tuple[str | int, ...]) -> tuple[Value, int]:
        if root not in self._values:
            raise EvaluationError(f'there is no variable named "{root}" here')
        return self._values[root], 0


class Inner:
    """A scope within another: the variables that a `for` binds."""

    __slots__ = ("_outer", "files", "functions", "names", "within_template")

    def __init__(self, outer: Any, names: dict[str, Value]) -> None:
        self._outer = outer
        self.within_template: bool = getattr(outer, "within_template", False)
        self.names = names
        self.files: FileAccess = outer.files
        self.functions: Any = getattr(outer, "functions", {})

    def resolve(self, root: str, steps: tuple[str | int, ...]) -> tuple[Value, int]:
        if root in self.names:
            return self.names[root], 0
        found: tuple[Value, int] = self._outer.resolve(root, steps)
        return found


class Early(Inner):
    """A scope as Terraform sees it when it validates: what is unknown as a whole is not yet of any type."""

    def __init__(self, outer: Any) -> None:
        super().__init__(outer, {})

    def resolve(self, root: str, steps: tuple[str | int, ...]) -> tuple[Value, int]:
        value, used = super().resolve(root, steps)
        if isinstance(value, Unknown) and value.type:
            value = Unknown(value.reason, value.cause, value.references)
        return value, used
