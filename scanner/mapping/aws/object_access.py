"""Who gets into buckets other than by policies of principals: block on public access, ACLs, access points."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.mapping.aws.policy import folded_statements, granted, public
from scanner.mapping.extract import truth
from scanner.mapping.reader import Reader
from scanner.mapping.table import Join, Row
from scanner.model.logic import both, either, every, some
from scanner.model.value import Cause, Unknown, Value

BLOCK = "aws_s3_bucket_public_access_block"
ACCOUNT_BLOCK = "aws_s3_account_public_access_block"
ACL = "aws_s3_bucket_acl"
OWNERSHIP = "aws_s3_bucket_ownership_controls"

# Canned ACLs and groups that mean everyone, or everyone with any AWS account (S3 User Guide, "Canned ACL").
PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})
_PUBLIC_GROUPS = ("/groups/global/AllUsers", "/groups/global/AuthenticatedUsers")
_BLOCKS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_MADE_WHEN = Unknown(
    "buckets made since April 2023 block public access by default; when this one was made is not written",
    Cause.OUTSIDE_SCAN,
)

bucket_statements = folded_statements("policy", ("aws_s3_bucket_policy", "policy"))


def any_fold(reader: Reader, type_: str, test: Callable[[Reader], object]) -> bool:
    return some(reader.folded(type_), test)


# What stops the public


def _block_set(reader: Reader, *flags: str) -> bool:
    """Whether one of these flags is set for the bucket or its account; each is false where it is not written
    (provider documentation of aws_s3_bucket_public_access_block)."""

    def set_by(type_: str) -> bool:
        return any_fold(reader, type_, lambda fold: some(flags, lambda flag: truth(fold.get(flag, False))))

    return some((BLOCK, ACCOUNT_BLOCK), set_by)


def public_blocked(reader: Reader) -> Value:
    """Whether all four flags are set, by the bucket's own block or the account's; unknown without either."""
    declared = [fold for type_ in (BLOCK, ACCOUNT_BLOCK) for fold in reader.folded(type_)]
    if not declared:
        return _MADE_WHEN
    return some(declared, lambda fold: every(_BLOCKS, lambda flag: truth(fold.get(flag, False))))


def public_access(reader: Reader) -> Value:
    """Whether an ACL or the policy opens the bucket to everyone and no block stops it.

    A public ACL that is written counts even where a default of new buckets would refuse it: it is what the
    author asks for. No ACL means private (S3 User Guide, "Default ACL").
    """
    return either(lambda: _open_by_acl(reader), lambda: _open_by_policy(reader))


def _open_by_acl(reader: Reader) -> bool:
    return both(
        lambda: not _block_set(reader, "ignore_public_acls", "block_public_acls"),
        lambda: not _acls_disabled(reader),
        lambda: _acl_public(reader),
    )


def _open_by_policy(reader: Reader) -> bool:
    return both(
        lambda: not _block_set(reader, "restrict_public_buckets", "block_public_policy"),
        lambda: public(bucket_statements(reader)),
    )


def _acls_disabled(reader: Reader) -> bool:
    """ACLs have no effect under BucketOwnerEnforced (S3 User Guide, "Controlling ownership of objects")."""
    return any_fold(reader, OWNERSHIP, lambda fold: fold.get("rule.object_ownership") == "BucketOwnerEnforced")


def lists_in_force(reader: Reader) -> Value:
    """Whether ACLs of objects count: not by default (buckets since April 2023), so where that is asked for."""
    fold = reader.fold(OWNERSHIP)
    return None if fold is None else fold.get("rule.object_ownership") != "BucketOwnerEnforced"


def _acl_public(reader: Reader) -> bool:
    return either(
        lambda: reader.get("acl") in PUBLIC_ACLS,
        lambda: some(reader.blocks("grant"), lambda grant: _everyone(grant.get("uri"))),
        lambda: any_fold(reader, ACL, lambda fold: fold.get("acl") in PUBLIC_ACLS),
        lambda: any_fold(reader, ACL, _grants_everyone),
    )


def _grants_everyone(acl: Reader) -> bool:
    grants = acl.blocks("access_control_policy.grant")
    return some(grants, lambda grant: _everyone(grant.get("grantee.uri")))


def _everyone(uri: Value) -> bool:
    return str(uri or "").endswith(_PUBLIC_GROUPS)


# What an access control list gives


# S3 User Guide, "Mapping of ACL permissions and access policy permissions", for a bucket.
_ACL_ACTIONS = {
    "READ": ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"),
    "WRITE": ("s3:PutObject",),
    "READ_ACP": ("s3:GetBucketAcl",),
    "WRITE_ACP": ("s3:PutBucketAcl",),
}
# S3 User Guide, "Canned ACL": what each gives beside full control to the owner.
_ALL, _SIGNED, _DELIVERY = ("*", "*"), ("AWS", "*"), ("Service", "logging.s3.amazonaws.com")
_CANNED = {
    "public-read": ((_ALL, "READ"),),
    "public-read-write": ((_ALL, "READ"), (_ALL, "WRITE")),
    "authenticated-read": ((_SIGNED, "READ"),),
    "log-delivery-write": ((_DELIVERY, "WRITE"), (_DELIVERY, "READ_ACP")),
}
_GROUPS = {"AllUsers": _ALL, "AuthenticatedUsers": _SIGNED, "LogDelivery": _DELIVERY}
_OWNED_WHEN = Unknown(
    "buckets made since April 2023 take no access control list by default; who owns its objects is not written",
    Cause.OUTSIDE_SCAN,
)


def acl_grants(reader: Reader) -> Value:
    """What the access control list gives to others than the owner, as statements."""
    if _acls_disabled(reader):
        return []
    ignored = _block_set(reader, "ignore_public_acls", "block_public_acls")
    found = [each for each in _acl_entries(reader) if not (ignored and each[0] in (_ALL, _SIGNED))]
    if found and not any_fold(reader, OWNERSHIP, lambda _fold: True):
        return _OWNED_WHEN
    return [
        granted([*_ACL_ACTIONS[name]], {"type": type_, "id": id_})
        for (type_, id_), permission in found
        for name in (_ACL_ACTIONS if permission == "FULL_CONTROL" else (permission,))
    ]


def list_writes(reader: Reader) -> Value:
    """Whether the list gives everyone, or everyone with an account, more than to read: true of it even where it is
    not written whether lists have effect."""
    return some(
        list(_acl_entries(reader)),
        lambda each: each[0] in (_ALL, _SIGNED) and each[1] in ("WRITE", "WRITE_ACP", "FULL_CONTROL"),
    )


def _acl_entries(reader: Reader) -> Iterator[tuple[tuple[str, Value], str]]:
    """(grantee, permission) of each entry."""
    for holder in (reader, *reader.folded(ACL)):
        yield from _CANNED.get(str(holder.get("acl")), ())
    for grant in reader.blocks("grant"):
        for permission in grant.items("permissions"):
            yield from _entry(grant, "", str(permission))
    for acl in reader.folded(ACL):
        owner = acl.peek("access_control_policy.owner.id")
        for grant in acl.blocks("access_control_policy.grant"):
            if not _same(grant.peek("grantee.id"), owner):
                yield from _entry(grant, "grantee.", str(grant.get("permission")))


def _same(one: Value, other: Value) -> bool:
    """Whether two ids are one: the same text, or the same look-up."""
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        both_ = isinstance(one, Unknown) and isinstance(other, Unknown)
        return both_ and bool(one.references) and one.references == other.references
    return one is not None and one == other


def _entry(grant: Reader, at: str, permission: str) -> Iterator[tuple[tuple[str, Value], str]]:
    group, id_ = grant.get(f"{at}uri"), grant.peek(f"{at}id")
    known = _GROUPS.get(str(group or "").rpartition("/")[2])
    if known is not None:
        yield known, permission
    elif _looks_up_own(id_):
        return  # the owner's own
    elif id_ is not None:
        yield ("CanonicalUser", id_), permission


def _looks_up_own(id_: Value) -> bool:
    """Whether an id is that of the account that the code is applied to."""
    return isinstance(id_, Unknown) and any("data.aws_canonical_user_id." in each for each in id_.references)


def public_restricted(reader: Reader) -> Value:
    """Whether RestrictPublicBuckets is set, by the bucket's own block or the account's; unknown without either."""
    declared = [fold for type_ in (BLOCK, ACCOUNT_BLOCK) for fold in reader.folded(type_)]
    if not declared:
        return _MADE_WHEN
    return some(declared, lambda fold: truth(fold.get("restrict_public_buckets", False)))


# Access points


def _point_network(reader: Reader) -> Value:
    return reader.get("vpc_configuration.vpc_id")


POINT = Row(
    "access_point",
    {
        "network": _point_network,
        # On unless told otherwise (S3 User Guide, "Managing public access to access points").
        "public_restricted": lambda reader: truth(
            reader.get("public_access_block_configuration.restrict_public_buckets", True)
        ),
        "statements": folded_statements("policy", ("aws_s3control_access_point_policy", "policy")),
    },
    {"forwards_to": Join("bucket", ("object_store",))},
    identity=("arn", "id", "alias"),
)
