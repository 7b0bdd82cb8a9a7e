"""Rego that is not ours: the same answers, in a process with limits."""

from dataclasses import replace

import pytest

from scanner.engine.confined import Confined, Limits
from scanner.engine.regorus import Regorus
from scanner.engine.run import judge
from scanner.model.finding import Severity
from scanner.model.rule import Rule
from tests.engine.graphs import Scene, rules_of

STORES = "deny contains {%s} if { some s in input.kinds.object_store;"
TIGHT = Limits(memory=1 << 30, processor=2, wall=20)


def stranger(name, body):
    package = f"layerproof.hygiene.{name}"
    source = f"package {package}\n\nimport rego.v1\n\n{body}\n"
    return Rule(
        f"hygiene/{name}", name, Severity.LOW, ("object_store",), "{node}", reads=("versioned",),
        package=package, source=source, ours=False,
    )  # fmt: skip


def scene():
    built = Scene()
    built.node("object_store", "a", {"versioned": False})
    return built


def run(*rules):
    built = scene()
    return judge(built.graph, rules, built.files, backend=Regorus(Confined(TIGHT)))


def test_rules_of_others_give_what_ours_would():
    (rule,) = rules_of("backup/object-store-unversioned")
    ours, theirs = run(rule), run(replace(rule, ours=False))
    assert ours.findings == theirs.findings
    assert theirs.diagnostics == []


@pytest.mark.parametrize(
    "body",
    [
        'deny contains {"node": "x"} if { count(numbers.range(1, 300000000)) > 0 }',
        'deny contains {"node": "x"} if { x := ' + "[" * 60 + "]" * 60 + "; x }",
    ],
    ids=["memory", "parser"],
)
def test_a_rule_that_runs_away_is_stopped_and_the_others_answer(body):
    fine = STORES % '"node": s.id, "at": "versioned"' + " not s.versioned }"
    judged = run(stranger("first", fine), stranger("greedy", body), stranger("last", fine))
    assert [(each.code, each.summary.partition(":")[0]) for each in judged.diagnostics] == [
        ("limit-rego", "hygiene/greedy")
    ]
    assert judged.by_rule["hygiene/greedy"]["unknown"] == 1
    assert judged.by_rule["hygiene/first"]["fail"] == judged.by_rule["hygiene/last"]["fail"] == 1


def test_a_stranger_that_does_not_compile_or_crashes_is_named():
    judged = run(
        stranger("unsafe", "deny contains x if { y > 1 }"),
        stranger("divides", STORES % '"node": s.id' + " to_number(s.id) > 0 }"),
    )
    assert [(each.code, each.summary.partition(":")[0]) for each in judged.diagnostics] == [
        ("rule-load", "hygiene/unsafe"),
        ("rule-crash", "hygiene/divides"),
    ]


def test_the_environment_and_the_network_are_out_of_reach():
    runtime = stranger("nosy", 'deny contains {"node": "tf:#a", "cut": env} if { env := opa.runtime().env.PATH }')
    network = stranger("caller", 'deny contains {"node": "tf:#a"} if { http.send({"method": "get", "url": "x"}) }')
    assert [each.verdict.value for each in run(runtime, network).findings if each.verdict.value == "fail"] == []
