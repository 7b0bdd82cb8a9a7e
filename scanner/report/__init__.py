"""A Report becomes what people and programs read: text, JSON, SARIF, Markdown, JUnit, GitLab, HTML.

`render` is the one door; each format is a module of its own, imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from scanner.model.report import Report
from scanner.report.options import RenderOptions

__all__ = ["FORMATS", "RenderOptions", "render"]

Writer = Callable[[Report, RenderOptions], bytes]


def _lazy(module: str) -> Writer:
    """The `render` function of a format's module, imported at its first use."""

    def write(report: Report, options: RenderOptions) -> bytes:
        written: bytes = import_module(f"scanner.report.{module}").render(report, options)
        return written

    return write


FORMATS: Mapping[str, Writer] = {
    name: _lazy(name) for name in ("text", "json", "sarif", "markdown", "junit", "gitlab", "html")
}


def render(format: str, report: Report, options: RenderOptions) -> bytes:
    """The report in one of FORMATS, as the bytes of a file. Raises KeyError for a format that is none."""
    return FORMATS[format](report, options)
