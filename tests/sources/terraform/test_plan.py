"""Plans: read as the sources are, placed in them, and alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from scanner.model.diagnostic import Level
from scanner.model.location import Span
from scanner.model.resource import Plane
from scanner.model.value import Cause, Sensitive, Unknown
from scanner.scan import Target, read
from scanner.sources.tree import Tree
from tests.sources.terraform.cases import CASES
from tests.sources.terraform.oracle import UNKNOWN, write
from tests.sources.terraform.planning import findings, overrides, plan, report, resources, run
from tests.sources.terraform.reading import plain

# Planned by terraform 1.11 with the aws provider 6 (main of 2026-06-02), credentials checks off, and with the
# others in the versions that .ci/providers names.
PLANS = Path(__file__).parent / "plans"
PLANNED = {"modules": ("aws",), "services": ("aws", "null", "random", "tls")}
MODULES = PLANS / "modules"
WITHOUT = ("plan*.json",)

TREE = {
    "main.tf": """
variable "names" { default = ["a", "b"] }
locals { base = terraform_data.base.output }
resource "terraform_data" "base" { input = "x" }
resource "terraform_data" "k" {
  for_each = toset(var.names)
  input    = { id = terraform_data.base.id, key = each.key, list = [1, terraform_data.base.output] }
}
resource "terraform_data" "l" {
  for_each = toset(var.names)
  input    = [terraform_data.k[each.key].id, local.base]
}
module "m" {
  source   = "./m"
  for_each = { "x.y" = 1, z = 2 }
  v        = terraform_data.base.id
  w        = each.value
}
resource "terraform_data" "q" {
  count = 2
  input = [module.m["z"].out, terraform_data.l["a"].id, sensitive("s"), var.names]
}
""",
    "m/main.tf": """
variable "v" {}
variable "w" {}
module "deep" {
  source = "./deep"
  count  = 1
  v      = var.w
}
resource "terraform_data" "in" {
  count = var.w
  input = "${var.v}-${count.index}"
}
output "out" { value = terraform_data.in[0].id }
""",
    "m/deep/main.tf": """
