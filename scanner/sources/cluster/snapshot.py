"""A cluster's objects as gzip-compressed JSON lines, and back to resources.

The first line says what it is: `{"layerproof_snapshot": 1, "kind": "kubernetes", "cluster": NAME, "collected":
TIME, "tool": VERSION}`. Then, for each type in order, its objects by namespace and name, `{"object": MANIFEST}`,
each with who wrote which of its fields where no controller made it, `{"fields": [{"manager", "operation",
"subresource", "time", "fields"}]}`, and how far it was read, `{"listing": {"type", "status", "reason", "count"}}`;
last `{"end": {"objects": N}}`.
Values of secrets, of environment variables and of configuration are dropped before anything is written to a file,
or kept as an HMAC where the caller gives a key.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scanner.model.address import Address
from scanner.model.location import SourceFile, Span
from scanner.model.report import Coverage
from scanner.model.resource import Plane, Resource, Scope, Unread
from scanner.model.value import Cause, Unknown
from scanner.sources.aws.secrecy import DROPPED, HMAC, Secrecy
from scanner.sources.cluster.listing import DENIED, OK, Listed
from scanner.sources.kubernetes import manifests
from scanner.sources.terraform.read import Unit

VERSION = 1
_SECRET = Unknown("its value was dropped before the snapshot was written", Cause.OUTSIDE_SCAN)
# Configuration that says who may enter the cluster, and whom the agents of its machines let in.
_KEPT = {("kube-system", "aws-auth"), ("kube-system", "kubelet-config")}
# Made anew by a controller from what is listed itself; judged there.
_MAKERS = frozenset(
    ("ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController")
)
_BOOTSTRAP = "kubernetes.io/bootstrapping"


class ClusterError(Exception):
    """A snapshot of a cluster that cannot be used; the text says why and what to do."""


@dataclass(slots=True)
class ClusterUnit(Unit):
    """What was read of one cluster."""

    unread: list[Unread] = field(default_factory=list)
    complete: set[tuple[str, str | None, str]] = field(default_factory=set)
    text: bytes = field(default=b"", repr=False)
    noted: dict[str, tuple[int, int]] = field(
        default_factory=dict
    )  # by object: where its managers stand in `text`

    def managers(self, name: str) -> list[dict[str, Any]]:
        """Who wrote which field of an object, by the name in its address; [] where nothing was kept of it."""
        start, stop = self.noted.get(name, (0, 0))
        told: list[dict[str, Any]] = json.loads(self.text[start:stop])["fields"] if stop else []
        return told


def pack(
    cluster: str,
    listed: Iterable[Listed],
    collected: str,
    tool: str,
    *,
    conceal: bool,
    key: bytes | None = None,
) -> bytes:
    """The snapshot's bytes; with `conceal`, without values that may be secret (with `key`, as HMACs under it)."""
    secrecy = Secrecy(key)
    head = {"layerproof_snapshot": VERSION, "kind": "kubernetes", "cluster": cluster}
    out = io.BytesIO()
    count = 0
    with gzip.GzipFile("", "wb", 6, out, mtime=0) as packed:
        packed.write(_line({**head, "collected": collected, "tool": tool}))
        for each in listed:
            for item in sorted(each.objects, key=_order):
                count += 1
                shown = _trimmed(item)
                packed.write(_line({"object": _concealed(shown, secrecy) if conceal else shown}))
                noted = list(_managers(item))
                if noted:
                    packed.write(_line({"fields": noted}))
            about = {"type": each.type.name, "status": each.status, "reason": each.reason}
            packed.write(_line({"listing": {**about, "count": len(each.objects)}}))
        packed.write(_line({"end": {"objects": count}}))
    return out.getvalue()


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=False, separators=(",", ":")).encode() + b"\n"


def _order(item: Mapping[str, Any]) -> tuple[str, str]:
    about = item.get("metadata") or {}
    return str(about.get("namespace") or ""), str(about.get("name") or "")


def _trimmed(item: dict[str, Any]) -> dict[str, Any]:
    """An object without the field sets of its managers, of which the names are kept."""
    about = dict(item.get("metadata") or {})
    if "managedFields" in about:
        kept = ({key: each.get(key) for key in ("manager", "operation")} for each in about["managedFields"])
        about["managedFields"] = list(kept)
    if (notes := about.get("annotations")) and "kubectl.kubernetes.io/last-applied-configuration" in notes:
        about["annotations"] = {k: v for k, v in notes.items() if not k.endswith("last-applied-configuration")}
    return {**item, "metadata": about}


