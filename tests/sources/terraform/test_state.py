"""States: what was applied last, alone and beside the sources."""

from __future__ import annotations

import json

import pytest

from scanner.model.resource import Plane
from scanner.model.value import Sensitive, unwrap
from scanner.scan import Target, read
from scanner.sources.tree import Tree
from tests.sources.terraform.oracle import write
from tests.sources.terraform.planning import findings, report, resources, run

TREE = {
    "main.tf": """
resource "terraform_data" "one" {
  for_each = { "a.b" = 1 }
  input    = { key = each.key, secret = sensitive("s") }
}
module "m" {
  source = "./m"
  count  = 2
}
""",
    "m/main.tf": 'resource "terraform_data" "in" {\n  input = path.module\n}\n',
}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"
STATE = {
    "version": 4,
    "terraform_version": "1.11.4",
    "serial": 3,
    "lineage": "8a2e6a3e",
    "outputs": {},
    "resources": [
        {
            "mode": "managed",
            "type": "aws_kms_key",
            "name": "k",
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [
                {
                    "schema_version": 0,
                    "attributes": {
                        "id": "1",
                        "arn": KEY,
                        "enable_key_rotation": False,
                        "policy": "",
                        "tags": None,
                    },
                    "sensitive_attributes": [],
                },
                {"deposed": "00000001", "attributes": {"arn": "old"}},
            ],
        },
        {
            "module": 'module.db["x"]',
            "mode": "managed",
            "type": "aws_db_instance",
            "name": "d",
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [
                {
                    "index_key": 0,
                    "attributes": {
                        "identifier": "d",
                        "engine": "postgres",
                        "storage_encrypted": True,
                        "kms_key_id": KEY,
                        "restore_to_point_in_time": [],
                        "password": "correct-horse-battery",
                        "endpoint": "d.example",
                    },
                    "sensitive_attributes": [[{"type": "get_attr", "value": "endpoint"}]],
                }
            ],
        },
    ],
}


def _put(folder, document=STATE, name="terraform.tfstate"):
    (folder / name).write_text(json.dumps(document, indent=2))


def _text(folder, span):
    return (folder / span.path).read_bytes()[span.start : span.end].decode()


def _edges(folder):
    from scanner.config import Config
    from scanner.scan import build

    graph = build(target := Target(Tree(folder)), read(target), Config()).graph
    return {
        (graph.addresses[source].name, graph.addresses[each].name)
        for source in range(len(graph))
        for each in graph.targets("encrypted_with", source)
    }


def test_a_state_file_is_the_recorded_plane(tmp_path):
    _put(tmp_path)
    found = resources(tmp_path)

    assert sorted(found) == ["aws_kms_key.k", 'module.db["x"].aws_db_instance.d[0]']
    assert {each.plane for each in found.values()} == {Plane.RECORDED}
    database = found['module.db["x"].aws_db_instance.d[0]']
    assert str(database.address) == 'tf:.#module.db["x"].aws_db_instance.d[0]'
    assert (database.scope.provider, database.scope.account, database.scope.region) == (
        "aws",
        "123456789012",
        "eu-west-1",
    )


def test_secrets_of_a_state_are_marked(tmp_path):
    _put(tmp_path)
    attributes = resources(tmp_path)['module.db["x"].aws_db_instance.d[0]'].attributes

    assert isinstance(attributes["endpoint"], Sensitive)
    assert isinstance(attributes["password"], Sensitive)
    assert unwrap(attributes["engine"]) == "postgres"


def test_what_a_state_leaves_empty_is_not_there(tmp_path):
    _put(tmp_path)
    found = resources(tmp_path)
    assert "policy" not in found["aws_kms_key.k"].attributes
    assert "restore_to_point_in_time" not in found['module.db["x"].aws_db_instance.d[0]'].attributes


def test_edges_follow_from_values(tmp_path):
    _put(tmp_path)
    assert _edges(tmp_path) == {('module.db["x"].aws_db_instance.d[0]', "aws_kms_key.k")}


def test_findings_stand_in_the_state(tmp_path):
    _put(tmp_path)
    (found,) = [each for each in report(tmp_path).findings if each.rule == "zero-trust/key-not-rotated"]

    assert found.planes == ("recorded",)
    assert found.location.path == "terraform.tfstate"
    line = (tmp_path / "terraform.tfstate").read_text().splitlines()[found.location.line - 1]
    assert line.strip() == '"enable_key_rotation": false,'


