"""Terraform for each known escalation path: one account where it works, one without what it asks for, one where
its permissions are scoped to resources.

`known.json` holds identifiers, required permissions, categories and trusted services of pathfinding.cloud
(DataDog, Apache-2.0, data of 2025-12-17); what else a path asks for is its `prerequisites`, here as resources.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from scanner.analysis.access.catalogue import catalogue

KNOWN: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "known.json").read_text())

_HARMLESS = "config.amazonaws.com"  # a service that none of the paths goes through
_EVERYTHING = '{ Effect = "Allow", Action = "*", Resource = "*" }'

# Existing things that act as a role: path ids to a resource whose role is ROLE (and its profile PROFILE).
_THINGS = {
    "apprunner-002": 'aws_apprunner_service|instance_configuration { instance_role_arn = ROLE }',
    "bedrock-002": "aws_bedrockagentcore_code_interpreter|execution_role_arn = ROLE",
    "cloudformation-002": "aws_cloudformation_stack|iam_role_arn = ROLE",
    "cloudformation-004": "aws_cloudformation_stack_set|administration_role_arn = ROLE",
    "cloudformation-005": "aws_cloudformation_stack|iam_role_arn = ROLE",
    "codebuild-002": "aws_codebuild_project|service_role = ROLE",
    "codebuild-003": "aws_codebuild_project|service_role = ROLE",
    "ec2-002": "aws_instance|iam_instance_profile = PROFILE",
    "ec2-004": "aws_launch_template|iam_instance_profile { name = PROFILE }",
    "ec2instanceconnect-003": "aws_instance|iam_instance_profile = PROFILE",
    "glue-002": "aws_glue_dev_endpoint|role_arn = ROLE",
    "lambda-003": "aws_lambda_function|role = ROLE",
    "lambda-004": "aws_lambda_function|role = ROLE",
    "lambda-005": "aws_lambda_function|role = ROLE",
    "sagemaker-004": "aws_sagemaker_notebook_instance|role_arn = ROLE",
    "sagemaker-005": "aws_sagemaker_notebook_instance|role_arn = ROLE",
    "ssm-001": "aws_instance|iam_instance_profile = PROFILE",
    "ssm-002": "aws_instance|iam_instance_profile = PROFILE",
}  # fmt: skip
# What must exist besides a role that trusts the service.
_BESIDES = {
    "ec2-001": "profile", "ec2-003": "profile",
    "ecs-003": "cluster", "ecs-004": "cluster", "ecs-005": "cluster machine",
    "glue-005": "job", "glue-006": "job", "lambda-002": "stream",
}  # fmt: skip
_SNIPPETS = {
    "profile": 'resource "aws_iam_instance_profile" "admin" {\n  role = aws_iam_role.admin.name\n}',
    "cluster": 'resource "aws_ecs_cluster" "c" {\n  name = "c"\n}',
    "machine": 'resource "aws_instance" "member" {\n  ami = "ami-1"\n}',
    "job": 'resource "aws_glue_job" "j" {\n  name     = "j"\n  role_arn = aws_iam_role.plain.arn\n}',
    "stream": 'resource "aws_dynamodb_table" "t" {\n  name = "t"\n  stream_enabled = true\n}',
}
_NEVER_ITSELF = ("iam-015", "iam-018")  # on every user it would be the shorter way, to write one's own policy
_USER = 'resource "aws_iam_user" "target" {\n  name = "target"\n}'


class Case(NamedTuple):
    """A Terraform text and the address of the principal that is asked about."""

    text: str
    principal: str


def cases(path: str) -> dict[str, Case]:
    """`works`, `missing` and `scoped` for one path."""
    if KNOWN[path]["category"] == "new-passrole" and path not in _THINGS:
        made = _handing
    else:
        made = _using if path in _THINGS else _taking
    return {word: made(path, word) for word in ("works", "missing", "scoped")}


def _handing(path: str, word: str) -> Case:
    """A role that trusts the service; missing: it trusts another."""
    trusts = KNOWN[path]["trusts"] if word != "missing" else [_HARMLESS]
    extra = "\n".join(_SNIPPETS[each] for each in _BESIDES.get(path, "").split())
    scoped = {"iam:PassRole": "aws_iam_role.admin.arn"}
    return Case(_join(_role("admin", trusts, _EVERYTHING), _plain(), extra, _user(path, word, scoped)), _ATTACKER)


def _using(path: str, word: str) -> Case:
    """A thing that acts as an administrative role; missing: as one that may do nothing."""
    type_, argument = _THINGS[path].split("|")
    held = "plain" if word == "missing" else "admin"
    argument = argument.replace("ROLE", f"aws_iam_role.{held}.arn")
    argument = argument.replace("PROFILE", f"aws_iam_instance_profile.{held}.name")
    profile = f'resource "aws_iam_instance_profile" "{held}" {{\n  role = aws_iam_role.{held}.name\n}}'
    named = {"aws_lambda_function": "function_name", "aws_cloudformation_stack": "name"}.get(type_, "name")
    name = "" if type_ in ("aws_instance",) else f'  {named} = "thing"\n'
    thing = f'resource "{type_}" "thing" {{\n{name}  {argument}\n}}'
    arn = f"{type_}.thing.arn"
    service = [_HARMLESS]
    scoped = {each: arn for each in KNOWN[path]["permissions"] if not each.startswith(("iam:", "ec2:Describe"))}
    scoped |= {"iam:PassRole": "aws_iam_role.admin.arn"}
    scoped.pop("sagemaker:CreateNotebookInstanceLifecycleConfig", None)  # it makes a configuration, not a notebook
    if type_ == "aws_cloudformation_stack":
        scoped = dict.fromkeys(scoped, "aws_cloudformation_stack.thing.id")
    text = _join(_role("admin", service, _EVERYTHING), _plain(), profile, thing, _user(path, word, scoped))
    return Case(text, _ATTACKER)


_ATTACKER = "aws_iam_user.attacker"


def _taking(path: str, word: str) -> Case:
    """Paths through users, groups, roles and policies of IAM itself."""
    missing = word == "missing"
    if path in ("iam-001",):
        return _own_policy(path, word)
    if path in ("iam-005", "iam-009"):
        return _as_user(path, word) if missing else _as_role(path, word)
    if path in ("iam-007", "iam-008"):
        return _as_role(path, word) if missing else _as_user(path, word)
    if path in ("iam-010", "iam-011", "iam-013"):
        return _grouped(path, word)
    if path in ("iam-002", "iam-003", "iam-004", "iam-006", "iam-015", "iam-018"):
        return _on_user(path, word)
    return _on_role(path, word)


def _own_policy(path: str, word: str) -> Case:
    """A customer policy that the user holds; missing: the permission is inline, and no such policy is held."""
    user = 'resource "aws_iam_user" "attacker" {\n  name = "attacker"\n}'
    if word == "missing":
        return Case(_user(path, word, {}), _ATTACKER)
    resource = '"arn:aws:iam::*:policy/own"' if word == "scoped" else '"*"'
    policy = (
        'resource "aws_iam_policy" "own" {\n  name = "own"\n  policy = jsonencode({ Version = "2012-10-17", '
        f'Statement = [{{ Effect = "Allow", Action = "iam:CreatePolicyVersion", Resource = {resource} }}] }})\n}}'
    )
    attached = (
        'resource "aws_iam_user_policy_attachment" "own" {\n  user = aws_iam_user.attacker.name\n'
        "  policy_arn = aws_iam_policy.own.arn\n}"
    )
    return Case(_join(user, policy, attached), _ATTACKER)


def _as_user(path: str, word: str) -> Case:
    own = "arn:aws:iam::*:user/attacker"
    return Case(_user(path, word, {each: json.dumps(own) for each in KNOWN[path]["permissions"]}), _ATTACKER)


def _as_role(path: str, word: str) -> Case:
    own = json.dumps("arn:aws:iam::*:role/attacker")
    statements = _statements(path, word, dict.fromkeys(KNOWN[path]["permissions"], own))
    return Case(_role("attacker", ["ec2.amazonaws.com"], statements), "aws_iam_role.attacker")


def _grouped(path: str, word: str) -> Case:
    """The user's own group, or one of administrators; missing: it is in none, or that one may do nothing."""
    group = 'resource "aws_iam_group" "g" {\n  name = "g"\n}'
    member = (
        'resource "aws_iam_user_group_membership" "m" {\n  user = aws_iam_user.attacker.name\n'
        "  groups = [aws_iam_group.g.name]\n}"
    )
    power = (
        'resource "aws_iam_group_policy" "p" {\n  group = aws_iam_group.g.name\n'
        f'  policy = jsonencode({{ Version = "2012-10-17", Statement = [{_EVERYTHING}] }})\n}}'
    )
    extra = "" if word == "missing" else (power if path == "iam-013" else member)
    scoped = dict.fromkeys(KNOWN[path]["permissions"], "aws_iam_group.g.arn")
    return Case(_join(group, extra, _user(path, word, scoped)), _ATTACKER)


