"""Decisions on random accounts against the plain evaluator of `naive`, which was written from the documentation.

Each account has users with groups and roles with sessions, boundaries, guardrails of two levels, resource
control policies, and resources of its own and of another account. Every request is decided twice: with its whole
context, where the verdict must be the evaluator's, and with the context left open, where allowed must hold for
every context that is tried and denied for none.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from scanner.analysis.access.decision import Decision, decide
from scanner.analysis.access.estate import Estate
from scanner.analysis.access.policy import Policy
from scanner.analysis.access.request import Action
from scanner.analysis.access.rows import Caller, Limits, Target
from tests.analysis.access import naive
from tests.analysis.access.naive import Asker, Document, Thing
from tests.analysis.access.reading import graph_of
from tests.analysis.access.statements import policy

ACCOUNTS = 3000
CONTEXTS = 6
HERE, THERE = "111111111111", "222222222222"

# action, resource ARN by account, sort, whether RCPs apply to the service (facts of 2026: AWS Organizations User
# Guide, "List of AWS services that support RCPs")
THINGS = (
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:{}:jobs", "plain", True),
    ("s3:GetObject", "arn:aws:s3:::records-{}/a/b.txt", "plain", True),
    ("s3:ListBucket", "arn:aws:s3:::records-{}", "plain", True),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:{}:key/k1", "key", True),
    ("sts:AssumeRole", "arn:aws:iam::{}:role/taken", "role", True),
    ("sns:Publish", "arn:aws:sns:eu-west-1:{}:alarms", "plain", False),
    ("ec2:StartInstances", "arn:aws:ec2:eu-west-1:{}:instance/i-1", "plain", False),
)
CLAUSES: tuple[tuple[str, str, Any], ...] = (
    ("Bool", "aws:MultiFactorAuthPresent", "true"),
    ("BoolIfExists", "aws:MultiFactorAuthPresent", "false"),
    ("Null", "aws:MultiFactorAuthPresent", "true"),
    ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "192.0.2.0/24"]),
    ("NotIpAddress", "aws:SourceIp", "10.1.0.0/16"),
    ("NotIpAddressIfExists", "aws:SourceIp", "192.0.2.0/25"),
    ("StringEquals", "aws:PrincipalTag/team", ["red", "blue"]),
    ("StringNotEquals", "aws:PrincipalTag/team", "red"),
    ("StringLike", "aws:PrincipalTag/team", "*e*"),
    ("StringNotLikeIfExists", "aws:PrincipalTag/team", "r?d"),
    ("StringEqualsIgnoreCase", "aws:PrincipalTag/team", "RED"),
    ("NumericLessThan", "aws:MultiFactorAuthAge", "300"),
    ("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", "100"),
    ("DateGreaterThan", "aws:TokenIssueTime", "2026-01-01T00:00:00Z"),
    ("DateLessThanIfExists", "aws:TokenIssueTime", "2026-06-01T00:00:00Z"),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ["a", "b"]),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"]),
    ("ForAnyValue:StringNotLike", "aws:TagKeys", ["a*"]),
    ("ForAllValues:StringLike", "aws:TagKeys", ["?"]),
    ("Null", "aws:TagKeys", "false"),
    ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:111111111111:*"),
    ("ArnNotEquals", "aws:SourceArn", "arn:aws:sns:eu-west-1:111111111111:t"),
)
VALUES: dict[str, tuple[Any, ...]] = {
    "aws:MultiFactorAuthPresent": (None, "true", "false"),
    "aws:MultiFactorAuthAge": (None, "50", "100", "299", "300", "4000"),
    "aws:SourceIp": (None, "10.1.2.3", "10.200.0.1", "192.0.2.10", "192.0.2.200", "203.0.113.9"),
    "aws:PrincipalTag/team": (None, "red", "RED", "blue", "green", "other"),
    "aws:TokenIssueTime": (None, "2025-05-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-09-01T00:00:00Z"),
    "aws:TagKeys": (None, ["a"], ["b", "c"], ["ab"], ["a", "b"], ["zz", "a"]),
    "aws:SourceArn": (
        None, "arn:aws:sns:eu-west-1:111111111111:t", "arn:aws:sns:us-east-1:111111111111:x",
        "arn:aws:sns:eu-west-1:222222222222:t",
    ),
}  # fmt: skip


class Accounts:
    """Random accounts."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def context(self) -> dict[str, Any]:
        return {key: self.random.choice(values) for key, values in VALUES.items()}

    def document(self, action: str, arn: str, *, full: float = 0.0, principals: bool = False,
                 resources: bool = True) -> Document:  # fmt: skip
        """A policy of one to three statements that mostly speak of the request."""
        made = [self.statement(action, arn, principals=principals, resources=resources)
                for _ in range(self.random.choice((1, 1, 2, 3)))]  # fmt: skip
        if self.random.random() < full:
            everything: Document = {"Effect": "Allow", "Action": "*"}
            if resources:
                everything["Resource"] = "*"
            made.append(everything)
        return {"Version": "2012-10-17", "Statement": made}

    def statement(self, action: str, arn: str, *, principals: bool, resources: bool) -> Document:
        chance = self.random.random
        held: Document = {"Effect": "Allow" if chance() < 0.75 else "Deny"}
        service, _, name = action.partition(":")
        actions = [
            action,
            f"{service}:*",
            "*",
            f"{service}:{name[:3]}*",
            action.upper(),
            "s3:Put*",
            "iam:PassRole",
        ]
        chosen = self.random.sample(actions, self.random.choice((1, 1, 2)))
        held["NotAction" if chance() < 0.12 else "Action"] = chosen if chance() < 0.7 else chosen[0]
        if resources:
            places = [
                arn,
                "*",
                arn[:-1] + "?",
                arn[:12] + "*",
                arn.rpartition(":")[0] + ":*",
                "arn:aws:s3:::other*",
            ]
            held["NotResource" if chance() < 0.12 else "Resource"] = self.random.sample(
                places, 1 + (chance() < 0.3)
            )
        if principals:
            self.name(held)
        if chance() < 0.4:
            for operator, key, value in self.random.sample(CLAUSES, self.random.choice((1, 1, 2))):
                held.setdefault("Condition", {}).setdefault(operator, {})[key] = value
        return held

    def name(self, held: Document) -> None:
        """Whom a statement of a resource's policy means."""
        own = [f"arn:aws:iam::{HERE}:{each}" for each in ("user/ann", "role/app", "root", "role/other")]
        if held["Effect"] == "Deny" and self.random.random() < 0.25:  # its account goes with whoever is listed
            listed = self.random.choice(
                ([own[0], own[2]], [f"arn:aws:sts::{HERE}:assumed-role/app/s", own[1], own[2]])
            )
            held["NotPrincipal"] = {"AWS": listed}
            return
        held["Principal"] = self.random.choice(
            ("*", {"AWS": "*"}, {"AWS": own[0]}, {"AWS": own[1]}, {"AWS": own[2]}, {"AWS": HERE}, {"AWS": own[:2]},
             {"AWS": f"arn:aws:iam::{THERE}:root"}, {"Service": "ec2.amazonaws.com"})
        )  # fmt: skip

    def request(self) -> tuple[Asker, str, Thing, bool]:
        chance = self.random.random
        action, form, sort, guarded = self.random.choice(THINGS)
        account = HERE if chance() < 0.65 else THERE
        arn = form.format(account)
        kind = self.random.choice(("user", "role"))
        asker = Asker(kind, "ann" if kind == "user" else "app", HERE, [])
        asker.identity = [self.document(action, arn) for _ in range(self.random.choice((0, 1, 1, 2)))]
        if chance() < 0.4:
            asker.boundary = self.document(action, arn, full=0.5)
        if kind == "role" and chance() < 0.3:
            asker.session = self.document(action, arn, full=0.5)
        if chance() < 0.5:
            asker.scps = [[self.document(action, arn, full=0.6) for _ in range(self.random.choice((1, 2)))]
                          for _ in range(self.random.choice((1, 2)))]  # fmt: skip
        own = None
        if chance() < 0.75 or sort != "plain":
            own = self.document(action, arn, principals=True, resources=sort != "role")
        thing = Thing(arn, account, own, sort)
        if chance() < 0.3:
            thing.rcps = [self.document(action, arn)]
        return asker, action, thing, guarded


