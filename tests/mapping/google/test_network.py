from typing import Any

import pytest

from scanner.mapping.google import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, complete, edges, graph_of, later

FIREWALL = "google_compute_firewall.f"


def test_every_row_says_all_that_its_kind_asks() -> None:
    assert complete(TABLE) == set()


def test_firewall_rules_take_the_normal_form() -> None:
    rules = ask(
        TABLE,
        FIREWALL,
        {"source_ranges": ["0.0.0.0/0"], "allow": [{"protocol": "tcp", "ports": ["0-65535", "22"]}]},
        "rules",
    )
    assert [(r["direction"], r["protocol"], r["from"], r["to"], r["cidrs"], r["action"]) for r in rules] == [
        ("in", "tcp", 0, 65535, ["0.0.0.0/0"], "allow"),
        ("in", "tcp", 22, 22, ["0.0.0.0/0"], "allow"),
    ]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"allow": [{"protocol": "all"}]}, ["0.0.0.0/0"]),
        ({"allow": [{"protocol": "all"}], "source_tags": ["web"]}, []),
        (
            {"allow": [{"protocol": "all"}], "direction": "EGRESS", "destination_ranges": ["10.0.0.0/8"]},
            ["10.0.0.0/8"],
        ),
        ({"allow": [{"protocol": "all"}], "source_ranges": HIDDEN}, [{"$unknown": HIDDEN.reason}]),
    ],
)
def test_whom_a_firewall_lets_in(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, FIREWALL, attributes, "rules")[0]["cidrs"] == expected


def test_a_disabled_firewall_has_no_rules() -> None:
    assert ask(TABLE, FIREWALL, {"disabled": True, "allow": [{"protocol": "all"}]}, "rules") == []
    assert ask(TABLE, FIREWALL, {"allow": HIDDEN}, "rules") == [{"$unknown": HIDDEN.reason}]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"log_config": [{}]}, True),
        ({}, False),
        ({"purpose": "REGIONAL_MANAGED_PROXY"}, None),
        ({"log_config": HIDDEN}, UNKNOWN),
    ],
)
def test_flow_logs(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, "google_compute_subnetwork.s", attributes, "flow_logged") == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"dnssec_config": [{"state": "on"}]}, True),
        ({}, False),
        ({"visibility": "private"}, None),
        ({"dnssec_config": [{"state": HIDDEN}]}, UNKNOWN),
    ],
)
def test_zones(attributes: dict[str, Any], expected: object) -> None:
    assert ask(TABLE, "google_dns_managed_zone.z", attributes, "signed") == expected


def test_edges() -> None:
    graph = graph_of(
        TABLE,
        {
            "google_compute_network.n": {"name": "n"},
            "google_compute_subnetwork.s": {"name": "s", "network": later("google_compute_network.n.id")},
            FIREWALL: {"network": "n"},
            "google_compute_instance.i": {
                "network_interface": [{"subnetwork": later("google_compute_subnetwork.s.name")}]
            },
        },
    )
    assert edges(graph, "in_network") == {
        ("google_compute_subnetwork.s", "google_compute_network.n"),
        (FIREWALL, "google_compute_network.n"),
    }
    assert edges(graph, "in_subnet") == {("google_compute_instance.i", "google_compute_subnetwork.s")}
