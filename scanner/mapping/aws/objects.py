"""Amazon S3: buckets with all that is said of them inline or in resources of their own, and objects."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.hcl.partial import PartialText
from scanner.mapping.aws import guards
from scanner.mapping.aws.histories import history, replications, takes_logs
from scanner.mapping.aws.keys import own_key
from scanner.mapping.aws.object_access import (
    ACCOUNT_BLOCK,
    ACL,
    BLOCK,
    OWNERSHIP,
    POINT,
    PUBLIC_ACLS,
    acl_grants,
    any_fold,
    bucket_statements,
    list_writes,
    lists_in_force,
    public_access,
    public_blocked,
    public_restricted,
)
from scanner.mapping.aws.policy import folded_statements, tls_required
from scanner.mapping.aws.protection import copies, selectable
from scanner.mapping.extract import EMPTY, FALSE, NONE, TRUE, equals, truth, written
from scanner.mapping.named import spelled
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Fold, Join, Row, Skip, Table
from scanner.model.logic import either, some
from scanner.model.value import Unknown, Value, unwrap

BUCKET = "aws_s3_bucket"
_ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration"
_VERSIONING = "aws_s3_bucket_versioning"
_LOGGING = "aws_s3_bucket_logging"
_LIFECYCLE = "aws_s3_bucket_lifecycle_configuration"
_REPLICATION = "aws_s3_bucket_replication_configuration"
_LOCK = "aws_s3_bucket_object_lock_configuration"


# What keeps the data


def _versioned(reader: Reader) -> Value:
    """Versioning is off unless it is turned on (S3 User Guide, "Using versioning")."""
    return either(
        lambda: truth(reader.get("versioning.enabled", False)),
        lambda: any_fold(
            reader, _VERSIONING, lambda fold: fold.get("versioning_configuration.status") == "Enabled"
        ),
    )


def _only_redirects(reader: Reader) -> bool:
    """Whether it sends every request elsewhere and so holds nothing (S3 User Guide, "Redirect requests for your
    bucket's website endpoint to another bucket or domain")."""
    where = "redirect_all_requests_to"
    return either(
        lambda: some(reader.blocks("website"), lambda block: block.get(where) is not None),
        lambda: any_fold(reader, "aws_s3_bucket_website_configuration", lambda fold: _has_block(fold, where)),
    )


def _second_factor(reader: Reader) -> bool:
    return either(
        lambda: truth(reader.get("versioning.mfa_delete", False)),
        lambda: any_fold(
            reader, _VERSIONING, lambda fold: fold.get("versioning_configuration.mfa_delete") == "Enabled"
        ),
    )


def _locked(reader: Reader) -> bool:
    """Object Lock holds objects only by a default retention, or one object at a time (S3 User Guide)."""
    return either(
        lambda: written("object_lock_configuration.rule.default_retention")(reader),
        lambda: any_fold(reader, _LOCK, written("rule.default_retention")),
    )


def _delete_protected(reader: Reader) -> Value:
    return either(lambda: _second_factor(reader), lambda: _locked(reader))


def _lifecycle(reader: Reader) -> Value:
    return either(
        lambda: some(reader.blocks("lifecycle_rule"), lambda rule: truth(rule.get("enabled")) and _expires(rule)),
        lambda: any_fold(reader, _LIFECYCLE, _folded_lifecycle),
    )


def _folded_lifecycle(fold: Reader) -> bool:
    return some(fold.blocks("rule"), lambda rule: rule.get("status") == "Enabled" and _expires(rule))


def _expires(rule: Reader) -> bool:
    return some(("expiration", "noncurrent_version_expiration"), lambda name: _has_block(rule, name))


def _has_block(reader: Reader, path: str) -> bool:
    return some(reader.blocks(path), lambda _block: True)


def _website(reader: Reader) -> Value:
    return either(
        lambda: _has_block(reader, "website"),
        lambda: any_fold(reader, "aws_s3_bucket_website_configuration", lambda _fold: True),
    )


def _access_logged(reader: Reader) -> Value:
    return either(
        lambda: _has_block(reader, "logging"),
        lambda: any_fold(reader, _LOGGING, lambda _fold: True),
    )


# Keys


def _default_keys(reader: Reader) -> Iterator[Reader]:
    """The blocks that name the default encryption: inline and in a resource of its own."""
    yield from reader.blocks("server_side_encryption_configuration.rule")
    for fold in reader.folded(_ENCRYPTION):
        yield from fold.blocks("rule")


def _customer_key(reader: Reader) -> Value:
    return some(_default_keys(reader), _own_key)


def _own_key(rule: Reader) -> bool:
    """A KMS key that is named: without one, S3 uses the key that AWS manages, alias/aws/s3."""
    algorithm = rule.get("apply_server_side_encryption_by_default.sse_algorithm")
    if not str(algorithm or "").startswith("aws:kms"):
        return False
    return own_key(rule.peek("apply_server_side_encryption_by_default.kms_master_key_id"))


# Relations


def _key_names(reader: Reader) -> Iterator[Value]:
    for rule in _default_keys(reader):
        yield rule.peek("apply_server_side_encryption_by_default.kms_master_key_id")


def _log_targets(reader: Reader) -> Iterator[Value]:
    for block in reader.blocks("logging"):
        yield block.peek("target_bucket")
    for fold in reader.folded(_LOGGING):
        yield fold.peek("target_bucket")


def _replicas(reader: Reader) -> Iterator[Value]:
    """Destination buckets of replication rules that are switched on."""
    for rule in reader.blocks("replication_configuration.rules"):
        if rule.get("status") == "Enabled":
            yield rule.peek("destination.bucket")
    for fold in reader.folded(_REPLICATION):
        for rule in fold.blocks("rule"):
            if rule.get("status") == "Enabled":
                yield rule.peek("destination.bucket")


def bucket_names(reader: Reader) -> Iterator[str]:
    """What a bucket is called elsewhere: its name, and the ARN, which holds nothing else."""
    for path in ("bucket", "id", "arn"):
        value = unwrap(reader.peek(path))
        if isinstance(value, PartialText):
            value = spelled(value, reader.resource.address.root)
        if isinstance(value, str) and value:
            yield value
            if not value.startswith("arn:"):
                yield f"arn:aws:s3:::{value}"


def named_or_prefixed(name: str, prefix: str) -> Extract:
    """The name at a path, or where only a prefix is given, what is known of the name that the provider makes."""

    def extract(reader: Reader) -> Value:
        value = reader.peek(name)
        start = reader.peek(prefix)
        if value is not None or start is None or isinstance(start, Unknown):
            return value
        return Unknown("the provider completes the name after its prefix", prefix=str(start))

    return extract


_ROW = Row(
    "object_store",
    {
        # SSE-S3 encrypts each new object since 5 January 2023 (S3 User Guide, "Setting default server-side
        # encryption behavior"), whatever the configuration says.
        "encrypted": TRUE,
        "customer_key": _customer_key,
        "placement": Fixed("managed"),
        "selectable": selectable("S3", "s3", "", "bucket"),
        "own_copies": copies(history(_versioned), replications),
        "public_access": public_access,
        "public_blocked": public_blocked,
        "lists_in_force": lists_in_force,
        "public_restricted": public_restricted,
        "grants": acl_grants,
        "list_writes": list_writes,
        "takes_logs": takes_logs,
        "versioned": lambda reader: None if _only_redirects(reader) else _versioned(reader),
        "delete_protected": _delete_protected,
        "locked": _locked,
        "access_logged": _access_logged,
        "tls_required": lambda reader: tls_required(bucket_statements(reader)),
        "lifecycle": _lifecycle,
        "website": _website,
        "statements": bucket_statements,
    },
    {
        "encrypted_with": Join("server_side_encryption_configuration", ("key",), values=_key_names),
        "logs_to": Join("logging", ("object_store",), values=_log_targets),
        "copied_to": Join("replication_configuration", ("object_store",), values=_replicas),
    },
    identity=bucket_names,
    name=named_or_prefixed("bucket", "bucket_prefix"),
)

_DIRECTORY = Row(
    "object_store",
    {
        "encrypted": TRUE,
        "customer_key": FALSE,
        "placement": Fixed("managed"),
        "selectable": NONE,  # AWS Backup does not take directory buckets
        "own_copies": EMPTY,
        # Directory buckets always block public access and keep no versions (S3 User Guide, "Directory buckets").
        "public_access": FALSE,
        "public_blocked": TRUE,
        "public_restricted": TRUE,
        "grants": EMPTY,
        "versioned": FALSE,
        "delete_protected": FALSE,
        "locked": FALSE,
        "access_logged": FALSE,
        "tls_required": TRUE,
        "lifecycle": FALSE,
        "statements": folded_statements("", ("aws_s3_bucket_policy", "policy")),
    },
    identity=bucket_names,
    name="bucket",
)

_OBJECT = Row(
    "object",
    {"public_access": equals("acl", *sorted(PUBLIC_ACLS))},  # private without an ACL
    identity=("arn",),
    name="key",
)


_OF_BUCKET = Fold((BUCKET, "aws_s3_directory_bucket"), "bucket")
_ELSEWHERE = Skip("a way to a bucket with a policy of its own")

TABLE: Table = {
    BUCKET: _ROW,
    "aws_s3_directory_bucket": _DIRECTORY,
    ACL: _OF_BUCKET,
    BLOCK: _OF_BUCKET,
    _ENCRYPTION: _OF_BUCKET,
    _LIFECYCLE: _OF_BUCKET,
    _LOCK: _OF_BUCKET,
    _LOGGING: _OF_BUCKET,
    OWNERSHIP: _OF_BUCKET,
    _REPLICATION: _OF_BUCKET,
    _VERSIONING: _OF_BUCKET,
    "aws_s3_bucket_policy": _OF_BUCKET,
    "aws_s3_bucket_abac": _OF_BUCKET,
    "aws_s3_bucket_accelerate_configuration": _OF_BUCKET,
    "aws_s3_bucket_analytics_configuration": _OF_BUCKET,
    "aws_s3_bucket_cors_configuration": _OF_BUCKET,
    "aws_s3_bucket_intelligent_tiering_configuration": _OF_BUCKET,
    "aws_s3_bucket_inventory": _OF_BUCKET,
    "aws_s3_bucket_metadata_configuration": _OF_BUCKET,
    "aws_s3_bucket_metric": _OF_BUCKET,
    "aws_s3_bucket_notification": _OF_BUCKET,
    "aws_s3_bucket_request_payment_configuration": _OF_BUCKET,
    "aws_s3_bucket_website_configuration": _OF_BUCKET,
    ACCOUNT_BLOCK: (Fold((BUCKET,), "", scope="account"), guards.BUCKETS),
    "aws_s3_object": _OBJECT,
    "aws_s3_bucket_object": _OBJECT,
    "aws_s3_object_copy": _OBJECT,
    "aws_s3_access_point": POINT,
    "aws_s3control_access_point_policy": Fold(("aws_s3_access_point",), "access_point_arn"),
    "aws_s3control_multi_region_access_point": _ELSEWHERE,
    "aws_s3control_multi_region_access_point_policy": _ELSEWHERE,
    "aws_s3control_object_lambda_access_point": _ELSEWHERE,
    "aws_s3control_object_lambda_access_point_policy": _ELSEWHERE,
    "aws_s3control_access_grants_instance": _ELSEWHERE,
    "aws_s3control_access_grants_location": _ELSEWHERE,
    "aws_s3control_access_grant": _ELSEWHERE,
    "aws_s3control_storage_lens_configuration": Skip("statistics of an account's buckets"),
    "data.aws_s3_bucket": Skip("a bucket kept outside the configuration"),
    "data.aws_s3_object": Skip("an object kept outside the configuration"),
    "data.aws_s3_bucket_object": Skip("an object kept outside the configuration"),
    "data.aws_canonical_user_id": Skip("a constant of the account"),
}
