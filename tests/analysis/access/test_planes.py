"""From clusters to the cloud. Sources: EKS User Guide, "IAM roles for service accounts" (trust by subject and
audience), "EKS Pod Identity", "Grant IAM users access to Kubernetes with EKS access entries"; Kubernetes
documentation, "Role Based Access Control Good Practices"."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.analysis.access.escalation import Escalations
from scanner.model.address import Address
from tests.analysis.access.reading import at, graph_of

ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
PROVIDER = f"arn:aws:iam::111122223333:oidc-provider/{ISSUER}"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"

ACCOUNT = """
apiVersion: v1
kind: ServiceAccount
metadata:
  name: my-service-account
  namespace: default
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/my-role
"""


def role(condition: dict[str, Any], principal: dict[str, Any] | None = None) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": principal or {"Federated": PROVIDER},
        "Action": "sts:AssumeRoleWithWebIdentity" if principal is None else ["sts:AssumeRole", "sts:TagSession"],
        "Condition": condition,
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    resources = {
        "aws_iam_role": {"r": {"name": "my-role", "assume_role_policy": trust}},
        "aws_iam_role_policy_attachment": {"a": {"role": "${aws_iam_role.r.name}", "policy_arn": ADMIN}},
    }
    return json.dumps({"resource": resources})


def ways(found: Escalations, index: int) -> dict[str, str]:
    return {way.id: found.reached(way) for way in found.ways(index)}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        # the guide's own example: this account, the STS audience
        ({"StringEquals": {f"{ISSUER}:sub": "system:serviceaccount:default:my-service-account",
                           f"{ISSUER}:aud": "sts.amazonaws.com"}}, "yes"),
        # another account of the namespace, another namespace, another audience
        ({"StringEquals": {f"{ISSUER}:sub": "system:serviceaccount:default:other"}}, "no"),
        ({"StringLike": {f"{ISSUER}:sub": "system:serviceaccount:prod:*"}}, "no"),
        ({"StringEquals": {f"{ISSUER}:aud": "vault"}}, "no"),
        # every account of the namespace; every one of the cluster
        ({"StringLike": {f"{ISSUER}:sub": "system:serviceaccount:default:*"}}, "yes"),
        ({"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com"}}, "yes"),
    ],
)  # fmt: skip
def test_an_annotated_account_takes_the_role_that_trusts_it(
    tmp_path: Path, condition: dict[str, Any], expected: str
) -> None:
    graph = graph_of(tmp_path, **{"main.tf_json": role(condition), "sa_yaml": ACCOUNT})
    found = Escalations(graph)
    index = graph.find(Address("k8s", ".", "/ServiceAccount/default/my-service-account"))
    assert index is not None
    assert found.admin(index) == expected
    assert ways(found, index) == ({"irsa": "admin"} if expected == "yes" else {})


def test_pod_identity_goes_by_association(tmp_path: Path) -> None:
    resources = json.loads(role({}, {"Service": "pods.eks.amazonaws.com"}))
    resources["resource"]["aws_eks_cluster"] = {"c": {"name": "c", "role_arn": "x"}}
    resources["resource"]["aws_eks_pod_identity_association"] = {
        "p": {
            "cluster_name": "${aws_eks_cluster.c.name}",
            "namespace": "default",
            "service_account": "app",
            "role_arn": "${aws_iam_role.r.arn}",
        }
    }
    graph = graph_of(tmp_path, **{"main.tf_json": json.dumps(resources)})
    found = Escalations(graph)
    index = at(graph, "aws_eks_pod_identity_association.p")
    assert (found.admin(index), ways(found, index)) == ("yes", {"pod-identity": "admin"})


def test_whoever_may_add_access_entries_holds_the_cluster_and_its_roles(tmp_path: Path) -> None:
    resources = json.loads(role({}, {"Service": "pods.eks.amazonaws.com"}))
    held = {"Effect": "Allow", "Action": ["eks:CreateAccessEntry", "eks:AssociateAccessPolicy"], "Resource": "*"}
    resources["resource"] |= {
        "aws_eks_cluster": {"c": {"name": "c", "role_arn": "x"}},
        "aws_eks_pod_identity_association": {"p": {
            "cluster_name": "${aws_eks_cluster.c.name}", "namespace": "default", "service_account": "app",
            "role_arn": "${aws_iam_role.r.arn}",
        }},
        "aws_iam_user": {"u": {"name": "u"}},
        "aws_iam_user_policy": {"u": {
            "user": "${aws_iam_user.u.name}",
            "policy": json.dumps({"Version": "2012-10-17", "Statement": [held]}),
        }},
    }  # fmt: skip
    graph = graph_of(tmp_path, **{"main.tf_json": json.dumps(resources)})
    found = Escalations(graph)
    index = at(graph, "aws_iam_user.u")
    assert (found.admin(index), ways(found, index)) == ("conditional", {"eks-create-access-entry": "admin"})


BINDING = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: r}
rules:
  - {apiGroups: %s, resources: %s, verbs: %s}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}
subjects: [%s]
"""
ROBOT = "{kind: ServiceAccount, name: robot, namespace: shop}"
ALL_ACCOUNTS = '{kind: Group, name: "system:serviceaccounts", apiGroup: rbac.authorization.k8s.io}'


