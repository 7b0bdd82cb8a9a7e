"""Two accounts by AssumeRole, three regions, and what goes wrong: denials, throttling, errors, bad input."""

from __future__ import annotations

import gzip
import json
import stat

import boto3
import pytest

pytestmark = pytest.mark.slow

FIRST, SECOND = "111111111111", "222222222222"
REGIONS = "eu-west-1,eu-central-1,us-east-1"


@pytest.fixture(scope="module")
def fleet(bare_cloud):
    """Two accounts, each with one open group and one volume in each of three regions."""
    bare_cloud.fails()
    for account in (FIRST, SECOND):
        sts = boto3.client("sts", region_name="us-east-1", endpoint_url=bare_cloud.url,
                           aws_access_key_id="testing", aws_secret_access_key="testing")  # fmt: skip
        role = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/layerproof-audit", RoleSessionName="seed")
        given = role["Credentials"]
        for region in REGIONS.split(","):
            ec2 = boto3.client(
                "ec2", region_name=region, endpoint_url=bare_cloud.url,
                aws_access_key_id=given["AccessKeyId"], aws_secret_access_key=given["SecretAccessKey"],
                aws_session_token=given["SessionToken"])  # fmt: skip
            ec2.create_volume(AvailabilityZone=f"{region}a", Size=1, Encrypted=False)
            vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
            group = ec2.create_security_group(GroupName="open", Description="o", VpcId=vpc)["GroupId"]
            open_ = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[open_])
    yield bare_cloud
    bare_cloud.fails()


def audit(cloud, *more, **environment):
    run = cloud.layerproof(
        "audit", "aws", "--accounts", f"{FIRST},{SECOND}", "--regions", REGIONS, "--services", "ec2,backup,dlm",
        "--format", "json", *more, **environment)  # fmt: skip
    return run, json.loads(run.out) if run.out else {}


def volumes(report):
    """Verdict of the backup rule and of encryption by account and region."""
    found = {}
    for finding in report["findings"]:
        if finding["rule"] == "backup/store-without-plan" and finding["kind"] == "volume":
            root = finding["node"].removeprefix("aws:").partition("#")[0]
            found[root] = (finding["verdict"], finding["reason"])
    return found


def test_all_is_read(fleet):
    fleet.fails()
    run, report = audit(fleet)
    assert run.code == 1, run.err
    units = {each["unit"]: each["status"] for each in report["coverage"] if each["unit"].count("/") == 2}
    assert len(units) == 2 * 3 * 3, units
    assert set(units.values()) == {"ok"}
    assert {root: verdict for root, (verdict, _) in volumes(report).items()} == {
        f"{account}/{region}": "fail" for account in (FIRST, SECOND) for region in REGIONS.split(",")
    }


def test_faults_cost_only_what_they_touch(fleet):
    """A denial, throttling that does not end, and a server error, each in one account and region."""
    fleet.fails(
        {"service": "backup", "account": FIRST, "region": "eu-west-1", "code": "AccessDeniedException",
         "message": "not authorized to perform backup:ListBackupPlans"},
        {"service": "ec2", "operation": "DescribeVolumes", "account": SECOND, "region": "us-east-1", "status": 503,
         "code": "RequestLimitExceeded", "message": "Request limit exceeded."},
        {"service": "ec2", "operation": "DescribeFlowLogs", "account": SECOND, "region": "eu-west-1",
         "status": 500, "code": "InternalError", "message": "An internal error has occurred"},
    )  # fmt: skip
    run, report = audit(fleet, "--fail-on", "never")
    assert run.code == 3
    units = {each["unit"]: (each["status"], each["reason"]) for each in report["coverage"]}
    assert units[f"aws:{FIRST}/eu-west-1/backup"][0] == "denied"
    assert "backup:ListBackupPlans" in units[f"aws:{FIRST}/eu-west-1/backup"][1]
    assert units[f"aws:{SECOND}/us-east-1/ec2"] == ("throttled", "ec2:DescribeVolumes throttled")
    assert units[f"aws:{SECOND}/eu-west-1/ec2"] == ("error", "ec2:DescribeFlowLogs error")
    others = {name: status for name, (status, _) in units.items() if name.startswith("aws:") and status != "ok"}
    assert len(others) == 3
    told = {each["code"]: each for each in report["diagnostics"]}
    assert {"denied-call", "read-throttled", "read-error"} <= told.keys()
    found = volumes(report)
    # whether a plan selects it is not known, and the missing action is named
    assert found[f"{FIRST}/eu-west-1"] == (
        "unknown", f"backup:ListBackupPlans is denied in account {FIRST}, eu-west-1")  # fmt: skip
    assert found[f"{FIRST}/eu-central-1"][0] == "fail"
    assert f"{SECOND}/us-east-1" not in found  # its volumes could not be listed: no claim either way
    flows = {
        finding["node"].partition("#")[0]: (finding["verdict"], finding["reason"])
        for finding in report["findings"] if finding["rule"] == "zero-trust/flow-logs-missing"
    }  # fmt: skip
    verdict, reason = flows[f"aws:{SECOND}/eu-west-1"]
    assert verdict == "unknown"
    assert reason.startswith("ec2:DescribeFlowLogs gave no answer in account")
    assert flows[f"aws:{FIRST}/eu-west-1"][0] == "fail"


def test_an_account_that_cannot_be_entered_is_told(fleet):
    fleet.fails({"service": "sts", "operation": "AssumeRole", "account": "123456789012", "code": "AccessDenied",
                 "message": "not authorized to perform sts:AssumeRole", "after": 1})  # fmt: skip
    run, report = audit(fleet, "--fail-on", "never")
    fleet.fails()
    assert run.code == 3
    denied = [each for each in report["coverage"] if each["status"] == "denied"]
    (refused,) = {FIRST, SECOND} & {each["unit"][4:16] for each in denied}  # accounts are entered side by side
    assert [each["unit"] for each in denied] == [f"aws:{refused}/global/sts"]
    entered = ({FIRST, SECOND} - {refused}).pop()
    assert set(volumes(report)) == {f"{entered}/{region}" for region in REGIONS.split(",")}


