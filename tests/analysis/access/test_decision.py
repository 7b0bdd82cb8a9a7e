"""The evaluation tables of the documentation, cell by cell.

Sources, all in the IAM User Guide unless said otherwise: [logic] "Policy evaluation logic"; [same] "Policy
evaluation for requests within a single account"; [cross] "Cross-account policy evaluation logic"; [boundary]
"Permissions boundaries for IAM entities"; [principal] "AWS JSON policy elements: Principal"; [notprincipal]
"NotPrincipal"; [scp] AWS Organizations User Guide, "SCP evaluation"; [kms] KMS Developer Guide, "Key policies
in AWS KMS" and "Default key policy"; [trust] AWS Security Blog, "Announcing an update to IAM role trust policy
behavior" and STS API "AssumeRoleWithWebIdentity"."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.analysis.access.decision import Decision, decide
from scanner.analysis.access.policy import Policy
from scanner.analysis.access.request import Action
from scanner.analysis.access.rows import Caller, Limits, Target
from tests.analysis.access.statements import policy

HERE, THERE = "111111111111", "222222222222"
ROLE = Caller("role", f"arn:aws:iam::{HERE}:role/app", HERE)
USER = Caller("user", f"arn:aws:iam::{HERE}:user/ann", HERE)
QUEUE = f"arn:aws:sqs:eu-west-1:{HERE}:q"
AWAY = f"arn:aws:sqs:eu-west-1:{THERE}:q"
KEY = f"arn:aws:kms:eu-west-1:{HERE}:key/k"

SEND = {"Action": "sqs:SendMessage", "Resource": "*"}
READ = {"Action": "sqs:ReceiveMessage", "Resource": "*"}
ALL = {"Action": "*", "Resource": "*"}
NO_SEND = {**SEND, "Effect": "Deny"}


def to(name: Any, **more: Any) -> Policy:
    """A resource policy that allows a principal to send."""
    return policy({"Principal": name, "Action": "sqs:SendMessage", "Resource": "*", **more})


def ask(
    caller: Caller = ROLE,
    *,
    identity: tuple[dict[str, Any], ...] = (),
    boundary: tuple[dict[str, Any], ...] | None = None,
    session: tuple[dict[str, Any], ...] | None = None,
    scps: tuple[tuple[tuple[dict[str, Any], ...], ...], ...] = (),
    target: Target | None = None,
    action: str = "sqs:SendMessage",
    **context: Any,
) -> str:
    return decision(caller, identity, boundary, session, scps, target, action, context).verdict.value


def decision(
    caller: Caller,
    identity: Any,
    boundary: Any,
    session: Any,
    scps: Any,
    target: Target | None,
    action: str,
    context: Any,
) -> Decision:
    limits = Limits(
        (policy(*identity),),
        None if boundary is None else policy(*boundary),
        tuple(tuple(policy(*each) for each in level) for level in scps),
        None if session is None else policy(*session),
    )
    caller = caller._replace(bounded=boundary is not None)
    told = {key.replace("__", ":").lower(): value for key, value in context.items()}
    return decide(caller, limits, Action.of(action), target or Target(QUEUE, HERE), told)


# [same] identity policies


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        ((), "denied"),  # implicit
        ((SEND,), "allowed"),
        ((READ,), "denied"),
        ((ALL, NO_SEND), "denied"),  # explicit deny wins, whatever the order
        ((NO_SEND, ALL), "denied"),
    ],
)
def test_identity_policies(identity: Any, expected: str) -> None:
    assert ask(identity=identity) == expected


# [boundary] effective permissions are the intersection with the boundary


@pytest.mark.parametrize(
    ("identity", "boundary", "expected"),
    [
        ((SEND,), (SEND,), "allowed"),
        ((SEND,), (READ,), "denied"),  # implicit denial by the boundary
        ((), (SEND,), "denied"),  # a boundary grants nothing
        ((SEND,), (ALL, NO_SEND), "denied"),
    ],
)
@pytest.mark.parametrize("caller", [ROLE, USER], ids=["role", "user"])
def test_boundaries(caller: Caller, identity: Any, boundary: Any, expected: str) -> None:
    assert ask(caller, identity=identity, boundary=boundary) == expected


# [same] a resource policy that grants, against implicit denials of the other layers; the columns are: without
# identity permission; and that with a boundary, with a session policy that does not allow

BY_ROLE, BY_USER = {"AWS": ROLE.arn}, {"AWS": USER.arn}
BY_SESSION = {"AWS": f"arn:aws:sts::{HERE}:assumed-role/app/s"}
BY_ACCOUNT, BY_ROOT, ANYONE = {"AWS": HERE}, {"AWS": f"arn:aws:iam::{HERE}:root"}, "*"


@pytest.mark.parametrize(
    ("caller", "named", "alone", "bounded", "in_session"),
    [
        (USER, BY_USER, "allowed", "allowed", "allowed"),
        (ROLE, BY_ROLE, "allowed", "denied", "denied"),
        (ROLE, BY_SESSION, "allowed", "allowed", "allowed"),
        (ROLE, BY_ACCOUNT, "denied", "denied", "denied"),
        (ROLE, BY_ROOT, "denied", "denied", "denied"),
        (USER, ANYONE, "allowed", "allowed", "allowed"),
        (ROLE, ANYONE, "allowed", "allowed", "allowed"),
    ],
)
def test_resource_policies_in_the_same_account(
    caller: Caller, named: Any, alone: str, bounded: str, in_session: str
) -> None:
    target = Target(QUEUE, HERE, to(named))
    assert ask(caller, target=target) == alone
    assert ask(caller, target=target, boundary=(READ,)) == bounded
    assert ask(caller, target=target, session=(READ,)) == in_session


@pytest.mark.parametrize("named", [BY_ACCOUNT, BY_ROOT])
def test_naming_the_account_delegates_to_its_identity_policies(named: Any) -> None:
    assert ask(identity=(SEND,), target=Target(QUEUE, HERE, to(named))) == "allowed"


def test_anyone_limited_to_a_role_by_condition() -> None:
    """[principal] permissions granted by aws:PrincipalArn are not limited by boundaries."""
    named = to("*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE.arn}})
    target = Target(QUEUE, HERE, named)
    assert ask(target=target, boundary=(READ,), aws__PrincipalArn=ROLE.arn) == "allowed"
    assert ask(USER, target=target, aws__PrincipalArn=USER.arn) == "denied"


def test_explicit_denials_of_a_resource_policy_always_hold() -> None:
    target = Target(QUEUE, HERE, policy({**NO_SEND, "Principal": "*"}))
    assert ask(identity=(ALL,), target=target) == "denied"


# [notprincipal]


@pytest.mark.parametrize(
    ("names", "boundary", "expected"),
    [
        # the guide's own examples list a role with its session and its account
        ([ROLE.arn, f"arn:aws:sts::{HERE}:assumed-role/app/s", f"arn:aws:iam::{HERE}:root"], None, "allowed"),
        ([ROLE.arn], None, "unknown"),  # "might deny access to the entire account"
        ([f"arn:aws:iam::{HERE}:root"], None, "unknown"),
        ([USER.arn], None, "denied"),
        ([USER.arn, f"arn:aws:iam::{HERE}:root"], None, "denied"),  # all but the one that is listed
        ([ROLE.arn, f"arn:aws:sts::{HERE}:assumed-role/app/s", f"arn:aws:iam::{HERE}:root"], (ALL,), "denied"),
    ],
)
def test_deny_with_not_principal(names: list[str], boundary: Any, expected: str) -> None:
    target = Target(QUEUE, HERE, policy({**NO_SEND, "NotPrincipal": {"AWS": names}}))
    assert ask(identity=(SEND,), boundary=boundary, target=target) == expected


# [cross] both sides must allow


@pytest.mark.parametrize(
    ("identity", "named", "expected"),
    [
        ((SEND,), {"AWS": ROLE.arn}, "allowed"),
        ((SEND,), {"AWS": f"arn:aws:iam::{HERE}:root"}, "allowed"),
        ((SEND,), "*", "allowed"),
        ((), {"AWS": ROLE.arn}, "denied"),
        ((), "*", "denied"),
        ((SEND,), None, "denied"),
        ((SEND,), {"AWS": f"arn:aws:iam::{THERE}:root"}, "denied"),
        ((SEND, NO_SEND), {"AWS": ROLE.arn}, "denied"),
    ],
)
def test_across_accounts(identity: Any, named: Any, expected: str) -> None:
    target = Target(AWAY, THERE, None if named is None else to(named))
    assert ask(identity=identity, target=target) == expected


def test_across_accounts_the_boundary_limits_too() -> None:
    target = Target(AWAY, THERE, to({"AWS": USER.arn}))
    assert ask(USER, identity=(SEND,), boundary=(READ,), target=target) == "denied"


# [scp] every level must allow; within a level one policy is enough; a Deny anywhere ends it

ROOT_ALL = ((ALL,),)


@pytest.mark.parametrize(
    ("scps", "expected"),
    [
        ((ROOT_ALL, ROOT_ALL, ROOT_ALL), "allowed"),
        ((ROOT_ALL, ((READ,),), ROOT_ALL), "denied"),  # one level does not allow
        ((ROOT_ALL, ((READ,), (SEND,)), ROOT_ALL), "allowed"),
        ((ROOT_ALL, ((ALL,), (NO_SEND,)), ROOT_ALL), "denied"),
        ((((ALL, NO_SEND),), ROOT_ALL), "denied"),
        # since 2025-09 an SCP may use NotAction, Resource and Condition with Allow
        ((({"NotAction": "iam:*", "Resource": "*"},),), "allowed"),
        (({"NotAction": "sqs:*", "Resource": "*"},), "denied"),
    ],
)
def test_guardrails(scps: Any, expected: str) -> None:
    levels = tuple(level if isinstance(level[0], tuple) else (level,) for level in (
        each if isinstance(each, tuple) else (each,) for each in scps))  # fmt: skip
    assert ask(identity=(ALL,), scps=levels) == expected


def test_guardrails_grant_nothing() -> None:
    assert ask(scps=(ROOT_ALL,)) == "denied"


# [kms] the key policy must allow, itself or by delegating to the account

ROOT_KEY = policy({"Principal": BY_ROOT, "Action": "kms:*", "Resource": "*"})
ROLE_KEY = policy({"Principal": BY_ROLE, "Action": "kms:Decrypt", "Resource": "*"})
OTHER_KEY = policy({"Principal": BY_USER, "Action": "kms:Decrypt", "Resource": "*"})
DECRYPT = {"Action": "kms:Decrypt", "Resource": "*"}


@pytest.mark.parametrize(
    ("key", "identity", "expected"),
    [
        (ROOT_KEY, (DECRYPT,), "allowed"),
        (ROOT_KEY, (), "denied"),
        (ROLE_KEY, (), "allowed"),
        (OTHER_KEY, (DECRYPT,), "denied"),  # IAM alone never suffices
    ],
)
def test_key_policies(key: Policy, identity: Any, expected: str) -> None:
    target = Target(KEY, HERE, key, must_allow=True)
    assert ask(identity=identity, target=target, action="kms:Decrypt") == expected


# [trust]

TAKEN = f"arn:aws:iam::{HERE}:role/taken"
ASSUME = {"Action": "sts:AssumeRole", "Resource": TAKEN}


def trust(named: Any, action: str = "sts:AssumeRole", **more: Any) -> Policy:
    return policy({"Principal": named, "Action": action, **more})


@pytest.mark.parametrize(
    ("named", "identity", "expected"),
    [
        (BY_ROLE, (), "allowed"),  # the trust naming the principal suffices within the account
        (BY_ROOT, (), "denied"),
        (BY_ROOT, (ASSUME,), "allowed"),
        (BY_USER, (ASSUME,), "denied"),
        ({"Service": "ec2.amazonaws.com"}, (ASSUME,), "denied"),
    ],
)
def test_trust_policies(named: Any, identity: Any, expected: str) -> None:
    target = Target(TAKEN, HERE, trust(named), must_allow=True)
    assert ask(identity=identity, target=target, action="sts:AssumeRole") == expected


def test_a_role_takes_itself_only_where_its_trust_says_so() -> None:
    own = Target(ROLE.arn, HERE, trust({"Service": "ec2.amazonaws.com"}), must_allow=True)
    assert ask(identity=(ALL,), target=own, action="sts:AssumeRole") == "denied"
    named = Target(ROLE.arn, HERE, trust(BY_ROLE), must_allow=True)
    assert ask(identity=(), target=named, action="sts:AssumeRole") == "allowed"


def test_web_identities_are_judged_by_the_trust_alone() -> None:
    provider = f"arn:aws:iam::{HERE}:oidc-provider/token.actions.githubusercontent.com"
    policies = trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity")
    target = Target(TAKEN, HERE, policies, must_allow=True, alone=True)
    caller = Caller("federated", provider, "")
    found = decide(caller, Limits(own=False), Action.of("sts:AssumeRoleWithWebIdentity"), target, {})
    assert found.verdict.value == "allowed"


# [logic] what has no resource, and what nobody can refuse


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (({"Action": "s3:ListAllMyBuckets", "Resource": "*"},), "allowed"),
        (({"Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::*"},), "denied"),
        ((ALL, {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::*"}), "allowed"),
        ((ALL, {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::b"}), "denied"),
    ],
)
def test_actions_without_resources(statements: Any, expected: str) -> None:
    assert ask(identity=statements, target=Target("*", HERE), action="s3:ListAllMyBuckets") == expected


def test_get_caller_identity_cannot_be_denied() -> None:
    assert ask(identity=({**ALL, "Effect": "Deny"},), action="sts:GetCallerIdentity") == "allowed"


# Conditions


MFA = "aws:MultiFactorAuthPresent"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (({**SEND, "Condition": {"Bool": {MFA: "true"}}},), "conditional"),
        ((SEND, {**NO_SEND, "Condition": {"BoolIfExists": {MFA: "false"}}}), "conditional"),
        # the one asks for what the other refuses
        (
            ({**SEND, "Condition": {"Bool": {MFA: "true"}}}, {**NO_SEND, "Condition": {"Bool": {MFA: "true"}}}),
            "denied",
        ),
        # between them they cover every case
        (
            ({**SEND, "Condition": {"Null": {MFA: "true"}}}, {**SEND, "Condition": {"Null": {MFA: "false"}}}),
            "allowed",
        ),
        ((SEND, {**NO_SEND, "Condition": {"StringEquals": {MFA: "x"}, "Null": {MFA: "true"}}}), "allowed"),
    ],
)
def test_conditions_are_taken_together(statements: Any, expected: str) -> None:
    assert ask(identity=statements) == expected


def test_a_conditional_decision_says_on_what() -> None:
    found = decision(
        ROLE, ({**SEND, "Condition": {"Bool": {MFA: "true"}}},), None, None, (), None, "sqs:SendMessage", {}
    )
    assert found.conditions == (f"Bool {MFA} true",)
    denied = (SEND, {**NO_SEND, "Condition": {"BoolIfExists": {MFA: "false"}}})
    found = decision(ROLE, denied, None, None, (), None, "sqs:SendMessage", {})
    assert found.conditions == (f"not (BoolIfExists {MFA} false)",)


def test_policy_variables_take_the_values_of_the_request() -> None:
    own = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"}
    mine, other = (Target(f"arn:aws:s3:::home/{name}/f") for name in ("ann", "bob"))
    assert ask(USER, identity=(own,), target=mine, action="s3:GetObject", aws__username="ann") == "allowed"
    assert ask(USER, identity=(own,), target=other, action="s3:GetObject", aws__username="ann") == "denied"
    assert ask(identity=(own,), target=mine, action="s3:GetObject", aws__username=None) == "denied"


# Some resource


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ((SEND,), "allowed"),
        (({**SEND, "Resource": f"arn:aws:sqs:*:{HERE}:q"},), "allowed"),
        (({**SEND, "Resource": "arn:aws:s3:::b"},), "denied"),  # no queue
        ((SEND, {**NO_SEND, "Resource": f"arn:aws:sqs:*:{HERE}:q"}), "allowed"),  # another queue
        ((SEND, {**NO_SEND, "Resource": "arn:aws:sqs:*"}), "denied"),
    ],
)
def test_some_resource(statements: Any, expected: str) -> None:
    assert ask(identity=statements, target=Target("*")) == expected


# What nobody may change: "Managed policies and inline policies", "Create a service-linked role", and Identity
# Center User Guide, "Reference permission sets in resource policies"

RESERVED = f"arn:aws:iam::{HERE}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef"
LINKED = f"arn:aws:iam::{HERE}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/AdministratorAccess", "denied"),
        ("iam:SetDefaultPolicyVersion", "arn:aws:iam::aws:policy/*", "denied"),
        ("iam:GetPolicyVersion", "arn:aws:iam::aws:policy/AdministratorAccess", "allowed"),
        ("iam:CreatePolicyVersion", f"arn:aws:iam::{HERE}:policy/own", "allowed"),
        ("iam:AttachRolePolicy", RESERVED, "denied"),
        ("iam:UpdateAssumeRolePolicy", RESERVED, "denied"),
        ("iam:PassRole", RESERVED, "denied"),
        ("iam:GetRole", RESERVED, "allowed"),
        ("iam:PutRolePolicy", LINKED, "denied"),
        ("iam:PutRolePolicy", f"arn:aws:iam::{HERE}:role/own", "allowed"),
        ("iam:PutRolePolicy", "*", "allowed"),
    ],
)
def test_what_nobody_may_change(action: str, resource: str, expected: str) -> None:
    assert ask(identity=(ALL,), action=action, target=Target(resource, HERE)) == expected


# AWS Organizations User Guide, "Resource control policies (RCPs)": they can only take away, and cover some
# services


@pytest.mark.parametrize(
    ("rcps", "action", "resource", "expected"),
    [
        ((NO_SEND,), "sqs:SendMessage", QUEUE, "denied"),
        ((), "sqs:SendMessage", QUEUE, "allowed"),
        ((READ,), "sqs:SendMessage", QUEUE, "allowed"),  # RCPFullAWSAccess stays beside it
        (
            ({**ALL, "Effect": "Deny"},),
            "ec2:StartInstances",
            f"arn:aws:ec2:eu-west-1:{HERE}:instance/i-1",
            "allowed",
        ),
    ],
)
def test_resource_control_policies(rcps: Any, action: str, resource: str, expected: str) -> None:
    target = Target(resource, HERE, guardrails=(policy(*rcps),))
    assert ask(identity=(ALL,), action=action, target=target) == expected


def test_a_policy_of_an_endpoint_is_one_more_limit() -> None:
    """VPC User Guide, "Control access to VPC endpoints using endpoint policies"."""
    for statement, expected in (({**SEND, "Principal": "*"}, "allowed"), ({**READ, "Principal": "*"}, "denied")):
        limits = Limits((policy(ALL),), endpoint=policy(statement))
        found = decide(ROLE, limits, Action.of("sqs:SendMessage"), Target(QUEUE, HERE), {})
        assert found.verdict.value == expected


def test_a_statement_of_a_resource_policy_without_principal_matches_nobody() -> None:
    assert ask(target=Target(QUEUE, HERE, policy(SEND))) == "denied"
    assert ask(identity=(SEND,), target=Target(QUEUE, HERE, policy(NO_SEND))) == "allowed"


# [kms] "Allowing users in other accounts to use a KMS key": the key policy and the other account's policies must
# both allow; naming the other account leaves it to that account's policies

FAR = Caller("role", f"arn:aws:iam::{THERE}:role/far", THERE)
FAR_ROOT = {"AWS": f"arn:aws:iam::{THERE}:root"}


@pytest.mark.parametrize(
    ("named", "identity", "expected"),
    [
        (FAR_ROOT, (DECRYPT,), "allowed"),
        (FAR_ROOT, (), "denied"),
        ({"AWS": FAR.arn}, (DECRYPT,), "allowed"),
        ({"AWS": FAR.arn}, (), "denied"),  # unlike within the account, naming it is not enough
        (BY_ROOT, (DECRYPT,), "denied"),
        ("*", (DECRYPT,), "allowed"),
        ("*", (), "denied"),
    ],
)
def test_keys_of_another_account(named: Any, identity: Any, expected: str) -> None:
    key = policy({"Principal": named, "Action": "kms:Decrypt", "Resource": "*"})
    assert (
        ask(FAR, identity=identity, target=Target(KEY, HERE, key, must_allow=True), action="kms:Decrypt")
        == expected
    )


@pytest.mark.parametrize(
    ("key", "boundary", "expected"),
    [
        (ROLE_KEY, (READ,), "denied"),  # a role that is named is limited by its boundary
        (ROLE_KEY, (DECRYPT,), "allowed"),
        (ROOT_KEY, (READ,), "denied"),
        (ROOT_KEY + policy({"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}), None,
         "denied"),
    ],
)  # fmt: skip
def test_keys_and_boundaries(key: Policy, boundary: Any, expected: str) -> None:
    target = Target(KEY, HERE, key, must_allow=True)
    assert ask(identity=(DECRYPT,), boundary=boundary, target=target, action="kms:Decrypt") == expected


# [trust] across accounts both sides must allow (IAM User Guide, "Delegate access across AWS accounts")


@pytest.mark.parametrize(
    ("named", "identity", "expected"),
    [
        (FAR_ROOT, (ASSUME,), "allowed"),
        (FAR_ROOT, (), "denied"),
        ({"AWS": FAR.arn}, (ASSUME,), "allowed"),
        ({"AWS": FAR.arn}, (), "denied"),
        (BY_ROOT, (ASSUME,), "denied"),
        ({"AWS": THERE}, (ASSUME,), "allowed"),
    ],
)
def test_roles_of_another_account(named: Any, identity: Any, expected: str) -> None:
    target = Target(TAKEN, HERE, trust(named), must_allow=True)
    assert ask(FAR, identity=identity, target=target, action="sts:AssumeRole") == expected


@pytest.mark.parametrize(
    ("more", "context", "expected"),
    [
        ({"StringEquals": {"sts:ExternalId": "x"}}, {}, "conditional"),
        ({"StringEquals": {"sts:ExternalId": "x"}}, {"sts__ExternalId": "x"}, "allowed"),
        ({"StringEquals": {"sts:ExternalId": "x"}}, {"sts__ExternalId": None}, "denied"),
        (
            {"Bool": {MFA: "true"}},
            {"aws__MultiFactorAuthPresent": None},
            "denied",
        ),  # long-term keys have no such key
    ],
)
def test_conditions_of_a_trust(more: Any, context: Any, expected: str) -> None:
    target = Target(TAKEN, HERE, trust(FAR_ROOT, Condition=more), must_allow=True)
    assert ask(FAR, identity=(ASSUME,), target=target, action="sts:AssumeRole", **context) == expected


# [cross] each side has its own limits: SCPs, boundary and session are the caller's, RCPs the resource's


@pytest.mark.parametrize(
    ("limits", "rcps", "expected"),
    [
        ({}, (), "allowed"),
        ({"scps": (((NO_SEND,),),)}, (), "denied"),
        ({"scps": (((READ,),),)}, (), "denied"),
        ({"boundary": (READ,)}, (), "denied"),
        ({"session": (READ,)}, (), "denied"),
        ({}, (NO_SEND,), "denied"),
    ],
)
def test_limits_across_accounts(limits: Any, rcps: Any, expected: str) -> None:
    target = Target(AWAY, THERE, to({"AWS": ROLE.arn}), guardrails=tuple(policy(each) for each in rcps))
    assert ask(identity=(SEND,), target=target, **limits) == expected


# [scp] what is left is the intersection of the levels; a Deny at one cannot be undone below

S3, EC2 = ({"Action": name, "Resource": "*"} for name in ("s3:*", "ec2:*"))
NO_EC2 = {**EC2, "Effect": "Deny"}


@pytest.mark.parametrize(
    ("levels", "s3", "ec2"),
    [
        (((ALL,), (ALL,), (ALL,)), "allowed", "allowed"),
        (((ALL,), (S3,), (ALL,)), "allowed", "denied"),
        (((ALL,), (S3,), (EC2,)), "denied", "denied"),
        (((S3, EC2), (ALL,), (EC2,)), "denied", "allowed"),
        (((ALL, NO_EC2), (ALL,), (EC2,)), "denied", "denied"),
        (((ALL,), (), (ALL,)), "denied", "denied"),  # a level to which nothing is attached allows nothing
    ],
)
def test_levels_of_guardrails_intersect(levels: Any, s3: str, ec2: str) -> None:
    scps = tuple((level,) for level in levels)
    bucket = Target("arn:aws:s3:::b", HERE)
    machine = Target(f"arn:aws:ec2:eu-west-1:{HERE}:instance/i-1", HERE)
    assert ask(identity=(ALL,), scps=scps, target=bucket, action="s3:ListBucket") == s3
    assert ask(identity=(ALL,), scps=scps, target=machine, action="ec2:StartInstances") == ec2
