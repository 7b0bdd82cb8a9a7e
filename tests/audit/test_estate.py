"""The same estate as Terraform and as a live account gives the same findings, but for a list with reasons."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ESTATE = Path(__file__).parent / "estate"

# (rule, verdict, kind, name of the node) and why the live account alone has it.
ONLY_LIVE = {
    ("tiers/default-security-group-open", "fail", "security_group", "default"):
        "AWS makes a default group in every network, and code that does not adopt it does not show it",
    ("least-privilege/root-without-second-factor", "fail", "root_user", "root"):
        "moto's accounts have no second factor, and no code shows the user that an account is",
    ("tiers/subnet-public-by-default", "fail", "subnet", "None"):
        "the subnets of the default network, which is in every region",
    ("zero-trust/flow-logs-missing", "fail", "network", "None"): "the default network",
    ("zero-trust/literal-credential", "unknown", "instance", "app"):
        "start-up scripts are payload; they are not read",
    ("tiers/remote-access-open", "fail", "node_group", "main"):
        "moto gives every node group a key for SSH and no groups (remoteAccess), which nobody asked for",
    ("hygiene/cache-upgrades-off", "unknown", "cache", "plain"):
        "moto leaves AutoMinorVersionUpgrade out of a replication group's description",
    ("zero-trust/desync-unmitigated", "unknown", "load_balancer", "main"):
        "moto leaves routing.http.desync_mitigation_mode out of a balancer's attributes",
    ("zero-trust/detector-feature-off", "fail", "detector", "detector"):
        "code that does not write a feature leaves it as the account has it, which moto says is off",
    ("zero-trust/account-guard-off", "fail", "account_guard", "volumes that nobody asked to encrypt"):
        "a setting that every account has, in code or not",
    ("zero-trust/security-events-unwatched", "fail", "trail", "main"):
        "alarms elsewhere may watch what code shows; the account has none",
    ("hygiene/account-contact-absent", "fail", "root_user", "root"): "no code shows the root user, as above",
    ("zero-trust/account-unwatched", "fail", "root_user", "root"): "as above",
    ("hygiene/code-fetched-at-start", "unknown", "instance", "app"): "start-up scripts are not read, as above",
    ("tiers/tier-declared-in-part", "fail", "subnet", "None"): "the subnets of the default network, as above",
    ("zero-trust/store-unencrypted", "fail", "snapshot", "shown"):
        "code tells of the volume, from which the next snapshot has it; a snapshot that is there keeps its own",
}  # fmt: skip
# What only the code's side says, and why.
ONLY_CODE = {
    ("hygiene/data-unclassified", "fail", "root", "tests/audit/estate"): "accounts have no root modules",
    ("hygiene/state-local", "unknown", "root", "tests/audit/estate"): "as above",
    ("tiers/default-group-unmanaged", "fail", "network", "main"):
        "code that does not adopt the default group says nothing of it; the account shows the group itself",
    ("zero-trust/security-events-unwatched", "unknown", "trail", "main"): "the account tells, as above",
}  # fmt: skip


def named(found: Counter) -> Counter:
    """The same with what has no name of its own called by its kind."""
    return Counter({
        (rule, verdict, kind, kind if kind == "detector" else name): number
        for (rule, verdict, kind, name), number in found.items()
    })  # fmt: skip


def layerproof(*arguments: str) -> dict:
    program = [sys.executable, "-c", "from scanner.cli import main; main()", *arguments]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def verdicts(path: Path) -> Counter:
    """(rule, verdict, kind, name) of every finding's every node."""
    nodes = {}
    for kind in layerproof("graph", str(path))["kinds"].values():
        nodes.update({node["id"]: node.get("name") for node in kind})
    found: Counter = Counter()
    report = layerproof("scan", str(path), "--format", "json", "--allow-incomplete")
    for finding in report["findings"]:
        for node in finding["instances"] or [finding["node"]]:
            found[finding["rule"], finding["verdict"], finding["kind"], str(nodes.get(node))] += 1
    return found


@pytest.fixture(scope="module")
def both(snapshot):
    return named(verdicts(ESTATE)), named(verdicts(snapshot))


def test_live_and_code_agree(both):
    code, live = both
    assert sum(code.values()) > 80
    missing = sorted(each for each in code - live if each not in ONLY_CODE)
    more = sorted(each for each in live - code if each not in ONLY_LIVE)
    assert (missing, more) == ([], [])


def test_every_reason_is_needed(both):
    code, live = both
    assert ONLY_LIVE.keys() <= (live - code).keys()
    assert ONLY_CODE.keys() <= (code - live).keys()


def test_every_type_is_mapped(snapshot):
    report = layerproof("scan", str(snapshot), "--format", "json", "--allow-incomplete")
    assert [each for each in report["coverage"] if each["status"] == "unmapped"] == []
    assert all(each["status"] == "ok" for each in report["coverage"] if each["unit"].startswith("aws:")), [
        each for each in report["coverage"] if each["status"] != "ok"
    ]


def test_addresses_and_types(snapshot):
    listed = layerproof("resources", str(snapshot), "--format", "json")
    buckets = [each for each in listed if each["type"] == "AWS::S3::Bucket"]
    assert [each["address"] for each in buckets] == [
        f"aws:123456789012/eu-west-1#arn:aws:s3:::estate-{name}" for name in ("kept", "logs", "open")
    ]
    assert {each["plane"] for each in listed} == {"live"}
    assert buckets[0]["scope"] == {"provider": "aws", "account": "123456789012", "region": "eu-west-1"}


def test_nothing_secret_is_written(snapshot):
    text = gzip.decompress(snapshot.read_bytes()).decode()
    assert "prod" not in [
        value
        for line in text.splitlines()
        if "AWS::Lambda::Function" in line and '"item"' in line
        for value in json.loads(line)["item"]["attributes"]["Environment"]["Variables"].values()
    ]
    for secret in ("hunter22", "Jo Doe", "1 Street"):
        assert secret not in text


def test_calls_really_made_are_registered_and_in_the_policy(snapshot):
    """What the server saw: each call is in the registry (REST calls bear no name; the guard holds those)."""
    from scanner.sources.aws.registry import allowed, operations

    calls = json.loads((snapshot.parent / "calls.json").read_text())
    named = {name for _, name in calls if not name.startswith(("GET", "PUT", "POST", "HEAD"))}
    assert len(calls) > 200
    assert named <= {operation for _, operation in allowed()}
    assert len(named & {operation for _, operation, _ in operations()}) > 60


def test_two_collections_are_equal(cloud, snapshot, all_services, tmp_path):
    out = tmp_path / "again.jsonl.gz"
    run = cloud.layerproof("audit", "collect", "--out", str(out), "--regions", "eu-west-1", "--threads", "3",
                           "--services", ",".join(all_services))  # fmt: skip
    assert run.code == 0, run.out
    first, second = (gzip.decompress(each.read_bytes()).splitlines()[1:] for each in (snapshot, out))
    assert ids(first) == ids(second)


def ids(lines: list[bytes]) -> list[str]:
    return [json.loads(line)["item"]["id"] for line in lines if line.startswith(b'{"item"')]
