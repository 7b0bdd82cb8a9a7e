"""The harness finds rules that pass over what they cannot see."""

from dataclasses import replace

from scanner.engine.harness import leaks, reads
from scanner.model.finding import Severity
from scanner.model.rule import Rule
from scanner.rule import Match
from tests.engine.graphs import Scene, rules_of


def scene():
    built = Scene()
    database = built.node("database", "db", {"public_access": False, "engine": "x", "encrypted": False})
    group = built.node("security_group", "sg", {"default": True, "rules": [{"cidrs": ["0.0.0.0/0"]}]})
    built.graph.relate("uses", database, group)
    built.node("object_store", "bucket", {"versioned": False})
    web = built.node("instance", "web", {"public_address": True})
    built.graph.relate("uses", web, group)
    return built.graph


def test_the_samples_do_not_leak():
    for rule in rules_of():
        assert leaks(scene(), rule) == [], rule.id


def python(check):
    return Rule("hygiene/own", "Own", Severity.LOW, ("database",), "{node}", check=check)


def test_a_python_rule_that_peeks_leaks():
    def check(node):
        if node.peek("encrypted") is False:
            yield Match(node, "encrypted")

    assert leaks(scene(), python(check)) == ["hygiene/own passes db when encrypted of db is unknown"]


def test_a_python_rule_that_takes_what_is_listed_for_all_leaks():
    def check(node):
        if len(node.known("uses")) > 0:
            yield Match(node)

    assert leaks(scene(), python(check)) == ["hygiene/own passes db when uses of db is unknown"]


def test_a_rego_rule_that_does_not_declare_what_it_reads_leaks():
    (rule,) = rules_of("zero-trust/instance-open")
    careless = replace(rule, reads=("public_address", "uses"))
    graph = scene()
    assert (1, "rules") in reads(graph, rule, 3)
    assert leaks(graph, rule) == []
    assert leaks(graph.copy_with(1, "rules", None), careless) == []
    from scanner.engine.harness import without
    from scanner.engine.run import judge
    from scanner.model.report import Files

    judged = judge(without(graph, 1, "rules"), [careless], Files())
    assert judged.obligations["pass"] == 1
