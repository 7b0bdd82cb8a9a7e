"""Whether network plugins encrypt: the settings that Cilium and Calico document, off unless switched on."""

import pytest

from tests.mapping.kubernetes.cluster import graph_of

CILIUM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, namespace: kube-system}\ndata: {%s}\n"
FELIX = "apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec: {%s}\n"


def encrypted(text: str) -> list[object]:
    graph = graph_of(text)
    return [graph.peek(index, "encrypted") for index in graph.nodes("network_plugin")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Cilium, "Transparent encryption": by IPsec or WireGuard
        (CILIUM % ("cilium-config", ""), [False]),
        (CILIUM % ("cilium-config", 'enable-wireguard: "true"'), [True]),
        (CILIUM % ("cilium-config", 'enable-ipsec: "true"'), [True]),
        (CILIUM % ("cilium-config", 'enable-wireguard: "false"'), [False]),
        (CILIUM % ("shop", ""), []),
        # Calico, "Encrypt in-cluster pod traffic"
        (FELIX % "", [False]),
        (FELIX % "wireguardEnabled: true", [True]),
    ],
)
def test_a_plugin_encrypts_where_it_is_told_to(text: str, expected: list[object]) -> None:
    assert encrypted(text) == expected


def test_machines_and_autoscalers_say_their_numbers() -> None:
    """Kubernetes API: HorizontalPodAutoscalerSpec.minReplicas is 1 by default; NodeSystemInfo."""
    graph = graph_of(
        "apiVersion: v1\nkind: Node\nmetadata: {name: worker}\n"
        "status:\n  nodeInfo:\n    kubeletVersion: v1.36.1\n",
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h, namespace: a}\n"
        "spec: {maxReplicas: 4, scaleTargetRef: {kind: Deployment, name: d}}\n",
    )
    (machine,), (scaler,) = graph.nodes("machine"), graph.nodes("autoscaler")
    assert graph.peek(machine, "agent_version") == "v1.36.1"
    assert (graph.peek(scaler, "minimum"), graph.peek(scaler, "maximum")) == (1, 4)


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("nginx.ingress.kubernetes.io/configuration-snippet", True),
        ("nginx.ingress.kubernetes.io/auth-snippet", True),
        ("nginx.org/server-snippets", True),
        ("nginx.ingress.kubernetes.io/rewrite-target", False),
    ],
)
def test_snippets_are_known_by_their_names(annotation: str, *, expected: bool) -> None:
    """Ingress-NGINX, "Annotations"; NGINX Ingress Controller, "Snippets"."""
    graph = graph_of(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\n"
        f'metadata: {{name: i, namespace: a, annotations: {{"{annotation}": "x"}}}}\n'
        "spec: {defaultBackend: {service: {name: s, port: {number: 80}}}}\n"
    )
    (index,) = graph.nodes("ingress")
    assert (graph.peek(index, "snippets") == [annotation]) is expected
