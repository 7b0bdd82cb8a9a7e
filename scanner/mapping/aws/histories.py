"""What buckets keep of the past, themselves and by replication to others."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws.protection import Maker, copy, meant, read, settled, text
from scanner.mapping.extract import truth, whole
from scanner.mapping.reader import Extract, Reader
from scanner.model.value import Unknown, Value

_BUCKET = "aws_s3_bucket"
_LIFECYCLE = "aws_s3_bucket_lifecycle_configuration"
_REPLICATION = "aws_s3_bucket_replication_configuration"
_ACL = "aws_s3_bucket_acl"
_LOCK = "aws_s3_bucket_object_lock_configuration"


def history(versioned: Extract) -> Maker:
    """Earlier versions in the bucket itself: no copy, and what a replication to another bucket builds on."""

    def maker(reader: Reader) -> Iterator[Value]:
        if versioned(reader):
            yield from _kept(reader)

    return maker


def _kept(reader: Reader) -> Iterator[Value]:
    days, lock = read(_noncurrent_days, reader), read(_lock_mode, reader)
    note = "earlier versions in the same bucket"
    yield copy("history", "bucket", "object", 0.0, days, at="versioned", lock=lock, note=note)


def _noncurrent_days(reader: Reader) -> Value:
    """Days until the first rule deletes earlier versions; None where none does."""
    found: list[Value] = []
    for block in reader.blocks("lifecycle_rule"):
        if truth(block.get("enabled")):
            found.extend(each.get("days") for each in block.blocks("noncurrent_version_expiration"))
    for fold in reader.folded(_LIFECYCLE):
        for rule in fold.blocks("rule"):
            if rule.get("status") == "Enabled":
                expiries = rule.blocks("noncurrent_version_expiration")
                found.extend(each.get("noncurrent_days") for each in expiries)
    days = [whole(each) for each in found if each is not None]
    return min(days) if days else None


def _retentions(reader: Reader) -> Iterator[Reader]:
    yield from reader.blocks("object_lock_configuration.rule.default_retention")
    for fold in reader.folded(_LOCK):
        yield from fold.blocks("rule.default_retention")


def _lock_mode(reader: Reader) -> Value:
    return next((str(each.get("mode", "")).lower() for each in _retentions(reader)), "")


def replications(reader: Reader) -> Iterator[Value]:
    for rule in reader.blocks("replication_configuration.rules"):
        yield from _replication(rule)
    for fold in reader.folded(_REPLICATION):
        for rule in fold.blocks("rule"):
            yield from _replication(rule)


def _replication(rule: Reader) -> Iterator[Value]:
    """One rule: where it copies to, and what keeps it from being a copy of everything with a history."""
    target = rule.peek("destination.bucket")
    account = rule.peek("destination.account")
    account = rule.peek("destination.account_id") if account is None else account
    storage_class = rule.peek("destination.storage_class")
    markers, partial = settled(lambda: _markers(rule)), settled(lambda: _why_partial(rule))
    if partial is None:  # what is read last is shown: what keeps it from being a copy
        markers = settled(lambda: _markers(rule))
    yield copy(
        "replica", "bucket", "object", 0.25, None, at="copied_to",
        to=meant(rule, "destination[0].bucket", target, _BUCKET, "aws_s3_directory_bucket"),
        partial=partial,
        markers=markers,
        storage_class=storage_class,
        note="replication to another bucket",
        **({} if account is None else {"account": text(account)}),
    )  # fmt: skip


_DELIVERS = "http://acs.amazonaws.com/groups/s3/LogDelivery"
# The account by which CloudFront delivers logs (CloudFront Developer Guide, "Permissions required to configure
# standard logging").
_CLOUDFRONT = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"
_CLOUDFRONT_DATA = "aws_cloudfront_log_delivery_canonical_user_id"


def takes_logs(reader: Reader) -> Value:
    """Whether the access control list is written for a service that delivers logs, in force or not."""
    lists = [reader, *reader.folded(_ACL)]
    if any(each.peek("acl") == "log-delivery-write" for each in lists if isinstance(each.peek("acl"), str)):
        return True
    owners = (grantee for each in lists for grantee in _grantees(each))
    return any(_delivers(value) for value in owners)


def _grantees(reader: Reader) -> Iterator[Value]:
    for block in reader.blocks("grant"):
        yield from (block.peek("id"), block.peek("uri"))
    for grant in reader.blocks("access_control_policy.grant"):
        for grantee in grant.blocks("grantee"):
            yield from (grantee.peek("id"), grantee.peek("uri"))


def _delivers(value: Value) -> bool:
    if isinstance(value, Unknown):
        return any(_CLOUDFRONT_DATA in reference for reference in value.references)
    return value in (_DELIVERS, _CLOUDFRONT)


def _why_partial(rule: Reader) -> Value:
    """Why a rule does not copy everything; None where it does."""
    if rule.get("status") != "Enabled":
        return "the rule is not enabled"
    for path in ("prefix", "filter.prefix", "filter.and.prefix"):
        if rule.get(path):
            return "the rule copies one prefix only"
    tagged = [*rule.blocks("filter.tag"), *rule.blocks("filter.and.tags")]
    if any(each.value for each in tagged) or rule.get("filter.tags"):
        return "the rule copies tagged objects only"
    return None


def _markers(rule: Reader) -> Value:
    """Whether deletions are replicated. A rule without a filter is of the first version, which does (S3 User
    Guide, "Replicating delete markers between buckets")."""
    said = rule.get("delete_marker_replication.status") or rule.get("delete_marker_replication_status")
    if said is not None:
        return said == "Enabled"
    return not list(rule.blocks("filter"))
