"""What is listed of a cluster: only by GET, in pages, never secrets unless that is asked for.

Which types are listed is discovery's answer, cut down to the groups that rules know. A type that may not be listed
is said to be unread; absence is a fact only where a list was read to its end.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from scanner.sources.cluster.access import Access

PAGE = 500
_TRIES = 5
_SECONDS = 30
_MOST = 256 * 1024 * 1024  # bytes of one page
OK, DENIED, ERROR = "ok", "denied", "error"

# Types of the core that rules ask for; events, endpoints and leases are none, secrets only on request.
CORE = ("configmaps", "limitranges", "namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "pods",
        "replicationcontrollers", "resourcequotas", "serviceaccounts", "services")  # fmt: skip
CORE_KINDS = frozenset((
    "ConfigMap", "LimitRange", "Namespace", "Node", "PersistentVolumeClaim", "PersistentVolume", "Pod",
    "ReplicationController", "ResourceQuota", "ServiceAccount", "Service",
))  # fmt: skip
SECRETS = "secrets"
# Groups of which every listable type is read; `*.` stands for one name before it.
GROUPS = (
    "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "storage.k8s.io",
    "admissionregistration.k8s.io", "gateway.networking.k8s.io", "policy.networking.k8s.io",
    "snapshot.storage.k8s.io", "node.k8s.io", "scheduling.k8s.io", "cilium.io", "projectcalico.org",
    "crd.projectcalico.org", "networking.istio.io", "security.istio.io", "policy.linkerd.io", "velero.io",
    "cert-manager.io", "external-secrets.io", "karpenter.sh", "karpenter.k8s.aws", "argoproj.io", "keda.sh",
    "route.openshift.io", "security.openshift.io", "postgresql.cnpg.io", "k8up.io", "longhorn.io", "ceph.rook.io",
    "config.kio.kasten.io", "kyverno.io", "templates.gatekeeper.sh", "constraints.gatekeeper.sh",
)  # fmt: skip
_LEFT = frozenset(("controllerrevisions", "csistoragecapacities", "csinodes", "volumeattachments",
                   "ciliumendpoints", "ciliumidentities", "ciliumnodes", "orders", "challenges",
                   "certificaterequests"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Type:
    """One listable type: group ("" for the core), version, kind, and its plural in URLs."""

    group: str
    version: str
    kind: str
    plural: str

    @property
    def path(self) -> str:
        base = f"/apis/{self.group}" if self.group else "/api"
        return f"{base}/{self.version}/{self.plural}"

    @property
    def name(self) -> str:
        """As addresses call it: GROUP/KIND."""
        return f"{self.group}/{self.kind}"


@dataclass(slots=True)
class Listed:
    """What one type gave: its objects, and how far the list was read."""

    type: Type
    objects: list[dict[str, Any]] = field(default_factory=list)
    status: str = OK
    reason: str = ""


class ApiError(Exception):
    """An answer that is no list. `status` is the HTTP status, 0 where none came."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Server:
    """One API server, asked by GET only, over one connection."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._parts = urlsplit(access.server)
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> dict[str, Any]:
        """The JSON object at a path. Raises ApiError; waits and tries again where the server asks for that."""
        fault: ApiError = ApiError(0, "no answer")
        for attempt in range(_TRIES):
            try:
                status, headers, text = self._answer(path)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                fault = ApiError(0, f"{type(error).__name__}: {error}")
                time.sleep(min(0.2 * 2**attempt, 5))
                continue
            if status == 200:
                return _object(text)
            fault = ApiError(status, _message(status, text))
            if status != 429 and status < 500:
                raise fault
            time.sleep(min(float(headers.get("Retry-After") or 0.2 * 2**attempt), 30))
        raise fault

    def _answer(self, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        if self._connection is None:
            host, port = self._parts.hostname or "", self._parts.port
            if self._access.tls is None:
                self._connection = http.client.HTTPConnection(host, port or 80, timeout=_SECONDS)
            else:
                tls = self._access.tls
                self._connection = http.client.HTTPSConnection(host, port or 443, timeout=_SECONDS, context=tls)
        headers = {"Accept": "application/json", "User-Agent": "layerproof", **self._access.headers}
        self._connection.request("GET", f"{self._parts.path}{path}", headers=headers)
        response = self._connection.getresponse()
        text = response.read(_MOST + 1)
        if len(text) > _MOST:
            raise ApiError(0, f"an answer of more than {_MOST // 1024**2} MiB")
        return response.status, response.headers, text

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ApiError(0, f"the answer is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise ApiError(0, "the answer is no object")
    return value


def _message(status: int, text: bytes) -> str:
    """What the server says in its Status object."""
    try:
        told = json.loads(text).get("message")
    except (ValueError, AttributeError):
        told = None
    return str(told or f"HTTP {status}")[:500]


def types(server: Server, *, secrets: bool = False) -> list[Type]:
    """The types to list, by discovery, each in its group's preferred version. Raises ApiError."""
    wanted = (*CORE, SECRETS) if secrets else CORE
    found = [each for each in _of(server, "", "v1") if each.plural in wanted]
    for group in server.get("/apis").get("groups") or ():
        name = group.get("name")
        version = (group.get("preferredVersion") or {}).get("version")
        if name in GROUPS and version:
            found.extend(each for each in _of(server, name, version) if each.plural not in _LEFT)
    return sorted(found, key=lambda each: (each.group, each.plural))


def _of(server: Server, group: str, version: str) -> Iterator[Type]:
    base = f"/apis/{group}" if group else "/api"
    for each in server.get(f"{base}/{version}").get("resources") or ():
        if "/" not in each.get("name", "/") and "list" in (each.get("verbs") or ()):
            yield Type(group, version, str(each["kind"]), str(each["name"]))


def collect(server: Server, wanted: Sequence[Type]) -> Iterator[Listed]:
    """Each type's objects. A type that may not be listed is told, and the rest goes on."""
    for type_ in wanted:
        listed = Listed(type_)
        try:
            listed.objects.extend(_pages(server, type_))
        except ApiError as error:
            denied = error.status in (401, 403)
            listed.status, listed.reason = (DENIED if denied else ERROR), str(error)
        yield listed


def _pages(server: Server, type_: Type) -> Iterator[dict[str, Any]]:
    """The objects of every page; begun anew once where the server has forgotten the place (410)."""
    going, again = "", True
    found: list[dict[str, Any]] = []
    while True:
        query = f"?limit={PAGE}" + (f"&continue={quote(going)}" if going else "")
        try:
            page = server.get(type_.path + query)
        except ApiError as error:
            if error.status != 410 or not again:
                raise
            going, again, found = "", False, []
            continue
        version = f"{type_.group}/{type_.version}" if type_.group else type_.version
        for item in page.get("items") or ():
            found.append({"apiVersion": version, "kind": type_.kind, **item})
        going = str((page.get("metadata") or {}).get("continue") or "")
        if not going:
            yield from found
            return
