"""checkov beside us: what it may see, what is made of its answer, and what is left out of it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.engine.checkov import Failed, copy, find, parse, run
from scanner.engine.peer import join, layer, principle
from scanner.model.diagnostic import Diagnostic
from scanner.model.layer import Layer
from scanner.model.location import SourceFile
from scanner.model.report import Files
from tests.engine.graphs import Scene, rules_of

BUCKET = 'resource "aws_s3_bucket" "logs" {\n  bucket = "logs"\n}\nresource "aws_x" "y" {\n}\n'

# Says what it was given, as the title of one failed check.
FAKE = """#!{python}
import json, os, sys
tree = next(each for each in sys.argv if each.startswith("--directory="))[12:]
seen = sorted(os.path.relpath(os.path.join(at, name), tree) for at, _, names in os.walk(tree) for name in names)
told = {{"argv": sys.argv[1:], "env": dict(os.environ), "cwd": os.getcwd(), "files": seen,
         "home": os.listdir(os.environ["HOME"]), "here": os.listdir(".")}}
check = {{"check_id": "CKV_AWS_21", "check_name": json.dumps(told), "resource": "aws_s3_bucket.logs",
          "file_path": "/main.tf", "file_line_range": [1, 3], "guideline": None}}
print(json.dumps({{"check_type": "terraform", "results": {{"failed_checks": [check]}},
                   "summary": {{"checkov_version": "9", "parsing_errors": 1}}}}))
