"""What limit ranges give to containers that ask for nothing.

Expected values: Kubernetes documentation, "Limit Ranges" and "Configure Default Memory Requests and Limits for a
Namespace"; SetDefaults_LimitRangeItem of pkg/apis/core/v1/defaults.go.
"""

import pytest

from scanner.model.value import Unknown
from tests.mapping.kubernetes.cluster import graph_of


def pod(resources: str = "{}", namespace: str = "shop") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return (
        f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: api{where}}}\n"
        f"spec: {{containers: [{{name: c, image: i, resources: {resources}}}]}}\n"
    )


def limit_range(items: str, namespace: str = "shop") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return f"---\napiVersion: v1\nkind: LimitRange\nmetadata: {{name: l{where}}}\nspec: {{limits: [{items}]}}\n"


def asked(*manifests: str):
    graph = graph_of("".join(manifests))
    (container,) = graph.nodes("container")
    return graph.peek(container, "memory_limited"), graph.peek(container, "requests_set")


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("{type: Container, default: {memory: 512Mi}, defaultRequest: {cpu: 100m}}", (True, True)),
        ("{type: Container, default: {memory: 512Mi, cpu: 1}}", (True, True)),
        ("{type: Container, max: {memory: 1Gi, cpu: 1}}", (True, True)),
        ("{type: Container, min: {memory: 1Mi, cpu: 10m}}", (False, True)),
        ("{type: Container, defaultRequest: {memory: 1Mi}}", (False, False)),
        ("{type: Container, default: {cpu: 1}}", (False, False)),
        ("{type: Pod, max: {memory: 1Gi, cpu: 1}}", (False, False)),
    ],
)
def test_what_a_limit_range_fills_in(items: str, expected: tuple[bool, bool]) -> None:
    assert asked(limit_range(items), pod()) == expected


def test_what_a_container_asks_for_stays() -> None:
    memory = "{type: Container, default: {memory: 512Mi}}"
    assert asked(limit_range(memory), pod("{limits: {memory: 1Gi}}")) == (True, False)
    assert asked(limit_range(memory), pod("{requests: {cpu: 100m}}")) == (True, True)


def test_a_limit_range_is_of_its_namespace() -> None:
    items = "{type: Container, default: {memory: 512Mi, cpu: 1}}"
    assert asked(limit_range(items, "billing"), pod()) == (False, False)
    memory, requests = asked(limit_range(items, ""), pod())
    assert isinstance(memory, Unknown)
    assert isinstance(requests, Unknown)
    assert asked(limit_range(items, ""), pod(namespace="")) == (True, True)
