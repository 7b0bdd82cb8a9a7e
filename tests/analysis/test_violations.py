"""The twenty kinds of violations of tiers (facts of issue 7, section 5): each has a rule, and the rule fires."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from scanner.bundle import bundled
from scanner.cli.common import load_rules
from scanner.config import Config
from scanner.model.finding import Verdict
from scanner.scan import Judging, Target, build, judge, read
from scanner.sources.tree import Tree

# Kind of violation: the rules that see it.
KINDS = {
    "1 internet to core, direct": ["tiers/internet-reaches-core"],
    "2 internet to internal, direct": ["tiers/internet-reaches-internal"],
    "3 internet through a relay that guards nothing": ["tiers/relay-unguarded"],
    "4 internal balancer published": ["tiers/internal-balancer-published"],
    "5 external to core, past internal": ["tiers/tier-skipped"],
    "6 core to internet": ["tiers/core-reaches-internet"],
    "7 core opens sessions outward": ["tiers/core-starts-session"],
    "8 core subnet routed out": ["tiers/core-subnet-routed-out"],
    "9 core with a public address": ["zero-trust/database-public", "tiers/node-public-address"],
    "10 production joined to what is not": ["tiers/environments-joined"],
    "11 default group across tiers": ["tiers/default-group-across-tiers"],
    "14 interface that bridges tiers": ["tiers/interface-bridges-tiers"],
    "15 access list without state": ["tiers/access-list-without-answers"],
    "16 management port": ["tiers/management-port-open", "tiers/control-plane-public", "tiers/remote-access-open"],
    "17 no policy, or none that is carried out": [
        "tiers/workload-without-network-policy",
        "tiers/egress-unrestricted",
        "tiers/policies-not-enforced",
    ],
    "18 pod published outside its tier": ["tiers/core-workload-published", "tiers/node-port-exposed"],
    "19 pod to metadata, kubelet, control plane": ["tiers/policy-reaches-metadata"],
    "20 inspection bypassed": ["tiers/inspection-bypassed"],
    "20b interface to AWS open or missing": [
        "least-privilege/endpoint-policy-open",
        "hygiene/gateway-endpoint-missing",
    ],
}
BASE = Path(__file__).parent / "network" / "topologies" / "base" / "vpc.tf"
PAIR = """
resource "aws_security_group" "web" {
  vpc_id = aws_vpc.v.id
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "store" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol  = "tcp"
    from_port = 5432
    to_port   = 5432
    %s
  }
}

resource "aws_instance" "web" {
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.web.id]
  tags                   = { tier = "external" }
}

resource "aws_instance" "app" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.web.id]
  tags                   = { tier = "internal" }
}

resource "aws_instance" "store" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.store.id]
  tags                   = { tier = "core" }
}
"""
# What the first rule of the path admits: a range that holds another tier, a group that another tier wears too.
WIDER = {
    "12 rule wider than the tier": 'cidr_blocks = ["10.0.0.0/8"]',
    "13 group that two tiers wear": "security_groups = [aws_security_group.web.id]",
}


@cache
def rules():
    return {each.id: each for each in load_rules()[0]}


def failing(folder: Path, rule: str) -> list[str]:
    """Where a rule fails in a tree."""
    target = Target(Tree(folder))
    built = build(target, read(target), Config())
    report, _ = judge(built, Config(), Judging([rules()[rule]], date(2026, 11, 22)))
    return [each.node for each in report.findings if each.verdict is Verdict.FAIL]


@pytest.mark.parametrize(("kind", "rule"), [(kind, rule) for kind, named in KINDS.items() for rule in named])
def test_each_kind_of_violation_is_seen(kind, rule):
    folder = bundled("fixtures") / rule.replace("-", "_") / "bad"

    assert failing(folder, rule), kind


@pytest.mark.parametrize("kind", WIDER)
def test_what_is_too_wide_is_seen_where_another_tier_comes_through(tmp_path, kind):
    (tmp_path / "main.tf").write_text(BASE.read_text("utf-8") + PAIR % WIDER[kind], "utf-8")

    assert failing(tmp_path, "tiers/tier-skipped") == ["tf:.#aws_instance.store"]


def test_what_is_as_wide_as_its_tier_is_not(tmp_path):
    text = PAIR % 'cidr_blocks = ["10.0.2.0/24"]'
    (tmp_path / "main.tf").write_text(BASE.read_text("utf-8") + text, "utf-8")

    assert failing(tmp_path, "tiers/tier-skipped") == []
