"""Who may do what: IAM, organizations, contacts, billing."""

from __future__ import annotations

from dataclasses import replace

from scanner.sources.aws.operation import Detail, Listing

_LIST = "arn:{@partition}:iam::{@account}:"
_NO_ORGANIZATION = ("AWSOrganizationsNotInUseException",)
_POLICY = Detail("DescribePolicy", {"PolicyId": "{Id}"}, answer="Policy.Content")
_TARGETS = Detail("ListTargetsForPolicy", {"PolicyId": "{Id}"}, answer="Targets")


def _policies(kind: str) -> Listing:
    """The organization's policies of one kind, with their text and what they are attached to."""
    return Listing(
        "organizations",
        "ListPolicies",
        "AWS::Organizations::Policy",
        "Policies",
        "{Arn}",
        scope="global",
        parameters={"Filter": kind},
        details=(_POLICY, _TARGETS),
        absent=(*_NO_ORGANIZATION, "PolicyTypeNotEnabledException"),
    )


def _units_below(depth: int) -> tuple[Listing, ...]:
    """The units below a root or unit; they nest five deep (AWS Organizations quotas)."""
    if not depth:
        return ()
    return (
        Listing(
            "organizations",
            "ListOrganizationalUnitsForParent",
            "AWS::Organizations::OrganizationalUnit",
            "OrganizationalUnits",
            "{Arn}",
            "global",
            parameters={"ParentId": "{Id}"},
            children=_units_below(depth - 1),
        ),
    )


# The whole of IAM's users, groups, roles and policies in one paged answer, instead of a call for each.
_AUTHORIZATION = {"Filter": ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]}
# AWS's own policies only where something here uses them.
_USED_POLICIES = (
    "Policies[?AttachmentCount > `0` || PermissionsBoundaryUsageCount > `0` || !contains(Arn, ':iam::aws:')]"
)
_PROVIDER = "{Url: Url, ClientIDList: ClientIDList, ThumbprintList: ThumbprintList, Tags: Tags}"
# Which services a principal used, and when: two calls each. It is not asked of roles that are not used at all, nor
# of those that services made for themselves.
_ACCESSED = Detail("GetServiceLastAccessedDetails", {"JobId": "{JobId}"}, answer="ServicesLastAccessed",
                   order="GenerateServiceLastAccessedDetails", order_parameters={"Arn": "{Arn}"},
                   pending="IN_PROGRESS")  # fmt: skip
_ROLE_DETAILS = (
    replace(_ACCESSED, when="RoleLastUsed.LastUsedDate && !starts_with(Path || '/', '/aws-service-role/')"),
)
_USER_DETAILS = (
    _ACCESSED,
    Detail("ListAccessKeys", {"UserName": "{UserName}"}, answer="AccessKeyMetadata"),
    Detail("GetLoginProfile", {"UserName": "{UserName}"}, answer="LoginProfile", absent=("NoSuchEntity",)),
    Detail("ListMFADevices", {"UserName": "{UserName}"}, answer="MFADevices"),
)
# When each key was last used; the keys themselves are told with their user.
_KEYS = Listing("iam", "ListAccessKeys", "AWS::IAM::AccessKey", "AccessKeyMetadata",
                _LIST + "access-key/{AccessKeyId}", "global", parameters={"UserName": "{UserName}"}, details=(
                    Detail("GetAccessKeyLastUsed", {"AccessKeyId": "{AccessKeyId}"},
                           answer="AccessKeyLastUsed"),))  # fmt: skip

IAM = (
    Listing("iam", "GetAccountAuthorizationDetails", "AWS::IAM::Role", "RoleDetailList", "{Arn}", "global",
            parameters=_AUTHORIZATION, page=1000, details=_ROLE_DETAILS),
    # the longest session is told by this listing alone
    Listing("iam", "ListRoles", "AWS::IAM::Role", "Roles[].{Arn: Arn, MaxSessionDuration: MaxSessionDuration}",
            "{Arn}", "global", page=1000),
    Listing("iam", "GetAccountAuthorizationDetails", "AWS::IAM::User", "UserDetailList", "{Arn}", "global",
            parameters=_AUTHORIZATION, page=1000, details=_USER_DETAILS, children=(_KEYS,)),
    # when a password was last used is told by this listing alone
    Listing("iam", "ListUsers", "AWS::IAM::User",
            "Users[].{Arn: Arn, Listed: UserId, PasswordLastUsed: PasswordLastUsed}", "{Arn}", "global",
            page=1000),
    # made by whoever last asked for one; we do not
    Listing("iam", "GetCredentialReport", "AWS::IAM::CredentialReport",
            "[{Content: Content, GeneratedTime: GeneratedTime}]", _LIST + "credential-report", "global",
            absent=("ReportNotPresent", "ReportExpired", "ReportInProgress")),
    Listing("iam", "GetAccountAuthorizationDetails", "AWS::IAM::Group", "GroupDetailList", "{Arn}", "global",
            parameters=_AUTHORIZATION, page=1000),
    Listing("iam", "GetAccountAuthorizationDetails", "AWS::IAM::ManagedPolicy",
            _USED_POLICIES, "{Arn}", "global", parameters=_AUTHORIZATION, page=1000),
    Listing("iam", "ListInstanceProfiles", "AWS::IAM::InstanceProfile", "InstanceProfiles", "{Arn}", "global"),
    Listing("iam", "GetAccountSummary", "AWS::IAM::AccountSummary", "[SummaryMap]", _LIST + "summary", "global"),
    Listing("iam", "GetAccountPasswordPolicy", "AWS::IAM::PasswordPolicy", "[PasswordPolicy]",
            _LIST + "password-policy", "global", absent=("NoSuchEntity",)),
    Listing("iam", "ListAccountAliases", "AWS::IAM::AccountAlias", "AccountAliases", _LIST + "alias/{Name}",
            "global", wrap="Name"),
    Listing("iam", "ListSAMLProviders", "AWS::IAM::SAMLProvider", "SAMLProviderList", "{Arn}", "global", details=(
        Detail("GetSAMLProvider", {"SAMLProviderArn": "{Arn}"}, answer="SAMLMetadataDocument"),)),
    Listing("iam", "ListOpenIDConnectProviders", "AWS::IAM::OIDCProvider", "OpenIDConnectProviderList", "{Arn}",
            "global", details=(
                Detail("GetOpenIDConnectProvider", {"OpenIDConnectProviderArn": "{Arn}"},
                       answer=_PROVIDER),)),
    Listing("iam", "ListServerCertificates", "AWS::IAM::ServerCertificate", "ServerCertificateMetadataList",
            "{Arn}", "global"),
    Listing("iam", "ListVirtualMFADevices", "AWS::IAM::VirtualMFADevice", "VirtualMFADevices", "{SerialNumber}",
            "global", parameters={"AssignmentStatus": "Assigned"}, secret=("Base32StringSeed", "QRCodePNG")),
)  # fmt: skip

