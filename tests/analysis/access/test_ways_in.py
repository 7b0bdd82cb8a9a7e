"""Ways in beside policies of principals and resources: Identity Center, grants of keys, access points, access
control lists, shares, endpoints, from Terraform to the decision."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.analysis.access.answers import who_can
from scanner.analysis.access.escalation import Escalations
from tests.analysis.access.test_estate import Asked, allow, holds, role, trust

DEV, PROD = "111111111111", "222222222222"


def verdicts(asked: Asked, action: str, resource: str) -> dict[str, str]:
    """Each principal's verdict by its name, strangers by what they are called."""
    wanted = resource if resource == "*" or resource.startswith("arn:") else asked.node(resource)
    found = who_can(asked.estate, action, [wanted])
    return {each.label.rpartition("#")[2]: each.decision.verdict.value for each in found}


# IAM Identity Center User Guide, "Permission sets", "Referencing permission sets in resource policies", "Use IAM
# policies in permission sets"

SIGN_ON = f"""
resource "aws_ssoadmin_permission_set" "reader" {{
  name         = "Reader"
  instance_arn = "arn:aws:sso:::instance/ssoins-1"
}}
resource "aws_ssoadmin_permission_set_inline_policy" "reader" {{
  instance_arn       = "arn:aws:sso:::instance/ssoins-1"
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  inline_policy      = {allow('"s3:GetObject"')}
}}
resource "aws_identitystore_group" "team" {{ display_name = "team" }}
resource "aws_identitystore_user" "ann" {{ user_name = "ann" }}
resource "aws_identitystore_user" "bob" {{ user_name = "bob" }}
resource "aws_identitystore_group_membership" "ann" {{
  group_id  = aws_identitystore_group.team.group_id
  member_id = aws_identitystore_user.ann.user_id
}}
resource "aws_ssoadmin_account_assignment" "dev" {{
  instance_arn       = "arn:aws:sso:::instance/ssoins-1"
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  principal_type     = "GROUP"
  principal_id       = aws_identitystore_group.team.group_id
  target_type        = "AWS_ACCOUNT"
  target_id          = "{DEV}"
}}
"""


def test_an_assigned_permission_set_is_a_role_and_its_users_sign_in_to_it(tmp_path: Path) -> None:
    asked = Asked(tmp_path, SIGN_ON)
    assert verdicts(asked, "s3:GetObject", "*") == {
        "aws_ssoadmin_account_assignment.dev": "allowed",
        "aws_identitystore_user.ann": "allowed",
        "aws_identitystore_user.bob": "denied",
    }


def test_each_account_has_its_own_role(tmp_path: Path) -> None:
    more = SIGN_ON[SIGN_ON.index('resource "aws_ssoadmin_account_assignment"') :]
    twice = more.replace('"dev"', '"again"')
    other = more.replace('"dev"', '"prod"').replace(DEV, PROD)
    asked = Asked(tmp_path, SIGN_ON + twice + other)
    arns = {each.account: each.arn for each in asked.estate.principals.values() if each.kind == "assignment"}
    assert sorted(arns) == [DEV, PROD]
    assert all(":role/aws-reserved/sso.amazonaws.com/" in each for each in arns.values())


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (f"arn:aws:iam::{DEV}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Reader_*", "allowed"),
        (f"arn:aws:iam::{DEV}:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Reader_*", "allowed"),
        (f"arn:aws:iam::{DEV}:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Writer_*", "denied"),
        (f"arn:aws:iam::{PROD}:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Reader_*", "denied"),
    ],
)
def test_resource_policies_mean_the_role_by_a_pattern(tmp_path: Path, pattern: str, expected: str) -> None:
    """The guide's own form of condition: ArnLike on aws:PrincipalArn."""
    condition = (
        f', Condition = {{ ArnLike = {{ "aws:PrincipalArn" = "{pattern}" }} }}, Principal = {{ AWS = "*" }}'
    )
    policy = allow('"sqs:SendMessage"', more=condition)
    provider = f'provider "aws" {{\n region = "us-east-1"\n allowed_account_ids = ["{DEV}"]\n}}\n'
    queue = f'resource "aws_sqs_queue" "q" {{\n name = "q"\n policy = {policy}\n}}\n'
    asked = Asked(tmp_path, provider + SIGN_ON + queue)
    assert verdicts(asked, "sqs:SendMessage", "aws_sqs_queue.q")["aws_ssoadmin_account_assignment.dev"] == expected


