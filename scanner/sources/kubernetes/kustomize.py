"""Kustomize overlays, built on a copy of what they name, and traced to the base or patch that says each thing."""

from __future__ import annotations

import posixpath
import re
import tempfile
from collections.abc import Hashable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import SourceFile, Span
from scanner.model.resource import Resource
from scanner.model.value import Value, unwrap
from scanner.sources.kubernetes import manifests
from scanner.sources.kubernetes.generated import Generated
from scanner.sources.kubernetes.once import Once
from scanner.sources.kubernetes.removed import removals
from scanner.sources.kubernetes.rendering import OVERLAYS, Find, Rendered, RenderFault, run
from scanner.sources.kubernetes.traced import Layered, Written
from scanner.sources.kubernetes.yaml import load
from scanner.sources.tree import Tree

_ORIGIN = "config.kubernetes.io/origin"
_DIRECTORIES = ("resources", "bases", "components")
_PLAIN = ("crds", "configurations", "generators", "transformers", "validators", "patchesStrategicMerge")
_KEYED = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")
_BUILD = "build it yourself: kustomize build {} | layerproof scan -"
_INSTALL = f"install kustomize (or kubectl), or {_BUILD}"
_MOST_FILES = 5000  # of one overlay


@dataclass(slots=True)
class Overlay:
    """One kustomization with all that it names. `remote` are bases that would have to be fetched, `bases` the
    directories of kustomizations that it builds on, the nearest first."""

    root: str
    files: dict[str, SourceFile] = field(default_factory=dict)
    kustomizations: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    remote: list[str] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)
    patches: list[str] = field(default_factory=list)
    refused: str = ""
    faults: list[Diagnostic] = field(default_factory=list)


def overlays(tree: Tree, names: Sequence[str]) -> list[Overlay]:
    """The kustomizations that no other one names, with what they are made of."""
    found = sorted({posixpath.dirname(name) or "." for name in names if posixpath.basename(name) in OVERLAYS})
    read = [_read(tree, root) for root in found]
    used = {base for each in read for base in each.bases}
    return [
        each
        for each in read
        if each.root not in used and each.kustomizations.get(each.root, {}).get("kind") != "Component"
    ]


def _read(tree: Tree, root: str) -> Overlay:
    """Follow a kustomization to every file it names."""
    overlay = Overlay(root)
    work = [root]
    while work:
        here = work.pop(0)
        if here in overlay.kustomizations:
            continue
        if here != root:
            overlay.bases.append(here)
        name = next((each for each in OVERLAYS if tree.exists(_join(here, each))), None)
        about = _mapping(tree, _join(here, name), overlay) if name else {}
        overlay.kustomizations[here] = about
        if about.get("helmCharts") or about.get("helmChartInflationGenerator"):
            overlay.refused = "it inflates Helm charts, which would be fetched"
        for entry, of_directory in _entries(about):
            path = _join(here, entry)
            if len(overlay.files) > _MOST_FILES:
                overlay.refused = f"it names more than {_MOST_FILES} files"
                return overlay
            if of_directory and any(tree.exists(_join(path, each)) for each in OVERLAYS):
                work.append(path)
            elif tree.exists(path):
                file = tree.read(path)
                if file is not None:
                    overlay.files[path] = file
                if not of_directory:
                    overlay.patches.append(path)
            elif of_directory:
                overlay.remote.append(entry)
            else:
                overlay.missing.append(path)
    return overlay


def below(tree: Tree, unbuilt: Sequence[str], taken: Set[str]) -> list[Overlay]:
    """What overlays that cannot be built build on, each to be built by itself: their nearest bases but components,
    which change what others hold, and what is part of an overlay that was built (`taken`, its files)."""
    named = dict.fromkeys(base for root in unbuilt for base in _nearest(tree, root))
    read = [_read(tree, root) for root in named]
    used = {base for each in read for base in each.bases}
    return [
        each
        for each in read
        if each.root not in used
        and each.kustomizations[each.root].get("kind") != "Component"
        and not any(_join(each.root, name) in taken for name in OVERLAYS)
    ]


