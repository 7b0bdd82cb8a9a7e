"""Manifests against a cluster that left them in every way, each at least three times, and who did it.

managedFields are as Kubernetes documents them ("Server-Side Apply", FieldsV1); that a real API server writes them
so is held by `test_real_cluster_drift`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.audit import fields, managers
from scanner.audit.managers import entries
from tests.audit.api_server import ApiServer
from tests.cli.running import process


def deployment(name: str, space: str = "shop", replicas: int = 2, **container: Any) -> dict[str, Any]:
    """A sound workload; `container` adds to its container."""
    image = {"name": "app", "image": "registry.example.com/app@sha256:" + "0" * 64, **container}
    pod = {"automountServiceAccountToken": False, "containers": [image]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": space},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod},
        },
    }


SOUND = {"securityContext": {"allowPrivilegeEscalation": False, "privileged": False}}
OPEN = {"securityContext": {"allowPrivilegeEscalation": True, "privileged": True}}
LIMITED = {"resources": {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"memory": "1024Mi"}}}


def plain(kind: str, name: str, space: str = "shop", version: str = "v1", **more: Any) -> dict[str, Any]:
    about = {"name": name, **({"namespace": space} if space else {})}
    return {"apiVersion": version, "kind": kind, "metadata": about, **more}


CODE = [
    plain("Namespace", "shop", ""),
    *(deployment(name, **SOUND) for name in ("weak-edit", "weak-patch", "weak-set")),
    *(deployment(name, **OPEN) for name in ("strong-edit", "strong-patch", "strong-apply")),
    *(deployment(name, **SOUND) for name in ("scaled-hpa", "scaled-keda", "sized-vpa")),
    deployment("kept", **SOUND, **LIMITED),
    *(plain("ConfigMap", name, data={"a": "1"}) for name in ("gone-1", "gone-2", "gone-3")),
    *(plain("Secret", name, data={"a": "MQ=="}) for name in ("secret-1", "secret-2", "secret-3")),
]

# A field set: the path of the fields below `f:spec`, `[app]` an element of the containers.
POD = ("f:template", "f:spec")
APP = (*POD, "f:containers", 'k:{"name":"app"}')


def owned(*path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for step in reversed(("f:spec", *path)):
        found = {step: found}
    return found


def managed(
    manager: str, held: dict[str, Any], operation: str = "Update", subresource: str | None = None
) -> dict[str, Any]:
    told = {"manager": manager, "operation": operation, "apiVersion": "apps/v1", "time": "2026-11-20T10:00:00Z",
            "fieldsType": "FieldsV1", "fieldsV1": held}  # fmt: skip
    return {**told, **({"subresource": subresource} if subresource else {})}


def live() -> Iterator[dict[str, Any]]:
    """The objects as people, autoscalers and other tools left them."""
    objects = {each["metadata"]["name"]: copy.deepcopy(each) for each in CODE}
    for name in ("gone-1", "gone-2", "gone-3", "secret-1", "secret-2", "secret-3"):
        del objects[name]

    def pod(name: str) -> Any:
        return objects[name]["spec"]["template"]["spec"]

    def by(name: str, *told: dict[str, Any]) -> None:
        objects[name]["metadata"]["managedFields"] = list(told)

    pod("weak-edit")["hostNetwork"] = True
    by("weak-edit", managed("kubectl-edit", owned(*POD, "f:hostNetwork")))
    pod("weak-patch")["containers"][0]["securityContext"]["privileged"] = True
    by("weak-patch", managed("kubectl-patch", owned(*APP, "f:securityContext", "f:privileged")))
    pod("weak-set")["containers"].append(
        {"name": "debug", "image": "busybox:latest", "securityContext": {"privileged": True}}
    )
    by("weak-set", managed("Mozilla", owned(*POD, "f:containers", 'k:{"name":"debug"}', "f:image")))
    for name, manager in (("strong-edit", "kubectl-edit"), ("strong-patch", "kubectl-patch")):
        pod(name)["containers"][0]["securityContext"] = SOUND["securityContext"]
        by(name, managed(manager, owned(*APP, "f:securityContext")))
    pod("strong-apply")["containers"][0]["securityContext"]["privileged"] = False
    objects["scaled-hpa"]["spec"]["replicas"] = 7
    by("scaled-hpa", managed("kube-controller-manager", owned("f:replicas"), subresource="scale"))
    objects["scaled-keda"]["spec"]["replicas"] = 0
    by("scaled-keda", managed("keda-operator", owned("f:replicas"), subresource="scale"))
    objects["sized-vpa"]["spec"]["replicas"] = 3
    by("sized-vpa", managed("vpa-recommender", owned("f:replicas")))
    # what an API server makes of it: other words for the same quantities, defaults, no empty values
    kept = pod("kept")
    kept["containers"][0]["resources"]["limits"]["memory"] = "1Gi"
    kept["containers"][0].update(imagePullPolicy="IfNotPresent", terminationMessagePath="/dev/termination-log")
    kept.update(dnsPolicy="ClusterFirst", restartPolicy="Always", securityContext={})
    by("kept", managed("kubectl-client-side-apply", owned(*POD, "f:dnsPolicy")))
    yield from objects.values()
    for number in range(3):
        yield plain("ConfigMap", f"by-hand-{number}", data={"a": "1"})
    yield plain("ConfigMap", "of-helm") | {"metadata": {
        "name": "of-helm", "namespace": "shop", "annotations": {"meta.helm.sh/release-name": "web"}}}  # fmt: skip
    yield plain("ConfigMap", "of-argo") | {"metadata": {
        "name": "of-argo", "namespace": "shop",
        "annotations": {"argocd.argoproj.io/tracking-id": "web:/ConfigMap:shop/of-argo"}}}  # fmt: skip
    yield plain("ConfigMap", "of-flux") | {"metadata": {
        "name": "of-flux", "namespace": "shop",
        "labels": {"kustomize.toolkit.fluxcd.io/name": "web"}}}  # fmt: skip
    for number in range(3):
        maker = {
            "kind": "Certificate",
            "name": f"c{number}",
            "controller": True,
            "apiVersion": "cert-manager.io/v1",
        }
        yield plain("ConfigMap", f"made-{number}") | {"metadata": {
            "name": f"made-{number}", "namespace": "shop", "ownerReferences": [maker]}}  # fmt: skip
    yield plain("Namespace", "kube-system", "")
    yield plain("ServiceAccount", "default")
    yield plain("ConfigMap", "kube-root-ca.crt")


# (class, owner, by or the worst direction, name)
EXPECTED = {
    ("changed", "", "weaker", "weak-edit"),
    ("changed", "", "weaker", "weak-patch"),
    ("changed", "", "weaker", "weak-set"),
    ("changed", "", "stronger", "strong-edit"),
    ("changed", "", "stronger", "strong-patch"),
    ("changed", "", "stronger", "strong-apply"),
    ("changed", "controller", "kube-controller-manager", "scaled-hpa"),
    ("changed", "controller", "keda-operator", "scaled-keda"),
    ("changed", "controller", "vpa-recommender", "sized-vpa"),
    *(("missing", "", "", f"gone-{number}") for number in (1, 2, 3)),
    *(("unknown", "", "", f"secret-{number}") for number in (1, 2, 3)),
    *(("unmanaged", "nobody", "", f"by-hand-{number}") for number in range(3)),
    *(("unmanaged", "controller", f"Certificate c{number}", f"made-{number}") for number in range(3)),
    ("unmanaged", "other state", "Helm release web", "of-helm"),
    ("unmanaged", "other state", "Argo CD web", "of-argo"),
    ("unmanaged", "other state", "Flux web", "of-flux"),
    ("unmanaged", "provider default", "", "kube-system"),
    ("unmanaged", "provider default", "", "default"),
    ("unmanaged", "provider default", "", "kube-root-ca.crt"),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.yaml").write_text(yaml.safe_dump_all(CODE, sort_keys=False))
    return tmp_path


@pytest.fixture
def server(tree: Path) -> Iterator[ApiServer]:
    served = ApiServer(live(), page=5)
    (tree / "config").write_text(served.kubeconfig())
    yield served
    served.close()


def drift(tree: Path, *options: str) -> tuple[int, dict[str, Any]]:
    where = options or ("--kubeconfig", str(tree / "config"), "--context", "test")
    ran = process("drift", str(tree / "code"), *where, "--format", "json", cwd=tree)
    assert ran.out, ran.err
    return ran.code, json.loads(ran.out)


def told(document: dict[str, Any]) -> set[tuple[str, str, str, str]]:
    return {
        (
            each["class"],
            each["owner"] or "",
            each["by"] or each["direction"] or "",
            each["node"].rpartition("/")[2],
        )
        for each in document["drift"]
    }


def test_drift_of_a_cluster_is_exactly_as_seeded(server: ApiServer, tree: Path) -> None:
    code, document = drift(tree)
    assert code == 1
    assert told(document) == EXPECTED
    assert document["summary"]["managed"] == 2  # the namespace and `kept`
    assert server.methods == {"GET"}


def test_every_change_says_where_it_is_written_and_who_changed_it(server: ApiServer, tree: Path) -> None:
    _, document = drift(tree)
    changes = {
        each["node"].rpartition("/")[2]: each["changes"]
        for each in document["drift"]
        if each["class"] == "changed"
    }
    (edited,) = changes["weak-edit"]
    assert edited["attribute"] == "spec.template.spec.hostNetwork"
    assert (edited["code"], edited["live"]) == (None, True)
    assert edited["manager"] == {
        "name": "kubectl-edit", "operation": "Update", "at": "2026-11-20T10:00:00Z", "what": "person"}  # fmt: skip
    assert "zero-trust/host-namespace" in edited["rules"]
    assert edited["location"] is None  # it is written nowhere
    (patched,) = changes["weak-patch"]
    assert patched["attribute"] == "spec.template.spec.containers[app].securityContext.privileged"
    assert patched["manager"]["name"] == "kubectl-patch"
    line = (tree / "code" / "app.yaml").read_text().splitlines()[patched["location"]["line"] - 1]
    assert line.strip() == "privileged: false"
    (put,) = changes["weak-set"]  # a container that the manifest does not have, told once and whole
    assert put["attribute"] == "spec.template.spec.containers[debug]"
    assert put["live"]["image"] == "busybox:latest"
    (scaled,) = changes["scaled-hpa"]
    assert (scaled["code"], scaled["live"], scaled["direction"]) == (2, 7, "neutral")
    assert scaled["manager"]["what"] == "autoscaler"
    (nobody,) = [each for each in changes["strong-apply"] if each["attribute"].endswith("privileged")]
    assert nobody["manager"] is None  # the API server noted no one


def test_a_snapshot_tells_the_same(server: ApiServer, tree: Path) -> None:
    kept = tree / "kept.jsonl.gz"
    where = ("--kubeconfig", str(tree / "config"), "--context", "test")
    assert process("audit", "collect", "cluster", "--out", str(kept), *where, cwd=tree).code == 0
    _, document = drift(tree, "--snapshot", str(kept))
    assert told(document) == EXPECTED


def test_what_only_autoscalers_changed_does_not_fail(server: ApiServer, tree: Path) -> None:
    kept = [each for each in CODE if each["metadata"]["name"].startswith(("scaled", "sized", "shop"))]
    (tree / "code" / "app.yaml").write_text(yaml.safe_dump_all(kept))
    (tree / "layerproof.toml").write_text(
        '[[ignore]]\nrule = "drift/unmanaged"\naddress = "*"\nreason = "not here"\n'
    )
    where = ("--kubeconfig", str(tree / "config"), "--context", "test", "--config", str(tree / "layerproof.toml"))
    ran = process("drift", str(tree / "code"), *where, cwd=tree)
    assert ran.code == 0, ran.out + ran.err
    assert "by kube-controller-manager (autoscaler)" in ran.out


def test_what_may_not_be_listed_is_unknown_not_missing(server: ApiServer, tree: Path) -> None:
    server.faults["/api/v1/configmaps"] = (403, 9, "cannot list")
    _, document = drift(tree)
    gone = [each for each in document["drift"] if "/gone-" in each["node"]]
    assert {each["class"] for each in gone} == {"unknown"}
    assert len(gone) == 3


def test_values_of_the_cluster_are_not_shown(tmp_path: Path) -> None:
    code = plain("ConfigMap", "c", data={"password": "written"})
    there = plain("ConfigMap", "c", data={"password": "changed-by-hand"})
    (found,) = fields.differences(code, there)
    assert found.live == {"$sensitive": True}
    env = deployment("d", env=[{"name": "TOKEN", "value": "a"}])
    other = deployment("d", env=[{"name": "TOKEN", "value": "b"}])
    (found,) = fields.differences(env, other)
    assert found.shown == "spec.template.spec.containers[app].env[TOKEN].value"
    assert found.live == {"$sensitive": True}


def test_usage_errors(tree: Path) -> None:
    (tree / "s").write_text("")
    for options in (("--snapshot", "s", "--context", "x"), ("--context", "x", "--accounts", "111111111111")):
        assert process("drift", "code", *options, cwd=tree).code == 2


# fields


@pytest.mark.parametrize(
    ("one", "other"),  # Kubernetes API conventions, "Quantity": the suffixes and their meaning
    [("1", "1000m"), ("1Gi", "1024Mi"), ("0.5", "500m"), ("1e3", "1k"), ("100Mi", "104857600"), (2, "2")],
)
def test_quantities_mean_the_same(one: Any, other: Any) -> None:
    assert fields.quantity(one) == fields.quantity(other)
    with_ = [{"spec": {"limits": {"memory": each}}} for each in (one, other)]
    assert list(fields.differences(*with_)) == []


@pytest.mark.parametrize("text", ["", "1GiB", "one", "--1", True])
def test_what_is_no_quantity(text: Any) -> None:
    assert fields.quantity(text) is None


def test_quantities_are_exact() -> None:
    assert fields.quantity("0.1") == Fraction(1, 10)


@pytest.mark.parametrize(
    ("code", "there"),
    [
        ({"spec": {"ports": [{"port": 80}]}},
         {"spec": {"ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}]}}),
        # zero values are left out
        ({"spec": {"a": {}, "b": [], "c": "", "d": False, "e": 0, "f": None}}, {"spec": {}}),
        ({"spec": {"env": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]}},
         {"spec": {"env": [{"name": "b", "value": "2"}, {"name": "a", "value": "1"}]}}),
        ({"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "x"}}}, {"metadata": {}}),
        ({"status": {"a": 1}}, {"status": {"a": 2}}),
        ({"apiVersion": "autoscaling/v1", "spec": {"targetCPUUtilizationPercentage": 50}},
         {"apiVersion": "autoscaling/v2", "spec": {"metrics": []}}),
    ],
)  # fmt: skip
def test_what_says_the_same(code: dict[str, Any], there: dict[str, Any]) -> None:
    assert list(fields.differences(code, there)) == []


@pytest.mark.parametrize(
    ("code", "there", "shown"),
    [
        ({"spec": {"a": 1}}, {"spec": {"a": 2}}, "spec.a"),
        ({"spec": {"a": True}}, {"spec": {"a": 1}}, "spec.a"),
        ({"spec": {"args": ["a", "b"]}}, {"spec": {"args": ["b", "a"]}}, "spec.args"),
        ({"spec": {"args": ["a"]}}, {"spec": {"args": ["a", "b"]}}, "spec.args"),
        ({"rules": [{"verbs": ["get"]}]}, {"rules": [{"verbs": ["get", "list"]}]}, "rules"),
        ({"metadata": {"labels": {"a.b/c": "1"}}}, {"metadata": {}}, "metadata.labels['a.b/c']"),
        ({"spec": {"ports": [{"port": 53, "protocol": "UDP"}]}}, {"spec": {"ports": [{"port": 53}]}},
         "spec.ports[53,UDP]"),
    ],
)  # fmt: skip
def test_what_does_not(code: dict[str, Any], there: dict[str, Any], shown: str) -> None:
    assert [each.shown for each in fields.differences(code, there)] == [shown]


@pytest.mark.parametrize(
    ("manager", "operation", "subresource", "what"),
    [
        ("kubectl-client-side-apply", "Update", None, "deployment"),
        ("kubectl", "Apply", None, "deployment"),
        ("kubectl", "Update", "scale", "person"),
        ("kubectl-edit", "Update", None, "person"),
        ("kube-controller-manager", "Update", "scale", "autoscaler"),
        ("kube-controller-manager", "Update", None, "controller"),
        ("argocd-controller", "Apply", None, "deployment"),
        ("something", "Update", None, "other"),
    ],
)
def test_what_a_manager_is(manager: str, operation: str, subresource: str | None, what: str) -> None:
    given = {"manager": manager, "operation": operation, "subresource": subresource, "fields": {"f:spec": {}}}
    (entry,) = entries([given])
    assert entry.manager.what == what


def test_the_last_writer_of_a_field_owns_it() -> None:
    held = owned("f:replicas")
    given = [
        {"manager": "a", "operation": "Update", "time": "2026-01-01T00:00:00Z", "fields": held},
        {"manager": "b", "operation": "Update", "time": "2026-02-01T00:00:00Z", "fields": held},
        {
            "manager": "c",
            "operation": "Update",
            "time": "2026-03-01T00:00:00Z",
            "subresource": "status",
            "fields": held,
        },
    ]
    found = managers.owner(entries(given), ("spec", "replicas"))
    assert found is not None
    assert found.name == "b"
    assert managers.owner(entries(given), ("spec", "other")) is None


def test_who_owns_the_field_itself_goes_before_who_owns_what_it_is_in() -> None:
    """The maker keeps the empty struct when another takes over its fields; an atomic map is owned as a whole."""
    given = [
        {"manager": "maker", "operation": "Update", "time": "2026-02-01T00:00:00Z", "fields": owned("f:a")},
        {"manager": "taker", "operation": "Update", "time": "2026-01-01T00:00:00Z", "fields": owned("f:a", "f:b")},
    ]
    for path, name in ((("spec", "a", "b"), "taker"), (("spec", "a", "c"), "maker")):
        found = managers.owner(entries(given), path)
        assert found is not None
        assert found.name == name


def test_an_object_that_several_overlays_write_is_one(server: ApiServer, tree: Path) -> None:
    """What is there is held against the one that fits best; what is gone is told once."""
    (tree / "code" / "other").mkdir()
    others = [each for each in CODE if each["metadata"]["name"] in ("gone-1", "kept")]
    changed = copy.deepcopy(others)
    changed[0]["spec"]["replicas"] = 9
    (tree / "code" / "other" / "app.yaml").write_text(yaml.safe_dump_all(changed))
    _, document = drift(tree)
    assert told(document) == EXPECTED
    assert sum(each["node"].endswith("/gone-1") for each in document["drift"]) == 1
