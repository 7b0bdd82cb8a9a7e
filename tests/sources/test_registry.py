"""What registries say, from files that a user keeps: RDAP (RFC 9083), payloads (RFC 6811), and how both can fail.

The forms of payload files are those of Routinator 0.15 (its test/output/100.json) and of rpki-client 7, which
writes `buildtime`, and AS numbers as numbers since version 7.1. The RDAP answers have the members of RFC 9083,
sections 4 and 5.3, and the statuses of RFC 8056.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from scanner.config import ConfigError, load
from scanner.model.registration import validity
from scanner.model.settings import Registry
from scanner.model.value import Unknown
from scanner.scan import Target, build, read
from scanner.sources.registry import Files
from scanner.sources.tree import Tree
from tests.cli.running import run

NOW = datetime.now(UTC)
PREFIX = ip_network("203.0.113.0/24")
ZONE = 'resource "aws_route53_zone" "shop" {\n  name = "%s"\n}\n'
DOMAIN = 'resource "aws_route53domains_registered_domain" "shop" {\n  domain_name = "example.com"\n}\n'


def day(days: int) -> str:
    return (NOW + timedelta(days=days, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def answer(name: str = "example.com", *, expires: int = 200, updated: int = 0, **more) -> dict:
    return {
        "objectClassName": "domain",
        "ldhName": name,
        "status": ["client transfer prohibited"],
        "secureDNS": {"delegationSigned": True},
        "events": [
            {"eventAction": "expiration", "eventDate": day(expires)},
            {"eventAction": "last update of RDAP database", "eventDate": day(updated)},
        ],
        **more,
    }


def files(tmp_path: Path, told: object, key: str = "rdap", **more):
    """The files object over one file, and what it complains of."""
    (tmp_path / "told.json").write_text(told if isinstance(told, str) else json.dumps(told), "utf-8")
    faults: list = []
    registry = replace(Registry(folder=str(tmp_path), **{key: ("told.json",)}), **more)
    return Files(registry, Tree(tmp_path), faults), faults


# domains


@pytest.mark.parametrize(
    ("status", "locked"),
    [
        (["client transfer prohibited"], True),
        (["serverTransferProhibited"], True),  # some registries write the words of EPP
        (["transfer prohibited"], True),
        (["locked"], True),
        (["active"], False),
        (["client delete prohibited", "client update prohibited"], False),
        (None, None),
    ],
)
def test_the_lock_is_read_from_the_status(tmp_path, status, locked):
    told, faults = files(tmp_path, answer(status=status))
    assert told.registration("example.com").locked is locked
    assert not faults


@pytest.mark.parametrize(
    ("secure", "anchored"),
    [
        ({"delegationSigned": True}, True),
        ({"delegationSigned": False}, False),
        (
            {"zoneSigned": True, "dsData": [{"keyTag": 12345, "algorithm": 13, "digestType": 2, "digest": "ab"}]},
            True,
        ),
        ({}, None),
        (None, None),
    ],
)
def test_signatures_at_the_registry(tmp_path, secure, anchored):
    assert files(tmp_path, answer(secureDNS=secure))[0].registration("example.com").anchored is anchored


def test_names_compare_as_names(tmp_path):
    told, _ = files(tmp_path, [answer("EXAMPLE.COM."), answer("example.org")])
    assert told.registration("example.com").expires > NOW
    assert told.registration("example.org").name == "example.org"
    assert told.registration("example.net") is None


def test_the_registrar_is_named_by_its_card(tmp_path):
    card = ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example Registrar"]]]  # RFC 7095
    entities = [{"roles": ["abuse"], "handle": "x"}, {"roles": ["registrar"], "vcardArray": card}]
    assert (
        files(tmp_path, answer(entities=entities))[0].registration("example.com").registrar == "Example Registrar"
    )


# prefixes


@pytest.mark.parametrize(
    ("prefix", "origin", "state"),
    [  # RFC 6811, section 2: covered and matched; RFC 6483, section 4: AS 0 authorizes nobody; RFC 9582, section
        # 4.3.2: without maxLength the prefix itself is authorized
        ("203.0.113.0/24", 64496, "valid"),
        ("203.0.113.0/24", 64511, "invalid"),
        ("203.0.113.0/25", 64496, "invalid"),  # longer than the payload allows
        ("203.0.112.0/23", 64496, "not found"),  # not covered: the payload is more specific
        ("198.51.100.0/25", 64500, "valid"),
        ("198.51.100.0/26", 64500, "invalid"),
        ("192.0.2.0/24", 64496, "invalid"),
        ("192.88.2.0/24", 64497, "valid"),
        ("192.88.2.0/25", 64497, "invalid"),
        ("192.0.2.0/24", 0, "invalid"),
        ("2001:db8:1::/48", 64496, "valid"),
        ("2001:DB8:1::/48", 64511, "invalid"),
        ("2001:db9::/32", 64496, "not found"),
    ],
)
def test_validation_follows_rfc_6811(tmp_path, prefix, origin, state):
    roas = [
        {"asn": "AS64496", "prefix": "203.0.113.0/24", "maxLength": 24, "ta": "ripe"},
        {"asn": 64500, "prefix": "198.51.100.0/24", "maxLength": 25, "ta": "arin", "expires": 1795155600},
        {"asn": "AS0", "prefix": "192.0.2.0/24", "maxLength": 32, "ta": "apnic"},
        {"asn": "64496", "prefix": "2001:DB8::/32", "maxLength": 48, "ta": "ripe"},
        {"asn": "AS64497", "prefix": "192.88.2.0/24", "maxLength": None, "ta": "ripe"},
        {"asn": "AS1", "prefix": "192.88.2.0/24", "maxLength": [], "ta": "ripe"},  # no payload
        {"asn": "AS1", "prefix": "10.0.0.0/8", "maxLength": 8, "ta": "ripe"},
    ]
    told, faults = files(tmp_path, {"metadata": {"buildtime": day(0)}, "roas": roas}, "vrps")
    network = ip_network(prefix)
    assert validity(network, origin, told.payloads([network]).covering) == state
    assert not faults


@pytest.mark.parametrize("holder", ["200.0.0.0/5", "::/0", "0.0.0.0/0"])
def test_a_short_prefix_covers_what_begins_otherwise(tmp_path, holder):
    roas = [{"asn": "AS64496", "prefix": holder, "maxLength": 128, "ta": "ripe"}]
    told, _ = files(tmp_path, {"roas": roas}, "vrps")
    inside = ip_network("2001:db8::/32") if ":" in holder else PREFIX
    assert validity(inside, 64496, told.payloads([inside]).covering) == "valid"


@pytest.mark.parametrize(
    "metadata",
    [{"generated": 1420070400}, {"generatedTime": "2015-01-01T00:00:00Z"}, {"buildtime": "2015-01-01T00:00:00Z"}],
)
def test_a_stale_file_is_said_and_proves_nothing(tmp_path, metadata):
    told, faults = files(tmp_path, {"metadata": metadata, "roas": []}, "vrps")
    assert "2015-01-01" in told.payloads([PREFIX]).stale
    assert [(each.level.value, each.code) for each in faults] == [("warning", "registry-stale")]
    kept, faults = files(tmp_path, {"metadata": metadata, "roas": []}, "vrps", max_age_days=36500)
    assert kept.payloads([PREFIX]).stale == ""
    assert not faults


@pytest.mark.parametrize(
    ("key", "text"),
    [("vrps", "{"), ("vrps", "[]"), ("vrps", '{"vrps": []}'), ("rdap", "<html>"), ("rdap", '{"errorCode": 404}'),
     ("rdap", "7")],
)  # fmt: skip
def test_a_file_that_is_something_else_is_an_error(tmp_path, key, text):
    told, faults = files(tmp_path, text, key)
    assert told.payloads([PREFIX]) is None if key == "vrps" else told.registration("example.com") is None
    assert {(each.level.value, each.code) for each in faults} == {("error", "parse-registry")}


# in a scan


def graph_of(tmp_path: Path, code: str, told: object = None):
    (tmp_path / "main.tf").write_text(code, "utf-8")
    config = ""
    if told is not None:
        (tmp_path / "told").mkdir()
        (tmp_path / "told" / "one.json").write_text(json.dumps(told), "utf-8")
        config = '[registry]\nrdap = "told"\n'
    (tmp_path / "layerproof.toml").write_text(config, "utf-8")
    target = Target(Tree(tmp_path))
    return build(target, read(target), load(tmp_path / "layerproof.toml", trusted=False))


def peek(built, kind: str, name: str):
    graph = built.graph
    return {str(graph.peek(index, "name")): graph.peek(index, name) for index in graph.nodes(kind)}


def test_without_a_file_nothing_is_known(tmp_path):
    built = graph_of(tmp_path, DOMAIN + ZONE % "example.org")
    for kind in ("domain", "dns_zone"):
        (found,) = peek(built, kind, "registry_locked").values()
        assert isinstance(found, Unknown)
        assert "[registry]" in found.reason


def test_a_domain_is_told_once_and_a_zone_in_it_not_at_all(tmp_path):
    code = (
        DOMAIN + (ZONE % "example.com").replace("shop", "own") + (ZONE % "dev.example.com").replace("shop", "dev")
    )
    built = graph_of(tmp_path, code, answer(expires=12))
    assert peek(built, "domain", "expires_days") == {"example.com": 12}
    assert peek(built, "dns_zone", "expires_days") == {"example.com": None, "dev.example.com": None}
    assert peek(built, "dns_zone", "anchored") == {"example.com": True, "dev.example.com": None}


def test_a_domain_that_lapses_has_expired_whatever_the_date(tmp_path):
    built = graph_of(tmp_path, ZONE % "example.com", answer(expires=300, status=["redemption period"]))
    assert peek(built, "dns_zone", "expires_days") == {"example.com": -1}


def test_a_stale_answer_makes_verdicts_unknown_and_is_said(tmp_path):
    built = graph_of(tmp_path, ZONE % "example.com", answer(updated=-9))
    (found,) = peek(built, "dns_zone", "registry_locked").values()
    assert isinstance(found, Unknown)
    assert "8 days old" in found.reason
    assert [each.code for each in built.diagnostics] == ["registry-stale"]


# who may name which file


def test_a_file_of_the_tree_may_be_named_in_it_and_no_other(tmp_path):
    tree = tmp_path / "tree"
    (tree / ".git").mkdir(parents=True)
    (tree / "main.tf").write_text(ZONE % "example.com", "utf-8")
    outside = tmp_path / "outside.json"
    outside.write_text(json.dumps(answer(status=["active"])), "utf-8")
    config = tree / "layerproof.toml"
    for text in (f'rdap = "{outside}"', 'rdap = ["../outside.json"]', 'vrps = "~/vrps.json"'):
        config.write_text(f"[registry]\n{text}\n", "utf-8")
        done = run("scan", str(tree), "--select", "hygiene/domain-unlocked")
        assert done.code == 2, done.out
        assert "leads out of the scanned tree" in done.err
    (tree / "link.json").symlink_to(outside)
    config.write_text('[registry]\nrdap = "link.json"\n', "utf-8")
    assert run("scan", str(tree), "--select", "hygiene/domain-unlocked").code == 2
    config.write_text('[registry]\nrdap = "nowhere.json"\n', "utf-8")
    assert "does not exist" in run("scan", str(tree)).err
    config.unlink()
    own = tmp_path / "own.toml"
    own.write_text('[registry]\nrdap = "outside.json"\n', "utf-8")
    done = run("scan", str(tree), "--select", "hygiene/domain-unlocked", "--config", str(own), "--fail-on", "low")
    assert done.code == 1, done.out + done.err
    assert "can be transferred" in done.out


@pytest.mark.parametrize(
    "text", ["rdap = 1", "max_age_days = 0", "max_age_days = true", "roas = []", "rdap = ['']"]
)
def test_a_table_that_is_wrong_is_refused(tmp_path, text):
    (tmp_path / "layerproof.toml").write_text(f"[registry]\n{text}\n", "utf-8")
    with pytest.raises(ConfigError, match="registry"):
        load(tmp_path / "layerproof.toml", trusted=False)