def made(document: Document | None) -> Policy | None:
    return None if document is None else policy(*document["Statement"])


def ask(asker: Asker, action: str, thing: Thing, context: dict[str, Any]) -> Decision:
    caller = Caller(asker.kind, asker.arn, asker.account, asker.boundary is not None)
    limits = Limits(
        tuple(policy(*each["Statement"]) for each in asker.identity),
        made(asker.boundary),
        tuple(tuple(policy(*each["Statement"]) for each in level) for level in asker.scps),
        made(asker.session),
    )
    rcps = tuple(policy(*each["Statement"]) for each in thing.rcps)
    target = Target(thing.arn, thing.account, made(thing.policy), thing.sort != "plain", rcps)
    told = {key.lower(): tuple(value) if isinstance(value, list) else value for key, value in context.items()}
    return decide(caller, limits, Action.of(action), target, told)


@pytest.mark.parametrize("seed", range(10))
def test_every_decision_is_that_of_the_documentation(seed: int) -> None:
    accounts = Accounts(seed)
    told: Counter[str] = Counter()
    for _ in range(ACCOUNTS // 10):
        asker, action, thing, guarded = accounts.request()
        contexts = [accounts.context() for _ in range(CONTEXTS)]
        truths = [naive.allowed(asker, action, thing, each, guarded) for each in contexts]
        for context, truth in zip(contexts, truths, strict=True):
            found = ask(asker, action, thing, context).verdict.value
            assert found == ("allowed" if truth else "denied"), (asker, action, thing, context)
        opened = ask(asker, action, thing, {}).verdict.value
        told[opened] += 1
        assert opened != "unknown", (asker, action, thing)
        assert opened != "allowed" or all(truths), (asker, action, thing, contexts)
        assert opened != "denied" or not any(truths), (asker, action, thing, contexts)
    assert min(told["allowed"], told["conditional"], told["denied"]) > 0.05 * sum(told.values()), told


# Some resource: every sort of resource that the policies can tell apart is among those that are tried


@pytest.mark.parametrize("seed", range(3))
def test_some_resource_is_allowed_where_one_of_all_sorts_is(seed: int) -> None:
    accounts = Accounts(100 + seed)
    for _ in range(200):
        asker, action, thing, guarded = accounts.request()
        if thing.sort != "plain":
            continue
        context = accounts.context()
        head, last = thing.arn[:-1], thing.arn[-1]
        sorts = [
            thing.arn,
            head + ("x" if last != "x" else "y"),
            thing.arn + "-more",
            head.rpartition(":")[0] + ":zz",
        ]
        if ":s3:" in thing.arn:
            sorts.append("arn:aws:s3:::other-one")
        if action == "s3:GetObject":  # objects lie in buckets
            sorts = [each if "/" in each else each + "/k" for each in sorts]
        truth = any(
            naive.allowed(asker, action, naive.Thing(each, thing.account, thing.policy, thing.sort, thing.rcps),
                          context, guarded)
            for each in sorts
        )  # fmt: skip
        form = thing.arn.rpartition(":")[0] + (":*" if action != "s3:GetObject" else ":*/*")
        thing.arn = form
        found = ask(asker, action, thing, context).verdict.value
        assert found == ("allowed" if truth else "denied"), (asker, action, thing, context, sorts)


# From Terraform: the same accounts as people write them


def written(asker: Asker, thing: Thing, folder: Path) -> Estate:
    """The estate of an account that is written in Terraform."""
    resources: dict[str, Any] = {}

    def put(type_: str, label: str, **held: Any) -> None:
        resources.setdefault(type_, {})[label] = held

    def policy_of(name: str, document: Document) -> str:
        put("aws_iam_policy", name, name=name, policy=json.dumps(document))
        return f"${{aws_iam_policy.{name}.arn}}"

    more = {} if asker.boundary is None else {"permissions_boundary": policy_of("boundary", asker.boundary)}
    kind = f"aws_iam_{asker.kind}"
    if asker.kind == "role":
        more["assume_role_policy"] = json.dumps(TRUSTS_EC2)
    put(kind, "asker", name=asker.name, **more)
    for number, document in enumerate(asker.identity):
        if asker.kind == "user" and number == 1:
            put("aws_iam_group", "g", name="g")
            put(
                "aws_iam_user_group_membership",
                "g",
                user=f"${{{kind}.asker.name}}",
                groups=["${aws_iam_group.g.name}"],
            )
            put("aws_iam_group_policy", "g", group="${aws_iam_group.g.name}", policy=json.dumps(document))
        elif number == 0:
            put(f"{kind}_policy", "own", **{asker.kind: f"${{{kind}.asker.name}}", "policy": json.dumps(document)})
        else:
            arn = policy_of(f"p{number}", document)
            put(
                f"{kind}_policy_attachment",
                f"p{number}",
                **{asker.kind: f"${{{kind}.asker.name}}", "policy_arn": arn},
            )
    own = "null" if thing.policy is None else json.dumps(thing.policy)
    place = {"provider": "aws.there"} if thing.account == THERE else {}
    TARGETS[thing.arn.split(":")[2]](put, place, thing, own)
    there = {"alias": "there", "region": "eu-west-1", "allowed_account_ids": [THERE]}
    providers = [{"region": "eu-west-1", "allowed_account_ids": [HERE]}, there]
    text = json.dumps({"provider": {"aws": providers}, "resource": resources})
    return Estate.of(graph_of(folder, **{"main.tf_json": text}))


TRUSTS_EC2 = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                             "Principal": {"Service": "ec2.amazonaws.com"}}]}  # fmt: skip


