"""What findings say: the half that holds, the thing that is missing, all that is to blame."""

from datetime import date
from pathlib import Path

import pytest

from scanner.bundle import bundled
from scanner.config import Config
from scanner.engine.discover import discover
from scanner.engine.regorus import Regorus
from scanner.scan import Judging, Target, build, judge, read
from scanner.sources.tree import Tree

RULES, _ = discover([bundled("rules")], [bundled("policies")])


def findings(folder: Path, *ids: str):
    """The fails of these rules in a folder."""
    target = Target(Tree(folder))
    built = build(target, read(target), Config())
    chosen = [rule for rule in RULES if rule.id in ids]
    report, _ = judge(built, Config(), Judging(rules=chosen, today=date(2026, 1, 1), backend=Regorus()))
    return [finding for finding in report.findings if finding.verdict.value == "fail"]


def written(tmp_path: Path, text: str, *ids: str, name: str = "main.tf"):
    (tmp_path / name).write_text(text, "utf-8")
    return findings(tmp_path, *ids)


def bad(rule: str) -> set[str]:
    """The messages of a rule in its own bad example."""
    folder = bundled("fixtures") / rule.replace("-", "_") / "bad"
    return {finding.message for finding in findings(folder, rule)}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("hygiene/state-unprotected", "terraform/backend keeps state without a lock"),
        ("zero-trust/trail-incomplete", "aws_cloudtrail.both is switched off and does not see every region"),
        ("zero-trust/host-namespace", "shares the network, the processes and the memory with its machine"),
        ("zero-trust/host-namespace", "shares the network and the processes with its machine"),
        ("zero-trust/host-namespace", "shares the memory with its machine"),
        ("tiers/management-port-open", "aws_security_group.bastion admits the whole internet on port 22 (SSH)"),
        ("tiers/all-ports-open", "aws_security_group.inline admits the whole internet on every port"),
        ("tiers/all-ports-open", "aws_security_group.halves admits the whole internet on every TCP port"),
        ("hygiene/domain-unprotected", "registered_domain.shop can be transferred unasked"),
        ("hygiene/password-policy-weak", "accepts short passwords"),
        ("zero-trust/database-public", "aws_db_instance.orders has a public endpoint"),
        ("zero-trust/database-public", "logs has a public endpoint and a policy that lets everyone in"),
        ("zero-trust/database-public", "google_bigquery_table.reports is shared with everyone"),
        ("zero-trust/literal-credential", "vault_secret.orders holds a credential in clear text (value)"),
        ("tiers/tier-undeclared", "no tier is declared in this root (Terraform in .)"),
    ],
)
def test_messages_say_what_holds(rule, message):
    found = bad(rule)
    assert any(message in each for each in found), found


def test_a_root_of_manifests_is_called_so(tmp_path):
    text = """apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, ports: [{port: 80}]}
"""
    (found,) = written(tmp_path, text, "tiers/tier-undeclared", name="web.yaml")
    assert found.message == "no tier is declared in this root (the manifests of this scan)"


def test_all_identities_are_not_every_action(tmp_path):
    text = """resource "aws_iam_policy" "people" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }] })
}
resource "aws_iam_policy" "all" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"""
    found = written(tmp_path, text, "least-privilege/policy-administrator")
    assert {each.message for each in found} == {
        "aws_iam_policy.people allows the administration of all identities",
        "aws_iam_policy.all allows every action on every resource",
    }


def test_all_rules_of_a_group_that_are_to_blame_are_shown(tmp_path):
    text = """resource "aws_security_group" "halves" {
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/1"]
  }
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["128.0.0.0/1"]
  }
  ingress {
    protocol    = "tcp"
    from_port   = 3389
    to_port     = 3389
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "behind" {
  vpc_security_group_ids = [aws_security_group.halves.id]
}
"""
    (found,) = written(tmp_path, text, "tiers/management-port-open")
    assert found.message == "aws_security_group.halves admits the whole internet on port 22 (SSH), 3389 (RDP)"
    assert found.location.line == 6
    assert {step.note for step in found.path} == {"admits it too"}
    assert [step.location.line for step in found.path] == [12, 18]


def test_a_capability_that_only_holds_memory_weighs_less():
    folder = bundled("fixtures") / "least_privilege/container_dangerous_capability/bad"
    found = findings(folder, "least-privilege/container-dangerous-capability")
    weighs = {finding.message.rpartition(" adds ")[2]: finding.severity.value for finding in found}
    assert weighs == {"SYS_ADMIN": "high", "IPC_LOCK": "low"}
