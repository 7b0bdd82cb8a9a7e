"""Ignores: where they may stand, what they cover, and what is said of bad ones."""

from datetime import date

import pytest

from scanner.engine.run import Ignoring, judge
from scanner.model.diagnostic import Level
from scanner.model.settings import IgnoreEntry
from tests.engine.graphs import Scene, rules_of

TODAY = date(2026, 11, 22)
RULE = "backup/object-store-unversioned"
GOOD = f'layerproof:ignore[{RULE}] reason="kept elsewhere"'


def scene(text, *names, path="main.tf", header='resource "aws_s3_bucket" "logs"', attribute="enabled = false"):
    built = Scene()
    built.text(path, text)
    for name in names or ("aws_s3_bucket.logs",):
        origins = {"versioned": attribute} if attribute in text else {}
        built.node("object_store", name, {"versioned": False}, path=path, header=header, origins=origins)
    return built


def run(built, *entries, today=TODAY, **more):
    ignoring = Ignoring(today, entries, **more)
    return judge(built.graph, rules_of(RULE), built.files, ignoring=ignoring)


ON_LINE = """resource "aws_s3_bucket" "logs" {
  versioning {
    enabled = false # %s
  }
}
"""
ABOVE_LINE = """resource "aws_s3_bucket" "logs" {
  versioning {
    // %s
    # and a word more
    enabled = false
  }
}
"""
ABOVE_BLOCK = """# %s
resource "aws_s3_bucket" "logs" {
  versioning {
    enabled = false
  }
}
"""
ON_HEADER = """resource "aws_s3_bucket" "logs" { # %s
  versioning {
    enabled = false
  }
}
"""
ABOVE_FOLDED = """resource "aws_s3_bucket" "logs" {
}
# %s
resource "aws_s3_bucket_versioning" "logs" {
  enabled = false
}
"""


ABOVE_NESTED = """resource "aws_s3_bucket" "logs" {
  # %s
  versioning {
    enabled = false
  }
}
"""


@pytest.mark.parametrize("text", [ON_LINE, ABOVE_LINE, ABOVE_BLOCK, ON_HEADER, ABOVE_FOLDED, ABOVE_NESTED])
def test_an_ignore_on_the_line_or_above_line_or_block_counts(text):
    judged = run(scene(text % GOOD))
    assert judged.findings == []
    (ignored,) = judged.suppressed
    assert (ignored.reason, ignored.until, ignored.in_source) == ("kept elsewhere", "", True)
    assert judged.diagnostics == []


def test_an_ignore_elsewhere_does_not_count_and_is_said_to_be_unused():
    text = "# " + GOOD + "\n\n" + ABOVE_BLOCK.partition("\n")[2]
    judged = run(scene(text))
    assert len(judged.findings) == 1
    assert [(each.level, each.code) for each in judged.diagnostics] == [(Level.WARNING, "ignore-unused")]


def test_one_comment_covers_all_instances_of_its_block():
    judged = run(scene(ABOVE_BLOCK % GOOD, "aws_s3_bucket.logs[0]", "aws_s3_bucket.logs[1]"))
    assert judged.findings == []
    assert len(judged.suppressed) == 1


def test_several_ids_share_a_comment_and_several_comments_stack():
    text = (ABOVE_BLOCK % f'layerproof:ignore[zero-trust/other, {RULE}] reason="r"').replace("# ", "# why\n# ", 1)
    judged = run(scene(text), known=frozenset((RULE, "zero-trust/other")))
    assert judged.findings == []
    assert judged.diagnostics == []


@pytest.mark.parametrize(
    ("comment", "level", "code"),
    [
        (f"layerproof:ignore[{RULE}]", Level.ERROR, "ignore-reason"),
        (f'layerproof:ignore[{RULE}] reason=""', Level.ERROR, "ignore-reason"),
        (GOOD + " until=2026-11-21", Level.WARNING, "ignore-expired"),
        (GOOD + " until=tomorrow", Level.ERROR, "ignore-until"),
        (GOOD + " until=2026-02-30", Level.ERROR, "ignore-until"),
        ('layerproof:ignore[backup/no-such] reason="r"', Level.ERROR, "ignore-unknown-rule"),
        ('layerproof:ignore[backup/*] reason="r"', Level.ERROR, "ignore-unknown-rule"),
        ('layerproof:ignore reason="r"', Level.ERROR, "ignore-form"),
    ],
)
def test_what_does_not_count_is_said_and_the_finding_stands(comment, level, code):
    judged = run(scene(ABOVE_BLOCK % comment))
    assert len(judged.findings) == 1
    assert [(each.level, each.code) for each in judged.diagnostics] == [(level, code)]
    assert judged.diagnostics[0].span.path == "main.tf"


