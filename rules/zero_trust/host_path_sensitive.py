"""Workload that mounts sensitive directories of its machine."""

from collections.abc import Iterator
from posixpath import normpath

from scanner.rule import Match, Node, Severity, Undetermined, rule

# Holding one of these, or a directory above it, means holding the machine or every pod on it.
SENSITIVE = (
    "/boot",
    "/etc",
    "/home",
    "/lib",
    "/proc",
    "/root",
    "/run",
    "/srv/kubernetes",
    "/sys",
    "/usr",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/etcd",
    "/var/lib/kubelet",
    "/var/run",
)

# Below a sensitive directory, but without a way to power.
HARMLESS = (
    "/etc/group",
    "/etc/localtime",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/pki/ca-trust",
    "/etc/ssl/certs",
    "/etc/timezone",
    "/lib/modules",
    "/usr/share/ca-certificates",
    "/usr/share/zoneinfo",
)


@rule(
    severity=Severity.HIGH,
    selects="workload",
    message="{node} mounts {paths} of its machine",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "CM-7", "SC-39"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["K8S-PSS"],
        "checkov": ["CKV_K8S_27"],
        "trivy": ["KSV-0006"],
        "kubescape": ["C-0045", "C-0074"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """The socket of a container runtime starts any container; configuration and credentials below these
    directories belong to the machine and to the other pods.

    ## Remedy
    Remove the volume. Build images without a runtime socket, read logs and metrics through the kubelet's API,
    and use a CSI driver for storage.
    """
    pending: Undetermined | None = None
    found: dict[str, int] = {}
    for position, path in enumerate(workload["host_paths"] or ()):
        try:
            if is_sensitive(path):
                found.setdefault(str(path), position)
        except Undetermined as undetermined:
            pending = undetermined
    if found:
        first, *others = found.values()
        related = [workload.at(f"host_paths[{each}]", "and here") for each in others]
        named = ", ".join(sorted(found))
        yield Match(workload, at=f"host_paths[{first}]", related=related, values={"paths": named})
    elif pending is not None:
        raise pending


def is_sensitive(path: str) -> bool:
    """Whether a directory is, holds or lies in a sensitive one."""
    if path == "":
        return False
    place = normpath(path)
    if any(inside(place, harmless) for harmless in HARMLESS):
        return False
    return any(inside(place, held) or inside(held, place) for held in SENSITIVE)


def inside(path: str, directory: str) -> bool:
    return path == directory or path.startswith(f"{directory.rstrip('/')}/")
