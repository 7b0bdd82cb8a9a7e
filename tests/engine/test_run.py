"""Verdicts, findings and their places, in Python and Rego."""

import json
from dataclasses import replace

from scanner.engine.run import judge
from scanner.model.finding import Severity, Verdict
from scanner.model.resource import Call
from scanner.model.rule import Rule
from tests.engine.graphs import LATER, Scene, rules_of

BUCKETS = """resource "aws_s3_bucket" "logs" {
  bucket = "logs"
  versioning { enabled = false }
}
resource "aws_s3_bucket" "data" {
  count = 2
}
"""


def buckets(**versioned):
    scene = Scene()
    scene.text("main.tf", BUCKETS)
    for name, value in versioned.items():
        block = name.partition("_")[0]
        native = f"aws_s3_bucket.{block}" + (f"[{name.partition('_')[2]}]" if "_" in name else "")
        origins = {"versioned": "enabled = false"} if block == "logs" else {}
        header = f'resource "aws_s3_bucket" "{block}"'
        scene.node("object_store", native, {"versioned": value}, header=header, origins=origins)
    return scene


def run(scene, *ids):
    return judge(scene.graph, rules_of(*ids), scene.files)


VERSIONS = "backup/object-store-unversioned"


def test_pass_fail_and_unknown_are_counted_per_obligation():
    judged = run(buckets(logs=False, data_0=True, data_1=LATER), VERSIONS)
    assert judged.obligations == {"pass": 1, "fail": 1, "unknown": 1}
    assert judged.by_rule[VERSIONS] == {"pass": 1, "fail": 1, "unknown": 1}
    assert judged.decided[VERSIONS] == {0, 1}
    assert judged.failed[VERSIONS] == {0}
    assert judged.diagnostics == []


def test_a_finding_stands_at_the_attribute_and_names_the_node():
    (finding,) = run(buckets(logs=False), VERSIONS).findings
    assert finding.verdict is Verdict.FAIL
    assert finding.severity is Severity.MEDIUM
    assert finding.message == "aws_s3_bucket.logs keeps no earlier version of its objects"
    assert (finding.location.path, finding.location.line, finding.location.column) == ("main.tf", 3, 16)
    assert finding.node == "tf:#aws_s3_bucket.logs"
    assert finding.layer.value == "storage"
    assert finding.planes == ("declared",)


def test_an_unknown_is_said_with_its_reason_and_never_failed():
    (finding,) = run(buckets(logs=LATER), VERSIONS).findings
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.reason == "known after apply"
    assert finding.location.line == 3


def test_instances_of_one_block_are_one_finding():
    judged = run(buckets(data_0=False, data_1=False), VERSIONS)
    (finding,) = judged.findings
    assert finding.instances == ("tf:#aws_s3_bucket.data[0]", "tf:#aws_s3_bucket.data[1]")
    assert finding.message.startswith("aws_s3_bucket.data keeps")
    assert judged.obligations["fail"] == 2


def test_the_fingerprint_survives_moves_and_instance_keys():
    plain = run(buckets(logs=False), VERSIONS).findings[0]
    moved = Scene()
    moved.text("other.tf", "\n\n\n" + BUCKETS)
    header = 'resource "aws_s3_bucket" "logs"'
    moved.node("object_store", "aws_s3_bucket.logs", {"versioned": False}, path="other.tf", header=header)
    assert run(moved, VERSIONS).findings[0].fingerprint == plain.fingerprint
    assert len(plain.fingerprint) == 32
    one = run(buckets(data_0=False), VERSIONS).findings[0]
    other = run(buckets(data_1=False), VERSIONS).findings[0]
    assert one.fingerprint == other.fingerprint != plain.fingerprint


DATABASE = """resource "aws_db_instance" "main" {
  publicly_accessible = true
}
resource "aws_security_group" "db" {
  ingress {}
}
module "m" {
}
"""


def database(public, default=False, **group):
    scene = Scene()
    scene.text("main.tf", DATABASE)
    call = Call("module.m", scene.span("main.tf", 'module "m"'))
    node = scene.node(
        "database",
        "module.m.aws_db_instance.main",
        {"public_access": public, "engine": "postgres"},
        header='resource "aws_db_instance" "main"',
        origins={"public_access": "publicly_accessible = true"},
        calls=(call,),
    )
    group = scene.node(
        "security_group",
        "aws_security_group.db",
        {"default": default, "rules": [], **group},
        header='resource "aws_security_group" "db"',
        origins={"rules": "ingress {}"},
    )
    scene.graph.relate("uses", node, group)
    return scene


