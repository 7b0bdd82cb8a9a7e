"""What the API server says of policies that it refuses. Source of the words: Kubernetes, pkg/apis/networking/
validation/validation.go, apimachinery's validation of selectors and of port numbers."""

import pytest

from scanner.mapping.kubernetes.refused import diagnostics
from scanner.model.location import SourceFile
from scanner.sources.kubernetes.manifests import read
from tests.mapping.kubernetes.cluster import UNKNOWN, graph_of, told

HEAD = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\n"


def said(text: str) -> list[str]:
    found, told, _ = read(SourceFile("p.yaml", text.encode()))
    assert told == []
    return [each.summary for each in diagnostics(found)]


CASES = [
    ("ingress: [{ports: [{port: 70000}]}]",
     "spec.ingress[0].ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive"),
    ("ingress: [{ports: [{port: 80, endPort: 70}]}]",
     "spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`"),
    ("ingress: [{ports: [{port: web, endPort: 70}]}]",
     "spec.ingress[0].ports[0].endPort: Invalid value: 70: may not be specified when `port` is non-numeric"),
    ("ingress: [{ports: [{endPort: 70}]}]",
     "spec.ingress[0].ports[0].endPort: Invalid value: 70: may not be specified when `port` is not specified"),
    ("ingress: [{ports: [{protocol: ICMP}]}]",
     'spec.ingress[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"'),
    ("egress: [{to: [{ipBlock: {cidr: 10.0.0.0/33}}]}]",
     ('spec.egress[0].to[0].ipBlock.cidr: Invalid value: "10.0.0.0/33": must be a valid CIDR value, '
     "(e.g. 10.9.8.0/24 or 2001:db8::/64)")),
    ("egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/8]}}]}]",
     'spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "11.0.0.0/8": must be a strict subset of `cidr`'),
    ("egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]",
     "spec.egress[0].to[0]: Forbidden: may not specify both ipBlock and another peer"),
    ("ingress: [{from: [{}]}]", "spec.ingress[0].from[0]: Required value: must specify a peer"),
    ("policyTypes: [ingress]",
     'spec.policyTypes[0]: Unsupported value: "ingress": supported values: "Ingress", "Egress"'),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "words"), CASES)
def test_the_server_refuses(spec: str, words: str) -> None:
    text = f"{HEAD}spec: {{podSelector: {{}}, {spec}}}\n"

    assert said(text) == [f'NetworkPolicy "p" is invalid: {words}']
    graph = graph_of(text)
    assert told(graph, "networking.k8s.io/NetworkPolicy/shop/p", "rules") == UNKNOWN


def test_selectors_that_it_refuses() -> None:
    wrong = (
        "podSelector: {matchExpressions: [{key: a, operator: Foo}, {key: a, operator: In}, "
        "{key: a, operator: Exists, values: [x]}]}"
    )

    assert [each.partition("is invalid: ")[2] for each in said(f"{HEAD}spec: {{{wrong}}}\n")] == [
        'spec.podSelector.matchExpressions[0].operator: Invalid value: "Foo": not a valid selector operator',
        (
            "spec.podSelector.matchExpressions[1].values: Required value: must be specified when `operator` is "
            "'In' or 'NotIn'"
        ),
        (
            "spec.podSelector.matchExpressions[2].values: Forbidden: may not be specified when `operator` is "
            "'Exists' or 'DoesNotExist'"
        ),
    ]


def test_what_it_accepts_is_not_told() -> None:
    spec = (
        "podSelector: {}, ingress: [{}, {from: [{podSelector: {}}, {ipBlock: {cidr: '2001:db8::/32'}}], "
        "ports: [{port: web}, {port: 80, endPort: 80}, {protocol: SCTP}]}]"
    )

    assert said(f"{HEAD}spec: {{{spec}}}\n") == []


def test_two_policies_of_one_priority() -> None:
    one = (
        "---\napiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: NAME}\n"
        "spec: {priority: 5, subject: {namespaces: {}}}\n"
    )

    assert said(one.replace("NAME", "a") + one.replace("NAME", "b")) == [
        "AdminNetworkPolicy b has the priority of a, 5: which of them decides is not defined"
    ]
