"""Whether a pod keeps a store's data on storage that is lost with the pod, as the API and Terraform write pods.

Sources: Kubernetes documentation, "Volumes" (emptyDir), "Ephemeral Volumes" (a generic ephemeral volume's claim is
owned by the pod and deleted with it); the images' own documentation for their data directories.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scanner.mapping.reader import Extract, Reader
from scanner.model.logic import some
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap

# Where well-known stores keep their data, by a word of the image's name ("" for any image).
_DATA = (
    ("", re.compile(r"/var/lib/(?:postgresql|pgsql|mysql|mariadb|mongodb|redis|cassandra|scylla|rabbitmq|etcd"
                    r"|kafka|zookeeper|influxdb2?|couchdb|neo4j|clickhouse|cockroach|elasticsearch|opensearch)(?:/|$)")),
    ("", re.compile(r"/bitnami/(?:postgresql|mysql|mariadb|mongodb|redis|cassandra|kafka|rabbitmq|etcd)(?:/|$)")),
    ("", re.compile(r"/(?:usr/share/(?:elasticsearch|opensearch)/data|cockroach/cockroach-data|pgdata)(?:/|$)")),
    ("redis|valkey|minio|mongo|neo4j|dragonfly|keydb|dgraph|rethinkdb|registry", re.compile(r"/data(?:/|$)")),
    ("mongo", re.compile(r"/data/db(?:/|$)")),
)  # fmt: skip
# Databases that are no cache: without any volume at one of these places their data lies in the container itself.
_DATABASE = re.compile(r"(?:postgres|postgresql|mysql|mariadb|mongo|mongodb)")
_ROOTS = ("/var/lib/postgresql", "/var/lib/pgsql", "/var/lib/mysql", "/data", "/bitnami", "/pgdata")
_ELSEWHERE = frozenset(("PGDATA", "MYSQL_DATADIR", "MARIADB_DATA_DIR"))
_RUNNING = frozenset(("Deployment", "StatefulSet"))


class Names(NamedTuple):
    """What the parts of a pod are called."""

    volumes: str
    containers: str
    mounts: str
    path: str
    claims: str
    kept: tuple[str, str]


_KEPT = "spec.persistentVolumeClaimRetentionPolicy"
_HELD = "spec.persistent_volume_claim_retention_policy"
API = Names("volumes", "containers", "volumeMounts", "mountPath", "spec.volumeClaimTemplates",
            (f"{_KEPT}.whenDeleted", f"{_KEPT}.whenScaled"))  # fmt: skip
TERRAFORM = Names("volume", "container", "volume_mount", "mount_path", "spec.volume_claim_template",
                  (f"{_HELD}.when_deleted", f"{_HELD}.when_scaled"))  # fmt: skip


def claims_deleted(names: Names) -> Extract:
    """Whether the claims that a set makes are deleted with it or with a pod that it takes away: kept unless told
    otherwise (API reference, StatefulSetPersistentVolumeClaimRetentionPolicy). Null where it makes none."""

    def extract(reader: Reader) -> Value:
        if not reader.has(names.claims):
            return None
        return some(names.kept, lambda when: reader.get(when, "Retain") == "Delete")

    return extract


def data_ephemeral(pod: str, names: Names, controller: str) -> Extract:
    """Whether a container keeps a store's data on a volume that goes with its pod, or on none."""

    def extract(reader: Reader) -> Value:
        if reader.get(pod) is None:
            raise Undetermined(Unknown("its pod template stands in another object", Cause.OUTSIDE_SCAN))
        gone = {str(each.get("name")) for each in reader.blocks(f"{pod}.{names.volumes}") if _goes(each, names)}
        for container in reader.blocks(f"{pod}.{names.containers}"):
            image = str(container.get("image", "")).partition("@")[0]
            mounts = list(container.blocks(names.mounts))
            for mount in mounts:
                if str(mount.get("name")) in gone and holds_data(image, str(mount.get(names.path, ""))):
                    return True
            if controller in _RUNNING and _unmounted(container, image, mounts, names):
                container.get("image")  # shown there
                return True
        return False

    return extract


def _goes(volume: Reader, names: Names) -> bool:
    """Whether a volume is deleted with its pod; one without a source is an emptyDir (API default)."""
    held = unwrap(volume.value)
    if isinstance(held, Unknown):
        raise Undetermined(held)
    said = held if isinstance(held, dict) else {}
    if names is API:
        return "emptyDir" in said or "ephemeral" in said or set(said) <= {"name"}
    return volume.block("empty_dir") is not None or volume.block("ephemeral") is not None


def holds_data(image: str, path: str) -> bool:
    """Whether a store of this image keeps its data at a path."""
    name = image.rpartition("/")[2]
    return any(place.match(path) and (not words or re.search(words, name)) for words, place in _DATA)


def _unmounted(container: Reader, image: str, mounts: list[Reader], names: Names) -> bool:
    """Whether a database runs as its image starts it, with no volume where it keeps its data."""
    if not _DATABASE.fullmatch(image.rpartition("/")[2].partition(":")[0]):
        return False
    if container.has("command") or container.has("args") or _ELSEWHERE.intersection(_variables(container)):
        return False
    return not any(_covers(str(mount.get(names.path, ""))) for mount in mounts)


def _variables(container: Reader) -> Iterator[str]:
    return (str(each.get("name")) for each in container.blocks("env"))


def _covers(path: str) -> bool:
    at = path.rstrip("/") + "/"
    return any(at.startswith(f"{root}/") or f"{root}/".startswith(at) for root in _ROOTS)
