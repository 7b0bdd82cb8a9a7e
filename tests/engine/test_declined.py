"""What other scanners report and we do not."""

from __future__ import annotations

from scanner.cli import common
from scanner.engine.declined import declined, differing, differs, reason_of, same
from tests.cli.running import run


def test_no_check_is_declined_twice() -> None:
    ids = [
        (tool, each)
        for entry in (*declined(), *differs())
        for tool, names in entry.checks.items()
        for each in names
    ]
    assert len(ids) == len(set(ids))


def test_rules_that_reasons_name_exist() -> None:
    known = {rule.id for rule in common.load_rules()[0]}
    for entry in (*declined(), *differs()):
        named = [word.strip(".,():;") for word in entry.reason.split() if "/" in word]
        assert all(each in known for each in named), (entry.says, named)


def test_explain_says_why() -> None:
    assert "has no rule of ours" in run("explain", "CKV_K8S_43").out
    assert reason_of("CKV_K8S_16") is None


def test_checks_of_peers_lead_to_rules() -> None:
    known = {rule.id for rule in common.load_rules()[0]}
    assert {rule for rules in same().values() for rule in rules} <= known


def test_no_check_is_declined_and_a_rule_of_ours() -> None:
    """Where both stand, the check is one that we judge otherwise: `[[differs]]`."""
    declined_ids = {each for entry in declined() for names in entry.checks.values() for each in names}
    named = {
        each
        for rule in common.load_rules()[0]
        for tool in ("checkov", "trivy")
        for each in rule.controls.get(tool, ())
    }
    assert not declined_ids & (named | set(same()))
    assert differing("CKV_AWS_144") is not None


def test_explain_finds_the_rule_for_a_peers_check() -> None:
    assert "tiers/management-port-open" in run("explain", "CKV_AZURE_9").out
    assert "least-privilege/machine-console-open" in run("explain", "GCP-0032").out
    assert "zero-trust/database-public" in run("explain", "AVD-AZU-0022").out
