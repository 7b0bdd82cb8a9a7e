"""What a network firewall's policy and rule groups say, for the wiring of their nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from scanner.mapping.extract import elements, whole
from scanner.mapping.reader import Reader
from scanner.model.value import Unknown, Value

_Get = str | Callable[[Reader], Value]


def _groups(reader: Reader) -> Value:
    return [
        {
            "stateful": kind == "stateful",
            "group": each.peek("resource_arn"),
            "priority": whole(each.peek("priority")),
        }
        for kind in ("stateless", "stateful")
        for policy in reader.blocks("firewall_policy")
        for each in policy.blocks(f"{kind}_rule_group_reference")
    ]


def _order(reader: Reader) -> Value:
    order = reader.peek("firewall_policy.stateful_engine_options.rule_order")
    return order if isinstance(order, Unknown) or order is not None else "DEFAULT_ACTION_ORDER"


POLICY: Mapping[str, _Get] = {
    "groups": _groups,
    "stateless_default": lambda reader: elements(reader.get("firewall_policy.stateless_default_actions")),
    "stateful_default": lambda reader: elements(reader.get("firewall_policy.stateful_default_actions")),
    "order": _order,
}


def _stateless(reader: Reader) -> Iterator[dict[str, Value]]:
    for rules in reader.blocks("rule_group.rules_source.stateless_rules_and_custom_actions"):
        for rule in rules.blocks("stateless_rule"):
            matched = rule.block("rule_definition.match_attributes")
            yield {
                "priority": whole(rule.peek("priority")),
                "actions": elements(rule.get("rule_definition.actions")),
                "sources": _nested(matched, "source", "address_definition"),
                "destinations": _nested(matched, "destination", "address_definition"),
                "protocols": elements(matched.get("protocols")) if matched else [],
                "ports": _ports(matched, "destination_port"),
                "source_ports": _ports(matched, "source_port"),
            }


def _nested(reader: Reader | None, block: str, path: str) -> list[Value]:
    return [each.peek(path) for each in reader.blocks(block)] if reader else []


def _ports(reader: Reader | None, block: str) -> list[Value]:
    if reader is None:
        return []
    return [[whole(each.peek("from_port")), whole(each.peek("to_port"))] for each in reader.blocks(block)]


def _stateful(reader: Reader) -> Iterator[dict[str, Value]]:
    for rule in reader.blocks("rule_group.rules_source.stateful_rule"):
        header = rule.block("header")
        yield {
            "action": rule.peek("action"),
            "protocol": header.peek("protocol") if header else None,
            "source": header.peek("source") if header else None,
            "source_port": header.peek("source_port") if header else None,
            "destination": header.peek("destination") if header else None,
            "port": header.peek("destination_port") if header else None,
            "both_ways": str(header.get("direction", "FORWARD")).upper() == "ANY" if header else False,
            "options": [each.peek("keyword") for each in rule.blocks("rule_option")],
        }


RULES: Mapping[str, _Get] = {
    "stateless": lambda reader: list(_stateless(reader)),
    "stateful": lambda reader: list(_stateful(reader)),
    "text": lambda reader: reader.peek("rules") or reader.peek("rule_group.rules_source.rules_string"),
    "domains": lambda reader: [
        each.peek("generated_rules_type") for each in reader.blocks("rule_group.rules_source.rules_source_list")
    ],
}
