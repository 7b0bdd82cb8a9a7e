"""AWS keys, secrets, parameters and certificates."""

from __future__ import annotations

import json
from collections.abc import Iterator

from scanner.hcl.partial import decoded
from scanner.mapping.aws.policy import condition, folded_statements, granted
from scanner.mapping.defaults import written_or_default
from scanner.mapping.extract import NONE, elements, equals, flag, number, outside, told, written
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.secrets import literal_secrets
from scanner.mapping.table import Edge, Fixed, Fold, Join, Row, Skip, Table
from scanner.model.logic import either, every, some
from scanner.model.value import Cause, Undetermined, Unknown, Value

# What cannot be rotated by KMS itself (KMS Developer Guide, "Rotating AWS KMS keys"): asymmetric and HMAC keys,
# imported key material, and keys in a key store outside KMS.
_SYMMETRIC = "SYMMETRIC_DEFAULT"


def own_key(value: Value) -> bool:
    """Whether a key argument names a key of the customer's own: not empty, and no alias/aws/SERVICE, which AWS
    manages (KMS Developer Guide, "AWS managed keys"). What a resource of the configuration computes is one; other
    unknowns raise Undetermined."""
    if isinstance(value, Unknown):
        told = value.prefix + (value.suffix or "")
        if value.cause is Cause.PROVIDER_COMPUTED and "alias/aws/" not in told:
            return True
        raise Undetermined(value)
    return bool(value) and "alias/aws/" not in str(value)


def customer_key(*paths: str) -> Extract:
    """An extractor: whether a key at one of the paths is the customer's own (none: the provider's)."""
    return lambda reader: some(paths, lambda path: own_key(reader.peek(path)))


def key_join(*paths: str) -> Join:
    """The relation `encrypted_with` to the key(s) named at the paths."""
    if len(paths) == 1:
        return Join(paths[0], ("key",))
    return Join(paths[0], ("key",), values=lambda reader: (reader.peek(path) for path in paths))


def _rotated(reader: Reader) -> Value:
    """Automatic rotation is off unless it is turned on (provider documentation of aws_kms_key)."""
    symmetric = reader.get("customer_master_key_spec", _SYMMETRIC) == _SYMMETRIC
    if not symmetric or reader.get("custom_key_store_id") is not None:
        return None
    return flag("enable_key_rotation")(reader)


def _usable(reader: Reader) -> Value:
    """A key is enabled unless it is told otherwise (argument is_enabled, or enabled of external keys; live, the
    key's state: KMS API, KeyMetadata)."""
    return every(("is_enabled", "enabled"), lambda path: flag(path, absent=True)(reader))


def _issued_elsewhere(reader: Reader) -> bool:
    """Whether a certificate is imported, or of a private authority: ACM then neither logs nor validates it."""
    return reader.peek("private_key") is not None or reader.peek("certificate_authority_arn") is not None


def _transparency_logged(reader: Reader) -> Value:
    """Enabled unless told otherwise (ACM API, CertificateOptions)."""
    if _issued_elsewhere(reader):
        return None
    return equals("options.certificate_transparency_logging_preference", "ENABLED", default="ENABLED")(reader)


def _key_names(reader: Reader) -> Iterator[str]:
    for path in ("id", "arn", "key_id"):
        value = reader.peek(path)
        if isinstance(value, str) and value:
            yield value
    for alias in reader.folded("aws_kms_alias"):
        name = alias.peek("name")
        if isinstance(name, str) and name:
            yield name


# Constraints speak of the cryptographic operations alone (KMS Developer Guide, "Using grant constraints").
_UNCONSTRAINED = ("CreateGrant", "DescribeKey", "GetPublicKey", "RetireGrant", "Sign", "Verify", "GenerateMac",
                  "VerifyMac", "DeriveSharedSecret")  # fmt: skip


