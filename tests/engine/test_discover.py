"""Discovery: ids from paths, Python and Rego alike, broken files named and passed over."""

import sys
from pathlib import Path

import pytest

from scanner.bundle import bundled
from scanner.engine.discover import discover, identifiers
from scanner.model.diagnostic import Level
from scanner.model.finding import Severity

DATA = Path(__file__).parent / "data"


def test_rules_of_both_languages_have_ids_from_their_paths():
    rules, faults = discover([DATA / "rules"], [DATA / "policies"])
    assert faults == []
    assert [(rule.id, rule.language) for rule in rules] == [
        ("backup/object-store-unversioned", "rego"),
        ("zero-trust/database-public", "python"),
        ("zero-trust/instance-open", "rego"),
    ]


def test_a_python_rule_takes_title_description_and_remedy_from_its_texts():
    rule = discover([DATA / "rules"], [])[0][0]
    assert rule.title == "Database with a public address."
    assert rule.description == "A public address invites everyone to try."
    assert rule.remedy == "Take the public address away."
    assert rule.path == DATA / "rules/zero_trust/database_public.py"


def test_a_rego_rule_is_read_from_its_metadata():
    rule = discover([], [DATA / "policies"])[0][0]
    assert rule.severity is Severity.MEDIUM
    assert rule.reads == ("versioned",)
    assert rule.remedy == "Enable versioning on the bucket."
    assert rule.controls == {"reference-model": ("storage/persistence",), "checkov": ("CKV_AWS_21",)}
    assert rule.package == "layerproof.backup.object_store_unversioned"


def test_only_wanted_files_are_read():
    rules, _ = discover([DATA / "rules"], [DATA / "policies"], wanted=lambda each: each.startswith("backup/"))
    assert [rule.id for rule in rules] == ["backup/object-store-unversioned"]
    assert "zero-trust/database-public" in identifiers([DATA / "rules"], [DATA / "policies"])


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("rules/backup/raises.py:3", "KeyError"),
        ("rules/backup/no_rule.py:1", "no functions under @rule"),
        ("rules/backup/strange_kind.py:6", "'bucket', which is no kind"),
        ("rules/nowhere/misplaced.py", "named for its principle"),
        ("policies/backup/strange_key.rego:8", "custom has no colour"),
        ("policies/backup/wrong_package.rego:8", "asks for layerproof.backup.wrong_package"),
        ("policies/backup/strange_read.rego:6", "'colour'"),
    ],
)
def test_a_broken_rule_is_named_with_file_and_line(place, said):
    _, faults = discover([DATA / "broken/rules"], [DATA / "broken/policies"], ours=False)
    told = [fault for fault in faults if fault.summary.startswith(f"{place}:")]
    assert [(fault.level, fault.code) for fault in told] == [(Level.ERROR, "rule-load")]
    assert said in told[0].summary


def test_a_rule_that_does_not_parse_is_named_too(tmp_path):
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup/syntax.py").write_text('"""Does not parse."""\ndef (\n')
    _, faults = discover([tmp_path], [])
    assert f"{tmp_path.name}/backup/syntax.py:2: syntax" in faults[0].summary


def test_broken_rules_do_not_keep_others_from_loading():
    rules, faults = discover([DATA / "broken/rules", DATA / "rules"], [DATA / "policies"])
    assert faults
    assert len(rules) == 3


def test_a_missing_directory_is_a_diagnostic(tmp_path):
    _, faults = discover([tmp_path / "none"], [])
    assert [fault.code for fault in faults] == ["rule-load"]


def test_the_second_rule_of_an_id_is_refused():
    _, faults = discover([DATA / "rules", DATA / "rules"], [])
    assert "already the id" in faults[0].summary


def test_loading_leaves_the_import_path_and_the_folder_alone(tmp_path):
    folder = tmp_path / "backup"
    folder.mkdir()
    text = (DATA / "rules/zero_trust/database_public.py").read_text()
    (folder / "mine.py").write_text(text)
    before = list(sys.path)
    rules, _ = discover([tmp_path], [])
    assert [rule.id for rule in rules] == ["backup/mine"]
    assert sys.path == before
    assert [path.name for path in tmp_path.rglob("*")] == ["backup", "mine.py"]


def test_what_we_ship_is_found():
    assert bundled("rules").is_dir()
    with pytest.raises(ValueError, match="nothing is bundled"):
        bundled("secrets")


WHOLE = """# METADATA
# title: T
# custom:
#   severity: low
#   selects: [object_store]
#   reads: [versioned]
#   message: "{node}"
package layerproof.backup.own
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("# METADATA\n", "", "no METADATA block"),
        ("# title: T\n", "# title: [T\n", "not YAML"),
        ("# title: T\n", "# titel: T\n", "METADATA has no titel"),
        ("# title: T\n", "", "title is missing"),
        ("# title: T\n", "# title: 3\n", "title is missing or not text"),
        ("severity: low", "severity: [low]", "it is one of critical"),
        ("selects: [object_store]", "selects: object_store", "not a list of names"),
        ("reads: [versioned]", "reads: []", "not a list of names"),
        ("reads: [versioned]", "reads: [key.versioned]", "'key.versioned'"),
        ("reads: [versioned]", "reads: [versioned]\n#   controls: {a: 1}", "controls.a is not a list"),
        ('message: "{node}"', 'message: "{node"', "no template"),
        ("# custom:\n", "# custom: x\n", "not YAML"),
        ("package layerproof.backup.own", "", "no package"),
    ],
)
def test_what_is_wrong_with_metadata_is_said(tmp_path, old, new, said):
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup/own.rego").write_text(WHOLE.replace(old, new))
    rules, (fault,) = discover([], [tmp_path])
    assert rules == []
    assert said in fault.summary


def test_metadata_may_follow_other_comments_and_end_its_lines_with_crlf(tmp_path):
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup/own.rego").write_bytes(("# Licence\n\n" + WHOLE).replace("\n", "\r\n").encode())
    (rule,), faults = discover([], [tmp_path])
    assert (rule.title, rule.reads, faults) == ("T", ("versioned",), [])