NAMED = """
resource "aws_ssoadmin_customer_managed_policy_attachment" "own" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1"
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  customer_managed_policy_reference {
    name = "senders"
    path = "/"
  }
}
"""


def test_policies_that_a_permission_set_means_by_name_are_those_of_the_account(tmp_path: Path) -> None:
    asked = Asked(tmp_path, SIGN_ON + NAMED)
    assert verdicts(asked, "sqs:SendMessage", "*")["aws_ssoadmin_account_assignment.dev"] == "unknown"


def test_a_policy_of_the_scan_is_found_by_name_in_its_account(tmp_path: Path) -> None:
    sends = allow('"sqs:SendMessage"')
    policy = f'resource "aws_iam_policy" "s" {{\n name = "senders"\n policy = {sends}\n}}\n'
    provider = f'provider "aws" {{\n region = "us-east-1"\n allowed_account_ids = ["{DEV}"]\n}}\n'
    asked = Asked(tmp_path, provider + SIGN_ON + NAMED + policy)
    found = verdicts(asked, "sqs:SendMessage", "*")
    assert found["aws_ssoadmin_account_assignment.dev"] == "allowed"
    assert found["aws_identitystore_user.ann"] == "allowed"


def test_an_assignment_of_a_set_outside_the_scan_is_unknown(tmp_path: Path) -> None:
    own = "permission_set_arn = aws_ssoadmin_permission_set.reader.arn\n  principal_type"
    assert own in SIGN_ON
    other = 'permission_set_arn = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"\n  principal_type'
    text = SIGN_ON.replace(own, other)
    found = verdicts(Asked(tmp_path, text), "s3:GetObject", "*")
    assert found["aws_ssoadmin_account_assignment.dev"] == found["aws_identitystore_user.ann"] == "unknown"


def test_nobody_assumes_a_role_of_identity_center(tmp_path: Path) -> None:
    asked = Asked(tmp_path, SIGN_ON + role("admin") + holds("admin", allow('"*"')))
    assert asked.verdict("aws_iam_role.admin", "sts:AssumeRole", "aws_ssoadmin_account_assignment.dev") == "denied"


# KMS Developer Guide, "Grants in AWS KMS", "Using grant constraints"; KMS API, GrantConstraints


def granted(operations: str, constraints: str = "", to: str = "aws_iam_role.r.arn") -> str:
    return (
        'resource "aws_kms_key" "k" {}\n' + role("r") + role("other")
        + f'resource "aws_kms_grant" "g" {{\n key_id = aws_kms_key.k.key_id\n operations = {operations}\n'
        + f" grantee_principal = {to}\n {constraints}\n}}\n"
    )  # fmt: skip


def test_a_grant_gives_its_operations(tmp_path: Path) -> None:
    asked = Asked(tmp_path, granted('["Decrypt", "CreateGrant"]'))
    assert asked.verdict("aws_iam_role.r", "kms:Decrypt", "aws_kms_key.k") == "allowed"
    assert asked.verdict("aws_iam_role.r", "kms:CreateGrant", "aws_kms_key.k") == "allowed"
    assert asked.verdict("aws_iam_role.r", "kms:Encrypt", "aws_kms_key.k") == "denied"
    assert asked.verdict("aws_iam_role.r", "kms:ScheduleKeyDeletion", "aws_kms_key.k") == "denied"
    assert asked.verdict("aws_iam_role.other", "kms:Decrypt", "aws_kms_key.k") == "denied"


def test_constraints_of_a_grant_are_conditions_of_cryptographic_operations(tmp_path: Path) -> None:
    text = granted(
        '["Decrypt", "DescribeKey"]', 'constraints {\n encryption_context_subset = { app = "shop" }\n }'
    )
    asked = Asked(tmp_path, text)
    assert asked.verdict("aws_iam_role.r", "kms:Decrypt", "aws_kms_key.k") == "conditional"
    assert asked.verdict("aws_iam_role.r", "kms:DescribeKey", "aws_kms_key.k") == "allowed"
    given = {"kms__EncryptionContext__app": "shop"}
    assert asked.verdict("aws_iam_role.r", "kms:Decrypt", "aws_kms_key.k", **given) == "allowed"


