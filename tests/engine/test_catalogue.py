"""The statements, and which attestations stand on a day."""

from __future__ import annotations

from datetime import date

import click
import pytest

from scanner.cli import cli, common
from scanner.engine import catalogue
from scanner.model.attestation import AttestationEntry
from scanner.model.catalogue import PLANES, VERDICTS

TODAY = date(2026, 6, 15)


def entry(statement="BIL-007", day="2026-01-01", until="2026-12-31", by="Ann"):
    return AttestationEntry(statement, by, day, until)


def of(entries, statement="BIL-007", today=TODAY):
    return next(each for each in catalogue.standing(entries, today) if each.statement == statement)


def test_there_are_122_statements_in_order_each_with_verdicts_and_planes():
    rows = catalogue.statements()
    assert [each.row for each in rows] == list(range(1, 123))
    assert len({each.id for each in rows}) == 122
    for each in rows:
        assert each.says
        assert each.verdicts
        assert each.layers
        assert set(each.verdicts) <= set(VERDICTS), each.id
        assert set(each.planes) <= set(PLANES), each.id
        assert each.planes or each.attested_only, f"{each.id}: evidence lies nowhere, so only a person can tell"


def test_the_statements_that_only_a_person_can_attest():
    assert [each.id for each in catalogue.statements() if each.attested_only] == ["BIL-007", "BIL-015"]


def test_without_an_attestation_a_statement_is_missing_one():
    assert {each.state for each in catalogue.standing([], TODAY)} == {"missing"}


@pytest.mark.parametrize(
    ("day", "until", "state"),
    [
        ("2026-01-01", "2026-12-31", "attested"),
        ("2026-06-15", "2026-06-15", "attested"),
        ("2025-01-01", "2026-06-14", "expired"),
        ("2026-06-16", "2026-12-31", "not yet"),
    ],
)
def test_an_attestation_counts_from_its_date_to_its_end(day, until, state):
    assert of([entry(day=day, until=until)]).state == state


def test_of_several_the_one_that_counts_longest_stands():
    old, new = entry(until="2026-07-01", by="Old"), entry(until="2026-09-01", by="New")
    future = entry(day="2026-08-01", until="2027-08-01", by="Later")
    assert of([new, old, future]).by == "New"


def test_what_does_not_count_is_told():
    entries = [entry("NO-001"), entry("STO-006"), entry(until="2026-02-01"), entry("BIL-015")]
    told = [each.summary for each in catalogue.remarks(entries, TODAY)]
    assert len(told) == 3
    assert "no such statement" in told[0]
    assert "rules decide this" in told[1]
    assert "expired on 2026-02-01" in told[2]


def test_what_no_rule_decides_says_why_or_which_command_does():
    commands = cli.list_commands(click.Context(cli))
    named = {each for rule in common.load_rules()[0] for each in rule.controls.get("catalogue", ())}
    for each in catalogue.statements():
        state = each.state(covered=each.id in named)
        assert not (each.by and each.declined), each.id
        assert not (each.beyond and state == "open"), each.id
        if each.by:
            assert state == "command", each.id
            assert each.by.split()[1] in commands, each.id
        if each.declined:
            assert state == "declined", each.id
        if each.row >= 67:
            assert state != "open", each.id