sys.exit(1)
"""


def program(tmp_path, text=FAKE, name="checkov"):
    path = tmp_path / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.format(python=sys.executable))
    path.chmod(0o755)
    return str(path)


def files(**texts):
    read = Files()
    for name, text in {"main.tf": BUCKET, **texts}.items():
        read.add(SourceFile(name, text.encode()))
    return read


def test_it_sees_a_copy_and_nothing_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    monkeypatch.setenv("BC_API_KEY", "s3cret")
    hostile = {".checkov.yaml": "external-checks-dir: [evil]", "sub/.checkov.YML": "x: 1", "evil/a.py": "boom"}
    result = run(files(**hostile, **{"../up.tf": "", "/abs.tf": "", "<stdin>": "a: 1"}), program(tmp_path))
    told = json.loads(result.failed[0].title)
    assert told["files"] == ["evil/a.py", "main.tf"]
    assert told["home"] == told["here"] == []
    assert "s3cret" not in json.dumps(told["env"])
    assert {"HOME", "PATH", "LANG"} <= told["env"].keys()
    assert not Path(told["env"]["HOME"]).exists()
    assert "--skip-download" in told["argv"]
    assert not any("external" in each or each.startswith("--config") for each in told["argv"])
    assert result.version == "9"
    assert [(each.code, each.summary) for each in result.diagnostics] == [
        ("read-checkov", "checkov could not parse 1 file")
    ]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("#!{python}\nimport sys\nsys.stderr.write('at\\nboom\\n')\nsys.exit(2)\n", "rule-checkov", "2: boom"),
        ("#!{python}\nprint('hello')\n", "rule-checkov", "not what we know"),
        ("#!{python}\nimport time\ntime.sleep(30)\n", "limit-checkov", "more than 1 s"),
        ("no program at all", "rule-checkov", "does not run"),
    ],
)
def test_a_checkov_that_fails_is_a_diagnostic(tmp_path, text, code, said):
    (fault,) = run(files(), program(tmp_path, text), timeout=1).diagnostics
    assert fault.code == code
    assert said in fault.summary


def test_where_it_is_looked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    absent = find(None)
    assert isinstance(absent, Diagnostic)
    assert "not on PATH" in absent.summary
    assert isinstance(find("/no/such/checkov"), Diagnostic)
    elsewhere = program(tmp_path, name="ours")
    assert find(elsewhere) == elsewhere
    tool = program(tmp_path, name="tool")
    program(tmp_path, f"#!{sys.executable}\nimport sys\nassert '--offline' in sys.argv\nprint('{tool}')\n", "uvx")
    assert find(None) == tool
    on_path = program(tmp_path)
    assert find(None) == on_path


def test_it_is_downloaded_only_where_that_is_allowed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    tool = program(tmp_path, name="tool")
    program(tmp_path, f"#!{sys.executable}\nimport sys\nif '--offline' not in sys.argv: print('{tool}')\n", "uvx")
    assert isinstance(find(None), Diagnostic)
    assert find(None, allow_install=True) == tool


def test_answers_of_every_form():
    assert parse(b'{"passed": 0, "failed": 0, "checkov_version": "3"}').failed == ()
    check = {"check_id": "A", "resource": "r", "file_path": "\\a\\b.tf", "file_line_range": [0, 0]}
    one = {"results": {"failed_checks": [check]}, "summary": {"parsing_errors": 0}}
    result = parse(json.dumps([one, one]).encode())
    assert result.failed == (Failed("A", "A", "r", "a/b.tf", 1, 1, ""),) * 2


def scene(versioned=False):
    built = Scene()
    built.text("main.tf", BUCKET)
    built.node("object_store", "aws_s3_bucket.logs", {"versioned": versioned}, header='resource "aws_s3_bucket"')
    return built


FAILED = [
    Failed("CKV_AWS_18", "Ensure access logging is enabled", "aws_s3_bucket.logs", "main.tf", 1, 3, "https://x"),
    Failed("CKV_AWS_21", "Ensure versioning is enabled", "aws_s3_bucket.logs", "main.tf", 1, 3, ""),
    Failed("CKV_AWS_99", "Ensure it is", "aws_x.y", "main.tf", 4, 5, ""),
]
RULES = rules_of("backup/object-store-unversioned")


def test_what_ours_decided_is_merged_and_the_rest_is_placed():
    built = scene()
    joined = join(built.graph, built.files, FAILED, RULES, {RULES[0].id: {0}})
    assert joined.merged == [("CKV_AWS_21", "tf:#aws_s3_bucket.logs", "backup/object-store-unversioned")]
    assert len(joined.findings) + len(joined.merged) == len(FAILED)
    by_rule = {finding.rule: finding for finding in joined.findings}
    logging, other = by_rule["checkov/CKV_AWS_18"], by_rule["checkov/CKV_AWS_99"]
    assert (logging.node, logging.kind, logging.layer) == ("tf:#aws_s3_bucket.logs", "object_store", Layer.STORAGE)
    assert (logging.principle, logging.severity.value) == ("zero-trust", "medium")
    assert (logging.location.line, logging.location.column, logging.location.end_column) == (1, 1, 34)
    assert (other.node, other.kind) == ("tf:.#aws_x.y", "")
    assert [rule.id for rule in joined.rules] == ["checkov/CKV_AWS_18", "checkov/CKV_AWS_99"]


def test_what_ours_could_not_tell_is_shown():
    built = scene()
    joined = join(built.graph, built.files, FAILED, RULES, {RULES[0].id: set()})
    assert joined.merged == []
    assert len(joined.findings) == 3


def test_comments_ignore_a_peer_s_finding_too():
    from datetime import date

    from scanner.engine.peer import without_ignored
    from scanner.engine.suppress import Ignores

    built = Scene()
    built.text("main.tf", '# layerproof:ignore[checkov/CKV_AWS_18] reason="kept"\n' + BUCKET)
    built.node("object_store", "aws_s3_bucket.logs", {}, header='resource "aws_s3_bucket"')
    failed = [each._replace(first=each.first + 1, last=each.last + 1) for each in FAILED]
    joined = join(built.graph, built.files, failed, RULES, {})
    ignores = Ignores.read(built.graph, built.files)
    standing, suppressed = without_ignored(joined.findings, ignores, date(2026, 11, 22))
    assert [each.rule for each in standing] == ["checkov/CKV_AWS_21", "checkov/CKV_AWS_99"]
    assert [(each.finding.rule, each.reason) for each in suppressed] == [("checkov/CKV_AWS_18", "kept")]


def test_what_was_folded_stands_for_its_parent():
    from scanner.model.address import Address

    built = scene()
    built.graph.folded[0] = (Address("tf", "", "aws_x.y"),)
    (finding,) = join(built.graph, built.files, FAILED[2:], RULES, {}).findings
    assert finding.node == "tf:#aws_s3_bucket.logs"


def test_fingerprints_differ_where_a_finding_is_said_twice():
    built = scene()
    joined = join(built.graph, built.files, [FAILED[0], FAILED[0]], RULES, {})
    assert len({finding.fingerprint for finding in joined.findings}) == 2


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ensure RDS has backup policy", "backup"),
        ("Ensure IAM policies do not allow full *-* privileges", "least-privilege"),
        ("The default namespace should not be used", "tiers"),
        ("Ensure all data stored in the bucket is encrypted", "zero-trust"),
        ("CPU limits should be set", "hygiene"),
    ],
)
def test_principles_of_titles(title, expected):
    assert principle(title) == expected


def test_layers_of_types_without_a_node():
    assert layer("module.a.aws_iam_role.x") is Layer.PERMISSIONS
    assert layer("aws_db_instance.x") is Layer.STORAGE
    assert layer("Pod.default.x") is Layer.APPLICATION


def test_a_copy_keeps_the_tree(tmp_path):
    copy(files(**{"a/b/c.tf": "x"}), tmp_path)
    assert (tmp_path / "a/b/c.tf").read_text() == "x"


def real():
    found = os.environ.get("LAYERPROOF_CHECKOV") or shutil.which("checkov")
    if not found:
        pytest.skip("no checkov on PATH and LAYERPROOF_CHECKOV is not set")
    return found


@pytest.mark.slow
def test_the_real_one_runs_nothing_that_the_tree_names(tmp_path):
    """The same tree does run its own Python when checkov is called in it plainly: the danger is real."""
    evil, tree = tmp_path / "evil", tmp_path / "tree"
    evil.mkdir()
    tree.mkdir()
    (evil / "__init__.py").write_text("")
    (evil / "check.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    configuration = f"external-checks-dir:\n  - {evil}\n"
    (tree / ".checkov.yaml").write_text(configuration)
    (tree / "main.tf").write_text(BUCKET)
    plain = [real(), f"--directory={tree}", "--skip-download", "--framework", "terraform"]
    subprocess.run(plain, cwd=tree, capture_output=True, timeout=120, check=False)
    assert (tmp_path / "ran").exists()
    (tmp_path / "ran").unlink()
    result = run(files(**{".checkov.yaml": configuration, "evil/check.py": "raise SystemExit(9)"}), real())
    assert result.diagnostics == ()
    assert "CKV_AWS_21" in {each.check for each in result.failed}
    assert not (tmp_path / "ran").exists()
