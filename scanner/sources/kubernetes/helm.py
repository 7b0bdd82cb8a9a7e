"""Helm charts, rendered with their own values or those that were given, and traced to their templates."""

from __future__ import annotations

import posixpath
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import SourceFile, Span
from scanner.model.pod_security import NEWEST, minor
from scanner.model.resource import Resource
from scanner.sources.kubernetes import manifests
from scanner.sources.kubernetes.aligned import share
from scanner.sources.kubernetes.once import Once
from scanner.sources.kubernetes.origins import Origins
from scanner.sources.kubernetes.rendering import CHART, Find, Rendered, RenderFault, Values, run
from scanner.sources.kubernetes.traced import Lines, Settings, Templated
from scanner.sources.kubernetes.yaml import load
from scanner.sources.tree import Tree

_SOURCE = re.compile(rb"(?m)^# Source: (\S+)[ \t]*\n")
# The namespace of a release that nobody has named: what is put into it is left without one, since whoever installs
# the chart chooses. helm itself would say `default`.
_UNCHOSEN = "release-namespace"
_PUT_THERE = re.compile(rb"(?m)^ +namespace: *[\"']?" + _UNCHOSEN.encode() + rb"[\"']?[ \t]*\n?")
# What a template makes up at each rendering stands nowhere: a word that says so is put there, always the same.
_MADE_UP = re.compile(rb"\b(?:randAlphaNum|randAlpha|randAscii|randNumeric|randBytes|genPrivateKey|uuidv4)\b")
_MADE = b'coalesce "placeholder"'
# and so do certificates with their keys, of which templates read `.Cert` and `.Key`; what follows them becomes
# further entries that nobody reads (sprig's dict takes anything)
_SIGNED = re.compile(rb"\b(?:genCA|genSelfSignedCert|genSignedCert)(?:WithKey)?\b")
_PAIR = b'dict "Cert" "placeholder" "Key" "placeholder"'
_LACKS = "its dependencies are not in the tree"
_INSTALL = "install helm, or render it yourself: helm template {} | layerproof scan -"
_MISSING = re.compile(r"missing in charts|dependencies? .*(?:missing|not found)", re.IGNORECASE)


def charts(names: Sequence[str]) -> list[str]:
    """The directories of charts that are no part of another chart."""
    found = sorted(posixpath.dirname(name) or "." for name in names if posixpath.basename(name) == CHART)
    return [
        each for each in found if not any(_inside(each, f"{other}/charts") for other in found if other != each)
    ]


def _inside(path: str, folder: str) -> bool:
    return path.startswith(f"{folder.removeprefix('./')}/")


def owned(names: Sequence[str], chart: str) -> list[str]:
    """The files of a chart."""
    prefix = "" if chart == "." else f"{chart}/"
    return [name for name in names if name.startswith(prefix)]


def render(tree: Tree, chart: str, names: Sequence[str], values: Values, find: Find, once: Once) -> Rendered:
    """What a chart deploys; a diagnostic and nothing where it cannot be rendered."""
    files = {name: file for name in owned(names, chart) if (file := tree.read(name)) is not None}
    taken = frozenset(name for name in files if "/templates/" in f"/{name}" or name.endswith("values.yaml"))
    found = Rendered(chart, chart=True, taken=taken, environment=values.name, base=chart if values.name else "")
    place = Span(_named(chart, CHART), 0, 1)
    about = _about(files.get(_named(chart, CHART)))
    if about.get("type") == "library":
        return found
    program = find("helm")
    if program is None:
        found.partial = "helm is not installed"
        found.diagnostics.append(_failed(chart, place, found.partial, _INSTALL.format(chart)))
        return found
    try:
        held = frozenset((posixpath.relpath(path, chart), file.text) for path, file in files.items())
        given = (values.release, values.namespace, values.kubernetes, *(each.text for each in values.files))
        text, found.partial = once.text((held, given), partial(_rendered, program, chart, files, about, values))
    except RenderFault as fault:
        found.partial = str(fault)
        found.diagnostics.append(_failed(chart, place, found.partial, _remedy(chart, found.partial)))
        return found
    if found.partial:
        found.diagnostics.append(_partial(chart, place, found.partial))
    for source, part in _parts(text if values.namespace else _PUT_THERE.sub(b"", text)):
        found.resources.extend(_traced(_writer(tree, chart, source, part, files), chart, part, found, files))
    return found


def _remedy(chart: str, fault: str) -> str:
    if fault == _LACKS:
        return f"bring them: helm dependency build {chart}"
    if fault.startswith("cannot load "):
        return "correct that file; `helm lint` checks it"
    return f'give the values that it needs: [[charts]] path = "{chart}", values = [...] in layerproof.toml'


def _about(file: SourceFile | None) -> dict[str, Any]:
    """Chart.yaml as a mapping."""
    for document in load(file.text, file.path) if file is not None else ():
        if isinstance(document.value, dict):
            return document.value
    return {}


