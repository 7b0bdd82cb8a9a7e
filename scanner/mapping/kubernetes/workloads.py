"""What runs: pods and the controllers that make them. One row per native kind, all over the same pod."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.agents import netclient
from scanner.mapping.ephemeral import API, claims_deleted, data_ephemeral
from scanner.mapping.extract import NONE, number, truth, whole
from scanner.mapping.host_paths import API as MOUNTING
from scanner.mapping.host_paths import read_only_paths
from scanner.mapping.kubernetes import containers
from scanner.mapping.kubernetes.components import component
from scanner.mapping.kubernetes.reading import (
    IN_NAMESPACE,
    OUTSIDE,
    beside,
    joined,
    mapping,
    pairs,
    row,
    sequence,
    walked,
)
from scanner.mapping.kubernetes.savers import JOB_PART
from scanner.mapping.kubernetes.storage import CLAIM, claim, made_by
from scanner.mapping.pod_security import violations
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Join, Part, Row, Table
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap

# Controllers that keep earlier revisions to go back to; ten unless they are told otherwise (API reference).
_KEEPING = frozenset(("DaemonSet", "Deployment", "Rollout", "StatefulSet"))
# The marker of an attribute that the service account decides; `connect` resolves it.
ACCOUNT_DECIDES = "its service account decides"
SCALERS = ("autoscaling/HorizontalPodAutoscaler", "keda.sh/ScaledObject")

_ELSEWHERE = Unknown("its pod template stands in another object", OUTSIDE)
_CLUSTER = Unknown("no manifest names the cluster that it is applied to", OUTSIDE)


def _row(
    controller: str, pod: str, *, replicas: str | None = None, claims: str = "", parts: tuple[Part, ...] = ()
) -> Row:
    """The row of a native kind whose pod spec stands at `pod`; `replicas` is the path of their number."""
    meta = "metadata" if pod == "spec" else f"{pod.rpartition('.')[0]}.metadata"
    attributes: dict[str, Any] = {
        "controller": Fixed(controller),
        "host_network": _flag(pod, "hostNetwork"),
        "host_pid": _flag(pod, "hostPID"),
        "host_ipc": _flag(pod, "hostIPC"),
        "host_paths": _host_paths(pod),
        "host_paths_read_only": read_only_paths(pod, MOUNTING),
        "service_account_name": _account_name(pod),
        "token_mounted": _token_mounted(pod),
        "token_seconds": _token_seconds(pod),
        "zones": _zones(pod),
        "replicated": _replicated(replicas) if replicas else NONE,
        "revisions": number("spec.revisionHistoryLimit", 10) if controller in _KEEPING else NONE,
        "data_ephemeral": data_ephemeral(pod, API, controller),
        "claims_deleted": claims_deleted(API) if claims else NONE,
        "selector": _labels(pod, meta),
        "owner": _owner,
        "addresses": _addresses,
        "pod_security": violations(pod, meta),
        "saved_volumes": _saved_volumes(pod, meta),
    }
    relations = {
        "in_namespace": IN_NAMESPACE,
        "assumes": joined(f"{pod}.serviceAccountName", ("service_account",), _account(pod)),
        "mounts": joined(f"{pod}.volumes", ("secret", "config", "volume"), _volumes(pod)),
        "runs_on": Join("kind", ("cluster",), values=lambda _: iter((_CLUSTER,))),
    }
    claimed = (Part(_CLAIM, "claim", claims, "mounts", name="metadata.name"),) if claims else ()
    agents = (component(pod), netclient(pod))
    return row("workload", attributes, relations, parts=(*containers.parts(pod), *agents, *claimed, *parts))


def _made_claim(reader: Reader) -> Value:
    """As of any claim; its name is made of the template's, the set's and the pod's number."""
    told = claim(reader)
    owner = walked(reader.resource.attributes, "metadata", "name")
    return {**told, "name": f"{told['name']}-{owner}-0"}


# A claim that a StatefulSet makes for each of its pods.
_CLAIM = Row(
    "volume",
    {**CLAIM, "selectable": _made_claim},
    {"made_by": made_by("spec")},
    name="metadata.name",
    tags="metadata.labels",
    identity=(),
)


