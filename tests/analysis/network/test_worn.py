"""Open security groups that are used, and those that nothing uses.

The five cases on which Checkov 3.3.30 (CKV_AWS_24) errs are those of our notes on it: it passes a group whose
first inline rule has `self = true`, halves of the world, `ip_protocol = "-1"` and `::/0` of a rule resource, and
fails a group that nothing uses. A group filters only the interfaces that it is associated with (VPC User Guide,
"Control traffic to your AWS resources using security groups").
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from scanner import scan
from scanner.analysis import derive
from scanner.bundle import bundled
from scanner.config import Config
from scanner.engine.discover import discover
from scanner.engine.regorus import Regorus
from scanner.mapping.assemble import Assembler
from scanner.mapping.aws.live import spell
from scanner.mapping.tables import Tables
from scanner.model.address import Address
from scanner.model.finding import Verdict
from scanner.model.location import Span
from scanner.model.resource import Plane, Resource, Scope
from scanner.model.value import Unknown
from scanner.sources.tree import Tree
from tests.analysis.access.reading import at, graph_of

_IDS = ("tiers/all-ports-open", "tiers/data-port-open", "tiers/management-port-open")
RULES = [each for each in discover([bundled("rules")], [])[0] if each.id in _IDS]
OPEN = """
resource "aws_security_group" "g" {
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
BEHIND = 'resource "aws_instance" "i" { vpc_security_group_ids = [aws_security_group.g.id] }\n'
SELF = """
resource "aws_security_group" "g" {
  ingress {
    protocol  = "tcp"
    from_port = 22
    to_port   = 22
    self      = true
  }
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
HALVES = OPEN.replace('"0.0.0.0/0"', '"0.0.0.0/1", "128.0.0.0/1"')
BESIDE = """
resource "aws_security_group" "g" {}
resource "aws_vpc_security_group_ingress_rule" "r" {
  security_group_id = aws_security_group.g.id
"""
_G, _ONE = "aws_security_group.g.id", 'protocol = "tcp"\n from_port = 1\n to_port = 1'
_OTHER = 'type = "egress"\n security_group_id = "sg-1"'
EVERYTHING = BESIDE + '  ip_protocol = "-1"\n  cidr_ipv4 = "0.0.0.0/0"\n}\n'
SIX = BESIDE + '  ip_protocol = "tcp"\n  from_port = 22\n  to_port = 22\n  cidr_ipv6 = "::/0"\n}\n'


def verdicts(folder: Path, text: str, *, complete: tuple[str, ...] = ()) -> set[tuple[str, Verdict]]:
    (folder / "main.tf").write_text(text, encoding="utf-8")
    target = scan.Target(tree=Tree(folder))
    config = Config(complete=complete)
    judging = scan.Judging(rules=RULES, today=date(2026, 1, 1), backend=Regorus())
    report, _ = scan.judge(scan.build(target, scan.read(target), config), config, judging)
    return {(each.rule.rpartition("/")[2], each.verdict) for each in report.findings}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param(SELF, "management-port-open", id="first rule for itself"),
        pytest.param(HALVES, "management-port-open", id="two halves"),
        pytest.param(EVERYTHING, "all-ports-open", id="every protocol"),
        pytest.param(SIX, "management-port-open", id="IPv6"),
    ],
)
def test_open_groups_that_checkov_passes_fail(tmp_path: Path, text: str, rule: str) -> None:
    assert verdicts(tmp_path, text + BEHIND) == {(rule, Verdict.FAIL)}


def test_a_group_that_nothing_uses_which_checkov_fails_is_undecided(tmp_path: Path) -> None:
    assert verdicts(tmp_path, OPEN) == {("management-port-open", Verdict.UNKNOWN)}


def test_it_passes_where_the_scan_holds_the_whole_network(tmp_path: Path) -> None:
    assert verdicts(tmp_path, OPEN, complete=("network",)) == set()
    assert verdicts(tmp_path, OPEN + BEHIND, complete=("network",)) == {("management-port-open", Verdict.FAIL)}


@pytest.mark.parametrize(
    "user",
    [
        'resource "aws_network_interface" "u" { security_groups = [aws_security_group.g.id] }',
        'resource "aws_lb" "u" { security_groups = [aws_security_group.g.id] }',
        'resource "aws_db_instance" "u" { vpc_security_group_ids = [aws_security_group.g.id] }',
        'resource "aws_launch_template" "u" { vpc_security_group_ids = [aws_security_group.g.id] }',
        'resource "aws_vpc_endpoint" "u" { security_group_ids = [aws_security_group.g.id] }',
        f'resource "aws_codebuild_project" "u" {{\n vpc_config {{\n security_group_ids = [{_G}]\n }}\n}}',
        f'resource "aws_eks_cluster" "u" {{\n vpc_config {{\n security_group_ids = [{_G}]\n }}\n}}',
        # no mapping reads these, yet they hold the group
        'resource "aws_thing_of_next_year" "u" { groups = { a = join(",", [aws_security_group.g.id]) } }',
        'resource "helm_release" "u" {\n set {\n name = "g"\n value = aws_security_group.g.id\n }\n}',
        # not on disk
        'module "u" {\n source = "terraform-aws-modules/ec2-instance/aws"\n ids = [aws_security_group.g.id]\n}',
        'locals { ids = [aws_security_group.g.id] }\nmodule "u" {\n source = "x/y/aws"\n ids = local.ids\n}',
    ],
)
def test_whatever_holds_a_group_may_use_it(tmp_path: Path, user: str) -> None:
    assert verdicts(tmp_path, OPEN + user) == {("management-port-open", Verdict.FAIL)}


@pytest.mark.parametrize(
    "speaker",
    [
        f'resource "aws_security_group" "o" {{\n ingress {{\n {_ONE}\n security_groups = [{_G}]\n }}\n}}',
        f'resource "aws_security_group_rule" "r" {{\n {_ONE}\n source_security_group_id = {_G}\n {_OTHER}\n}}',
        'output "g" { value = aws_security_group.g.id }',
        'resource "aws_instance" "i" {\n count = 0\n vpc_security_group_ids = [aws_security_group.g.id]\n}',
    ],
)
def test_who_only_speaks_of_a_group_does_not_use_it(tmp_path: Path, speaker: str) -> None:
    assert verdicts(tmp_path, OPEN + speaker) == {("management-port-open", Verdict.UNKNOWN)}


def test_a_module_that_is_on_disk_says_itself_what_it_uses(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "m.tf").write_text('variable "ids" {}\n', encoding="utf-8")
    call = 'module "m" {\n source = "./m"\n ids = [aws_security_group.g.id]\n}\n'
    assert verdicts(tmp_path, OPEN + call) == {("management-port-open", Verdict.UNKNOWN)}
    used = 'variable "ids" {}\nresource "aws_instance" "i" { vpc_security_group_ids = var.ids }\n'
    (tmp_path / "m" / "m.tf").write_text(used, encoding="utf-8")
    assert verdicts(tmp_path, OPEN + call) == {("management-port-open", Verdict.FAIL)}


def test_a_default_group_is_worn_by_what_names_none(tmp_path: Path) -> None:
    network = """
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.0.0/24"
}
"""
    adopted = OPEN.replace("aws_security_group", "aws_default_security_group")
    group = network + adopted.replace('"g" {', '"g" {\n  vpc_id = aws_vpc.v.id')
    assert verdicts(tmp_path, group) == {("management-port-open", Verdict.UNKNOWN)}
    asked = 'resource "aws_instance" "i" { vpc_security_group_ids = [aws_vpc.v.default_security_group_id] }\n'
    assert verdicts(tmp_path, group + asked) == {("management-port-open", Verdict.FAIL)}
    machine = 'resource "aws_instance" "i" { subnet_id = aws_subnet.s.id }\n'
    assert verdicts(tmp_path, group + machine) == {("management-port-open", Verdict.FAIL)}


def test_a_filter_that_selects_by_itself_needs_no_user(tmp_path: Path) -> None:
    wall = 'resource "google_compute_firewall" "w" {\n network = "n"\n source_ranges = ["0.0.0.0/0"]\n'
    assert verdicts(tmp_path, wall + ' allow {\n protocol = "tcp"\n ports = ["22"]\n }\n}\n') == {
        ("management-port-open", Verdict.FAIL)
    }


def live(*worn: str, whole: bool = True) -> object:
    """`worn` of the group sg-1 in an account whose interfaces wear these groups."""
    scope = Scope("aws", "111122223333", "eu-west-1")
    open_ = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    held = {
        "AWS::EC2::SecurityGroup": {"GroupId": "sg-1", "GroupName": "g", "IpPermissions": [open_]},
        # of a service, which is no node of its own (EC2 API Reference, NetworkInterface: RequesterManaged)
        "AWS::EC2::NetworkInterface": {
            "NetworkInterfaceId": "eni-1", "RequesterManaged": True, "Groups": [{"GroupId": each} for each in worn]
        },
    }  # fmt: skip
    address, span = "111122223333/eu-west-1", Span("snapshot", 0, 0)
    read = [
        Resource(Address("aws", address, f"arn:{type_}"), type_, told, span, Plane.LIVE, scope)
        for type_, told in held.items()
    ]
    assembler = Assembler(Tables())
    assembler.add(spell(read, ()).resources)
    graph = assembler.finish()
    if whole:
        graph.read_whole.add(("111122223333", "eu-west-1", "ec2"))
    derive(graph, Config())
    (group,) = graph.nodes("security_group")
    return graph.peek(group, "worn")


def test_an_account_that_was_read_tells_who_wears_a_group() -> None:
    assert live("sg-1") is True
    assert live("sg-2") is False
    assert isinstance(live("sg-2", whole=False), Unknown)
    assert live("sg-1", whole=False) is True


def test_an_id_that_is_written_out_is_held_too(tmp_path: Path) -> None:
    state = {
        "version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "outputs": {},
        "resources": [
            {"mode": "managed", "type": type_, "name": "g", "provider": 'provider["host.example/x/aws"]',
             "instances": [{"schema_version": 0, "attributes": told}]}
            for type_, told in (
                ("aws_security_group", {"id": "sg-0a", "ingress": [], "egress": []}),
                ("aws_thing_of_next_year", {"id": "t", "groups": ["sg-0a"]}),
            )
        ],
    }  # fmt: skip
    (tmp_path / "terraform.tfstate").write_text(json.dumps(state), encoding="utf-8")
    graph = graph_of(tmp_path)
    (group,) = graph.nodes("security_group")
    assert graph.peek(group, "worn") is True


@pytest.mark.parametrize(
    "user",
    [
        'resource "azurerm_virtual_network" "u" {\n subnet {\n security_group = %g\n }\n}',
        'resource "azurerm_subnet_network_security_group_association" "u" {\n subnet_id = "s"\n %s\n}',
        'resource "azurerm_linux_virtual_machine_scale_set" "u" {\n network_interface {\n %s\n }\n}',
    ],
)
def test_groups_of_azure_stand_before_subnets_and_interfaces(tmp_path: Path, user: str) -> None:
    """azurerm provider: azurerm_virtual_network ("subnet"), the association, the machine scale set."""
    group = """
resource "azurerm_network_security_group" "g" {
  security_rule {
    access                     = "Allow"
    direction                  = "Inbound"
    protocol                   = "Tcp"
    source_address_prefix      = "*"
    source_port_range          = "*"
    destination_port_range     = "22"
    destination_address_prefix = "*"
  }
}
"""
    assert verdicts(tmp_path, group) == {("management-port-open", Verdict.UNKNOWN)}
    user = user.replace("%s", "network_security_group_id = %g")
    user = user.replace("%g", "azurerm_network_security_group.g.id")
    assert verdicts(tmp_path, group + user) == {("management-port-open", Verdict.FAIL)}


def test_the_reason_says_what_decides(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, main_tf=OPEN)
    told = graph.peek(at(graph, "aws_security_group.g"), "worn")
    assert isinstance(told, Unknown)
    assert told.reason == "nothing in the scan uses this group; what uses it elsewhere decides"
