"""A moto account of 5,000 resources in 3 regions, collected, scanned and stored: python -m tests.benchmarks.audit.

Measured: calls (as the server notes them) against the least that the API allows, processor time per call beyond
what botocore itself needs for such a call, the time and memory of each step, and Prowler's on the same services
where `--prowler PROGRAM` names one. Limits are issue 4's: calls within 1.2 of the least, under 2 ms per call.

The least number of calls is reckoned from what was made and from AWS's documented page sizes, not from what was
called: each listing once per region and once more per further page, each detail that the API gives for one thing
at a time once per thing.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from scanner.sources.aws import bulk
from scanner.sources.aws.operation import Listing
from scanner.sources.aws.registry import listings
from tests.audit.conftest import HERE, Cloud, free_port

REGIONS = ("eu-west-1", "eu-central-1", "us-east-1")
SERVICES = ("cloudwatch", "dynamodb", "ec2", "logs", "secretsmanager", "sns", "sqs")
# The most that one page holds (AWS API references, MaxResults and the like; 50 where nothing is said; moto gives
# all alarms at once).
PAGES = {"ListTopics": 100, "ListSubscriptions": 100, "ListTables": 100, "ListQueues": 1000, "ListSecrets": 100,
         "DescribeAlarms": 1_000_000, "DescribeLogGroups": 50, "DescribeMetricFilters": 50}  # fmt: skip
EC2_PAGE = 1000
LIMIT, OVERHEAD = 1.2, 2.0


def seed(cloud: Cloud) -> None:
    """About 5,000 resources, a third in each region."""
    import boto3

    session = boto3.session.Session("testing", "testing")
    with ThreadPoolExecutor(8) as pool:
        for region in REGIONS:
            made = {name: session.client(name, region_name=region, endpoint_url=cloud.url) for name in SERVICES}
            image = made["ec2"].describe_images()["Images"][0]["ImageId"]
            made["ec2"].run_instances(ImageId=image, MinCount=310, MaxCount=310, InstanceType="t3.micro")
            for _ in pool.map(lambda make, made=made: make(made), list(_things())):
                pass


def _things() -> Iterator[Any]:
    for n in range(150):
        yield lambda c, n=n: c["ec2"].create_security_group(GroupName=f"g{n}", Description="d")
        yield lambda c, n=n: c["cloudwatch"].put_metric_alarm(
            AlarmName=f"a{n}", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, MetricName="E",
            Namespace="A", Period=60, Statistic="Sum", Threshold=1)  # fmt: skip
    for n in range(180):
        yield lambda c, n=n: c["logs"].create_log_group(logGroupName=f"l{n}")
    for n in range(100):
        yield lambda c, n=n: c["sqs"].create_queue(QueueName=f"q{n}")
        yield lambda c, n=n: c["sns"].create_topic(Name=f"t{n}")
    for n in range(30):
        yield lambda c, n=n: c["secretsmanager"].create_secret(Name=f"s{n}", SecretString="x")
        yield lambda c, n=n: c["dynamodb"].create_table(
            TableName=f"t{n}", BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}])  # fmt: skip


def least(items: Sequence[dict[str, Any]]) -> Counter[str]:
    """The least calls per operation, by what is there."""
    found: Counter[str] = Counter()
    for region in REGIONS:
        for service in SERVICES:
            asked: dict[str, int] = {}
            for listing in listings(service, "region"):
                there = [each for each in items if each["region"] == region and each["type"] == listing.type]
                size = EC2_PAGE if service == "ec2" else PAGES.get(listing.operation, 50)
                call = f"{listing.operation} {listing.parameters}"
                asked[call] = max(asked.get(call, 0), math.ceil(len(there) / size), 1)
                found.update(_details(listing, there))
            for call, pages in asked.items():
                found[call.partition(" ")[0]] += pages
    return found


def _details(listing: Listing, there: Sequence[dict[str, Any]]) -> Iterator[str]:
    for detail in listing.details:
        if detail.tagged and len(there) >= bulk.LEAST:  # nothing here is tagged: one page tells that
            yield bulk.OPERATION
            continue
        number = sum(detail.key in each["attributes"] or detail.key in each["unread"] for each in there)
        yield from [detail.operation] * math.ceil(number / (detail.batch or 1))


def replayed() -> float:
    """Milliseconds of processor that botocore alone needs for a call: of the same calls, with the same answers."""
    from botocore.client import BaseClient

    from scanner.sources.aws.collect import collect
    from scanner.sources.aws.plan import Wanted, plan
    from scanner.sources.aws.session import Access

    calls: list[tuple[str, str, str, dict[str, Any]]] = []
    true = BaseClient._make_api_call

    def noted(self: Any, operation: str, given: dict[str, Any]) -> Any:
        calls.append((self.meta.service_model.service_name, self.meta.region_name, operation, dict(given)))
        return true(self, operation, given)

    BaseClient._make_api_call = noted
    for work in plan(Wanted(Access(), (), False, "", REGIONS, SERVICES, None)).works:
        collect(work)
    BaseClient._make_api_call = true
    return _asked(calls)


def _asked(calls: Sequence[tuple[str, str, str, dict[str, Any]]]) -> float:
    import boto3
    from botocore.config import Config

    config = Config(retries={"mode": "adaptive", "total_max_attempts": 2})
    session, clients = boto3.session.Session(), {}
    began = time.process_time()
    for service, region, operation, given in calls:
        if (service, region) not in clients:
            clients[service, region] = session.client(service, region_name=region, config=config)
        with suppress(Exception):  # a page's token may be good for one use
            clients[service, region]._make_api_call(operation, given)
    return (time.process_time() - began) / len(calls) * 1000


class Spent:
    """What a program took: seconds, seconds of processors, MB."""

    def __init__(self, program: Sequence[str], environment: dict[str, str], *, quiet: bool = False) -> None:
        began = time.monotonic()
        out = subprocess.DEVNULL if quiet else None
        child = subprocess.Popen(program, env=environment, stdout=out, stderr=out)
        self.memory = 0.0
        while not os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            self.memory = max(self.memory, _held(child.pid))
            time.sleep(0.05)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.code = child.returncode
        self.seconds = time.monotonic() - began
        self.processor = used.ru_utime + used.ru_stime

    def __str__(self) -> str:
        return (
            f"{self.seconds:6.1f} s, {self.processor:6.1f} s of processor, {self.memory:5.0f} MB, exit {self.code}"
        )


def _held(process: int) -> float:
    """The most that a process has held in memory, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    found = status.partition("VmHWM:")[2].split()
    return int(found[0]) / 1024 if found else 0.0