def test_a_denial_overrules_a_grant(tmp_path: Path) -> None:
    text = granted('["Decrypt"]') + holds("r", allow('"kms:*"', effect="Deny"))
    assert Asked(tmp_path, text).verdict("aws_iam_role.r", "kms:Decrypt", "aws_kms_key.k") == "denied"


def test_operations_that_are_not_known_leave_it_open_for_the_grantee_alone(tmp_path: Path) -> None:
    asked = Asked(tmp_path, 'variable "o" {}\n' + granted("var.o"))
    assert asked.verdict("aws_iam_role.r", "kms:Decrypt", "aws_kms_key.k") == "unknown"
    assert asked.verdict("aws_iam_role.other", "kms:Decrypt", "aws_kms_key.k") == "denied"


def test_a_service_that_is_granted_something_is_listed(tmp_path: Path) -> None:
    text = granted('["Decrypt"]', to='"rds.us-east-1.amazonaws.com"')
    assert (
        verdicts(Asked(tmp_path, text), "kms:Decrypt", "aws_kms_key.k")["rds.us-east-1.amazonaws.com"] == "allowed"
    )


# S3 User Guide, "Configuring IAM policies for using access points"

POINT = """
resource "aws_s3_bucket" "b" { bucket = "records" }
resource "aws_s3_access_point" "p" {
  name   = "point"
  bucket = aws_s3_bucket.b.id
  POLICY
}
data "aws_caller_identity" "me" {}
"""
OBJECTS = '"${aws_s3_access_point.p.arn}/object/*"'
DELEGATED = """
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "*",
    Resource = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"],
    Condition = { StringEquals = { "s3:DataAccessPointAccount" = data.aws_caller_identity.me.account_id } } }] })
}
"""
CLOSED = """
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Statement = [
    { Effect = "Deny", Principal = "*", Action = "s3:GetObject", Resource = "*" }] })
}
"""


def point(principal: str = "") -> str:
    if not principal:
        return POINT.replace("POLICY", "")
    policy = allow(
        '"s3:GetObject"', '"arn:aws:s3:*:*:accesspoint/point/object/*"', more=f", Principal = {principal}"
    )
    return POINT.replace("POLICY", f"policy = {policy}")


NAMES_R = "{ AWS = aws_iam_role.r.arn }"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (point(NAMES_R) + DELEGATED + role("r"), "allowed"),
        (point(NAMES_R) + role("r"), "denied"),  # effective only if the bucket also allows the same
        (point() + DELEGATED + role("r"), "denied"),
        (point(NAMES_R) + CLOSED + role("r"), "denied"),
        (point() + role("r") + holds("r", allow('"s3:*"')), "allowed"),
        (point() + role("r") + holds("r", allow('"s3:*"', OBJECTS)) + DELEGATED, "allowed"),
        (point() + role("r") + holds("r", allow('"s3:*"', OBJECTS)), "unknown"),  # not documented
        (point() + CLOSED + role("r") + holds("r", allow('"s3:*"', OBJECTS)), "denied"),
    ],
)  # fmt: skip
def test_through_an_access_point_both_must_allow(tmp_path: Path, text: str, expected: str) -> None:
    asked = Asked(tmp_path, text)
    assert asked.verdict("aws_iam_role.r", "s3:GetObject", "aws_s3_access_point.p") == expected


def test_who_can_read_a_bucket_counts_its_access_points(tmp_path: Path) -> None:
    asked = Asked(tmp_path, point(NAMES_R) + DELEGATED + role("r") + role("other"))
    found = verdicts(asked, "s3:GetObject", "aws_s3_bucket.b")
    assert found["aws_iam_role.r"] == "allowed"
    assert found["aws_iam_role.other"] == "conditional"  # an access point that the scan does not show


# S3 User Guide, "Access control list (ACL) overview", "Mapping of ACL permissions and access policy permissions",
# "Controlling ownership of objects", "Blocking public access to your Amazon S3 storage"


def listed(acl: str, ownership: str | None = "ObjectWriter", more: str = "") -> str:
    text = 'resource "aws_s3_bucket" "b" { bucket = "records" }\n'
    text += f'resource "aws_s3_bucket_acl" "b" {{\n bucket = aws_s3_bucket.b.id\n {acl}\n}}\n'
    if ownership:
        rule = f'rule {{\n object_ownership = "{ownership}"\n }}'
        text += f'resource "aws_s3_bucket_ownership_controls" "b" {{\n bucket = aws_s3_bucket.b.id\n {rule}\n}}\n'
    return text + more


