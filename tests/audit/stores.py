"""Throw-away stores for tests: SQLite in a folder, and a PostgreSQL cluster of our own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_USERS = ("postgres", "nobody")


def programs() -> Path:
    """The folder with initdb and pg_ctl (Debian keeps them out of the search path); skips where there is none."""
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (found / "initdb").is_file():
            return found
    named = shutil.which("initdb")
    if named is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    return Path(named).resolve().parent


def _someone() -> dict[str, Any]:
    """Who runs the server: PostgreSQL refuses to run as root, so then another user."""
    if os.geteuid() != 0:
        return {}
    users = {user.pw_name: user for user in pwd.getpwall()}
    name = next((each for each in _USERS if each in users), None)
    if name is None:
        pytest.skip("PostgreSQL cannot run as root, and there is no user to run it as")
    return {"user": users[name].pw_uid, "group": users[name].pw_gid, "extra_groups": []}


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of a new cluster, which is gone afterwards.

    It lies outside pytest's folders: those are root's alone, and every run of pytest makes them so again.
    """
    pytest.importorskip("psycopg")
    found, who = programs(), _someone()
    with tempfile.TemporaryDirectory(prefix="layerproof-postgres-") as name:
        folder = Path(name)
        if who:
            os.chown(folder, who["user"], who["group"])

        def run(program: str, *arguments: object) -> None:
            with (folder / "said").open("ab") as said:
                command = [str(found / program), "-D", str(folder / "data"), *map(str, arguments)]
                done = subprocess.run(command, cwd=folder, stdout=said, stderr=said, check=False, **who)
            assert done.returncode == 0, (folder / "said").read_text()

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        run("initdb", "-U", "tester", "-A", "trust", "-N")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "-l", folder / "log", "-w", "-o", options, "start")
        try:
            yield f"postgresql://tester@127.0.0.1:{port}"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
