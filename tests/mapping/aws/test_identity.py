import json
from typing import Any

import pytest

from scanner.mapping.aws.identity import TABLE
from scanner.mapping.table import Join, Row
from scanner.model.value import Cause, Unknown
from tests.mapping.build import HIDDEN, UNKNOWN, ask, edges, graph_of, later, told

ROLE = "aws_iam_role.r"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def trusting(principal: Any) -> dict[str, Any]:
    return {"assume_role_policy": json.dumps(
        {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]})}  # fmt: skip


@pytest.mark.parametrize(
    ("attribute", "attributes", "expected"),
    [
        ("bounded", {}, False),
        ("bounded", {"permissions_boundary": later("aws_iam_policy.b.arn")}, True),
        ("bounded", {"permissions_boundary": HIDDEN}, UNKNOWN),
        ("boundary", {}, None),
        ("boundary", {"permissions_boundary": ADMIN}, ADMIN),
        ("boundary", {"permissions_boundary": later("aws_iam_policy.b.arn")}, None),
        ("boundary", {"permissions_boundary": HIDDEN}, UNKNOWN),
        ("path", {}, "/"),
        ("path", {"path": "/team/"}, "/team/"),
        ("session_seconds", {}, 3600),
        ("session_seconds", {"max_session_duration": 7200}, 7200),
        ("managed_policies", {"managed_policy_arns": [ADMIN, later("aws_iam_policy.p.arn")]}, [ADMIN]),
        ("managed_policies", {"managed_policy_arns": HIDDEN}, UNKNOWN),
        ("service_linked", {}, False),
    ],
)
def test_role(attribute: str, attributes: dict[str, Any], *, expected: object) -> None:
    assert ask(TABLE, ROLE, attributes, attribute) == expected


def attached(arn: Any) -> dict[str, Any]:
    return {"aws_iam_role_policy_attachment__a": {"role": later("aws_iam_role.r.name"), "policy_arn": arn}}


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (ADMIN, [ADMIN]),
        (later("aws_iam_policy.p.arn"), []),
        (HIDDEN, [{"$unknown": HIDDEN.reason}]),
        (Unknown("x", Cause.DATA_SOURCE, ("data.aws_caller_identity.me.account_id",), prefix="arn:aws:iam::"), []),
        (Unknown("x", prefix="arn:", suffix=":iam::aws:policy/ReadOnlyAccess"), ["ReadOnlyAccess"]),
    ],
)
def test_attachments_of_aws_policies_fold_into_the_role(arn: Any, expected: object) -> None:
    assert ask(TABLE, ROLE, {"name": "r"}, "managed_policies", **attached(arn)) == expected


def test_policies_are_held_by_their_principals() -> None:
    graph = graph_of(TABLE, {
        ROLE: {"name": "r", **trusting({"AWS": "*"}), "inline_policy": [{"name": "i", "policy": "{}"}]},
        "aws_iam_user.u": {"name": "u"},
        "aws_iam_group.g": {"name": "g"},
        "aws_iam_policy.p": {},
        "aws_iam_role_policy.own": {"role": "r", "policy": json.dumps({"Statement": []})},
        "aws_iam_role_policy_attachment.a": {"role": "r", "policy_arn": later("aws_iam_policy.p.arn")},
        "aws_iam_policy_attachment.all": {
            "users": ["u"], "groups": ["g"], "policy_arn": later("aws_iam_policy.p.arn")},
        "aws_iam_user_group_membership.m": {"user": "u", "groups": [later("aws_iam_group.g.name")]},
    })  # fmt: skip
    assert edges(graph, "attaches") == {
        (ROLE, "aws_iam_role.r/inline:i"),
        (ROLE, "aws_iam_role_policy.own"),
        (ROLE, "aws_iam_policy.p"),
        ("aws_iam_user.u", "aws_iam_policy.p"),
        ("aws_iam_group.g", "aws_iam_policy.p"),
    }
    assert edges(graph, "member_of") == {("aws_iam_user.u", "aws_iam_group.g")}
    assert edges(graph, "trusts") == {(ROLE, "aws_iam_role.r/trust")}
    assert told(graph, "aws_iam_role_policy.own", "inline") is True
    assert told(graph, "aws_iam_policy.p", "inline") is False
    assert told(graph, "aws_iam_role.r/trust", "statements")[0]["principals"] == [{"type": "AWS", "id": "*"}]


