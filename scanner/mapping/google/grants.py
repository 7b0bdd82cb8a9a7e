"""Google IAM: who holds which role on what. A grant becomes a statement whose one action is the role's name.

For a resource type T there are T_iam_member (one member), T_iam_binding (all members of one role) and T_iam_policy
(everything, as JSON of the data source google_iam_policy).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from scanner.mapping.extract import EMPTY, FALSE, NONE, TRUE, elements, flag, gathered, strings, text
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Fold, Join, Row, Skip, Table
from scanner.model.value import Undetermined, Unknown, Value
from scanner.rule import some

ANYONE = ("allUsers", "allAuthenticatedUsers")
_FORMS = ("_iam_policy", "_iam_binding", "_iam_member")

Statement = dict[str, Value]


def statement(role: Value, members: list[Value], resource: Value = None, conditions: Value = None) -> Statement:
    """The normal form of one grant."""
    return {
        "effect": "Allow",
        "actions": [role],
        "not_actions": [],
        "resources": elements(resource),
        "not_resources": [],
        "principals": [principal(member) for member in members],
        "not_principals": [],
        "conditions": conditions or [],
    }


def principal(member: Value) -> dict[str, Value]:
    """`serviceAccount:a@b` -> type serviceAccount, id a@b; everyone as type `*`."""
    if isinstance(member, Unknown):
        return {"type": member.prefix.partition(":")[0] or member, "id": member}
    kind, colon, name = str(member).partition(":")
    return {"type": kind, "id": name} if colon else {"type": "*" if member in ANYONE else "", "id": member}


def grants(*types: str) -> Extract:
    """The statements that the IAM resources of these types, folded into this one, make."""
    return lambda reader: gathered(_folded(reader, types))


def public_grants(*types: str) -> Extract:
    """Whether one of these grants is to everyone, signed in or not."""

    def extract(reader: Reader) -> Value:
        return some(_members(reader, types), _is_anyone)

    return extract


def _members(reader: Reader, types: tuple[str, ...]) -> Iterator[Value]:
    for found in _folded(reader, types):
        if isinstance(found, Unknown):
            yield found
        else:
            yield from (each["id"] for each in found["principals"])


def _is_anyone(member: Value) -> bool:
    if isinstance(member, Unknown):
        if member.prefix.partition(":")[1]:
            return False  # `serviceAccount:...`: whoever it is, it is one
        raise Undetermined(member)
    return member in ANYONE


def _folded(reader: Reader, types: tuple[str, ...]) -> Iterator[Value]:
    for type_ in types:
        for form in _FORMS:
            for fold in reader.folded(type_ + form):
                yield from grants_of(fold)


def grants_of(fold: Reader) -> Iterator[Value]:
    """The statements of one IAM resource."""
    data = fold.peek("policy_data")
    if data is not None:
        yield from _policy(data)
        return
    members = elements(fold.peek("members")) + elements(fold.peek("member"))
    conditions = [{"operator": "expression", "key": "", "values": [block.peek("expression")]}
                  for block in fold.blocks("condition")]  # fmt: skip
    yield statement(fold.peek("role"), members, None, conditions)


def _policy(data: Value) -> Iterator[Value]:
    """The bindings of a policy in JSON; Unknown as a whole where it is not known or not JSON."""
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError as fault:
            data = Unknown(f"the policy is not JSON ({fault})")
    if isinstance(data, Unknown):
        yield data
    elif isinstance(data, dict):
        for each in elements(data.get("bindings")):
            yield each if isinstance(each, Unknown) else statement(each.get("role"), elements(each.get("members")))


def folds(*pairs: tuple[str, str]) -> Table:
    """The IAM resources of (type, path of the argument that names the resource), folded into it."""
    return {type_ + form: Fold((type_,), by) for type_, by in pairs for form in _FORMS}


def _scope_statements(path: str) -> Extract:
    def extract(reader: Reader) -> Value:
        scope = elements(reader.peek(path))
        return [
            found if isinstance(found, Unknown) else {**found, "resources": scope} for found in grants_of(reader)
        ]

    return extract


def _emails(reader: Reader) -> Iterator[Value]:
    """Members without their kind, to be found by the e-mail address that service accounts answer to."""
    for member in (*elements(reader.peek("members")), *elements(reader.peek("member"))):
        yield member if isinstance(member, Unknown) else str(member).partition(":")[2] or None


def _grant(level: str, scope: str) -> Row:
    """A grant on a project, folder or organization: a policy of its own."""
    return Row(
        "policy",
        {"statements": _scope_statements(scope), "inline": FALSE, "path": NONE, "granted_on": Fixed(level)},
        {"grants_to": Join("member", ("role",), values=_emails)},
        identity=(),
        name="role",
    )


def _custom_role(scope: str) -> Row:
    def statements(reader: Reader) -> Value:
        return [{**statement(None, [], reader.peek(scope)), "actions": elements(reader.get("permissions"))}]

    attributes: dict[str, Extract | Fixed] = {"statements": statements, "inline": FALSE, "path": NONE}
    return Row("policy", attributes, identity=("id", "name"), name="role_id")


def _acting(reader: Reader) -> Value:
    """Who may act as a service account, by its own IAM."""
    found = _folded(reader, ("google_service_account",))
    return gathered(each["id"] for one in found for each in _principals(one))


def _principals(found: Value) -> list[dict[str, Value]]:
    if isinstance(found, Unknown):
        raise Undetermined(found)
    return list(found["principals"])


_AUDIT = Skip("which calls are written to the audit log")

TABLE: Table = {
    "google_service_account": Row(
        "role",
        {
            "service_linked": FALSE,
            "bounded": NONE,
            "boundary": NONE,
            "path": NONE,
            "session_seconds": Fixed(3600),  # lifetime of an access token unless the organization extends it
            "managed_policies": EMPTY,
            "members": _acting,
        },
        identity=("id", "email", "name", "unique_id", "member"),
        name="account_id",
    ),
    **folds(("google_service_account", "service_account_id")),
    "google_service_account_key": Row(
        "access_key",
        {"active": TRUE, "root": FALSE},
        {"grants_to": Join("service_account_id", ("role",))},
        name="service_account_id",
    ),
    **{
        f"google_{level}_iam_{form}": _grant(level, path)
        for level, path in (("project", "project"), ("folder", "folder"), ("organization", "org_id"))
        for form in ("member", "binding", "policy")
    },
    "google_project_iam_custom_role": _custom_role("project"),
    "google_organization_iam_custom_role": _custom_role("org_id"),
    "google_project_iam_audit_config": _AUDIT,
    "google_folder_iam_audit_config": _AUDIT,
    "google_organization_iam_audit_config": _AUDIT,
    "google_project": Row(
        "account",
        {
            "email": NONE,
            "parent": lambda reader: reader.get("folder_id", reader.get("org_id")),
            "default_network": flag("auto_create_network", absent=True),
        },
        identity=("id", "project_id", "number"),
        tags="labels",
    ),
    "google_folder": Row(
        "account", {"email": NONE, "parent": text("parent")}, identity=("id", "name"), name="display_name"
    ),
    "google_project_service": Skip("switches an API on"),
    "google_project_services": Skip("switches APIs on"),
    "google_project_service_identity": Skip("makes a service's own identity"),
    "google_project_default_service_accounts": Skip("what becomes of the default service accounts"),
    "google_project_organization_policy": Row(
        "guardrail", {"statements": EMPTY, "limits": NONE}, name="constraint"
    ),
    "google_folder_organization_policy": Row(
        "guardrail", {"statements": EMPTY, "limits": NONE}, name="constraint"
    ),
    "google_organization_policy": Row("guardrail", {"statements": EMPTY, "limits": NONE}, name="constraint"),
    "google_org_policy_policy": Row("guardrail", {"statements": EMPTY, "limits": NONE}),
    "google_iam_workload_identity_pool": Skip("a name for identity providers"),
    "google_iam_workload_identity_pool_provider": Row(
        "identity_provider",
        {"url": text("oidc.issuer_uri"), "audiences": strings("oidc.allowed_audiences")},
        name="workload_identity_pool_provider_id",
    ),
}

__all__ = ["TABLE", "folds", "grants", "grants_of", "principal", "public_grants", "statement"]