def measure(cloud: Cloud, folder: Path, prowler: str) -> bool:
    environment = cloud.environment()
    us = [sys.executable, "-c", "from scanner.cli import main; main()", "audit"]
    whom = ["--regions", ",".join(REGIONS), "--services", ",".join(SERVICES)]
    out = folder / "s.jsonl.gz"
    start = Spent([*us, "collect", "--dry-run", *whom], environment, quiet=True)
    cloud.calls()
    collected = Spent([*us, "collect", "--out", str(out), *whom], environment)
    calls = Counter(f"{service} {operation}" for service, operation in cloud.calls())
    lines = [json.loads(line) for line in gzip.decompress(out.read_bytes()).splitlines()]
    items = [line["item"] for line in lines if "item" in line]
    told: Counter[str] = Counter()
    for line in lines:
        for each in line["unit"]["operations"] if "unit" in line else ():
            told[each["name"]] += each["calls"]
    needed = least(items)
    entry = sum(number for name, number in calls.items() if name.split()[0] == "sts") + 1  # and DescribeRegions
    made = calls.total() - entry
    ratio = made / needed.total()
    again = [sys.executable, "-m", "tests.benchmarks.audit", "--replay"]
    plain = float(subprocess.run(again, env=environment, capture_output=True, text=True, check=True).stdout)
    whole = (collected.processor - start.processor) / made * 1000
    print(f"{len(items)} resources in {len(REGIONS)} regions")
    print(f"collect           {collected}")
    print(f"calls             {made} of at least {needed.total()} ({ratio:.3f}; limit {LIMIT}), {entry} to enter")
    for name in sorted(needed | told):
        if told[name] != needed[name]:
            print(f"                  {name}: {told[name]}, least {needed[name]}")
    print(f"processor a call  {whole:.2f} ms, botocore alone {plain:.2f} ms, so ours is {whole - plain:.2f} ms"
          f" (limit {OVERHEAD})")  # fmt: skip
    report = folder / "report.json"
    scanned = Spent(
        [sys.executable, *us[1:3], "scan", str(out), f"--format=json={report}"], environment, quiet=True
    )
    print(f"scan              {scanned}, {_ours(report)}")
    store = ["--store", str(folder / "store.db"), f"--format=text={os.devnull}"]
    print(f"audit, stored     {Spent([*us, 'aws', *whom, *store], environment, quiet=True)}")
    if prowler:
        cloud.calls()
        names = [each for each in SERVICES if each != "logs"]  # Prowler has them under cloudwatch
        line = [prowler, "aws", "--service", *names, "--region", *REGIONS, "-M", "json-ocsf", "--no-banner",
                "--output-directory", str(folder)]  # fmt: skip
        theirs = Spent(line, environment, quiet=True)
        number = sum(1 for _ in cloud.calls())
        print(f"Prowler           {theirs}, {number} calls, {_theirs(folder)}")
    return ratio <= LIMIT and whole - plain < OVERHEAD


def _ours(report: Path) -> str:
    """How many verdicts our report holds, and of how many things it says fail."""
    told = json.loads(report.read_text())
    fails = [each for each in told["findings"] if each["verdict"] == "fail"]
    things = sum(len(each["instances"]) or 1 for each in fails)
    return (
        f"{told['summary']['pass'] + told['summary']['fail']} verdicts, {len(fails)} failures of {things} things"
    )


def _theirs(folder: Path) -> str:
    """How many verdicts Prowler wrote, and how many of them are failures."""
    told = [each for file in folder.glob("*.ocsf.json") for each in json.loads(file.read_text())]
    fails = sum(each.get("status_code") == "FAIL" for each in told)
    return f"{len(told)} verdicts, {fails} failures"


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--prowler", default="", metavar="PROGRAM")
    given.add_argument("--replay", action="store_true", help=argparse.SUPPRESS)
    asked = given.parse_args()
    if asked.replay:
        print(replayed())
        return
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        cloud = Cloud(port, folder / "faults.json", folder / "calls.jsonl")
        line = [sys.executable, str(HERE / "moto_server.py"), str(port), str(folder / "faults.json"),
                str(folder / "calls.jsonl")]  # fmt: skip
        server = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(cloud)
            seed(cloud)
            good = measure(cloud, folder, asked.prowler)
        finally:
            server.kill()
            server.wait()
    sys.exit(0 if good else 1)


def _wait(cloud: Cloud) -> None:
    import urllib.request

    for _ in range(400):
        try:
            urllib.request.urlopen(f"{cloud.url}/moto-api/data.json", timeout=5).close()
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise RuntimeError("the server does not answer")


if __name__ == "__main__":
    main()
