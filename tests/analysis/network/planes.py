"""The topologies as the real terraform plans them, as its state records them, and as a live account shows them.

`python -m tests.analysis.network.planes [NAME...]` plans and applies each with the real terraform and its AWS
provider (LAYERPROOF_TERRAFORM_PROVIDERS names the directory that holds it) against a moto server, collects what
then lives there, and keeps all three in `recorded.jsonl.xz`: lines of {"name", "twin", "plan", "state", "live",
"wrong"}, sorted. What terraform, the provider or moto cannot do is kept as the reason in "wrong".
"""

from __future__ import annotations

import json
import lzma
import os
import re
import shutil
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tests.analysis.network.topology import FILES, text_of
from tests.audit.conftest import Cloud, serving
from tests.sources.terraform.planning import PROVIDERS, run

KEPT = Path(__file__).parent / "recorded.jsonl.xz"
SERVICES = ("ec2", "elbv2", "elb", "rds", "efs", "eks", "lambda", "ecs", "autoscaling", "s3", "sqs")
_AT_ONCE = 4
# Arguments that the provider demands and no verdict reads, by type.
NEEDED = {
    "aws_instance": {"ami": '"ami-12c6146b"', "instance_type": '"t3.micro"'},
    "aws_db_instance": {
        "instance_class": '"db.t3.micro"',
        "allocated_storage": "10",
        "engine": '"postgres"',
        "username": '"x"',
        "password": '"longenough"',
        "skip_final_snapshot": "true",
    },
    "aws_rds_cluster": {
        "engine": '"aurora-postgresql"',
        "master_username": '"x"',
        "master_password": '"longenough"',
        "skip_final_snapshot": "true",
    },
    "aws_rds_cluster_instance": {"instance_class": '"db.t3.medium"', "engine": '"aurora-postgresql"'},
    "aws_lambda_function": {
        "s3_bucket": '"code"',
        "s3_key": '"code.zip"',
        "handler": '"x.y"',
        "runtime": '"python3.12"',
    },
    "aws_launch_template": {"image_id": '"ami-12c6146b"', "instance_type": '"t3.micro"'},
}
PROVIDER = """
provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true
}
"""


def kept() -> Iterator[dict[str, Any]]:
    """The recordings."""
    with lzma.open(KEPT, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def completed(text: str) -> str:
    """A topology's text with what the provider demands besides, in moto's account."""
    text = text.replace("111122223333", "123456789012")
    for type_, wanted in NEEDED.items():
        blocks = re.split(rf'(?m)^(?=resource "{type_}" )', text)
        for number, block in enumerate(blocks[1:], 1):
            own = block.split("\n}", 1)[0]
            lines = [
                f"  {name} = {value}\n" for name, value in wanted.items() if not re.search(rf"(?m)^  {name} ", own)
            ]
            if "launch_template" not in own or type_ != "aws_instance":
                blocks[number] = block.replace("{\n", "{\n" + "".join(lines), 1)
        text = "".join(blocks)
    return text if 'provider "aws"' in text else text + PROVIDER


def record(path: Path, cloud: Cloud, folder: Path, *, twin: bool) -> dict[str, Any]:
    """One topology in three planes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "main.tf").write_text(completed(text_of(path, twin=twin)), "utf-8")
    settings = folder / "terraformrc"
    overrides = f'dev_overrides {{\n"hashicorp/aws" = "{os.environ[PROVIDERS]}"\n}}'
    settings.write_text(f"provider_installation {{\n{overrides}\n}}\n", "utf-8")
    _asked(cloud, "POST", "/moto-api/reset")
    for part in ("/code", "/code/code.zip"):  # what functions are made of
        _asked(cloud, "PUT", part)
    more = {
        name: value for name, value in cloud.environment(AWS_REGION="eu-west-1").items() if name.startswith("AWS_")
    }
    told: dict[str, Any] = {"name": path.stem, "twin": twin}
    try:
        run(folder, "plan", "-input=false", "-no-color", "-out=planned", settings=settings, more=more)
        told["plan"] = _trimmed(json.loads(run(folder, "show", "-json", "planned", settings=settings, more=more)))
        run(folder, "apply", "-input=false", "-auto-approve", "-no-color", settings=settings, more=more)
        told["state"] = json.loads((folder / "terraform.tfstate").read_text("utf-8"))
        told["live"] = _collected(cloud, folder)
    except RuntimeError as wrong:
        told["wrong"] = _first_error(str(wrong))
    return told


def _asked(cloud: Cloud, method: str, path: str) -> None:
    signed = "AWS4-HMAC-SHA256 Credential=x/20261122/us-east-1/s3/aws4_request"
    headers = {"Content-Type": "", "Authorization": signed}
    asked = urllib.request.Request(
        cloud.url + path, b"x" if path.endswith(".zip") else b"", headers, method=method
    )
    urllib.request.urlopen(asked).close()


def _trimmed(plan: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plan.items() if name != "timestamp"}


def _collected(cloud: Cloud, folder: Path) -> list[Any]:
    import gzip

    out = folder / "live.jsonl.gz"
    done = cloud.layerproof("audit", "collect", "aws", "--out", str(out), "--regions", "eu-west-1",
                            "--services", ",".join(SERVICES))  # fmt: skip
    if not out.exists():
        raise RuntimeError(f"Error: {done.out} {done.err}")
    return [json.loads(line) for line in gzip.decompress(out.read_bytes()).splitlines()]


def _first_error(text: str) -> str:
    found = re.search(r"Error: (.*)", text)
    return " ".join((found[1] if found else text).split())[:300]


def main(names: list[str]) -> None:
    done = {(each["name"], each["twin"]): each for each in kept()} if KEPT.exists() else {}
    chosen = [path for path in FILES if not names or path.stem in names]
    clouds: SimpleQueue[tuple[Cloud, Path]] = SimpleQueue()

    def one(path: Path, twin: bool) -> None:
        cloud, folder = clouds.get()
        try:
            told = record(path, cloud, folder, twin=twin)
        finally:
            clouds.put((cloud, folder))
        done[path.stem, twin] = told
        print(path.stem, twin, told.get("wrong", "ok"), flush=True)

    with tempfile.TemporaryDirectory() as work, ExitStack() as servers, ThreadPoolExecutor(_AT_ONCE) as pool:
        for number in range(_AT_ONCE):
            own = Path(work, str(number))
            own.mkdir()
            clouds.put((servers.enter_context(serving(own)), own / "tf"))
        for twin in (False, True):
            for each in [pool.submit(one, path, twin) for path in chosen]:
                each.result()
            _keep(done)


def _keep(recordings: dict[tuple[str, bool], dict[str, Any]]) -> None:
    with lzma.open(KEPT, "wt", encoding="utf-8") as out:
        for _, told in sorted(recordings.items()):
            out.write(json.dumps(told, sort_keys=True, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
