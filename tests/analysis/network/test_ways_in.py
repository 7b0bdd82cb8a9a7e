"""Ways into pods and between them, through the command line: what documentation says of each.

Sources: Kubernetes documentation, "Service" (types, headless services, external IPs, external traffic policy,
source ranges), "Ingress", "Network Policies"; Gateway API, "API overview" (routes of the same namespace by
default); OpenShift documentation, "Network policy" (policy-group: ingress); Cilium documentation, "Deny Policies";
SIG Network, AdminNetworkPolicy. What is not part of a scan (the machines' addresses, the controller of an ingress,
the labels of its namespace) leaves it possible.
"""

from pathlib import Path

import pytest

from tests.cli.running import run


def dep(n: str, extra: str = "", cports: str = "", kind: str = "Deployment") -> str:
    return f"""---
apiVersion: apps/v1
kind: {kind}
metadata: {{name: {n}, namespace: shop}}
spec:
  selector: {{matchLabels: {{app: {n}}}}}
  template:
    metadata: {{labels: {{app: {n}}}}}
    spec: {{{extra}containers: [{{name: c, image: "x:1", ports: [{{containerPort: 8080, name: http{cports}}}]}}]}}
"""


NS = """---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
"""


def svc(spec: str, n: str = "web", ann: str = "") -> str:
    return f"""---
apiVersion: v1
kind: Service
metadata: {{name: {n}, namespace: shop{ann}}}
spec: {{selector: {{app: web}}, {spec}}}
"""


def np(spec: str, n: str = "p") -> str:
    return f"""---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {n}, namespace: shop}}
spec: {{{spec}}}
"""


