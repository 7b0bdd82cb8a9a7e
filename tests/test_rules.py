"""Every rule we ship: its texts, its examples, and that nothing unknown ever passes."""

import subprocess
from functools import cache

import pytest

from scanner.bundle import bundled
from scanner.engine.discover import discover
from scanner.engine.lint import lint
from scanner.engine.regorus import Regorus
from scanner.engine.run import judge
from scanner.fixture import check, scanned
from tests.engine.servers import opa_binary, opa_server

RULES, FAULTS = discover([bundled("rules")], [bundled("policies")])
REGO = [rule for rule in RULES if rule.language == "rego"]


@cache
def embedded():
    return Regorus()


def test_all_rules_load():
    assert [fault.summary for fault in FAULTS] == []


def test_all_rules_are_well_formed_and_have_their_examples():
    assert [fault.summary for fault in lint(RULES, bundled("fixtures"))] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_findings_equal_the_marks_and_unknown_never_passes(rule):
    problems = check(rule, bundled("fixtures"), embedded()).problems
    assert not problems, "\n".join(problems)


@pytest.fixture(scope="module")
def server():
    from scanner.engine.opa import Opa, Server

    with opa_server() as url:
        backend = Opa(Server(url, push=True))
        yield backend
        backend.close()


@pytest.mark.slow
@pytest.mark.parametrize("rule", REGO, ids=lambda rule: rule.id)
def test_a_real_opa_gives_the_same(rule, server):
    problems = check(rule, bundled("fixtures"), server).problems
    assert not problems, "\n".join(problems)


@pytest.mark.slow
def test_all_policies_find_the_same_in_all_examples_on_both_engines(server):
    assert server.load(REGO) == []
    for example in sorted(bundled("fixtures").glob("*/*/*/")):
        graph, files = scanned(example)
        ours = judge(graph, REGO, files, backend=embedded())
        theirs = judge(graph, REGO, files, backend=server)
        assert (theirs.findings, theirs.diagnostics) == (ours.findings, ours.diagnostics), example


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("fmt", "--fail", "--list"), ("check", "--strict")])
def test_opa_finds_nothing_to_say_of_the_policies(arguments):
    command = [opa_binary(), *arguments, str(bundled("policies"))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
