"""The core of ordered stages: rows against one decision at a time, and bounds against every way to be certain."""

import random

from scanner.analysis.network.atoms import ANYTHING, Ranges, connections
from scanner.analysis.network.labels import LabelBits
from scanner.analysis.network.stages import Action, Bits, Filter, Rule, Space
from scanner.mapping.kubernetes.selectors import matches
from tests.analysis.network.dice import KEYS, VALUES

_COUNT = 6
_PORTS = (
    connections("tcp", 80),
    connections("tcp", 81, 443),
    connections("tcp"),
    connections("udp", 53),
    ANYTHING,
)


def _bits(dice: random.Random) -> Bits:
    maybe = dice.getrandbits(_COUNT)
    return Bits(maybe & dice.getrandbits(_COUNT), maybe) if dice.random() < 0.5 else Bits(maybe, maybe)


def _stages(dice: random.Random) -> list[list[Rule]]:
    return [
        [
            Rule(dice.choice(list(Action)), dice.choice(_PORTS), _bits(dice), _bits(dice))
            for _ in range(dice.randint(0, 4))
        ]
        for _ in range(dice.randint(0, 3))
    ]


def _certain(dice: random.Random, stages: list[list[Rule]]) -> list[list[Rule]]:
    """One way in which what is uncertain may turn out."""

    def settle(held: Bits) -> Bits:
        found = held.sure | (held.maybe & dice.getrandbits(_COUNT))
        return Bits(found, found)

    return [
        [each._replace(subjects=settle(each.subjects), peers=settle(each.peers)) for each in one] for one in stages
    ]


def _decide(stages: list[list[Rule]], subject: int, peer: int, asked: Ranges) -> bool:
    """First match in each stage; pass goes on; what nothing decides is allowed."""
    for stage in stages:
        for rule in stage:
            hit = rule.subjects.sure >> subject & 1 and rule.peers.sure >> peer & 1 and asked <= rule.connections
            if not hit:
                continue
            if rule.action is not Action.PASS:
                return rule.action is Action.ALLOW
            break
    return True


def _through(
    stages: list[list[Rule]], destination: int, source: int, asked: Ranges, *, inward: bool
) -> tuple[bool, bool]:
    space = Space([*_PORTS, asked])
    made = Filter(stages, space, inward=inward, destinations=_COUNT, sources=_COUNT)
    for mask, sure, maybe in made.rows[made.row(destination)]:
        if asked <= space.ranges(mask):
            return bool(sure >> source & 1), bool(maybe >> source & 1)
    raise AssertionError("every connection stands in a row")


def test_bounds_hold_every_way_to_be_certain() -> None:
    dice = random.Random(5)
    asked = [connections("tcp", 80), connections("tcp", 443), connections("udp", 53), connections("sctp", 7)]
    for _ in range(400):
        stages, inward = _stages(dice), dice.random() < 0.5
        destination, source, what = dice.randrange(_COUNT), dice.randrange(_COUNT), dice.choice(asked)
        sure, maybe = _through(stages, destination, source, what, inward=inward)
        subject, peer = (destination, source) if inward else (source, destination)
        for _ in range(6):
            told = _decide(_certain(dice, stages), subject, peer, what)
            assert not sure or told
            assert maybe or not told


def test_rows_are_one_decision_at_a_time() -> None:
    dice = random.Random(6)
    for _ in range(400):
        stages, inward = _certain(dice, _stages(dice)), dice.random() < 0.5
        destination, source, what = dice.randrange(_COUNT), dice.randrange(_COUNT), connections("tcp", 80)
        subject, peer = (destination, source) if inward else (source, destination)
        told = _decide(stages, subject, peer, what)
        assert _through(stages, destination, source, what, inward=inward) == (told, told)


def test_labels_as_bits_are_selectors() -> None:
    dice = random.Random(7)
    for _ in range(300):
        things = [{key: dice.choice(VALUES) for key in KEYS if dice.random() < 0.6} for _ in range(8)]
        index = LabelBits()
        for each in things:
            index.add(each)
        operator = dice.choice(("In", "NotIn", "Exists", "DoesNotExist", "StartsWith", "NotStartsWith"))
        selector = {
            "labels": {dice.choice(KEYS): dice.choice(VALUES)} if dice.random() < 0.5 else {},
            "expressions": [{"key": dice.choice(KEYS), "operator": operator, "values": [dice.choice(VALUES)]}],
        }
        expected = sum(1 << number for number, each in enumerate(things) if matches(selector, each))
        assert index.select(selector) == Bits(expected, expected)
