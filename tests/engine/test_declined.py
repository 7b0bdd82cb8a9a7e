"""What other scanners report and we do not."""

from __future__ import annotations

from scanner.cli import common
from scanner.engine.declined import declined, reason_of
from tests.cli.running import run


def test_no_check_is_declined_twice() -> None:
    ids = [(tool, each) for entry in declined() for tool, names in entry.checks.items() for each in names]
    assert len(ids) == len(set(ids))


def test_rules_that_reasons_name_exist() -> None:
    known = {rule.id for rule in common.load_rules()[0]}
    for entry in declined():
        named = [word.strip(".,()") for word in entry.reason.split() if "/" in word]
        assert all(each in known for each in named), (entry.says, named)


def test_explain_says_why() -> None:
    assert "has no rule of ours" in run("explain", "CKV_K8S_43").out
    assert reason_of("CKV_K8S_16") is None
