"""AWS identities: roles, users, groups, the policies they hold, and who may act as them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scanner.mapping.aws import credentials, issuers
from scanner.mapping.aws.objects import named_or_prefixed
from scanner.mapping.aws.policy import statements, statements_of
from scanner.mapping.extract import EMPTY, FALSE, NONE, TRUE, elements, number, text, written
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Edge, Fixed, Fold, Join, Part, Row, Skip, Table
from scanner.model.value import Cause, Unknown, Value

# arn:PARTITION:iam::aws:policy/NAME (IAM User Guide, "AWS managed policies"); partition may be an expression.
_MANAGED = re.compile(r":iam::aws:policy/(.+)$")
_DURATION = re.compile(r"^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$")

# A permission set names a customer's policy by name; each account has its own.
UNSEEN_BOUNDARY = Unknown(
    "the boundary is a policy of each account that the permission set goes to", Cause.OUTSIDE_SCAN
)

_PRINCIPALS = ("role", "user")
_POLICY_FOLDS = {
    "aws_iam_role": ("aws_iam_role_policy_attachment", "aws_iam_policy_attachment",
                     "aws_iam_role_policy_attachments_exclusive"),
    "aws_iam_user": ("aws_iam_user_policy_attachment", "aws_iam_policy_attachment",
                     "aws_iam_user_policy_attachments_exclusive"),
    "aws_iam_group": ("aws_iam_group_policy_attachment", "aws_iam_policy_attachment",
                      "aws_iam_group_policy_attachments_exclusive"),
}  # fmt: skip


def _managed_name(value: Value) -> Value:
    """The ARN (or, where its partition is unknown, or it is looked up by name, the name) of a policy that AWS
    manages; None for another's; the Unknown itself where that cannot be told. A policy of the account's own may be
    looked up by its name too."""
    if isinstance(value, Unknown):
        found = _MANAGED.search(value.suffix or "")
        if found:
            return found.group(1)
        if value.suffix and any("data.aws_iam_policy." in each for each in value.references):
            return value.suffix.removeprefix("/")
        return None if _own_policy(value) else value
    return value if isinstance(value, str) and _MANAGED.search(value) else None


def _own_policy(value: Unknown) -> bool:
    """Whether an unknown ARN is that of a policy resource, or of one in an account that is looked up."""
    if value.prefix.endswith(":iam::"):
        return bool(value.references) and all(each.endswith(".account_id") for each in value.references)
    return value.cause is Cause.PROVIDER_COMPUTED and any("aws_iam_policy." in each for each in value.references)


def _managed_policies(type_: str, own: str = "") -> Extract:
    """Policies managed by AWS that a principal holds, by its own argument and by attachments."""

    def extract(reader: Reader) -> Value:
        held = [(each, reader, own) for each in elements(reader.get(own))] if own else []
        for fold in _POLICY_FOLDS[type_]:
            for other in reader.folded(fold):
                for path in ("policy_arn", "policy_arns"):
                    held += [(each, other, path) for each in elements(other.peek(path))]
        found: list[Value] = []
        for each, said_in, path in held:
            name = _managed_name(each)
            if isinstance(name, Unknown) or name is not None:
                reader.mark(len(found), said_in, path)
                found.append(name)
        return found

    return extract


def _managed_boundary(path: str) -> Extract:
    """The boundary where AWS manages it; None where there is none, or it is another's policy."""
    return lambda reader: _managed_name(reader.peek(path))


def _customer_policies(path: str) -> Callable[[Reader], Iterator[Value]]:
    """For a Join: the policies at a path that are not AWS's own (those have no node)."""

    def values(reader: Reader) -> Iterator[Value]:
        for each in elements(reader.peek(path)):
            name = _managed_name(each)
            if name is None or (isinstance(name, Unknown) and name is each):
                yield _of_own_account(each)

    return values


def _of_own_account(value: Value) -> Value:
    """The name of a policy whose ARN is spelled out but for the account, which is looked up: a name is given once
    in an account."""
    if isinstance(value, Unknown) and _own_policy(value) and value.prefix.endswith(":iam::"):
        lead, _, name = (value.suffix or "").rpartition("/")
        return name if lead == ":policy" else value
    return value


