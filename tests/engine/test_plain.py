"""What the plain reader gives is what PyYAML gives; what it does not know it leaves to PyYAML."""

import re
from pathlib import Path

import pytest
import yaml

from scanner.bundle import bundled
from scanner.engine.metadata import _BLOCK
from scanner.engine.plain import plain

POLICIES = sorted(bundled("policies").glob("*/*.rego"))


def metadata(path: Path) -> str:
    found = _BLOCK.search(path.read_text("utf-8"))
    assert found is not None
    return re.sub(r"^#[ \t]?", "", found[1], flags=re.MULTILINE)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_metadata_of_ours_reads_as_yaml_does(path: Path) -> None:
    text = metadata(path)
    assert plain(text) in (None, yaml.safe_load(text))


def test_nearly_all_of_ours_is_plain() -> None:
    assert sum(plain(metadata(path)) is None for path in POLICIES) <= len(POLICIES) // 20


@pytest.mark.parametrize(
    "text",
    [
        'title: A b\ncustom:\n  selects: [a, b_c]\n  message: "{node} is: open # here"\n',
        "a: |\n  one\n    deeper\n\n  two\n\n\nb: x:y\nc: x#y\n",
        "a:\n    deep:\n      b: [AC-3, CP-9(3)]\n    more: x\nb: z\n",
    ],
)
def test_what_is_plain_reads_as_yaml_does(text: str) -> None:
    assert plain(text) == yaml.safe_load(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c\n",
        "a: b # c\n",
        "a: [1.10]\n",
        "a: yes\n",
        "a: [on]\n",
        "a: 'b'\n",
        "a: b\na: c\n",
        "a:\n",
        "a: |-\n  b\n",
        "a: &x b\n",
        "- a\n",
        "a: {b: c}\n",
        'a: "b\\n"\n',
        "a: >\n  b\n",
        "a: b\n  c\n",
        "a: [b,\n  c]\n",
        "a: [b, ]\n",
        "a:\tb\n",
        "on: b\n",
        "a: |\n\n  b\n",
        "a: |\n    b\n  c\n",
        "---\na: b\n",
        "a: [b: c]\n",
        "a: b\n\nc: d\n",
        "a: b:\n",
    ],
)
def test_what_is_not_plain_is_left_to_yaml(text: str) -> None:
    assert plain(text) is None
