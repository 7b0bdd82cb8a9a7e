"""Findings as they are held: a large estate has several for each of its nodes."""

from __future__ import annotations

from datetime import date

from scanner.bundle import bundled
from scanner.config import Config
from scanner.engine.discover import discover
from scanner.scan import Judging, Target, build, judge, read
from scanner.sources.tree import Tree
from tests.cli.running import write


def test_findings_of_a_node_share_the_texts_that_they_have_in_common(tmp_path):
    write(tmp_path, {"main.tf": 'resource "aws_db_instance" "d" {\n  publicly_accessible = true\n}\n'})
    target, config = Target(Tree(tmp_path)), Config()
    rules, _ = discover([bundled("rules")], [])
    report, _ = judge(build(target, read(target), config), config, Judging(rules, date(2026, 11, 23)))
    mine = [each for each in report.findings if each.node.endswith("aws_db_instance.d")]

    assert len(mine) == len({each.rule for each in mine}) > 1
    assert len({id(each.node) for each in mine}) == len({id(each.instances) for each in mine}) == 1
    assert len({id(each.planes) for each in mine}) == 1
