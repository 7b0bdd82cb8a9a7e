"""Clusters and the AWS networks that carry them, in one scan: what the documentation of both says of a path.

Sources: EKS User Guide, "Amazon VPC CNI", "Route network traffic with Network Load Balancers", "Route application
and HTTP traffic with Application Load Balancers"; AWS Load Balancer Controller, "Service annotations", "Ingress
annotations", "Subnet discovery", "Security groups for load balancers", "TargetGroupBinding"; Kubernetes
documentation, "Service" (type NodePort, external traffic policy) and "Network Policies".
"""

from pathlib import Path
from typing import Any

import pytest

from scanner.analysis.network.atoms import INTERNET, cidr
from scanner.analysis.network.aws import reach_aws
from scanner.analysis.network.joined import reach_joined, spans_both
from scanner.analysis.network.kubernetes_reach import knows, reach_kubernetes
from scanner.analysis.network.verdict import Answer
from scanner.config import Config
from scanner.graph.choose import choose
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree
from tests.manifests import namespace, workload

INFRA = (Path(__file__).parent / "joined" / "eks.tf").read_text("utf-8")
PODS = namespace() + workload("web", 8080)
_NLB = "service.beta.kubernetes.io/aws-load-balancer-"
_ALB = "alb.ingress.kubernetes.io/"


def service(kind: str, port: str = "port: 80, targetPort: 8080", more: str = "", **annotations: str) -> str:
    notes = ", ".join(f'{_NLB}{key.replace("_", "-")}: "{value}"' for key, value in annotations.items())
    return (
        "\n---\napiVersion: v1\nkind: Service\n"
        f"metadata: {{name: web, namespace: shop, annotations: {{{notes}}}}}\n"
        f"spec: {{type: {kind}, selector: {{app: web}}, ports: [{{{port}}}]{more}}}\n"
    )


def ingress(**annotations: str) -> str:
    notes = ", ".join(f"{_ALB}{key.replace('_', '-')}: '{value}'" for key, value in annotations.items())
    return (
        "\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\n"
        f"metadata: {{name: web, namespace: shop, annotations: {{{notes}}}}}\n"
        "spec: {ingressClassName: alb, defaultBackend: {service: {name: web, port: {number: 80}}}}\n"
    )


def policy(peer: str) -> str:
    return (
        "\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\n"
        f"spec: {{podSelector: {{}}, ingress: [{{from: [{peer}]}}]}}\n"
    )


def ask(
    tmp_path: Path, manifests: str, source: str, target: str, port: int | None = None, *, infra: str = INFRA
) -> Answer:
    (tmp_path / "main.tf").write_text(infra, "utf-8")
    (tmp_path / "app.yaml").write_text(PODS + manifests, "utf-8")
    target_ = Target(Tree(tmp_path))
    built = build(target_, read(target_), Config())
    assert [each for each in built.diagnostics if each.level.value == "error"] == []
    graph, config = built.graph, Config()

    def end(name: str) -> Any:
        if name == "internet":
            return INTERNET
        return cidr(name) if name[0].isdigit() else choose(graph, name)[0]

    near, far = end(source), end(target)
    if spans_both(graph, near, far):
        return reach_joined(graph, config, near, far, port, "tcp" if port else None)
    if any(isinstance(each, int) and knows(graph, each) for each in (near, far)):
        return reach_kubernetes(graph, config, near, far, port, "tcp" if port else None)
    return reach_aws(graph, near, far, port, "tcp" if port else None)


PUBLIC = {"type": "external", "scheme": "internet-facing"}
WITHOUT_GATEWAY = INFRA.replace(
    '"aws_route_table_association" "public"', '"aws_route_table_association" "none"'
).replace("subnet_id      = aws_subnet.public.id", "subnet_id      = aws_subnet.lone.id")
PUBLIC_NODES = INFRA.replace(
    "subnet_ids      = [aws_subnet.private.id] # nodes", "subnet_ids      = [aws_subnet.public.id]"
)
OPENED = PUBLIC_NODES.replace(
    "# rules of the cluster's group",
    """
resource "aws_security_group_rule" "open" {
  security_group_id = aws_eks_cluster.c.vpc_config[0].cluster_security_group_id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 30080
  to_port           = 30080
  cidr_blocks       = ["0.0.0.0/0"]
}
""",
)
NAMED = {**PUBLIC, "security_groups": "sg-named"}


