"""AWS filters: security groups and network access lists, whichever way their rules are attached; firewalls.

Rules take the normal form that `scanner/model/kinds.py` describes. Terraform removes the egress that AWS would
add to a new group, so what is written is what there is. `groups` holds group ids, `self`, or, where an id is
not known before apply, the address of the group within its root. Rules of an access list carry `number` as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.mapping.extract import (
    FALSE,
    NAME_TAG,
    NONE,
    TRUE,
    each,
    elements,
    equals,
    gathered,
    marked,
    named,
    outside,
    truth,
    whole,
)
from scanner.mapping.reader import Extract, Reader, walk
from scanner.mapping.table import Edge, Fixed, Fold, Join, Row, Skip, Table
from scanner.model.cidr import NETWORK_RANGE
from scanner.model.logic import some
from scanner.model.resource import Plane
from scanner.model.value import Cause, Unknown, Value, first_unknown

_PROTOCOLS = {
    "-1": "any", "all": "any", "any": "any",
    "1": "icmp", "icmp": "icmp", "58": "icmp", "icmpv6": "icmp",
    "6": "tcp", "tcp": "tcp", "17": "udp", "udp": "udp",
}  # fmt: skip
_GROUPS = ("aws_security_group", "aws_default_security_group")
_LISTS = ("aws_network_acl", "aws_default_network_acl")
_SOURCES = ("cidr_blocks", "cidr_ipv4", "ipv6_cidr_blocks", "cidr_ipv6")


# What refers to the range of a network: blocks of VPCs are /16 to /28 (VPC User Guide, "VPC CIDR blocks").
_OF_NETWORK = re.compile(r"(^|\.)aws_(default_)?(vpc|subnet)\.[\w-]+(\[[^]]*\])?\.(ipv6_)?cidr_block$")


def ranges(values: Value) -> Iterator[Value]:
    """The ranges of a rule; of one that is only known to be some network's, its type says so."""
    for value in elements(values):
        if isinstance(value, Unknown) and value.references and all(map(_OF_NETWORK.search, value.references)):
            yield Unknown(
                value.reason, value.cause, value.references, NETWORK_RANGE, value.prefix, suffix=value.suffix
            )
        else:
            yield value


def protocol(value: Value) -> Value:
    """A protocol's normal form from its name or IANA number; Unknown stays."""
    if isinstance(value, Unknown):
        return value
    name = str(whole(value)).lower()
    return _PROTOCOLS.get(name, whole(value))


def ports(kind: Value, first: Value, last: Value) -> tuple[Value, Value]:
    """The port range of a rule; null for all: protocols without ports, and -1 (every ICMP type)."""
    if isinstance(kind, str) and kind == "any":
        return None, None
    first, last = whole(first), whole(last)
    every = not isinstance(first, Unknown) and first in (None, -1)
    return (None, None) if every else (first, last)


def group_rules(reader: Reader) -> Value:
    """All rules of a security group, outbound first; where more may be attached, an Unknown ends the list."""
    rules = list(_attached(reader))
    for position, (source, _) in enumerate(rules):
        if source is not None:
            reader.mark(position, source, *_SOURCES)
    _point_at_unknown(rules)
    return [rule for _, rule in rules]


def _attached(reader: Reader) -> Iterator[tuple[Reader | None, Value]]:
    for found in gathered(*_sources(reader)):
        yield (None, found) if isinstance(found, Unknown) else found


def _sources(reader: Reader) -> Iterator[Iterator[tuple[Reader, Value]]]:
    """Every way in which a rule is attached, each for itself: what is unknown of one hides nothing of another."""
    yield ((block, _classic(block, "out")) for block in reader.blocks("egress"))
    yield ((rule, _modern(rule, "out")) for rule in reader.folded("aws_vpc_security_group_egress_rule"))
    classic = reader.folded("aws_security_group_rule")
    yield ((rule, _classic(rule, _direction(rule.peek("type")))) for rule in classic)
    yield ((block, _classic(block, "in")) for block in reader.blocks("ingress"))
    yield ((rule, _modern(rule, "in")) for rule in reader.folded("aws_vpc_security_group_ingress_rule"))


def _direction(type: Value) -> Value:
    return type if isinstance(type, Unknown) else {"ingress": "in", "egress": "out"}.get(str(type))


def _classic(rule: Reader, direction: Value) -> dict[str, Value]:
    """An inline block or an aws_security_group_rule."""
    said = rule.peek("description")
    groups = [named(each) for each in elements(rule.peek("security_groups"))]
    groups += [named(each) for each in elements(rule.peek("source_security_group_id"))]
    alone = rule.peek("self")
    if isinstance(alone, Unknown):
        groups.append(alone)
    elif alone is not None and truth(alone):
        groups.append("self")
    lists = [_prefix_list(each) for each in elements(rule.peek("prefix_list_ids"))]
    kind = protocol(rule.peek("protocol"))
    shown = _rule(kind, rule, direction=direction, groups=groups, description=said)
    cidrs = [*ranges(rule.peek("ipv6_cidr_blocks")), *ranges(rule.peek("cidr_blocks")), *lists]
    return {**shown, "cidrs": cidrs}