def _grants(reader: Reader) -> Value:
    """What each grant allows its grantee, as statements."""
    return [each for grant in reader.folded("aws_kms_grant") for each in _grant(grant)]


def _grant(grant: Reader) -> Iterator[Value]:
    grantee = grant.peek("grantee_principal")
    service = isinstance(grantee, str) and not grantee.startswith("arn:") and grantee.endswith(".amazonaws.com")
    principal: Value = {"type": "Service" if service else "AWS", "id": grantee}
    operations = elements(grant.peek("operations"))
    conditions = list(_constraints(grant))
    free = [each for each in operations if not conditions or each in _UNCONSTRAINED]
    bound = [each for each in operations if not any(each is other for other in free)]
    for listed, asked in ((free, []), (bound, conditions)):
        if listed:
            yield granted([_operation(each) for each in listed], principal, asked)


def _operation(name: Value) -> Value:
    return name if isinstance(name, Unknown) else f"kms:{name}"


def _constraints(grant: Reader) -> Iterator[Value]:
    """Equals asks besides that there are no further pairs (KMS API, GrantConstraints)."""
    for block in grant.blocks("constraints"):
        for path in ("encryption_context_equals", "encryption_context_subset"):
            pairs = block.peek(path)
            if isinstance(pairs, Unknown):
                yield pairs
            elif isinstance(pairs, dict) and pairs:
                for key, value in pairs.items():
                    yield condition("StringEquals", f"kms:EncryptionContext:{key}", value)
                if path.endswith("equals"):
                    yield condition("ForAllValues:StringEquals", "kms:EncryptionContextKeys", *pairs)


_KEY_POLICY = folded_statements("policy", ("aws_kms_key_policy", "policy"))
_SECRET_POLICY = folded_statements("policy", ("aws_secretsmanager_secret_policy", "policy"))
_DAYS = number("deletion_window_in_days", 30)  # KMS API, ScheduleKeyDeletion: 7 to 30, default 30


def _key(rotated: Extract | Fixed) -> Row:
    return Row(
        "key",
        {
            "rotated": rotated,
            "deletion_days": _DAYS,
            "usable": _usable,
            "statements": _KEY_POLICY,
            "grants": _grants,
        },
        identity=_key_names,
        name="description",
    )


_FIXED_MATERIAL = _key(NONE)


def _secret_rotated(reader: Reader) -> Value:
    return either(
        lambda: written("rotation_lambda_arn")(reader),
        lambda: reader.fold("aws_secretsmanager_secret_rotation") is not None,
    )


def _literal_secrets(reader: Reader) -> Value:
    """Where a secret's value stands in the code: its keys where it is a JSON object, else just "secret"."""
    found: list[str] = []
    for version in reader.folded("aws_secretsmanager_secret_version"):
        for path in ("secret_string", "secret_binary"):
            pairs = _pairs(decoded(version.peek(path)))
            if [name for name, _ in pairs] == ["secret"] and version.resource.references.get(path):
                continue  # one text made of what other resources are (an endpoint, a zone's name)
            held = literal_secrets(pairs, version.resource.span.path)
            if held and pairs != [("secret", pairs[0][1])]:
                version.point(f"{path}.{held[0]}")
            found += held
    return found


def _pairs(value: Value) -> list[tuple[str, Value]]:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return [("secret", value)]
    return list(value.items()) if isinstance(value, dict) else [("secret", value)]


_SECRET = Row(
    "secret",
    {
        "rotated": _secret_rotated,
        "customer_key": customer_key("kms_key_id"),  # absent: alias/aws/secretsmanager
        "recovery_days": number("recovery_window_in_days", 30),  # provider documentation
        "literal_secrets": _literal_secrets,
        "statements": _SECRET_POLICY,
    },
    {"encrypted_with": key_join("kms_key_id")},
)

_PARAMETER = Row(
    "parameter",
    {"encrypted": equals("type", "SecureString")},
    {"encrypted_with": key_join("key_id")},
)


