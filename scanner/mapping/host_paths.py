"""Which directories of its machine a pod can only read, as the API and Terraform write pods.

Source: Kubernetes API reference, Volume v1 core (hostPath) and VolumeMount v1 core (readOnly, false unless said).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.mapping.reader import Extract, Reader
from scanner.model.value import Value


class Mounting(NamedTuple):
    """What the parts of a pod are called that mount directories of the machine; `path` is a volume's."""

    volumes: str
    path: str
    containers: tuple[str, ...]
    mounts: str
    read_only: str


API = Mounting("volumes", "hostPath.path", ("initContainers", "containers"), "volumeMounts", "readOnly")
TERRAFORM = Mounting("volume", "host_path.path", ("init_container", "container"), "volume_mount", "read_only")


def read_only_paths(pod: str, names: Mounting) -> Extract:
    """The directories of the machine that each of its mounts lets the pod read only."""

    def extract(reader: Reader) -> Value:
        held = {
            str(volume.get("name")): str(path)
            for volume in reader.blocks(f"{pod}.{names.volumes}")
            if (path := volume.get(names.path)) is not None
        }
        written = {held.get(name) for name in _written(reader, pod, names)} if held else set()
        return sorted(set(held.values()) - written)

    return extract


def _written(reader: Reader, pod: str, names: Mounting) -> Iterator[str]:
    """The volumes that some container may write to."""
    for role in names.containers:
        for container in reader.blocks(f"{pod}.{role}"):
            for mount in container.blocks(names.mounts):
                if str(mount.get(names.read_only, False)).lower() != "true":
                    yield str(mount.get("name"))
