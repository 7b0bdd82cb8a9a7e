"""`ask who-can` about a cluster, from outside. Expected answers: Kubernetes documentation, "Using RBAC
Authorization" (resourceNames, subresources, RoleBinding to a ClusterRole, default groups)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import run, write

CLUSTER = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot, namespace: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: idle, namespace: office}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [secrets], verbs: [get, list]}
- {apiGroups: [""], resources: [pods/exec], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects:
- {kind: ServiceAccount, name: robot, namespace: shop}
- {kind: ServiceAccount, name: elsewhere, namespace: away}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: one}
rules:
- {apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [db]}
- {nonResourceURLs: [/metrics], verbs: [get]}
- {apiGroups: [example.com], resources: [widgets], verbs: ["*"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: one}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: one}
subjects:
- {kind: Group, name: developers, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: elsewhere}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kept-elsewhere}
subjects:
- {kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}
"""
ROBOT, IDLE = "/ServiceAccount/shop/robot", "/ServiceAccount/office/idle"
AWAY, GROUP, JANE = "ServiceAccount away/elsewhere", "Group developers", "User jane"


@pytest.fixture
def cluster(tmp_path: Path) -> Path:
    return write(tmp_path, {"rbac.yaml": CLUSTER})


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("get", "secrets", {ROBOT, AWAY, GROUP}),
        ("k8s:get", "secrets", {ROBOT, AWAY, GROUP}),
        ("get", "Secret", {ROBOT, AWAY, GROUP}),
        ("get", "shop/secrets", {ROBOT, AWAY, GROUP}),
        ("get", "office/secrets", {GROUP}),
        ("get", "shop/secrets/db", {ROBOT, AWAY, GROUP}),
        ("get", "shop/secrets/other", {ROBOT, AWAY}),
        ("get", "k8s:.#/Secret/shop/other", {ROBOT, AWAY}),
        ("patch", "k8s:.#example.com/Widget/shop/one", {GROUP}),
        ("list", "secrets", {ROBOT, AWAY}),
        ("list", "*/secrets", set()),  # all namespaces at once: a RoleBinding is not enough
        ("create", "pods/exec", {ROBOT, AWAY}),
        ("create", "pods", set()),
        ("create", "shop/pods/exec/web", {ROBOT, AWAY}),
        ("k8s:*", "*", set()),
        ("get", "/metrics", {GROUP}),
        ("patch", "widgets", {GROUP}),
        ("patch", "widgets.example.org", set()),
    ],
)
def test_each_subject_has_its_verdict(cluster: Path, action: str, resource: str, allowed: set[str]) -> None:
    done = run("ask", "who-can", action, resource, "--in", cluster, "--format", "json")
    assert done.code == 0, done.err
    found = {each["node"].rpartition("#")[2]: each["verdict"] for each in done.json["principals"]}
    assert set(found) == {ROBOT, IDLE, AWAY, GROUP, JANE}
    assert {name for name, verdict in found.items() if verdict == "allowed"} == allowed
    assert found[IDLE] == "denied"
    assert found[JANE] == "unknown", "her role is not part of the scan"


def test_an_answer_names_the_binding_and_its_reach(cluster: Path) -> None:
    done = run("ask", "who-can", "get", "secrets", "--in", cluster, "--format", "json")
    told = {each["node"]: each for each in done.json["principals"]}
    robot, group, jane = told[f"k8s:.#{ROBOT}"], told[GROUP], told[JANE]
    assert set(robot) == {"node", "verdict", "conditions", "because"}
    assert robot["conditions"] == group["conditions"] == []
    [because] = robot["because"]
    assert because["statement"].endswith("binds reader in namespace shop")
    assert (because["location"]["path"], because["location"]["line"]) == ("rbac.yaml", 20)
    [because] = group["because"]
    assert because["statement"].endswith("binds one in the whole cluster; only db")
    assert "kept-elsewhere" in jane["conditions"][0]


@pytest.mark.parametrize(("action", "resource"), [("get", "gadgets"), ("get", "shop/nodes"), ("Get", "secrets")])
def test_what_is_no_question(cluster: Path, action: str, resource: str) -> None:
    done = run("ask", "who-can", action, resource, "--in", cluster)
    assert (done.code, done.out) == (2, "")


