"""All of Kubernetes in a tree as units: charts and overlays as they render, other manifests as they stand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import SourceFile, Span
from scanner.model.report import Coverage
from scanner.model.resource import Resource
from scanner.sources.kubernetes import images, manifests
from scanner.sources.kubernetes.deployed import Deployed, chart_of, printings
from scanner.sources.kubernetes.rendering import CHART, OVERLAYS, Find, Rendered, Values
from scanner.sources.terraform.read import Unit
from scanner.sources.tree import Tree

if TYPE_CHECKING:
    from scanner.sources.kubernetes.kustomize import Overlay
    from scanner.sources.kubernetes.once import Once

_WORTH_PROCESSES = 64  # files; fewer are read sooner than a second process starts
_ALIKE = 2  # objects to a file, at least, of what a program has written out
_MANIFESTS = (".yaml", ".yml", ".json")
STDIN = "<stdin>"


@dataclass(slots=True)
class Asked:
    """What of a tree is read: `names` of its chosen files without those that others have taken, `only` where the
    user named files, text from standard input, how charts are rendered, the programs that render (`find` is None
    where nothing shall be rendered), and the version of Kubernetes that they render for."""

    tree: Tree
    names: Sequence[str]
    only: Sequence[str] = ()
    stdin: bytes | None = None
    jobs: int = 1
    charts: Mapping[str, tuple[Values, ...]] = field(default_factory=dict)
    values: tuple[SourceFile, ...] = ()
    find: Find | None = None
    ours: int = 0
    kubernetes: str = ""


def units(asked: Asked) -> Iterator[Unit]:
    """One unit for each rendering, then one for all manifests that stand by themselves."""
    taken: set[str] = set()
    rendered = Deployed()
    built_images = _built_images(asked)
    for found in _renderings(asked):
        taken |= found.taken
        unit = Unit(_root_of(found), directory=found.base or found.root, environment=found.environment)
        unit.resources = list(manifests.distinct(found.resources))
        built_images.settle(unit.resources)
        unit.diagnostics = found.diagnostics
        if found.partial:
            unit.coverage = [Coverage(unit.root, "partial", found.partial, len(unit.resources))]
        asked.ours += bool(found.taken)
        if not found.chart:
            _told_as_chart(rendered, unit)
        rendered.add(unit, chart=found.chart)
        if unit.resources or unit.diagnostics:
            yield unit
    yield from _plain(asked, taken, rendered, built_images)


def _told_as_chart(rendered: Deployed, unit: Unit) -> None:
    """An overlay of what a chart gave, written out: as an environment of the chart. What a program wrote stands in
    few files; manifests that each have their own are the source, and the chart may be a copy of them."""
    files = {each.span.path for each in unit.resources}
    if len(files) * _ALIKE > len(unit.resources):
        return
    found = rendered.variant(unit.root, unit.resources, charts=True)
    if found is not None and not unit.environment:
        unit.root, unit.directory, unit.environment = found.root, found.directory, found.environment
        unit.resources, unit.own = found.resources, found.own


def _built_images(asked: Asked) -> images.Settled:
    """What skaffold tags has no tag yet, rendered or not; kustomize has said its own."""
    listed = asked.names if asked.tree.whole else asked.tree.everything()
    return images.Settled([name for name in listed if name.rpartition("/")[2] not in OVERLAYS], asked.tree.read)


def _root_of(found: Rendered) -> str:
    name = found.base or found.root
    return f"{name}@{found.environment}" if found.environment else found.root


def _renderings(asked: Asked) -> Iterator[Rendered]:
    """What charts and overlays deploy, by several programs side by side; of an overlay that cannot be built, what
    its bases do."""
    if asked.find is None:
        return
    listed = asked.tree.everything() if asked.only or not asked.tree.whole else asked.names
    found = {name.rpartition("/")[2] for name in listed}
    if not found & {CHART, *OVERLAYS}:
        return
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only where something is rendered

    from scanner.sources.kubernetes.kustomize import below, overlays  # noqa: PLC0415 - as above
    from scanner.sources.kubernetes.once import Once  # noqa: PLC0415 - as above

    once = Once()
    every = overlays(asked.tree, listed)
    work = [*_charts(asked, asked.find, listed, once), *_overlays(asked, asked.find, every, every, once)]
    taken: set[str] = set()
    tried = {each.root: each for each in every}
    failed: set[str] = set()
    deeper = False
    with ThreadPoolExecutor(_cores()) as pool:
        while work:
            unbuilt = []
            for each in pool.map(lambda each: each(), work):
                taken |= each.taken
                if each.unbuilt:
                    unbuilt.append(each.root)
                    each.diagnostics = [] if deeper else each.diagnostics  # the overlay has told of its bases
                yield each
            failed.update(unbuilt)
            bases = [each for each in below(asked.tree, unbuilt, taken) if each.root not in tried]
            tried |= {each.root: each for each in bases}
            built = [each for root, each in tried.items() if root not in failed]
            work = list(_overlays(asked, asked.find, bases, built, once))
            deeper = True


def _cores() -> int:
    """How many programs run side by side: one for each core that is ours, and never less than two."""
    ours = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(ours, 2)


def _charts(asked: Asked, find: Find, listed: Sequence[str], once: Once) -> Iterator[Callable[[], Rendered]]:
    from scanner.sources.kubernetes.helm import charts, owned, render  # noqa: PLC0415 - as above

    chosen = set(asked.only or asked.names)
    for chart in charts(listed):
        if not chosen.intersection(owned(listed, chart)):
            continue
        for values in asked.charts.get(chart, (Values(),)):
            given = replace(values, files=(*values.files, *asked.values), kubernetes=asked.kubernetes)
            yield partial(render, asked.tree, chart, listed, given, find, once)


def _overlays(
    asked: Asked, find: Find, every: Sequence[Overlay], beside: Sequence[Overlay], once: Once
) -> Iterator[Callable[[], Rendered]]:
    from scanner.sources.kubernetes.kustomize import render  # noqa: PLC0415 - as above

    chosen = set(asked.only or asked.names)
    for overlay in every:
        if chosen.intersection(overlay.files):
            others = [each for each in beside if each is not overlay]
            yield partial(render, asked.tree, overlay, find, once, shared=others)


def _plain(asked: Asked, taken: set[str], rendered: Deployed, built_images: images.Settled) -> Iterator[Unit]:
    """The manifests that are no part of what was rendered, and not the same written out; what was rendered with
    other settings and written out, as an environment of what it was rendered from."""
    unit = Unit("manifests")
    tree = asked.tree
    charts: dict[str, list[Diagnostic]] = {}
    chosen = (
        name for name in asked.names if name.endswith(_MANIFESTS) and not name.endswith((".tf.json", ".tofu.json"))
    )
    files = [file for name in chosen if name not in taken and (file := tree.read(name)) is not None]
    if asked.stdin is not None:
        files.append(SourceFile(STDIN, asked.stdin))
        tree.files.add(files[-1])
    printed: dict[str, list[tuple[SourceFile, _Read]]] = {}  # by chart
    for file, read_file in zip(files, _read(files, asked.jobs), strict=True):
        named = file.path in (*asked.only, STDIN)
        root = None if named else rendered.holds(read_file[0])
        chart = "" if named else chart_of(file.text)
        copied = None if named or chart or root is not None else rendered.variant(file.path, read_file[0])
        if root is not None:
            asked.ours += 1
            told = f"what {root} renders, written out: judged there"
            unit.diagnostics.append(Diagnostic(Level.NOTE, "render-repeated", told, Span(file.path, 0, 1)))
        elif chart and read_file[0]:
            printed.setdefault(chart, []).append((file, read_file))
        elif copied is not None:
            yield _taken_as_copy(asked, copied, [read_file], built_images)
        else:
            _enter(asked, unit, file, read_file, charts)
    for held in printed.values():
        by_path = {file.path: (file, read_file) for file, read_file in held}
        for copied, paths in _printed({path: read_file[0] for path, (_, read_file) in by_path.items()}, rendered):
            if copied is not None:
                yield _taken_as_copy(asked, copied, [by_path[path][1] for path in paths], built_images)
            else:
                for path in paths:
                    _enter(asked, unit, *by_path[path], charts)
    unit.resources = list(manifests.distinct(unit.resources))
    committed = [each for each in unit.resources if each.span.path != STDIN]
    if committed:
        images.Settled(asked.names if tree.whole else tree.everything(), tree.read).settle(committed)
    unit.diagnostics.extend(_one_per_chart(charts))
    if unit.resources or unit.diagnostics:
        yield unit


def _printed(
    held: Mapping[str, Sequence[Resource]], rendered: Deployed
) -> Iterator[tuple[Unit | None, list[str]]]:
    """What was printed of one chart, with the files that hold it; None where it stands alone."""
    several = list(printings(list(held.items())))
    for called, paths in several:
        resources = [each for path in paths for each in held[path]]
        copied = rendered.variant(called, resources)
        if copied is None and len(several) > 1:
            copied = rendered.first(called, resources)
        yield copied, paths


def _taken_as_copy(asked: Asked, copied: Unit, reads: Sequence[_Read], built_images: images.Settled) -> Unit:
    asked.ours += len(reads)
    copied.diagnostics.extend(each for read_file in reads for each in read_file[1])
    built_images.settle(copied.resources)
    return copied


_Read = tuple[list[Resource], list[Diagnostic], bool]


def _read(files: Sequence[SourceFile], jobs: int) -> Iterator[_Read]:
    """Each file read, in order; by several processes where that was asked for and is worth their start."""
    if jobs == 1 or len(files) < _WORTH_PROCESSES:
        yield from map(manifests.read, files)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - only with --jobs
    from multiprocessing import get_context  # noqa: PLC0415 - as above

    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(manifests.read, files, chunksize=16)


def _enter(asked: Asked, unit: Unit, file: SourceFile, read: _Read, charts: dict[str, list[Diagnostic]]) -> None:
    resources, diagnostics, ours = read
    asked.ours += ours
    unit.resources.extend(resources)
    for diagnostic in diagnostics:
        template = diagnostic.code == "render-template"
        chart = manifests.chart_root(file.path, asked.tree.exists) if template else None
        if chart is None:
            unit.diagnostics.append(diagnostic)
        else:
            charts.setdefault(chart, []).append(diagnostic)


def _one_per_chart(charts: dict[str, list[Diagnostic]]) -> Iterator[Diagnostic]:
    for chart, found in sorted(charts.items()):
        count = f"{len(found)} templates" if len(found) > 1 else "1 template"
        yield Diagnostic(
            Level.WARNING,
            "render-template",
            f"{chart} is a Helm chart with {count} that must be rendered before it can be judged",
            found[0].span,
            f"helm template {chart} | layerproof scan -",
        )