W = NS + dep("web") + dep("db")
DENY = np("podSelector: {}, policyTypes: [Ingress]")
P = "ports: [{port: 80, targetPort: http}]"
CASES = [
    (
        "clusterip",
        W + svc(P),
        ("internet", "apps/Deployment/shop/web", None, "unreachable"),
        ("shop/db", "/Service/shop/web", 80, "reachable"),
        ("shop/db", "/Service/shop/web", 81, "unreachable"),
        ("shop/db", "apps/Deployment/shop/web", 8080, "reachable"),
    ),
    (
        "lb",
        W + svc("type: LoadBalancer, " + P),
        ("internet", "apps/Deployment/shop/web", 8080, "reachable"),
        ("internet", "/Service/shop/web", 80, "reachable"),
        ("internet", "/Service/shop/web", 8080, "unreachable"),
        ("internet", "apps/Deployment/shop/db", None, "unreachable"),
    ),
    (
        "lb ranges",
        W + svc("type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], " + P),
        ("internet", "apps/Deployment/shop/web", 8080, "unreachable"),
        ("10.1.1.1", "apps/Deployment/shop/web", 8080, "reachable"),
    ),
    (
        "lb range one",
        W + svc("type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24], " + P),
        ("203.0.113.5", "apps/Deployment/shop/web", 8080, "reachable"),
        ("198.51.100.5", "apps/Deployment/shop/web", 8080, "unreachable"),
        ("internet", "apps/Deployment/shop/web", 8080, "reachable"),
    ),
    (
        "lb internal",
        W
        + svc(
            "type: LoadBalancer, " + P,
            ann=', annotations: {service.beta.kubernetes.io/aws-load-balancer-internal: "true"}',
        ),
        ("internet", "apps/Deployment/shop/web", 8080, "unreachable"),
    ),
    (
        "lb + deny all local",
        W + DENY + svc("type: LoadBalancer, externalTrafficPolicy: Local, " + P),
        ("internet", "apps/Deployment/shop/web", 8080, "unreachable"),
    ),
    (
        "lb + deny cluster policy",
        W + DENY + svc("type: LoadBalancer, " + P),
        ("internet", "apps/Deployment/shop/web", 8080, "possible"),
    ),
    (
        "nodeport",
        W + svc("type: NodePort, " + P),
        ("internet", "apps/Deployment/shop/web", 8080, "possible"),
        ("10.0.0.9", "apps/Deployment/shop/web", 8080, "reachable"),
    ),
    (
        "externalname",
        W
        + """---
apiVersion: v1
kind: Service
metadata: {name: ext, namespace: shop}
spec: {type: ExternalName, externalName: db.example.com}
""",
        ("internet", "apps/Deployment/shop/web", None, "unreachable"),
    ),
    (
        "headless",
        W + svc("clusterIP: None, " + P),
        ("shop/db", "/Service/shop/web", 8080, "reachable"),
        ("shop/db", "/Service/shop/web", 80, "reachable"),
    ),
    (
        "externalips",
        W + svc("externalIPs: [203.0.113.20], " + P),
        ("internet", "apps/Deployment/shop/web", 8080, "possible"),
    ),
    (
        "host network",
        NS + dep("web", "hostNetwork: true, ") + dep("db") + DENY,
        ("shop/db", "apps/Deployment/shop/web", 8080, "reachable"),
        ("10.0.0.9", "apps/Deployment/shop/web", 8080, "reachable"),
        ("apps/Deployment/shop/web", "apps/Deployment/shop/db", 8080, "possible"),
    ),
    (
        "host port",
        NS + dep("web", cports=", hostPort: 9000") + dep("db"),
        ("10.0.0.9", "apps/Deployment/shop/web", 8080, "reachable"),
        ("internet", "apps/Deployment/shop/web", 8080, "possible"),
        ("internet", "apps/Deployment/shop/db", 8080, "unreachable"),
    ),
    (
        "ingress",
        W
        + svc(P)
        + """---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i, namespace: shop}
spec: {ingressClassName: nginx, rules: [{host: a.example,
  http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
""",
        ("internet", "apps/Deployment/shop/web", 8080, "reachable"),
        ("internet", "apps/Deployment/shop/web", 9090, "unreachable"),
        ("internet", "apps/Deployment/shop/db", None, "unreachable"),
    ),
    (
        "ingress deny",
        W
        + DENY
        + svc(P)
        + """---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i, namespace: shop}
spec: {defaultBackend: {service: {name: web, port: {name: x}}}}
""",
        ("internet", "apps/Deployment/shop/web", 8080, "unreachable"),
    ),
    (
        "ingress deny2",
        W
        + DENY
        + svc(P)
        + """---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i, namespace: shop}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
""",
        ("internet", "apps/Deployment/shop/web", 8080, "unreachable"),
    ),
    (
        "route",
        W
        + svc("ports: [{port: 80, targetPort: http, name: web}]")
        + """---
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: r, namespace: shop}
spec: {to: {kind: Service, name: web}, port: {targetPort: web}}
""",
        ("internet", "apps/Deployment/shop/web", 8080, "reachable"),
        ("internet", "apps/Deployment/shop/db", None, "unreachable"),
    ),
    (
        "route denied",
        W
        + DENY
        + svc(P)
        + """---
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: r, namespace: shop}
spec: {to: {kind: Service, name: web}}
""",
        ("internet", "apps/Deployment/shop/web", 8080, "unreachable"),
    ),
    (
        "route admitted",
        W
        + np(
            "podSelector: {}, ingress: [{from: [{namespaceSelector: "
            "{matchLabels: {network.openshift.io/policy-group: ingress}}}]}]"
        )
        + svc(P)
        + """---
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: r, namespace: shop}
spec: {to: {kind: Service, name: web}}
""",
        ("internet", "apps/Deployment/shop/web", 8080, "possible"),
    ),
    (
        "gateway",
        W
        + svc(P)
        + """---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: g, namespace: shop}
spec: {gatewayClassName: x, listeners: [{name: h, port: 80, protocol: HTTP}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r, namespace: shop}
spec: {parentRefs: [{name: g}], rules: [{backendRefs: [{name: web, port: 80}]}]}
""",
        ("internet", "apps/Deployment/shop/web", 8080, "reachable"),
        ("internet", "apps/Deployment/shop/db", None, "unreachable"),
    ),
    (
        "gateway other ns",
        W
        + svc(P)
        + """---
apiVersion: v1
kind: Namespace
metadata: {name: infra}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: g, namespace: infra}
spec: {gatewayClassName: x, listeners: [{name: h, port: 80, protocol: HTTP}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r, namespace: shop}
spec: {parentRefs: [{name: g, namespace: infra}], rules: [{backendRefs: [{name: web, port: 80}]}]}
""",
        ("internet", "apps/Deployment/shop/web", 8080, "unreachable"),
    ),
    (
        "ipblock",
        W + np("podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]"),
        ("shop/db", "apps/Deployment/shop/web", 8080, "possible"),
    ),
    (
        "egress",
        W
        + np(
            "podSelector: {matchLabels: {app: db}}, policyTypes: [Egress], "
            "egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]}]"
        ),
        ("shop/db", "169.254.169.254", 80, "unreachable"),
        ("shop/db", "internet", 443, "reachable"),
        ("shop/web", "169.254.169.254", 80, "reachable"),
    ),
    (
        "flannel",
        W + DENY + dep("cni", "hostNetwork: true, ", kind="DaemonSet").replace("x:1", "flannel/flannel:v1"),
        ("shop/db", "apps/Deployment/shop/web", 8080, "reachable"),
    ),
    (
        "cilium deny",
        W
        + """---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: c, namespace: shop}
spec:
  endpointSelector: {matchLabels: {app: web}}
  ingressDeny: [{fromEndpoints: [{matchLabels: {app: db}}]}]
  ingress: [{fromEntities: [all]}]
""",
        ("shop/db", "apps/Deployment/shop/web", 8080, "unreachable"),
    ),
    (
        "anp",
        W
        + """---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: a}
spec:
  priority: 10
  subject: {namespaces: {}}
  ingress: [{action: Deny, from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}}]}]
""",
        ("shop/db", "apps/Deployment/shop/web", 8080, "unreachable"),
        ("shop/web", "apps/Deployment/shop/db", 8080, "reachable"),
    ),
    (
        "bad cidr",
        W + np("podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/40}}]}]"),
        ("shop/db", "apps/Deployment/shop/web", 8080, "possible"),
    ),
    (
        "nodes of an admin policy",
        W
        + """---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: a}
spec:
  priority: 10
  subject: {namespaces: {}}
  egress: [{action: Deny, to: [{nodes: {matchLabels: {group: infra}}}]}]
""",
        ("shop/db", "apps/Deployment/shop/web", 8080, "reachable"),
        ("shop/db", "internet", 443, "reachable"),
        ("shop/db", "10.0.0.5", 443, "possible"),
    ),
]


@pytest.mark.parametrize(
    ("text", "asked"), [(each[1], each[2:]) for each in CASES], ids=[each[0] for each in CASES]
)
def test_ways(tmp_path: Path, text: str, asked: tuple[tuple[str, str, int | None, str], ...]) -> None:
    (tmp_path / "all.yaml").write_text(text, "utf-8")
    for source, target, port, expected in asked:
        at = ("--port", str(port)) if port else ()
        told = run("ask", "reach", source, target, "--in", str(tmp_path), "--format", "json", *at).json
        assert told["verdict"] == expected, (source, target, port, told["reason"])
