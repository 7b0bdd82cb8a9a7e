"""Images that are named anew on the way to the cluster: by skaffold and Tilt, which tag what they build, and by
kustomize.

Sources: skaffold's reference of skaffold.yaml (`build.artifacts[].image`), Tilt's API reference (the first
argument of `docker_build`, `custom_build` and the extension `docker_build_with_restart`) and kustomize's of
kustomization.yaml (`images`: `name`, `newName`, `newTag`, `digest`; `resources`, `bases`, `components`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from scanner.model.location import SourceFile
from scanner.model.resource import Resource
from scanner.model.value import Cause, Unknown, Value, unwrap
from scanner.sources.kubernetes.rendering import OVERLAYS

Read = Callable[[str], SourceFile | None]

_SKAFFOLD = re.compile(r"skaffold(?:[.-][\w.-]*)?\.ya?ml$")
_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_BUILT = Unknown("skaffold tags this image when it builds it", Cause.OUTSIDE_SCAN)
_TILTED = Unknown("Tilt tags this image when it builds it", Cause.OUTSIDE_SCAN)
_TILT = "Tiltfile"
_TILT_BUILD = re.compile(
    rb"(?m)^\s*(?:docker|custom)_build(?:_with_restart)?\(\s*(?:ref\s*=\s*)?[\"']([^\"'@]+)[\"']"
)
_MOST_STEPS = 10_000  # overlays walked through, all told


class Settled:
    """What skaffold, Tilt and kustomize make of the images of a tree. `names` are its files; without a file of
    these tools nothing is read, and each of them is read once."""

    def __init__(self, names: Sequence[str], read: Read) -> None:
        self._tools = [name for name in names if _is_tool(posixpath.basename(name))]
        self._names = names if self._tools else ()
        self._read = read

    def settle(self, resources: Iterable[Resource]) -> None:
        """Give containers the image that is deployed: kustomize's where a kustomization says it, unknown where
        skaffold or Tilt tags it."""
        if not self._tools:
            return
        for resource in resources:
            path = resource.span.path
            here = [each for each in self._built if not each.folder or path.startswith(f"{each.folder}/")]
            chain = self._chains.get(path, [])
            if here or chain:
                for container in _containers(resource.attributes):
                    container["image"] = _deployed(container["image"], chain, here)

    @cached_property
    def _built(self) -> list[_Builds]:
        return _built(self._tools, self._read)

    @cached_property
    def _chains(self) -> dict[str, list[_Chain]]:
        return _chains(self._tools, self._read, frozenset(self._names))


def _is_tool(name: str) -> bool:
    return name in OVERLAYS or name == _TILT or _SKAFFOLD.match(name) is not None


def _containers(attributes: dict[str, Value]) -> Iterator[dict[str, Value]]:
    """The containers of an object that name an image, wherever its pods are described."""
    stack: list[Value] = [attributes]
    while stack:
        item = unwrap(stack.pop())
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            stack.extend(item.values())
            for name in _CONTAINERS:
                listed = unwrap(item.get(name))
                for each in listed if isinstance(listed, list) else ():
                    if isinstance(each, dict) and isinstance(each.get("image"), str):
                        yield each


def _deployed(image: Value, chains: Sequence[_Chain], built: Sequence[_Builds]) -> Value:
    """What becomes of an image: of several overlays, the one that fixes it least counts."""
    if not isinstance(image, str):
        return image
    found = [_renamed(image, chain) for chain in chains] or [image]
    image = next((each for each in found if _moves(each)), found[0])
    if not _moves(image):
        return image
    return next((each.told for each in built if _split(image)[0] in each.images), image)


def _split(image: str) -> tuple[str, str]:
    """The name of an image, and the tag or digest that follows it with its sign ("" without one)."""
    name, at, digest = image.partition("@")
    folder, slash, last = name.rpartition("/")
    base, colon, tag = last.partition(":")
    return f"{folder}{slash}{base}", f"{at}{digest}" if at else f"{colon}{tag}"


def _moves(image: str) -> bool:
    return _split(image)[1] in ("", ":", ":latest")


# skaffold and Tilt


class _Builds(NamedTuple):
    """What a tool builds for the manifests under a folder, and what is told of such an image."""

    folder: str
    images: frozenset[str]
    told: Unknown


def _built(tools: Iterable[str], read: Read) -> list[_Builds]:
    found = []
    for name in tools:
        last = posixpath.basename(name)
        if last == _TILT:
            found.append(_Builds(posixpath.dirname(name), frozenset(_tilted(name, read)), _TILTED))
        elif _SKAFFOLD.match(last):
            found.append(_Builds(posixpath.dirname(name), frozenset(_tagged(name, read)), _BUILT))
    return found


def _tilted(name: str, read: Read) -> Iterator[str]:
    """The images that a Tiltfile builds and no registry holds: those with a tag are deployed by others, too."""
    file = read(name)
    for each in _TILT_BUILD.finditer(file.text) if file is not None else ():
        image = each[1].decode("utf-8", "replace")
        if not _split(image)[1]:
            yield image


def _tagged(name: str, read: Read) -> Iterator[str]:
    """The images that a skaffold.yaml builds."""
    for document in _documents(name, read):
        if not str(document.get("apiVersion")).startswith("skaffold/"):
            continue
        for part in (document, *_objects(document, "profiles")):
            for artifact in _objects(_object(part, "build"), "artifacts"):
                if isinstance(image := artifact.get("image"), str):
                    yield image


# kustomize


@dataclass(frozen=True, slots=True)
class _Rename:
    """One entry of `images`; what is not said is None."""

    name: str
    new_name: str | None
    ending: str | None


_Chain = tuple[_Rename, ...]


@dataclass(slots=True)
class _Kustomization:
    component: bool = False
    images: list[_Rename] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)


def _renamed(image: str, chain: _Chain) -> str:
    for rename in chain:
        name, ending = _split(image)
        if name == rename.name:
            image = (rename.new_name or name) + (ending if rename.ending is None else rename.ending)
    return image


def _chains(tools: Iterable[str], read: Read, names: frozenset[str]) -> dict[str, list[_Chain]]:
    """The renamings that each manifest goes through, once for each overlay that nothing else lists."""
    known = {
        posixpath.dirname(name): _kustomization(name, read)
        for name in tools
        if posixpath.basename(name) in OVERLAYS
    }
    listed = {path for each in known.values() for path in (*each.resources, *each.components)}
    found: dict[str, list[_Chain]] = {}
    stack: list[tuple[str, _Chain, frozenset[str]]] = [
        (folder, (), frozenset()) for folder, each in known.items() if folder not in listed and not each.component
    ]
    for _ in range(_MOST_STEPS):
        if not stack:
            break
        folder, outer, above = stack.pop()
        here = known[folder]
        parts = [known[each] for each in here.components if each in known]
        chain = (*(rename for each in (*parts, here) for rename in each.images), *outer)
        for path in (path for each in (here, *parts) for path in each.resources):
            if path in known and path not in above:
                stack.append((path, chain, above | {folder}))
            elif path in names:
                found.setdefault(path, []).append(chain)
    return found


def _kustomization(name: str, read: Read) -> _Kustomization:
    found = _Kustomization()
    folder = posixpath.dirname(name)
    for document in _documents(name, read):
        found.component = document.get("kind") == "Component"
        found.resources += _paths(document, "resources", folder) + _paths(document, "bases", folder)
        found.components += _paths(document, "components", folder)
        found.images += [
            _rename(entry) for entry in _objects(document, "images") if isinstance(entry.get("name"), str)
        ]
    return found


def _rename(entry: dict[str, Value]) -> _Rename:
    new_name, tag, digest = entry.get("newName"), entry.get("newTag"), entry.get("digest")
    ending = f"@{digest}" if digest else f":{tag}" if tag not in (None, "") else None
    return _Rename(entry["name"], new_name if isinstance(new_name, str) and new_name else None, ending)


def _paths(document: dict[str, Value], key: str, folder: str) -> list[str]:
    listed = document.get(key)
    paths = [
        posixpath.normpath(posixpath.join(folder, each))
        for each in (listed if isinstance(listed, list) else ())
        if isinstance(each, str) and "://" not in each
    ]
    return ["" if path == "." else path for path in paths]


# reading


def _documents(name: str, read: Read) -> Iterator[dict[str, Value]]:
    """The objects in a file; what cannot be read says nothing (manifests tell of it)."""
    from scanner.sources.kubernetes.yaml import load  # noqa: PLC0415 - few trees name their tools

    file = read(name)
    for document in load(file.text, file.path) if file is not None else ():
        if isinstance(document.value, dict):
            yield document.value


def _object(value: dict[str, Value], key: str) -> dict[str, Value]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _objects(value: dict[str, Value], key: str) -> list[dict[str, Value]]:
    found = value.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