def _weak_key(reader: Reader) -> Value:
    """RSA below 2048 bits, which nobody may trust since 2014 (NIST SP 800-131A); an imported key is not read, but
    the account tells what it is."""
    if reader.peek("private_key") is not None and reader.peek("key_algorithm") is None:
        return None
    return str(written_or_default("aws_acm_certificate", "key_algorithm")(reader)) in ("RSA_1024", "RSA-1024")


_CERTIFICATE = Row(
    "certificate",
    {
        "transparency_logged": _transparency_logged,
        "validation": lambda reader: None if _issued_elsewhere(reader) else reader.get("validation_method"),
        "weak_key": told("key_algorithm", _weak_key),
    },
    identity=("arn", "id"),
    name="domain_name",
)

_AUTHORITY = Row(
    "certificate",
    {"transparency_logged": NONE, "validation": NONE},
    identity=("arn", "id"),
    name="certificate_authority_configuration.subject.common_name",
)

_OF_SECRET = Fold(("aws_secretsmanager_secret",), "secret_id")
_OF_KEY = ("aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key")

TABLE: Table = {
    "aws_kms_key": _key(_rotated),
    "aws_kms_external_key": _FIXED_MATERIAL,
    "aws_kms_replica_key": _key(outside("a replica is rotated with its primary key")),
    "aws_kms_replica_external_key": _FIXED_MATERIAL,
    # An alias is another name of its key: whoever names it means the key.
    "aws_kms_alias": Fold(_OF_KEY, "target_key_id"),
    "aws_kms_key_policy": Fold(_OF_KEY, "key_id"),
    "aws_kms_grant": (
        Fold(_OF_KEY, "key_id"),
        Edge("grants_to", Join("key_id", ("key",)), Join("grantee_principal", ("role", "user"))),
    ),
    "aws_kms_ciphertext": Skip("text that is encrypted while applying"),
    "aws_kms_custom_key_store": Skip("a key store outside KMS"),
    "data.aws_kms_key": Skip("a key kept outside the configuration"),
    "data.aws_kms_alias": Skip("a key kept outside the configuration"),
    "data.aws_kms_secrets": Skip("values decrypted while applying"),
    "aws_cloudhsm_v2_cluster": Skip("a hardware module that keeps keys of its own"),
    "aws_cloudhsm_v2_hsm": Skip("a hardware module that keeps keys of its own"),
    "aws_secretsmanager_secret": _SECRET,
    "aws_secretsmanager_secret_version": _OF_SECRET,
    "aws_secretsmanager_secret_rotation": _OF_SECRET,
    "aws_secretsmanager_secret_policy": Fold(("aws_secretsmanager_secret",), "secret_arn"),
    "aws_secretsmanager_tag": _OF_SECRET,
    "data.aws_secretsmanager_secret": Skip("a secret kept outside the configuration"),
    "data.aws_secretsmanager_secret_version": Skip("a secret kept outside the configuration"),
    "data.aws_secretsmanager_random_password": Skip("a value made while applying"),
    "aws_ssm_parameter": _PARAMETER,
    "data.aws_ssm_parameters_by_path": Skip("parameters kept outside the configuration"),
    "aws_acm_certificate": _CERTIFICATE,
    "aws_acm_certificate_validation": Fold(("aws_acm_certificate",), "certificate_arn"),
    "aws_acmpca_certificate_authority": _AUTHORITY,
    "aws_acmpca_certificate": Skip("a certificate that a private authority issues"),
    "aws_acmpca_certificate_authority_certificate": Fold(
        ("aws_acmpca_certificate_authority",), "certificate_authority_arn"
    ),
    "aws_acmpca_permission": Fold(("aws_acmpca_certificate_authority",), "certificate_authority_arn"),
    "aws_acmpca_policy": Fold(("aws_acmpca_certificate_authority",), "resource_arn"),
    "data.aws_acm_certificate": Skip("a certificate kept outside the configuration"),
}
