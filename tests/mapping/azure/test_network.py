from dataclasses import replace
from typing import Any

import pytest

from scanner.mapping.assemble import Assembler
from scanner.mapping.azure import TABLE
from scanner.model.location import Span
from tests.mapping.build import HIDDEN, UNKNOWN, ask, complete, edges, graph_of, later, resource, told

GROUP = "azurerm_network_security_group.g"
SSH = {
    "name": "ssh", "priority": 200, "direction": "Inbound", "access": "Allow", "protocol": "TCP",
    "source_address_prefix": "*", "destination_port_range": "22-22",
}  # fmt: skip


def test_every_row_says_all_that_its_kind_asks() -> None:
    assert complete(TABLE) == set()


def test_rules_are_ordered_and_take_the_normal_form() -> None:
    outside = {
        **SSH, "network_security_group_name": later(f"{GROUP}.name"), "priority": "100", "access": "Deny",
        "source_address_prefix": "VirtualNetwork", "destination_port_range": "*", "protocol": "*",
    }  # fmt: skip
    rules = ask(TABLE, GROUP, {"security_rule": [SSH]}, "rules", azurerm_network_security_rule__r=outside)
    assert [(r["action"], r["protocol"], r["from"], r["to"], r["cidrs"], r["groups"]) for r in rules] == [
        ("deny", "any", None, None, [], ["VirtualNetwork"]),
        ("allow", "tcp", 22, 22, ["0.0.0.0/0", "::/0"], []),
    ]


def test_unknown_rules_stay_unknown() -> None:
    assert ask(TABLE, GROUP, {"security_rule": HIDDEN}, "rules") == [{"$unknown": HIDDEN.reason}]
    rules = ask(TABLE, GROUP, {"security_rule": [{**SSH, "source_address_prefix": HIDDEN}]}, "rules")
    assert rules[0]["cidrs"] == [{"$unknown": HIDDEN.reason}]


@pytest.mark.parametrize(
    ("address", "expected"),
    [(later("azurerm_public_ip.p.id"), True), (None, False), (HIDDEN, UNKNOWN)],
)
def test_interfaces(address: object, expected: object) -> None:
    configs = [{"public_ip_address_id": address}]
    assert ask(TABLE, "azurerm_network_interface.n", {"ip_configuration": configs}, "public_address") == expected


@pytest.mark.parametrize(("enabled", "expected"), [(True, True), (False, False), (HIDDEN, UNKNOWN)])
def test_flow_logs(enabled: object, expected: object) -> None:
    log = {"target_resource_id": later("azurerm_virtual_network.v.id"), "enabled": enabled}
    found = ask(TABLE, "azurerm_virtual_network.v", {}, "flow_logged", azurerm_network_watcher_flow_log__l=log)
    assert found == expected


def test_edges() -> None:
    graph = graph_of(
        TABLE,
        {
            "azurerm_virtual_network.v": {"name": "v"},
            "azurerm_subnet.s": {"virtual_network_name": later("azurerm_virtual_network.v.name")},
            GROUP: {},
            "azurerm_subnet_network_security_group_association.a": {
                "subnet_id": later("azurerm_subnet.s.id"),
                "network_security_group_id": later(f"{GROUP}.id"),
            },
        },
    )
    assert edges(graph, "in_network") == {("azurerm_subnet.s", "azurerm_virtual_network.v")}
    assert edges(graph, "filters") == {(GROUP, "azurerm_subnet.s")}


GATEWAY = "azurerm_application_gateway.g"


@pytest.mark.parametrize(
    ("rules", "encrypted", "redirects"),
    [
        ([], False, False),
        ([{"http_listener_name": "l", "redirect_configuration_name": "r"}], False, True),
        ([{"http_listener_name": "l", "backend_address_pool_name": "b"}], False, False),
        (HIDDEN, False, UNKNOWN),
    ],
)
def test_gateway_listeners(rules: object, encrypted: object, redirects: object) -> None:
    attributes = {"http_listener": [{"name": "l", "protocol": "Http"}], "request_routing_rule": rules}
    graph = graph_of(TABLE, {GATEWAY: attributes})
    part = f"{GATEWAY}/listener:l"
    assert told(graph, part, "encrypted") is encrypted
    assert told(graph, part, "redirects") == redirects
    assert edges(graph, "listens_on") == {(part, GATEWAY)}


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ([{"public_ip_address_id": later("azurerm_public_ip.p.id")}], False),
        ([{"subnet_id": later("azurerm_subnet.s.id")}], True),
        (HIDDEN, UNKNOWN),
    ],
)
def test_internal(front: object, expected: object) -> None:
    assert ask(TABLE, GATEWAY, {"frontend_ip_configuration": front}, "internal") == expected
    assert ask(TABLE, "azurerm_lb.b", {"frontend_ip_configuration": front}, "internal") == expected


def test_role_definitions_and_assignments() -> None:
    definition: dict[str, Any] = {
        "permissions": [{"actions": ["*"], "not_actions": []}],
        "assignable_scopes": ["/s"],
    }
    (statement,) = ask(TABLE, "azurerm_role_definition.r", definition, "statements")
    assert (statement["actions"], statement["resources"]) == (["*"], ["/s"])
    assignment = {
        "role_definition_name": "Owner",
        "scope": "/s",
        "principal_id": later("azuread_group.g.object_id"),
    }
    (granted,) = ask(TABLE, "azurerm_role_assignment.a", assignment, "statements")
    assert granted["actions"] == ["Owner"]
    assert granted["principals"] == [{"type": "principal", "id": "azuread_group.g"}]


def test_each_rule_has_a_place_of_its_own() -> None:
    first, second = {**SSH, "priority": 300}, {**SSH, "priority": 100}
    places = {f"security_rule[{n}].source_address_prefix": Span("main.tf", 10 * n, 10 * n + 5) for n in (0, 1)}
    written = replace(resource(GROUP, {"security_rule": [first, second]}), origins=places)
    assembler = Assembler(TABLE)
    assembler.add([written])
    (origins,) = assembler.finish().origins
    assert (origins["rules[0]"].start, origins["rules[1]"].start) == (10, 0)