def named_principals(*paths: str) -> Callable[[Reader], Iterator[Value]]:
    """For a Join: the AWS principals that the policies at these paths name; `*` names no one in particular."""

    def values(reader: Reader) -> Iterator[Value]:
        for path in paths:
            for statement in statements(reader.get(path)):
                for principal in statement["principals"]:
                    if not isinstance(principal, Unknown) and principal["type"] == "AWS":
                        name = principal["id"]
                        if isinstance(name, Unknown) or name != "*":
                            yield name

    return values


def seconds(path: str, default: str) -> Extract:
    """The seconds of an ISO 8601 duration (`PT1H`)."""

    def extract(reader: Reader) -> Value:
        found = _DURATION.match(str(reader.get(path, default)))
        if found is None:
            return None
        days, hours, minutes, rest = (int(part or 0) for part in found.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + rest

    return extract


def _permission_set_policies(reader: Reader) -> Value:
    attached = reader.folded("aws_ssoadmin_managed_policy_attachment")
    return [each for other in attached for each in elements(other.peek("managed_policy_arn"))]


def _permission_set_boundary(reader: Reader) -> Value:
    for other in reader.folded("aws_ssoadmin_permissions_boundary_attachment"):
        arn = other.get("permissions_boundary.managed_policy_arn")
        return UNSEEN_BOUNDARY if arn is None else arn
    return None


def _permission_set_statements(reader: Reader) -> Value:
    inline = reader.folded("aws_ssoadmin_permission_set_inline_policy")
    return [each for other in inline for each in statements(other.get("inline_policy"))]


def _reference(reader: Reader, path: str) -> Value:
    """Path and name of a policy that a permission set means by name in each account."""
    name, where = reader.peek(f"{path}.name"), reader.peek(f"{path}.path")
    if isinstance(name, Unknown) or isinstance(where, Unknown):
        return name if isinstance(name, Unknown) else where
    return f"{where or '/'}{name}"


def _customer_references(reader: Reader) -> Value:
    attached = reader.folded("aws_ssoadmin_customer_managed_policy_attachment")
    return [_reference(other, "customer_managed_policy_reference") for other in attached]


def _customer_boundary(reader: Reader) -> Value:
    for other in reader.folded("aws_ssoadmin_permissions_boundary_attachment"):
        path = "permissions_boundary.customer_managed_policy_reference"
        return _reference(other, path) if other.has(path) else None
    return None


_BOUNDED_BY = Join("permissions_boundary", ("policy",), values=_customer_policies("permissions_boundary"))

_INLINE = Row("policy", {"statements": statements_of("policy"), "inline": TRUE, "path": NONE}, identity=())
_TRUST = Part(
    Row(
        "trust",
        {"statements": statements_of("assume_role_policy")},
        {"grants_to": Join("assume_role_policy", _PRINCIPALS, values=named_principals("assume_role_policy"))},
        identity=(),
    ),
    "trust",
    edge="trusts",
)

_ROLE = Row(
    "role",
    {
        "service_linked": FALSE,
        "bounded": written("permissions_boundary"),
        "boundary": _managed_boundary("permissions_boundary"),
        "path": text("path", "/"),
        "session_seconds": number("max_session_duration", 3600),
        "managed_policies": _managed_policies("aws_iam_role", "managed_policy_arns"),
        "members": EMPTY,  # AWS lists members in the trust policy only
        "used": "last_used_date",
        "services": "services_last_accessed",
    },
    {
        "attaches": Join("managed_policy_arns", ("policy",), values=_customer_policies("managed_policy_arns")),
        "bounded_by": _BOUNDED_BY,
    },
    identity=("arn", "name", "id", "unique_id"),
    name=named_or_prefixed("name", "name_prefix"),
    parts=(_TRUST, Part(_INLINE, "inline", "inline_policy", edge="attaches")),
)

_SERVICE_LINKED = Row(
    "role",
    {
        "service_linked": TRUE,
        "bounded": FALSE,
        "boundary": NONE,
        "path": Fixed("/aws-service-role/"),
        "session_seconds": Fixed(3600),
        "managed_policies": Fixed(Unknown("AWS chooses the policy of a service-linked role", Cause.OUTSIDE_SCAN)),
        "members": EMPTY,
    },
    identity=("arn", "name", "id", "unique_id"),
    name=text("aws_service_name"),
)

_USER = Row(
    "user",
    {
        "console": lambda reader: reader.fold("aws_iam_user_login_profile") is not None,
        "bounded": written("permissions_boundary"),
        "boundary": _managed_boundary("permissions_boundary"),
        "path": text("path", "/"),
        "managed_policies": _managed_policies("aws_iam_user"),
        # of live accounts alone: no configuration says how it is used
        "second_factor": "mfa_active",
        "used": "password_last_used",
        "services": "services_last_accessed",
    },
    {"bounded_by": _BOUNDED_BY},
    identity=("arn", "name", "id", "unique_id"),
)

_PERMISSION_SET = Row(
    "permission_set",
    {
        "statements": _permission_set_statements,
        "session_seconds": seconds("session_duration", "PT1H"),
        "managed_policies": _permission_set_policies,
        "customer_policies": _customer_references,
        "boundary": _permission_set_boundary,
        "customer_boundary": _customer_boundary,
    },
    identity=("arn", "id", "name"),
)


# In each account the set becomes a role of that account (Identity Center User Guide, "Permission sets").
_ASSIGNMENT = Row(
    "assignment",
    {"account": "target_id"},
    {
        "attaches": Join("permission_set_arn", ("permission_set",)),
        "grants_to": Join("principal_id", ("user", "group")),
    },
    identity=("id",),
    name=lambda _reader: None,
)


def _inline_of(owner: str) -> Row:
    """An inline policy kept in a resource of its own; it is held by the principal that it names."""
    return Row(
        "policy",
        {"statements": statements_of("policy"), "inline": TRUE, "path": NONE},
        {"attaches": Join(owner, (owner,), reverse=True)},
        identity=("id",),
    )


def _attachment(owner: str, path: str = "policy_arn", by: str = "") -> tuple[Fold | Edge, ...]:
    """An attachment: an edge to a policy of the scan, and a fold for AWS's own policies, which have no node."""
    return (
        Fold((f"aws_iam_{owner}",), by or owner),
        Edge("attaches", Join(by or owner, (owner,)), Join(path, ("policy",), values=_customer_policies(path))),
    )


def _membership(user: str, group: str) -> Edge:
    return Edge("member_of", Join(user, ("user",)), Join(group, ("group",)))


_DECLARED_ELSEWHERE = Skip("says that the policies which other resources declare are the only ones")
_DIRECTORY = Skip("a part of a directory or of its rules")
_SIGN_ON = Skip("ties permission sets to people who are kept outside the configuration")

TABLE: Table = {
    **credentials.TABLE,
    **issuers.TABLE,
    "aws_iam_role": _ROLE,
    "aws_iam_service_linked_role": _SERVICE_LINKED,
    "aws_iam_user": _USER,
    "aws_iam_group": Row("group", {"managed_policies": _managed_policies("aws_iam_group")}),
    "aws_iam_policy": Row(
        "policy",
        {"statements": statements_of("policy"), "inline": FALSE, "path": text("path", "/")},
        name=named_or_prefixed("name", "name_prefix"),
    ),
    "aws_iam_role_policy": _inline_of("role"),
    "aws_iam_user_policy": _inline_of("user"),
    "aws_iam_group_policy": _inline_of("group"),
    "aws_iam_role_policy_attachment": _attachment("role"),
    "aws_iam_user_policy_attachment": _attachment("user"),
    "aws_iam_group_policy_attachment": _attachment("group"),
    "aws_iam_policy_attachment": (
        *_attachment("role", by="roles"),
        *_attachment("user", by="users"),
        *_attachment("group", by="groups"),
    ),
    "aws_iam_role_policy_attachments_exclusive": _attachment("role", "policy_arns", "role_name"),
    "aws_iam_user_policy_attachments_exclusive": _attachment("user", "policy_arns", "user_name"),
    "aws_iam_group_policy_attachments_exclusive": _attachment("group", "policy_arns", "group_name"),
    "aws_iam_role_policies_exclusive": _DECLARED_ELSEWHERE,
    "aws_iam_user_policies_exclusive": _DECLARED_ELSEWHERE,
    "aws_iam_group_policies_exclusive": _DECLARED_ELSEWHERE,
    "aws_iam_user_login_profile": Fold(("aws_iam_user",), "user"),
    "aws_iam_group_membership": _membership("users", "group"),
    "aws_iam_user_group_membership": _membership("user", "groups"),
    # A profile carries one role to an instance: whoever names the profile means the role.
    "aws_iam_instance_profile": Fold(("aws_iam_role",), "role"),
    "aws_iam_virtual_mfa_device": Skip("a device that is bound to a user outside the configuration"),
    "aws_iam_server_certificate": Row(
        "certificate", {"transparency_logged": NONE, "validation": NONE}, identity=("arn", "name", "id")
    ),
    "aws_iam_security_token_service_preferences": Skip("the version of session tokens"),
    "aws_iam_outbound_web_identity_federation": Skip("lets the account's roles be known elsewhere"),
    "aws_rolesanywhere_profile": Skip("names the roles whose own trust policies say who may take them"),
    "data.aws_iam_policy_document": Skip("evaluated where its JSON is used"),
    "data.aws_iam_session_context": Skip("a lookup"),
    "data.aws_iam_role": Skip("a role kept outside the configuration"),
    "data.aws_iam_policy": Skip("a policy kept outside the configuration"),
    "data.aws_iam_user": Skip("a user kept outside the configuration"),
    "data.aws_iam_group": Skip("a group kept outside the configuration"),
    "data.aws_iam_instance_profile": Skip("a profile kept outside the configuration"),
    "data.aws_iam_openid_connect_provider": Skip("a provider kept outside the configuration"),
    # single sign-on
    "aws_ssoadmin_permission_set": _PERMISSION_SET,
    "aws_ssoadmin_permission_set_inline_policy": Fold(("aws_ssoadmin_permission_set",), "permission_set_arn"),
    "aws_ssoadmin_managed_policy_attachment": Fold(("aws_ssoadmin_permission_set",), "permission_set_arn"),
    "aws_ssoadmin_customer_managed_policy_attachment": Fold(
        ("aws_ssoadmin_permission_set",), "permission_set_arn"
    ),
    "aws_ssoadmin_permissions_boundary_attachment": Fold(("aws_ssoadmin_permission_set",), "permission_set_arn"),
    "aws_ssoadmin_account_assignment": _ASSIGNMENT,
    "aws_ssoadmin_application": _SIGN_ON,
    "aws_ssoadmin_application_assignment": _SIGN_ON,
    "aws_ssoadmin_application_assignment_configuration": _SIGN_ON,
    "aws_ssoadmin_application_access_scope": _SIGN_ON,
    "aws_ssoadmin_instance_access_control_attributes": _SIGN_ON,
    "aws_ssoadmin_trusted_token_issuer": Row(
        "identity_provider",
        {"url": "trusted_token_issuer_configuration.oidc_jwt_configuration.issuer_url", "audiences": EMPTY},
    ),
    "data.aws_ssoadmin_instances": Skip("a lookup"),
    "data.aws_ssoadmin_permission_set": Skip("a permission set kept outside the configuration"),
    "data.aws_identitystore_group": Skip("a group kept outside the configuration"),
    "data.aws_identitystore_user": Skip("a user kept outside the configuration"),
    "aws_identitystore_user": Row(
        "user",
        # It signs in to roles of Identity Center, with no password of an account's own.
        {"console": FALSE, "bounded": FALSE, "boundary": NONE, "path": NONE, "managed_policies": EMPTY},
        identity=("user_id", "id", "user_name"),
        name="user_name",
    ),
    "aws_identitystore_group": Row(
        "group", {"managed_policies": EMPTY}, identity=("group_id", "id", "display_name"), name="display_name"
    ),
    "aws_identitystore_group_membership": _membership("member_id", "group_id"),
    "aws_accessanalyzer_archive_rule": Skip("which findings another service hides"),
    "aws_directory_service_directory": Row(
        "identity_provider", {"url": "name", "audiences": EMPTY}, identity=("id", "name")
    ),
    "aws_directory_service_conditional_forwarder": _DIRECTORY,
    "aws_directory_service_log_subscription": _DIRECTORY,
    "aws_directory_service_radius_settings": _DIRECTORY,
    "aws_directory_service_region": _DIRECTORY,
    "aws_directory_service_shared_directory": _DIRECTORY,
    "aws_directory_service_shared_directory_accepter": _DIRECTORY,
    "aws_directory_service_trust": _DIRECTORY,
    "aws_verifiedpermissions_identity_source": _DIRECTORY,
    "aws_verifiedpermissions_policy": _DIRECTORY,
    "aws_verifiedpermissions_policy_store": _DIRECTORY,
    "aws_verifiedpermissions_policy_template": _DIRECTORY,
    "aws_verifiedpermissions_schema": _DIRECTORY,
}
