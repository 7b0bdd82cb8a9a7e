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


# from the cloud into a cluster and back

ESTATE = """
resource "aws_eks_cluster" "c" {{
  name     = "c"
  role_arn = "x"
  access_config {{
    authentication_mode = "{mode}"
  }}
}}
resource "aws_iam_role" "power" {{
  name               = "power"
  assume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [
    {{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = {{
      Service = "pods.eks.amazonaws.com" }} }}] }})
}}
resource "aws_iam_role_policy_attachment" "power" {{
  role       = aws_iam_role.power.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}}
resource "aws_eks_pod_identity_association" "power" {{
  cluster_name    = aws_eks_cluster.c.name
  namespace       = "ops"
  service_account = "deployer"
  role_arn        = aws_iam_role.power.arn
}}
resource "aws_iam_role" "dev" {{
  name               = "dev"
  path               = "{path}"
  assume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [
    {{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ AWS = "111122223333" }} }}] }})
}}
"""
ENTRY = """
resource "aws_eks_access_entry" "dev" {
  cluster_name  = aws_eks_cluster.c.name
  principal_arn = aws_iam_role.dev.arn
}
resource "aws_eks_access_policy_association" "dev" {
  cluster_name  = aws_eks_cluster.c.name
  principal_arn = aws_iam_role.dev.arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/%s"
  access_scope {
    type       = "%s"
    namespaces = %s
  }
}
"""


@pytest.mark.parametrize(
    ("mode", "policy", "scope", "namespaces", "expected"),
    [
        # EKS User Guide, "Review access policy permissions": the cluster's administrator runs pods as any account
        ("API", "AmazonEKSClusterAdminPolicy", "cluster", "[]", "yes"),
        ("API_AND_CONFIG_MAP", "AmazonEKSClusterAdminPolicy", "cluster", "[]", "yes"),
        ("API", "AmazonEKSEditPolicy", "namespace", '["ops"]', "yes"),
        ("API", "AmazonEKSEditPolicy", "namespace", '["shop"]', "no"),
        ("API", "AmazonEKSViewPolicy", "cluster", "[]", "no"),
        # every resource, pods/exec among them, which a websocket opens with GET (rbac-good-practices, nodes/proxy)
        ("API", "AmazonEKSAdminViewPolicy", "cluster", "[]", "yes"),
        # "Secrets": since 1.24 a lasting token is in one only where someone asked for it
        ("API", "AmazonEKSSecretReaderPolicy", "cluster", "[]", "conditional"),
        ("API", "AmazonNewPolicy", "cluster", "[]", "unknown"),
        # "Change authentication mode": entries do not exist under CONFIG_MAP
        ("CONFIG_MAP", "AmazonEKSClusterAdminPolicy", "cluster", "[]", "no"),
    ],
)
def test_an_access_policy_leads_to_the_roles_of_its_scope(
    tmp_path: Path, mode: str, policy: str, scope: str, namespaces: str, expected: str
) -> None:
    text = ESTATE.format(mode=mode, path="/") + ENTRY % (policy, scope, namespaces)
    graph = graph_of(tmp_path, main_tf=text)
    found = Escalations(graph, ("trust",))
    index = at(graph, "aws_iam_role.dev")
    assert found.admin(index) == expected
    shown = [way for way in found.ways(index) if way.id == "eks-access-entry"]
    if expected == "yes":
        assert [found.reached(way) for way in shown] == ["admin"]
        assert shown[0].steps[0].action == "enters the cluster"
        assert shown[0].steps[-1].target == at(graph, "aws_iam_role.power")


AUTH = """
apiVersion: v1
kind: ConfigMap
metadata: {{name: aws-auth, namespace: kube-system}}
data:
  mapRoles: |
    - rolearn: {arn}
      username: dev
      groups: [{group}]
"""
BOUND = """---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: editors, namespace: ops}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{kind: Group, name: editors, apiGroup: rbac.authorization.k8s.io}]
"""
ARN = "arn:aws:iam::111122223333:role/dev"


