"""Terraform for the escalation paths beyond `known.json`: where each works, lacks what it asks for, is scoped.

`later.json` holds their permissions and trusted services. Those with a number: prowler 5.46 (Apache-2.0,
`api/.../attack_paths/queries/aws.py` and `iam/lib/privilege_escalation.py`) and DataDog's pathrunner
(Apache-2.0, `pkg/exploits`), which name pathfinding.cloud's pages. The others: Rhino Security Labs "AWS IAM
Privilege Escalation", PMapper's checkers, the IAM and EKS User Guides. Not here: `sts-002` and `sts-003`, which
start outside the account, and are the rules trust-cross-account-open and trust-public; `ec2-005`, which was
ec2-004 before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.analysis.access.paths.accounts import (
    _ATTACKER,
    _EVERYTHING,
    _HARMLESS,
    _NOTHING,
    Case,
    _join,
    _plain,
    _role,
    _scope,
)

LATER: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "later.json").read_text())

_ARN = "aws_iam_role.admin.arn"
_TASK = 'container_definitions = "[]"\n  family = "t"\n  task_role_arn = ROLE'
_JOB = 'type = "container"\n  container_properties = jsonencode({ jobRoleArn = ROLE })'
# Existing things that act as a role: a resource whose role is ROLE (and its profile PROFILE), and what stands by.
_THINGS = {
    "batch-002": (f"aws_batch_job_definition|{_JOB}", "queue"),
    "bedrock-004": ("aws_bedrockagentcore_agent_runtime|role_arn = ROLE", ""),
    "bedrock-007": ("aws_bedrockagentcore_browser|execution_role_arn = ROLE", ""),
    "codedeploy-001": ("aws_instance|iam_instance_profile = PROFILE", "deployment"),
    "ecs-006": (f"aws_ecs_task_definition|{_TASK}", "cluster"),
    "lambda-update-function-configuration": ("aws_lambda_function|role = ROLE", ""),
    "stepfunctions-002": ("aws_sfn_state_machine|role_arn = ROLE", ""),
}  # fmt: skip
_PROFILE = 'resource "aws_iam_instance_profile" "admin" {\n  role = aws_iam_role.admin.name\n}'
_SNIPPETS = {
    "cluster": 'resource "aws_ecs_cluster" "c" {\n  name = "c"\n}',
    "deployment": 'resource "aws_codedeploy_deployment_group" "g" {\n  app_name = "a"\n'
    '  deployment_group_name = "g"\n  service_role_arn = aws_iam_role.plain.arn\n}',
    "group": 'resource "aws_autoscaling_group" "g" {\n  name = "g"\n  max_size = 1\n  min_size = 1\n}',
    "kubernetes": 'resource "aws_eks_cluster" "c" {\n  name = "c"\n  role_arn = aws_iam_role.plain.arn\n'
    '  access_config {\n    authentication_mode = "API"\n  }\n}',
    "machine": 'resource "aws_instance" "member" {\n  ami = "ami-1"\n}',
    "pool": 'resource "aws_cognito_identity_pool" "p" {\n  identity_pool_name = "p"\n}',
    "profile": _PROFILE,
    "queue": 'resource "aws_batch_job_queue" "q" {\n  name = "q"\n  priority = 1\n  state = "ENABLED"\n}',
    "task": 'resource "aws_ecs_task_definition" "d" {\n  family = "d"\n  container_definitions = "[]"\n}',
}
# What must exist besides a role that trusts the service.
_BESIDES = {
    "autoscaling-create": "profile", "autoscaling-update": "profile group", "batch-001": "queue",
    "cognitoidentity-001": "pool", "ec2-associate-instance-profile": "profile machine",
    "ec2-replace-instance-profile": "profile machine", "ecs-007": "cluster task", "ecs-008": "cluster task",
    "ecs-009": "cluster task machine", "eks-create-pod-identity": "kubernetes", "emr-001": "profile",
    "iam-add-role-to-instance-profile": "profile machine", "imagebuilder-001": "profile",
}  # fmt: skip


def cases(path: str) -> dict[str, Case]:
    """`works`, `missing` and `scoped` for one path."""
    if path in _THINGS:
        made = _using
    elif LATER[path]["trusts"]:
        made = _handing
    else:
        made = _taking
    return {word: made(path, word) for word in ("works", "missing", "scoped")}


def every() -> Iterator[tuple[str, str]]:
    """Each path id with each word."""
    for path in LATER:
        for word in ("works", "missing", "scoped"):
            yield path, word


def _handing(path: str, word: str) -> Case:
    """A role that trusts the service; missing: it trusts another."""
    trusts = LATER[path]["trusts"] if word != "missing" else [_HARMLESS]
    extra = "\n".join(_SNIPPETS[each] for each in _BESIDES.get(path, "").split())
    scoped = {"iam:PassRole": _ARN}
    return Case(_join(_role("admin", trusts, _EVERYTHING), _plain(), extra, _user(path, word, scoped)), _ATTACKER)


def _using(path: str, word: str) -> Case:
    """A thing that acts as an administrative role; missing: as one that may do nothing."""
    told, extra = _THINGS[path]
    type_, argument = told.split("|")
    held = "plain" if word == "missing" else "admin"
    argument = argument.replace("ROLE", f"aws_iam_role.{held}.arn")
    argument = argument.replace("PROFILE", f"aws_iam_instance_profile.{held}.name")
    profile = f'resource "aws_iam_instance_profile" "{held}" {{\n  role = aws_iam_role.{held}.name\n}}'
    thing = f'resource "{type_}" "thing" {{\n  {argument}\n}}'
    roles = _role("admin", [_HARMLESS], _EVERYTHING), _plain()
    return Case(_join(*roles, profile, thing, _SNIPPETS.get(extra, ""), _user(path, word, {})), _ATTACKER)


def _taking(path: str, word: str) -> Case:
    """Paths through what IAM, Identity Center, EKS and Organizations hold."""
    if path in _BOUNDED:
        return _bounded(path, word)
    if path.startswith("iam-create-"):
        return _making(path, word)
    if path == "iam-set-default-policy-version":
        return _older(path, word)
    if path in ("sso-002", "sso-003"):
        return _signed_in(path, word)
    extra = {
        "eks-create-access-entry": _cluster(),
        "iam-add-oidc-client": _oidc(),
        "iam-recreate-saml-provider": _saml(),
        "iam-update-oidc-thumbprint": _oidc(),
        "iam-update-saml-provider": _saml(),
        "sso-001": 'resource "aws_ssoadmin_permission_set" "s" {\n  name = "s"\n'
        '  instance_arn = "arn:aws:sso:::instance/ssoins-1"\n}',
    }.get(path, "")
    missing = "" if word == "missing" else extra
    scoped = {
        "iam:UpdateSAMLProvider": "aws_iam_saml_provider.p.arn",
        "eks:CreateAccessEntry": "aws_eks_cluster.c.arn",
        "sts:AssumeRoot": '"arn:aws:iam::*:root"',
    }
    return Case(_join(_plain(), missing, _user(path, word, scoped)), _ATTACKER)


def _cluster() -> str:
    """A cluster whose administrators can act as an administrative role, by a pod identity."""
    association = (
        'resource "aws_eks_pod_identity_association" "a" {\n  cluster_name = aws_eks_cluster.c.name\n'
        f'  namespace = "n"\n  service_account = "s"\n  role_arn = {_ARN}\n}}'
    )
    return _join(_role("admin", ["pods.eks.amazonaws.com"], _EVERYTHING), _SNIPPETS["kubernetes"], association)


def _saml() -> str:
    provider = 'resource "aws_iam_saml_provider" "p" {\n  name = "p"\n  saml_metadata_document = "m"\n}'
    trusts = "{ Federated = aws_iam_saml_provider.p.arn }"
    return _join(
        provider, _role("admin", [], _EVERYTHING, trusts).replace("sts:AssumeRole", "sts:AssumeRoleWithSAML")
    )


_BOUNDED = ("iam-022", "iam-023", "iam-delete-own-boundary", "iam-put-role-boundary", "iam-put-user-boundary")


def _oidc() -> str:
    provider = (
        'resource "aws_iam_openid_connect_provider" "p" {\n  url = "https://id.example.com"\n'
        '  client_id_list = ["c"]\n}'
    )
    trusts = "{ Federated = aws_iam_openid_connect_provider.p.arn }"
    role = _role("admin", [], _EVERYTHING, trusts)
    return _join(provider, role.replace("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"))


def _bounded(path: str, word: str) -> Case:
    """Someone whom only a boundary holds back; missing: nothing else is allowed besides."""
    everything = _NOTHING if word == "missing" else _EVERYTHING
    guard = (
        'resource "aws_iam_policy" "bound" {\n  name = "bound"\n  policy = jsonencode({ Version = "2012-10-17", '
        'Statement = [{ Effect = "Allow", Action = ["s3:*", "iam:*Boundary", "sts:AssumeRole"], '
        'Resource = "*" }] })\n}'
    )
    permissions = LATER[path]["permissions"]
    line = '  name = "{0}"\n  permissions_boundary = aws_iam_policy.bound.arn'
    if path == "iam-023":
        role = _role("target", [], everything, "{ AWS = aws_iam_user.attacker.arn }")
        role = role.replace('  name = "target"', line.format("target"), 1)
        scoped = dict.fromkeys(permissions, "aws_iam_role.target.arn")
        return Case(_join(guard, role, _user(path, word, scoped)), _ATTACKER)
    kind = "user" if path in ("iam-022", "iam-put-user-boundary") else "role"
    statements = _statements(path, word, dict.fromkeys(permissions, f'"arn:aws:iam::*:{kind}/attacker"'))
    # what its own policies allow besides, and its boundary does not
    statements += "" if word == "missing" else f", {_EVERYTHING}"
    if kind == "user":
        user = _user(path, word, {}, statements).replace('  name = "attacker"', line.format("attacker"))
        return Case(_join(guard, user), _ATTACKER)
    role = _role("attacker", ["ec2.amazonaws.com"], statements)
    return Case(
        _join(guard, role.replace('  name = "attacker"', line.format("attacker"), 1)), "aws_iam_role.attacker"
    )


def _making(path: str, word: str) -> Case:
    """Whoever may make a principal with any policy; missing: only with a boundary of the account's."""
    user = _user(path, word, {})
    if word == "missing":
        bound = '"iam:PermissionsBoundary" = "arn:aws:iam::111111111111:policy/bound"'
        condition = f"Condition = {{ StringEquals = {{ {bound} }} }}"
        actions = json.dumps([each for each in LATER[path]["permissions"] if each != "iam:CreateAccessKey"])
        user = user.replace(json.dumps(LATER[path]["permissions"]) + ', Resource = "*"',
                            actions + f', Resource = "*", {condition}')  # fmt: skip
    return Case(user, _ATTACKER)


