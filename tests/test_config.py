"""`layerproof.toml`: every key, strictly, and which file governs."""

from __future__ import annotations

import pytest

from scanner.config import Config, ConfigError, find, load, parse
from scanner.model.finding import Severity
from scanner.model.layer import Tier

FULL = """
exclude = ["test/"]
select = ["zero-trust"]
ignore_rules = ["hygiene/*"]
fail_on = "medium"
fail_on_unknown = "never"
var_files = ["prod.tfvars"]
workspace = "prod"

[scope]
complete = ["backup", "guardrails"]

[[tiers]]
tier = "core"
kind = "database"
address = "module.data.*"
tags = { zone = "c*" }

[[ignore]]
rule = "zero-trust/database-public"
address = "aws_db_instance.demo"
reason = "a demo"
until = 2027-01-31
"""


def test_every_key_is_read(tmp_path):
    (tmp_path / "layerproof.toml").write_text(FULL)
    config = load(tmp_path / "layerproof.toml", trusted=False)

    assert (config.exclude, config.select, config.ignore_rules) == (("test/",), ("zero-trust",), ("hygiene/*",))
    assert (config.fail_on, config.fail_on_unknown) == (Severity.MEDIUM, None)
    assert (config.var_files, config.workspace, config.complete) == (
        ("prod.tfvars",),
        "prod",
        ("backup", "guardrails"),
    )
    (tier,) = config.tiers
    assert (tier.tier, tier.kind, tier.address, tier.tags) == (
        Tier.CORE,
        "database",
        "module.data.*",
        {"zone": "c*"},
    )
    (entry,) = config.ignores
    assert (entry.rule, entry.reason, entry.until) == ("zero-trust/database-public", "a demo", "2027-01-31")
    assert FULL.encode()[entry.span.start : entry.span.end] == b"[[ignore]]"


def test_pyproject_is_the_second_place(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.layerproof]\nfail_on = "low"\n')

    assert find(tmp_path, tmp_path) == tmp_path / "pyproject.toml"
    assert load(tmp_path / "pyproject.toml", trusted=False).fail_on is Severity.LOW
    (tmp_path / "layerproof.toml").write_text("")
    assert find(tmp_path, tmp_path) == tmp_path / "layerproof.toml"


def test_a_pyproject_of_others_does_not_govern(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')

    assert find(tmp_path, tmp_path) is None


def test_the_nearest_upward_governs_and_none_above_the_tree(tmp_path):
    (tmp_path / "layerproof.toml").write_text("")
    (tmp_path / "tree" / "a" / "b").mkdir(parents=True)
    (tmp_path / "tree" / "a" / "layerproof.toml").write_text("")

    assert find(tmp_path / "tree" / "a" / "b", tmp_path / "tree") == tmp_path / "tree" / "a" / "layerproof.toml"
    assert find(tmp_path / "tree", tmp_path / "tree") is None


@pytest.mark.parametrize("key", ["rules", "policies", "checkov", "opa_url"])
def test_keys_that_load_or_send_need_trust(key):
    value = ["x"] if key in {"rules", "policies"} else "x"

    with pytest.raises(ConfigError, match=key):
        parse({key: value}, "layerproof.toml")
    assert getattr(parse({key: value}, "mine", trusted=True), key) == (("x",) if isinstance(value, list) else "x")


def test_an_unknown_key_is_refused_with_the_nearest_known():
    with pytest.raises(ConfigError, match="did you mean 'fail_on'"):
        parse({"fail_onn": "high"}, "layerproof.toml")


@pytest.mark.parametrize(
    "data",
    [
        {"exclude": "x"},
        {"exclude": [1]},
        {"workspace": 3},
        {"fail_on": True},
        {"fail_on": "info"},
        {"scope": []},
        {"scope": {"complete": "backup"}},
        {"tiers": {}},
        {"tiers": [{"tier": "undeclared"}]},
        {"tiers": [{"tier": "core", "tags": []}]},
        {"ignore": [{}]},
        {"ignore": [{"rule": "x", "expires": 1}]},
    ],
)
def test_wrong_shapes_are_refused(data):
    with pytest.raises(ConfigError):
        parse(data, "layerproof.toml")


def test_no_configuration_is_the_defaults():
    assert parse({}, "defaults") == Config()


ATTESTATION = {"statement": "BIL-007", "by": "Ann", "date": "2026-01-01", "until": "2026-12-31"}


def test_an_attestation_has_a_statement_a_name_and_dates():
    entry = parse({"attestation": [{**ATTESTATION, "note": "seen"}]}, "layerproof.toml").attestations[0]
    assert (entry.statement, entry.by, entry.date, entry.until) == ("BIL-007", "Ann", "2026-01-01", "2026-12-31")
    assert entry.note == "seen"


@pytest.mark.parametrize(
    "change",
    [
        {"statement": None},
        {"by": " "},
        {"date": "yesterday"},
        {"until": None},
        {"until": "2025-12-31"},
        {"note": 1},
        {"signed": "x"},
    ],
)
def test_an_attestation_that_is_not_whole_is_refused(change):
    table = {key: value for key, value in {**ATTESTATION, **change}.items() if value is not None}
    with pytest.raises(ConfigError, match=r"layerproof\.toml"):
        parse({"attestation": [table]}, "layerproof.toml")