def _on_user(path: str, word: str) -> Case:
    """An administrative user; missing: its keys or its password stand in the way, or it may do nothing."""
    missing = word == "missing"
    power = (
        'resource "aws_iam_user_policy" "p" {\n  user = aws_iam_user.target.name\n'
        f'  policy = jsonencode({{ Version = "2012-10-17", Statement = [{_EVERYTHING}] }})\n}}'
    )
    password = 'resource "aws_iam_user_login_profile" "p" {\n  user = aws_iam_user.target.name\n}'
    keys = "\n".join(
        f'resource "aws_iam_access_key" "k{number}" {{\n  user = aws_iam_user.target.name\n}}' for number in (1, 2)
    )
    extra = {
        "iam-002": (power, power + keys),
        "iam-003": (power + keys, keys),
        "iam-004": (power, power + password),
        "iam-006": (power + password, power),
        "iam-015": ("", keys),
        "iam-018": ("", keys),
    }[path][missing]
    scoped = dict.fromkeys(KNOWN[path]["permissions"], "aws_iam_user.target.arn")
    return Case(_join(_USER, extra.replace("}resource", "}\nresource"), _user(path, word, scoped)), _ATTACKER)


def _on_role(path: str, word: str) -> Case:
    """A role that trusts the user (where it is assumed); missing: it does not, or there is nothing to change."""
    missing = word == "missing"
    permissions = KNOWN[path]["permissions"]
    assumed = "sts:AssumeRole" in permissions
    trust = "{ AWS = aws_iam_user.attacker.arn }" if assumed and not missing else f'{{ Service = "{_HARMLESS}" }}'
    powers = _EVERYTHING if path in ("sts-001", "iam-012") and not (missing and path == "iam-012") else _NOTHING
    role = _role("target", [], powers, trust)
    if missing and path in ("iam-019", "iam-021"):
        role = 'resource "aws_iam_service_linked_role" "target" {\n  aws_service_name = "es.amazonaws.com"\n}'
    policy = ""
    if "iam:CreatePolicyVersion" in permissions and not (missing and path == "iam-020"):
        policy = (
            'resource "aws_iam_policy" "held" {\n  name = "held"\n  policy = jsonencode({ Version = "2012-10-17", '
            f"Statement = [{_NOTHING}] }})\n}}\n"
            'resource "aws_iam_role_policy_attachment" "held" {\n  role = aws_iam_role.target.name\n'
            "  policy_arn = aws_iam_policy.held.arn\n}"
        )
    target = "aws_iam_role.target.arn"
    scoped = {each: "aws_iam_policy.held.arn" if "PolicyVersion" in each else target for each in permissions}
    return Case(_join(role, policy, _user(path, word, scoped)), _ATTACKER)


