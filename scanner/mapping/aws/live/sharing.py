"""Identity Center, resource shares and access points, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import QUIET, Live, Spelling, Spellings, block
from scanner.mapping.aws.live.stores import blocks
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value

# Identity Center


def _permission_set(live: Live) -> Iterator[Resource | None]:
    told = {"id": live.arn, "arn": live.arn, "name": live.get("DescribePermissionSet.Name"),
            "session_duration": live.get("DescribePermissionSet.SessionDuration")}  # fmt: skip
    yield live.made("aws_ssoadmin_permission_set", told)
    for policy in live.list("ListManagedPoliciesInPermissionSet"):
        held = {"permission_set_arn": live.arn, "managed_policy_arn": policy["Arn"]}
        yield live.fold("aws_ssoadmin_managed_policy_attachment", policy["Arn"], held)
    for policy in live.list("ListCustomerManagedPolicyReferencesInPermissionSet"):
        named = {"permission_set_arn": live.arn, "customer_managed_policy_reference": _named(policy)}
        yield live.fold("aws_ssoadmin_customer_managed_policy_attachment", policy["Name"], named)
    inline = live.get("GetInlinePolicyForPermissionSet")
    if isinstance(inline, Unknown) or inline:
        yield live.beside("aws_ssoadmin_permission_set_inline_policy", "GetInlinePolicyForPermissionSet",
                          lambda text: {"inline_policy": text}, permission_set_arn=live.arn)  # fmt: skip
    yield live.beside("aws_ssoadmin_permissions_boundary_attachment", "GetPermissionsBoundaryForPermissionSet",
                      _boundary, permission_set_arn=live.arn)  # fmt: skip


def _named(reference: dict[str, Any]) -> Value:
    return block(name=reference.get("Name"), path=reference.get("Path", "/"))


def _boundary(value: dict[str, Any]) -> dict[str, Value]:
    named = value.get("CustomerManagedPolicyReference")
    told: dict[str, Value] = {"managed_policy_arn": value.get("ManagedPolicyArn")}
    if named:
        told = {"customer_managed_policy_reference": _named(named)}
    return {"permissions_boundary": [told]}


def _assignment(live: Live) -> Iterator[Resource]:
    told = {"id": live.arn, "permission_set_arn": live.get("PermissionSetArn"), "target_id": live.get("AccountId"),
            "target_type": "AWS_ACCOUNT", "principal_type": live.get("PrincipalType"),
            "principal_id": live.get("PrincipalId")}  # fmt: skip
    yield live.made("aws_ssoadmin_account_assignment", told)


# shares


def _share(live: Live) -> Iterator[Resource]:
    told = {"id": live.arn, "arn": live.arn, "name": live.get("name"),
            "allow_external_principals": live.get("allowExternalPrincipals")}  # fmt: skip
    yield live.made("aws_ram_resource_share", told)
    for each in live.list("ListPrincipals"):
        held = {"resource_share_arn": live.arn, "principal": each["id"]}
        yield live.fold("aws_ram_principal_association", each["id"], held)
    for each in live.list("ListResources"):
        lent = {"resource_share_arn": live.arn, "resource_arn": each["arn"]}
        yield live.fold("aws_ram_resource_association", each["arn"], lent)


# access points


def _access_point(live: Live) -> Iterator[Resource | None]:
    told: dict[str, Value] = {"id": live.get("Name"), "arn": live.arn, "name": live.get("Name"),
                              "alias": live.get("Alias"), "bucket": live.get("Bucket")}  # fmt: skip
    if live.get("VpcConfiguration.VpcId"):
        told["vpc_configuration"] = block(vpc_id=live.get("VpcConfiguration.VpcId"))
    detail = live.get("GetAccessPoint")
    if isinstance(detail, Unknown):
        told["public_access_block_configuration"] = detail
    elif isinstance(detail, dict):
        told["public_access_block_configuration"] = [blocks(detail.get("PublicAccessBlockConfiguration") or {})]
    yield live.made("aws_s3_access_point", told)
    yield live.beside("aws_s3control_access_point_policy", "GetAccessPointPolicy",
                      lambda text: {"policy": text}, access_point_arn=live.arn)  # fmt: skip


SPELLINGS: Spellings = {
    "AWS::SSO::Instance": QUIET,
    "AWS::SSO::PermissionSet": Spelling(
        ("aws_ssoadmin_permission_set", "aws_ssoadmin_managed_policy_attachment",
         "aws_ssoadmin_customer_managed_policy_attachment", "aws_ssoadmin_permission_set_inline_policy",
         "aws_ssoadmin_permissions_boundary_attachment"), _permission_set,
        {"ListManagedPoliciesInPermissionSet": "aws_ssoadmin_managed_policy_attachment",
         "ListCustomerManagedPolicyReferencesInPermissionSet": "aws_ssoadmin_customer_managed_policy_attachment"}),
    "AWS::SSO::Assignment": Spelling(("aws_ssoadmin_account_assignment",), _assignment),
    "AWS::RAM::ResourceShare": Spelling(
        ("aws_ram_resource_share", "aws_ram_principal_association", "aws_ram_resource_association"), _share,
        {"ListPrincipals": "aws_ram_principal_association", "ListResources": "aws_ram_resource_association"}),
    "AWS::S3::AccessPoint": Spelling(
        ("aws_s3_access_point", "aws_s3control_access_point_policy"), _access_point),
}  # fmt: skip