def _pod(reader: Reader, pod: str) -> None:
    """Raises Undetermined where the object holds no pod spec of its own."""
    if reader.get(pod) is None:
        raise Undetermined(_ELSEWHERE)


def _flag(pod: str, field: str) -> Extract:
    def extract(reader: Reader) -> Value:
        _pod(reader, pod)
        return truth(reader.get(f"{pod}.{field}", False))

    return extract


def _host_paths(pod: str) -> Extract:
    def extract(reader: Reader) -> Value:
        _pod(reader, pod)
        found: list[str] = []
        for volume in reader.blocks(f"{pod}.volumes"):
            path = volume.get("hostPath.path")
            if path is not None:
                reader.mark(len(found), volume, "hostPath.path")
                found.append(str(path))
            elif "hostPath" in mapping(volume.value):
                found.append("")
        return found

    return extract


def account_of(reader: Reader, pod: str) -> str:
    """The service account of a pod; `serviceAccount` is its old name."""
    _pod(reader, pod)
    old = reader.get(f"{pod}.serviceAccount", "default") or "default"
    return str(reader.get(f"{pod}.serviceAccountName", old) or old)


def _account_name(pod: str) -> Extract:
    return lambda reader: account_of(reader, pod)


def _account(pod: str) -> Any:
    def names(reader: Reader) -> Iterator[Value]:
        yield beside(reader.resource, "/ServiceAccount", account_of(reader, pod))

    return names


def _token_mounted(pod: str) -> Extract:
    """The pod's word, else the service account's; a projected token without an audience is for the API too."""

    def extract(reader: Reader) -> Value:
        _pod(reader, pod)
        for volume in reader.blocks(f"{pod}.volumes"):
            for source in sequence(volume.get("projected.sources")):
                token = mapping(source).get("serviceAccountToken")
                if token is not None and not mapping(token).get("audience"):
                    return True
        said = reader.get(f"{pod}.automountServiceAccountToken")
        return Unknown(ACCOUNT_DECIDES, OUTSIDE) if said is None else truth(said)

    return extract


def _token_seconds(pod: str) -> Extract:
    """Of projected tokens; an hour where a source does not say (API reference, ServiceAccountTokenProjection)."""

    def extract(reader: Reader) -> Value:
        _pod(reader, pod)
        asked: list[int] = []
        for volume in reader.blocks(f"{pod}.volumes"):
            for source in volume.blocks("projected.sources"):
                for token in source.blocks("serviceAccountToken"):
                    seconds = whole(token.get("expirationSeconds", 3600))
                    asked.append(seconds if isinstance(seconds, int) else 3600)
        return max(asked, default=None)

    return extract


def _replicated(path: str) -> Extract:
    """By the fewest pods that an autoscaler keeps, where one scales it; else by the number asked for."""

    def extract(reader: Reader) -> Value:
        for type in SCALERS:
            for scaler in reader.folded(type):
                return _several(scaler.get("spec.minReplicas", scaler.get("spec.minReplicaCount", 1)))
        return _several(reader.get(path, 1))

    return extract


_ZONES = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")


def _zones(pod: str) -> Extract:
    """The zones that a node selector or a required affinity of one term holds its pods to."""

    def extract(reader: Reader) -> Value:
        _pod(reader, pod)
        chosen = mapping(reader.get(f"{pod}.nodeSelector"))
        for key in _ZONES:
            if chosen.get(key) is not None:
                reader.get(f"{pod}.nodeSelector")
                return [str(chosen[key])]
        required = f"{pod}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
        terms = list(reader.blocks(required))
        for each in terms[0].blocks("matchExpressions") if len(terms) == 1 else ():
            if each.get("key") in _ZONES and each.get("operator") == "In":
                return [str(zone) for zone in sequence(each.get("values"))]
        return []

    return extract


def _several(count: Value) -> bool:
    count = whole(count)
    if not isinstance(count, (int, float)):
        raise Undetermined(Unknown("the number of replicas is no number", Cause.UNSUPPORTED))
    return count > 1


def _labels(pod: str, meta: str) -> Extract:
    def extract(reader: Reader) -> Value:
        _pod(reader, pod)
        return [pairs(reader.get(f"{meta}.labels"))]

    return extract


