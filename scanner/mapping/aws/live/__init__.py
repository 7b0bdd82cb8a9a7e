"""Live resources in the words of Terraform's tables, so that one table per service says what a thing means.

A live resource bears the CloudFormation name of its type and the API's answer as attributes. A spelling says the
same as Terraform's state of it would: one resource for the thing, further ones for what Terraform keeps apart and
the tables fold together again (`aws_s3_bucket_versioning`). What could not be read is Unknown, and a part of which
is unknown whether it is there has that as its `presence`. The node that comes of it shows the native type.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from scanner.mapping.aws.live import balancers, databases, delivery, identity, machines, networks, stores, watch
from scanner.mapping.aws.live import services as others
from scanner.mapping.aws.live.spelling import Live, Spelling, World
from scanner.model.resource import Resource, Unread

_ROOMS = (identity, networks, machines, stores, databases, others, balancers, delivery, watch)


@cache
def spellings() -> dict[str, Spelling]:
    """Every CloudFormation type that has a spelling."""
    return {type_: spelling for room in _ROOMS for type_, spelling in room.SPELLINGS.items()}


def spell(resources: Iterable[Resource], unread: Iterable[Unread]) -> tuple[list[Resource], list[Unread]]:
    """The resources of one account in Terraform's words; those without a spelling stay as they are and count as
    unmapped. What could not be listed is told of the Terraform types that would have come of it."""
    given = list(resources)
    world = World(given)
    known = spellings()
    spelled: list[Resource] = []
    for resource in given:
        spelling = known.get(resource.type)
        if spelling is None:
            spelled.append(resource)
        else:
            spelled.extend(each for each in spelling.spell(Live(resource, world)) if each is not None)
    return spelled, [_unread(each, known) for each in unread]


def _unread(unread: Unread, known: dict[str, Spelling]) -> Unread:
    found = {name for type_ in unread.types if type_ in known for name in known[type_].types}
    if unread.types == ("AWS::*",):  # the account could not be entered: anything may be there
        found = {name for spelling in known.values() for name in spelling.types}
    return replace(unread, types=tuple(sorted(found)))
