"""DigitalOcean and Hetzner Cloud, as the documentation of their providers says."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.mapping.others import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, edges, graph_of, later

SPACE, DROPLET, SERVER = "digitalocean_spaces_bucket.b", "digitalocean_droplet.d", "hcloud_server.s"
DATABASE, CLUSTER = "digitalocean_database_cluster.d", "digitalocean_kubernetes_cluster.c"


@pytest.mark.parametrize(
    ("name", "attributes", "attribute", "expected"),
    [
        # spaces_bucket: acl defaults to private
        (SPACE, {}, "public_access", False),
        (SPACE, {"acl": "public-read"}, "public_access", True),
        (SPACE, {"acl": HIDDEN}, "public_access", UNKNOWN),
        (SPACE, {"versioning": [{"enabled": True}]}, "versioned", True),
        (SPACE, {}, "versioned", False),
        # droplet: public networking is always enabled unless it is set to false
        (DROPLET, {}, "public_address", True),
        (DROPLET, {"public_networking": False}, "public_address", False),
        # kubernetes_cluster: the control plane's firewall must be enabled
        (CLUSTER, {}, "public_cidrs", ["0.0.0.0/0", "::/0"]),
        (
            CLUSTER,
            {"control_plane_firewall": [{"enabled": True, "allowed_addresses": ["203.0.113.7/32"]}]},
            "public_cidrs",
            ["203.0.113.7/32"],
        ),
        (
            CLUSTER,
            {"control_plane_firewall": [{"enabled": False, "allowed_addresses": ["203.0.113.7/32"]}]},
            "public_cidrs",
            ["0.0.0.0/0", "::/0"],
        ),
        # server: without public_net addresses of both versions are made
        (SERVER, {}, "public_address", True),
        (SERVER, {"public_net": [{"ipv4_enabled": False, "ipv6_enabled": False}]}, "public_address", False),
        (SERVER, {"public_net": [{"ipv4_enabled": False}]}, "public_address", True),
    ],
)
def test_settings_and_their_defaults(
    name: str, attributes: dict[str, Any], attribute: str, expected: object
) -> None:
    assert ask(TABLE, name, attributes, attribute) == expected


@pytest.mark.parametrize(
    ("port", "first", "last"),
    [("22", 22, 22), ("8000-9000", 8000, 9000), ("1-65535", 1, 65535), ("all", None, None), (None, None, None)],
)
def test_rules_of_a_digitalocean_firewall(port: str | None, first: int | None, last: int | None) -> None:
    block = {"protocol": "tcp", "port_range": port, "source_addresses": ["0.0.0.0/0", "::/0"]}
    (rule,) = ask(TABLE, "digitalocean_firewall.f", {"inbound_rule": [block]}, "rules")
    assert (rule["direction"], rule["protocol"], rule["from"], rule["to"]) == ("in", "tcp", first, last)
    assert rule["cidrs"] == ["0.0.0.0/0", "::/0"]


@pytest.mark.parametrize(("port", "first", "last"), [("22", 22, 22), ("80-85", 80, 85), ("any", None, None)])
def test_rules_of_a_hetzner_firewall(port: str, first: int | None, last: int | None) -> None:
    block = {"direction": "in", "protocol": "tcp", "port": port, "source_ips": ["0.0.0.0/0"]}
    (rule,) = ask(TABLE, "hcloud_firewall.f", {"rule": [block]}, "rules")
    assert (rule["direction"], rule["from"], rule["to"], rule["cidrs"]) == ("in", first, last, ["0.0.0.0/0"])
    assert ask(TABLE, "hcloud_firewall.f", {"rule": HIDDEN}, "rules") == [{"$unknown": HIDDEN.reason}]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        # Managed Databases, "Secure a cluster": without trusted sources everyone may connect who has the password
        (None, True),
        ([{"type": "ip_addr", "value": "203.0.113.7"}], False),
        ([{"type": "droplet", "value": later("digitalocean_droplet.d.id")}], False),
        ([{"type": "ip_addr", "value": "0.0.0.0/0"}], True),
        ([{"type": "ip_addr", "value": HIDDEN}], UNKNOWN),
    ],
)
def test_a_database_is_public_without_trusted_sources(rules: Any, expected: object) -> None:
    walls = {"digitalocean_database_firewall__f": {"cluster_id": later(f"{DATABASE}.id"), "rule": rules}}
    assert ask(TABLE, DATABASE, {"engine": "pg"}, "public_access", **(walls if rules else {})) == expected


def test_who_wears_a_firewall() -> None:
    graph = graph_of(
        TABLE,
        {
            "digitalocean_droplet.d": {},
            "digitalocean_firewall.f": {"droplet_ids": [later("digitalocean_droplet.d.id")]},
            "hcloud_server.a": {"firewall_ids": [later("hcloud_firewall.g.id")]},
            "hcloud_server.b": {},
            "hcloud_firewall.g": {},
            "hcloud_firewall_attachment.g": {
                "firewall_id": later("hcloud_firewall.g.id"),
                "server_ids": [later("hcloud_server.b.id")],
            },
        },
    )
    assert edges(graph, "uses") == {
        ("digitalocean_droplet.d", "digitalocean_firewall.f"),
        ("hcloud_server.a", "hcloud_firewall.g"),
        ("hcloud_server.b", "hcloud_firewall.g"),
    }


def test_ports_of_load_balancers() -> None:
    rules = [{"entry_protocol": "http", "entry_port": 80}, {"entry_protocol": "https", "entry_port": 443}]
    graph = graph_of(
        TABLE,
        {
            "digitalocean_loadbalancer.l": {"forwarding_rule": rules, "redirect_http_to_https": True},
            "hcloud_load_balancer.l": {},
            "hcloud_load_balancer_service.s": {
                "load_balancer_id": later("hcloud_load_balancer.l.id"),
                "protocol": "http",
            },
        },
    )
    said = {
        (graph.peek(index, "port"), graph.peek(index, "encrypted"), graph.peek(index, "redirects"))
        for index in graph.nodes("listener")
    }
    assert said == {(80, False, True), (443, True, True), (80, False, False)}
    assert len(edges(graph, "listens_on")) == 3
