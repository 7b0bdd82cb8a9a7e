"""What a cluster lets through, by the documentation of each dialect: the case, the verdict, and why."""

from typing import Any

import pytest

from scanner.analysis.network.atoms import INTERNET, cidr
from scanner.analysis.network.kubernetes_derive import derive_entries
from scanner.analysis.network.kubernetes_reach import reach_kubernetes
from scanner.analysis.network.verdict import Answer
from scanner.config import Config
from scanner.graph.choose import choose
from tests.mapping.kubernetes.cluster import graph_of

NAMESPACES = """
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
---
apiVersion: v1
kind: Namespace
metadata: {name: other, labels: {team: other}}
"""


def pod(name: str, namespace: str = "shop", *, spec: str = "", ports: str = "") -> str:
    return (
        f"\n---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}, "
        f"labels: {{app: {name}}}}}\nspec: {{containers: [{{name: c, image: i, ports: [{ports}]}}]{spec}}}\n"
    )


def policy(spec: str, name: str = "p", *, kind: str = "NetworkPolicy", meta: str = ", namespace: shop") -> str:
    group = {
        "NetworkPolicy": "networking.k8s.io/v1",
        "AdminNetworkPolicy": "policy.networking.k8s.io/v1alpha1",
        "ClusterNetworkPolicy": "policy.networking.k8s.io/v1alpha2",
        "CiliumNetworkPolicy": "cilium.io/v2",
        "CiliumClusterwideNetworkPolicy": "cilium.io/v2",
        "Calico": "projectcalico.org/v3",
        "GlobalNetworkPolicy": "projectcalico.org/v3",
        "Tier": "projectcalico.org/v3",
    }[kind]
    kind = "NetworkPolicy" if kind == "Calico" else kind
    return f"\n---\napiVersion: {group}\nkind: {kind}\nmetadata: {{name: {name}{meta}}}\nspec: {{{spec}}}\n"


def service(spec: str, name: str = "s") -> str:
    head = f"\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\n"
    return f"{head}spec: {{selector: {{app: db}}, ports: [{{port: 80, targetPort: 5432}}], {spec}}}\n"


PODS = NAMESPACES + pod("web") + pod("db") + pod("far", "other")
SHUT = policy("podSelector: {}, policyTypes: [Ingress]")


def ask(text: str, source: str, target: str, port: int | None = 5432, *, plugin: str = "") -> Answer:
    graph = graph_of(text)

    def end(name: str) -> Any:
        if name == "internet":
            return INTERNET
        return cidr(name) if name[0].isdigit() else choose(graph, name)[0]

    return reach_kubernetes(graph, Config(network_plugin=plugin), end(source), end(target), port, "tcp")


def verdict(text: str, source: str = "shop/web", target: str = "shop/db", port: int = 5432, **more: str) -> str:
    return ask(text, source, target, port, **more).verdict.value


# Kubernetes documentation, "Network Policies"


def test_pods_are_open_until_a_policy_selects_them() -> None:
    assert verdict(PODS) == "reachable"
    assert verdict(PODS + SHUT) == "unreachable"
    assert verdict(PODS + SHUT, "shop/db", "other/far") == "reachable"


def test_the_answer_names_the_policy_that_lets_it_in() -> None:
    told = ask(
        PODS
        + SHUT
        + policy(
            "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: "
            "{matchLabels: {app: web}}}], ports: [{port: 5432}]}]",
            "let",
        ),
        "shop/web",
        "shop/db",
    )

    assert told.verdict.value == "reachable"
    assert told.direct
    assert any("lets tcp 5432 in" in step.note and step.attribute == "rules[0]" for step in told.path)


def test_the_answer_names_the_policy_that_stops_it_and_what_it_assumes() -> None:
    told = ask(PODS + SHUT, "shop/web", "shop/db")

    assert [step.note for step in told.blocked_by] == [
        "isolates db for what goes in, and lets none of this through"
    ]
    assert told.assumptions == ("the network plugin of the cluster carries out network policies",)


RANGE = policy("podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]")


@pytest.mark.parametrize(
    ("plugin", "expected"), [("calico", "reachable"), ("cilium", "unreachable"), ("", "possible")]
)
def test_whether_a_range_means_pods_is_the_plugins_matter(plugin: str, expected: str) -> None:
    assert verdict(PODS + RANGE, plugin=plugin) == expected


def test_a_range_of_the_internet_means_no_pod() -> None:
    assert verdict(PODS + RANGE.replace("0.0.0.0/0", "8.8.8.0/24")) == "unreachable"


