"""What labels and namespaces tie: within a namespace, across folders, and what stays open."""

import pytest

from tests.mapping.kubernetes.cluster import UNKNOWN, edges, find, graph_of, told

API = "{app: api, tier: api}"


def pod(name: str = "api", namespace: str = "shop", labels: str = API, spec: str = "") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return (
        f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}{where}, labels: {labels}}}\n"
        f"spec: {{containers: [{{name: c, image: i}}]{spec}}}\n"
    )


def policy(selector: str, namespace: str = "shop", name: str = "p") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return (
        f"---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}{where}}}\n"
        f"spec: {{podSelector: {selector}}}\n"
    )


def namespace(name: str = "shop", labels: str = "{}") -> str:
    return f"---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {labels}}}\n"


def opened(graph, relation, name, folder="app"):
    why = graph.why_open_in(relation, find(graph, name, folder))
    return None if why is None else why.reason


# The truth table of the facts (section 4): the cases on which other scanners go wrong.
@pytest.mark.parametrize(
    ("selector", "where", "selected"),
    [
        ("{matchLabels: {app: other}}", "shop", False),
        ("{}", "shop", True),
        ("{matchLabels: {app: api}}", "shop", True),
        ("{matchLabels: {app: api, tier: api}}", "shop", True),
        ("{matchExpressions: [{key: app, operator: In, values: [web]}]}", "shop", False),
        ("{matchExpressions: [{key: app, operator: In, values: [api, web]}]}", "shop", True),
        ("{matchExpressions: [{key: app, operator: Exists}]}", "shop", True),
        ("{matchLabels: {app: api}}", "other", False),
    ],
)
def test_a_network_policy_selects_by_label_and_namespace(selector, where, selected):
    graph = graph_of(pod() + policy(selector, where))

    assert edges(graph, "filters") == ({("p", "api")} if selected else set())


def test_a_policy_in_another_folder_selects_in_the_same_namespace():
    graph = graph_of(pod(), policies=policy("{}"))

    assert edges(graph, "filters") == {("p", "api")}
    assert opened(graph, "filters", "/Pod/shop/api") is None


def test_unwritten_namespaces_meet_in_one_folder_only():
    graph = graph_of(pod(namespace="") + policy("{}", ""), other=policy("{}", "", "q"))

    assert edges(graph, "filters") == {("p", "api")}


def test_a_written_and_an_unwritten_namespace_of_one_folder_may_be_the_same():
    graph = graph_of(pod(namespace="") + policy("{}", "shop"))

    assert edges(graph, "filters") == set()
    assert "names a namespace" in opened(graph, "filters", "/Pod//api")
    assert graph.why_open("filters", find(graph, "networking.k8s.io/NetworkPolicy/shop/p")) is not None


def test_a_policy_that_does_not_match_leaves_nothing_open_on_the_workload():
    graph = graph_of(pod(namespace="") + policy("{matchLabels: {app: x}}", "shop"))

    assert opened(graph, "filters", "/Pod//api") is None


def test_who_filters_is_closed_where_the_scan_speaks_for_the_place():
    assert opened(graph_of(pod()), "filters", "/Pod/shop/api") is not None
    assert opened(graph_of(pod() + namespace()), "filters", "/Pod/shop/api") is None
    assert opened(graph_of(pod(), elsewhere=namespace()), "filters", "/Pod/shop/api") is None
    assert opened(graph_of(pod(), elsewhere=namespace("other")), "filters", "/Pod/shop/api") is not None
    assert opened(graph_of(pod() + policy("{matchLabels: {a: b}}")), "filters", "/Pod/shop/api") is None


def test_a_namespace_speaks_for_no_other_that_is_named_beside_it():
    """kubeflow/manifests, istio-install: a DaemonSet of kube-system beside the Namespace istio-system."""
    beside = pod() + pod("bare", namespace="")

    for other in (namespace("other"), policy("{matchLabels: {a: b}}", "other")):
        graph = graph_of(beside + other)
        assert opened(graph, "filters", "/Pod/shop/api") is not None
        assert opened(graph, "filters", "/Pod//bare") is None


@pytest.mark.parametrize("name", ["default", "kube-node-lease", "kube-public", "kube-system"])
def test_only_a_policy_speaks_for_the_namespaces_that_a_cluster_starts_with(name):
    """Kubernetes documentation, "Namespaces", initial namespaces."""
    declared = pod(namespace=name) + namespace(name)
    governed = declared + policy("{matchLabels: {a: b}}", name)

    assert opened(graph_of(declared), "filters", f"/Pod/{name}/api") is not None
    assert opened(graph_of(governed), "filters", f"/Pod/{name}/api") is None


def test_a_policy_that_selects_nothing_here_may_select_elsewhere():
    graph = graph_of(policy("{}"))

    assert graph.why_open("filters", find(graph, "networking.k8s.io/NetworkPolicy/shop/p")) is not None


def admin(subject: str) -> str:
    return (
        "---\napiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: adm}\n"
        f"spec: {{priority: 1, subject: {subject}, ingress: [{{action: Deny, from: [{{namespaces: {{}}}}]}}]}}\n"
    )


