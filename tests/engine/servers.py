"""A real OPA server for tests: found on PATH or at $LAYERPROOF_OPA, started on a free port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


def opa_binary() -> str:
    """Its path; skips the test where there is none."""
    found = os.environ.get("LAYERPROOF_OPA") or shutil.which("opa")
    if not found:
        pytest.skip("no opa on PATH and LAYERPROOF_OPA is not set")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def opa_server(*arguments: str, secure: bool = False) -> Iterator[str]:
    """The URL of a server that runs while the context lasts."""
    port = free_port()
    command = [opa_binary(), "run", "--server", "--addr", f"127.0.0.1:{port}", "--log-level", "error", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield f"{'https' if secure else 'http'}://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(200):
        assert process.poll() is None, "opa ended before it listened"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("opa does not listen")