def _queue(put: Any, place: dict[str, Any], thing: Thing, own: str) -> None:
    put("aws_sqs_queue", "target", name="jobs", **place)
    if thing.policy is not None:
        put("aws_sqs_queue_policy", "p", queue_url="${aws_sqs_queue.target.id}", policy=own, **place)


def _topic(put: Any, place: dict[str, Any], thing: Thing, own: str) -> None:
    put("aws_sns_topic", "target", name="alarms", **place)
    if thing.policy is not None:
        put("aws_sns_topic_policy", "p", arn="${aws_sns_topic.target.arn}", policy=own, **place)


def _bucket(put: Any, place: dict[str, Any], thing: Thing, own: str) -> None:
    put("aws_s3_bucket", "target", bucket=f"records-{thing.account}", **place)
    bucket = "${aws_s3_bucket.target.id}"
    put("aws_s3_bucket_public_access_block", "b", bucket=bucket, restrict_public_buckets=False, **place)
    if thing.policy is not None:
        put("aws_s3_bucket_policy", "p", bucket=bucket, policy=own, **place)


def _role(put: Any, place: dict[str, Any], thing: Thing, own: str) -> None:
    put("aws_iam_role", "target", name="taken", assume_role_policy=own, **place)


TARGETS = {"sqs": _queue, "sns": _topic, "s3": _bucket, "iam": _role}


@pytest.mark.parametrize("seed", range(4))
def test_accounts_written_in_terraform_are_decided_the_same(seed: int, tmp_path: Path) -> None:
    accounts = Accounts(200 + seed)
    decided = 0
    while decided < 40:
        asker, action, thing, guarded = accounts.request()
        if thing.arn.split(":")[2] not in TARGETS:
            continue
        asker.session, asker.scps, thing.rcps = None, [], []
        context = accounts.context()
        folder = tmp_path / str(decided)
        folder.mkdir()
        estate = written(asker, thing, folder)
        [principal] = [each for each in estate.principals.values() if each.arn == asker.arn]
        truth = naive.allowed(asker, action, thing, context, guarded)
        told = {key.lower(): tuple(value) if isinstance(value, list) else value for key, value in context.items()}
        resource: int | str = thing.arn
        if thing.sort == "role":
            [resource] = [index for index, each in estate.principals.items() if each.arn == thing.arn]
        found = estate.decide(principal, action, resource, told)
        assert found.verdict.value == ("allowed" if truth else "denied"), (asker, action, thing, context, found)
        decided += 1