def test_a_trust_grants_to_the_principals_it_names() -> None:
    document = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": [later("aws_iam_user.u.arn"), "*"]}}]}
    graph = graph_of(TABLE, {ROLE: {"assume_role_policy": document}, "aws_iam_user.u": {}})
    assert edges(graph, "grants_to") == {("aws_iam_role.r/trust", "aws_iam_user.u")}


def test_an_aws_policy_leaves_no_open_edge() -> None:
    attachment = {"role": "r", "policy_arn": ADMIN}
    graph = graph_of(TABLE, {ROLE: {"name": "r"}, "aws_iam_role_policy_attachment.a": attachment})
    assert list(graph.open_relations()) == []


@pytest.mark.parametrize(
    ("name", "attributes", "attribute", "expected"),
    [
        ("aws_iam_access_key.k", {"user": "u"}, "active", True),
        ("aws_iam_access_key.k", {"user": "u", "status": "Inactive"}, "active", False),
        ("aws_iam_access_key.k", {"user": "u", "status": HIDDEN}, "active", UNKNOWN),
        ("aws_iam_access_key.k", {"user": "u"}, "root", False),
        ("aws_iam_access_key.k", {"user": "root"}, "root", True),
        ("aws_iam_access_key.k", {"user": HIDDEN}, "root", UNKNOWN),
        ("aws_iam_access_key.k", {"user": later("aws_iam_user.u.name")}, "root", False),
        ("aws_iam_openid_connect_provider.p", {"url": "https://x", "client_id_list": ["a"]}, "audiences", ["a"]),
        (
            "aws_iam_saml_provider.p",
            {"saml_metadata_document": '<E entityID="https://idp">'},
            "url",
            "https://idp",
        ),
        ("aws_ssoadmin_permission_set.p", {}, "session_seconds", 3600),
        ("aws_ssoadmin_permission_set.p", {"session_duration": "PT8H30M"}, "session_seconds", 30600),
        ("aws_ssoadmin_permission_set.p", {"session_duration": HIDDEN}, "session_seconds", UNKNOWN),
    ],
)
def test_others(name: str, attributes: dict[str, Any], attribute: str, *, expected: object) -> None:
    assert ask(TABLE, name, attributes, attribute) == expected


def test_a_login_profile_opens_the_console() -> None:
    profile = {"aws_iam_user_login_profile__p": {"user": later("aws_iam_user.u.name")}}
    assert ask(TABLE, "aws_iam_user.u", {"name": "u"}, "console") is False
    assert ask(TABLE, "aws_iam_user.u", {"name": "u"}, "console", **profile) is True


def test_permission_sets_gather_their_policies() -> None:
    beside = {
        "aws_ssoadmin_managed_policy_attachment__a": {
            "permission_set_arn": later("aws_ssoadmin_permission_set.p.arn"), "managed_policy_arn": ADMIN},
        "aws_ssoadmin_permission_set_inline_policy__i": {
            "permission_set_arn": later("aws_ssoadmin_permission_set.p.arn"),
            "inline_policy": json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})},
    }  # fmt: skip
    name = "aws_ssoadmin_permission_set.p"
    assert ask(TABLE, name, {}, "managed_policies", **beside) == [ADMIN]
    assert ask(TABLE, name, {}, "statements", **beside)[0]["actions"] == ["*"]


def test_whoever_names_a_profile_means_its_role() -> None:
    table = {**TABLE, "aws_instance": Row("instance", {}, {"assumes": Join("iam_instance_profile", ("role",))})}
    graph = graph_of(table, {
        ROLE: {"name": "r"},
        "aws_iam_instance_profile.p": {"role": later("aws_iam_role.r.name")},
        "aws_instance.i": {"iam_instance_profile": later("aws_iam_instance_profile.p.name")},
    })  # fmt: skip
    assert edges(graph, "assumes") == {("aws_instance.i", ROLE)}


def test_a_policy_of_the_own_account_is_meant_by_its_name() -> None:
    """A name is given once in an account (IAM quotas and names), so that the account need not be known."""
    arn = Unknown(
        "whoever applies it decides the account", Cause.DATA_SOURCE, ("data.aws_caller_identity.me.account_id",),
        "string", "arn:aws:iam::", suffix=":policy/p",
    )  # fmt: skip
    graph = graph_of(TABLE, {
        ROLE: {"name": "r", **trusting({"Service": "ec2.amazonaws.com"})},
        "aws_iam_policy.p": {"name": "p", "policy": "{}"},
        "aws_iam_role_policy_attachment.a": {"role": "r", "policy_arn": arn},
    })  # fmt: skip
    assert edges(graph, "attaches") == {(ROLE, "aws_iam_policy.p")}