@pytest.mark.parametrize(
    ("manifests", "infra", "expected"),
    [
        # the controller makes the group of its balancer and admits it to the machines
        (service("LoadBalancer", **PUBLIC, nlb_target_type="ip"), INFRA, "reachable"),
        (service("LoadBalancer", **PUBLIC), INFRA, "reachable"),
        # "internal" is the default of the AWS Load Balancer Controller
        (service("LoadBalancer", type="external"), INFRA, "unreachable"),
        # a public balancer needs a subnet that routes to an internet gateway
        (service("LoadBalancer", **PUBLIC), WITHOUT_GATEWAY, "unreachable"),
        # the controller of the cluster itself makes public ones
        (service("LoadBalancer"), INFRA, "reachable"),
        (service("LoadBalancer", internal="true"), INFRA, "unreachable"),
        # ranges of clients go into the group that is made
        (service("LoadBalancer", **PUBLIC, more=", loadBalancerSourceRanges: [10.0.0.0/8]"), INFRA, "unreachable"),
        (service("LoadBalancer", **PUBLIC, more=", loadBalancerSourceRanges: [8.8.0.0/16]"), INFRA, "reachable"),
        # groups that are named are not admitted to the machines, unless that is asked for
        (service("LoadBalancer", **NAMED), INFRA, "unreachable"),
        (service("LoadBalancer", **NAMED, manage_backend_security_group_rules="true"), INFRA, "reachable"),
        (service("LoadBalancer", **{**PUBLIC, "security_groups": "sg-elsewhere"}), INFRA, "possible"),
        # ingresses of class alb: internal unless told otherwise
        (service("NodePort") + ingress(scheme="internet-facing"), INFRA, "reachable"),
        (service("NodePort") + ingress(), INFRA, "unreachable"),
        (service("ClusterIP") + ingress(scheme="internet-facing", target_type="ip"), INFRA, "reachable"),
        # machines are registered by their node ports only
        (service("ClusterIP") + ingress(scheme="internet-facing"), INFRA, "unreachable"),
        (service("ClusterIP") + ingress(scheme="internet-facing", target_type="ip", inbound_cidrs="10.0.0.0/8"),
         INFRA, "unreachable"),
        # node ports: machines in private subnets are not reached, those in public ones by their groups
        (service("NodePort", "port: 80, targetPort: 8080, nodePort: 30080"), INFRA, "unreachable"),
        (service("NodePort", "port: 80, targetPort: 8080, nodePort: 30080"), PUBLIC_NODES, "unreachable"),
        (service("NodePort", "port: 80, targetPort: 8080, nodePort: 30080"), OPENED, "reachable"),
        (service("NodePort", "port: 80, targetPort: 8080, nodePort: 30081"), OPENED, "unreachable"),
        (service("NodePort"), OPENED, "possible"),  # which port the cluster chooses is not written
        # a network policy sees the balancer behind which it stands, not the client
        (service("LoadBalancer", **PUBLIC, nlb_target_type="ip") + policy("{ipBlock: {cidr: 8.8.0.0/16}}"),
         INFRA, "unreachable"),
        (service("LoadBalancer", **PUBLIC, nlb_target_type="ip") + policy("{ipBlock: {cidr: 10.0.0.0/16}}"),
         INFRA, "reachable"),
        ("", INFRA, "unreachable"),
    ],
)  # fmt: skip
def test_from_the_internet_to_a_pod(tmp_path: Path, manifests: str, infra: str, expected: str) -> None:
    answer = ask(tmp_path, manifests, "internet", "shop/web", infra=infra)

    assert answer.verdict.value == expected, answer


def test_the_path_leads_through_both_planes(tmp_path: Path) -> None:
    answer = ask(tmp_path, service("LoadBalancer", **PUBLIC, nlb_target_type="ip"), "internet", "shop/web", 8080)
    notes = [step.note for step in answer.path]

    assert not answer.direct
    assert len(answer.via) == 1
    assert notes[0] == "sends"
    assert "the internet gateway lets it in" in notes
    assert "its controller admits it to the machines" in notes
    assert notes[-1] == "receives tcp 8080"
    assert any("what the manifests declare runs in" in each for each in answer.assumptions)


def test_a_balancer_of_terraform_reaches_node_ports(tmp_path: Path) -> None:
    """A target group of the machines, at the node port of a service."""
    port = "port: 80, targetPort: 8080, nodePort: 30080"
    balancer = (Path(__file__).parent / "joined" / "balancer.tf").read_text("utf-8")

    assert (
        ask(tmp_path, service("NodePort", port), "internet", "shop/web", infra=INFRA + balancer).verdict
        == "reachable"
    )
    closed = service("NodePort", port.replace("30080", "30090"))
    assert ask(tmp_path, closed, "internet", "shop/web", infra=INFRA + balancer).verdict == "unreachable"


@pytest.mark.parametrize(
    ("source", "target", "port", "expected"),
    [
        ("shop/web", "aws_db_instance.open", 5432, "reachable"),
        ("shop/web", "aws_db_instance.shut", 5432, "unreachable"),
        ("shop/web", "internet", None, "unreachable"),  # private machines, and no NAT gateway
        ("aws_instance.inside", "shop/web", 8080, "reachable"),  # wears the cluster's group
        ("aws_instance.beside", "shop/web", 8080, "unreachable"),
        ("10.0.1.77", "shop/web", 8080, "unreachable"),
    ],
)
def test_between_pods_and_what_stands_beside_them(
    tmp_path: Path, source: str, target: str, port: int | None, expected: str
) -> None:
    assert ask(tmp_path, "", source, target, port).verdict.value == expected


