"""History as people run it: audits of a moto server into a store, killed, gone on with, reported, exported."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import boto3
import pytest

pytest.importorskip("sqlalchemy")

from tests.audit.stores import cluster
from tests.audit.test_exports import listening

pytestmark = pytest.mark.slow

ACCOUNT = "333333333333"
REGIONS = ("eu-west-1", "eu-central-1")
SERVICES = "ec2,s3,backup,sns,sqs,kms"


def client(cloud, service, region, account=ACCOUNT):
    own = {"endpoint_url": cloud.url, "region_name": region}
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    role = f"arn:aws:iam::{account}:role/layerproof-audit"
    given = boto3.client("sts", **own, **keys).assume_role(RoleArn=role, RoleSessionName="seed")["Credentials"]
    return boto3.client(
        service, **own, aws_access_key_id=given["AccessKeyId"], aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"])  # fmt: skip


@pytest.fixture(scope="module")
def estate(bare_cloud):
    """One account with an open group at an interface and a volume in each of two regions, and Security Hub."""
    bare_cloud.fails()
    for region in REGIONS:
        ec2 = client(bare_cloud, "ec2", region)
        ec2.create_volume(AvailabilityZone=f"{region}a", Size=1, Encrypted=False)
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        group = ec2.create_security_group(GroupName="open", Description="o", VpcId=vpc)["GroupId"]
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
             "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])  # fmt: skip
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
        ec2.create_network_interface(SubnetId=subnet, Groups=[group])
        client(bare_cloud, "securityhub", region).enable_security_hub()
    yield bare_cloud
    bare_cloud.fails()


def units(store):
    """The units that are in a store, as another process sees it; none where there is no store yet."""
    if not Path(store).exists():
        return set()
    with closing(sqlite3.connect(store)) as connection:
        try:
            return {unit for (unit,) in connection.execute("SELECT unit FROM layerproof_units")}
        except sqlite3.OperationalError:
            return set()


@pytest.fixture
def store(tmp_path):
    return str(tmp_path / "history.sqlite")


def arguments(store, *more):
    return ["audit", "aws", "--accounts", ACCOUNT, "--regions", ",".join(REGIONS),
            "--services", SERVICES, "--store", store, "--format", "json", "--fail-on", "never", *more]  # fmt: skip


def audit(cloud, store, *more, **environment):
    return cloud.layerproof(*arguments(store, *more), **environment)


def report(cloud, store, *more):
    run = cloud.layerproof("audit", "report", "--store", store, "--format", "json", *more)
    assert run.code == 0, run.err
    return json.loads(run.out)


def test_new_then_open_then_fixed_then_stale(estate, store):
    estate.fails()
    first = audit(estate, store)
    assert first.code == 0, first.err
    findings = [each for each in json.loads(first.out)["findings"] if each["verdict"] == "fail"]
    told = report(estate, store)
    assert {each["fingerprint"] for each in told["new"]} == {each["fingerprint"] for each in findings}
    assert told["summary"]["open"] == len(findings) > 4
    assert sum(each["open"] for each in told["summary"]["by_layer"].values()) == len(findings)
    assert "tenet-2" in told["summary"]["by_tenet"]
    assert audit(estate, store).code == 0
    again = report(estate, store)
    assert [len(again[name]) for name in ("new", "fixed", "reopened", "stale")] == [0, 0, 0, 0]
    assert again["summary"]["open"] == len(findings)
    assert [each["open"] for each in again["trend"]] == [len(findings)] * 2

    ec2 = client(estate, "ec2", REGIONS[0])
    group = ec2.describe_security_groups(GroupNames=["open"])["SecurityGroups"][0]
    ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    estate.fails({"service": "ec2", "account": ACCOUNT, "region": REGIONS[1], "code": "UnauthorizedOperation"})
    third = audit(estate, store)
    assert third.code == 3
    told = report(estate, store)
    assert told["fixed"] and {each["region"] for each in told["fixed"]} == {REGIONS[0]}
    assert any(group["GroupId"] in each["node"] for each in told["fixed"])
    there = f"/{REGIONS[1]}#arn:aws:ec2:"
    elsewhere = {each["fingerprint"] for each in findings if there in each["node"]}
    assert elsewhere <= {each["fingerprint"] for each in told["stale"]}
    assert f"aws:{ACCOUNT}/{REGIONS[1]}/ec2" in [each["unit"] for each in told["units"]]
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    estate.fails()
    assert audit(estate, store).code == 0
    told = report(estate, store)
    assert {each["status"] for each in told["reopened"]} == {"reopened"}
    assert told["stale"] == []
    assert told["summary"]["open"] == len(findings)


def test_a_killed_audit_goes_on_and_loses_nothing(estate, store, tmp_path):
    """Killed (SIGKILL) while the server holds one service back; what was stored is not asked again."""
    estate.fails()
    whole = audit(estate, str(tmp_path / "other.sqlite"))
    expected = {each["fingerprint"] for each in json.loads(whole.out)["findings"]}
    estate.fails({"service": "kms", "status": 503, "code": "ThrottlingException"})
    program = [sys.executable, "-c", "from scanner.cli import main; main()", *arguments(store, "--threads", "2")]
    environment = estate.environment(AWS_MAX_ATTEMPTS="20")
    killed = subprocess.Popen(program, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    kept = set()
    for _ in range(600):
        time.sleep(0.1)
        kept = units(store)
        if len(kept) >= 4:
            break
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(10)
    assert len(kept) >= 4
    estate.fails()
    estate.calls()
    told = report(estate, store)
    assert len(told["unfinished"]) == 1
    again = audit(estate, store)
    assert again.code == 0, again.err
    assert "going on where an audit was cut off" in again.err
    assert {each["fingerprint"] for each in json.loads(again.out)["findings"]} == expected
    asked = {service for service, _ in estate.calls()}
    services = [unit.rpartition("/")[2] for unit in kept]
    done = {each for each in services if services.count(each) == len(REGIONS)}
    assert "backup" in done
    assert "kms" in asked
    assert not asked & (done - {"ec2"})  # ec2 is asked for the regions each time
    told = report(estate, store)
    assert (told["unfinished"], len(told["trend"])) == ([], 1)


def test_two_audits_at_once(estate, store):
    """Two processes, one store: nothing is lost or doubled."""
    estate.fails()
    other = ["--accounts", "444444444444"]
    both = [
        subprocess.Popen([sys.executable, "-c", "from scanner.cli import main; main()", *arguments(store, *more)],
                         env=estate.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for more in ([], other)
    ]  # fmt: skip
    said = [each.communicate(timeout=300) for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    told = report(estate, store, "--since", "2020-01-01")
    found = [json.loads(out)["findings"] for out, _ in said]
    fails = {each["fingerprint"] for each in found[0] + found[1] if each["verdict"] == "fail"}
    assert {each["fingerprint"] for each in told["new"]} == fails
    assert len(told["trend"]) == 2


def test_postgresql(estate):
    """The same by URL; no password is shown."""
    with cluster() as server:
        url = server.replace("tester@", "tester:hunter2@") + "/postgres"
        run = audit(estate, url, LAYERPROOF_STORE="")
        assert run.code == 0, run.err
        assert "hunter2" not in run.err and "history: " in run.err
        told = report(estate, url)
        assert len(told["new"]) == told["summary"]["open"] > 4
        assert "hunter2" not in json.dumps(told)


def test_exports_end_to_end(estate, store, tmp_path):
    estate.fails()
    estate.calls()
    file = tmp_path / "out.json"
    with listening() as (where, taken):
        run = audit(estate, store, "--export", "asff", "--export", f"ocsf={file}", "--export", "webhook",
                    LAYERPROOF_WEBHOOK_URL=where)  # fmt: skip
    assert run.code == 0, run.err
    findings = json.loads(run.out)["findings"]
    ids = {each["fingerprint"] for each in findings}
    imported = set()
    for region in (*REGIONS, "us-east-1"):
        hub = client(estate, "securityhub", region)
        try:
            imported |= {each["Id"] for each in hub.get_findings()["Findings"]}
        except hub.exceptions.ClientError:
            continue
    assert {each["fingerprint"] for each in findings if "/global#" not in each["node"]} <= imported <= ids
    assert {each["finding_info"]["uid"] for each in json.loads(file.read_text())} == ids
    fails = {each["fingerprint"] for each in findings if each["verdict"] == "fail"}
    assert {each["fingerprint"] for each in json.loads(taken[0][1])["findings"]} == fails
    assert where not in run.err


def test_what_fails_is_said(estate, store, tmp_path):
    estate.fails()
    run = audit(estate, store, "--export", "webhook=http://127.0.0.1:1/x")
    assert run.code == 3
    assert "error[export]: webhook at 127.0.0.1: it cannot be reached" in run.err
    assert len(report(estate, store)["trend"]) == 1
    run = estate.layerproof("audit", "aws", "--export", "asff")
    assert run.code == 2 and "--export needs --store" in run.err
    (tmp_path / "text").write_text("no database\n" * 100)
    run = audit(estate, str(tmp_path / "text"))
    assert run.code == 3 and "is no store of layerproof" in run.err
    assert run.err.rstrip().endswith("exit 3: the store cannot be used")


def test_a_store_that_fails_on_the_way_loses_nothing(estate, store, tmp_path):
    """The store is locked when the verdicts are to be written: the snapshot is kept, and recorded later."""
    estate.fails()
    hasty = (
        "import scanner.audit.store as s; s.Store.__init__.__defaults__ = (0.2, 1); "
        "s.open_store.__kwdefaults__['patience'] = 0.2; from scanner.cli import main; main()"
    )
    program = [sys.executable, "-c", hasty, *arguments(store)]
    environment = estate.environment(XDG_DATA_HOME=str(tmp_path / "data"))
    running = subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        time.sleep(0.1)
        if len(units(store)) >= 2:
            break
    with closing(sqlite3.connect(store, timeout=5)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        out, err = running.communicate(timeout=200)
        holder.rollback()
    assert running.returncode == 3, err
    assert "is locked" in err
    [kept] = (tmp_path / "data" / "layerproof" / "kept").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    run = estate.layerproof("audit", "record", str(kept), "--store", store, "--format=json", "--fail-on=never")
    assert run.code == 0, run.err
    assert {each["fingerprint"] for each in json.loads(run.out)["findings"]} == {
        each["fingerprint"] for each in json.loads(out)["findings"]}  # fmt: skip
    assert report(estate, store)["summary"]["open"] > 4


def test_only_the_user_names_a_store(estate, tmp_path):
    """A scanned tree may not name one; a configuration outside it, the environment and the data directory may."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "main.tf").write_text("")
    (tree / "layerproof.toml").write_text(f'store = "{tmp_path}/stolen.sqlite"\n')
    run = estate.layerproof("scan", str(tree))
    assert run.code == 2 and "'store'" in run.err
    run = estate.layerproof("audit", "report", cwd=tree, XDG_DATA_HOME=str(tmp_path / "data"))
    assert run.code == 3 and str(tmp_path / "data" / "layerproof" / "history.sqlite") in run.err
    assert not (tmp_path / "stolen.sqlite").exists()
    own = tmp_path / "own.toml"
    own.write_text(f'store = "{tmp_path}/named.sqlite"\n')
    run = estate.layerproof("audit", "report", "--config", str(own))
    assert "named.sqlite" in run.err
    run = estate.layerproof("audit", "report", LAYERPROOF_STORE=str(tmp_path / "told.sqlite"))
    assert "told.sqlite" in run.err