def test_a_python_rule_fills_its_message_and_shows_its_path():
    (finding,) = run(database(True), "zero-trust/database-public").findings
    assert finding.message == "module.m.aws_db_instance.main (postgres) can be reached from anywhere"
    assert [(step.node, step.note, step.relation, step.location.line) for step in finding.path] == [
        ("tf:#module.m", "called here", "", 7),
        ("tf:#aws_security_group.db", "its filter", "uses", 5),
    ]


def test_undetermined_makes_a_python_rule_unknown_at_the_attribute_it_read():
    judged = run(database(LATER), "zero-trust/database-public")
    (finding,) = judged.findings
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "known after apply")
    assert finding.location.line == 2
    assert judged.obligations == {"pass": 0, "fail": 0, "unknown": 1}


def test_an_unknown_further_on_is_shown_at_the_relation_that_led_there():
    (finding,) = run(database(False, default=LATER), "zero-trust/database-public").findings
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.location.line == 1


def test_an_open_relation_is_unknown_only_where_nothing_known_decides():
    scene = database(False)
    scene.graph.open("uses", 0, LATER)
    assert run(scene, "zero-trust/database-public").findings[0].verdict is Verdict.UNKNOWN
    scene = database(False, default=True)
    scene.graph.open("uses", 0, LATER)
    assert run(scene, "zero-trust/database-public").findings[0].verdict is Verdict.FAIL


def python(check, **more):
    return replace(Rule("hygiene/own", "Own", Severity.LOW, ("database",), "{node}", check=check), **more)


def test_a_crash_is_one_diagnostic_and_unknown_for_its_nodes():
    def check(node):
        raise KeyError(node["engine"])
        yield

    scene = database(True)
    judged = judge(scene.graph, [python(check)], scene.files)
    (fault,) = judged.diagnostics
    assert fault.code == "rule-crash"
    assert "hygiene/own: KeyError: 'postgres' (at tf:#module.m.aws_db_instance.main)" in fault.summary
    assert [finding.verdict for finding in judged.findings] == [Verdict.UNKNOWN]


def test_matches_before_an_undetermined_stand():
    from scanner.rule import Match

    def check(node):
        yield Match(node, "engine")
        if node["encrypted"]:
            yield Match(node, "encrypted")

    scene = database(True)
    scene.graph.set(0, "encrypted", LATER)
    judged = judge(scene.graph, [python(check)], scene.files)
    assert judged.obligations == {"pass": 0, "fail": 1, "unknown": 0}
    assert [finding.verdict for finding in judged.findings] == [Verdict.FAIL]


def test_a_match_that_rests_on_an_unknown_is_unknown():
    from scanner.rule import Match

    def check(node):
        yield Match(node, ("engine", "encrypted"))

    scene = database(True)
    scene.graph.set(0, "encrypted", LATER)
    judged = judge(scene.graph, [python(check)], scene.files)
    assert judged.obligations["unknown"] == 1
    assert judged.findings[0].reason == "known after apply"


def machine(rules, public=True):
    scene = Scene()
    scene.text("main.tf", 'resource "aws_instance" "web" {}\nresource "aws_security_group" "all" {}\n')
    web = scene.node("instance", "aws_instance.web", {"public_address": public}, header='resource "aws_instance"')
    group = scene.node(
        "security_group", "aws_security_group.all", {"rules": rules}, header='resource "aws_security_group"'
    )
    scene.graph.relate("uses", web, group)
    return scene


OPEN = [{"cidrs": ["0.0.0.0/0"]}]
REACH = "zero-trust/instance-open"


def test_a_rego_rule_reaches_over_relations_and_shows_the_far_end():
    (finding,) = run(machine(OPEN), REACH).findings
    assert finding.message == "aws_instance.web lets 0.0.0.0/0 in"
    assert [(step.node, step.note, step.location.line) for step in finding.path] == [
        ("tf:#aws_security_group.all", "lets everyone in", 2)
    ]


def test_an_unknown_at_the_far_end_of_a_relation_is_unknown_here():
    (finding,) = run(machine(LATER), REACH).findings
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.reason == "aws_security_group.all: known after apply"


def test_an_unknown_that_a_deny_rests_on_or_that_was_read_is_unknown():
    assert run(machine(OPEN, public=LATER), REACH).findings[0].verdict is Verdict.UNKNOWN
    scene = machine([])
    assert run(scene, REACH).obligations == {"pass": 1, "fail": 0, "unknown": 0}
    scene.graph.open("uses", 0, LATER)
    assert run(scene, REACH).findings[0].verdict is Verdict.UNKNOWN


def rego(body, **more):
    source = f"package layerproof.hygiene.own\n\nimport rego.v1\n\n{body}\n"
    rule = Rule(
        "hygiene/own", "Own", Severity.LOW, ("object_store",), "{node}", reads=("versioned",),
        package="layerproof.hygiene.own", source=source,
    )  # fmt: skip
    return replace(rule, **more)