def _nearest(tree: Tree, root: str) -> list[str]:
    """The directories of kustomizations that a kustomization names itself."""
    overlay = _read(tree, root)
    entries = (_join(root, entry) for entry, _ in _entries(overlay.kustomizations[root]))
    return [path for path in entries if path in overlay.kustomizations]


def _join(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))


def _mapping(tree: Tree, path: str, overlay: Overlay) -> dict[str, Any]:
    file = tree.read(path)
    if file is None:
        return {}
    overlay.files[path] = file
    for document in load(file.text, path):
        if document.broken:
            overlay.refused = f"{path} does not parse"
            overlay.faults.extend(document.diagnostics)
        if isinstance(document.value, dict):
            return document.value
    return {}


def _entries(about: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The paths that a kustomization names, and whether each may be a directory."""
    for key in _DIRECTORIES:
        yield from ((each, True) for each in _texts(about.get(key)))
    for key in _PLAIN:
        yield from ((each, False) for each in _texts(about.get(key)) if "\n" not in each)
    for key in _KEYED:
        for each in about.get(key) or ():
            if isinstance(each, dict) and isinstance(each.get("path"), str):
                yield each["path"], False
    for key in _GENERATORS:
        for each in about.get(key) or ():
            for kind in ("files", "envs", "env"):
                named = each.get(kind) if isinstance(each, dict) else None
                listed = [named] if isinstance(named, str) else _texts(named)
                yield from ((path.rpartition("=")[2], False) for path in listed)


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def render(tree: Tree, overlay: Overlay, find: Find, once: Once, *, shared: Sequence[Overlay] = ()) -> Rendered:
    """What an overlay deploys; a diagnostic and nothing where it cannot be built. Where other overlays (`shared`)
    build on the same base, findings in the base are those of all."""
    found = Rendered(overlay.root, taken=frozenset(overlay.files))
    common = next((base for base in overlay.bases if any(base in each.bases for each in shared)), "")
    if common:
        found.base, found.environment = common, overlay.root
    own = next(
        (_join(overlay.root, each) for each in OVERLAYS if tree.exists(_join(overlay.root, each))), overlay.root
    )
    place = Span(own, 0, 1)
    kustomize = find("kustomize")
    kubectl = None if kustomize else find("kubectl")
    command = [kustomize, "build"] if kustomize else [kubectl, "kustomize"] if kubectl else None
    if overlay.refused or command is None:
        why = overlay.refused or "kustomize is not installed"
        remedy = "correct the YAML" if overlay.faults else _BUILD if overlay.refused else _INSTALL
        found.diagnostics += [_failed(overlay.root, place, why, remedy.format(overlay.root)), *overlay.faults]
        found.taken = frozenset()
        found.unbuilt = command is not None
        return found
    try:
        text, _ = once.text(_made_of(overlay), partial(_built, [str(each) for each in command], overlay))
    except RenderFault as fault:
        found.diagnostics.append(_failed(overlay.root, place, str(fault), _BUILD.format(overlay.root)))
        found.taken = frozenset()
        found.unbuilt = True
        return found
    if overlay.remote:
        named = ", ".join(overlay.remote[:3]) + (" and others" if len(overlay.remote) > 3 else "")
        found.partial = f"bases outside the tree are not fetched ({named})"
        found.diagnostics.append(_partial(overlay.root, place, found.partial))
    sources = _Sources(overlay, once.written)
    for document in re.split(rb"(?m)^---[ \t]*$\n?", text):
        if document.strip():
            found.resources.extend(_traced(document, overlay, sources, own, found))
    return found


def _made_of(overlay: Overlay) -> Hashable:
    """All that the text of an overlay depends on: what it names, from where it lies."""
    held = ((posixpath.relpath(path, overlay.root), file.text) for path, file in overlay.files.items())
    places = (*overlay.missing, "", *overlay.kustomizations)
    return frozenset(held), tuple(each and posixpath.relpath(each, overlay.root) for each in places)


def _built(command: list[str], overlay: Overlay) -> tuple[bytes, str]:
    """What kustomize prints for a copy of the overlay that has it say where each object is from."""
    import yaml  # noqa: PLC0415 - only where an overlay is

    with tempfile.TemporaryDirectory() as name:
        copy = Path(name).resolve()
        for path, file in overlay.files.items():
            _put(copy / path, file.text)
        for path in overlay.missing:
            _put(copy / path, b"")
        for folder, about in overlay.kustomizations.items():
            dropped = [
                each for each in overlay.remote if any(each in _texts(about.get(key)) for key in _DIRECTORIES)
            ]
            if folder != overlay.root and not dropped:
                continue
            told: dict[str, Any] = {str(key): _plain(value) for key, value in about.items()}
            for key in _DIRECTORIES:
                if dropped and isinstance(told.get(key), list):
                    told[key] = [each for each in told[key] if each not in dropped]
            if folder == overlay.root:
                told["buildMetadata"] = sorted({*_texts(told.get("buildMetadata")), "originAnnotations"})
            for each in OVERLAYS:
                (copy / folder / each).unlink(missing_ok=True)
            _put(copy / folder / OVERLAYS[0], yaml.safe_dump(told, sort_keys=False).encode())
        flags = ["--load-restrictor", "LoadRestrictionsNone"]  # the copy holds nothing else
        return run([*command, *flags, overlay.root], copy), ""


def _plain(value: Any) -> Any:
    value = unwrap(value)
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _put(path: Path, text: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)


class _Sources:
    """The objects that the files of an overlay write, by file, and its patches."""

    def __init__(self, overlay: Overlay, by_file: dict[str, list[Written]]) -> None:
        """`by_file` is what was read for other overlays of the tree, which often share their bases."""
        self._overlay = overlay
        self._by_file = by_file
        self.patches = [each for path in reversed(overlay.patches) for each in self.of(path)]

    def generated(self, path: str, kind: str, name: str) -> Generated | None:
        """What a kustomization says of an object that it generates (under a name with a hash after it)."""
        key = "configMapGenerator" if kind == "ConfigMap" else "secretGenerator"
        for written in self.of(self._named(path)):
            about = written.value.get(key) if isinstance(written.value, dict) else None
            for position, each in enumerate(about if isinstance(about, list) else ()):
                said = each.get("name") if isinstance(each, dict) else None
                own = name.rpartition("/")[2].partition("@")[0]
                if isinstance(said, str) and (said == own or re.fullmatch(rf".*{re.escape(said)}(-\w+)?", own)):
                    return Generated(written.origins, f"{key}[{position}]", each, self._settings(path, each))
        return None

    def removed(self, value: Value) -> dict[str, Span]:
        """The paths of an object that operations of JSON Patch take away, and where."""
        found: dict[str, Span] = {}
        for folder in self._overlay.kustomizations:
            path = self._named(_join(folder, OVERLAYS[0]))
            near = {
                posixpath.relpath(each, folder): file
                for each, file in self._overlay.files.items()
                if b"remove" in file.text
            }
            for written in self.of(path) if near else ():
                found |= removals(value, written, self._overlay.files[path], near)
        return found

    def _settings(self, path: str, about: dict[str, Any]) -> tuple[SourceFile, ...]:
        """The files of names and values that a generator reads."""
        listed = [*_texts(about.get("envs")), *_texts([about.get("env")])]
        paths = [_join(posixpath.dirname(path), each) for each in listed]
        return tuple(self._overlay.files[each] for each in paths if each in self._overlay.files)

    def _named(self, path: str) -> str:
        """The kustomization of a folder under the name that it has in the tree (the copy renames the root's)."""
        folder = posixpath.dirname(path)
        return next((each for name in OVERLAYS if (each := _join(folder, name)) in self._overlay.files), path)

    def of(self, path: str) -> list[Written]:
        file = self._overlay.files.get(path)
        if file is None:
            return []
        found = self._by_file.get(path)
        if found is None:
            documents = load(file.text, path)
            found = [Written(each.value, each.origins) for each in documents if isinstance(each.value, dict)]
            self._by_file[path] = found
        return found


def _traced(document: bytes, overlay: Overlay, sources: _Sources, own: str, found: Rendered) -> Iterator[Resource]:
    """The object of one document, at its base's and patches' lines; what is generated, at the kustomization."""
    resources, diagnostics, _ = manifests.read(SourceFile(own, document))
    found.diagnostics.extend(replace(each, span=Span(own, 0, 1)) for each in diagnostics)
    for resource in resources:
        value = dict(resource.attributes)
        path, generator = _origin(value, overlay.root)
        root = f"{found.base}@{overlay.root}" if found.base else overlay.root
        address = resource.address._replace(root=root)
        base = _match(value, sources.of(path)) if path else None
        if base is None and generator:
            made = sources.generated(generator, str(resource.type.rpartition("/")[2]), resource.address.name)
            if made is not None:
                yield replace(resource, attributes=value, address=address, span=made.span, body=None, origins=made)
                continue
        if base is None:
            yield replace(resource, attributes=value, address=address, span=Span(own, 0, 1), body=None, origins={})
            continue
        patches = tuple(each for each in sources.patches if _same(value, each.value))
        files = tuple(overlay.files.values())
        origins = Layered(value, (*patches, base), files, sources.removed(value))
        span = base.origins.get("kind") or Span(path, 0, 1)
        body = Span(path, 0, len(overlay.files[path].text))
        yield replace(resource, attributes=value, address=address, span=span, body=body, origins=origins)


def _origin(value: dict[str, Value], root: str) -> tuple[str, str]:
    """The file that an object is from, by its annotation, which is taken away, and the kustomization that made it,
    where it was generated; "" for what does not hold.
    """
    metadata = value.get("metadata")
    notes = metadata.get("annotations") if isinstance(metadata, dict) else None
    if not isinstance(metadata, dict) or not isinstance(notes, dict):
        return "", ""
    text = str(unwrap(notes.get(_ORIGIN)) or "")
    kept = {name: each for name, each in notes.items() if name != _ORIGIN}
    left = {name: each for name, each in metadata.items() if name != "annotations"}
    value["metadata"] = {**left, **({"annotations": kept} if kept else {})}
    path, maker = re.search(r"(?m)^path: (.+)$", text), re.search(r"(?m)^configuredIn: (.+)$", text)
    told = [_join(root, each.group(1).strip()) if each else "" for each in (path, maker)]
    return told[0], "" if told[0] else told[1]


def _match(value: Mapping[str, Value], written: Sequence[Written]) -> Written | None:
    """The object of a file that a rendered one comes from: of its kind, by its name, which may have gained a
    prefix, a suffix or a hash."""
    alike = [
        each for each in written if isinstance(each.value, dict) and each.value.get("kind") == value.get("kind")
    ]
    name = _name(value)
    exact = [each for each in alike if _name(each.value) == name]
    near = exact or [each for each in alike if _name(each.value) and _name(each.value) in name]
    return max(near, key=lambda each: len(_name(each.value)), default=alike[0] if len(alike) == 1 else None)


def _same(value: Mapping[str, Value], patch: Value) -> bool:
    if not isinstance(patch, dict) or patch.get("kind") != value.get("kind"):
        return False
    name = _name(patch)
    return bool(name) and name in _name(value)


def _name(value: Value) -> str:
    metadata = value.get("metadata") if isinstance(value, dict) else None
    return str(unwrap(metadata.get("name")) or "") if isinstance(metadata, dict) else ""


def _failed(root: str, place: Span, why: str, remedy: str) -> Diagnostic:
    summary = f"the overlay {root} was not built, what it is made of is judged by itself: {why}"
    return Diagnostic(Level.WARNING, "render-overlay", summary, place, remedy)


def _partial(root: str, place: Span, why: str) -> Diagnostic:
    summary = f"the overlay {root} was built in part: {why}"
    remedy = f"build it where they can be fetched: kustomize build {root} | layerproof scan -"
    return Diagnostic(Level.WARNING, "render-partial", summary, place, remedy)
