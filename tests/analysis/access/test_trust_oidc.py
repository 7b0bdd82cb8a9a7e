"""Which tokens a trust policy lets in: the vectors of `subvectors` (PyPI, CC0), all that speak of AWS conditions.

Each says whether a token's claims satisfy conditions; the trust here is the role's whole way in, so the decision
is that of AssumeRoleWithWebIdentity."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.analysis.access.decision import Verdict
from scanner.analysis.access.estate import Estate
from scanner.analysis.access.rows import Caller
from tests.analysis.access.reading import at, graph_of

corpus = pytest.importorskip("subvectors.corpus")

SUITES = ("bitbucket-aws", "circleci-aws", "github-aws", "gitlab-aws", "terraform-aws")
PROVIDER = "idp.example.com"
ARN = f"arn:aws:iam::123456789012:oidc-provider/{PROVIDER}"
OPERATORS = {"aws-stringequals": "StringEquals", "aws-stringlike": "StringLike"}


def vectors() -> list[Any]:
    return [pytest.param(each, id=each["id"]) for suite in SUITES for each in corpus.load_suite(suite)["vectors"]]


def conditions(condition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The Condition block that a vector's condition stands for."""
    found: dict[str, dict[str, Any]] = {}
    for each in condition["of"] if condition["consumer"] == "aws-all" else [condition]:
        operator = OPERATORS[each["consumer"]]
        if each.get("qualifier"):
            operator = f"{each['qualifier']}:{operator}"
        found.setdefault(operator, {})[f"{PROVIDER}:{each.get('claim', 'sub')}"] = each["pattern"]
    return found


def claims_of(vector: dict[str, Any]) -> dict[str, str]:
    claims: dict[str, str] = vector.get("claims") or {"sub": vector["subject"]}
    return claims


@pytest.mark.parametrize("vector", vectors())
def test_each_vector_agrees(tmp_path: Path, vector: dict[str, Any]) -> None:
    condition = conditions(vector["condition"])
    document = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": ARN},
        "Condition": condition,
    }]}  # fmt: skip
    role = {"name": "r", "assume_role_policy": json.dumps(document)}
    text = json.dumps({"resource": {"aws_iam_role": {"r": role}}})
    graph = graph_of(tmp_path, **{"main.tf_json": text})
    claims = claims_of(vector)
    keys = {key.rpartition(f"{PROVIDER}:")[2] for held in condition.values() for key in held}
    context = {f"{PROVIDER}:{name}": claims.get(name) for name in {*keys, *claims}}
    estate = Estate(graph)
    told = estate.trusts(
        at(graph, "aws_iam_role.r"), Caller("federated", ARN, ""), "sts:AssumeRoleWithWebIdentity", context
    )
    assert told.verdict is (Verdict.ALLOWED if vector["expect"] == "match" else Verdict.DENIED)
