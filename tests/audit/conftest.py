"""A moto server over real HTTP, seeded with the estate; the product runs in processes of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
# moto cannot say where Timestream's calls go (endpoint discovery), and real clients then ask AWS itself.
SERVICES_LEFT = ("timestream-write",)


@dataclass(frozen=True)
class Run:
    """What a run of the product gave."""

    code: int
    out: str
    err: str


class Cloud:
    """A simulated AWS: its address, and the faults that it should show."""

    def __init__(self, port: int, faults: Path, calls: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._faults = faults
        self._calls = calls

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {
            **kept,
            "AWS_ENDPOINT_URL": self.url,
            "HTTP_PROXY": self.url,  # so that host prefixes of accounts need no name server
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "2",
            **more,
        }

    def layerproof(self, *arguments: str, cwd: Path | None = None, **environment: str) -> Run:
        """Run the product; `environment` overrides (an empty value unsets)."""
        held = {name: value for name, value in self.environment(**environment).items() if value}
        program = [sys.executable, "-c", "from scanner.cli import main; main()", *arguments]
        done = subprocess.run(program, env=held, capture_output=True, text=True, cwd=cwd, timeout=300, check=False)
        return Run(done.returncode, done.stdout, done.stderr)

    def fails(self, *faults: dict[str, Any]) -> None:
        """Show these faults from now on (see moto_server.py); none without arguments."""
        self._faults.write_text(json.dumps(faults))

    def trail(self, *events: dict[str, Any]) -> None:
        """What CloudTrail has recorded (see moto_server.py)."""
        self._faults.with_name("trail.json").write_text(json.dumps(events))

    def calls(self) -> list[list[str]]:
        """(service, operation) of every request since the last time."""
        text = self._calls.read_text() if self._calls.exists() else ""
        self._calls.write_text("")
        return [json.loads(line) for line in text.splitlines()]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[Cloud]:
    """A server of one's own, without anything in it."""
    faults, calls, port = folder / "faults.json", folder / "calls.jsonl", free_port()
    log = (folder / "log").open("wb")
    command = [sys.executable, str(HERE / "moto_server.py"), str(port), str(faults), str(calls)]
    server = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **environment})
    cloud = Cloud(port, faults, calls)
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{cloud.url}/moto-api/data.json", timeout=5).close()
                break
            except OSError:
                time.sleep(0.25)
        else:
            raise RuntimeError((folder / "log").read_text())
        yield cloud
    finally:
        server.terminate()
        server.wait(10)
        log.close()


@pytest.fixture(scope="session")
def bare_cloud(tmp_path_factory):
    """The server without anything in it."""
    pytest.importorskip("moto")
    pytest.importorskip("flask")
    with serving(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def seeded_cloud(bare_cloud):
    """The server with the estate in the account 123456789012."""
    subprocess.run([sys.executable, str(HERE / "seed.py")], env=bare_cloud.environment(), check=True, timeout=300)
    return bare_cloud


@pytest.fixture
def cloud(seeded_cloud):
    """The seeded server, without faults."""
    seeded_cloud.fails()
    seeded_cloud.calls()
    yield seeded_cloud
    seeded_cloud.fails()


@pytest.fixture(scope="session")
def all_services() -> list[str]:
    from scanner.sources.aws.registry import services

    return [each for each in services() if each not in SERVICES_LEFT]


@pytest.fixture(scope="session")
def snapshot(seeded_cloud, all_services, tmp_path_factory) -> Path:
    """The whole estate, collected once."""
    seeded_cloud.fails()
    seeded_cloud.calls()
    out = tmp_path_factory.mktemp("snapshot") / "estate.jsonl.gz"
    services = ",".join(all_services)
    run = seeded_cloud.layerproof(
        "audit", "collect", "--out", str(out), "--regions", "eu-west-1", "--services", services
    )
    assert run.code == 0, run.out + run.err
    (out.parent / "calls.json").write_text(json.dumps(seeded_cloud.calls()))
    return out
