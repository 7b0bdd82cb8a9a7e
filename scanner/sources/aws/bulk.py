"""Tags of many things at once: the Resource Groups Tagging API, a hundred to a call, instead of a call each.

Source: Resource Groups Tagging API reference, GetResources: of the types it supports it gives everything that is
tagged or once was, so that what it leaves out has no tags.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.sources.aws.session import Access, session

SERVICE, OPERATION, ACTION = "resourcegroupstaggingapi", "GetResources", "tag:GetResources"
_PAGE = 100
LEAST = 2  # things; one is asked by itself


def tags(access: Access, region: str, type_: str, count: Callable[[], None]) -> dict[str, dict[str, str]]:
    """The tags of everything of a type in a region, by ARN and by what stands last in it. `count` is told of each
    call before it is made. Raises botocore's errors."""
    client = session(access).client(SERVICE, region)
    found: dict[str, dict[str, str]] = {}
    try:
        pages = iter(
            client.get_paginator("get_resources").paginate(ResourceTypeFilters=[type_], ResourcesPerPage=_PAGE)
        )
        more = True
        while more:
            count()
            page = next(pages)
            for each in page["ResourceTagMappingList"]:
                held = {tag["Key"]: tag["Value"] for tag in each["Tags"]}
                found[each["ResourceARN"]] = found[last(each["ResourceARN"])] = held
            more = bool(page.get("PaginationToken"))
    finally:
        client.close()
    return found


def last(name: str) -> str:
    """What tells a thing of one type in one region: the end of its ARN, or of its URL."""
    return name.rpartition("/")[2] if name.startswith("http") else name.rpartition(":")[2]


def of(found: dict[str, dict[str, str]], name: str) -> dict[str, Any]:
    """The tags of the thing of that ARN or URL; none where it was never tagged."""
    name = name.removesuffix(":*")  # so the API of logs names a group with all that lies in it
    return dict(found.get(name) or found.get(last(name)) or {})
