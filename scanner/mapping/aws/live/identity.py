"""IAM, organizations, contacts and billing, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import QUIET, Live, Spelling, Spellings, block, tags
from scanner.model.resource import Resource
from scanner.model.value import Cause, Unknown

_SERVICE_LINKED = "/aws-service-role/"
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
        },
    )
    yield from _held(live, "role", "RolePolicyList", "RoleName")


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
                "create_date": key.get("CreateDate")}  # fmt: skip
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


def _summary(live: Live) -> Iterator[Resource]:
    """Whether the account itself has an access key."""
    if live.get("AccountAccessKeysPresent"):
        yield live.made("aws_iam_access_key", {"id": f"{live.account}:root", "user": "root", "status": "Active"})


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


def _named(type_: str, path: str) -> Spelling:
    """A thing of which its name and ARN are all that rules ask."""

    def spell(live: Live) -> Iterator[Resource]:
        name = live.get(path)
        yield live.made(type_, {"id": live.arn, "arn": live.arn, "name": name, "tags": tags(live.get("Tags"))})

    return Spelling((type_,), spell)


# organizations


def _organization(live: Live) -> Iterator[Resource]:
    yield live.made("aws_organizations_organization", {"id": live.get("Id"), "arn": live.arn,
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
            "subscriber": [{"type": each.get("Type")} for each in live.list("Subscribers")]}  # fmt: skip
    yield live.made("aws_ce_anomaly_subscription", told)


_PRIVACY = Unknown(
    "route53domains:GetDomainDetail is not called: it reads the owner's address", Cause.OUTSIDE_SCAN
)


def _domain(live: Live) -> Iterator[Resource]:
    private = dict.fromkeys(("admin_privacy", "registrant_privacy", "tech_privacy", "billing_privacy"), _PRIVACY)
    told = {"id": live.get("DomainName"), "domain_name": live.get("DomainName"),
            "auto_renew": live.get("AutoRenew"), "transfer_lock": live.get("TransferLock"), **private}  # fmt: skip
    yield live.made("aws_route53domains_registered_domain", told)


def _permission_set(live: Live) -> Iterator[Resource | None]:
    told = {"id": live.arn, "arn": live.arn, "name": live.get("DescribePermissionSet.Name"),
            "session_duration": live.get("DescribePermissionSet.SessionDuration")}  # fmt: skip
    yield live.made("aws_ssoadmin_permission_set", told)
    for policy in live.list("ListManagedPoliciesInPermissionSet"):
        held = {"permission_set_arn": live.arn, "managed_policy_arn": policy["Arn"]}
        yield live.fold("aws_ssoadmin_managed_policy_attachment", policy["Arn"], held)
    inline = live.get("GetInlinePolicyForPermissionSet")
    if isinstance(inline, Unknown) or inline:
        yield live.beside("aws_ssoadmin_permission_set_inline_policy", "GetInlinePolicyForPermissionSet",
                          lambda text: {"inline_policy": text}, permission_set_arn=live.arn)  # fmt: skip


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
    "AWS::IAM::AccountSummary": Spelling(("aws_iam_access_key",), _summary),
    "AWS::IAM::PasswordPolicy": Spelling(("aws_iam_account_password_policy",), _passwords),
    "AWS::IAM::AccountAlias": QUIET,
    "AWS::IAM::SAMLProvider": _named("aws_iam_saml_provider", "Arn"),
    "AWS::IAM::OIDCProvider": Spelling(("aws_iam_openid_connect_provider",), _oidc),
    "AWS::IAM::ServerCertificate": _named("aws_iam_server_certificate", "ServerCertificateName"),
    "AWS::IAM::VirtualMFADevice": QUIET,
    "AWS::Organizations::Organization": Spelling(("aws_organizations_organization",), _organization),
    "AWS::Organizations::OrganizationalUnit": Spelling(("aws_organizations_organizational_unit",), _unit),
    "AWS::Organizations::Account": Spelling(("aws_organizations_account",), _account),
    "AWS::Organizations::Root": QUIET,
    "AWS::Organizations::DelegatedAdministrator": QUIET,
    "AWS::Organizations::Policy": Spelling(
        ("aws_organizations_policy", "aws_organizations_policy_attachment"), _guardrail,
        {"ListTargetsForPolicy": "aws_organizations_policy_attachment"}),
    "AWS::Account::ContactInformation": QUIET,
    "AWS::Account::AlternateContact": QUIET,
    "AWS::Budgets::Budget": Spelling(("aws_budgets_budget",), _budget),
    "AWS::CE::AnomalyMonitor": Spelling(("aws_ce_anomaly_monitor",), _monitor),
    "AWS::CE::AnomalySubscription": Spelling(("aws_ce_anomaly_subscription",), _subscription),
    "AWS::Route53Domains::Domain": Spelling(("aws_route53domains_registered_domain",), _domain),
    "AWS::SSO::Instance": QUIET,
    "AWS::SSO::PermissionSet": Spelling(
        ("aws_ssoadmin_permission_set", "aws_ssoadmin_managed_policy_attachment",
         "aws_ssoadmin_permission_set_inline_policy"), _permission_set,
        {"ListManagedPoliciesInPermissionSet": "aws_ssoadmin_managed_policy_attachment"}),
    "AWS::RolesAnywhere::TrustAnchor": Spelling(("aws_rolesanywhere_trust_anchor",), _anchor),
    "AWS::RAM::ResourceShare": QUIET,
}  # fmt: skip
