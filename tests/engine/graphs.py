"""Small graphs for the engine's tests, over texts in which every value can be found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scanner.graph.columns import Facts, Graph
from scanner.model.address import Address
from scanner.model.kinds import COMMON, KINDS
from scanner.model.location import SourceFile, Span
from scanner.model.report import Files
from scanner.model.resource import Call, Plane
from scanner.model.value import Cause, Unknown, Value

DATA = Path(__file__).parent / "data"

LATER = Unknown("known after apply", Cause.PROVIDER_COMPUTED)


class Scene:
    """A graph and its files, filled by `text` and `node`."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.files = Files()

    def text(self, path: str, text: str) -> None:
        self.files.add(SourceFile(path, text.encode()))

    def span(self, path: str, needle: str) -> Span:
        at = self.files.by_path[path].text.index(needle.encode())
        return Span(path, at, at + len(needle.encode()))

    def node(
        self,
        kind: str,
        name: str,
        attributes: Mapping[str, Value],
        *,
        path: str = "main.tf",
        header: str = "",
        origins: Mapping[str, str] | None = None,
        calls: tuple[Call, ...] = (),
        scheme: str = "tf",
    ) -> int:
        """A node whose unlisted attributes are None; `header` and `origins` are texts to be found in the file."""
        span = self.span(path, header) if header else Span("", 0, 0)
        plain: dict[str, Value] = {each.name: None for each in (*COMMON, *KINDS[kind].attributes)}
        return self.graph.add(
            Facts(
                Address(scheme, "", name),
                kind,
                Plane.DECLARED,
                span,
                {**plain, **attributes},
                {key: self.span(path, value) for key, value in (origins or {}).items()},
                calls,
            )
        )


def rules_of(*ids: str, ours: bool = True):
    """Sample rules of these tests by id, all of them without ids."""
    from scanner.engine.discover import discover

    rules, faults = discover([DATA / "rules"], [DATA / "policies"], ours=ours)
    assert not faults
    return [rule for rule in rules if not ids or rule.id in ids]
