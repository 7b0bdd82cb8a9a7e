"""What operations of JSON Patch take away from an object, and where a kustomization says so.

Source: kustomize's reference of kustomization.yaml (`patches`, `patchesJson6902`: `target`, `patch`, `path`), and
RFC 6902, "remove", with the pointers of RFC 6901.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scanner.model.location import SourceFile, Span
from scanner.model.value import Value, unwrap
from scanner.sources.kubernetes.traced import Written
from scanner.sources.kubernetes.yaml import load

_LISTS = ("patches", "patchesJson6902")
_TOLD = ("kind", "name")  # what of a target is compared; labels and annotations are not


def removals(
    value: Value, kustomization: Written, text: SourceFile, files: Mapping[str, SourceFile]
) -> dict[str, Span]:
    """The paths that a kustomization's operations take away from an object, and the operation's line. `files` are
    those that it names, by their path from its own folder."""
    found: dict[str, Span] = {}
    about = kustomization.value
    for key in _LISTS:
        entries = unwrap(about.get(key)) if isinstance(about, dict) else None
        for position, entry in enumerate(entries if isinstance(entries, list) else ()):
            if not isinstance(entry, dict) or not _meant(value, unwrap(entry.get("target"))):
                continue
            patch, path = unwrap(entry.get("patch")), unwrap(entry.get("path"))
            if isinstance(patch, str):
                here = kustomization.origins.nearest(f"{key}[{position}]")
                source, start, operations = text, here.start if here else 0, patch.encode()
            elif isinstance(path, str) and path in files:
                source, start, operations = files[path], 0, files[path].text
            else:
                continue
            for pointer in _removed(operations, source.path):
                if (span := _line(source, pointer, start)) is not None:
                    found[_path(pointer)] = span
    return found


def _meant(value: Value, target: Value) -> bool:
    """Whether a target surely means an object; its name may have gained a prefix or a suffix since."""
    if not isinstance(value, dict) or not isinstance(target, dict) or not any(target.get(each) for each in _TOLD):
        return False
    metadata = value.get("metadata")
    own = {"kind": value.get("kind"), "name": metadata.get("name") if isinstance(metadata, dict) else None}
    kind, name = (str(unwrap(target.get(each)) or "") for each in _TOLD)
    try:
        return (not kind or re.fullmatch(kind, str(own["kind"])) is not None) and (
            not name or re.search(name, str(own["name"])) is not None
        )
    except re.error:
        return False


def _removed(operations: bytes, path: str) -> Iterator[str]:
    """The pointers of a patch's removals."""
    for document in load(operations, path):
        for each in document.value if isinstance(document.value, list) else ():
            if isinstance(each, dict) and each.get("op") == "remove" and isinstance(each.get("path"), str):
                yield str(each["path"])


def _line(source: SourceFile, pointer: str, start: int) -> Span | None:
    """The line of a file that names a pointer, the first one after a place."""
    named = re.compile(
        rb"(?m)^[^\n]*\bpath[\"']?[ \t]*:[ \t]*[\"']?"
        + re.escape(pointer.encode())
        + rb"[\"']?[ \t]*[,}\r]?[^\n/]*$"
    )
    found = named.search(source.text, start)
    if found is None:
        return None
    lead = len(found[0]) - len(found[0].lstrip(b" \t-"))
    return Span(source.path, found.start() + lead, found.end())


def _path(pointer: str) -> str:
    """A JSON pointer as a path of an object: `/spec/containers/0/name` as `spec.containers[0].name`."""
    taken = ""
    for step in pointer.removeprefix("/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        taken += f"[{name}]" if name.isdigit() else f".{name}" if taken else name
    return taken
