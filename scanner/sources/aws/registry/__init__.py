"""Everything that may be asked of AWS, in one table; the policy that allows it is made from this."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from scanner.sources.aws.operation import Listing
from scanner.sources.aws.registry import (
    compute,
    databases,
    detect,
    edge,
    identity,
    lattice,
    network,
    sharing,
    storage,
)

LISTINGS: tuple[Listing, ...] = (
    *identity.LISTINGS,
    *network.LISTINGS,
    *storage.LISTINGS,
    *sharing.LISTINGS,
    *databases.LISTINGS,
    *compute.LISTINGS,
    *edge.LISTINGS,
    *lattice.LISTINGS,
    *detect.LISTINGS,
)

# What the collector itself needs before it can list anything: who it is, which regions and accounts there are.
OWN = (
    ("sts", "GetCallerIdentity", ""),  # needs no permission
    ("sts", "AssumeRole", "sts:AssumeRole"),
    ("ec2", "DescribeRegions", "ec2:DescribeRegions"),
    ("account", "ListRegions", "account:ListRegions"),
    ("organizations", "ListAccounts", "organizations:ListAccounts"),
    ("cloudtrail", "LookupEvents", "cloudtrail:LookupEvents"),  # who changed what has drifted; drift alone asks
    ("resourcegroupstaggingapi", "GetResources", "tag:GetResources"),  # tags of many things at once
    ("timestream-write", "DescribeEndpoints", "timestream:DescribeEndpoints"),  # where its other calls go
)

# What the credential chain may call on its own behalf, before there are credentials.
_CREDENTIALS = (
    ("sts", "AssumeRoleWithWebIdentity"),
    ("sso", "GetRoleCredentials"),
    ("sso-oidc", "CreateToken"),
    ("signin", "CreateOAuth2Token"),
)


def services() -> list[str]:
    """The boto3 names of the services that are asked, in order."""
    return sorted({listing.service for listing in LISTINGS})


@cache
def listings(service: str, scope: str) -> tuple[Listing, ...]:
    """What is asked of a service, once per account ("global") or in each region ("region")."""
    return tuple(each for each in LISTINGS if each.service == service and each.scope == scope)


@cache
def allowed() -> frozenset[tuple[str, str]]:
    """Every (service, operation) that may be called."""
    own = ((service, operation) for service, operation, _ in OWN)
    return frozenset((*own, *_CREDENTIALS, *((service, operation) for service, operation, _ in operations())))


def operations() -> Iterator[tuple[str, str, str]]:
    """(service, operation, action) of every listing and detail; with repetitions."""
    for listing in LISTINGS:
        yield from listing.operations()
