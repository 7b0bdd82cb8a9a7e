"""Examples: findings equal marks exactly, whatever the format."""

import pytest

from scanner.fixture import Mark, check, marks
from tests.engine.graphs import Scene, rules_of

(RULE,) = rules_of("backup/object-store-unversioned")
FOLDER = "backup/object_store_unversioned"


def build(folder):
    """A graph from lines `bucket NAME true|false|later`, one node each."""
    from tests.engine.graphs import LATER

    scene = Scene()
    for path in sorted(folder.glob("*.tf")):
        scene.text(path.name, path.read_text())
        for line in path.read_text().splitlines():
            word, name, value = line.split()[:3]
            held = {"true": True, "false": False, "later": LATER}[value]
            scene.node("object_store", name, {"versioned": held}, path=path.name, header=f"{word} {name}")
    return scene.graph, scene.files


def write(tmp_path, **cases):
    for case, text in cases.items():
        folder = tmp_path / FOLDER / case
        folder.mkdir(parents=True)
        (folder / "main.tf").write_text(text)


GOOD = {
    "bad": "bucket a false # expect\nbucket b true\n",
    "good": "bucket a true\n",
    "unknown": "bucket a later // expect-unknown\n",
}


def test_examples_that_are_right(tmp_path):
    write(tmp_path, **GOOD)
    assert check(RULE, tmp_path, build=build).problems == []


@pytest.mark.parametrize(
    ("case", "text", "problem"),
    [
        ("bad", "bucket a false\n", "main.tf:1 is found fail and not marked"),
        ("bad", "bucket a true # expect\n", "main.tf:1 is marked fail and not found"),
        ("bad", "bucket a false # expect expect\n", "main.tf:1 is marked fail and not found"),
        ("bad", "bucket a true\n", "nothing in it is marked fail"),
        ("good", "bucket a false # expect\n", "a good example has no marks"),
        ("unknown", "bucket a later # expect\n", "main.tf:1 is found unknown and not marked"),
    ],
)
def test_examples_that_are_wrong(tmp_path, case, text, problem):
    write(tmp_path, **{**GOOD, case: text})
    assert f"{case}: {problem}" in check(RULE, tmp_path, build=build).problems


def test_a_missing_example_is_said(tmp_path):
    write(tmp_path, bad=GOOD["bad"], good=GOOD["good"])
    assert check(RULE, tmp_path, build=build).problems == [
        "unknown: there is no backup/object_store_unversioned/unknown"
    ]


def test_formats_without_comments_are_marked_beside(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/expect.txt").write_text("plan.json:7 fail\nplan.json:9 unknown\n")
    (tmp_path / "x.yaml").write_text("a: 1 # expect expect-unknown\nb: expect\n")
    assert marks(tmp_path) == {
        Mark("sub/plan.json", 7, "fail"): 1,
        Mark("sub/plan.json", 9, "unknown"): 1,
        Mark("x.yaml", 1, "fail"): 1,
        Mark("x.yaml", 1, "unknown"): 1,
    }


def test_a_folder_is_read_as_a_scan_reads_it(tmp_path):
    from scanner.fixture import scanned

    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "b" {\n  bucket = "x"\n}\n')
    graph, files = scanned(tmp_path)
    assert [graph.addresses[each].name for each in graph.nodes("object_store")] == ["aws_s3_bucket.b"]
    assert list(files.by_path) == ["main.tf"]
