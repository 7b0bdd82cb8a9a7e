"""What hangs on a gateway, and to which services it may send: the cases of the Gateway API's own documentation.

Sources: Gateway API, "Cross-Namespace routing" (a gateway of the infrastructure's namespace that lets in labelled
namespaces), "ReferenceGrant", "Gateway" (allowedRoutes), "HTTPRoute" (parentRefs, hostnames); Istio, "Virtual
Service" and "Gateway"; OpenShift, "Route configuration".
"""

import pytest

from tests.analysis.network.test_kubernetes import PODS, SHUT, service, verdict

SERVICE = service("type: ClusterIP")
INFRA = """
---
apiVersion: v1
kind: Namespace
metadata: {name: infra-ns, labels: {a: b}}
"""


def gateway(allowed: str = "", more: str = "protocol: HTTP, port: 80", namespace: str = "infra-ns") -> str:
    routes = f", allowedRoutes: {{{allowed}}}" if allowed else ""
    return (
        "\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"
        f"metadata: {{name: shared, namespace: {namespace}}}\n"
        f"spec: {{gatewayClassName: example, listeners: [{{name: web, {more}{routes}}}]}}\n"
    )


def route(
    more: str = "", parent: str = "", kind: str = "HTTPRoute", backend: str = "", namespace: str = "shop"
) -> str:
    return (
        f"\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: {kind}\n"
        f"metadata: {{name: r, namespace: {namespace}}}\n"
        f"spec: {{parentRefs: [{{name: shared, namespace: infra-ns{parent}}}]{more}, "
        f"rules: [{{backendRefs: [{{name: s, port: 80{backend}}}]}}]}}\n"
    )


WILD = "protocol: HTTP, port: 80, hostname: '*.example.com'"
NAMED = "protocol: HTTP, port: 80, hostname: a.example.com"
ALL = "namespaces: {from: All}"
LABELLED = "namespaces: {from: Selector, selector: {matchLabels: {team: shop}}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (gateway(ALL) + route(), "reachable"),
        (gateway() + route(), "unreachable"),  # the default is Same
        (gateway(namespace="shop") + route().replace("infra-ns", "shop"), "reachable"),
        (gateway("namespaces: {from: None}") + route(), "unreachable"),
        (gateway(LABELLED) + route(), "reachable"),
        (gateway(LABELLED.replace("team: shop", "team: other")) + route(), "unreachable"),
        (gateway("namespaces: {from: Selector, selector: {}}") + route(), "reachable"),
        # kinds: those of the protocol unless some are listed
        (gateway(ALL, "protocol: TCP, port: 80") + route(), "unreachable"),
        (gateway(ALL, "protocol: TCP, port: 80") + route(kind="TCPRoute"), "reachable"),
        (gateway(f"{ALL}, kinds: [{{kind: GRPCRoute}}]") + route(), "unreachable"),
        (gateway(f"{ALL}, kinds: [{{kind: GRPCRoute}}]") + route(kind="GRPCRoute"), "reachable"),
        # a route may name the listener, or its port
        (gateway(ALL) + route(parent=", sectionName: web"), "reachable"),
        (gateway(ALL) + route(parent=", sectionName: other"), "unreachable"),
        (gateway(ALL) + route(parent=", port: 8080"), "unreachable"),
        # host names must meet
        (gateway(ALL, WILD) + route(", hostnames: [a.example.com]"),
         "reachable"),
        (gateway(ALL, WILD) + route(", hostnames: [example.com]"),
         "unreachable"),
        (gateway(ALL, NAMED) + route(", hostnames: ['*.example.com']"),
         "reachable"),
        (gateway(ALL, NAMED) + route(", hostnames: [b.example.com]"),
         "unreachable"),
        # what it hangs on is not part of the scan
        (route(), "possible"),
        # a route of the mesh (GAMMA) is no way from outside
        (route().replace("parentRefs: [{name: shared, namespace: infra-ns}]",
                         "parentRefs: [{group: '', kind: Service, name: s}]"), "unreachable"),
    ],
)  # fmt: skip
def test_which_routes_hang_on_a_gateway(text: str, expected: str) -> None:
    assert verdict(PODS + INFRA + SERVICE + text, "internet") == expected


def grant(kind: str = "HTTPRoute", namespace: str = "other", to: str = "kind: Service", at: str = "shop") -> str:
    return (
        "\n---\napiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\n"
        f"metadata: {{name: g, namespace: {at}}}\n"
        f"spec: {{from: [{{group: gateway.networking.k8s.io, kind: {kind}, namespace: {namespace}}}], "
        f"to: [{{group: '', {to}}}]}}\n"
    )


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ("", "unreachable"),
        (grant(), "reachable"),
        (grant(to="kind: Service, name: s"), "reachable"),
        (grant(to="kind: Service, name: x"), "unreachable"),
        (grant(to="kind: Secret"), "unreachable"),
        (grant(namespace="shop"), "unreachable"),
        (grant(kind="TCPRoute"), "unreachable"),
        (grant(at="other"), "unreachable"),  # it must stand beside the service
    ],
)
def test_a_backend_elsewhere_needs_a_grant(grants: str, expected: str) -> None:
    text = gateway(ALL) + route(backend=", namespace: shop", namespace="other") + grants

    assert verdict(PODS + INFRA + SERVICE + text, "internet") == expected


ISTIO = """
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: shop}
spec: {hosts: [s], %s, http: [{route: [{destination: {host: s}}]}]}
"""
ISTIO_GATEWAY = """
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: infra-ns}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, protocol: HTTP}, hosts: ['*']}]}
"""


@pytest.mark.parametrize(
    ("gateways", "expected"),
    [
        ("exportTo: ['*']", "unreachable"),  # without gateways: mesh, the calls of sidecars
        ("gateways: [mesh]", "unreachable"),
        ("gateways: [infra-ns/g]", "reachable"),
        ("gateways: [infra-ns/other]", "possible"),
    ],
)
def test_a_virtual_service_is_a_way_in_by_its_gateways(gateways: str, expected: str) -> None:
    assert verdict(PODS + INFRA + SERVICE + ISTIO_GATEWAY + ISTIO % gateways, "internet") == expected


ROUTE = """
---
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: r, namespace: shop}
spec: {host: a.example.com, to: {kind: Service, name: s}%s}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ROUTE % "", "reachable"),
        (ROUTE % ", port: {targetPort: 5432}", "reachable"),
        (ROUTE % ", port: {targetPort: 9999}", "unreachable"),
        (
            ROUTE.replace("name: s}", "name: gone}") % ", alternateBackends: [{kind: Service, name: s}]",
            "reachable",
        ),
        (ROUTE.replace("name: s}", "name: gone}") % "", "unreachable"),
        (SHUT + ROUTE % "", "unreachable"),
    ],
)
def test_routes_of_openshift(text: str, expected: str) -> None:
    assert verdict(PODS + SERVICE + text, "internet") == expected
