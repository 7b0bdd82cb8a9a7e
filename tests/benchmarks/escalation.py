"""How long the closure of escalation paths and the reading of RBAC take.

    python tests/benchmarks/escalation.py [--principals N] [--statements N] [--bindings N]

The account is random with a fixed seed: as many users as roles, statements of ordinary services scoped to their
resources, and among them some that escalate: PassRole, AssumeRole, versions of policies, keys of users. Nothing is
asserted; the issue asks for 2,000 principals with 20 statements each in under 10 s, 5,000 bindings in under 1 s.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from scanner import scan
from scanner.config import Config
from scanner.graph.columns import Graph
from scanner.sources.tree import Tree

_SERVICES = (
    "s3",
    "dynamodb",
    "sqs",
    "sns",
    "logs",
    "ecr",
    "kinesis",
    "secretsmanager",
    "ssm",
    "kms",
    "ec2",
    "lambda",
)
_VERBS = ("Get*", "List*", "Describe*", "Put*", "Create*", "Update*", "Delete*")
_TRUSTED = ("ec2", "lambda", "ecs-tasks", "glue", "codebuild", "states", "cloudformation", "sagemaker")
_ESCALATING = (
    "iam:PassRole", "sts:AssumeRole", "iam:CreatePolicyVersion", "iam:CreateAccessKey", "iam:PutRolePolicy",
    "iam:AttachUserPolicy", "iam:UpdateAssumeRolePolicy", "lambda:UpdateFunctionCode", "lambda:InvokeFunction",
    "lambda:CreateFunction", "ec2:RunInstances", "ssm:StartSession", "cloudformation:CreateStack",
)  # fmt: skip


def statement(source: random.Random, principals: int) -> dict[str, object]:
    """One statement; one in eight may lead somewhere."""
    effect = "Deny" if source.random() < 0.05 else "Allow"
    if source.random() < 0.12:
        action = source.choice(_ESCALATING)
        number = source.randrange(principals)
        scope = source.choice(
            ("*", f"arn:aws:iam::123456789012:role/r{number}", f"arn:aws:iam::*:user/u{number % 90}*")
        )
        return {
            "Effect": effect,
            "Action": action,
            "Resource": scope if action.startswith(("iam", "sts")) else "*",
        }
    service = source.choice(_SERVICES)
    actions = [f"{service}:{verb}" for verb in source.sample(_VERBS, 3)]
    held: dict[str, object] = {
        "Effect": effect,
        "Action": actions,
        "Resource": f"arn:aws:{service}:*:123456789012:thing-{source.randrange(500)}/*",
    }
    if source.random() < 0.2:
        held["Condition"] = {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}
    return held


def account(principals: int, statements: int) -> str:
    """Terraform (as JSON) of an account with as many users as roles; every hundredth is an administrator."""
    source = random.Random(20261122)
    roles: dict[str, object] = {}
    users: dict[str, object] = {}
    policies: dict[str, object] = {}
    for number in range(principals // 2):
        trust = {"Service": f"{source.choice(_TRUSTED)}.amazonaws.com"}
        if source.random() < 0.3:
            trust = {"AWS": f"arn:aws:iam::123456789012:user/u{source.randrange(principals // 2)}"}
        document = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trust}]}
        held = [statement(source, principals // 2) for _ in range(statements)]
        if number % 100 == 0:
            held[0] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        roles[f"r{number}"] = {
            "name": f"r{number}",
            "assume_role_policy": json.dumps(document),
            "inline_policy": [{"name": "own", "policy": json.dumps({"Version": "2012-10-17", "Statement": held})}],
        }
        users[f"u{number}"] = {"name": f"u{number}"}
        own = [statement(source, principals // 2) for _ in range(statements)]
        policies[f"u{number}"] = {
            "user": f"${{aws_iam_user.u{number}.name}}",
            "policy": json.dumps({"Version": "2012-10-17", "Statement": own}),
        }
    held_by = {"aws_iam_role": roles, "aws_iam_user": users, "aws_iam_user_policy": policies}
    provider = {"aws": {"region": "eu-central-1", "allowed_account_ids": ["123456789012"]}}
    return json.dumps({"provider": provider, "resource": held_by})


def bindings(count: int) -> str:
    """Manifests of a cluster with so many bindings to a tenth as many roles."""
    source = random.Random(20261122)
    documents = []
    for number in range(count // 10):
        rules = [
            {"apiGroups": [source.choice(("", "apps", "batch"))],
             "verbs": source.sample(("get", "list", "create"), 2),
             "resources": source.sample(("pods", "secrets", "deployments", "jobs", "configmaps", "pods/exec"), 2)}
            for _ in range(5)
        ]  # fmt: skip
        documents.append({"kind": "ClusterRole", "metadata": {"name": f"role-{number}"}, "rules": rules})
    for number in range(count):
        reference = {"kind": "ClusterRole", "name": f"role-{source.randrange(count // 10)}"}
        subject = {"kind": "ServiceAccount", "name": f"sa-{number % 700}", "namespace": f"ns-{number % 90}"}
        documents.append({
            "kind": "RoleBinding", "metadata": {"name": f"b{number}", "namespace": f"ns-{number % 90}"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", **reference}, "subjects": [subject],
        })  # fmt: skip
    return "\n---\n".join(json.dumps({"apiVersion": "rbac.authorization.k8s.io/v1", **each}) for each in documents)


def built(name: str, text: str) -> Graph:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_text(text, encoding="utf-8")
        target = scan.Target(tree=Tree(Path(folder)))
        return scan.build(target, scan.read(target), Config()).graph


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--principals", type=int, default=2000)
    options.add_argument("--statements", type=int, default=20)
    options.add_argument("--bindings", type=int, default=5000)
    given = options.parse_args()
    graph = built("main.tf.json", account(given.principals, given.statements))
    from scanner.analysis.access.escalation import Escalations

    start = time.process_time()
    found = Escalations(graph)
    spent = time.process_time() - start
    told = Counter(map(found.admin, found.principals()))
    size = f"{given.principals} principals x {given.statements} statements"
    print(f"closure over {size}: {spent:.2f} s of processor time, {dict(told)}")
    graph = built("rbac.yaml", bindings(given.bindings))
    start = time.process_time()
    graph.settle(("powers",))
    spent = time.process_time() - start
    opened = sum(bool(graph.peek(index, "powers")) for index in graph.nodes("binding"))
    print(f"{given.bindings} bindings: {spent:.2f} s, {opened} open a way to more")


if __name__ == "__main__":
    main()