def _older(path: str, word: str) -> Case:
    """A user that holds a customer policy; missing: it holds none."""
    policy = (
        'resource "aws_iam_policy" "own" {\n  name = "own"\n  policy = jsonencode({ Version = "2012-10-17", '
        f"Statement = [{_NOTHING}] }})\n}}\n"
        'resource "aws_iam_user_policy_attachment" "own" {\n  user = aws_iam_user.attacker.name\n'
        "  policy_arn = aws_iam_policy.own.arn\n}"
    )
    scoped = {"iam:SetDefaultPolicyVersion": "aws_iam_policy.own.arn"}
    return Case(_join("" if word == "missing" else policy, _user(path, word, scoped)), _ATTACKER)


def _signed_in(path: str, word: str) -> Case:
    """A permission set that may change itself; missing: a user of IAM with the same permissions."""
    if word == "missing":
        return Case(_user(path, word, {}), _ATTACKER)
    instance = '  instance_arn = "arn:aws:sso:::instance/ssoins-1"\n'
    statements = _statements(path, word, {})
    return Case(
        f'resource "aws_ssoadmin_permission_set" "s" {{\n  name = "s"\n{instance}}}\n'
        f'resource "aws_ssoadmin_permission_set_inline_policy" "s" {{\n{instance}'
        "  permission_set_arn = aws_ssoadmin_permission_set.s.arn\n"
        f'  inline_policy = jsonencode({{ Version = "2012-10-17", Statement = [{statements}] }})\n}}',
        "aws_ssoadmin_permission_set.s",
    )


def _user(path: str, word: str, scoped: dict[str, str], statements: str = "") -> str:
    statements = statements or _statements(path, word, scoped)
    return (
        'resource "aws_iam_user" "attacker" {\n  name = "attacker"\n}\n'
        'resource "aws_iam_user_policy" "own" {\n  user = aws_iam_user.attacker.name\n'
        f'  policy = jsonencode({{ Version = "2012-10-17", Statement = [{statements}] }})\n}}'
    )


def _statements(path: str, word: str, scoped: dict[str, str]) -> str:
    permissions = LATER[path]["permissions"]
    if word != "scoped":
        return f'{{ Effect = "Allow", Action = {json.dumps(permissions)}, Resource = "*" }}'
    return ", ".join(
        f'{{ Effect = "Allow", Action = "{each}", Resource = {scoped.get(each) or json.dumps(_scope(each))} }}'
        for each in permissions
    )
