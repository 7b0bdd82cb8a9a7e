"""Workload that mounts sensitive directories of its machine."""

from collections.abc import Iterator

from scanner.rule import (
    Match,
    Node,
    Severity,
    Undetermined,
    certain,
    narrow_path,
    rule,
    sensitive_path,
    settings_path,
)


@rule(
    severity=Severity.HIGH,
    selects="workload",
    message="{node} mounts {paths} of its machine",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "CM-7", "SC-39"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["baseline/hostPathVolumes"],
        "catalogue": ["K8S-PSS"],
        "checkov": ["CKV_K8S_27"],
        "trivy": ["KSV-0006"],
        "kubescape": ["C-0045", "C-0074"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """The socket of a container runtime starts any container; configuration and credentials below these
    directories belong to the machine and to the other pods. What serves devices and drivers alone weighs
    less, and so do settings of the machine that the workload can only read.

    ## Remedy
    Remove the volume. Build images without a runtime socket, read logs and metrics through the kubelet's API,
    and use a CSI driver for storage.
    """
    pending: Undetermined | None = None
    found: dict[str, int] = {}
    for position, path in enumerate(workload["host_paths"] or ()):
        try:
            if sensitive_path(path):
                found.setdefault(str(path), position)
        except Undetermined as undetermined:
            pending = undetermined
    if found:
        first, *others = found.values()
        related = [workload.at(f"host_paths[{each}]", "and here") for each in others]
        named = ", ".join(sorted(found))
        severity = Severity.MEDIUM if all(weighs_less(workload, path) for path in found) else None
        yield Match(
            workload, at=f"host_paths[{first}]", related=related, values={"paths": named}, severity=severity
        )
    elif pending is not None:
        raise pending


def weighs_less(workload: Node, path: str) -> bool:
    """Whether a directory serves one purpose, or holds settings that the workload is known only to read."""
    if narrow_path(path):
        return True
    return settings_path(path) and certain(lambda: path in workload["host_paths_read_only"])
