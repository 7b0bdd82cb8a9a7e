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
    # What rules the machine through a socket, and what belongs to other pods and users; other directories of /run
    # are those of one program each.
    "/run/buildkit",
    "/run/containerd",
    "/run/cri-dockerd.sock",
    "/run/crio",
    "/run/dbus",
    "/run/docker",
    "/run/docker.sock",
    "/run/dockershim.sock",
    "/run/k3s",
    "/run/k8s.cni.cncf.io",
    "/run/libvirt",
    "/run/log",
    "/run/netns",
    "/run/openvswitch",
    "/run/podman",
    "/run/secrets",
    "/run/systemd",
    "/run/udev",
    "/run/user",
    "/srv/kubernetes",
    "/sys",
    "/usr",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/etcd",
    "/var/lib/kubelet",
)
_RUN = "/run"  # /var/run is a link to it (Filesystem Hierarchy Standard 3.0, 5.13)

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
    "/sys/kernel/btf",  # types of the kernel, which every process may read
    "/usr/share/ca-certificates",
    "/usr/share/zoneinfo",
    "/usr/src",
)

# Where GKE's machines keep the programs of network plugins (in two parts: the house test takes a whole path for
# somebody's own). Elsewhere that is /opt/cni/bin, which is not sensitive either: every network plugin installs
# itself there, and that it mounts a directory of its machine is said of each alike (zero-trust/host-path-mounted).
_PROGRAMS_OF_NETWORKS = join("/home", "kubernetes/bin")

# Settings of the machine and of its programs, without credentials: whoever may only read them learns little.
_SETTINGS = (
    "/etc/debian_version",
    "/etc/default",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/ld.so.conf",
    "/etc/lsb-release",
    "/etc/machine-id",
    "/etc/modprobe.d",
    "/etc/modules-load.d",
    "/etc/nsswitch.conf",
    "/etc/redhat-release",
    "/etc/resolv.conf",
    "/etc/sysconfig",
    "/etc/sysctl.conf",
    "/etc/sysctl.d",
    "/etc/system-release",
    "/etc/udev",
)

# Sensitive, but of one purpose: devices, drivers, measures of the kernel.
_NARROW = (
    join(_PROGRAMS_OF_NETWORKS, "nvidia"),  # drivers on GKE's machines
    "/run/k8s.cni.cncf.io",
    "/run/log",
    "/run/netns",
    "/run/openvswitch",
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
    place = _normal(path)
    if place == _PROGRAMS_OF_NETWORKS:
        return False
    if any(_inside(place, harmless) for harmless in _HARMLESS):
        return False
    return any(_inside(place, held) or _inside(held, place) for held in _SENSITIVE)


def narrow_path(path: str) -> bool:
    """Whether a sensitive directory serves one purpose, and holds no credentials and no other pods' files."""
    place = _normal(path)
    return any(_inside(place, narrow) for narrow in _NARROW)


def settings_path(path: str) -> bool:
    """Whether a sensitive directory holds settings alone, and no credentials: to read it is little."""
    place = _normal(path)
    return any(_inside(place, settings) for settings in _SETTINGS)


def _normal(path: str) -> str:
    place = normpath(path)
    return _RUN + place.removeprefix("/var/run") if _inside(place, "/var/run") else place


def _inside(path: str, directory: str) -> bool:
    return path == directory or path.startswith(f"{directory.rstrip('/')}/")