def test_a_half_answered_listing_keeps_what_was_read(fleet, tmp_path):
    """IAM pages by one here (`MaxItems`): the second page is refused, the first is kept."""
    fleet.fails({"service": "ec2", "operation": "DescribeSecurityGroups", "status": 500, "code": "InternalError",
                 "after": 0, "account": FIRST, "region": "eu-west-1"})  # fmt: skip
    out = tmp_path / "half.jsonl.gz"
    run = fleet.layerproof("audit", "collect", "--out", str(out), "--accounts", FIRST, "--regions", "eu-west-1",
                           "--services", "ec2")  # fmt: skip
    fleet.fails()
    assert run.code == 3
    assert "ec2:DescribeSecurityGroups  error" in run.out
    kept = [json.loads(line) for line in gzip.decompress(out.read_bytes()).splitlines()]
    assert any(line.get("item", {}).get("type") == "AWS::EC2::Volume" for line in kept)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_throttling_that_ends_costs_nothing(fleet, tmp_path):
    """One throttled answer, then the service relents: the retry makes the unit ok."""
    fleet.fails({"service": "dlm", "status": 429, "code": "ThrottlingException", "message": "slow", "first": 1})
    run = fleet.layerproof("audit", "collect", "--out", str(tmp_path / "s"), "--regions", "eu-west-1",
                           "--services", "dlm", AWS_MAX_ATTEMPTS="4")  # fmt: skip
    fleet.fails()
    assert run.code == 0, run.out


@pytest.mark.parametrize(
    ("environment", "options", "told"),
    [
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, (), "there are no usable AWS credentials"),
        ({}, ("--profile", "nobody"), "nobody"),
        ({}, ("--regions", "mars-north-1"), "there is no region 'mars-north-1'"),
    ],
)
def test_nothing_can_be_collected(fleet, tmp_path, environment, options, told):
    fleet.fails()
    out = tmp_path / "none.jsonl.gz"
    for command in (("audit", "collect", "--out", str(out)), ("audit", "aws")):
        run = fleet.layerproof(*command, *options, **environment)
        assert run.code == 3, run.out + run.err
        assert told in run.err
        assert "coverage" in run.err
        assert "Traceback" not in run.err
    assert not out.exists()


def test_expired_credentials(fleet, tmp_path):
    fleet.fails({"service": "sts", "code": "ExpiredToken", "message": "The security token is expired"})
    run = fleet.layerproof("audit", "aws")
    fleet.fails()
    assert run.code == 3
    assert "the credentials have expired" in run.err


def test_usage_errors(fleet):
    for options in (("--accounts", "12"), ("--services", "teapot"), ("--role-arn", "x")):
        run = fleet.layerproof("audit", "aws", *options)
        assert run.code == 2, options


def test_dry_run_collects_nothing(fleet, tmp_path):
    fleet.fails()
    run = fleet.layerproof("audit", "aws", "--dry-run", "--regions", "eu-west-1", "--services", "s3,iam",
                           "--format", "json")  # fmt: skip
    assert run.code == 0
    told = json.loads(run.out)
    units = {(each["region"], each["service"]) for each in told["units"]}
    assert units == {("global", "iam"), ("eu-west-1", "s3")}
    assert "s3:ListAllMyBuckets" in told["actions"]
    assert "iam:GetAccountAuthorizationDetails" in told["actions"]


def test_a_broken_snapshot_is_exit_3(fleet, tmp_path):
    out = tmp_path / "s.jsonl.gz"
    fleet.fails()
    fleet.layerproof("audit", "collect", "--out", str(out), "--regions", "eu-west-1", "--services", "dlm")
    whole = out.read_bytes()
    out.write_bytes(whole[: len(whole) - 12])
    run = fleet.layerproof("scan", str(out))
    assert run.code == 3
    assert "cut off or damaged" in run.out
    newer = gzip.decompress(whole).replace(b'{"layerproof_snapshot":1', b'{"layerproof_snapshot":7')
    out.write_bytes(gzip.compress(newer))
    run = fleet.layerproof("scan", str(out))
    assert run.code == 3
    assert "version 7" in run.out
    assert "update layerproof" in " ".join(run.out.split())


def test_evaluation_holds_no_credentials(fleet, tmp_path):
    """A rule that looks for credentials finds none, although the audit was given some."""
    rules = tmp_path / "rules" / "hygiene"
    rules.mkdir(parents=True)
    (rules / "looks.py").write_text('''"""Looks for credentials."""
import os
from collections.abc import Iterator
from scanner.rule import Match, Node, Severity, rule

GIVEN = ("/dev/null", "true")
HELD = sorted(name for name, value in os.environ.items() if name.startswith("AWS_") and value not in GIVEN)

@rule(severity=Severity.LOW, selects=("volume",), message="{node} " + ",".join(HELD))
def check(node: Node) -> Iterator[Match]:
    """Looks.

    ## Remedy
    None.
    """
    yield Match(node)
''')
    fleet.fails()
    run = fleet.layerproof("audit", "aws", "--regions", "eu-west-1", "--services", "ec2", "--rules",
                           str(tmp_path / "rules"), "--select", "hygiene/looks", "--format", "json")  # fmt: skip
    report = json.loads(run.out or "{}")
    assert report, run.err
    assert not any("AWS_" in each["message"] for each in report["findings"])