def test_pods_leave_by_the_routes_of_their_machines(tmp_path: Path) -> None:
    shut = "\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\n"
    shut += "spec: {podSelector: {}, policyTypes: [Egress]}\n"

    assert ask(tmp_path, "", "shop/web", "internet", infra=PUBLIC_NODES).verdict == "reachable"
    assert ask(tmp_path, shut, "shop/web", "internet", infra=PUBLIC_NODES).verdict == "unreachable"


def test_a_binding_registers_pods_with_a_target_group(tmp_path: Path) -> None:
    balancer = (Path(__file__).parent / "joined" / "bound.tf").read_text("utf-8")
    binding = (
        "\n---\napiVersion: elbv2.k8s.aws/v1beta1\nkind: TargetGroupBinding\n"
        "metadata: {name: b, namespace: shop}\n"
        "spec: {serviceRef: {name: web, port: 80}, targetType: ip, targetGroupName: bound%s}\n"
    )
    admits = ", networking: {ingress: [{from: [{securityGroup: {groupID: sg-1}}], ports: [{protocol: TCP}]}]}"
    pods = service("ClusterIP")

    told = ask(tmp_path, pods + binding % admits, "internet", "shop/web", infra=INFRA + balancer)
    assert told.verdict == "reachable"
    # without `networking` nothing is opened at the machines
    assert (
        ask(tmp_path, pods + binding % "", "internet", "shop/web", infra=INFRA + balancer).verdict == "unreachable"
    )
    elsewhere = (binding % admits).replace("bound", "else")
    assert ask(tmp_path, pods + elsewhere, "internet", "shop/web", infra=INFRA + balancer).verdict == "possible"


CONTROLLER = """
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: nginx, namespace: ingress}
spec:
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec: {containers: [{name: c, image: "registry.k8s.io/ingress-nginx/controller:v1.11.0", ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: nginx, namespace: ingress, annotations: {%s}}
spec: {type: %s, selector: {app: nginx}, ports: [{port: 80}]}
"""  # noqa: E501 - one line of YAML


@pytest.mark.parametrize(
    ("annotations", "kind", "expected"),
    [
        ("", "LoadBalancer", "reachable"),
        (f'{_NLB}internal: "true"', "LoadBalancer", "unreachable"),
        ("", "ClusterIP", "reachable"),  # nothing says what publishes it: assumed, and told
    ],
)
def test_an_ingress_is_as_public_as_its_controller(
    tmp_path: Path, annotations: str, kind: str, expected: str
) -> None:
    inside = ingress().replace("ingressClassName: alb", "ingressClassName: nginx")
    text = service("ClusterIP") + inside + CONTROLLER % (annotations, kind)
    answer = ask(tmp_path, text, "internet", "shop/web")

    assert answer.verdict.value == expected, answer
    assumed = any("what carries out the ingresses" in each for each in answer.assumptions)
    assert assumed == (kind == "ClusterIP")


SECOND = """
resource "aws_eks_cluster" "d" {
  name     = "d"
  role_arn = aws_iam_role.r.arn
  vpc_config { subnet_ids = [aws_subnet.public.id] }
}
resource "aws_eks_node_group" "d" {
  cluster_name  = aws_eks_cluster.d.name
  node_role_arn = aws_iam_role.r.arn
  subnet_ids    = [aws_subnet.%s.id]
}
"""


def test_of_several_clusters_each_may_run_the_pods(tmp_path: Path) -> None:
    told = ask(tmp_path, "", "shop/web", "internet", infra=INFRA + SECOND % "public")

    assert told.verdict == "possible"
    assert told.reason == "which cluster of the scan runs these pods is not told, and their networks differ"
    assert ask(tmp_path, "", "shop/web", "internet", infra=INFRA + SECOND % "private").verdict == "unreachable"


def test_machines_that_are_not_in_the_scan_may_be_anywhere(tmp_path: Path) -> None:
    """A cluster whose machines something else starts: what leads to its balancers decides alone."""
    head, _, rest = INFRA.partition('resource "aws_eks_node_group" "n"')
    bare = head + rest.partition("# rules of the cluster's group")[2]

    public, inside = service("LoadBalancer", **PUBLIC), service("ClusterIP") + ingress(target_type="ip")
    assert ask(tmp_path, "", "shop/web", "internet", infra=bare).verdict == "possible"
    assert ask(tmp_path, public, "internet", "shop/web", infra=bare).verdict == "possible"
    assert ask(tmp_path, inside, "internet", "shop/web", infra=bare).verdict == "unreachable"