def _owner(reader: Reader) -> Value:
    """The first owner; a machine owns its static pods, which makes them no workload of its."""
    for owner in reader.blocks("metadata.ownerReferences"):
        if owner.get("kind") != "Node" and owner.get("name") is not None:
            return f"{owner.get('kind', '')}/{owner.get('name')}"
    return None


def _addresses(reader: Reader) -> Value:
    """What a pod that was read from a cluster carries."""
    if reader.resource.type != "/Pod":
        return []
    listed = [str(each.get("ip")) for each in reader.blocks("status.podIPs") if each.has("ip")]
    single = reader.get("status.podIP")
    return listed or ([str(single)] if single else [])


def _saved_volumes(pod: str, meta: str) -> Extract:
    """The claims among a pod's volumes, with the word of Velero's annotations: in, out or neither."""

    def extract(reader: Reader) -> Value:
        _pod(reader, pod)
        notes = mapping(reader.get(f"{meta}.annotations"))
        told = {key: str(notes.get(f"backup.velero.io/backup-volumes{end}") or "").split(",")
                for key, end in (("in", ""), ("out", "-excludes"))}  # fmt: skip
        found: list[Value] = []
        named = [(str(each.get("name")), each.get("persistentVolumeClaim.claimName"))
                 for each in reader.blocks(f"{pod}.volumes")]  # fmt: skip
        made = [(str(each.get("metadata.name")), each.get("metadata.name"))
                for each in reader.blocks("spec.volumeClaimTemplates")]  # fmt: skip
        for name, claimed in (*named, *made):
            if claimed is not None:
                word = "out" if name in told["out"] else "in" if name in told["in"] else ""
                found.append({"claim": str(claimed), "file": word})
        return found

    return extract


def _volumes(pod: str) -> Any:
    """The identities of the claims, secrets and configuration that a pod's volumes name."""

    def names(reader: Reader) -> Iterator[Value]:
        resource = reader.resource
        for volume in sequence(reader.get(f"{pod}.volumes")):
            for type, steps in _SOURCES:
                name = walked(volume, *steps)
                if isinstance(name, str) and name:
                    yield beside(resource, type, name)
            for source in sequence(walked(volume, "projected", "sources")):
                for type, field in (("/Secret", "secret"), ("/ConfigMap", "configMap")):
                    name = unwrap(walked(source, field, "name"))
                    if isinstance(name, str) and name:
                        yield beside(resource, type, name)

    return names


_SOURCES = (
    ("/PersistentVolumeClaim", ("persistentVolumeClaim", "claimName")),
    ("/Secret", ("secret", "secretName")),
    ("/ConfigMap", ("configMap", "name")),
)
_TEMPLATE = "spec.template.spec"
_COUNT = "spec.replicas"

TABLE: Table = {
    "/Pod": _row("Pod", "spec"),
    "/ReplicationController": _row("ReplicationController", _TEMPLATE, replicas=_COUNT),
    "apps/Deployment": _row("Deployment", _TEMPLATE, replicas=_COUNT),
    "apps/StatefulSet": _row("StatefulSet", _TEMPLATE, replicas=_COUNT, claims="spec.volumeClaimTemplates"),
    "apps/ReplicaSet": _row("ReplicaSet", _TEMPLATE, replicas=_COUNT),
    "apps/DaemonSet": _row("DaemonSet", _TEMPLATE),
    "extensions/Deployment": _row("Deployment", _TEMPLATE, replicas=_COUNT),
    "extensions/DaemonSet": _row("DaemonSet", _TEMPLATE),
    "extensions/ReplicaSet": _row("ReplicaSet", _TEMPLATE, replicas=_COUNT),
    "batch/Job": _row("Job", _TEMPLATE),
    "batch/CronJob": _row("CronJob", "spec.jobTemplate.spec.template.spec", parts=(JOB_PART,)),
    "argoproj.io/Rollout": _row("Rollout", _TEMPLATE, replicas=_COUNT),
    "apps.openshift.io/DeploymentConfig": _row("DeploymentConfig", _TEMPLATE, replicas=_COUNT),
    "serving.knative.dev/Service": _row("Service", _TEMPLATE),
}
