"""Which tier counts: configuration, tag, surroundings, then what the thing itself is (DESIGN section 2)."""

from __future__ import annotations

import pytest

from scanner.analysis import derive
from scanner.config import Config
from scanner.graph.columns import Facts, Graph
from scanner.model.address import Address
from scanner.model.layer import Layer, Tier
from scanner.model.location import Span
from scanner.model.resource import Plane
from scanner.model.settings import TierSelector
from scanner.model.value import Cause, Unknown

HIDDEN = Unknown('variable "x" has no default', Cause.NO_DEFAULT)


class Small:
    """A graph written by hand: kind and attributes by name, edges by relation."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.at: dict[str, int] = {}

    def add(self, name: str, kind: str, root: str = ".", **attributes) -> None:
        address, span = Address("tf", root, name), Span("a.tf", 0, 0)
        self.at[name] = self.graph.add(Facts(address, kind, Plane.DECLARED, span, {"tags": {}, **attributes}, {}))

    def tie(self, source: str, relation: str, target: str) -> None:
        self.graph.relate(relation, self.at[source], self.at[target])

    def derive(self, *selectors: TierSelector) -> Small:
        derive(self.graph, Config(tiers=selectors))
        return self

    def tier(self, name: str) -> Tier:
        return self.graph.tiers[self.at[name]]

    def layer(self, name: str) -> Layer:
        return self.graph.layers[self.at[name]]


@pytest.fixture
def small() -> Small:
    return Small()


@pytest.mark.parametrize(
    ("kind", "attributes", "tier"),
    [
        ("load_balancer", {"internal": False}, Tier.EXTERNAL),
        ("load_balancer", {"internal": True}, Tier.CORE),
        ("load_balancer", {"internal": HIDDEN}, Tier.UNDECLARED),
        ("instance", {"public_address": True}, Tier.EXTERNAL),
        ("instance", {"public_address": False}, Tier.INTERNAL),
        ("database", {}, Tier.CORE),
        ("object_store", {}, Tier.CORE),
        ("function", {}, Tier.INTERNAL),
        ("distribution", {}, Tier.EXTERNAL),
    ],
)
def test_a_tier_is_inferred_from_what_a_thing_is(small, kind, attributes, tier):
    small.add("x", kind, **attributes)

    assert small.derive().tier("x") is tier


@pytest.mark.parametrize("key", ["tier", "Tier", "network-tier", "layerproof.dev/tier"])
def test_a_tag_declares(small, key):
    small.add("x", "database", tags={key: "Internal"})
    small.derive()

    assert small.tier("x") is Tier.INTERNAL
    assert small.graph.inferred_tiers[small.at["x"]] is Tier.CORE


def test_a_selector_is_stronger_than_a_tag(small):
    small.add('module.a["k"].x', "database", tags={"tier": "internal", "zone": "dmz-1"})
    selector = TierSelector(Tier.EXTERNAL, address='module.a["k"].*', kind="data*", tags={"zone": "dmz-*"})

    assert small.derive(selector).tier('module.a["k"].x') is Tier.EXTERNAL


def test_every_condition_of_a_selector_must_hold(small):
    small.add("x", "database", tags={"zone": "a"})
    other = [TierSelector(Tier.EXTERNAL, kind="queue"), TierSelector(Tier.EXTERNAL, tags={"zone": "b"})]

    assert small.derive(*other).tier("x") is Tier.CORE


def test_a_subnet_declares_for_what_stands_in_it(small):
    small.add("s", "subnet", tags={"tier": "internal"})
    small.add("d", "database")
    small.tie("d", "in_subnet", "s")

    assert small.derive().tier("d") is Tier.INTERNAL


def test_surroundings_that_disagree_declare_nothing(small):
    small.add("s", "subnet", tags={"tier": "internal"})
    small.add("t", "subnet", tags={"tier": "external"})
    small.add("d", "database")
    small.tie("d", "in_subnet", "s")
    small.tie("d", "in_subnet", "t")

    assert small.derive().tier("d") is Tier.CORE


@pytest.mark.parametrize(
    ("kind", "tags", "told"),
    [
        ("instance", {"tier": "core"}, True),
        ("instance", {}, False),
        ("instance", {"tier": HIDDEN}, "unknown"),
        ("database", {}, None),  # nothing of it stands in a network
    ],
)
def test_a_root_says_whether_any_tier_is_declared(small, kind, tags, told):
    small.add("root", "root")
    small.add("x", kind, tags=tags)
    small.add("elsewhere", "instance", root="other", tags={"tier": "core"})
    found = small.derive().graph.peek(small.at["root"], "tiers_declared")

    assert ("unknown" if isinstance(found, Unknown) else found) == told


def statement(*actions: str, effect: str = "Allow") -> dict:
    return {"effect": effect, "actions": list(actions), "resources": ["*"]}


@pytest.mark.parametrize(
    ("statements", "layer"),
    [
        ([statement("iam:CreateUser")], Layer.PRIVILEGE),
        ([statement("organizations:*")], Layer.PRIVILEGE),
        ([statement("*")], Layer.PRIVILEGE),
        ([statement("s3:GetObject")], Layer.PERMISSIONS),
        ([statement("iam:GetRole", "iam:ListRoles")], Layer.PERMISSIONS),
        ([statement("*", effect="Deny")], Layer.PERMISSIONS),
        (HIDDEN, Layer.PERMISSIONS),
    ],
)
def test_a_role_that_manages_privilege_stands_on_layer_0(small, statements, layer):
    small.add("r", "role", managed_policies=[])
    small.add("p", "policy", statements=statements)
    small.tie("r", "attaches", "p")

    assert small.derive().layer("r") is layer


def test_a_managed_policy_of_administrators_does_so_too(small):
    small.add("r", "role", managed_policies=["arn:aws:iam::aws:policy/AdministratorAccess"])

    assert small.derive().layer("r") is Layer.PRIVILEGE