def _modern(rule: Reader, direction: str) -> dict[str, Value]:
    """An aws_vpc_security_group_(in|e)gress_rule: one source each, no ports with ip_protocol -1."""
    said = rule.peek("description")
    groups = [named(each) for each in elements(rule.peek("referenced_security_group_id"))]
    lists = [_prefix_list(each) for each in elements(rule.peek("prefix_list_id"))]
    kind = protocol(rule.peek("ip_protocol"))
    shown = _rule(kind, rule, direction=direction, groups=groups, description=said)
    cidrs = [*ranges(rule.peek("cidr_ipv6")), *ranges(rule.peek("cidr_ipv4")), *lists]
    return {**shown, "cidrs": cidrs}


def _rule(kind: Value, rule: Reader, **rest: Value) -> dict[str, Value]:
    first, last = ports(kind, rule.peek("from_port"), rule.peek("to_port"))
    return {"protocol": kind, "from": first, "to": last, "action": "allow", **rest}


def _prefix_list(value: Value) -> Value:
    shown = named(value)
    name = "of this list" if isinstance(shown, Unknown) else f"of prefix list {shown}"
    references = value.references if isinstance(value, Unknown) else (f"{value}.id",)
    return Unknown(f"the ranges {name} are not read", Cause.OUTSIDE_SCAN, references)


def _point_at_unknown(rules: list[tuple[Reader | None, Value]]) -> None:
    """Read last a source that is not known: it is what an undecided verdict shows."""
    for source in filter(None, (source for source, _ in rules)):
        for path in _SOURCES:
            if first_unknown(walk(source.value, path)[0]) is not None:
                source.peek(path)
                return


def list_rules(reader: Reader) -> Value:
    """The entries of an access list by number, outbound first; the denial of all the rest is left out."""
    return marked(reader, _entries(reader), "cidr_block", "ipv6_cidr_block", order=_place)


def _place(entry: Value) -> Value:
    """Outbound entries before inbound ones, each by number; Unknown where either is."""
    direction, number = entry["direction"], entry["number"]
    if isinstance(direction, Unknown) or not isinstance(number, int):
        return direction if isinstance(direction, Unknown) else number
    return number + (_INBOUND if direction == "in" else 0)


_INBOUND = 1 << 16  # above the highest number of an entry (32766)


def _entries(reader: Reader) -> Iterator[tuple[Reader, Value]]:
    for direction, name in (("out", "egress"), ("in", "ingress")):
        for block in reader.blocks(name):
            yield block, _entry(block, direction, block.peek("rule_no"), block.peek("action"))
    for fold in reader.folded("aws_network_acl_rule"):
        egress = fold.peek("egress")
        way: Value = egress if isinstance(egress, Unknown) else "out" if truth(egress) else "in"
        yield fold, _entry(fold, way, fold.peek("rule_number"), fold.peek("rule_action"))


def _entry(entry: Reader, direction: Value, place: Value, action: Value) -> dict[str, Value]:
    shown = _rule(protocol(entry.peek("protocol")), entry, direction=direction, groups=[], description=None)
    written = (*ranges(entry.peek("ipv6_cidr_block")), *ranges(entry.peek("cidr_block")))
    return {
        **shown,
        "cidrs": [each for each in written if _set(each)],
        "action": action if isinstance(action, Unknown) else str(action).lower(),
        "number": whole(place),
    }


def _set(value: Value) -> bool:
    """Whether something is written: attribute syntax fills fields that are not used with empty texts."""
    return isinstance(value, Unknown) or value != ""


def _group(default: Fixed) -> Row:
    return Row(
        "security_group",
        {"rules": group_rules, "default": default, "applied": NONE},
        {"in_network": Join("vpc_id", ("network",))},
        identity=("id", "arn"),
        name=lambda reader: reader.peek("name") or reader.peek("name_prefix"),
    )


def _list(default: Fixed, network: Join) -> Row:
    return Row(
        "network_acl",
        {"rules": list_rules, "default": default},
        {"in_network": network, "filters": Join("subnet_ids", ("subnet",))},
        identity=("id", "arn"),
        name=NAME_TAG,
    )


def _firewall(fails_open: Fixed | Extract, **relations: Join) -> Row:
    return Row("firewall", {"fails_open": fails_open}, relations, identity=("id", "arn", "name"))


def _firewall_logged(reader: Reader) -> Value:
    """A firewall logs what a resource of its own says; without it, nothing. Of a live one nothing was read."""
    if reader.resource.plane is Plane.LIVE:
        return Unknown("network-firewall:DescribeLoggingConfiguration was not read", Cause.OUTSIDE_SCAN)
    return some(
        reader.folded("aws_networkfirewall_logging_configuration"),
        lambda fold: some(fold.blocks("logging_configuration.log_destination_config"), lambda _one: True),
    )