def test_a_plugin_that_ignores_policies_stops_nothing() -> None:
    flannel = pod("flannel", spec=", hostNetwork: true").replace(
        "image: i", "image: docker.io/flannel/flannel:v0.25"
    )

    assert verdict(PODS + SHUT, plugin="flannel") == "reachable"
    assert verdict(PODS + SHUT + flannel) == "reachable"


def test_policies_do_not_apply_in_the_network_of_the_machine() -> None:
    host = (
        NAMESPACES + pod("web") + pod("db", spec=", hostNetwork: true") + pod("peer", spec=", hostNetwork: true")
    )

    assert verdict(host + SHUT) == "reachable"
    assert verdict(PODS + pod("peer", spec=", hostNetwork: true") + SHUT, "shop/peer") == "possible"


def test_a_namespace_that_is_not_in_the_scan_may_have_any_label() -> None:
    let = policy(
        "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {matchLabels: {a: b}}}]}]"
    )

    assert verdict(PODS + let) == "unreachable"
    assert verdict(pod("web", "else") + pod("db") + let, "else/web") == "possible"


def test_a_policy_that_the_server_refuses_leaves_it_open() -> None:
    refused = policy("podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: 70000}]}]")
    told = ask(PODS + refused, "shop/web", "shop/db")

    assert told.verdict.value == "possible"
    assert "must be between 1 and 65535, inclusive" in told.reason


# SIG Network, "AdminNetworkPolicy"


def admin(rule: str, name: str = "a", priority: int = 1) -> str:
    spec = f"priority: {priority}, subject: {{namespaces: {{matchLabels: {{team: shop}}}}}}, ingress: [{rule}]"
    return policy(spec, name, kind="AdminNetworkPolicy", meta="")


EVERYWHERE = "from: [{namespaces: {}}]"


def test_administrators_come_first() -> None:
    assert verdict(PODS + admin(f"{{action: Deny, {EVERYWHERE}}}")) == "unreachable"
    assert verdict(PODS + SHUT + admin(f"{{action: Allow, {EVERYWHERE}}}")) == "reachable"
    assert (
        verdict(PODS + SHUT + admin(f"{{action: Pass, {EVERYWHERE}}}, {{action: Allow, {EVERYWHERE}}}"))
        == "unreachable"
    )


def test_policies_of_one_priority_decide_nothing_for_certain() -> None:
    tied = admin(f"{{action: Deny, {EVERYWHERE}}}", "a") + admin(f"{{action: Allow, {EVERYWHERE}}}", "b")
    ordered = admin(f"{{action: Deny, {EVERYWHERE}}}", "a") + admin(f"{{action: Allow, {EVERYWHERE}}}", "b", 2)

    assert verdict(PODS + tied) == "possible"
    assert verdict(PODS + ordered) == "unreachable"


def test_the_newer_form_accepts_by_protocol() -> None:
    rule = f"{{action: Accept, {EVERYWHERE}, protocols: [{{tcp: {{destinationPort: {{number: 5432}}}}}}]}}"
    rules = f"{rule}, {{action: Deny, {EVERYWHERE}}}"
    spec = f"tier: Admin, priority: 1, subject: {{namespaces: {{}}}}, ingress: [{rules}]"
    text = PODS + policy(spec, kind="ClusterNetworkPolicy", meta="")

    assert verdict(text) == "reachable"
    assert verdict(text, port=80) == "unreachable"


# Cilium documentation, "Layer 3 Policy", "Deny Policies", "Policy Enforcement Modes"


def cilium(spec: str, name: str = "c") -> str:
    return policy(f"endpointSelector: {{matchLabels: {{app: db}}}}, {spec}", name, kind="CiliumNetworkPolicy")


WEB = "fromEndpoints: [{matchLabels: {app: web}}]"


def test_cilium() -> None:
    assert verdict(PODS + cilium("ingress: [{}]")) == "unreachable"
    assert verdict(PODS + cilium("ingress: [{fromEndpoints: [{}]}]")) == "reachable"
    assert verdict(PODS + cilium("ingress: [{fromEndpoints: [{}]}]"), "other/far") == "unreachable"
    assert (
        verdict(PODS + cilium(f"ingress: [{{{WEB}, toPorts: [{{ports: [{{port: '5432', protocol: TCP}}]}}]}}]"))
        == "reachable"
    )
    assert (
        verdict(PODS + cilium(f"ingress: [{{{WEB}, toPorts: [{{ports: [{{port: '80', protocol: TCP}}]}}]}}]"))
        == "unreachable"
    )
    assert verdict(PODS + cilium("ingress: [{fromEntities: [cluster]}]"), "other/far") == "reachable"
    assert verdict(PODS + cilium("ingress: [{fromEntities: [world]}]")) == "unreachable"


