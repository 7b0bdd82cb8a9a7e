"""What secures each edge: network, policy, transport (issue 7, item 5; NIST SP 800-207, tenet 2)."""

from __future__ import annotations

import pytest

from scanner.analysis.network.flows import flows
from scanner.config import Config
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree
from tests.analysis.network.topology import HERE

BALANCER = """
resource "aws_lb" "b" {
  internal        = false
  subnets         = [aws_subnet.public.id]
  security_groups = [aws_security_group.open.id]
}
"""
CACHE = """
resource "aws_elasticache_subnet_group" "s" {
  name       = "s"
  subnet_ids = [aws_subnet.private.id]
}

resource "aws_elasticache_replication_group" "c" {
  replication_group_id       = "c"
  description                = "c"
  subnet_group_name          = aws_elasticache_subnet_group.s.name
  security_group_ids         = [aws_security_group.open.id]
  transit_encryption_enabled = %s
}
"""


def secured(tmp_path, text, source, target, *bases):
    base = "\n".join((HERE / "base" / f"{each}.tf").read_text("utf-8") for each in bases)
    (tmp_path / "main.tf").write_text(base + text, "utf-8")
    given = Target(Tree(tmp_path))
    told = flows(build(given, read(given), Config()).graph, Config()).portable()
    (flow,) = [
        each for each in told["flows"] if (each["source"]["name"], each["destination"]["name"]) == (source, target)
    ]
    return flow["secured_by"], told["assumptions"]


@pytest.mark.parametrize(("flag", "transport"), [("true", "encrypted"), ("false", "optional")])
def test_a_store_that_demands_tls(tmp_path, flag, transport):
    """ElastiCache User Guide, "In-transit encryption (TLS)"."""
    name = "aws_elasticache_replication_group.c"
    found, _ = secured(tmp_path, CACHE % flag, "aws_instance.web", name, "vpc", "open", "web")

    assert found == {"network": "unknown", "policy": [], "transport": transport}


@pytest.mark.parametrize(
    ("protocol", "transport"), [('protocol = "HTTP"\n  vpc', "plain"), ('protocol = "HTTPS"\n  vpc', "encrypted")]
)
def test_a_relay_is_as_safe_as_its_weaker_side(tmp_path, protocol, transport):
    alb = (HERE / "base" / "alb.tf").read_text("utf-8").replace('protocol = "HTTP"\n  vpc', protocol)
    found, _ = secured(tmp_path, alb + BALANCER, "internet", "aws_instance.app", "vpc", "open")

    assert found["transport"] == transport
    assert found["policy"] == ["tf:.#aws_security_group.app"]
    assert found["network"] == "plain"


def test_what_is_off_when_absent_is_an_assumption(tmp_path):
    _, assumed = secured(tmp_path, "", "internet", "aws_instance.web", "vpc", "open", "web")

    assert "block public access is off where the scan does not set it" in assumed