IGNORED = """
resource "aws_s3_bucket_public_access_block" "b" {
  bucket             = aws_s3_bucket.b.id
  ignore_public_acls = true
}
"""
GRANTED = """access_control_policy {
    owner { id = "aaaa" }
    grant {
      permission = "READ"
      grantee {
        type = "CanonicalUser"
        id   = "bbbb"
      }
    }
    grant {
      permission = "FULL_CONTROL"
      grantee {
        type = "CanonicalUser"
        id   = "aaaa"
      }
    }
  }"""


@pytest.mark.parametrize(
    ("text", "lists", "puts"),
    [
        (listed('acl = "public-read"'), "allowed", None),
        (listed('acl = "public-read-write"'), "allowed", "allowed"),
        (listed('acl = "private"'), None, None),
        (listed('acl = "public-read"', "BucketOwnerEnforced"), None, None),
        (listed('acl = "public-read"', more=IGNORED), None, None),
        (listed('acl = "public-read"', None), "unknown", None),
    ],
)
def test_access_control_lists_are_grants(tmp_path: Path, text: str, lists: str | None, puts: str | None) -> None:
    asked = Asked(tmp_path, text)
    assert verdicts(asked, "s3:ListBucket", "aws_s3_bucket.b").get("anyone") == lists
    assert verdicts(asked, "s3:PutObject", "arn:aws:s3:::records/k").get("anyone") in (puts, "unknown")


def test_a_grantee_of_a_list_is_named_the_owner_is_not(tmp_path: Path) -> None:
    found = verdicts(Asked(tmp_path, listed(GRANTED)), "s3:ListBucket", "aws_s3_bucket.b")
    assert found == {"canonical user bbbb": "allowed"}


# AWS RAM User Guide, "Shareable AWS resources", "Managing permissions in AWS RAM"

SHARE = f"""
resource "aws_ram_resource_share" "s" {{ name = "subnets" }}
resource "aws_ram_principal_association" "s" {{
  principal          = "{PROD}"
  resource_share_arn = aws_ram_resource_share.s.arn
}}
resource "aws_subnet" "a" {{
  vpc_id     = "vpc-1"
  cidr_block = "10.0.0.0/24"
}}
resource "aws_ram_resource_association" "s" {{
  resource_arn       = aws_subnet.a.arn
  resource_share_arn = aws_ram_resource_share.s.arn
}}
"""


def test_what_a_share_gives_is_unknown_never_denied(tmp_path: Path) -> None:
    found = verdicts(Asked(tmp_path, SHARE + role("r")), "ec2:DescribeSubnets", "aws_subnet.a")
    assert found["aws_iam_role.r"] == "denied"  # within its own account a share adds nothing
    found = verdicts(Asked(tmp_path, SHARE), "ec2:CreateNetworkInterface", "aws_subnet.a")
    assert found == {f"arn:aws:iam::{PROD}:root": "unknown"}


# VPC User Guide, "Control access to VPC endpoints using endpoint policies"; S3 User Guide, "Controlling access
# from VPC endpoints with bucket policies"

THROUGH = """
resource "aws_s3_bucket" "b" { bucket = "records" }
resource "aws_vpc_endpoint" "e" {
  vpc_id       = "vpc-1"
  service_name = "com.amazonaws.eu-west-1.s3"
  ENDPOINT
}
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "*",
    Condition = { StringNotEquals = { "aws:SourceVpce" = WANTED } } }] })
}
"""


