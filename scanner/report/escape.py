"""Text from the input made harmless, one function per sink.

Names, paths and source lines belong to whoever wrote the scanned tree. Each writer passes them through the
function of its sink, once, at the place where it writes them.
"""

from __future__ import annotations

import html as _html
import re

# What a reader cannot see, or what changes how the rest is read: C0 and C1 controls, soft hyphen, bidi marks
# and overrides, zero-width signs (the joiners U+200C and U+200D spell words in several scripts and stay), line
# and paragraph separators, interlinear and tag characters, lone surrogates.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_BROKEN = re.compile("[\ud800-\udfff]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MARKDOWN = re.compile(r"[\\`*{}\[\]()#+!|~$]|(?<![^\W_])_|_(?![^\W_])")  # `_` inside a word marks nothing
_TRIGGER = re.compile(r"(?<=[@#])(?=\w)|(?<=:)(?=//)|(?<=[Ww]{3})(?=\.)")


def visible(text: str) -> str:
    r"""The text with every unseen character shown: `\x1b` as ␛, U+202E as `\u{202e}`, a line break as ␊."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"\\u{{{code:x}}}"


def terminal(text: str) -> str:
    """For a terminal or a build log: controls shown, and `##[...]`, a command of some CI logs, broken up.
    What begins a line goes through `line_start` too."""
    return visible(text).replace("##[", "#\\u{23}[")


def line_start(text: str) -> str:
    """For the start of a line of a log: `::command::` is not obeyed (leading blanks do not protect)."""
    body = text.lstrip()
    return text[: len(text) - len(body)] + "\\u{3a}" + body[1:] if body.startswith("::") else text


def unicode_text(text: str) -> str:
    """Any text as valid Unicode: lone surrogates (from paths that are not UTF-8) become U+FFFD."""
    return text if text.isascii() else _BROKEN.sub("\ufffd", text)


def markdown(text: str) -> str:
    """For Markdown prose or a table cell, on one line: markup, HTML, mentions, issue numbers and bare links
    are inert."""
    shown = visible(text)
    shown = _TRIGGER.sub("\0", shown)  # visible() left none
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(r"\\\g<0>", shown).replace("\0", "&#8203;")


def markdown_code(text: str) -> str:
    """For Markdown, as a code span that also fits into a table cell."""
    shown = visible(text).replace("|", "\\|") or " "
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    pad = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def xml(text: str) -> str:
    """For XML 1.0 text and quoted attributes; what XML cannot hold is shown as text."""
    return _html.escape(_NOT_XML.sub(_shown, visible(text)), quote=True)


def csv_cell(text: str) -> str:
    """For a CSV field that a writer quotes where it must be."""
    shown = visible(text)
    return "'" + shown if shown.lstrip()[:1] in {"=", "+", "-", "@"} else shown
