"""The texts and URIs of a SARIF log."""

from __future__ import annotations

from urllib.parse import quote

from scanner.report.escape import unicode_text, visible

# GitHub's limit for the texts that it shows as one paragraph.
_LONGEST = 1024


def message(text: str, otherwise: str) -> str:
    """A message's text: not empty, at most 1,024 characters, controls shown, no link made by the input.

    SARIF reads `[text](target)` in a message as a link, so `](` is taken apart.
    """
    shown = visible(text).replace("](", "] (").strip() or otherwise
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def relative_uri(path: str) -> str:
    """A path of the scanned tree as a relative reference: percent-encoded, never absolute, never with what
    could be taken for a scheme."""
    parts = [part for part in unicode_text(path).replace("\\", "/").split("/") if part not in ("", ".")]
    return "/".join(quote(part, safe="-._~!$&'()*+,;=@") for part in parts) or "."
