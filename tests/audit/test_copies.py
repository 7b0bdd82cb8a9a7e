"""Copies as they were planned, and as a live account shows them: what differs, and why.

`copies/main.tf` is the code of the account that `copies/seed.py` makes. What AWS Backup then did (points, copy
jobs, restore jobs) is seeded under the shapes that botocore has for them. Expected letters follow from
shared/facts, copies-and-live.md, section 1.2 (evidence ladder, grace time, keys) and section 2.4 (T15, T16, T19,
T20).
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.analysis.copies.test_scenarios import spelled
from tests.audit.conftest import HERE, serving

pytestmark = pytest.mark.slow

REGIONS, SERVICES = "eu-west-1,eu-central-1,us-east-1", "backup,dynamodb,rds,kms,dlm"
# store: letters by the code, letters by the account, what is said of the copy that makes the difference
STORES = {
    "good": ("PPP PP PP FU P", "PPP PP PP PP P", ""),
    "stale": ("PPP PP PP FU P", "PPP FP PP FU F", "at most 200 hours behind"),
    "failed": ("PPP PP PP FU P", "FPF PP FF FU F", "ended as failed: the key of the vault cannot be used"),
    "partial": ("PPP PP PP FU P", "FPF PP FF FU F", "its newest point is partial"),
    "never": ("PPP PP PP FU P", "FFF FF FF FF F", "were read and hold no point of it"),
    "slow": ("PPP PP PP FU P", "PPP PP PP PF P", ""),
    "lostkey": ("PPP PP PP FU P", "FPF PP FF FU F", "is disabled, or awaits its deletion"),
    "graced": ("PPP PP PP FU P", "PPP PP FF PU P", "its grace time has not ended"),
    "denied": ("PPP PP FF FU P", "UPU PP FF FU U", "backup:ListRecoveryPointsByBackupVault is denied in account"),
    "abroad": ("PPP PP PF FU P", "PPP PP PU FU P", "a copy job tells, its vault was not read"),
    "refused": ("PPP PP PF FU P", "UPU PP UU FU U", "ended as failed: access denied by the vault's policy"),
    "past": ("FFF FF FF FF F", "FPF FP FF FU F", "a point that no plan here explains"),
    "orders": ("PPP PP PP FU P", "PPP PP PP FU P", ""),
}
DENIED = {"service": "backup", "region": "us-east-1", "code": "AccessDeniedException", "path": "recovery-points",
          "message": "not authorized to perform backup:ListRecoveryPointsByBackupVault"}  # fmt: skip


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    """The account, seeded; the points of one Region may not be listed."""
    pytest.importorskip("moto")
    pytest.importorskip("flask")
    with serving(tmp_path_factory.mktemp("copies")) as cloud:
        subprocess.run([sys.executable, str(HERE / "copies/seed.py")], env=cloud.environment(), check=True,
                       timeout=120)  # fmt: skip
        cloud.fails(DENIED)
        yield cloud


@pytest.fixture(scope="module")
def snapshot(account, tmp_path_factory):
    out = tmp_path_factory.mktemp("collected") / "account.jsonl.gz"
    given = ("--regions", REGIONS, "--services", SERVICES)
    run = account.layerproof("audit", "collect", "--out", str(out), *given)
    assert run.code == 3, run.out + run.err  # a call was denied
    return out


def asked(account, place, *more):
    run = account.layerproof("ask", "copies", "--in", str(place), "--format", "json", *more)
    assert run.out, run.err
    assets = json.loads(run.out)["assets"]
    named = {each["node"].rpartition("/")[2].rpartition(":")[2]: each for each in assets}
    return {_short(name): each for name, each in named.items()}


def _short(name):
    return name.rpartition(".")[2].removeprefix('this["').removesuffix('"]')


@pytest.fixture(scope="module")
def planned(account, tmp_path_factory):
    whole = tmp_path_factory.mktemp("given") / "layerproof.toml"
    whole.write_text('[scope]\ncomplete = ["backup"]\n')
    return asked(account, HERE / "copies", "--config", str(whole))


@pytest.fixture(scope="module")
def observed(account, snapshot):
    return asked(account, snapshot)


@pytest.mark.parametrize("name", STORES)
def test_planned_and_observed(planned, observed, name):
    code, live, said = STORES[name]
    assert planned[name]["verdict"] == spelled(code), "planned"
    assert observed[name]["verdict"] == spelled(live), "observed"
    assert said in " ".join(each["why"] for each in observed[name]["observations"])


def test_the_account_holds_what_the_code_says(planned, observed):
    assert planned.keys() == observed.keys() == STORES.keys()


def test_evidence_is_told(planned, observed):
    def evidence(asset):
        return [each["evidence"] for each in asset["observations"] if each["counts"]][1:]

    assert evidence(planned["good"]) == ["planned", "planned"]
    assert evidence(observed["good"]) == ["observed", "observed"]
    assert evidence(observed["abroad"]) == ["observed", "copy-job"]
    assert evidence(observed["past"]) == ["observed"]
    assert evidence(observed["never"]) == []


def test_a_denied_read_costs_only_what_it_touches(account, snapshot, observed):
    """Without the denial the vault was read, and holds nothing."""
    assert observed["denied"]["verdict"]["copies"] == "unknown"
    account.fails()
    try:
        other = snapshot.with_name("all.jsonl.gz")
        run = account.layerproof("audit", "collect", "--out", str(other), "--regions", REGIONS,
                                 "--services", SERVICES)  # fmt: skip
        assert run.code == 0, run.out + run.err
        whole = asked(account, other)
    finally:
        account.fails(DENIED)
    assert whole.pop("denied")["verdict"] == spelled("FPF PP FF FU F")
    assert {name: each["verdict"] for name, each in whole.items()} == {
        name: each["verdict"] for name, each in observed.items() if name != "denied"
    }


def test_denied_vaults_are_named(account, snapshot):
    """Where the vaults themselves may not be listed, that action is what is missing."""
    account.fails({**DENIED, "path": "/backup-vaults"})
    try:
        other = snapshot.with_name("none.jsonl.gz")
        account.layerproof("audit", "collect", "--out", str(other), "--regions", REGIONS, "--services", SERVICES)
        found = asked(account, other)["denied"]
    finally:
        account.fails(DENIED)
    assert found["verdict"]["copies"] == "unknown"
    assert "backup:ListBackupVaults is denied in account" in found["observations"][2]["why"]


def test_the_audit_reports_it(account):
    """`audit aws`: the same letters as findings of rules, the denied read as an unknown that names the action."""
    run = account.layerproof("audit", "aws", "--regions", REGIONS, "--services", SERVICES, "--format", "json",
                             "--select", "backup/*")  # fmt: skip
    report = json.loads(run.out)
    found = {
        (each["rule"].partition("/")[2], each["node"].rpartition("/")[2].rpartition(":")[2]): each
        for each in report["findings"]
    }
    verdicts = {key: each["verdict"] for key, each in found.items()}
    assert verdicts["copies-stale", "stale"] == "fail"
    assert verdicts["copy-not-off-site", "failed"] == "fail"
    assert verdicts["copies-too-few", "never"] == "fail"
    assert ("copies-too-few", "good") not in verdicts
    assert verdicts["backup-vault-lock-removable", "graced"] == "fail"
    assert ("backup-vault-lock-removable", "dr") not in verdicts
    refused = found["copies-too-few", "denied"]
    assert refused["verdict"] == "unknown"
    assert "backup:ListRecoveryPointsByBackupVault is denied" in refused["reason"]


def test_a_snapshot_is_judged_by_its_own_time(account, snapshot, observed):
    """Years later the copies of that day are as fresh as they were when it was collected."""
    lines = gzip.decompress(snapshot.read_bytes()).decode().splitlines()
    head = json.loads(lines[0])
    assert head["collected"]
    aged = snapshot.with_name("aged.jsonl")
    aged.write_text(re.sub(r'"(20\d\d)-', lambda year: f'"{int(year[1]) - 4}-', "\n".join(lines)))
    assert {name: each["verdict"] for name, each in asked(account, aged).items()} == {
        name: each["verdict"] for name, each in observed.items()
    }


def test_the_seed_holds_to_what_aws_sends(account):
    """Fields that botocore does not know are refused."""
    told = {"account": "123456789012", "region": "eu-west-1", "what": "ListCopyJobs", "items": [{"Speed": 1}]}
    request = urllib.request.Request(f"{account.url}/layerproof/backup", json.dumps(told).encode(), method="POST")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(request, timeout=30)
