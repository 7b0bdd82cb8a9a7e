"""Overlays that Terraform and Kubernetes declare: the verdicts that their documentation gives.

Sources: Tailscale documentation, "ACL policy examples", "Syntax reference for the tailnet policy file", "Grants
syntax", "Grants explained", "Targets and selectors", "Subnet routers", "Kubernetes operator"; WireGuard,
"Cryptokey Routing"; Aviatrix documentation, "Transit Segmentation Workflow".
"""

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.analysis.network.atoms import INTERNET, cidr, connections
from scanner.analysis.network.flows import flows
from scanner.analysis.network.overlays import reach_overlay
from scanner.analysis.network.tailnet import Device, Policy, Target
from scanner.analysis.network.verdict import Answer
from scanner.config import Config
from scanner.graph.choose import choose
from scanner.mapping.others.tailnet import grants, names, plain
from scanner.mapping.reader import Reader
from scanner.model.address import Address
from scanner.model.location import Span
from scanner.model.resource import Plane, Resource, Scope
from scanner.scan import Target as Read
from scanner.scan import build, read
from scanner.sources.tree import Tree
from tests.cli.running import run


def policy(text: str) -> Policy:
    """A policy file as the provider takes it."""
    address, nowhere = Address("tf", ".", "tailscale_acl.a"), Span("main.tf", 0, 0)
    resource = Resource(address, "tailscale_acl", {"acl": text}, nowhere, Plane.DECLARED, Scope("tailscale"))
    return Policy(grants(Reader(resource)), **names(Reader(resource))[0])


def device(*marks: str, user: str | None = None, at: str = "100.64.0.9") -> Device:
    return Device(marks, user, cidr(at))


ALICE, BOB = device(user="alice@example.com", at="100.64.0.1"), device(user="bob@example.com", at="100.64.0.2")
PHONE = device(user="alice@example.com", at="100.64.0.3")
WEB, DATA = device("tag:web", at="100.64.0.10"), device("tag:database", at="100.64.0.11")
ROUTER = device("tag:router", at="100.64.0.12")
CI = device("tag:ci", user="alice@example.com")
HTTPS, SQL, DNS = connections("tcp", 443), connections("tcp", 5432), connections("udp", 53)
PING, SCTP = connections("icmp"), connections("sctp", 443)

ALLOW_ALL = '{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}'
GROUPS = '"groups": {"group:eng": ["alice@example.com"]}, "hosts": {"lan": "10.0.0.0/16", "db": "10.0.0.7"}'


def acl(*rules: str) -> str:
    return f'{{{GROUPS}, "acls": [{", ".join(rules)}]}}'


def rule(src: str, dst: str, more: str = "") -> str:
    return f'{{"action": "accept", "src": ["{src}"], "dst": ["{dst}"]{more}}}'


def grant(src: str, dst: str, ip: str, more: str = "") -> str:
    return f'{{{GROUPS}, "grants": [{{"src": ["{src}"], "dst": ["{dst}"], "ip": ["{ip}"]{more}}}]}}'