def test_cilium_denies_before_anything_allows() -> None:
    let = policy("podSelector: {}, ingress: [{}]")

    assert verdict(PODS + let + cilium(f"ingressDeny: [{{{WEB}}}]")) == "unreachable"
    assert (
        verdict(PODS + cilium(f"enableDefaultDeny: {{ingress: false}}, ingress: [{{{WEB}}}]"), "other/far")
        == "reachable"
    )
    named = "fromEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: other}}]"
    assert verdict(PODS + cilium(f"ingress: [{{{named}}}]"), "other/far") == "reachable"


# Calico documentation, "Network policy", "Tier", "Selectors"


def calico(spec: str, name: str, order: int) -> str:
    return policy(f"order: {order}, types: [Ingress], {spec}", name, kind="Calico")


def test_calico_asks_in_order() -> None:
    deny = "selector: app == 'db', ingress: [{action: Deny, source: {selector: 'app in {''web'', ''x''}'}}]"
    let = "selector: all(), ingress: [{action: Allow}]"

    assert verdict(PODS + calico(deny, "a", 1) + calico(let, "b", 2)) == "unreachable"
    assert verdict(PODS + calico(deny, "a", 2) + calico(let, "b", 1)) == "reachable"
    assert verdict(PODS + calico("selector: app == 'db'", "a", 1)) == "unreachable"
    assert verdict(PODS + calico("selector: app == 'db' || app == 'x'", "a", 1)) == "unreachable"
    assert verdict(PODS + calico("selector: '!(app == ''db'')'", "a", 1)) == "reachable"


def test_calico_tiers_pass_on() -> None:
    tier = policy("order: 10", "security", kind="Tier", meta="")
    passing = policy(
        "tier: security, order: 1, types: [Ingress], ingress: [{action: Pass}]",
        "g",
        kind="GlobalNetworkPolicy",
        meta="",
    )
    silent = policy("tier: security, order: 1, types: [Ingress]", "g", kind="GlobalNetworkPolicy", meta="")

    assert verdict(PODS + tier + passing) == "reachable"
    assert verdict(PODS + tier + passing + SHUT) == "unreachable"
    assert verdict(PODS + tier + silent) == "unreachable"
    assert verdict(PODS + tier.replace("order: 10", "order: 10, defaultAction: Pass") + silent) == "reachable"


# Kubernetes documentation, "Service", "Ingress"


