"""Which documents are templates that no one has rendered yet (Helm, Jinja, Go, Terraform), told by their content.

Two braces alone say nothing: an alert's text, an Argo workflow or a dashboard holds them in quoted values of
sound YAML. A document is a template where it is no YAML and an action begins a line or a bare value, where
actions stand in what names the object, or where they call what only Helm offers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.model.location import Span
from scanner.model.value import Value

if TYPE_CHECKING:
    from scanner.sources.kubernetes.yaml import Document

_ACTION = re.compile(rb"\{\{|\{%")
# What only Helm offers. `range`, `template` and their kin stand in sound manifests too (Alertmanager, ESO).
_HELM = re.compile(
    rb"\{\{[^}\n]*(?:\.Values\b|\.Release\.|\.Chart\.|\.Capabilities\.|\.Files\.|\binclude\s+[\"'])"
)
# An action that begins a line or a value without quotes: no YAML text does.
_BARE = re.compile(rb"(?m)^\s*(?:-\s+)*\{[{%]|[:,\[-]\s+\{[{%]")
# A directive of Terraform's templatefile() on a line of its own (Terraform documentation, "Directives").
_DIRECTIVE = re.compile(rb"(?m)^\s*(%\{)~?\s*(?:if|else|endif|for|endfor)\b")
_NAMES = ("apiVersion", "kind")
_METADATA = ("name", "namespace", "generateName")


def template_at(document: Document, text: bytes) -> Span | None:
    """Where the first template action of the document stands, if it is a template."""
    part = text[document.span.start : document.span.end]
    directive = _DIRECTIVE.search(_uncommented(part)) if document.broken and b"%{" in part else None
    if directive is not None:
        return _span(document, directive.start(1), directive.end(1))
    action = _ACTION.search(part)
    if action is None:
        return None
    bare = _uncommented(part)
    helm = _HELM.search(bare)
    if helm is not None:
        return _span(document, helm.start(), helm.start() + 2)
    told = _BARE.search(bare) is not None if document.broken else _named_by_template(document.value)
    return _span(document, action.start(), action.end()) if told else None


def _span(document: Document, start: int, end: int) -> Span:
    return Span(document.span.path, document.span.start + start, document.span.start + end)


def _uncommented(part: bytes) -> bytes:
    """The text with whole-line comments blanked, at the same offsets."""
    return re.sub(rb"(?m)^\s*#[^\n]*", lambda found: b" " * len(found.group()), part)


def _named_by_template(value: Value) -> bool:
    if not isinstance(value, dict):
        return False
    metadata = value.get("metadata")
    names = [value.get(name) for name in _NAMES]
    if isinstance(metadata, dict):
        names += [metadata.get(name) for name in _METADATA]
    return any(isinstance(name, str) and ("{{" in name or "{%" in name) for name in names)