@pytest.mark.parametrize(
    ("mode", "path", "arn", "group", "expected"),
    [
        # which cluster manifests are applied to is an assumption: none is a plain yes
        ("CONFIG_MAP", "/", ARN, "system:masters", "unknown"),
        ("API_AND_CONFIG_MAP", "/", ARN, "editors", "unknown"),
        ("CONFIG_MAP", "/", ARN, "viewers", "no"),
        ("API", "/", ARN, "system:masters", "no"),
        # the role's path is left out in aws-auth; an ARN with one matches nobody
        ("CONFIG_MAP", "/team/", ARN, "system:masters", "unknown"),
        ("CONFIG_MAP", "/team/", "arn:aws:iam::111122223333:role/team/dev", "system:masters", "no"),
    ],
)
def test_aws_auth_lets_roles_in(tmp_path: Path, mode: str, path: str, arn: str, group: str, expected: str) -> None:
    texts = {
        "main_tf": ESTATE.format(mode=mode, path=path),
        "auth_yaml": AUTH.format(arn=arn, group=group) + BOUND,
    }
    graph = graph_of(tmp_path, **texts)
    found = Escalations(graph, ("trust",))
    index = at(graph, "aws_iam_role.dev")
    assert found.admin(index) == expected
    if expected == "unknown":
        (way,) = [way for way in found.ways(index) if way.id == "aws-auth"]
        assert "assuming that the manifests are applied to aws_eks_cluster.c" in found.conditions(way)


def test_an_administrator_of_the_cluster_acts_as_the_roles_of_other_accounts(tmp_path: Path) -> None:
    """Kubernetes documentation, "RBAC Good Practices": whoever runs pods runs them as any account there."""
    other = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot, namespace: shop}\n"
    condition = {"StringEquals": {f"{ISSUER}:sub": "system:serviceaccount:default:my-service-account"}}
    rule = ('[""]', "[pods]", "[create]")
    texts = {"main.tf_json": role(condition), "sa_yaml": ACCOUNT + other + "---\n" + BINDING % (*rule, ROBOT)}
    graph = graph_of(tmp_path, **texts)
    found = Escalations(graph)
    index = graph.find(Address("k8s", ".", "/ServiceAccount/shop/robot"))
    assert index is not None
    ways_ = [way for way in found.ways(index) if way.id == "k8s-workload" and len(way.steps) > 1]
    assert [[step.action for step in way.steps] for way in ways_] == [
        ["create pods", "sts:AssumeRoleWithWebIdentity"]
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # "Referring to resources", resourceNames: the token of the account that is named, and of no other
        ('[""], resources: [serviceaccounts/token], verbs: [create], resourceNames: [my-service-account]', "yes"),
        ('[""], resources: [serviceaccounts/token], verbs: [create], resourceNames: [other]', "no"),
        # in whose name one acts makes no token for the cloud
        ('[""], resources: [serviceaccounts], verbs: [impersonate], resourceNames: [my-service-account]', "no"),
    ],
)
def test_the_token_of_an_account_that_is_named_is_its_role(tmp_path: Path, rule: str, expected: str) -> None:
    rbac = BINDING.replace("  - {apiGroups: %s, resources: %s, verbs: %s}", f"  - {{apiGroups: {rule}}}") % ROBOT
    condition = {"StringEquals": {f"{ISSUER}:sub": "system:serviceaccount:default:my-service-account"}}
    graph = graph_of(tmp_path, **{"main.tf_json": role(condition), "sa_yaml": f"{ACCOUNT}---\n{rbac}"})
    found = Escalations(graph)
    index = graph.find(Address("k8s", ".", "/ServiceAccount/shop/robot"))
    assert index is not None
    assert found.admin(index) == expected
    assert [len(way.steps) for way in found.ways(index)] == ([2] if expected == "yes" else [])
