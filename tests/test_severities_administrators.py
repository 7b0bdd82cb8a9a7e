"""How much administration weighs by who holds it: who is an administrator by name, or has a second factor,
holds what the work needs; workloads, users and whoever else may come do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import scan, write

BINDING = """apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: bound}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}}
subjects: [{subjects}]
"""
ADMINS = "{apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'login:k8s-admins'}"
DEVELOPERS = "{apiGroup: rbac.authorization.k8s.io, kind: Group, name: developers}"
ACCOUNTS = "{apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'system:serviceaccounts:admin'}"
ACCOUNT = "{kind: ServiceAccount, name: admin, namespace: shop}"
USER = "{apiGroup: rbac.authorization.k8s.io, kind: User, name: admin}"


@pytest.mark.parametrize(
    ("subjects", "severity"),
    [
        # Kubernetes documentation, "RBAC Good Practices": cluster-admin only where specifically needed
        (ADMINS, "medium"),
        (f"{ADMINS}, {DEVELOPERS}", "high"),
        (f"{ADMINS}, {ACCOUNT}", "high"),
        (DEVELOPERS, "high"),
        (ACCOUNTS, "high"),
        (ACCOUNT, "high"),
        (USER, "high"),
    ],
)
def test_the_clusters_administrators_by_name(tmp_path: Path, subjects: str, severity: str) -> None:
    write(tmp_path, {"a.yaml": BINDING.format(subjects=subjects)})
    ran = scan(tmp_path, "--select", "least-privilege/cluster-admin-bound", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == [severity]


GROUP = """resource "aws_iam_group" "g" {{
  name = "{name}"
}}
resource "aws_iam_group_policy_attachment" "g" {{
  group      = aws_iam_group.g.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}}
"""
ROLE = """data "aws_caller_identity" "current" {{}}
data "aws_iam_policy_document" "trust" {{
  statement {{
    actions = ["sts:AssumeRole"]
    principals {{
      type        = "AWS"
      identifiers = [{who}]
    }}
    {condition}
  }}
}}
resource "aws_iam_role" "r" {{
  name               = "admin"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}}
resource "aws_iam_role_policy_attachment" "r" {{
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}}
"""
ASKED = """condition {
      test     = "%s"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["%s"]
    }"""
OWN, WRITTEN = "data.aws_caller_identity.current.account_id", '"arn:aws:iam::111122223333:root"'


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (GROUP.format(name="admins"), "medium"),
        (GROUP.format(name="developers"), "high"),
        # IAM User Guide, "Secure API access with MFA": BoolIfExists lets in who signs with long-term keys
        (ROLE.format(who=OWN, condition=ASKED % ("Bool", "true")), "medium"),
        (ROLE.format(who=WRITTEN, condition=ASKED % ("Bool", "true")), "medium"),
        (ROLE.format(who=WRITTEN, condition=ASKED % ("BoolIfExists", "true")), "high"),
        (ROLE.format(who=WRITTEN, condition=ASKED % ("Bool", "false")), "high"),
        (ROLE.format(who='"*"', condition=ASKED % ("Bool", "true")), "high"),
        (ROLE.format(who=WRITTEN, condition=""), "high"),
    ],
)
def test_the_accounts_administrators(tmp_path: Path, text: str, severity: str) -> None:
    write(tmp_path, {"main.tf": text})
    ran = scan(tmp_path, "--select", "least-privilege/administrator-attached", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == [severity]
