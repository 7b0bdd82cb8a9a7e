"""What `rules lint` says of a rule's text."""

from dataclasses import replace

import pytest

from scanner.engine.discover import discover
from scanner.engine.lint import lint
from scanner.model.finding import Severity
from scanner.model.rule import Rule
from tests.engine.graphs import rules_of


def said(*rules, **more):
    return [fault.summary.partition(": ")[2] for fault in lint(rules, **more)]


def rego(body, *reads, selects=("object_store", "table")):
    package = "layerproof.hygiene.own"
    return Rule(
        "hygiene/own", "Own", Severity.LOW, selects, "{node}", "why", "how", reads=reads,
        package=package, source=f"package {package}\n\nimport rego.v1\n\n{body}\n",
    )  # fmt: skip


def test_the_samples_are_clean():
    assert said(*rules_of()) == []


TABLES = "some s in input.kinds.table"
HELPER = """open(x) if not x.tls_required
open(x) if x.public_access
"""
SET = """bad contains s if { some s in input.kinds.table; not s.encrypted }
"""
KEYS = "every k in input.kinds.key { not k.rotated }"


@pytest.mark.parametrize(
    ("before", "body", "reads"),
    [
        ("", "some s in input.kinds.object_store; not s.versioned", {"versioned"}),
        ("", 'some _, s in input.kinds.table; not s["recoverable"]', {"recoverable"}),
        ("", "s := input.kinds.table[_]; s.name == s.region", {"name", "region"}),
        ("", "s = input.kinds[_][_]; not s.encrypted", {"encrypted"}),
        ("stores := input.kinds.table\n", "some s in stores; s.locked", {"locked"}),
        (HELPER, "some s in input.kinds.object_store; open(s)", {"public_access", "tls_required"}),
        (SET, "some s in bad; s.tags.x", {"encrypted", "tags"}),
        ("", f'{TABLES}; some a in ["encrypted", "x"]; not s[a]', {"encrypted"}),
        ("", f'{TABLES}; object.get(s, "placement", "") == ""', {"placement"}),
        ("", f"{TABLES}; {KEYS}", {"key.rotated"}),
        ("", f"{TABLES}; some k in input.relations.encrypted_with[s.id]; k", {"encrypted_with"}),
        ("", f"{TABLES}; some r in s.tags; r.statements", {"tags"}),
    ],
)
def test_reads_are_found_in_the_text(before, body, reads):
    from scanner.engine.rego_reads import reads_of

    assert reads_of(rego(f'{before}deny contains {{"node": s.id}} if {{ {body} }}')) == reads


def test_reads_that_are_not_listed_or_not_read_are_said():
    body = 'deny contains {"node": s.id} if { some s in input.kinds.object_store; not s.versioned }'
    assert said(rego(body, "encrypted")) == [
        "it reads versioned, which `reads` does not list",
        "`reads` lists encrypted, which it does not read",
    ]


def test_a_rule_over_nothing_and_one_that_does_not_parse_are_said():
    assert said(rego('deny contains {"node": "x"}', "encrypted")) == ["it takes no node from input.kinds"]
    assert "expecting" in said(rego("deny contains {", "encrypted"))[0]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("if any(node.out('uses')): pass", "any"),
        ("if all(x['default'] for x in node.into('uses')): pass", "all"),
        ("if len(list(node.out('uses'))) > 1: pass", "len"),
        ("return sorted([x for x in node.out('uses')])", "sorted"),
        ("a = node.out('uses'); b = list(a); any(b)", "any"),
    ],
)
def test_two_valued_questions_of_relations_are_said(tmp_path, body, word):
    rule = python(tmp_path, body)
    assert said(rule) == [f"line 10: {word}() over a relation; use some() or every()"]


def test_two_valued_questions_of_plain_values_are_fine(tmp_path):
    assert said(python(tmp_path, "return any(x for x in node['tags']) or len(node.known('uses'))")) == []


def python(tmp_path, body, message="{node}"):
    (tmp_path / "hygiene").mkdir()
    (tmp_path / "hygiene/own.py").write_text(
        '"""Own."""\n\nfrom scanner.rule import Match, Severity, rule\n\n'
        f'@rule(severity=Severity.LOW, selects="database", message="{message}")\n'
        'def check(node):\n    """Why.\n    ## Remedy\n    How.""" ;' + f"\n    {body}\n"
    )
    text = (tmp_path / "hygiene/own.py").read_text().replace('""" ;', '"""')
    (tmp_path / "hygiene/own.py").write_text(text)
    rules, faults = discover([tmp_path], [])
    assert not faults
    return rules[0]


def test_messages_ask_for_what_is_given(tmp_path):
    rule = python(tmp_path, "yield Match(node, values={'port': 1})", "{node} {port} {colour}")
    assert said(rule) == ["its message asks for {colour}, which it never gives"]
    assert said(replace(rule, message="a message")) == ["its message does not name the {node}"]


def test_texts_and_examples_are_asked_for(tmp_path):
    (rule,) = rules_of("zero-trust/database-public")
    (tmp_path / "zero_trust/database_public/bad").mkdir(parents=True)
    assert said(replace(rule, description="", remedy=""), fixtures=tmp_path) == [
        "it has no description",
        "it has no `## Remedy`",
        "no example zero_trust/database_public/good",
        "no example zero_trust/database_public/unknown",
    ]
