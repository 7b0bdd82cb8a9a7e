"""IAM, organizations, contacts and billing, spelled as Terraform's state would."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from csv import DictReader
from typing import Any

from scanner.mapping.aws.live.spelling import (
    QUIET,
    Live,
    Spelling,
    Spellings,
    World,
    block,
    nothing,
    tags,
)
from scanner.model.resource import Resource
from scanner.model.value import Cause, Unknown, Value

_SERVICE_LINKED = "/aws-service-role/"
_DEVICES = Unknown("iam:ListMFADevices tells the second factor, and was not read", Cause.OUTSIDE_SCAN)
_PASSWORD = Unknown("iam:ListUsers tells when the password was used, and was not read", Cause.OUTSIDE_SCAN)
_ASSUMED = Unknown("iam:GetAccountAuthorizationDetails tells when a role was used, and was not read",
                   Cause.OUTSIDE_SCAN)  # fmt: skip
_KEY = Unknown("iam:GetAccessKeyLastUsed tells when the key was used, and was not read", Cause.OUTSIDE_SCAN)
_SUMMARY = Unknown("iam:GetAccountSummary tells whether root has a second factor, and was not read",
                   Cause.OUTSIDE_SCAN)  # fmt: skip
_SESSION = Unknown("iam:ListRoles tells the longest session, and was not read", Cause.OUTSIDE_SCAN)


def _held(live: Live, owner: str, inline: str, detail: str) -> Iterator[Resource]:
    """The policies that a principal holds: inline ones and those attached to it."""
    for policy in live.list(inline):
        name = policy["PolicyName"]
        told = {owner: live.arn, "name": name, "id": f"{live.get(detail)}:{name}",
                "policy": policy["PolicyDocument"]}  # fmt: skip
        yield live.fold(f"aws_iam_{owner}_policy", name, told)
    for policy in live.list("AttachedManagedPolicies"):
        arn = policy["PolicyArn"]
        yield live.fold(f"aws_iam_{owner}_policy_attachment", arn, {owner: live.arn, "policy_arn": arn})


def _assumed(live: Live) -> Value:
    """When a role was last assumed, or made where it never was."""
    told = live.get("RoleLastUsed", _ASSUMED)
    return told.get("LastUsedDate") or live.get("CreateDate") if isinstance(told, dict) else told


def _services(live: Live) -> Value:
    """The services that a principal is allowed, each with when it last used it; null where that was not asked, an
    Unknown where it was refused (IAM User Guide, "Refine permissions using last accessed information")."""
    told = live.get("GetServiceLastAccessedDetails")
    if not isinstance(told, list):
        return told
    return [{"service": each.get("ServiceNamespace"), "used": each.get("LastAuthenticated")} for each in told]


def _role(live: Live) -> Iterator[Resource]:
    name, path = live.get("RoleName"), live.get("Path", "/")
    shared = {"id": name, "arn": live.arn, "name": name, "unique_id": live.get("RoleId"), "path": path,
              "tags": tags(live.get("Tags"))}  # fmt: skip
    if path.startswith(_SERVICE_LINKED):
        service = path.removeprefix(_SERVICE_LINKED).strip("/")
        yield live.made("aws_iam_service_linked_role", {**shared, "aws_service_name": service})
        return
    yield live.made(
        "aws_iam_role",
        {
            **shared,
            "assume_role_policy": live.get("AssumeRolePolicyDocument"),
            "permissions_boundary": live.get("PermissionsBoundary.PermissionsBoundaryArn"),
            "max_session_duration": live.get("MaxSessionDuration", _SESSION),
            "last_used_date": _assumed(live),
            "services_last_accessed": _services(live),
        },
    )
    yield from _held(live, "role", "RolePolicyList", "RoleName")


def _second_factor(live: Live) -> Value:
    """Whether a user has a device that makes codes, by its devices or by the credential report."""
    devices = live.get("ListMFADevices", _DEVICES)
    if isinstance(devices, list):
        return bool(devices)
    row = report(live.world).get(live.arn)
    return row["mfa_active"] == "true" if row else devices


def _password(live: Live) -> Value:
    """When the password was last used, or set; null where the user has none."""
    profile = live.resource.attributes.get("GetLoginProfile", _PASSWORD)
    if not isinstance(profile, dict):
        return profile
    row = report(live.world).get(live.arn)
    used = live.get("PasswordLastUsed") or (_date(row["password_last_used"]) if row else None)
    if used is None and not live.get("Listed") and not row:
        return _PASSWORD
    return used or profile.get("CreateDate")


def _key_used(live: Live, key: dict[str, Any]) -> Value:
    """When a key was last used, or made where it never was (GetAccessKeyLastUsed gives no date then)."""
    arn = f"arn:{live.arn.split(':')[1]}:iam::{live.account}:access-key/{key['AccessKeyId']}"
    known = live.world.by_id.get(arn)
    told = known.attributes.get("GetAccessKeyLastUsed", _KEY) if known else _KEY
    if isinstance(told, dict):
        return told.get("LastUsedDate") or key.get("CreateDate")
    row = report(live.world).get(live.arn) or {}
    for number in ("1", "2"):
        if row.get(f"access_key_{number}_last_rotated", "")[:19] == str(key.get("CreateDate"))[:19] != "":
            return _date(row[f"access_key_{number}_last_used_date"]) or key.get("CreateDate")
    return told


def _date(text: str) -> str | None:
    """A date of the credential report; None for its words for no date (N/A, no_information)."""
    return text if text[:1].isdigit() else None


def report(world: World) -> dict[str, dict[str, str]]:
    """The rows of the credential report by ARN; none where there is no report ("Generate credential reports")."""
    found: dict[str, dict[str, str]] = {}
    for each in world.by_type.get("AWS::IAM::CredentialReport", ()):
        content = each.attributes.get("Content")
        if isinstance(content, str):
            for row in DictReader(b64decode(content).decode("utf-8", "replace").splitlines()):
                found[str(row.get("arn"))] = {str(name): value or "" for name, value in row.items()}
    return found


def _user(live: Live) -> Iterator[Resource | None]:
    name = live.get("UserName")
    yield live.made(
        "aws_iam_user",
        {
            "id": name,
            "arn": live.arn,
            "name": name,
            "unique_id": live.get("UserId"),
            "path": live.get("Path", "/"),
            "permissions_boundary": live.get("PermissionsBoundary.PermissionsBoundaryArn"),
            "mfa_active": _second_factor(live),
            "password_last_used": _password(live),
            "services_last_accessed": _services(live),
            "tags": tags(live.get("Tags")),
        },
    )
    yield live.beside("aws_iam_user_login_profile", "GetLoginProfile", lambda _: {}, user=live.arn)
    yield from _held(live, "user", "UserPolicyList", "UserName")
    if live.list("GroupList"):
        told = {"user": live.arn, "groups": live.list("GroupList")}
        yield live.fold("aws_iam_user_group_membership", "groups", told)
    for key in live.list("ListAccessKeys"):
        told = {"id": key["AccessKeyId"], "user": name, "status": key["Status"],
                "create_date": key.get("CreateDate"), "last_used_date": _key_used(live, key)}  # fmt: skip
        yield live.fold("aws_iam_access_key", key["AccessKeyId"], told)


def _group(live: Live) -> Iterator[Resource]:
    name = live.get("GroupName")
    yield live.made("aws_iam_group", {"id": name, "arn": live.arn, "name": name, "path": live.get("Path", "/")})
    yield from _held(live, "group", "GroupPolicyList", "GroupName")


def _policy(live: Live) -> Iterator[Resource]:
    if ":iam::aws:" in live.arn:
        return  # AWS's own are known by name
    versions = [each for each in live.list("PolicyVersionList") if each.get("IsDefaultVersion")]
    told = {"id": live.arn, "arn": live.arn, "name": live.get("PolicyName", live.arn.rpartition("/")[2]),
            "path": live.get("Path", "/"),
            "policy": versions[0]["Document"] if versions else None, "tags": tags(live.get("Tags"))}  # fmt: skip
    yield live.made("aws_iam_policy", told)


def _profile(live: Live) -> Iterator[Resource]:
    name = live.get("InstanceProfileName")
    role = live.world.role_of(live.arn)
    if role != live.arn:
        yield live.made("aws_iam_instance_profile", {"id": name, "arn": live.arn, "name": name, "role": role})


def _virtual(live: Live) -> bool:
    """Whether a program that makes codes is a factor of the root user: by whom it is assigned to, or by the name
    that the console gives the first one (CIS AWS Foundations Benchmark, "hardware MFA for the root user")."""
    for each in live.world.by_type.get("AWS::IAM::VirtualMFADevice", ()):
        user, serial = each.attributes.get("User"), str(each.attributes.get("SerialNumber"))
        held = isinstance(user, dict) and str(user.get("Arn")).endswith(":root")
        if held or serial.endswith(":mfa/root-account-mfa-device"):
            return True
    return False


def _summary(live: Live) -> Iterator[Resource]:
    """The user that the account itself is, and whether it has an access key."""
    enabled = live.get("AccountMFAEnabled", _SUMMARY)
    active: Value = enabled if isinstance(enabled, Unknown) else bool(enabled)
    if live.get("AccountPasswordPresent") == 0 and not live.get("AccountAccessKeysPresent"):
        active = None  # removed by centralized root access: there is nothing to sign in with
    told = {"id": f"{live.account}:root", "name": "root", "mfa_active": active, "virtual_mfa": _virtual(live)}
    yield live.made("aws_iam_root_user", told)
    if live.get("AccountAccessKeysPresent"):
        yield live.made("aws_iam_access_key", {"id": f"{live.account}:root", "user": "root", "status": "Active"})


def _features(live: Live) -> Iterator[Resource]:
    """What the organization has of centralized root access; told to its management account alone."""
    told = {"id": live.get("OrganizationId"), "enabled_features": live.list("EnabledFeatures")}
    yield live.made("aws_iam_organizations_features", told)


def _passwords(live: Live) -> Iterator[Resource]:
    told = {
        "id": "iam-account-password-policy",
        "minimum_password_length": live.get("MinimumPasswordLength"),
        "password_reuse_prevention": live.get("PasswordReusePrevention"),
        "max_password_age": live.get("MaxPasswordAge"),
    }
    yield live.made("aws_iam_account_password_policy", told)


def _oidc(live: Live) -> Iterator[Resource]:
    told = {"id": live.arn, "arn": live.arn, "url": live.get("GetOpenIDConnectProvider.Url"),
            "client_id_list": live.get("GetOpenIDConnectProvider.ClientIDList"),
            "tags": tags(live.get("GetOpenIDConnectProvider.Tags"))}  # fmt: skip
    yield live.made("aws_iam_openid_connect_provider", told)


def _saml(live: Live) -> Iterator[Resource]:
    told = {"id": live.arn, "arn": live.arn, "name": live.arn.rpartition("/")[2],
            "saml_metadata_document": live.get("GetSAMLProvider")}  # fmt: skip
    yield live.made("aws_iam_saml_provider", told)


def _named(type_: str, path: str) -> Spelling:
    """A thing of which its name and ARN are all that rules ask."""

    def spell(live: Live) -> Iterator[Resource]:
        name = live.get(path)
        yield live.made(type_, {"id": live.arn, "arn": live.arn, "name": name, "tags": tags(live.get("Tags"))})

    return Spelling((type_,), spell)


# organizations


def _organization(live: Live) -> Iterator[Resource]:
    roots = [
        block(id=each.attributes.get("Id")) for each in live.world.by_type.get("AWS::Organizations::Root", ())
    ]
    yield live.made("aws_organizations_organization", {"id": live.get("Id"), "arn": live.arn,
                                                       "roots": roots[0] if roots else None,
                                                       "feature_set": live.get("FeatureSet"),
                                                       "master_account_id": live.get("MasterAccountId"),
                                                       })  # fmt: skip


def _unit(live: Live) -> Iterator[Resource]:
    parent = live.world.by_id.get(live.under)
    told = {"id": live.get("Id"), "arn": live.arn, "name": live.get("Name"),
            "parent_id": parent.attributes.get("Id") if parent else None}  # fmt: skip
    yield live.made("aws_organizations_organizational_unit", told)


def _account(live: Live) -> Iterator[Resource]:
    told = {
        "id": live.get("Id"),
        "arn": live.arn,
        "name": live.get("Name"),
        "email": live.get("Email"),
        "parent_id": live.get("ListParents"),
    }
    yield live.made("aws_organizations_account", told)


def _guardrail(live: Live) -> Iterator[Resource]:
    kind = live.get("Type")
    told = {"id": live.get("Id"), "arn": live.arn, "name": live.get("Name"), "type": kind,
            "content": live.get("DescribePolicy") if kind != "BACKUP_POLICY" else ""}  # fmt: skip
    yield live.made("aws_organizations_policy", told)
    for target in live.list("ListTargetsForPolicy"):
        ids = {"policy_id": live.get("Id"), "target_id": target["TargetId"]}
        yield live.fold("aws_organizations_policy_attachment", target["TargetId"], ids)


def _tag_policy(live: Live) -> Iterator[Resource]:
    told = {"id": live.get("Id"), "arn": live.arn, "name": live.get("Name"), "type": "TAG_POLICY",
            "content": live.get("DescribePolicy")}  # fmt: skip
    targets = live.get("ListTargetsForPolicy")
    if isinstance(targets, Unknown) or targets:  # one that is attached to nothing says nothing
        yield live.made("aws_organizations_tag_policy", told)


def _cost_tag(live: Live) -> Iterator[Resource]:
    told = {"id": live.get("TagKey"), "tag_key": live.get("TagKey"), "status": live.get("Status")}
    yield live.made("aws_ce_cost_allocation_tag", told)


def _contact(live: Live) -> Iterator[Resource]:
    yield live.made("aws_account_alternate_contact", {
        "id": live.arn, "alternate_contact_type": live.get("AlternateContactType"),
        "email_address": live.get("EmailAddress")})  # fmt: skip


# billing and names


def _budget(live: Live) -> Iterator[Resource]:
    """Notifications have subscribers: the API refuses one without (Budgets API, CreateNotification)."""
    notices = live.get("DescribeNotificationsForBudget")
    told: dict[str, Any] = {"id": live.arn, "arn": live.arn, "name": live.get("BudgetName"),
                            "limit_amount": live.get("BudgetLimit.Amount")}  # fmt: skip
    if isinstance(notices, Unknown):
        told["notification"] = notices
    else:
        told["notification"] = [{"subscriber_email_addresses": ["subscriber"]} for _ in notices or ()]
    yield live.made("aws_budgets_budget", told)


def _monitor(live: Live) -> Iterator[Resource]:
    yield live.made("aws_ce_anomaly_monitor", {"id": live.arn, "arn": live.arn, "name": live.get("MonitorName")})


def _subscription(live: Live) -> Iterator[Resource]:
    told = {"id": live.arn, "arn": live.arn, "monitor_arn_list": live.list("MonitorArnList"),
            "subscriber": [{"type": each.get("Type")} for each in live.list("Subscribers")
                           if each.get("Status") != "DECLINED"]}  # fmt: skip
    yield live.made("aws_ce_anomaly_subscription", told)


_PRIVACY = Unknown(
    "route53domains:GetDomainDetail is not called: it reads the owner's address", Cause.OUTSIDE_SCAN
)


def _domain(live: Live) -> Iterator[Resource]:
    private = dict.fromkeys(("admin_privacy", "registrant_privacy", "tech_privacy", "billing_privacy"), _PRIVACY)
    told = {"id": live.get("DomainName"), "domain_name": live.get("DomainName"),
            "auto_renew": live.get("AutoRenew"), "transfer_lock": live.get("TransferLock"),
            "expiration_date": live.get("Expiry"), **private}  # fmt: skip
    yield live.made("aws_route53domains_registered_domain", told)


def _anchor(live: Live) -> Iterator[Resource]:
    told = {"id": live.get("trustAnchorId"), "arn": live.arn, "name": live.get("name"),
            "source": block(source_type=live.get("source.sourceType"))}  # fmt: skip
    yield live.made("aws_rolesanywhere_trust_anchor", told)


SPELLINGS: Spellings = {
    "AWS::IAM::Role": Spelling(
        ("aws_iam_role", "aws_iam_service_linked_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment"),
        _role,
    ),
    "AWS::IAM::User": Spelling(
        ("aws_iam_user", "aws_iam_user_login_profile", "aws_iam_user_policy", "aws_iam_user_policy_attachment",
         "aws_iam_user_group_membership", "aws_iam_access_key"), _user,
        {"ListAccessKeys": "aws_iam_access_key"}),
    "AWS::IAM::Group": Spelling(
        ("aws_iam_group", "aws_iam_group_policy", "aws_iam_group_policy_attachment"), _group),
    "AWS::IAM::ManagedPolicy": Spelling(("aws_iam_policy",), _policy),
    "AWS::IAM::InstanceProfile": Spelling(("aws_iam_instance_profile",), _profile),
    "AWS::IAM::AccountSummary": Spelling(("aws_iam_access_key", "aws_iam_root_user"), _summary),
    "AWS::IAM::OrganizationsFeatures": Spelling(("aws_iam_organizations_features",), _features),
    "AWS::IAM::AccessKey": QUIET,
    "AWS::IAM::CredentialReport": QUIET,
    "AWS::IAM::PasswordPolicy": Spelling(("aws_iam_account_password_policy",), _passwords),
    "AWS::IAM::AccountAlias": QUIET,
    "AWS::IAM::SAMLProvider": Spelling(("aws_iam_saml_provider",), _saml),
    "AWS::IAM::OIDCProvider": Spelling(("aws_iam_openid_connect_provider",), _oidc),
    "AWS::IAM::ServerCertificate": _named("aws_iam_server_certificate", "ServerCertificateName"),
    "AWS::IAM::VirtualMFADevice": Spelling(("aws_iam_virtual_mfa_device",), nothing),
    "AWS::Organizations::Organization": Spelling(("aws_organizations_organization",), _organization),
    "AWS::Organizations::OrganizationalUnit": Spelling(("aws_organizations_organizational_unit",), _unit),
    "AWS::Organizations::Account": Spelling(("aws_organizations_account",), _account),
    "AWS::Organizations::Root": QUIET,
    "AWS::Organizations::DelegatedAdministrator": QUIET,
    "AWS::Organizations::Policy": Spelling(
        ("aws_organizations_policy", "aws_organizations_policy_attachment"), _guardrail,
        {"ListTargetsForPolicy": "aws_organizations_policy_attachment"}),
    "AWS::Organizations::TagPolicy": Spelling(("aws_organizations_tag_policy",), _tag_policy),
    "AWS::CE::CostAllocationTag": Spelling(("aws_ce_cost_allocation_tag",), _cost_tag),
    "AWS::Account::ContactInformation": QUIET,
    "AWS::Account::AlternateContact": Spelling(("aws_account_alternate_contact",), _contact),
    "AWS::Budgets::Budget": Spelling(("aws_budgets_budget",), _budget),
    "AWS::CE::AnomalyMonitor": Spelling(("aws_ce_anomaly_monitor",), _monitor),
    "AWS::CE::AnomalySubscription": Spelling(("aws_ce_anomaly_subscription",), _subscription),
    "AWS::Route53Domains::Domain": Spelling(("aws_route53domains_registered_domain",), _domain),
    "AWS::RolesAnywhere::TrustAnchor": Spelling(("aws_rolesanywhere_trust_anchor",), _anchor),
}  # fmt: skip