INGRESS = """
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i, namespace: shop}
spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}]}}]}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "unreachable"),
        (service("type: ClusterIP"), "unreachable"),
        (service("type: LoadBalancer"), "reachable"),
        (service("type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8]"), "unreachable"),
        (service("type: LoadBalancer, loadBalancerSourceRanges: [8.8.0.0/16]"), "reachable"),
        (service("type: NodePort"), "possible"),
        (service("type: ClusterIP, externalIPs: [8.8.8.8]"), "possible"),
        (service("type: ClusterIP") + INGRESS, "reachable"),
        (SHUT + service("type: LoadBalancer, externalTrafficPolicy: Local"), "unreachable"),
        (SHUT + service("type: LoadBalancer"), "possible"),
        (SHUT + service("type: ClusterIP") + INGRESS, "unreachable"),
    ],
)
def test_what_publishes_a_pod(text: str, expected: str) -> None:
    assert verdict(PODS + text, "internet") == expected


def test_one_pod_of_a_service_in_the_machines_network_frees_no_other() -> None:
    both = NAMESPACES + pod("aa", spec=", hostNetwork: true") + pod("db")
    text = both.replace("labels: {app: aa}", "labels: {app: db}") + SHUT
    text += service("type: LoadBalancer, externalTrafficPolicy: Local")

    assert verdict(text, "internet", "shop/aa") == "reachable"
    assert verdict(text, "internet", "shop/db") == "unreachable"


def test_an_ingress_is_a_relay() -> None:
    told = ask(PODS + service("type: ClusterIP") + INGRESS, "internet", "shop/db")

    assert (told.direct, len(told.via)) == (False, 2)
    assert told.assumptions == ("what carries out the ingresses is reachable from the internet",)


def test_a_service_is_asked_for_its_own_port() -> None:
    text = PODS + service("type: ClusterIP")

    assert verdict(text, "shop/web", "Service/shop/s", 80) == "reachable"
    assert verdict(text, "shop/web", "Service/shop/s", 5432) == "unreachable"


def test_what_leaves_the_cluster() -> None:
    let = policy("podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 8.8.0.0/16}}]}]")

    assert verdict(PODS, "shop/web", "internet") == "reachable"
    assert verdict(PODS + let, "shop/web", "8.8.8.8") == "reachable"
    assert verdict(PODS + let, "shop/web", "9.9.9.9") == "unreachable"


# Istio documentation, "Authorization Policy"


MESHED = PODS.replace("labels: {team: shop}", "labels: {team: shop, istio-injection: enabled}").replace(
    "labels: {team: other}", "labels: {team: other, istio-injection: enabled}"
)


def authorization(spec: str, name: str = "m") -> str:
    head = "\n---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"
    return f"{head}metadata: {{name: {name}, namespace: shop}}\nspec: {{{spec}}}\n"


@pytest.mark.parametrize(
    ("spec", "near", "far"),
    [
        ("", "unreachable", "unreachable"),
        ("rules: [{}]", "reachable", "reachable"),
        ("rules: [{from: [{source: {namespaces: [shop]}}]}]", "reachable", "unreachable"),
        ("rules: [{from: [{source: {namespaces: ['sh*']}}]}]", "reachable", "unreachable"),
        (
            "rules: [{from: [{source: {principals: [cluster.local/ns/other/sa/default]}}]}]",
            "unreachable",
            "reachable",
        ),
        ("action: DENY, rules: [{from: [{source: {namespaces: [other]}}]}]", "reachable", "unreachable"),
        ("rules: [{to: [{operation: {ports: ['5432']}}]}]", "reachable", "reachable"),
        ("rules: [{to: [{operation: {ports: ['80']}}]}]", "unreachable", "unreachable"),
        ("selector: {matchLabels: {app: else}}", "reachable", "reachable"),
    ],
)
def test_a_mesh_asks_who_calls(spec: str, near: str, far: str) -> None:
    text = MESHED + authorization(spec)

    assert verdict(text) == near
    assert verdict(text, "other/far") == far
    assert verdict(PODS + authorization(spec)) == "reachable"  # outside the mesh nobody asks


def test_what_a_mesh_asks_of_requests_is_a_condition() -> None:
    text = MESHED + authorization("rules: [{to: [{operation: {methods: [GET], paths: [/x]}}]}]")
    told = ask(text, "shop/web", "shop/db")

    assert (told.verdict.value, told.reason) == ("reachable", "only GET /x")
    assert verdict(MESHED + authorization("action: CUSTOM, provider: {name: x}, rules: [{}]")) == "possible"


def test_ways_in_of_a_workload_that_policies_elsewhere_may_filter() -> None:
    """What is not in the scan may close a way; the way itself is told all the same."""
    graph = graph_of(pod("db") + service("type: LoadBalancer"))
    derive_entries(graph, Config())
    (entry,) = graph.peek(choose(graph, "shop/db")[0], "entries")

    assert (entry["certain"], entry["connections"]) == (False, "tcp 5432")
    assert "is part of this scan" in entry["reason"]


def test_addresses_and_ranges_of_services_may_be_known_in_part(tmp_path):
    """As in example-gke-k8s-helm of terraform-google-examples: addresses that only an apply knows."""
    from tests.cli.running import run

    (tmp_path / "main.tf").write_text(
        'variable "address" {\n  type = string\n}\n\n'
        'resource "kubernetes_service" "shop" {\n  metadata {\n    name = "shop"\n  }\n\n  spec {\n'
        '    type                        = "LoadBalancer"\n    selector                    = { app = "shop" }\n'
        '    external_ips                = ["203.0.113.9", var.address]\n'
        '    load_balancer_source_ranges = ["10.0.0.0/8", var.address]\n\n'
        "    port {\n      port = 443\n    }\n  }\n}\n\n"
        'resource "kubernetes_pod" "shop" {\n'
        '  metadata {\n    name   = "shop"\n    labels = { app = "shop" }\n  }\n\n'
        '  spec {\n    container {\n      name  = "c"\n      image = "i"\n    }\n  }\n}\n\n'
        'resource "google_container_cluster" "main" {\n  name     = "main"\n  location = "europe-west4"\n}\n'
    )
    told = run("scan", str(tmp_path), "--fail-on", "never", "--format", "json")
    assert told.code == 0, told.err
    assert "rule-crash" not in told.out
