"""A rule against its examples: what it finds must be what is marked, on the marked lines, and nothing else.

Examples lie in `fixtures/<principle>/<name>/{bad,good,unknown}/`. A mark stands at the end of the line where the
finding is shown: `# expect` for a fail, `# expect-unknown` for an unknown, several words for several findings.
Beside formats without comments, `expect.txt` says the same in lines of `FILE:LINE fail|unknown`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from scanner.engine.backend import RegoBackend
from scanner.engine.harness import leaks
from scanner.engine.lint import CASES, folder
from scanner.engine.run import judge
from scanner.graph.columns import Graph
from scanner.model.finding import Finding
from scanner.model.report import Files
from scanner.model.rule import Rule

_MARK = re.compile(r"(?:#|//)\s*((?:expect(?:-unknown)?\s*)+)$")
_LISTED = re.compile(r"(.+):(\d+)\s+(fail|unknown)")
_VERDICTS = {"expect": "fail", "expect-unknown": "unknown"}


class Mark(NamedTuple):
    """One expected or real finding: a file relative to the example's folder, a line, `fail` or `unknown`."""

    path: str
    line: int
    verdict: str


# A folder as a graph and the files that were read into it.
Build = Callable[[Path], tuple[Graph, Files]]


@dataclass(frozen=True, slots=True)
class FixtureResult:
    """What is wrong with a rule's examples, one sentence each; none is right."""

    rule: Rule
    problems: list[str] = field(default_factory=list)


def check(
    rule: Rule, fixtures: Path, backend: RegoBackend | None = None, *, build: Build | None = None
) -> FixtureResult:
    """Judge the rule's three examples, and its bad one with each of its reads unknown."""
    result = FixtureResult(rule)
    place = folder(rule, fixtures)
    for case in CASES:
        example = place / case
        if not example.is_dir():
            result.problems.append(f"{case}: there is no {place.parent.name}/{place.name}/{case}")
            continue
        graph, files = (build or scanned)(example)
        result.problems.extend(f"{case}: {each}" for each in _compare(rule, case, example, graph, files, backend))
        if case == "bad":
            result.problems.extend(f"{case}: {each}" for each in leaks(graph, rule, backend))
    return result


def scanned(folder: Path) -> tuple[Graph, Files]:
    """A folder read and built as a scan does it, under its own `layerproof.toml` if it has one."""
    from scanner.config import Config, load  # noqa: PLC0415 - with scan, only where examples are run
    from scanner.scan import Target, build, read  # noqa: PLC0415 - the sources are heavy
    from scanner.sources.tree import Tree  # noqa: PLC0415 - as above

    target = Target(Tree(folder))
    file = folder / "layerproof.toml"
    config = load(file, trusted=False) if file.is_file() else Config()
    return build(target, read(target), config).graph, target.tree.files


def marks(folder: Path) -> Counter[Mark]:
    """The marks in the texts of a folder and in its `expect.txt`."""
    found: Counter[Mark] = Counter()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            reader = _listed if path.name == "expect.txt" else _in_text
            found.update(reader(folder, path))
    return found


def _in_text(folder: Path, path: Path) -> Iterator[Mark]:
    name = path.relative_to(folder).as_posix()
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        found = _MARK.search(line)
        for word in found[1].split() if found else ():
            yield Mark(name, number, _VERDICTS[word])


def _listed(folder: Path, path: Path) -> Iterator[Mark]:
    """Lines of an `expect.txt`, whose names are relative to its own place."""
    for line in path.read_text("utf-8").splitlines():
        found = _LISTED.fullmatch(line.strip())
        if found:
            yield Mark((path.parent / found[1]).relative_to(folder).as_posix(), int(found[2]), found[3])


def _compare(
    rule: Rule, case: str, example: Path, graph: Graph, files: Files, backend: RegoBackend | None
) -> Iterator[str]:
    judged = judge(graph, [rule], files, backend=backend)
    yield from (each.summary for each in judged.diagnostics)
    expected = marks(example)
    real = Counter(_mark(finding, example) for finding in judged.findings)
    yield from _differences(expected, real)
    verdicts = {mark.verdict for mark in expected}
    wanted = {"bad": "fail", "unknown": "unknown"}.get(case)
    if wanted and wanted not in verdicts:
        yield f"nothing in it is marked {wanted}"
    if case == "good" and verdicts:
        yield "a good example has no marks"


def _mark(finding: Finding, example: Path) -> Mark:
    """Where a finding stands; a path that is relative to a tree further out is cut down to the example's."""
    if finding.location is None:
        return Mark(finding.node, 0, finding.verdict.value)
    parts = finding.location.path.split("/")
    while len(parts) > 1 and not example.joinpath(*parts).exists():
        parts = parts[1:]
    return Mark("/".join(parts), finding.location.line, finding.verdict.value)


def _differences(expected: Counter[Mark], real: Counter[Mark]) -> Iterator[str]:
    for mark, count in sorted((expected - real).items()):
        yield f"{mark.path}:{mark.line} is marked {mark.verdict} and not found{_times(count)}"
    for mark, count in sorted((real - expected).items()):
        yield f"{mark.path}:{mark.line} is found {mark.verdict} and not marked{_times(count)}"


def _times(count: int) -> str:
    return f" ({count} times)" if count > 1 else ""