# Whom the features of centralized root access are not told: members, organizations without it.
_NO_FEATURES = tuple(
    f"{name}{end}" for end in ("", "Exception")
    for name in ("AccountNotManagementOrDelegatedAdministrator", "OrganizationNotFound",
                 "OrganizationNotInAllFeaturesMode", "ServiceAccessNotEnabled"))  # fmt: skip

ORGANIZATION = (
    Listing("organizations", "DescribeOrganization", "AWS::Organizations::Organization", "[Organization]", "{Arn}",
            "global", absent=_NO_ORGANIZATION),
    Listing("organizations", "ListAccounts", "AWS::Organizations::Account", "Accounts", "{Arn}", "global",
            absent=_NO_ORGANIZATION,
            details=(Detail("ListParents", {"ChildId": "{Id}"}, answer="Parents[0].Id"),)),
    Listing("organizations", "ListRoots", "AWS::Organizations::Root", "Roots", "{Arn}", "global",
            absent=_NO_ORGANIZATION, children=_units_below(5)),
    Listing("iam", "ListOrganizationsFeatures", "AWS::IAM::OrganizationsFeatures",
            "[{OrganizationId: OrganizationId, EnabledFeatures: EnabledFeatures}]",
            _LIST + "organizations-features", "global", absent=_NO_FEATURES),
    *(_policies(kind) for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "BACKUP_POLICY")),
    replace(_policies("TAG_POLICY"), type="AWS::Organizations::TagPolicy"),
    Listing("organizations", "ListDelegatedAdministrators", "AWS::Organizations::DelegatedAdministrator",
            "DelegatedAdministrators", "{Arn}/delegated", "global", absent=_NO_ORGANIZATION),
)  # fmt: skip

ACCOUNT = (
    Listing("account", "GetContactInformation", "AWS::Account::ContactInformation", "[ContactInformation]",
            "arn:{@partition}:account::{@account}:contact", "global",
            secret=("AddressLine1", "AddressLine2", "AddressLine3", "PhoneNumber", "FullName", "PostalCode")),
    *(Listing("account", "GetAlternateContact", "AWS::Account::AlternateContact", "[AlternateContact]",
              "arn:{@partition}:account::{@account}:contact/" + kind, "global",
              parameters={"AlternateContactType": kind}, absent=("ResourceNotFoundException",),
              secret=("PhoneNumber", "Name"))
      for kind in ("BILLING", "OPERATIONS", "SECURITY")),
    Listing("budgets", "DescribeBudgets", "AWS::Budgets::Budget", "Budgets",
            "arn:{@partition}:budgets::{@account}:budget/{BudgetName}", "global",
            parameters={"AccountId": "{@account}"}, action="budgets:ViewBudget", details=(
                Detail("DescribeNotificationsForBudget", {"AccountId": "{@account}", "BudgetName": "{BudgetName}"},
                       answer="Notifications", action="budgets:ViewBudget", absent=("NotFoundException",)),)),
    Listing("ce", "GetAnomalyMonitors", "AWS::CE::AnomalyMonitor", "AnomalyMonitors", "{MonitorArn}", "global"),
    Listing("ce", "GetAnomalySubscriptions", "AWS::CE::AnomalySubscription", "AnomalySubscriptions",
            "{SubscriptionArn}", "global"),
    # told to the account that pays alone
    Listing("ce", "ListCostAllocationTags", "AWS::CE::CostAllocationTag", "CostAllocationTags",
            "arn:{@partition}:ce::{@account}:cost-allocation-tag/{TagKey}", "global",
            parameters={"Status": "Active", "Type": "UserDefined"},
            absent=("AccessDeniedException: Failed to list Cost Allocation Tags: Linked account",)),
    Listing("route53domains", "ListDomains", "AWS::Route53Domains::Domain", "Domains",
            "arn:{@partition}:route53domains::{@account}:domain/{DomainName}", "global"),
    Listing("rolesanywhere", "ListTrustAnchors", "AWS::RolesAnywhere::TrustAnchor", "trustAnchors",
            "{trustAnchorArn}"),
)  # fmt: skip

LISTINGS = (*IAM, *ORGANIZATION, *ACCOUNT)