def test_text_counts(cluster: Path) -> None:
    done = run("ask", "who-can", "get", "shop/secrets", "--in", cluster)
    assert done.out.splitlines()[-1] == "3 allowed, 1 conditional or unknown, 1 denied: get on shop/secrets"


EKS = """
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = "x"
  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }
}
resource "aws_iam_role" "dev" { name = "dev" }
resource "aws_iam_role" "admin" { name = "admin" }
resource "aws_eks_access_entry" "dev" {
  cluster_name      = aws_eks_cluster.c.name
  principal_arn     = aws_iam_role.dev.arn
  kubernetes_groups = ["developers"]
}
resource "aws_eks_access_policy_association" "admin" {
  cluster_name  = aws_eks_cluster.c.name
  principal_arn = aws_iam_role.admin.arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
  access_scope { type = "cluster" }
}
resource "aws_eks_access_policy_association" "edit" {
  cluster_name  = aws_eks_cluster.c.name
  principal_arn = aws_iam_role.dev.arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"
  access_scope {
    type       = "namespace"
    namespaces = ["office"]
  }
}
"""


def test_principals_of_aws_enter_by_their_access_entries(cluster: Path) -> None:
    """EKS User Guide, "Associate access policies with access entries". Which cluster the manifests go to is an
    assumption, so that what their bindings give to the entry's groups is unknown."""
    write(cluster, {"main.tf": EKS})

    def verdicts(action: str, resource: str) -> dict[str, str]:
        done = run("ask", "who-can", action, resource, "--in", cluster, "--format", "json")
        found = {each["node"].rpartition("#")[2]: each["verdict"] for each in done.json["principals"]}
        return {name.removeprefix("aws_iam_role."): found[name] for name in found if "aws_" in name}

    assert verdicts("get", "office/secrets") == {"admin": "allowed", "dev": "allowed"}
    assert verdicts("get", "shop/secrets/db") == {"admin": "allowed", "dev": "unknown"}
    assert verdicts("get", "shop/secrets/other") == {"admin": "allowed", "dev": "denied"}
    write(cluster, {"main.tf": EKS.replace("permissions = false", "permissions = true")})
    assert verdicts("get", "nodes") == {"admin": "allowed", "dev": "denied", "aws_eks_cluster.c": "allowed"}


PATH = """
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = "x"
  access_config { authentication_mode = "API" }
}
resource "aws_iam_role" "power" {
  name               = "power"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = {
      Service = "pods.eks.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "power" {
  role       = aws_iam_role.power.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
resource "aws_eks_pod_identity_association" "power" {
  cluster_name    = aws_eks_cluster.c.name
  namespace       = "ops"
  service_account = "deployer"
  role_arn        = aws_iam_role.power.arn
}
resource "aws_iam_role" "dev" { name = "dev" }
resource "aws_eks_access_policy_association" "dev" {
  cluster_name  = aws_eks_cluster.c.name
  principal_arn = aws_iam_role.dev.arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
  access_scope { type = "cluster" }
}
"""


def test_a_path_runs_through_both_planes_and_back(tmp_path: Path) -> None:
    """EKS User Guide, "Access policy permissions", "EKS Pod Identity": role, cluster, service account, role."""
    write(tmp_path, {"main.tf": PATH})
    done = run("ask", "escalations", "--from", "aws_iam_role.dev", "--in", tmp_path, "--format", "json")
    assert done.code == 0, done.err
    [told] = done.json["principals"]
    assert (told["node"], told["admin"]) == ("tf:.#aws_iam_role.dev", "yes")
    [path] = told["paths"]
    assert set(path) == {"id", "steps", "reaches", "conditions"}
    assert (path["id"], path["reaches"], path["conditions"]) == ("eks-access-entry", "admin", [])
    assert [(each["node"], each["action"], each["target"]) for each in path["steps"]] == [
        ("tf:.#aws_iam_role.dev", "enters the cluster", "tf:.#aws_eks_cluster.c"),
        ("tf:.#aws_eks_cluster.c", "* *", "*"),
        ("tf:.#aws_eks_pod_identity_association.power", "sts:AssumeRole", "tf:.#aws_iam_role.power"),
    ]
    assert path["steps"][0]["location"]["line"] == 26