@pytest.mark.parametrize(
    ("text", "source", "target", "held", "passes"),
    [
        # "Allow all", "Deny all", and the default policy where neither form is written
        (ALLOW_ALL, ALICE, WEB, HTTPS, True),
        (ALLOW_ALL, WEB, DATA, SQL, True),
        ('{"acls": []}', ALICE, WEB, HTTPS, False),
        ('{"grants": []}', ALICE, WEB, HTTPS, False),
        ("{}", ALICE, WEB, HTTPS, True),
        # "Deny by default": what no rule names; rules are directional
        (acl(rule("tag:web", "tag:database:5432")), WEB, DATA, SQL, True),
        (acl(rule("tag:web", "tag:database:5432")), WEB, DATA, HTTPS, False),
        (acl(rule("tag:web", "tag:database:5432")), DATA, WEB, SQL, False),
        (acl(rule("tag:web", "tag:database:5432")), ALICE, DATA, SQL, False),
        # users, groups, and tagged devices that have no user
        (acl(rule("group:eng", "tag:web:443")), ALICE, WEB, HTTPS, True),
        (acl(rule("group:eng", "tag:web:443")), BOB, WEB, HTTPS, False),
        (acl(rule("alice@example.com", "tag:web:*")), ALICE, WEB, DNS, True),
        (acl(rule("alice@example.com", "tag:web:*")), CI, WEB, HTTPS, False),
        # autogroups
        (acl(rule("autogroup:member", "tag:web:443")), BOB, WEB, HTTPS, True),
        (acl(rule("autogroup:member", "tag:web:443")), DATA, WEB, HTTPS, False),
        (acl(rule("autogroup:tagged", "tag:web:443")), DATA, WEB, HTTPS, True),
        (acl(rule("autogroup:tagged", "tag:web:443")), BOB, WEB, HTTPS, False),
        (acl(rule("autogroup:member", "autogroup:self:*")), ALICE, PHONE, HTTPS, True),  # their own devices
        (acl(rule("autogroup:member", "autogroup:self:*")), ALICE, BOB, HTTPS, False),
        (acl(rule("autogroup:member", "autogroup:self:*")), ALICE, WEB, HTTPS, False),
        # addresses, ranges and names of hosts
        (acl(rule("100.64.0.1", "100.64.0.10:443")), ALICE, WEB, HTTPS, True),
        (acl(rule("100.64.0.1", "100.64.0.11:443")), ALICE, WEB, HTTPS, False),
        # ports: lists and ranges; protocols
        (acl(rule("*", "tag:web:80,443,8000-8999")), ALICE, WEB, connections("tcp", 8500), True),
        (acl(rule("*", "tag:web:80,443,8000-8999")), ALICE, WEB, connections("tcp", 9000), False),
        (acl(rule("*", "tag:web:443")), ALICE, WEB, connections("udp", 443), True),  # without proto: TCP and UDP
        (acl(rule("*", "tag:web:443", ', "proto": "tcp"')), ALICE, WEB, connections("udp", 443), False),
        (acl(rule("*", "tag:web:*")), ALICE, WEB, PING, True),
        (acl(rule("*", "tag:web:*", ', "proto": "icmp"')), ALICE, WEB, PING, True),
        (acl(rule("*", "tag:web:*", ', "proto": "icmp"')), ALICE, WEB, HTTPS, False),
        (acl(rule("*", "tag:web:443", ', "proto": "sctp"')), ALICE, WEB, SCTP, True),
        (acl(rule("*", "tag:web:443")), ALICE, WEB, SCTP, False),
        # grants: every one adds, none takes away; without `ip` nothing on the network
        (grant("group:eng", "tag:web", "tcp:443"), ALICE, WEB, HTTPS, True),
        (grant("group:eng", "tag:web", "tcp:443"), ALICE, WEB, connections("udp", 443), False),
        (grant("group:eng", "tag:web", "443"), ALICE, WEB, connections("udp", 443), True),
        (grant("group:eng", "tag:web", "*"), ALICE, WEB, PING, True),
        (grant("group:eng", "tag:web", "*"), BOB, WEB, PING, False),
        ('{"grants": [{"src": ["*"], "dst": ["*"], "app": {"x.com/c": []}}]}', ALICE, WEB, HTTPS, False),
        # both forms together: their union
        ('{"acls": [' + rule("*", "tag:web:443") + '], "grants": []}', ALICE, WEB, HTTPS, True),
    ],
)  # fmt: skip
def test_between_devices(text: str, source: Device, target: Device, held: Any, passes: bool) -> None:
    found, _ = policy(text).lets(source, Target(target))

    assert (held <= found.sure, bool(held & found.maybe)) == (passes, passes), found


