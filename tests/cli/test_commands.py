"""The commands beside scan: what they print, and to whom."""

from __future__ import annotations

import json
import re

import pytest

from tests.cli.running import BROKEN, CLEAN, PUBLIC, run, write

TREE = {
    "main.tf": """
variable "n" {}
module "m" {
  source   = "./m"
  for_each = toset(["a", "b"])
  name     = each.key
}
resource "aws_eip" "off" { count = 0 }
resource "aws_eip" "some" { count = var.n }
data "aws_ami" "never" {
  for_each = {}
}
data "aws_region" "now" {}
resource "aws_db_instance" "d" {
  password = "hunter2"
  tags     = { n = aws_eip.some[0].public_ip }
}
""",
    "m/main.tf": 'variable "name" {}\nresource "aws_s3_bucket" "b" { bucket = var.name }\n',
    "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n",
}
HEADER = re.compile(r'^\s*(resource|data)\s+"(\w+)"\s+"(\w+)"', re.MULTILINE)


# resources


def test_resources_lists_every_block_that_a_text_search_finds(tmp_path):
    write(tmp_path, TREE)
    ran = run("resources", tmp_path, "--format", "json")
    names = {each["address"].partition("#")[2] for each in ran.json}
    bare = {re.sub(r"\[[^]]*\]", "", name) for name in names}

    assert ran.code == 0
    for path, text in TREE.items():
        lead = "module.m." if path.startswith("m/") else ""
        for what, type_, name in HEADER.findall(text):
            assert f"{lead}{'data.' if what == 'data' else ''}{type_}.{name}" in bare


def test_resources_names_blocks_without_instances(tmp_path):
    write(tmp_path, TREE)
    listed = {each["address"]: each for each in run("resources", tmp_path, "--format", "json").json}

    assert listed["tf:.#aws_eip.off"]["count"] == 0
    assert listed["tf:.#data.aws_ami.never"]["count"] == 0
    assert "no instance" in run("resources", tmp_path).out


def test_resources_shows_values_unknowns_and_places(tmp_path):
    write(tmp_path, TREE)
    listed = {each["address"]: each for each in run("resources", tmp_path, "--format", "json").json}
    bucket, database = listed['tf:.#module.m["a"].aws_s3_bucket.b'], listed["tf:.#aws_db_instance.d"]

    assert bucket["attributes"] == {"bucket": "a"}
    assert (bucket["plane"], bucket["location"]["path"], bucket["location"]["line"]) == (
        "declared",
        "m/main.tf",
        2,
    )
    assert "$unknown" in database["attributes"]["tags"]["n"]
    assert listed["k8s:.#/Pod//p"]["type"] == "/Pod"


def test_resources_masks_secrets_unless_asked(tmp_path):
    write(tmp_path, TREE)

    for form in ("text", "json"):
        assert "hunter2" not in run("resources", tmp_path, "--format", form).out
    shown = run("resources", tmp_path, "--format", "json", "--show-sensitive").out
    assert "hunter2" in shown


def test_resources_can_be_narrowed(tmp_path):
    write(tmp_path, TREE)

    def names(glob):
        return [each["address"] for each in run("resources", tmp_path, "--format", "json", "--address", glob).json]

    assert names('module.m["?"].*') == [
        'tf:.#module.m["a"].aws_s3_bucket.b',
        'tf:.#module.m["b"].aws_s3_bucket.b',
    ]
    assert names('tf:.#module.m["b"].aws_s3_bucket.b') == ['tf:.#module.m["b"].aws_s3_bucket.b']
    assert names("aws_eip.*") == ["tf:.#aws_eip.off", "tf:.#aws_eip.some[0]"]


def test_resources_of_a_broken_tree_is_3_with_the_rest(tmp_path):
    write(tmp_path, {"a.tf": BROKEN, "b.tf": PUBLIC})
    ran = run("resources", tmp_path, "--format", "json")

    assert ran.code == 3
    assert "tf:.#aws_db_instance.d" in {each["address"] for each in ran.json}
    assert "a.tf:2:" in ran.err


