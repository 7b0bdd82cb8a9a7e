"""Keys, secrets, parameters and certificates, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws.live.spelling import Live, Spelling, Spellings, block, equal, tags
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value


def _key(live: Live) -> Iterator[Resource | None]:
    if str(live.world.key(live.arn)).startswith("alias/aws/"):
        return  # AWS's own: others name it by its alias
    replica = equal(live.get("DescribeKey.MultiRegionConfiguration.MultiRegionKeyType"), "REPLICA") is True
    type_ = "aws_kms_replica_key" if replica else "aws_kms_key"
    if equal(live.get("DescribeKey.Origin"), "EXTERNAL") is True:
        type_ = "aws_kms_replica_external_key" if replica else "aws_kms_external_key"
    yield live.made(type_, {
        "id": live.get("KeyId"), "key_id": live.get("KeyId"), "arn": live.arn,
        "description": live.get("DescribeKey.Description"),
        "customer_master_key_spec": live.get("DescribeKey.KeySpec"),
        "custom_key_store_id": live.get("DescribeKey.CustomKeyStoreId"),
        "enable_key_rotation": live.get("GetKeyRotationStatus.KeyRotationEnabled"),
        "is_enabled": equal(live.get("DescribeKey.KeyState", "Enabled"), "Enabled"),
        "deletion_window_in_days": live.get("DescribeKey.PendingDeletionWindowInDays"),
        "policy": live.get("GetKeyPolicy"), "tags": tags(live.get("ListResourceTags"), "TagKey", "TagValue"),
    })  # fmt: skip
    for grant in live.list("ListGrants"):
        asked = grant.get("Constraints") or {}
        ends = {"key_id": live.arn, "grantee_principal": grant.get("GranteePrincipal"),
                "operations": grant.get("Operations"), "constraints": block(
                    encryption_context_equals=asked.get("EncryptionContextEquals"),
                    encryption_context_subset=asked.get("EncryptionContextSubset"))}  # fmt: skip
        yield live.fold("aws_kms_grant", grant["GrantId"], ends)


def _alias(live: Live) -> Iterator[Resource]:
    name, target = str(live.get("AliasName")), live.get("TargetKeyId")
    if not name.startswith("alias/aws/") and target:
        key = live.arn.rpartition(":alias/")[0] + f":key/{target}"
        yield live.made("aws_kms_alias", {"name": name, "arn": live.arn, "target_key_id": key})


# The window is chosen when a secret is deleted: it is no property of one that lives.
_WINDOW: dict[str, Value] = {"recovery_days": None}


def _secret(live: Live) -> Iterator[Resource | None]:
    told = {"id": live.arn, "arn": live.arn, "name": live.get("Name"), "kms_key_id": live.key("KmsKeyId"),
            "$node": _WINDOW, "tags": tags(live.get("Tags"))}  # fmt: skip
    yield live.made("aws_secretsmanager_secret", told)
    if live.get("RotationEnabled"):
        rotates = {"secret_id": live.arn, "rotation_lambda_arn": live.get("RotationLambdaARN")}
        yield live.fold("aws_secretsmanager_secret_rotation", "rotation", rotates)
    yield live.beside("aws_secretsmanager_secret_policy", "GetResourcePolicy",
                      lambda text: {"policy": text}, secret_arn=live.arn)  # fmt: skip


def _parameter(live: Live) -> Iterator[Resource]:
    name = live.get("Name")
    key = live.key("KeyId")
    told = {"id": name, "arn": live.arn, "name": name, "type": live.get("Type"), "key_id": key,
            "tags": tags(live.get("ListTagsForResource"))}  # fmt: skip
    yield live.made("aws_ssm_parameter", told)


def _certificate(live: Live) -> Iterator[Resource]:
    """Imported certificates and those of a private authority are neither logged nor validated by ACM."""
    about, kind = live.get("DescribeCertificate", {}), live.get("DescribeCertificate.Type")
    told: dict[str, Value] = {"id": live.arn, "arn": live.arn, "domain_name": live.get("DomainName"),
                              "tags": tags(live.get("ListTagsForCertificate"))}  # fmt: skip
    if isinstance(about, Unknown):
        told.update(validation_method=about, options=about, key_algorithm=about)
    elif kind == "IMPORTED":
        told["private_key"] = "imported"
    else:
        options = about.get("Options", {}).get("CertificateTransparencyLoggingPreference")
        told["certificate_authority_arn"] = about.get("CertificateAuthorityArn")
        told["options"] = block(certificate_transparency_logging_preference=options)
        ways = [each.get("ValidationMethod") for each in about.get("DomainValidationOptions", ())]
        told["validation_method"] = ways[0] if ways else None
    if not isinstance(about, Unknown):
        told["key_algorithm"] = about.get("KeyAlgorithm")
    yield live.made("aws_acm_certificate", told)


SPELLINGS: Spellings = {
    "AWS::KMS::Key": Spelling(
        ("aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key",
         "aws_kms_grant"), _key, {"ListGrants": "aws_kms_grant"}),
    "AWS::KMS::Alias": Spelling(("aws_kms_alias",), _alias),
    "AWS::SecretsManager::Secret": Spelling(
        ("aws_secretsmanager_secret", "aws_secretsmanager_secret_rotation", "aws_secretsmanager_secret_policy"),
        _secret),
    "AWS::SSM::Parameter": Spelling(("aws_ssm_parameter",), _parameter),
    "AWS::CertificateManager::Certificate": Spelling(("aws_acm_certificate",), _certificate),
}  # fmt: skip