@pytest.mark.parametrize(
    ("text", "target", "held", "passes"),
    [
        # "Subnet routers": the range behind a router is a destination of its own, which its tag does not mean
        (acl(rule("group:eng", "10.0.0.0/16:443")), Target(None, cidr("10.0.0.7"), ROUTER), HTTPS, True),
        (acl(rule("group:eng", "lan:443")), Target(None, cidr("10.0.0.7"), ROUTER), HTTPS, True),
        (acl(rule("group:eng", "db:5432")), Target(None, cidr("10.0.0.7"), ROUTER), SQL, True),
        (acl(rule("group:eng", "db:5432")), Target(None, cidr("10.0.0.8"), ROUTER), SQL, False),
        (acl(rule("group:eng", "tag:router:*")), Target(None, cidr("10.0.0.7"), ROUTER), HTTPS, False),
        (acl(rule("*", "*:*")), Target(None, cidr("10.0.0.7"), ROUTER), HTTPS, True),
        # "Exit nodes": only autogroup:internet means what lies past them
        (acl(rule("group:eng", "autogroup:internet:*")), Target(None, INTERNET, ROUTER, world=True), HTTPS, True),
        (acl(rule("group:eng", "tag:router:*")), Target(None, INTERNET, ROUTER, world=True), HTTPS, False),
        # "Route filtering with Via"
        (grant("group:eng", "lan", "tcp:443", ', "via": ["tag:router"]'),
         Target(None, cidr("10.0.0.7"), ROUTER), HTTPS, True),
        (grant("group:eng", "lan", "tcp:443", ', "via": ["tag:other"]'),
         Target(None, cidr("10.0.0.7"), ROUTER), HTTPS, False),
    ],
)  # fmt: skip
def test_past_a_router(text: str, target: Target, held: Any, passes: bool) -> None:
    found, _ = policy(text).lets(ALICE, target)

    assert (held <= found.sure, bool(held & found.maybe)) == (passes, passes), found


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (acl(rule("group:eng", "tag:web:443")), Device((), None, None)),  # whose device it is
        (acl(rule("tag:ci", "tag:web:443")), Device(None, None, None)),  # which tags it has
        (acl(rule("group:synced@example.com", "tag:web:443")), ALICE),  # a group of the identity provider
        (acl(rule("autogroup:admin", "tag:web:443")), ALICE),  # roles are given elsewhere
        (grant("group:eng", "tag:web", "tcp:443", ', "srcPosture": ["posture:latest"]'), ALICE),
        ('{"acls": [{"action": "accept", "src": ["*"], "dst": ["tag:web:http"]}]}', ALICE),  # no port
        ('{"acls": [{"action": "drop", "src": ["*"], "dst": ["tag:web:443"]}]}', ALICE),  # no action
    ],
)
def test_what_a_policy_leaves_open_is_possible(text: str, source: Device) -> None:
    found, _ = policy(text).lets(source, Target(WEB))

    assert (found.sure >= HTTPS, found.maybe >= HTTPS) == (False, True)
    assert found.why


def test_comments_and_trailing_commas() -> None:
    text = '{\n // "a": 1,\n "b": "//no", /* c */ "d": [1, 2,],\n}'

    assert json.loads(plain(text)) == {"b": "//no", "d": [1, 2]}


# from configurations


def ask(tmp_path: Path, text: str, source: str, target: str, port: int | None = None) -> Answer:
    head, _, manifests = text.partition("--- # manifests\n")
    (tmp_path / "main.tf").write_text(head, "utf-8")
    if manifests:
        (tmp_path / "app.yaml").write_text(manifests, "utf-8")
    made = Read(Tree(tmp_path))
    built = build(made, read(made), Config())
    assert [each for each in built.diagnostics if each.level.value == "error"] == []

    def end(name: str) -> Any:
        if name == "internet":
            return INTERNET
        return cidr(name) if name[0].isdigit() else choose(built.graph, name)[0]

    found = reach_overlay(built.graph, end(source), end(target), port, "tcp" if port else None)
    assert found is not None
    return found


NETWORK = """
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.0.0/24"
}
resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  ingress {
    from_port = 5432
    to_port   = 5432
    protocol  = "tcp"
    self      = true
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "db" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.s.id
  private_ip             = "10.0.0.7"
  vpc_security_group_ids = [aws_security_group.g.id]
}
"""
TAILNET = (
    NETWORK
    + """
resource "tailscale_acl" "a" {
  acl = <<-EOT
    { // who reaches the data
      "acls": [
        {"action": "accept", "src": ["tag:ci"], "dst": ["10.0.0.0/16:5432", "tag:router:22"]},
      ],
      "autoApprovers": {"routes": {"10.0.0.0/16": ["tag:router"]}},
    }
  EOT
}
resource "tailscale_tailnet_key" "router" { tags = ["tag:router"] }
resource "tailscale_tailnet_key" "ci" { tags = ["tag:ci"] }
resource "aws_instance" "router" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.s.id
  vpc_security_group_ids = [aws_security_group.g.id]
  user_data              = <<-EOT
    #!/bin/sh
    tailscale up --authkey=${tailscale_tailnet_key.router.key} --advertise-routes=10.0.0.0/16
  EOT
}
resource "aws_instance" "ci" {
  ami           = "ami-1"
  instance_type = "t3.micro"
  user_data     = "tailscale up --authkey=${tailscale_tailnet_key.ci.key}"
}
data "tailscale_device" "laptop" { name = "laptop.example.ts.net" }
"""
)