def test_resources_of_nothing_is_3(tmp_path):
    assert run("resources", write(tmp_path, {"a.md": ""})).code == 3


# graph


def test_the_graph_holds_every_node_once_on_a_layer(tmp_path):
    write(tmp_path, TREE)
    graph = run("graph", tmp_path).json
    nodes = [node for listed in graph["kinds"].values() for node in listed]
    ids = [node["id"] for node in nodes]

    assert len(ids) == len(set(ids))
    assert all(node["layer"] for node in nodes)
    assert 'tf:.#module.m["a"].aws_s3_bucket.b' in ids


def test_the_graph_follows_its_schema(tmp_path):
    import jsonschema_rs

    write(tmp_path, TREE)
    schema = run("schema").json

    assert [
        str(each) for each in jsonschema_rs.validator_for(schema).iter_errors(run("graph", tmp_path).json)
    ] == []


def test_the_graph_as_dot_and_mermaid(tmp_path):
    write(tmp_path, TREE)
    dot, mermaid = run("graph", tmp_path, "--format", "dot").out, run("graph", tmp_path, "--format", "mermaid").out

    assert dot.startswith("digraph layerproof {")
    assert dot.count("{") == dot.count("}")
    assert "4 storage" in dot
    assert mermaid.startswith("flowchart BT\n")
    assert mermaid.count("subgraph") == mermaid.count("  end\n")


def test_the_graph_by_tiers(tmp_path):
    write(tmp_path, TREE)

    assert 'label="core (' in run("graph", tmp_path, "--format", "dot", "--tiers").out


@pytest.mark.parametrize("form", ["dot", "mermaid"])
def test_names_cannot_break_out_of_a_drawing(tmp_path, form):
    name = 'x\\"]; evil [label="<b>\u202e\x1b[31m'
    document = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    write(tmp_path, {"a.json": json.dumps(document)})
    out = run("graph", tmp_path, "--format", form).out

    assert '"]; evil' not in out
    assert "\x1b" not in out
    assert "\u202e" not in out


# explain, rules, doctor, schema, completion


def test_explain_shows_reasons_remedy_and_examples():
    out = run("explain", "zero-trust/database-public").out

    for word in ("zero-trust/database-public", "publicly_accessible", "high"):
        assert word in out


def test_explain_takes_a_peers_id():
    ran = run("explain", "CKV_AWS_17")

    assert ran.code == 0
    assert "zero-trust/database-public" in ran.out


def test_explain_of_nothing_is_2_and_helps():
    ran = run("explain", "zero-trust/databse-public")

    assert ran.code == 2
    assert "zero-trust/database-public" in ran.err


def test_explain_as_markdown():
    assert run("explain", "zero-trust/database-public", "--format", "markdown").out.startswith("#")


def test_rules_are_listed():
    out = run("rules", "list").out

    assert "zero-trust/database-public" in out
    assert "least-privilege/" in out


def test_doctor_finds_this_installation_whole():
    ran = run("doctor")

    assert ran.code == 0, ran.out
    assert "embedded Rego engine answers" in ran.out


def test_schema_is_a_json_schema():
    assert run("schema").json["$schema"].startswith("https://json-schema.org/")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script(shell):
    assert "_LAYERPROOF_COMPLETE" in run("completion", shell).out


# config show


def test_config_show_says_what_counts_and_why(tmp_path):
    write(tmp_path, {"main.tf": CLEAN, "layerproof.toml": 'fail_on = "low"\nexclude = ["x"]\n'})
    shown = run("config", "show", tmp_path, "--format", "json").json

    assert (shown["origin"], shown["fail_on"], shown["exclude"]) == ("layerproof.toml", "low", ["x"])
    assert "# from layerproof.toml" in run("config", "show", tmp_path).out


def test_config_show_without_any(tmp_path):
    assert run("config", "show", tmp_path, "--format", "json").json["origin"] == "defaults"