@pytest.mark.parametrize(
    ("endpoint", "wanted", "expected"),
    [
        ("", "aws_vpc_endpoint.e.id", "conditional"),
        (f"policy = {allow(chr(34) + 's3:GetObject' + chr(34), more=', Principal = ' + chr(34) + '*' + chr(34))}",
         "aws_vpc_endpoint.e.id", "conditional"),
        (f"policy = {allow(chr(34) + 's3:PutObject' + chr(34), more=', Principal = ' + chr(34) + '*' + chr(34))}",
         "aws_vpc_endpoint.e.id", "denied"),
        (f"policy = {allow(chr(34) + 's3:PutObject' + chr(34), more=', Principal = ' + chr(34) + '*' + chr(34))}",
         '["vpce-0123", aws_vpc_endpoint.e.id]', "conditional"),  # another endpoint may let it through
    ],
)  # fmt: skip
def test_where_an_endpoint_is_asked_for_its_policy_limits(
    tmp_path: Path, endpoint: str, wanted: str, expected: str
) -> None:
    text = THROUGH.replace("ENDPOINT", endpoint).replace("WANTED", wanted)
    text += role("r") + holds("r", allow('"s3:*"'))
    assert Asked(tmp_path, text).verdict("aws_iam_role.r", "s3:GetObject", "aws_s3_bucket.b") == expected


# S3 User Guide, "Blocking public access to your Amazon S3 storage": RestrictPublicBuckets alone does it, and only
# where the policy is public


@pytest.mark.parametrize(
    ("principal", "restricted", "expected"),
    [
        ('"*"', "true", "denied"),
        ('"*"', "false", "allowed"),
        (f'{{ AWS = "arn:aws:iam::{PROD}:root" }}', "true", "allowed"),  # no public policy
    ],
)
def test_restricting_public_buckets(tmp_path: Path, principal: str, restricted: str, expected: str) -> None:
    text = f"""
provider "aws" {{
  alias               = "prod"
  allowed_account_ids = ["{PROD}"]
}}
provider "aws" {{
  allowed_account_ids = ["{DEV}"]
}}
resource "aws_s3_bucket" "b" {{ bucket = "records" }}
resource "aws_s3_bucket_policy" "b" {{
  bucket = aws_s3_bucket.b.id
  policy = {allow('"s3:GetObject"', more=f", Principal = {principal}")}
}}
resource "aws_s3_bucket_public_access_block" "b" {{
  bucket                  = aws_s3_bucket.b.id
  restrict_public_buckets = {restricted}
}}
resource "aws_iam_role" "away" {{
  provider           = aws.prod
  name               = "away"
  assume_role_policy = {trust()}
}}
resource "aws_iam_role_policy" "away" {{
  provider = aws.prod
  role     = aws_iam_role.away.name
  policy   = {allow('"s3:*"')}
}}
"""
    asked = Asked(tmp_path, text)
    assert verdicts(asked, "s3:GetObject", "aws_s3_bucket.b")["aws_iam_role.away"] == expected


# Who signs in to a role holds what it holds; IAM cannot touch users of Identity Center


def test_whoever_signs_in_to_an_administrative_role_is_an_administrator(tmp_path: Path) -> None:
    graph = Asked(tmp_path, SIGN_ON.replace("s3:GetObject", "*")).graph
    found = Escalations(graph, ("trust",))
    told = {graph.addresses[each].name: found.admin(each) for each in found.principals()}
    assert told == {
        "aws_identitystore_user.ann": "yes",
        "aws_identitystore_user.bob": "no",
        "aws_ssoadmin_account_assignment.dev": "yes",
    }
    [way] = [way for each in found.principals() for way in found.ways(each) if way.id == "identity-center"]
    assert found.reached(way) == "admin"


def test_keys_of_users_of_identity_center_cannot_be_made(tmp_path: Path) -> None:
    text = SIGN_ON.replace("s3:GetObject", "*") + role("maker") + holds("maker", allow('"iam:CreateAccessKey"'))
    asked = Asked(tmp_path, text)
    assert Escalations(asked.graph, ("trust",)).admin(asked.node("aws_iam_role.maker")) == "no"


@pytest.mark.parametrize(("more", "expected"), [(SIGN_ON, "yes"), ("", "no")])
def test_assigning_oneself_asks_for_identity_center(tmp_path: Path, more: str, expected: str) -> None:
    """pathfinding.cloud, sso-001: its permissions do something only where Identity Center stands."""
    names = ("CreatePermissionSet", "CreateAccountAssignment", "AttachManagedPolicyToPermissionSet")
    actions = "[" + ", ".join(f'"sso:{each}"' for each in names) + "]"
    asked = Asked(tmp_path, more + role("power") + holds("power", allow(actions)))
    assert Escalations(asked.graph, ("trust",)).admin(asked.node("aws_iam_role.power")) == expected
