"""Plan and state files: which file is one is told by what it holds, not by its name."""

from __future__ import annotations

import json
import posixpath
from dataclasses import dataclass
from typing import Any

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import SourceFile, Span

_UTF8 = b"\xef\xbb\xbf"
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_STATE_VERSION = 4
_SUFFIXES = (".json", ".tfstate", ".tfplan")
_REMEDY = "make it anew: terraform show -json PLANFILE > plan.json"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that terraform wrote. `form` is "plan" and "shown" (what `terraform show -json` tells of a plan or a
    state) or "state" (a state file, version 4); the file's text is UTF-8 without a mark."""

    form: str
    file: SourceFile
    document: dict[str, Any]

    @property
    def directory(self) -> str:
        """The directory of the file in the tree, "." for its root."""
        return posixpath.dirname(self.file.path) or "."


def may_be(name: str) -> bool:
    """Whether a file of this name is looked into when a whole tree is scanned."""
    return name.endswith(_SUFFIXES) and not name.endswith((".tf.json", ".tofu.json", ".tfvars.json"))


def recognise(file: SourceFile) -> Artifact | Diagnostic | None:
    """The plan or state that a file is; a diagnostic where it is one that cannot be read; None for all else."""
    if file.text[:4] == b"PK\x03\x04":
        return _packed(file)
    text = _utf8(file.text)
    if text is None or not _marked(text):
        return None
    if text is not file.text:
        file = SourceFile(file.path, text)
    try:
        document = _loads(text)
    except (ValueError, RecursionError) as error:
        return _broken(file, error)
    form = _form(document)
    return Artifact(form, file, document) if form else None


def _packed(file: SourceFile) -> Diagnostic | None:
    if b"tfplan" not in file.text[:4096] and b"tfstate" not in file.text[:4096]:
        return None
    summary = f"{file.path} is a plan in terraform's own form, which only terraform reads; it was not read"
    remedy = "give its JSON: terraform show -json PLANFILE > plan.json"
    return Diagnostic(Level.WARNING, "read-plan", summary, Span(file.path, 0, 0), remedy)


def _utf8(text: bytes) -> bytes | None:
    """The text as UTF-8 without a byte order mark (PowerShell writes UTF-16); None where it is neither."""
    coding = _UTF16.get(text[:2]) or {b"{\0": "utf-16-le", b"\0{": "utf-16-be"}.get(text[:2])
    if coding is not None:
        try:
            return text.decode(coding).removeprefix("\ufeff").encode()
        except UnicodeError:
            return None
    return text.removeprefix(_UTF8)


def _marked(text: bytes) -> bool:
    """A cheap look, so that other JSON is not parsed for nothing."""
    if text.lstrip()[:1] != b"{":
        return False
    if b'"format_version"' in text:
        return any(word in text for word in (b'"planned_values"', b'"resource_changes"', b'"values"'))
    return b'"terraform_version"' in text and b'"lineage"' in text and b'"resources"' in text


def _loads(text: bytes) -> Any:
    import orjson  # noqa: PLC0415 - few trees hold plans

    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text.decode("utf-8"))  # lone surrogates, which terraform can write


def _form(document: Any) -> str:
    if not isinstance(document, dict):
        return ""
    if isinstance(document.get("format_version"), str):
        if any(isinstance(document.get(name), kind) for name, kind in _PLAN):
            return "plan"
        return "shown" if isinstance(document.get("values"), dict) else ""
    whole = isinstance(document.get("resources"), list) and "terraform_version" in document
    return "state" if whole and document.get("version") == _STATE_VERSION else ""


_PLAN = (("planned_values", dict), ("resource_changes", list))


def _broken(file: SourceFile, error: Exception) -> Diagnostic:
    at = getattr(error, "pos", 0)
    place = len(file.text.decode("utf-8", "replace")[:at].encode())
    words = getattr(error, "msg", "nested too deeply")
    span = Span(file.path, place, place + 1)
    return Diagnostic(Level.ERROR, "parse-plan", f"this plan or state is not whole: {words}", span, _REMEDY)