def test_an_ignore_counts_to_the_end_of_its_day():
    judged = run(scene(ABOVE_BLOCK % (GOOD + " until=2026-11-22")))
    assert judged.findings == []
    assert judged.suppressed[0].until == "2026-11-22"


def test_rules_that_are_not_loaded_or_did_not_run_are_passed_over():
    text = ABOVE_BLOCK % 'layerproof:ignore[checkov/CKV_AWS_21, zero-trust/other] reason="r"'
    assert run(scene(text), known=frozenset((RULE, "zero-trust/other"))).diagnostics == []


def test_ignores_can_be_switched_off_except_those_of_the_configuration():
    built = scene(ABOVE_BLOCK % GOOD)
    assert len(run(built, inline=False).findings) == 1
    assert run(built, IgnoreEntry(RULE, "*", "accepted"), inline=False).findings == []


def test_the_configuration_ignores_by_address():
    built = scene(ABOVE_BLOCK % "nothing", "aws_s3_bucket.logs[0]", "aws_s3_bucket.logs[1]")
    judged = run(built, IgnoreEntry(RULE, "aws_s3_bucket.logs[0]", "accepted", "2027-01-31"))
    assert [finding.node for finding in judged.findings] == ["tf:#aws_s3_bucket.logs[1]"]
    assert [(each.finding.node, each.in_source) for each in judged.suppressed] == [
        ("tf:#aws_s3_bucket.logs[0]", False)
    ]
    judged = run(built, IgnoreEntry(RULE, "tf:#aws_s3_bucket.l*", "accepted"))
    assert judged.findings == []


def test_an_annotation_covers_its_object_and_what_it_contains():
    built = Scene()
    built.text("deploy.yaml", "kind: Deployment\nmetadata: {}\n")
    whole = built.node("object_store", "a", {"versioned": False}, path="deploy.yaml", header="kind", scheme="k8s")
    part = built.node("object_store", "a/x", {"versioned": False}, path="deploy.yaml", header="meta", scheme="k8s")
    built.node("object_store", "b", {"versioned": False}, path="deploy.yaml", header="kind", scheme="k8s")
    built.graph.relate("contains", whole, part)
    span = built.span("deploy.yaml", "metadata")
    built.graph.ignores[whole] = {RULE: ("kept elsewhere; until=2027-01-31", span)}
    judged = run(built)
    assert [finding.node for finding in judged.findings] == ["k8s:#b"]
    assert {(each.finding.node, each.reason, each.until) for each in judged.suppressed} == {
        ("k8s:#a", "kept elsewhere", "2027-01-31"),
        ("k8s:#a/x", "kept elsewhere", "2027-01-31"),
    }


def test_json_has_no_comments():
    text = '{"resource": "layerproof:ignore[x]", "# ' + GOOD.replace('"', "'") + '": 1}'
    judged = run(scene(text, path="main.tf.json", header='"resource"'))
    assert len(judged.findings) == 1
    assert judged.diagnostics == []


MANIFEST = """---
{0}
kind: Pod
spec:
  {1}
  containers:
    {2}
    - name: c
      {3}
      securityContext:
        privileged: true {4}
"""


@pytest.mark.parametrize("place", range(5))
def test_comments_in_manifests(place):
    marks = ["# " + (GOOD if each == place else "-") for each in range(5)]
    built = Scene()
    built.text("pod.yaml", MANIFEST.format(*marks))
    node = built.node(
        "object_store", "pod", {"versioned": False}, origins={"versioned": "privileged: true"},
        path="pod.yaml", header="kind: Pod" if place < 2 else "- name: c", scheme="k8s",
    )  # fmt: skip
    built.graph.bodies[node] = built.span("pod.yaml", "---")
    judged = run(built)
    assert (judged.findings, judged.diagnostics) == ([], [])


def test_a_comment_above_one_block_does_not_cover_the_next():
    other = "x = 1\n  }\n  other {\n    enabled = false\n  }"
    text = (ABOVE_NESTED % GOOD).replace("enabled = false\n  }", other)
    assert len(run(scene(text)).findings) == 1


def test_a_comment_above_a_manifest_covers_its_containers():
    built = Scene()
    built.text("pod.yaml", f"---\n# {GOOD}\nkind: Pod\nname: c\n")
    pod = built.node("workload", "pod", {}, path="pod.yaml", header="kind: Pod", scheme="k8s")
    built.graph.bodies[pod] = built.span("pod.yaml", "---")
    held = {"versioned": False}
    part = built.node("object_store", "pod/c", held, path="pod.yaml", header="name: c", scheme="k8s")
    built.graph.relate("contains", pod, part)
    assert (run(built).findings, run(built).diagnostics) == ([], [])