_NOTHING = '{ Effect = "Allow", Action = "s3:ListAllMyBuckets", Resource = "*" }'


def _plain() -> str:
    return _role("plain", ["lambda.amazonaws.com"], _NOTHING)


def _role(name: str, trusts: list[str], statements: str, trusted: str = "") -> str:
    principal = trusted or f"{{ Service = {json.dumps(trusts)} }}"
    return (
        f'resource "aws_iam_role" "{name}" {{\n  name = "{name}"\n'
        '  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", '
        f'Action = "sts:AssumeRole", Principal = {principal} }}] }})\n'
        f'  inline_policy {{\n    name = "own"\n    policy = jsonencode({{ Version = "2012-10-17", '
        f"Statement = [{statements}] }})\n  }}\n}}"
    )


def _user(path: str, word: str, scoped: dict[str, str]) -> str:
    return (
        'resource "aws_iam_user" "attacker" {\n  name = "attacker"\n}\n'
        'resource "aws_iam_user_policy" "own" {\n  user = aws_iam_user.attacker.name\n'
        f'  policy = jsonencode({{ Version = "2012-10-17", Statement = [{_statements(path, word, scoped)}] }})\n}}'
    )


def _statements(path: str, word: str, scoped: dict[str, str]) -> str:
    permissions = KNOWN[path]["permissions"]
    if word != "scoped" and not (word == "missing" and path in _NEVER_ITSELF):
        return f'{{ Effect = "Allow", Action = {json.dumps(permissions)}, Resource = "*" }}'
    return ", ".join(
        f'{{ Effect = "Allow", Action = "{each}", Resource = {scoped.get(each) or json.dumps(_scope(each))} }}'
        for each in permissions
    )


def _scope(action: str) -> str:
    """A pattern of the action's own service; `*` where the action takes no resource."""
    at = catalogue().find(action)
    if at is not None and catalogue().unscoped >> at & 1:
        return "*"
    service = action.partition(":")[0]
    return f"arn:aws:{service}:*:*:*"


def _join(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def every() -> Iterator[tuple[str, str]]:
    """Each path id with each word."""
    for path in KNOWN:
        for word in ("works", "missing", "scoped"):
            yield path, word