@pytest.mark.parametrize(
    ("source", "target", "port", "expected"),
    [
        ("aws_instance.ci", "aws_instance.router", 22, "reachable"),
        ("aws_instance.ci", "aws_instance.router", 23, "unreachable"),
        ("aws_instance.router", "aws_instance.ci", 22, "unreachable"),
        (
            "aws_instance.ci",
            "10.0.0.7",
            5432,
            "reachable",
        ),  # past the router, which wears the group of the database
        ("aws_instance.ci", "10.0.0.7", 5433, "unreachable"),
        ("aws_instance.ci", "aws_instance.db", 5432, "reachable"),
        ("data.tailscale_device.laptop", "aws_instance.db", 5432, "possible"),  # its tags, and its agent
    ],
)
def test_a_tailnet_of_terraform(tmp_path: Path, source: str, target: str, port: int, expected: str) -> None:
    answer = ask(tmp_path, TAILNET, source, target, port)

    assert answer.verdict.value == expected, answer
    assert bool(answer.reason) == (expected != "reachable")


def test_a_router_that_nobody_approved_is_possible(tmp_path: Path) -> None:
    text = TAILNET.replace('"10.0.0.0/16": ["tag:router"]', '"10.9.0.0/16": ["tag:router"]')

    told = ask(tmp_path, text, "aws_instance.ci", "aws_instance.db", 5432)
    assert (told.verdict.value, told.reason) == (
        "possible",
        "whether the route is approved is not part of this scan",
    )


def test_a_router_is_held_to_the_groups_of_its_own_machine(tmp_path: Path) -> None:
    text = TAILNET.replace("    self      = true\n", '    cidr_blocks = ["192.168.0.0/16"]\n')

    assert ask(tmp_path, text, "aws_instance.ci", "aws_instance.db", 5432).verdict.value == "unreachable"


def test_a_tailnet_without_a_policy_in_the_scan_is_possible(tmp_path: Path) -> None:
    text = TAILNET.replace('resource "tailscale_acl" "a"', 'resource "local_file" "a"').replace(
        "  acl = ", "  content = "
    )

    told = ask(tmp_path, text, "aws_instance.ci", "aws_instance.router", 22)
    assert (told.verdict.value, told.reason) == ("possible", "the policy of the tailnet is not part of this scan")


OPERATOR = (
    TAILNET.replace('"tag:router:22"', '"tag:k8s:80"')
    + """--- # manifests
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, image: "web:1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, annotations: {tailscale.com/expose: "true"}}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
)


def test_the_operator_publishes_a_service(tmp_path: Path) -> None:
    """Proxies carry tag:k8s unless another is named."""
    assert ask(tmp_path, OPERATOR, "aws_instance.ci", "shop/web", 80).verdict.value == "reachable"
    other = OPERATOR.replace('expose: "true"', 'expose: "true", tailscale.com/tags: "tag:other"')
    assert ask(tmp_path, other, "aws_instance.ci", "shop/web", 80).verdict.value == "unreachable"


WIREGUARD = """
resource "wireguard_asymmetric_key" "a" {}
resource "wireguard_asymmetric_key" "b" {}
data "wireguard_config_document" "a" {
  private_key = wireguard_asymmetric_key.a.private_key
  addresses   = ["10.9.0.1/32"]
  peer {
    public_key  = wireguard_asymmetric_key.b.public_key
    allowed_ips = ["10.9.0.2/32"]
  }
}
data "wireguard_config_document" "b" {
  private_key = wireguard_asymmetric_key.b.private_key
  addresses   = ["10.9.0.2/32"]
  peer {
    public_key  = wireguard_asymmetric_key.a.public_key
    allowed_ips = ["10.9.0.1/32"] # back
  }
}
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", "possible"),  # where the configurations are put was not read
        ('"10.9.0.2/32"]\n  }', '"10.8.0.0/24"]\n  }', "unreachable"),  # sent to no peer
        ('["10.9.0.1/32"] # back', '["10.9.0.5/32"]', "unreachable"),  # taken in from that address by no peer
    ],
)
def test_allowed_addresses_are_routes_and_filters(tmp_path: Path, old: str, new: str, expected: str) -> None:
    text = WIREGUARD.replace(old, new, 1) if old else WIREGUARD
    source, target = (f"data.wireguard_config_document.{name}" for name in "ab")

    assert ask(tmp_path, text, source, target).verdict.value == expected


