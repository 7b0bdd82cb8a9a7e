"""Filter rules: what the world reaches, taken together, and where an unknown leaves it open."""

import pytest

from scanner.model.filter import admits_all_ports, admits_port, open_ports, open_to_world, widest
from scanner.model.value import Undetermined, Unknown

WHO = Unknown('variable "office" has no default')


def rule(
    *cidrs: object, ports: tuple[object, object] = (22, 22), protocol: object = "tcp", **more: object
) -> object:
    first, last = ports
    told = {"direction": "in", "action": "allow", "protocol": protocol, "from": first, "to": last, "groups": []}
    return {**told, "cidrs": list(cidrs), **more}


ALL = (None, None)


@pytest.mark.parametrize(
    "rules",
    [
        [rule("0.0.0.0/0")],
        [rule("10.0.0.0/8"), rule("::/0")],
        [rule("0.0.0.0/1", ports=(20, 30)), rule("128.0.0.0/1", ports=(0, 100))],
        [rule("0.0.0.0/0", ports=ALL, protocol="any")],
        [rule(WHO), rule("0.0.0.0/0")],
        [rule("0.0.0.0/0"), WHO],
    ],
)
def test_the_world_reaches_the_port(rules: list[object]) -> None:
    assert open_ports(rules, (22, 443))[:1] == [22]


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [rule("198.51.100.7/32")],
        [rule("0.0.0.0/0", direction="out")],
        [rule("0.0.0.0/0", action="deny")],
        [rule("0.0.0.0/0", ports=(443, 443))],
        [rule("0.0.0.0/0", protocol="icmp", ports=ALL)],
        [rule(groups=["self"])],
        [rule("10.0.0.0/8", ports=(WHO, WHO))],
        [rule("0.0.0.0/0", ports=(80, WHO))],
        [rule(WHO, ports=(80, 80))],
        [rule(WHO, protocol="icmp", ports=ALL), rule(WHO, ports=(443, 443))],
    ],
)
def test_the_world_does_not(rules: list[object]) -> None:
    assert open_ports(rules, (22,)) == []


@pytest.mark.parametrize(
    "rules",
    [
        [rule(WHO)],
        [rule("0.0.0.0/0", ports=(WHO, 22))],
        [rule("0.0.0.0/0", protocol=WHO)],
        [rule("0.0.0.0/2"), rule("64.0.0.0/2", ports=(WHO, WHO))],
        [WHO],
    ],
)
def test_an_unknown_part_leaves_it_open(rules: list[object]) -> None:
    with pytest.raises(Undetermined):
        open_ports(rules, (22,))


def test_all_ports() -> None:
    assert open_to_world([rule("0.0.0.0/0", ports=(0, 65535))], admits_all_ports)
    assert open_to_world([rule("::/0", ports=ALL, protocol="any")], admits_all_ports)
    assert not open_to_world([rule("0.0.0.0/0", ports=(1024, 65535))], admits_all_ports)


def test_the_widest_rule_is_the_one_to_show() -> None:
    rules = [rule("0.0.0.0/0", ports=(443, 443)), rule("10.0.0.0/8"), rule("0.0.0.0/0"), rule("198.51.100.0/24")]
    assert widest(rules, admits_port(22)) == [2]


def test_halves_and_repeated_rules_are_all_to_blame() -> None:
    halves = [rule("10.0.0.0/8"), rule("0.0.0.0/1"), rule("128.0.0.0/1"), rule("::/0", ports=(80, 80))]
    assert widest(halves, admits_port(22)) == [1, 2]
    assert widest([rule("128.0.0.0/1"), rule("0.0.0.0/0")], admits_port(22)) == [1, 0]
    assert widest([rule("0.0.0.0/0", ports=(80, 80))], admits_port(22)) == [0]