def _passes_by_default(reader: Reader) -> Value:
    """Whether packets that match no stateless rule go through unseen: `aws:pass` among the default actions."""
    paths = ("stateless_default_actions", "stateless_fragment_default_actions")
    return some(
        (action for path in paths for action in elements(reader.get(f"firewall_policy.{path}"))),
        lambda action: action == "aws:pass",
    )


def _listed(reader: Reader) -> Value:
    return gathered(_entries_of_list(reader))


def _entries_of_list(reader: Reader) -> Iterator[Value]:
    for entry in reader.blocks("entry"):
        yield from elements(entry.peek("cidr"))
    for fold in reader.folded("aws_ec2_managed_prefix_list_entry"):
        yield from elements(fold.peek("cidr"))


_KEPT_ELSEWHERE = Row(
    "prefix_list",
    {"cidrs": outside("the ranges of this list are kept outside the configuration")},
    identity=("id", "arn", "name"),
    name="name",
)

_PACKETS: Table = {
    "aws_security_group": _group(FALSE),
    "aws_default_security_group": _group(TRUE),
    "aws_security_group_rule": Fold(_GROUPS, "security_group_id"),
    "aws_vpc_security_group_ingress_rule": Fold(_GROUPS, "security_group_id"),
    "aws_vpc_security_group_egress_rule": Fold(_GROUPS, "security_group_id"),
    "aws_vpc_security_group_rules_exclusive": Skip("forbids rules that are not declared"),
    "aws_vpc_security_group_vpc_association": Edge(
        "in_network", Join("security_group_id", ("security_group",)), Join("vpc_id", ("network",))
    ),
    "aws_network_acl": _list(FALSE, Join("vpc_id", ("network",))),
    # default_network_acl_id is an attribute of the network, so the reference leads there
    "aws_default_network_acl": _list(TRUE, Join("default_network_acl_id", ("network",))),
    "aws_network_acl_rule": Fold(_LISTS, "network_acl_id"),
    "aws_network_acl_association": Edge(
        "filters", Join("network_acl_id", ("network_acl",)), Join("subnet_id", ("subnet",))
    ),
    "aws_ec2_managed_prefix_list": Row(
        "prefix_list", {"cidrs": _listed}, identity=("id", "arn", "name"), name="name"
    ),
    "aws_ec2_managed_prefix_list_entry": Fold(("aws_ec2_managed_prefix_list",), "prefix_list_id"),
    # a list that AWS keeps, or another account: its ranges are not in the configuration, its name is
    "data.aws_ec2_managed_prefix_list": _KEPT_ELSEWHERE,
    "data.aws_prefix_list": _KEPT_ELSEWHERE,
}

_FIREWALLS: Table = {
    "aws_networkfirewall_firewall": Row(
        "firewall",
        {"fails_open": NONE, "logged": _firewall_logged},
        {
            "in_network": Join("vpc_id", ("network",)),
            "in_subnet": Join("subnet_mapping", ("subnet",), values=each("subnet_mapping", "subnet_id")),
        },
        identity=("id", "arn", "name"),
    ),
    # a flow that a failed engine lost sight of is dropped unless the policy says CONTINUE
    "aws_networkfirewall_firewall_policy": Row(
        "firewall",
        {
            "fails_open": equals(
                "firewall_policy.stateful_engine_options.stream_exception_policy", "CONTINUE", default="DROP"
            ),
            "passes_by_default": _passes_by_default,
        },
        identity=("id", "arn", "name"),
    ),
    "aws_networkfirewall_rule_group": _firewall(NONE),
    "aws_networkfirewall_logging_configuration": Fold(("aws_networkfirewall_firewall",), "firewall_arn"),
    "aws_route53_resolver_firewall_config": _firewall(
        equals("firewall_fail_open", "ENABLED", default="DISABLED"),
        in_network=Join("resource_id", ("network",)),
        protects=Join("resource_id", ("network",)),
    ),
    "aws_route53_resolver_firewall_domain_list": Skip("names that a DNS firewall rule lists"),
    "aws_route53_resolver_firewall_rule": Skip("rules of a DNS firewall group"),
    "aws_route53_resolver_firewall_rule_group": Skip("a group of DNS firewall rules"),
    "aws_route53_resolver_firewall_rule_group_association": Skip("ties a DNS firewall group to a network"),
    "aws_route53_resolver_endpoint": Skip("answers or forwards DNS questions between networks"),
    "aws_route53_resolver_rule": Skip("forwards DNS questions"),
    "aws_route53_resolver_rule_association": Skip("forwards DNS questions"),
}

TABLE: Table = {**_PACKETS, **_FIREWALLS}
