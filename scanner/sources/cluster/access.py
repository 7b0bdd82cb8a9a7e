"""How a cluster is reached: a context of a kubeconfig, or the service account of the pod that we run in.

Source: the kubeconfig reference (kubectl config) and the documentation of accessing the API from a pod. A program
that a kubeconfig names (`exec`) is run only where the caller says that the file is the user's own.
"""

from __future__ import annotations

import base64
import json
import os
import ssl
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_POD = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_EXEC_SECONDS = 60
_LOCAL = ("127.0.0.1", "localhost", "::1")


class AccessError(Exception):
    """A cluster that cannot be reached with what is there; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Access:
    """Server (URL), TLS and headers of one cluster, and the name under which its things are shown."""

    name: str
    server: str
    tls: ssl.SSLContext | None
    headers: Mapping[str, str] = field(default_factory=dict)


def from_kubeconfig(path: Path, context: str = "", *, run: bool = False) -> Access:
    """A context of a kubeconfig ("": the current one); `run` allows its `exec`. Raises AccessError."""
    import yaml  # noqa: PLC0415 - only for clusters

    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise AccessError(f"{path} cannot be read: {error.strerror}; give --kubeconfig FILE") from error
    except (UnicodeError, yaml.YAMLError) as error:
        raise AccessError(f"{path} is no kubeconfig: {str(error).splitlines()[0]}") from error
    if not isinstance(document, dict):
        raise AccessError(f"{path} is no kubeconfig: it is no mapping")
    chosen = context or str(document.get("current-context") or "")
    if not chosen:
        raise AccessError(f"{path} has no current context; give --context NAME")
    about = _named(document, "contexts", chosen).get("context")
    if not isinstance(about, dict):
        known = ", ".join(str(each.get("name")) for each in _listed(document, "contexts")) or "none"
        raise AccessError(f"{path} has no context {chosen!r} (it has {known})")
    cluster = _named(document, "clusters", str(about.get("cluster"))).get("cluster")
    user = _named(document, "users", str(about.get("user"))).get("user")
    if not isinstance(cluster, dict) or not isinstance(cluster.get("server"), str):
        raise AccessError(f"{path}: the context {chosen!r} names a cluster that is not there")
    held = user if isinstance(user, dict) else {}
    return _access(path, chosen, cluster, _told_by_program(path, held, run=run) if held.get("exec") else held)


def _listed(document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    return [each for each in document.get(key) or () if isinstance(each, dict)]


def _named(document: Mapping[str, Any], key: str, name: str) -> dict[str, Any]:
    return next((each for each in _listed(document, key) if each.get("name") == name), {})


def _access(path: Path, name: str, cluster: Mapping[str, Any], user: Mapping[str, Any]) -> Access:
    server = str(cluster["server"]).rstrip("/")
    parts = urlsplit(server)
    if parts.scheme == "http":
        if parts.hostname not in _LOCAL:
            raise AccessError(f"{server} is not encrypted; a cluster elsewhere is reached by https only")
        return Access(name, server, None, _headers(path, user))
    tls = ssl.create_default_context()
    authority = _bytes(path, cluster, "certificate-authority")
    if cluster.get("insecure-skip-tls-verify"):
        raise AccessError(f"{path}: the context {name!r} skips the check of the server's certificate; give its CA")
    try:
        if authority is not None:
            tls = ssl.create_default_context(cadata=authority.decode("ascii"))
        _client_certificate(path, user, tls)
    except (ssl.SSLError, UnicodeError) as error:
        raise AccessError(f"{path}: a certificate of the context {name!r} cannot be used: {error}") from error
    return Access(name, server, tls, _headers(path, user))


def _bytes(path: Path, table: Mapping[str, Any], key: str) -> bytes | None:
    """What a key holds as `KEY-data` in base64, or as `KEY`, a file beside the kubeconfig."""
    data, name = table.get(f"{key}-data"), table.get(key)
    try:
        if isinstance(data, str):
            return base64.b64decode(data)
        return (path.parent / name).read_bytes() if isinstance(name, str) else None
    except (ValueError, OSError) as error:
        raise AccessError(f"{path}: {key} cannot be read: {error}") from error


def _client_certificate(path: Path, user: Mapping[str, Any], tls: ssl.SSLContext) -> None:
    certificate, key = _bytes(path, user, "client-certificate"), _bytes(path, user, "client-key")
    if certificate is None or key is None:
        return
    with tempfile.NamedTemporaryFile() as file:  # the ssl module takes files only; this one is ours alone (0600)
        file.write(certificate + b"\n" + key)
        file.flush()
        tls.load_cert_chain(file.name)


def _headers(path: Path, user: Mapping[str, Any]) -> dict[str, str]:
    token = user.get("token")
    if not token and isinstance(user.get("tokenFile"), str):
        token = (_bytes(path, {"token": user["tokenFile"]}, "token") or b"").decode().strip()
    if token:
        return {"Authorization": f"Bearer {token}"}
    if user.get("username"):
        pair = f"{user['username']}:{user.get('password', '')}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {}


def _told_by_program(path: Path, user: Mapping[str, Any], *, run: bool) -> dict[str, Any]:
    """The credentials that the user's own program prints (client.authentication.k8s.io ExecCredential)."""
    about = user["exec"]
    command = str(about.get("command") or "")
    if not run:
        raise AccessError(
            f"{path} lies in the scanned tree and names a program ({command}), which is not run from there"
        )
    more = {str(each["name"]): str(each["value"]) for each in about.get("env") or () if isinstance(each, dict)}
    spec = {"kind": "ExecCredential", "apiVersion": about.get("apiVersion"), "spec": {"interactive": False}}
    environment = {**os.environ, **more, "KUBERNETES_EXEC_INFO": json.dumps(spec)}
    try:
        done = subprocess.run(
            [command, *map(str, about.get("args") or ())],
            env=environment, capture_output=True, stdin=subprocess.DEVNULL, timeout=_EXEC_SECONDS, check=True,
        )  # fmt: skip
        status = json.loads(done.stdout)["status"]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        raise AccessError(f"{command}, which {path} names, gave no credentials: {error}") from error
    return {
        "token": status.get("token"),
        **(
            {"client-certificate-data": _packed(status["clientCertificateData"])}
            if status.get("clientCertificateData")
            else {}
        ),
        **({"client-key-data": _packed(status["clientKeyData"])} if status.get("clientKeyData") else {}),
    }


def _packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def in_cluster(folder: Path = _POD, environment: Mapping[str, str] | None = None) -> Access:
    """The API server of the pod that we run in. Raises AccessError outside of one."""
    env = os.environ if environment is None else environment
    host, port = env.get("KUBERNETES_SERVICE_HOST"), env.get("KUBERNETES_SERVICE_PORT", "443")
    try:
        token = (folder / "token").read_text().strip()
        tls = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    except (OSError, ssl.SSLError) as error:
        raise AccessError("not in a pod with a service account; give --context NAME of a kubeconfig") from error
    if not host:
        raise AccessError("KUBERNETES_SERVICE_HOST is not set; give --context NAME of a kubeconfig")
    where = f"[{host}]" if ":" in host else host
    return Access("in-cluster", f"https://{where}:{port}", tls, {"Authorization": f"Bearer {token}"})