AVIATRIX = """
resource "aviatrix_transit_gateway" "t" { gw_name = "transit" }
resource "aviatrix_spoke_gateway" "a" { gw_name = "a" }
resource "aviatrix_spoke_gateway" "b" { gw_name = "b" }
resource "aviatrix_spoke_transit_attachment" "a" {
  spoke_gw_name   = aviatrix_spoke_gateway.a.gw_name
  transit_gw_name = aviatrix_transit_gateway.t.gw_name
}
resource "aviatrix_spoke_transit_attachment" "b" {
  spoke_gw_name   = aviatrix_spoke_gateway.b.gw_name
  transit_gw_name = aviatrix_transit_gateway.t.gw_name
}
"""
DOMAINS = AVIATRIX + "".join(
    f"""
resource "aviatrix_segmentation_network_domain_association" "{name}" {{
  network_domain_name = "domain-{name}"
  attachment_name     = "{name}"
}}
"""
    for name in "ab"
)
CONNECTED = """
resource "aviatrix_segmentation_network_domain_connection_policy" "p" {
  domain_name_1 = "domain-a"
  domain_name_2 = "domain-b"
}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [(AVIATRIX, "reachable"), (DOMAINS, "unreachable"), (DOMAINS + CONNECTED, "reachable")],
)
def test_spokes_of_one_transit_gateway(tmp_path: Path, text: str, expected: str) -> None:
    told = ask(tmp_path, text, "aviatrix_spoke_gateway.a", "aviatrix_spoke_gateway.b")

    assert told.verdict.value == expected, told


def test_an_agent_of_netmaker_is_possible(tmp_path: Path) -> None:
    machine = 'resource "aws_instance" "%s" {\n  ami = "a"\n  user_data = "netclient join -t x"\n}\n'
    told = ask(tmp_path, machine % "a" + machine % "b", "aws_instance.a", "aws_instance.b")

    assert (told.verdict.value, told.reason) == (
        "possible",
        "what netmaker lets through is known to its server only",
    )


def test_flows_over_a_tailnet_are_listed(tmp_path: Path) -> None:
    """Each with what the policy lets through (a rule without `proto` means TCP and UDP); the laptop, of which no
    agent was read, as possible."""
    (tmp_path / "main.tf").write_text(TAILNET, "utf-8")
    target = Read(Tree(tmp_path))
    told = flows(build(target, read(target), Config()).graph, Config())
    listed = {(each.source, each.destination): (each.text, each.verdict.value) for each in told.flows}

    assert listed["aws_instance.ci", "aws_instance.router"] == ("tcp 22; udp 22", "reachable")
    assert listed["aws_instance.ci", "aws_instance.db"] == ("tcp 5432", "reachable")
    assert listed["data.tailscale_device.laptop", "aws_instance.db"] == ("tcp 5432", "possible")
    assert ("aws_instance.db", "aws_instance.ci") not in listed


def test_an_agent_of_netmaker_in_a_pod_is_possible(tmp_path: Path) -> None:
    """Netmaker documentation, "Kubernetes": netclient runs as a DaemonSet or beside an application."""
    pod = """---
apiVersion: v1
kind: Pod
metadata: {name: NAME, namespace: NAME}
spec: {containers: [{name: c, image: "gravitl/netclient:v0.24.0"}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shut, namespace: NAME}
spec: {podSelector: {}, policyTypes: [Ingress]}
"""
    (tmp_path / "pods.yaml").write_text("".join(pod.replace("NAME", each) for each in "ab"), "utf-8")
    told = run("ask", "reach", "/Pod/a/a", "/Pod/b/b", "--in", str(tmp_path), "--format", "json").json

    assert (told["verdict"], told["reason"]) == (
        "possible",
        "what netmaker lets through is known to its server only",
    )
