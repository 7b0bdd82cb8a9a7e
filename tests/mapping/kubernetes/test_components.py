"""Programs of a control plane and their flags, as kubeadm and others write them.

Sources: static pod manifests of kubeadm (one flag per word), kops and kubespray (a shell with one line).
"""

from __future__ import annotations

import pytest

from tests.mapping.kubernetes.cluster import graph_of


def components(command: str) -> list[tuple[object, dict[str, object]]]:
    graph = graph_of(
        "{apiVersion: v1, kind: Pod, metadata: {name: x, namespace: kube-system}, "
        f"spec: {{containers: [{{name: c, image: i, {command}}}]}}}}\n"
    )
    return [
        (graph.peek(each, "program"), {flag["name"]: flag["value"] for flag in graph.peek(each, "flags")})
        for each in graph.nodes("component")
    ]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("command: [kube-apiserver, --anonymous-auth=false, --v=2]", {"anonymous-auth": "false", "v": "2"}),
        (
            "command: [/usr/local/bin/kube-apiserver], args: [--v, '2', --profiling]",
            {"v": "2", "profiling": "true"},
        ),
        (
            "command: [/bin/sh, -c, 'exec kube-apiserver --v=2 --profiling=false']",
            {"v": "2", "profiling": "false"},
        ),
    ],
)
def test_flags_in_every_form(command: str, expected: dict[str, str]) -> None:
    assert components(command) == [("kube-apiserver", expected)]


@pytest.mark.parametrize("command", ["image: kube-apiserver", "command: [sleep, '1', kube-apiserver-etcd]"])
def test_other_programs_are_none(command: str) -> None:
    assert components(command.replace("image: kube-apiserver", "args: [serve]")) == []
