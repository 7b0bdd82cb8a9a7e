"""Ways in beside policies: Identity Center's permission sets and assignments, resource shares, access points."""

from __future__ import annotations

from scanner.sources.aws.operation import Detail, Listing

_SET = {"InstanceArn": "{InstanceArn}", "PermissionSetArn": "{PermissionSetArn}"}
_INSTANCE = {"InstanceArn": "{InstanceArn}"}

_ASSIGNMENTS = Listing(
    "sso-admin", "ListAccountAssignments", "AWS::SSO::Assignment", "AccountAssignments",
    "{PermissionSetArn}/{AccountId}/{PrincipalId}", parameters={**_SET, "AccountId": "{AccountId}"},
)  # fmt: skip
_ACCOUNTS = Listing(  # the accounts that a set was given in; each is asked who it was given to
    "sso-admin", "ListAccountsForProvisionedPermissionSet", "", "AccountIds", "{PermissionSetArn}/{AccountId}",
    parameters=_SET, wrap="AccountId", carries=_SET, children=(_ASSIGNMENTS,),
)  # fmt: skip
_SETS = Listing(
    "sso-admin", "ListPermissionSets", "AWS::SSO::PermissionSet", "PermissionSets", "{PermissionSetArn}",
    parameters=_INSTANCE, wrap="PermissionSetArn", carries=_INSTANCE, children=(_ACCOUNTS,),
    details=(
        Detail("DescribePermissionSet", _SET, answer="PermissionSet"),
        Detail("ListManagedPoliciesInPermissionSet", _SET, answer="AttachedManagedPolicies"),
        Detail("ListCustomerManagedPolicyReferencesInPermissionSet", _SET,
               answer="CustomerManagedPolicyReferences"),
        Detail("GetPermissionsBoundaryForPermissionSet", _SET, answer="PermissionsBoundary",
               absent=("ResourceNotFoundException",)),
        Detail("GetInlinePolicyForPermissionSet", _SET, answer="InlinePolicy")),
)  # fmt: skip

_POINT = {"AccountId": "{@account}", "Name": "{Name}"}
_SHARED = {"resourceOwner": "SELF", "resourceShareArns": ["{resourceShareArn}"]}

LISTINGS = (
    Listing("sso-admin", "ListInstances", "AWS::SSO::Instance", "Instances", "{InstanceArn}", children=(_SETS,)),
    Listing("ram", "GetResourceShares", "AWS::RAM::ResourceShare", "resourceShares", "{resourceShareArn}",
            parameters={"resourceOwner": "SELF"}, details=(
                Detail("ListResources", _SHARED, answer="resources"),
                Detail("ListPrincipals", _SHARED, answer="principals"))),
    Listing("s3control", "ListAccessPoints", "AWS::S3::AccessPoint", "AccessPointList", "{AccessPointArn}",
            parameters={"AccountId": "{@account}"}, action="s3:ListAccessPoints", details=(
                Detail("GetAccessPoint", _POINT, action="s3:GetAccessPoint"),
                Detail("GetAccessPointPolicy", _POINT, answer="Policy", action="s3:GetAccessPointPolicy",
                       absent=("NoSuchAccessPointPolicy",)))),
)  # fmt: skip