def _rendered(
    program: str, chart: str, files: Mapping[str, SourceFile], about: Mapping[str, Any], values: Values
) -> tuple[bytes, str]:
    """The text that helm prints for a copy of the chart, and what had to be left out of it."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name).resolve()
        for path, file in files.items():
            place = copy / "chart" / posixpath.relpath(path, chart)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(_settled(file.text) if "/templates/" in f"/{path}" else file.text)
        command = [program, "template", values.release, "chart"]
        for number, file in enumerate(values.files):
            (copy / f"values{number}.yaml").write_bytes(file.text)
            command += ["--values", f"values{number}.yaml"]
        command += ["--namespace", values.namespace or _UNCHOSEN]
        # helm itself believes in the version it was built for, which may be older than the chart asks for
        command += ["--kube-version", f"v1.{minor(values.kubernetes or NEWEST)}.0"]
        try:
            return run(command, copy), ""
        except RenderFault as fault:
            if not _MISSING.search(str(fault)):
                raise
            _without_dependencies(copy / "chart", about)
            try:
                return run(command, copy), _LACKS
            except RenderFault as again:
                raise RenderFault(_LACKS) from again


def _settled(template: bytes) -> bytes:
    """A template that makes nothing up."""
    return _SIGNED.sub(_PAIR, _MADE_UP.sub(_MADE, template))


def _without_dependencies(chart: Path, about: Mapping[str, Any]) -> None:
    """Take away the dependencies of a chart that are not vendored."""
    import yaml  # noqa: PLC0415 - only for charts that lack some

    there = [path.name for path in (chart / "charts").glob("*")] if (chart / "charts").is_dir() else []
    kept = [
        each
        for each in about.get("dependencies") or ()
        if isinstance(each, dict) and any(_is_of(name, str(each.get("name"))) for name in there)
    ]
    told = {key: value for key, value in about.items() if key != "dependencies"}
    (chart / CHART).write_text(yaml.safe_dump({**told, **({"dependencies": kept} if kept else {})}))
    (chart / "Chart.lock").unlink(missing_ok=True)


def _is_of(entry: str, name: str) -> bool:
    """Whether an entry of `charts/` is the chart of that name: its directory, or packed with a version."""
    return entry == name or re.fullmatch(rf"{re.escape(name)}-v?\d.*\.tgz", entry) is not None


def _parts(text: bytes) -> Iterator[tuple[str, bytes]]:
    """(template, what it gave) for each template, in the order of helm's output."""
    marks = list(_SOURCE.finditer(text))
    together: dict[str, list[bytes]] = {}
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=False):  # of no mark there is an end too
        together.setdefault(mark.group(1).decode("utf-8", "replace"), []).append(text[mark.end() : end])
    for source, parts in together.items():
        yield source, b"\n---\n".join(part.strip().removesuffix(b"---").rstrip() for part in parts)


_LITTLE, _MOST = 0.3, 0.6  # of the lines that were printed
_INCLUDES = re.compile(rb"\{\{-?\s*(?:include|template)\b")


def _writer(tree: Tree, chart: str, source: str, part: bytes, files: Mapping[str, SourceFile]) -> SourceFile | str:
    """The template that wrote what was printed: the one that helm names, or the helper that it only includes; the
    path alone where it is packed."""
    path = _named(chart, source.partition("/")[2])
    template = tree.read(path) if tree.exists(path) else None
    if template is None:
        return path
    if _INCLUDES.search(template.text) is None or share(part, template.text) >= _LITTLE:
        return template
    helpers = (file for name, file in files.items() if name.endswith(".tpl") and b"define" in file.text)
    found, _, helper = max(
        ((share(part, file.text), file.path, file) for file in helpers), default=(0.0, "", template)
    )
    return helper if found >= _MOST else template


def _traced(
    written: SourceFile | str, chart: str, part: bytes, found: Rendered, files: Mapping[str, SourceFile]
) -> Iterator[Resource]:
    """The objects of one template, at the template's own lines; of a packed subchart at the chart's first line."""
    template = None if isinstance(written, str) else written
    path = written if isinstance(written, str) else written.path
    lines = Lines(path, template.text, part) if template is not None else None
    resources, diagnostics, _ = manifests.read(SourceFile(path, part))
    for fault in diagnostics:
        at = lines.of(fault.span.start) if lines is not None and fault.span else Span(_named(chart, CHART), 0, 1)
        found.diagnostics.append(replace(fault, span=at))
    whole = Span(_named(chart, CHART), 0, 1)
    for resource in resources:
        address = resource.address._replace(root=root_of(found))
        if lines is None or not isinstance(resource.origins, Origins):
            yield replace(resource, address=address, span=whole, body=whole, origins={})
            continue
        body = Span(path, 0, len(template.text)) if template is not None else whole
        home = f"/{path}".partition("/templates/")[0].strip("/")
        values = files.get(_named(home or ".", "values.yaml"))
        settings = Settings(template.text, values) if values is not None and template is not None else None
        origins = Templated(resource.origins, lines, settings)
        yield replace(resource, address=address, span=lines.of(resource.span.start), body=body, origins=origins)


def root_of(found: Rendered) -> str:
    """What addresses call the root of a rendering."""
    return f"{found.root}@{found.environment}" if found.environment else found.root


def _named(chart: str, name: str) -> str:
    return name if chart == "." else f"{chart}/{name}"


def _failed(chart: str, place: Span, why: str, remedy: str) -> Diagnostic:
    return Diagnostic(
        Level.WARNING, "render-template", f"the chart {chart} cannot be judged: {why}", place, remedy
    )


def _partial(chart: str, place: Span, why: str) -> Diagnostic:
    summary = f"the chart {chart} was rendered in part: {why}"
    return Diagnostic(
        Level.WARNING, "render-partial", summary, place, f"bring them: helm dependency build {chart}"
    )
