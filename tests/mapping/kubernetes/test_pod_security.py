"""Pod Security of what no file of the labelled corpus sets (source: the Pod Security Standards page)."""

from __future__ import annotations

import pytest

from scanner.model.pod_security import forbidden_in, minor
from tests.mapping.kubernetes.cluster import graph_of

SAFE = (
    "allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: {drop: [ALL]}, "
    "seccompProfile: {type: RuntimeDefault}"
)
PLAIN = f"containers: [{{name: c, image: i, securityContext: {{{SAFE}}}}}]"
DEBUG = f"{{name: d, image: i, securityContext: {{privileged: true, {SAFE.replace('false', 'true', 1)}}}}}"
HOOKS = "startupProbe: {tcpSocket: {host: h, port: 1}}, lifecycle: {preStop: {httpGet: {host: h, port: 1}}}"
PROBED = PLAIN.replace("image: i", f"image: i, {HOOKS}")
ENGINE = PLAIN.replace("runAsNonRoot", "seLinuxOptions: {type: container_engine_t}, runAsNonRoot")
ROOT = "hostUsers: false, " + PLAIN.replace("runAsNonRoot: true", "runAsUser: 0")


def broken(spec: str, version: str = "1.37") -> set[tuple[object, object]]:
    """(control, container) of every violation of a pod in a version of Kubernetes."""
    graph = graph_of(f"{{apiVersion: v1, kind: Pod, metadata: {{name: x}}, spec: {{{spec}}}}}\n")
    (index,) = graph.nodes("workload")
    listed = graph.peek(index, "pod_security")
    assert isinstance(listed, list)
    return {(each["control"], each["container"]) for each in listed if forbidden_in(each, version)}


@pytest.mark.parametrize(
    ("spec", "version", "expected"),
    [
        (PLAIN, "1.37", set()),
        (
            f"{PLAIN}, ephemeralContainers: [{DEBUG}]",
            "1.37",
            {("privileged", "d"), ("allowPrivilegeEscalation", "d")},
        ),
        (
            f"{PLAIN}, securityContext: {{appArmorProfile: {{type: Unconfined}}}}",
            "1.37",
            {("appArmorProfile", None)},
        ),
        (PROBED, "1.34", {("hostProbesAndHostLifecycle", "c")}),
        (PROBED, "1.33", set()),
        (f"{PLAIN}, volumes: [{{name: v, image: {{reference: r}}}}]", "1.37", set()),
        (f"{PLAIN}, volumes: [{{name: v, csi: {{driver: d}}}}, {{name: w}}]", "1.37", set()),
        (f"{PLAIN}, volumes: [{{name: v, gitRepo: {{}}}}]", "1.37", {("restrictedVolumes", None)}),
        (ENGINE, "1.31", set()),
        (ENGINE, "1.30", {("seLinuxOptions", "c")}),
        (ROOT, "1.35", set()),
        (ROOT, "1.34", {("runAsNonRoot", "c"), ("runAsUser", "c")}),
    ],
)
def test_controls(spec: str, version: str, expected: set[tuple[str, str | None]]) -> None:
    assert broken(spec, version) == expected


def test_versions() -> None:
    assert [minor(each) for each in ("1.9", "1.31", "v1.31.4", "1.30.2-eks-1")] == [9, 31, 31, 30]
    with pytest.raises(ValueError, match="not a version of Kubernetes"):
        minor("2.0")