@pytest.mark.parametrize(
    ("rule", "subject", "expected"),
    [
        (('["*"]', '["*"]', '["*"]'), ROBOT, {"k8s-everything": "admin"}),
        (('[""]', "[secrets]", "[list]"), ALL_ACCOUNTS, {"k8s-secrets": "admin"}),
        (('[""]', "[users]", "[impersonate]"), ROBOT, {"k8s-impersonate": "admin"}),
        (('[""]', "[pods]", "[list]"), ROBOT, {}),
    ],
)
def test_a_service_account_holds_what_its_bindings_open(
    tmp_path: Path, rule: tuple[str, str, str], subject: str, expected: dict[str, str]
) -> None:
    graph = graph_of(tmp_path, rbac_yaml=BINDING % (*rule, subject))
    found = Escalations(graph)
    index = graph.find(Address("k8s", ".", "/ServiceAccount/shop/robot"))
    assert index is not None
    assert ways(found, index) == expected
    assert found.admin(index) == ("yes" if expected else "no")


NODES = """
resource "aws_iam_role" "node" {{
  name               = "node"
  assume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [
    {{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "ec2.amazonaws.com" }} }}] }})
}}
resource "aws_iam_role_policy_attachment" "node" {{
  role       = aws_iam_role.node.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}}
resource "aws_launch_template" "t" {{
  name = "t"
  {options}
}}
resource "aws_eks_cluster" "c" {{
  name     = "c"
  role_arn = "x"
}}
resource "aws_eks_node_group" "n" {{
  cluster_name  = aws_eks_cluster.c.name
  node_role_arn = aws_iam_role.node.arn
  launch_template {{
    id = aws_launch_template.t.id
  }}
}}
"""
PLAIN_ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: app, namespace: shop}\n"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        # EC2 User Guide: IMDSv2 required and one hop keeps pods out; EKS best practices say the same
        ('metadata_options {\n    http_tokens = "required"\n    http_put_response_hop_limit = 1\n  }', "no"),
        ('metadata_options {\n    http_tokens = "required"\n    http_put_response_hop_limit = 2\n  }', "unknown"),
        ('metadata_options {\n    http_tokens = "optional"\n  }', "unknown"),
        ("", "unknown"),
    ],
)
def test_pods_reach_the_role_of_their_machine_by_its_metadata(tmp_path: Path, options: str, expected: str) -> None:
    """Which machine a pod runs on is an assumption, so that none of these is a plain yes."""
    graph = graph_of(tmp_path, main_tf=NODES.format(options=options), sa_yaml=PLAIN_ACCOUNT)
    found = Escalations(graph)
    index = graph.find(Address("k8s", ".", "/ServiceAccount/shop/app"))
    assert index is not None
    assert found.admin(index) == expected
    assert ways(found, index) == ({} if expected == "no" else {"node-role": "admin"})