def _managers(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Who wrote which field, but of the status and of what another object's controller makes."""
    about = item.get("metadata") or {}
    if any(each.get("controller") for each in about.get("ownerReferences") or ()):
        return
    for each in about.get("managedFields") or ():
        if each.get("subresource") != "status" and each.get("fieldsV1"):
            told = {name: each.get(name) for name in ("manager", "operation", "subresource", "time")}
            yield {**told, "fields": each["fieldsV1"]}


def _concealed(item: dict[str, Any], secrecy: Secrecy) -> dict[str, Any]:
    """An object without values that may be secret."""
    about = item.get("metadata") or {}
    if item.get("kind") in ("Secret", "ConfigMap") and (about.get("namespace"), about.get("name")) not in _KEPT:
        held = {k: item[k] for k in ("data", "stringData", "binaryData") if item.get(k)}
        return {**item, **{k: {n: secrecy.conceal(v) for n, v in each.items()} for k, each in held.items()}}
    concealed: dict[str, Any] = _without_values(item, secrecy)
    return concealed


def _without_values(value: Any, secrecy: Secrecy) -> Any:
    """The same with the values of environment variables concealed, wherever a pod is described."""
    if isinstance(value, list):
        return [_without_values(each, secrecy) for each in value]
    if not isinstance(value, dict):
        return value
    told = {key: _without_values(each, secrecy) for key, each in value.items()}
    if isinstance(told.get("env"), list):
        told["env"] = [
            {**each, "value": secrecy.conceal(each["value"])}
            if isinstance(each, dict) and "value" in each
            else each
            for each in told["env"]
        ]
    return told


def unit(file: SourceFile) -> ClusterUnit:
    """The cluster that a snapshot's text (unpacked) holds. Raises ClusterError."""
    found = ClusterUnit("", text=file.text)
    ended, at, last = False, 0, ""
    for number, line in enumerate(file.text.split(b"\n"), 1):
        start, at = at, at + len(line) + 1
        if not line:
            continue
        if line.startswith(b'{"fields":'):  # only drift reads them
            found.noted[last] = (start, at - 1)
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise ClusterError(f"line {number} of this snapshot is no JSON ({error}); collect it again") from error
        if "layerproof_snapshot" in value:
            found.root = str(value.get("cluster") or "cluster")
        elif "object" in value:
            told = list(_resources(line, file.path, start, found.root))
            found.resources.extend(told)
            last = told[0].address.name if told else ""
        elif "listing" in value:
            _listing(found, value["listing"])
        ended = ended or "end" in value
    if not ended:
        raise ClusterError("this snapshot is cut off: its last line is missing; collect it again")
    found.resources = [each for each in found.resources if not _made(each.attributes)]
    found.complete.add((found.root, None, "kubernetes"))
    return found


def _resources(line: bytes, path: str, start: int, cluster: str) -> Iterator[Resource]:
    """The object of one line, as the manifests' reader understands it."""
    inner = line[len(b'{"object":') : -1]
    resources, _, _ = manifests.read(SourceFile(f"{path}.json", inner))
    span = Span(path, start, start + len(line))
    for each in resources:
        address = Address("k8s", cluster, each.address.name)
        scope = Scope("kubernetes", cluster, each.scope.region)
        attributes = {name: _revealed(value) for name, value in each.attributes.items()}
        told = replace(each, address=address, scope=scope, span=span, body=span, origins={}, plane=Plane.LIVE)
        yield replace(told, attributes=attributes)


def _revealed(value: Any) -> Any:
    if isinstance(value, dict):
        hidden = value.keys() in ({DROPPED}, {HMAC})
        return _SECRET if hidden else {name: _revealed(each) for name, each in value.items()}
    return [_revealed(each) for each in value] if isinstance(value, list) else value


def _made(attributes: Mapping[str, Any]) -> bool:
    """Whether a controller made the object from one that is listed, or the API server for itself."""
    about = attributes.get("metadata")
    if not isinstance(about, dict):
        return False
    owners = about.get("ownerReferences")
    if any(
        each.get("controller") and each.get("kind") in _MAKERS for each in owners or () if isinstance(each, dict)
    ):
        return True
    labels = about.get("labels")
    return isinstance(labels, dict) and _BOOTSTRAP in labels and attributes.get("kind", "").endswith("Binding")


def _listing(found: ClusterUnit, told: Mapping[str, Any]) -> None:
    status, reason, type_ = str(told.get("status")), str(told.get("reason") or ""), str(told.get("type"))
    found.coverage.append(Coverage(f"k8s:{found.root}/{type_}", status, reason, int(told.get("count") or 0)))
    if status != OK:
        what = "may not be listed" if status == DENIED else "could not be listed"
        why = Unknown(f"{type_} {what} in the cluster {found.root} ({reason})", Cause.OUTSIDE_SCAN)
        found.unread.append(Unread(found.root, None, (type_,), why))
