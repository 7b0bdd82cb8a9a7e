"""A real kube-apiserver over a real etcd, without kubelets or controllers: what the API says and refuses."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

APISERVER = os.environ.get("LAYERPROOF_KUBE_APISERVER") or shutil.which("kube-apiserver") or ""
ETCD = os.environ.get("LAYERPROOF_ETCD") or shutil.which("etcd") or ""
TOKEN = "layerproof-test"
_PLURALS = {"Ingress": "ingresses", "NetworkPolicy": "networkpolicies"}
_WAIT = 90


def _port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class Cluster:
    """A running API server: `url`, `folder` with its certificates, and an administrator's token."""

    def __init__(self, port: int, folder: Path) -> None:
        self.url = f"https://127.0.0.1:{port}"
        self.folder = folder

    def request(self, method: str, path: str, body: Any = None, token: str = TOKEN) -> Any:
        tls = ssl.create_default_context(cafile=str(self.folder / "apiserver.crt"))
        tls.check_hostname = False
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        asked = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        with urllib.request.urlopen(asked, context=tls, timeout=30) as answer:
            return json.loads(answer.read())

    def create(self, manifest: dict[str, Any]) -> None:
        """Create an object; one that the server has already (a namespace's default account) stays."""
        group, _, version = str(manifest["apiVersion"]).rpartition("/")
        base = f"/apis/{group}/{version}" if group else f"/api/{version}"
        space = manifest["metadata"].get("namespace")
        inside = f"/namespaces/{space}" if space else ""
        plural = _PLURALS.get(manifest["kind"], f"{manifest['kind'].lower()}s")
        try:
            self.request("POST", f"{base}{inside}/{plural}", manifest)
        except urllib.error.HTTPError as error:
            if error.code != 409:
                raise RuntimeError(error.read().decode()) from error

    def put(self, path: str, body: Any, manager: str, content: str = "application/merge-patch+json") -> None:
        """Change an object as a client of that name does (`fieldManager`)."""
        tls = ssl.create_default_context(cafile=str(self.folder / "apiserver.crt"))
        tls.check_hostname = False
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": content}
        where = f"{self.url}{path}?fieldManager={manager}"
        asked = urllib.request.Request(where, data=json.dumps(body).encode(), method="PATCH", headers=headers)
        urllib.request.urlopen(asked, context=tls, timeout=30).close()

    def kubeconfig(self, token: str = TOKEN) -> str:
        authority = base64.b64encode((self.folder / "apiserver.crt").read_bytes()).decode()
        return json.dumps({
            "current-context": "real",
            "contexts": [{"name": "real", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": self.url, "certificate-authority-data": authority}}],
            "users": [{"name": "u", "user": {"token": token}}],
        })  # fmt: skip


@contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """Start both, wait until the server is ready, and stop them."""
    folder.mkdir(parents=True, exist_ok=True)
    keys, tokens = folder / "sa.key", folder / "tokens.csv"
    subprocess.run(["openssl", "genrsa", "-out", str(keys), "2048"], check=True, capture_output=True)
    tokens.write_text(f'{TOKEN},admin,1,"system:masters"\nreader-token,reader,2,"readers"\n')
    client, peer, port = _port(), _port(), _port()
    store, listen = f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"
    # fmt: off
    etcd = [ETCD, "--data-dir", str(folder / "etcd"), "--listen-client-urls", store,
            "--advertise-client-urls", store, "--listen-peer-urls", listen,
            "--initial-advertise-peer-urls", listen, "--initial-cluster", f"default={listen}"]
    server = [APISERVER, "--etcd-servers", store, "--allow-privileged", "--secure-port", str(port),
              "--bind-address", "127.0.0.1",
              "--cert-dir", str(folder), "--service-account-key-file", str(keys),
              "--service-account-signing-key-file", str(keys), "--service-account-issuer", "https://test.local",
              "--token-auth-file", str(tokens), "--authorization-mode", "RBAC",
              "--disable-admission-plugins", "ServiceAccount", "--service-cluster-ip-range", "10.0.0.0/24"]
    # fmt: on
    log = (folder / "log").open("wb")
    started = [subprocess.Popen(command, stdout=log, stderr=log) for command in (etcd, server)]
    cluster = Cluster(port, folder)
    try:
        for _ in range(_WAIT * 2):
            try:
                cluster.request("GET", "/api/v1/namespaces/kube-system")
                break
            except (OSError, ValueError):
                time.sleep(0.5)
        else:
            raise RuntimeError((folder / "log").read_text()[-3000:])
        yield cluster
    finally:
        for each in reversed(started):
            each.terminate()
            each.wait(20)
        log.close()
