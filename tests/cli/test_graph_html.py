"""`layerproof graph --format html`: one page that needs nothing else, read by a browser where there is one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from tests.cli.running import PUBLIC, run, write

pytest.importorskip("jinja2")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOSTILE = "</script><img src=x onerror=document.title='owned'>"
TREE = {
    "main.tf": PUBLIC
    + """
resource "aws_s3_bucket" "logs" { bucket = "logs" }
resource "aws_instance" "web" { vpc_security_group_ids = [aws_security_group.web.id] }
resource "aws_security_group" "web" { name = "web" }
"""
}


class Page(HTMLParser):
    """The page's elements with their attributes, and the text of its data."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.data, self._in_data = [], "", False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._in_data = dict(attrs).get("id") == "data"

    def handle_endtag(self, tag):
        self._in_data = False

    def handle_data(self, data):
        if self._in_data:
            self.data += data


def page(tree, *options):
    ran = run("graph", tree, "--format", "html", *options)
    assert ran.code == 0
    return ran.out


def test_nothing_is_loaded_from_elsewhere(tmp_path):
    text = page(write(tmp_path, TREE))
    told = Page(text)
    policy = next(each["content"] for tag, each in told.elements if each.get("http-equiv"))

    assert not [each for _, each in told.elements if {"src", "href", "style"} & each.keys()]
    assert not [name for _, each in told.elements for name in each if name.startswith("on")]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_every_layer_is_a_band_and_every_node_is_there(tmp_path):
    tree = write(tmp_path, TREE)
    text = page(tree)
    data, graph = json.loads(Page(text).data), run("graph", tree).json

    assert re.findall(r'<span class="number">([^<]*)</span>', text) == [
        "6.5", "6", "5", "4", "3", "2", "1", "0", "-1"
    ]  # fmt: skip
    assert {each["id"] for each in data["nodes"]} == {
        each["id"] for nodes in graph["kinds"].values() for each in nodes
    }
    assert len(data["edges"]) == sum(
        len(targets) for edges in graph["relations"].values() for targets in edges.values()
    )


def test_names_stay_text(tmp_path):
    manifest = {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": HOSTILE, "namespace": "<b>&amp;"},
    }  # fmt: skip
    tree = write(tmp_path / HOSTILE.replace("/", ""), {"cm.yaml": json.dumps(manifest), "main.tf": PUBLIC})
    text = page(tree)

    assert "<img" not in text
    assert text.count("</script>") == 2
    assert any(HOSTILE in each["name"] for each in json.loads(Page(text).data)["nodes"])


def test_findings_stand_at_their_nodes_if_asked(tmp_path):
    tree = write(tmp_path, TREE)
    without, judged = json.loads(Page(page(tree)).data), json.loads(Page(page(tree, "--findings")).data)
    index = next(at for at, each in enumerate(judged["nodes"]) if each["name"] == "aws_db_instance.d")

    assert without["findings"] == []
    assert "high" in {each["severity"] for each in judged["findings"] if each["node"] == index}


def test_sensitive_texts_are_left_out(tmp_path):
    tree = write(tmp_path, {"main.tf": 'resource "aws_db_instance" "d" {\n  password = "hunter2hunter2"\n}\n'})

    assert "hunter2" not in page(tree)


def test_what_does_not_go_together_is_2(tmp_path):
    tree = write(tmp_path, TREE)

    assert run("graph", tree, "--format", "html", "--tiers").code == 2
    assert run("graph", tree, "--findings").code == 2


def test_in_is_the_same_as_path(tmp_path):
    tree = write(tmp_path, TREE)

    assert run("graph", "--in", tree).out == run("graph", tree).out


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH")
def test_a_browser_shows_what_is_chosen(tmp_path):
    file = tmp_path / "graph.html"
    file.write_text(page(write(tmp_path / "tree", TREE), "--findings"))
    node = quote("tf:.#aws_security_group.web", safe="")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"file://{file}#{node}"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip

    panel = done.stdout.partition('id="panel"')[2]
    assert "aws_security_group.web" in panel.partition("</h2>")[0]
    assert "aws_instance.web" in panel
    assert done.stdout.count("<path") >= 1
