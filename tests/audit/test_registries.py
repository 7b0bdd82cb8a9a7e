"""Live domains and prefixes beside what registries say: answers in the shapes of botocore's models."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scanner.sources.aws.unit import Item
from tests.audit.made import ACCOUNT, REGION, read, snapshot
from tests.cli.running import run

CHOSEN = ("--select", "hygiene/domain-*", "--select", "zero-trust/route-origin-unauthorized", "--fail-on", "never")


def shaped(service: str, shape: str, given: dict[str, Any]) -> dict[str, Any]:
    """The answer, if botocore's model of the service has such members."""
    session = pytest.importorskip("botocore.session").get_session()
    members = session.get_service_model(service).shape_for(shape).members
    assert not given.keys() - members.keys()
    return given


def domain(name: str, **told: Any) -> Item:
    given = {"DomainName": name, "AutoRenew": True, "TransferLock": True, **told}
    arn = f"arn:aws:route53domains::{ACCOUNT}:domain/{name}"
    return Item("AWS::Route53Domains::Domain", arn, ACCOUNT, "global",
                shaped("route53domains", "DomainSummary", given))  # fmt: skip


def prefix(cidr: str, state: str = "advertised", *own: str) -> Item:
    numbers = [shaped("ec2", "AsnAssociation", {"Asn": each, "Cidr": cidr, "State": "associated"}) for each in own]
    given = shaped("ec2", "ByoipCidr", {"Cidr": cidr, "State": state, "AsnAssociations": numbers})
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:byoip/{cidr}"
    return Item("AWS::EC2::ByoipCidr", arn, ACCOUNT, REGION, given)


def verdicts(tmp_path: Path, *items: Item, registry: str = "") -> dict[str, set[tuple[str, str]]]:
    """Verdicts by rule: of what, and which. The account was read on 2026-01-01."""
    live = snapshot(
        tmp_path / "s.jsonl.gz",
        read("route53domains", *(each for each in items if "route53" in each.id), region="global"),
        read("ec2", *(each for each in items if "byoip" in each.id)),
    )
    config = tmp_path / "own" / "layerproof.toml"
    config.parent.mkdir()
    config.write_text(f"[registry]\nmax_age_days = 36500\n{registry}", "utf-8")
    done = run("scan", str(live), "--root", str(tmp_path), "--config", str(config), "--format", "json", *CHOSEN)
    assert done.code == 0, done.out + done.err
    found: dict[str, set[tuple[str, str]]] = {}
    for each in done.json["findings"]:
        name = re.split("byoip/|domain/", each["node"])[1]
        found.setdefault(each["rule"], set()).add((name, each["verdict"]))
    return found


def test_the_end_of_a_registration_is_told_by_its_registrar(tmp_path: Path) -> None:
    found = verdicts(
        tmp_path,
        domain("soon.example", Expiry="2026-01-20T00:00:00Z"),
        domain("gone.example", Expiry="2025-12-20T00:00:00Z"),
        domain("later.example", Expiry="2027-01-01T00:00:00Z"),
        domain("silent.example"),
    )
    assert found["hygiene/domain-expiring"] == {
        ("soon.example", "fail"), ("gone.example", "fail"), ("silent.example", "unknown")}  # fmt: skip
    assert {verdict for _, verdict in found["hygiene/domain-unlocked"]} == {"unknown"}


ROAS = {
    "metadata": {"buildtime": "2026-01-01T00:00:00Z"},
    "roas": [
        {"asn": each, "prefix": cidr, "maxLength": 24, "ta": "ripe"}
        for cidr, origins in {
            "198.51.100.0/24": (16509, 14618),  # both of Amazon's, as its documentation asks
            "203.0.113.0/24": (16509,),
            "192.0.2.0/24": (64496,),
        }.items()
        for each in origins
    ],
}


def test_prefixes_of_ones_own_are_validated(tmp_path: Path) -> None:
    (tmp_path / "vrps.json").write_text(json.dumps(ROAS), "utf-8")
    items = [
        prefix("198.51.100.0/24"),
        prefix("203.0.113.0/24"),
        prefix("192.0.2.0/24", "advertised", "64496"),  # announced by a number of one's own
        prefix("100.64.0.0/24", "provisioned"),  # of which no payload tells
        prefix("2001:db8::/48", "provisioned-not-publicly-advertisable"),
        prefix("10.0.0.0/24", "deprovisioned"),
    ]
    found = verdicts(tmp_path, *items, registry='vrps = "../vrps.json"\n')
    assert found["zero-trust/route-origin-unauthorized"] == {("203.0.113.0/24", "fail"), ("100.64.0.0/24", "fail")}


def test_without_payloads_nothing_is_said_of_origins(tmp_path: Path) -> None:
    found = verdicts(
        tmp_path, prefix("198.51.100.0/24"), prefix("2001:db8::/48", "provisioned-not-publicly-advertisable")
    )
    assert found["zero-trust/route-origin-unauthorized"] == {("198.51.100.0/24", "unknown")}