@pytest.mark.parametrize(
    ("subject", "selected"),
    [
        ("{namespaces: {}}", {"api", "web"}),
        ("{namespaces: {matchLabels: {team: a}}}", {"api"}),
        ("{namespaces: {matchLabels: {kubernetes.io/metadata.name: other}}}", {"web"}),
        ("{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}", {"web"}),
    ],
)
def test_admin_policies_reach_over_namespaces(subject, selected):
    world = pod() + pod("web", "other", "{app: web}") + namespace("shop", "{team: a}") + namespace("other")

    assert edges(graph_of(world + admin(subject)), "filters") == {("adm", name) for name in selected}


def test_an_unread_namespace_leaves_an_admin_policy_open():
    graph = graph_of(pod() + admin("{namespaces: {matchLabels: {team: a}}}"))

    assert edges(graph, "filters") == set()
    assert "labels of its namespace" in opened(graph, "filters", "/Pod/shop/api")


def test_cilium_and_calico_select_too():
    cilium = (
        "---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: cil, namespace: shop}\n"
        "spec: {endpointSelector: {matchLabels: {k8s:app: api}}, ingress: [{}]}\n"
    )
    calico = (
        "---\napiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: cal, namespace: shop}\n"
        "spec: {selector: \"app == 'api' && tier in {'api', 'db'}\", types: [Ingress]}\n"
    )
    wide = (
        "---\napiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: all}\n"
        "spec: {endpointSelector: {matchLabels: {k8s:io.kubernetes.pod.namespace: shop}}, egress: [{}]}\n"
    )
    graph = graph_of(pod() + pod("web", "other", "{app: web}") + cilium + calico + wide)

    assert edges(graph, "filters") == {("cil", "api"), ("cal", "api"), ("all", "api")}


def test_a_selector_that_is_not_understood_leaves_its_namespace_open():
    text = (
        "---\napiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: cal, namespace: shop}\n"
        "spec: {selector: app === 'api'}\n"
    )
    graph = graph_of(pod() + pod("web", "other") + namespace("other") + text)

    assert "not understood" in opened(graph, "filters", "/Pod/shop/api")
    assert opened(graph, "filters", "/Pod/other/web") is None


def service(selector: str = "{app: api}", more: str = "") -> str:
    return (
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: svc, namespace: shop}\n"
        f"spec: {{selector: {selector}, ports: [{{port: 80}}]{more}}}\n"
    )


def test_a_service_forwards_to_the_pods_of_its_labels():
    graph = graph_of(pod() + pod("web", labels="{app: web}") + pod("far", "other") + service())

    assert edges(graph, "forwards_to") == {("svc", "api")}
    assert graph.why_open("forwards_to", find(graph, "/Service/shop/svc")) is None


def test_a_service_without_pods_here_is_open():
    graph = graph_of(service())

    assert graph.why_open("forwards_to", find(graph, "/Service/shop/svc")) is not None


def test_a_mesh_policy_selects_workloads():
    text = (
        "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: pa, namespace: %s}\n"
        "spec: {mtls: {mode: STRICT}%s}\n"
    )
    world = pod() + pod("web", "other", "{app: web}")

    assert edges(graph_of(world + text % ("shop", "")), "selects") == {("pa", "api")}
    assert edges(graph_of(world + text % ("istio-system", "")), "selects") == {("pa", "api"), ("pa", "web")}
    narrow = text % ("shop", ", selector: {matchLabels: {app: x}}")
    assert edges(graph_of(world + narrow), "selects") == set()


CLASS = (
    "---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast%s}\n"
    "provisioner: ebs.csi.aws.com\nparameters: {encrypted: '%s'}\n"
)
CLAIM = "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: shop}\nspec: {%s}\n"
DEFAULT = ", annotations: {storageclass.kubernetes.io/is-default-class: 'true'}"


@pytest.mark.parametrize(
    ("claim", "classes", "encrypted", "placement"),
    [
        ("storageClassName: fast", "", UNKNOWN, UNKNOWN),
        ("storageClassName: fast", CLASS % ("", "true"), True, "managed"),
        ("storageClassName: fast", CLASS % ("", "false"), False, "managed"),
        ("x: 1", CLASS % ("", "true"), UNKNOWN, UNKNOWN),
        ("x: 1", CLASS % (DEFAULT, "true"), True, "managed"),
    ],
)
def test_a_claim_takes_after_its_class(claim, classes, encrypted, placement):
    graph = graph_of(CLAIM % claim + classes)
    name = "/PersistentVolumeClaim/shop/data"

    assert (told(graph, name, "encrypted"), told(graph, name, "placement")) == (encrypted, placement)


def test_selection_is_not_quadratic():
    pods = "".join(pod(f"p{n}", f"ns{n}", "{app: a}") + policy("{}", f"ns{n}", f"np{n}") for n in range(300))

    assert len(edges(graph_of(pods), "filters")) == 300


def test_a_selector_that_is_known_in_part_chooses_nothing_for_sure(tmp_path):
    """As in checkov's own tests: the labels of a pod that is declared nowhere."""
    from tests.cli.running import run

    block = 'resource "kubernetes_%s" "shop" {\n  metadata {\n    name = "shop"\n  }\n\n  spec {\n%s  }\n}\n'
    gone = "kubernetes_pod.gone.metadata.0.labels.app"
    selector = f"    selector = {{ app = {gone} }}\n\n    port {{\n      port = 443\n    }}\n"
    container = '    container {\n      name  = "c"\n      image = "i"\n    }\n'
    (tmp_path / "main.tf").write_text(block % ("service", selector) + block % ("pod", container))
    told = run("scan", str(tmp_path), "--fail-on", "never")
    assert told.code == 0, told.out
