"""Sets of addresses and connections, held against Python's own sets and the registries of IANA."""

import random
from ipaddress import ip_address, ip_network

import pytest

from scanner.analysis.network import atoms
from scanner.analysis.network.atoms import ANYTHING, NOTHING, Ranges, ranges


def _set(held: Ranges) -> set[int]:
    return {number for first, last in held.spans for number in range(first, last + 1)}


def _random(dice: random.Random) -> tuple[Ranges, set[int]]:
    spans = [
        (first, first + dice.randrange(6)) for first in (dice.randrange(60) for _ in range(dice.randrange(6)))
    ]
    return ranges(spans), {number for first, last in spans for number in range(first, last + 1)}


def test_set_operations_are_those_of_sets() -> None:
    dice = random.Random(7)
    for _ in range(3000):
        (a, one), (b, other) = _random(dice), _random(dice)
        assert _set(a) == one
        assert _set(a & b) == one & other
        assert _set(a | b) == one | other
        assert _set(a - b) == one - other
        assert (a <= b) == (one <= other)
        assert all((number in a) == (number in one) for number in range(70))


def test_equal_sets_are_one_object() -> None:
    assert ranges([(1, 2), (3, 4)]) is ranges([(1, 4)])
    assert ranges([(5, 4)]) is NOTHING


def test_cuts_divide_by_every_set() -> None:
    dice = random.Random(8)
    for _ in range(300):
        sets = [_random(dice)[0] for _ in range(4)]
        pieces = atoms.cuts(sets, ranges([(0, 80)]))
        assert _set(atoms.union(pieces)) == set(range(81))
        assert all(piece <= each or not piece & each for piece in pieces for each in sets)


@pytest.mark.parametrize("text", ["10.0.0.0/8", "192.0.2.7", "::/0", "2001:db8::/33", "0.0.0.0/0"])
def test_cidrs_come_back(text: str) -> None:
    assert atoms.cidr_texts(atoms.cidr(text)) == [str(ip_network(text))]


def test_families_are_apart() -> None:
    assert not atoms.cidr("0.0.0.0/0") & atoms.cidr("::/0")
    assert atoms.cidr("0.0.0.0/1") | atoms.cidr("128.0.0.0/1") is atoms.ALL_FOUR


@pytest.mark.parametrize("text", ["8.8.8.8", "10.1.2.3", "172.32.0.1", "169.254.169.254", "2600::1", "fd00::1"])
def test_internet_is_what_python_calls_global(text: str) -> None:
    assert (atoms.cidr(text) <= atoms.INTERNET) == ip_address(text).is_global


def test_no_cidr_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/33"):
        atoms.cidr("10.0.0.0/33")


def test_connections_by_number_and_name() -> None:
    assert atoms.connections("tcp", 443) is atoms.connections(6, 443, 443)
    assert atoms.connections("-1") is ANYTHING
    assert atoms.connections("any", 53) == atoms.union(
        atoms.connections(each, 53) for each in ("tcp", "udp", "sctp")
    )
    with pytest.raises(ValueError, match="httpx"):
        atoms.connections("httpx")


def test_connections_are_told() -> None:
    held = atoms.connections("tcp", 80) | atoms.connections("tcp", 443) | atoms.connections("udp")
    assert atoms.described(held) == [
        {"protocol": "tcp", "from": 80, "to": 80},
        {"protocol": "tcp", "from": 443, "to": 443},
        {"protocol": "udp", "from": None, "to": None},
    ]
    assert atoms.connection_text(held) == "tcp 80,443; udp"
    assert atoms.described(ANYTHING) == [{"protocol": "any", "from": None, "to": None}]


def test_ranges_for_documentation_stand_for_the_internet() -> None:
    """RFC 5737, 3: such addresses appear in public documents in place of real ones."""
    assert atoms.cidrs(("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")) <= atoms.INTERNET
    assert not atoms.cidrs(("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "198.18.0.0/15")) & atoms.INTERNET