variable "v" {}
resource "terraform_data" "d" { input = { v = var.v, n = null, t = true } }
""",
}


@pytest.fixture
def modules(tmp_path):
    folder = tmp_path / "modules"
    shutil.copytree(MODULES, folder)
    return folder


@pytest.fixture
def alone(tmp_path):
    folder = tmp_path / "alone"
    folder.mkdir()
    shutil.copy(MODULES / "plan.json", folder / "anything.json")
    return folder


def _document():
    return json.loads((MODULES / "plan.json").read_text("utf-8"))


def _text(folder, span):
    return (folder / span.path).read_bytes()[span.start : span.end].decode()


# beside the sources


def test_findings_of_a_plan_are_those_of_its_sources(modules):
    sources = report(modules, WITHOUT)
    planned = report(modules)

    assert len(sources.findings) > 10
    assert findings(planned) == findings(sources)
    assert {each.planes for each in planned.findings if each.kind != "root"} == {("planned",)}


def test_findings_stand_in_the_sources_with_the_chain_of_calls(modules):
    (found,) = [each for each in report(modules).findings if each.rule == "zero-trust/key-not-rotated"]

    assert (found.location.path, found.location.line) == ("store/key/main.tf", 2)
    assert [step.location.path for step in found.path[:2]] == ["main.tf", "store/main.tf"]
    assert len(found.instances) == 2


def test_a_plan_knows_the_variables_that_the_sources_leave_open(modules):
    (modules / "terraform.tfvars").unlink()
    open_ = {each.rule for each in report(modules, WITHOUT).findings if each.verdict.value == "fail"}
    planned = [each for each in report(modules).findings if each.rule == "zero-trust/object-store-public"]

    assert "zero-trust/object-store-public" not in open_
    assert planned[0].node == 'tf:.#module.store["public"].aws_s3_bucket.this'
    assert planned[0].location.path == "main.tf" or planned[0].location.path == "store/main.tf"
    assert resources(modules)["aws_iam_policy.reader"].scope.region == "eu-west-1"


def test_what_a_module_makes_that_is_not_on_disk_stands_at_its_call(modules):
    shutil.rmtree(modules / "store")
    found = resources(modules)['module.store["public"].aws_s3_bucket.this']

    assert _text(modules, found.span).strip() == 'module "store"'
    assert [each.code for each in report(modules).diagnostics] == []


def test_blocks_are_placed_whatever_their_order_in_the_plan(modules):
    found = resources(modules)["aws_security_group.web"]
    ports = [each["from_port"] for each in found.attributes["ingress"]]
    places = [_text(modules, found.origins[f"ingress[{at}].from_port"]) for at in range(2)]

    assert ports == [22, 443]
    assert places == ["from_port   = 22", "from_port   = ingress.value"]


def test_elements_that_the_plan_sorts_differently_keep_their_places(modules):
    document = _document()
    for part in (document["planned_values"]["root_module"]["resources"], document["resource_changes"]):
        for each in part:
            if each["address"] == "aws_security_group.web":
                values = each["values"] if "values" in each else each["change"]["after"]
                values["ingress"] = [
                    {**values["ingress"][0], "from_port": 3, "to_port": 3},
                    *reversed(values["ingress"]),
                ]
                if "change" in each:
                    each["change"]["after_unknown"]["ingress"] = []
    (modules / "plan.json").write_text(json.dumps(document))

    found = resources(modules)["aws_security_group.web"]
    assert [each["from_port"] for each in found.attributes["ingress"]] == [22, 443, 3]
    assert _text(modules, found.origins["ingress[1].from_port"]) == "from_port   = ingress.value"


def test_blocks_that_the_plan_has_not_heard_of_are_judged_as_declared(modules):
    with (modules / "main.tf").open("a") as file:
        file.write('\nresource "aws_kms_key" "new" {\n  enable_key_rotation = false\n}\n')
    found = report(modules)

    assert resources(modules)["aws_kms_key.new"].plane is Plane.DECLARED
    assert "tf:.#aws_kms_key.new" in {each.node for each in found.findings}
    (told,) = found.diagnostics
    assert (told.code, told.level) == ("read-stale-plan", Level.WARNING)
    assert "aws_kms_key.new" in told.summary


def test_a_block_of_which_the_plan_makes_none_has_no_instance(modules):
    document = _document()
    planned = document["planned_values"]["root_module"]
    planned["resources"] = [each for each in planned["resources"] if each["type"] != "aws_db_instance"]
    (modules / "plan.json").write_text(json.dumps(document))

    (unit,) = read(Target(Tree(modules)))
    assert "aws_db_instance.main[0]" not in {each.address.name for each in unit.resources}
    assert "aws_db_instance" in {each.type for each in unit.absent}


def test_a_partial_plan_leaves_the_rest_as_declared(modules):
    document = _document()
    document["complete"] = False
    planned = document["planned_values"]["root_module"]
    planned["resources"] = [each for each in planned["resources"] if each["type"] != "aws_db_instance"]
    (modules / "plan.json").write_text(json.dumps(document))

    found = report(modules)
    assert resources(modules)["aws_db_instance.main[0]"].plane is Plane.DECLARED
    assert findings(found) == findings(report(modules, WITHOUT))
    (covered,) = [each for each in found.coverage if each.unit == "plan.json"]
    assert covered.status == "partial"


def test_several_plans_are_environments_and_equal_findings_are_one(modules):
    shutil.move(modules / "plan.json", modules / "plan-dev.json")
    shutil.copy(modules / "plan-dev.json", modules / "plan-prod.json")
    found = report(modules)

    assert {each.location for each in found.findings} == {
        each.location for each in report(modules, WITHOUT).findings
    }
    assert all("(in plan-dev, plan-prod)" in each.message for each in found.findings if each.kind != "root")


def test_a_plan_of_something_else_stands_for_itself(modules, alone):
    shutil.rmtree(modules)
    write(modules, {"main.tf": 'resource "aws_kms_key" "k" {\n  enable_key_rotation = false\n}\n'})
    shutil.copy(alone / "anything.json", modules / "other.json")

    roots = {unit.root: len(unit.resources) for unit in read(Target(Tree(modules)))}
    assert roots["."] == 1
    assert roots["other.json"] > 10


def test_a_plan_that_is_named_is_judged_whole(modules):
    assert findings(report(modules, only=("plan.json",))) == findings(report(modules))


# alone


def test_alone_a_plan_is_placed_in_its_own_text(alone):
    found = resources(alone)["aws_security_group.web"]

    assert found.plane is Plane.PLANNED
    assert found.address.root == "."
    assert _text(alone, found.span).startswith('{"address":"aws_security_group.web"')
    assert _text(alone, found.origins["ingress[0].from_port"]) == '"from_port":22'
    assert found.scope.region == "eu-west-1"


def test_alone_a_plan_fails_what_its_sources_fail_and_adds_nothing_but_unknowns(alone, modules):
    def told(found):
        return {(each.rule, each.node, each.verdict.value) for each in found.findings}

    planned, sources = told(report(alone)), told(report(modules, WITHOUT))
    # a plan does not say what is written beside the code
    assert {each for each in sources if each[0] != "hygiene/root-undocumented"} <= planned
    assert {each for each in planned - sources if each[2] != "unknown"} == set()


def test_the_instances_of_a_block_are_one_finding(alone):
    (found,) = [each for each in report(alone).findings if each.rule == "backup/deletion-unprotected"]
    assert len(found.instances) == 2


def test_unknown_values_name_what_they_hang_on_across_modules(alone):
    found = resources(alone)
    key = found['module.store["logs.v1"].aws_s3_bucket_server_side_encryption_configuration.this']
    (rule,) = key.attributes["rule"]
    value = rule["apply_server_side_encryption_by_default"][0]["kms_master_key_id"]
    path = "rule[0].apply_server_side_encryption_by_default[0].kms_master_key_id"

    assert isinstance(value, Unknown)
    assert value.cause is Cause.PROVIDER_COMPUTED
    assert value.references == ('module.store["logs.v1"].module.key.aws_kms_key.this.arn',)
    assert key.references[path] == ('module.store["logs.v1"].module.key.aws_kms_key.this',)
    database = found["aws_db_instance.main[0]"].attributes["kms_key_id"]
    assert database.references == ('module.store["logs.v1"].module.key.aws_kms_key.this.arn',)


def test_what_the_provider_fills_in_is_left_out_as_the_sources_leave_it_out(alone, modules):
    declared = resources(modules, WITHOUT)
    for name, found in resources(alone).items():
        if found.type.startswith("aws_"):
            unknown = {path for path, value in found.attributes.items() if isinstance(value, Unknown)}
            assert unknown <= declared[name].attributes.keys()


def test_secrets_are_marked(alone, modules):
    for folder in (alone, modules):
        assert isinstance(resources(folder)["aws_db_instance.main[0]"].attributes["password"], Sensitive)


def test_module_calls_and_providers_are_told(alone):
    found = resources(alone)
    assert found["module.store"].attributes["source"] == "./store"
    assert found["module.store.module.key"].type == "module"
    assert found["provider.aws"].attributes["skip_metadata_api_check"] is True


def test_edges_are_drawn_through_unknown_values(alone):
    target = Target(Tree(alone))
    from scanner.config import Config
    from scanner.scan import build

    graph = build(target, read(target), Config()).graph
    drawn = {
        (graph.addresses[source].name, graph.addresses[each].name)
        for source in range(len(graph))
        for each in graph.targets("encrypted_with", source)
    }
    assert (
        'module.store["public"].aws_s3_bucket.this',
        'module.store["public"].module.key.aws_kms_key.this',
    ) in drawn


# what a file is


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_plans_are_read_in_the_codings_that_shells_write(alone, coding):
    plain_text = (alone / "anything.json").read_text("utf-8")
    expected = findings(report(alone))
    (alone / "anything.json").write_bytes(plain_text.encode(coding))

    assert findings(report(alone)) == expected


@pytest.mark.parametrize("order", ["sorted", "indented"])
def test_a_plan_that_was_written_anew_is_read_all_the_same(alone, order):
    text = json.dumps(_document(), sort_keys=order == "sorted", indent=2)
    (alone / "anything.json").write_text(text)
    found = resources(alone)["aws_security_group.web"]

    assert _text(alone, found.span).startswith("{")
    assert '"web"' in _text(alone, found.span)
    assert _text(alone, found.origins["ingress[0].from_port"]) == '"from_port": 22'


def test_a_plan_from_standard_input_is_told_by_what_it_holds(alone):
    text = (alone / "anything.json").read_bytes()
    found = report(alone, stdin=text)
    assert {each.location.path for each in found.findings if each.location} == {"<stdin>"}
    assert len(found.findings) == len(report(alone).findings)


def test_a_plan_in_terraforms_own_form_is_told(tmp_path):
    (tmp_path / "a.tfplan").write_bytes(b"PK\x03\x04 ... tfplan")
    (told,) = [each for each in report(tmp_path).diagnostics if each.code == "read-plan"]
    assert "terraform show -json" in told.remedy


def test_half_a_plan_is_an_error_at_its_place(alone):
    text = (alone / "anything.json").read_bytes()[:20_000]
    (alone / "anything.json").write_bytes(text)
    (told,) = report(alone).diagnostics
    assert (told.code, told.level, told.span.path) == ("parse-plan", Level.ERROR, "anything.json")


@pytest.mark.parametrize(
    "text",
    [
        '{"format_version":"1.2","planned_values":{"root_module":[]},"resource_changes":{}}',
        (
            '{"format_version":"1.2","planned_values":{"root_module":{"resources":[1,{"address":2},{"type":"x",'
            '"address":"x.y","values":[1]}],"child_modules":[null,{"resources":{}}]}},'
            '"configuration":{"root_module":{"resources":[3]}}}'
        ),
        (
            '{"format_version":"9.9","resource_changes":[{"address":"a.b","type":"a","change":'
            '{"actions":["create"],"after":{"x":[1]},"after_unknown":{"x":[false,true],"y":{"z":true}}}}]}'
        ),
        '{"format_version":"1.2","planned_values":{"root_module":{"resources":[{"address":"a.b","type":"a","values":'
        + '{"x":' * 300 + "1" + "}" * 300 + "}]}}}",
    ],
)  # fmt: skip
def test_a_plan_of_any_shape_is_no_crash(tmp_path, text):
    (tmp_path / "plan.json").write_text(text)
    assert report(tmp_path).rules


def test_unknown_parts_stand_at_exactly_their_paths(tmp_path):
    change = {
        "actions": ["create"],
        "after": {"list": ["a", None], "object": {"known": 1}},
        "after_unknown": {"id": True, "list": [False, True], "object": {"later": True}},
        "after_sensitive": {"object": {"known": True}},
    }
    resource = {"address": "a_b.c", "mode": "managed", "type": "a_b", "name": "c", "change": change}
    (tmp_path / "p.json").write_text(json.dumps({"format_version": "1.2", "resource_changes": [resource]}))

    found = resources(tmp_path)["a_b.c"].attributes
    assert plain(found) == {"list": ["a", UNKNOWN], "object": {"known": 1, "later": UNKNOWN}, "id": UNKNOWN}
    assert isinstance(found["object"]["known"], Sensitive)


def test_what_will_be_deleted_is_not_there(tmp_path):
    gone = {"address": "a_b.c", "type": "a_b", "change": {"actions": ["delete"], "before": {}, "after": None}}
    (tmp_path / "p.json").write_text(json.dumps({"format_version": "1.2", "resource_changes": [gone]}))
    assert resources(tmp_path) == {}


# the real terraform


@pytest.mark.parametrize("beside", [True, False])
def test_a_real_plan_says_what_the_sources_say(tmp_path, beside):
    folder = tmp_path / "tree"
    write(folder, TREE)
    declared = resources(folder)
    text = plan(folder)
    place = folder if beside else tmp_path / "plan"
    place.mkdir(exist_ok=True)
    (place / "p.json").write_bytes(text)
    planned = resources(place)

    names = {name for name, each in declared.items() if each.type == "terraform_data"}
    assert {name for name, each in planned.items() if each.type == "terraform_data"} == names
    for name in names:
        ours, theirs = declared[name].attributes, planned[name].attributes
        assert {key: plain(theirs[key]) for key in ours} == {key: plain(value) for key, value in ours.items()}
        assert planned[name].plane is Plane.PLANNED
        if beside:
            assert planned[name].span == declared[name].span
            assert planned[name].calls == declared[name].calls
            assert dict(planned[name].origins) == dict(declared[name].origins)
            assert all(isinstance(each, Span) for each in planned[name].origins.values())


def test_a_real_partial_plan_is_known_for_one(tmp_path):
    write(tmp_path, TREE)
    (tmp_path / "p.json").write_bytes(plan(tmp_path, "-target=terraform_data.base"))
    found = resources(tmp_path)

    assert found["terraform_data.base"].plane is Plane.PLANNED
    assert found['terraform_data.l["a"]'].plane is Plane.DECLARED


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_plan_of_every_hard_case_says_what_the_sources_say(name, tmp_path):
    write(tmp_path, CASES[name])
    declared = resources(tmp_path)
    (tmp_path / "p.json").write_bytes(plan(tmp_path))
    planned = resources(tmp_path)

    inputs = {
        name: plain(each.attributes["input"]) for name, each in declared.items() if "input" in each.attributes
    }
    assert {name: plain(planned[name].attributes["input"]) for name in inputs} == inputs


@pytest.mark.parametrize("name", PLANNED)
def test_findings_beside_a_kept_plan_are_those_of_the_sources(name, tmp_path):
    folder = tmp_path / name
    shutil.copytree(PLANS / name, folder)

    assert findings(report(folder)) == findings(report(folder, WITHOUT))


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANNED)
def test_the_kept_plan_is_what_terraform_says_with_its_providers(name, tmp_path):
    folder = tmp_path / name
    shutil.copytree(PLANS / name, folder)
    settings = overrides(tmp_path / "cli.tfrc", *PLANNED[name])
    mock = {"AWS_ACCESS_KEY_ID": "mock", "AWS_SECRET_ACCESS_KEY": "mock"}
    run(folder, "get", settings=settings)
    run(folder, "plan", "-input=false", "-out=planned", settings=settings, more=mock)
    expected = findings(report(folder))
    (folder / "plan.json").write_bytes(run(folder, "show", "-json", "planned", settings=settings))
    (folder / "planned").unlink()

    assert findings(report(folder)) == expected == findings(report(folder, WITHOUT))
