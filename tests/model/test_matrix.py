"""The matrix of flows between tiers: its default, and what a configuration may say (DESIGN section 2; issue 7)."""

from __future__ import annotations

import pytest

from scanner.config import ConfigError, parse
from scanner.model.matrix import Cell, Matrix
from tests.cli.running import run


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [
        ("internet", "external", True),
        ("internet", "core", False),
        ("external", "internal", True),
        ("external", "core", False),
        ("internal", "core", True),
        ("core", "internal", False),
        ("core", "external", False),
        ("core", "internet", False),
    ],
)
def test_each_tier_speaks_to_the_next_one_inward(source, target, allowed):
    assert Matrix().cell(source, target).permits(frozenset({443}), frozenset()) is allowed


def test_the_internet_meets_the_internal_tier_behind_a_relay_only():
    cell = Matrix().cell("internet", "internal")

    assert not cell.permits(frozenset({443}), frozenset())
    assert cell.permits(frozenset({443}), frozenset({"load_balancer"}))


def test_a_cell_may_be_limited_to_ports_and_relays():
    cell = Cell(allow=True, ports=(443,), via=("load_balancer",))

    assert cell.permits(frozenset({443}), frozenset({"load_balancer"}))
    assert not cell.permits(frozenset({443, 80}), frozenset({"load_balancer"}))
    assert not cell.permits(None, frozenset({"load_balancer"}))
    assert not cell.permits(frozenset({443}), frozenset({"api"}))


def matrix(**table):
    return parse({"matrix": table}, "layerproof.toml").matrix


def test_a_configuration_overrides_cells():
    found = matrix(cells=[{"from": "external", "to": "core", "allow": True, "ports": [5432]}])

    assert found.cell("external", "core").permits(frozenset({5432}), frozenset())
    assert not found.cell("external", "core").permits(frozenset({22}), frozenset())


def test_a_configuration_with_a_matrix_can_be_shown(tmp_path):
    text = '[[matrix.cells]]\nfrom = "core"\nto = "internet"\nallow = true\n'
    (tmp_path / "layerproof.toml").write_text(text, "utf-8")

    shown = run("config", "show", tmp_path, "--format", "json").json
    assert shown["matrix"]["cells"] == {"core -> internet": {"allow": True, "ports": [], "via": []}}


def test_an_exception_ends_on_its_day():
    entry = {"from": "*web", "to": "aws_db_instance.*", "ports": [5432], "owner": "a", "until": "2027-01-31"}
    (granted,) = matrix(exceptions=[entry]).exceptions

    there = ("tf:.#aws_instance.web", "tf:.#aws_db_instance.d", frozenset({5432}))
    assert granted.covers(*there, "2027-01-31")
    assert not granted.covers(*there, "2027-02-01")
    assert not granted.covers(there[0], there[1], frozenset({22}), "2027-01-01")


def test_ranks_order_tiers_anew():
    found = matrix(ranks={"external": 1, "core": 2, "internal": 3}, names={"core": "Plattform"})

    assert found.cell("external", "core").allow
    assert not found.cell("external", "internal").allow
    assert found.name("core") == "Plattform"


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"cell": []}, "unknown key 'cell' in 'matrix'; did you mean 'cells'?"),
        ({"cells": [{"from": "dmz", "to": "core", "allow": True}]}, "'dmz' is none of"),
        ({"cells": [{"from": "external", "to": "core"}]}, "allow = true or false"),
        ({"exceptions": [{"from": "a", "to": "b", "until": "2027-01-31"}]}, "has owner"),
        ({"exceptions": [{"from": "a", "to": "b", "owner": "c"}]}, "has until"),
        ({"ranks": {"core": "high"}}, "matrix.ranks"),
        ({"cells": [{"from": "core", "to": "internet", "allow": True, "ports": [70000]}]}, "ports"),
    ],
)
def test_what_is_wrong_is_said(table, told):
    with pytest.raises(ConfigError, match=r"layerproof\.toml: ") as caught:
        matrix(**table)
    assert told in str(caught.value)
