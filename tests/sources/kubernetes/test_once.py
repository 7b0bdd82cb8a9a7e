"""What lies in several places of a tree is rendered once, and each place is told as if it had been."""

import os
import stat
from pathlib import Path

import pytest

from scanner.sources.kubernetes.once import Once
from scanner.sources.kubernetes.rendering import RenderFault
from tests.sources.kubernetes.test_rendering import KUSTOMIZE, needs_kustomize, scan, write

OVERLAY = {
    "kustomization.yaml": "resources: [../base]\nnamePrefix: a-\n",
    "../base/kustomization.yaml": "resources: [pod.yaml]\n",
    "../base/pod.yaml": (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  containers:\n"
        "    - name: web\n      image: registry.example.com/web:2.0\n      securityContext: {privileged: true}\n"
    ),
}


def _counting(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program before the real one that notes each of its runs."""
    runs = folder / "runs"
    program = folder / "bin" / Path(str(KUSTOMIZE)).name
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho run >> {runs}\nexec {KUSTOMIZE} "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return runs


@needs_kustomize
def test_copies_of_an_overlay_are_built_once_and_told_where_each_lies(tmp_path, monkeypatch):
    tree = tmp_path / "tree"
    for place in ("one/over", "two/over"):
        write(tree, {os.path.normpath(f"{place}/{name}"): text for name, text in OVERLAY.items()})
    runs = _counting(tmp_path, monkeypatch)
    findings = [each for each in scan(tree).json["findings"] if each["rule"] == "zero-trust/privileged-container"]

    assert {each["location"]["path"] for each in findings} == {"one/base/pod.yaml", "two/base/pod.yaml"}
    assert {each["location"]["line"] for each in findings} == {8}
    assert runs.read_text().count("run") == 1

    # a copy that differs is another
    write(tree, {"two/over/kustomization.yaml": "resources: [../base]\nnamePrefix: b-\n"})
    runs.unlink()
    scan(tree)
    assert runs.read_text().count("run") == 2


def test_what_fails_is_tried_again_for_each_place():
    once, tried = Once(), []

    def fails() -> tuple[bytes, str]:
        tried.append(1)
        raise RenderFault("no such file: here")

    for _ in range(2):
        with pytest.raises(RenderFault):
            once.text("key", fails)
    assert len(tried) == 2
    assert once.text("other", lambda: (b"text", "")) == (b"text", "")
    assert once.text("other", fails) == (b"text", "")