def test_beside_its_sources_a_state_adds_only_what_they_do_not_speak_of(tmp_path):
    write(tmp_path, {"main.tf": 'resource "aws_kms_key" "k" {\n  enable_key_rotation = true\n}\n'})
    _put(tmp_path)
    found = resources(tmp_path)

    assert found["aws_kms_key.k"].plane is Plane.DECLARED
    assert found['module.db["x"].aws_db_instance.d[0]'].plane is Plane.RECORDED
    units = {each.unit: each.count for each in report(tmp_path).coverage}
    assert units["."] == 1
    assert units["terraform.tfstate"] == 1


def test_sources_that_say_it_all_are_judged_as_without_a_state(tmp_path):
    source = (
        'resource "aws_kms_key" "k" {\n  enable_key_rotation = false\n}\nmodule "db" {\n  source = "./db"\n}\n'
    )
    write(tmp_path, {"main.tf": source, "db/main.tf": 'resource "aws_db_instance" "d" {\n  count = 0\n}\n'})
    without = findings(report(tmp_path))
    _put(tmp_path)

    told = {each for each in findings(report(tmp_path)) ^ without if each[0] != "hygiene/state-local"}
    assert not told  # but that the state lies there, which one rule is about


def test_a_state_that_is_named_is_judged_by_itself(tmp_path):
    write(tmp_path, {"main.tf": 'resource "aws_kms_key" "k" {\n  enable_key_rotation = true\n}\n'})
    _put(tmp_path)
    rules = {each.rule for each in report(tmp_path, only=("terraform.tfstate",)).findings}
    assert "zero-trust/key-not-rotated" in rules


def test_several_states_of_one_directory_stand_for_themselves(tmp_path):
    _put(tmp_path, name="dev.tfstate")
    _put(tmp_path, name="prod.tfstate")
    assert {unit.root for unit in read(Target(Tree(tmp_path)))} == {"dev.tfstate", "prod.tfstate"}


@pytest.mark.parametrize(
    "text",
    [
        '{"version":4,"terraform_version":"1","lineage":"x","resources":[1,{"type":"a","name":"b","instances":[1,{}]}]}',
        (
            '{"version":4,"terraform_version":"1","lineage":"x","resources":[{"type":"a","name":"b","instances":'
            '[{"attributes":[],"sensitive_attributes":[[],[1],[{"type":"index","value":3}]]}]}]}'
        ),
        '{"format_version":"1.0","values":{"root_module":{"resources":[{"address":"a.b","type":"a","values":3}]}}}',
    ],
)  # fmt: skip
def test_a_state_of_any_shape_is_no_crash(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    assert report(tmp_path).rules


def test_json_that_is_no_state_is_left_to_others(tmp_path):
    (tmp_path / "a.json").write_text('{"version":4,"terraform_version":"1","resources":[]}')
    (tmp_path / "b.json").write_text('{"format_version":"1.0","name":"x"}')
    assert [each.unit for each in report(tmp_path).coverage] == []


def test_real_states_are_read_in_both_forms(tmp_path):
    folder, shown, raw = tmp_path / "tree", tmp_path / "shown", tmp_path / "raw"
    write(folder, TREE)
    shown.mkdir()
    raw.mkdir()
    run(folder, "init", "-input=false")
    run(folder, "apply", "-input=false", "-auto-approve")
    (shown / "any.json").write_bytes(run(folder, "show", "-json"))
    (raw / "any.json").write_bytes((folder / "terraform.tfstate").read_bytes())
    declared = resources(folder, ("*.tfstate",))
    names = {name for name, each in declared.items() if each.type == "terraform_data"}

    for place in (shown, raw):
        found = resources(place)
        assert found.keys() == names
        for each in found.values():
            assert unwrap(each.attributes["id"])
            assert _text(place, each.span).startswith("{")
        first = found['terraform_data.one["a.b"]']
        assert unwrap(first.attributes["input"])
        assert unwrap(found["module.m[1].terraform_data.in"].attributes["output"]) == "m"
    beside = resources(folder)
    assert beside.keys() == declared.keys()
    assert {each.plane for each in beside.values()} == {Plane.DECLARED}
