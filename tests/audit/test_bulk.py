"""Tags of many things in one call; where that is refused, each is asked, and nothing is lost."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.audit.conftest import Cloud

pytestmark = pytest.mark.slow

REGION = "eu-north-1"
SERVICES = "sns,sqs,dynamodb,kinesis,logs"
KINDS = ("topic", "queue", "table", "stream", "log_group")
NAMES = ("plain", "owned", "shared")
TAGS = {"owned": {"team": "a"}, "shared": {"team": "b", "tier": "core"}}


@pytest.fixture(scope="module")
def tagged(bare_cloud: Cloud) -> Cloud:
    """Three topics, queues, tables, streams and log groups, two of each with tags."""
    boto3 = pytest.importorskip("boto3")
    bare_cloud.fails()
    session = boto3.session.Session("testing", "testing", region_name=REGION)
    sns, sqs, tables, streams, logs = (
        session.client(each, endpoint_url=bare_cloud.url) for each in ("sns", "sqs", "dynamodb", "kinesis", "logs")
    )
    for name in NAMES:
        pairs = [{"Key": key, "Value": value} for key, value in TAGS.get(name, {}).items()]
        sns.create_topic(Name=name, Tags=pairs)
        sqs.create_queue(QueueName=name, tags=TAGS.get(name, {}))
        streams.create_stream(StreamName=name, ShardCount=1)
        if name in TAGS:
            streams.add_tags_to_stream(StreamName=name, Tags=TAGS[name])
        logs.create_log_group(logGroupName=name, tags=TAGS.get(name, {}))
        tables.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST", Tags=pairs,
            KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}])  # fmt: skip
    return bare_cloud


def collected(cloud: Cloud, folder: Path, *faults: dict[str, Any]) -> tuple[int, dict[str, Any], list[str]]:
    """Exit code, the tags of every node by kind and name, and the operations that were asked for tags."""
    out = folder / "s.jsonl.gz"
    cloud.fails(*faults)
    cloud.calls()
    run = cloud.layerproof("audit", "collect", "--out", str(out), "--regions", REGION, "--services", SERVICES)
    cloud.fails()
    asked = [name for _, name in cloud.calls() if name == "GetResources" or "Tags" in name]
    graph = json.loads(cloud.layerproof("graph", str(out), "--format", "json").out)
    held = {f"{kind}/{node['name']}": node["tags"] for kind, nodes in graph["kinds"].items() for node in nodes}
    gzip.decompress(out.read_bytes())
    return run.code, held, asked


WANTED = {f"{kind}/{name}": TAGS.get(name, {}) for kind in KINDS for name in NAMES}


def test_tags_of_a_type_are_one_call(tagged: Cloud, tmp_path: Path) -> None:
    code, held, asked = collected(tagged, tmp_path)
    assert code == 0
    assert held == WANTED
    assert asked == ["GetResources"] * len(KINDS)


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
def test_where_it_is_refused_each_is_asked(tagged: Cloud, tmp_path: Path, code: str) -> None:
    ended, held, asked = collected(tagged, tmp_path, {"service": "tagging", "code": code, "message": "no"})
    assert ended == 0
    assert held == WANTED
    assert sum(name != "GetResources" for name in asked) == len(KINDS) * len(NAMES)