def test_a_rego_rule_that_does_not_compile_leaves_the_others_be():
    scene = buckets(logs=False)
    rules = [rego("deny contains x if { y > 1 }"), *rules_of(VERSIONS)]
    judged = judge(scene.graph, rules, scene.files)
    (fault,) = judged.diagnostics
    assert fault.code == "rule-load"
    assert fault.summary == "hygiene/own: hygiene/own.rego:5: use of undefined variable `y` is unsafe"
    assert judged.by_rule["hygiene/own"] == {"pass": 0, "fail": 0, "unknown": 1}
    assert judged.by_rule[VERSIONS]["fail"] == 1


def test_a_rego_rule_that_fails_at_run_time_is_a_crash():
    scene = buckets(logs=False)
    body = 'deny contains {"node": s.id} if { some s in input.kinds.object_store; to_number(s.id) > 1 }'
    judged = judge(scene.graph, [rego(body)], scene.files)
    assert [fault.code for fault in judged.diagnostics] == ["rule-crash"]
    assert judged.obligations == {"pass": 0, "fail": 0, "unknown": 1}


def test_a_panic_of_the_engine_is_a_crash_like_any_other():
    scene = buckets(logs=False)
    body = 'deny contains {"node": s.id} if { some s in input.kinds.object_store; strings.count(s.id, "") > 1 }'
    judged = judge(scene.graph, [rego(body)], scene.files)
    assert [fault.code for fault in judged.diagnostics] == ["rule-crash"]


def test_a_deny_that_names_what_is_not_there_is_a_crash():
    scene = buckets(logs=False)
    strange = '{"node": "tf:#aws_s3_bucket.logs", "at": "colour"}'
    for deny in ('{"node": "tf:#other"}', strange, '{"at": "x"}', '"x"'):
        judged = judge(scene.graph, [rego(f"deny contains {deny}")], scene.files)
        assert [fault.code for fault in judged.diagnostics] == ["rule-crash"], deny
        assert judged.obligations["unknown"] == 1


def test_findings_come_worst_first_and_the_same_every_time():
    scene = machine(OPEN)
    scene.node("object_store", "aws_s3_bucket.z", {"versioned": False})
    scene.node("object_store", "aws_s3_bucket.a", {"versioned": LATER})
    first = [(each.rule, each.node) for each in run(scene).findings]
    assert [rule for rule, _ in first] == [REACH, VERSIONS, VERSIONS]
    assert first == [(each.rule, each.node) for each in run(scene).findings]


def test_what_has_no_file_has_no_location():
    scene = Scene()
    scene.node("object_store", "arn:aws:s3:::x", {"versioned": False}, scheme="aws")
    assert run(scene, VERSIONS).findings[0].location is None


def test_values_in_a_message_are_text_and_nothing_more():
    from scanner.rule import Match

    def check(node):
        yield Match(node, values={"what": "{node.__class__} {kind}"})

    scene = database(True)
    rule = python(check, message="{what} {node.index} {absent} {kind}")
    (finding,) = judge(scene.graph, [rule], scene.files).findings
    assert finding.message == "{node.__class__} {kind} {node.index} {absent} database"


def test_sensitive_values_do_not_reach_the_rego_input():
    from scanner.engine.rego import document
    from scanner.model.value import Sensitive

    scene = buckets(logs=Sensitive("hunter2"))
    assert "hunter2" not in json.dumps(json.loads(document(scene.graph, rules_of(VERSIONS))))


def test_what_the_rego_input_leaves_out_as_sensitive_is_unknown_and_never_passes():
    source = (
        "package layerproof.hygiene.handed\n\nimport rego.v1\n\n"
        'deny contains {"node": one.id, "at": "secret_variables"} if {\n'
        "\tsome one in input.kinds.container\n\tcount(one.secret_variables) > 0\n}\n"
    )
    rule = Rule(
        "hygiene/handed", "handed", Severity.LOW, ("container",), "{node}", reads=("secret_variables",),
        package="layerproof.hygiene.handed", source=source,
    )  # fmt: skip
    scene = Scene()
    scene.node("container", "web", {"secret_variables": ["accounts-db-config"]})
    assert judge(scene.graph, [rule], scene.files).obligations["fail"] == 1
    scene.graph.secrets.add("accounts-db")  # the value of some secret, which the name holds
    assert judge(scene.graph, [rule], scene.files).obligations == {"pass": 0, "fail": 0, "unknown": 1}


def test_a_relation_is_shown_where_its_edge_or_its_opening_is_written():
    scene = database(False)
    scene.graph.open("uses", 0, LATER, scene.span("main.tf", "ingress {}"))
    assert run(scene, "zero-trust/database-public").findings[0].location.line == 5
