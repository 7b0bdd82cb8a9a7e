"""The HTML page: whole by itself, everything of the input inert, what people look for in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.cli.running import PUBLIC, run, write

pytest.importorskip("jinja2")

HOSTILE = """resource "aws_db_instance" "d" {
  publicly_accessible = true
  identifier          = "x\\"><script>alert(1)</script><img src=x onerror=alert(2)>"
  tags                = { note = "{{ 7 * 7 }} </pre><script>alert(3)</script>" }
}
"""


class Page(HTMLParser):
    """The tags of a page, and what its scripts and links hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def page(tmp_path, text: str, *options: str) -> str:
    write(tmp_path / "tree", {"main.tf": text})
    out = tmp_path / "out.html"
    assert run("scan", tmp_path / "tree", f"--format=html={out}", *options).code == 1
    return out.read_text()


def test_a_finding_with_its_lines_and_the_posture(tmp_path):
    text = page(tmp_path, PUBLIC, "--posture")

    assert "zero-trust/database-public" in text
    assert "main.tf:2" in text
    assert "<mark>  publicly_accessible     = true</mark>" in text
    assert "tenets of NIST SP 800-207" in text


def test_nothing_of_the_input_is_markup(tmp_path):
    read = Page(page(tmp_path, HOSTILE))

    assert read.tags.count("script") == 1
    assert "img" not in read.tags
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert "49" not in re.findall(r"\{\{ 7 \* 7 \}\}|49", " ".join(value for _, value in read.attributes))


def test_the_page_asks_for_nothing(tmp_path):
    text = page(tmp_path, PUBLIC)

    assert not re.search(r"""(?:src|href)\s*=|@import|url\(""", text)
    assert "default-src 'none'" in text
