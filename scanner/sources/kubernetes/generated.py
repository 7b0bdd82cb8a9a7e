"""Where a ConfigMap or Secret that kustomize generates is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.model.location import SourceFile, Span
from scanner.model.value import Value
from scanner.sources.kubernetes.origins import Origins, Traced


class Generated(Traced):
    """Places of a ConfigMap or Secret that a kustomization generates: the literal, file or setting of a key, else
    the generator's entry."""

    __slots__ = ("_about", "_at", "_origins", "_settings", "span")

    def __init__(
        self, origins: Origins, at: str, about: dict[str, Value], settings: tuple[SourceFile, ...] = ()
    ) -> None:
        """`at` is the path of the entry `about` in the kustomization whose places are given, `settings` are the
        files of its `envs`."""
        self._settings = settings
        self._origins = origins
        self._at = at
        self._about = about
        span = origins.nearest(at)
        if span is None:  # the entry was read there
            raise KeyError(at)
        self.span = span

    def nearest(self, path: str) -> Span | None:
        part, _, key = path.partition(".")
        if part not in ("data", "stringData", "binaryData"):
            return self.span
        for listed in ("literals", "files"):
            entries = self._about.get(listed)
            for position, each in enumerate(entries if isinstance(entries, list) else ()):
                name, equals, _ = str(each).partition("=")
                if key == (name.strip() if equals else name.rpartition("/")[2]):
                    return self._origins.nearest(f"{self._at}.{listed}[{position}]") or self.span
        for file in self._settings:
            line = re.search(rb"(?m)^[ \t]*" + re.escape(key.encode()) + rb"[ \t]*=.*$", file.text)
            if line is not None:
                return Span(file.path, *line.span())
        return self.span

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and bool(path)

    def __iter__(self) -> Iterator[str]:
        return iter(("data",))

    def __len__(self) -> int:
        return 1
