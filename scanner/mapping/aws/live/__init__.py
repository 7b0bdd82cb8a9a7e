"""Live resources in the words of Terraform's tables, so that one table per service says what a thing means.

A live resource bears the CloudFormation name of its type and the API's answer as attributes. A spelling says the
same as Terraform's state of it would: one resource for the thing, further ones for what Terraform keeps apart and
the tables fold together again (`aws_s3_bucket_versioning`). What could not be read is Unknown, and a part of which
is unknown whether it is there has that as its `presence`. The node that comes of it shows the native type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from scanner.mapping.aws.live import (
    analytics,
    backups,
    balancers,
    builds,
    containers,
    databases,
    delivery,
    identity,
    keys,
    lattice,
    machines,
    networks,
    search,
    services,
    sharing,
    snapshots,
    stores,
    watch,
)
from scanner.mapping.aws.live.spelling import Live, Spelling, World
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.resource import Resource, Unread
from scanner.model.value import Unknown, Value

_ROOMS = (
    identity,
    networks,
    machines,
    stores,
    snapshots,
    sharing,
    keys,
    backups,
    databases,
    search,
    analytics,
    builds,
    services,
    containers,
    balancers,
    lattice,
    delivery,
    watch,
)


@cache
def spellings() -> dict[str, Spelling]:
    """Every CloudFormation type that has a spelling."""
    return {type_: spelling for room in _ROOMS for type_, spelling in room.SPELLINGS.items()}


class Spelled(NamedTuple):
    """Resources in Terraform's words, the Terraform types that could not be listed, and what went wrong."""

    resources: list[Resource]
    unread: list[Unread]
    diagnostics: list[Diagnostic]


def spell(resources: Iterable[Resource], unread: Iterable[Unread]) -> Spelled:
    """The resources of one account in Terraform's words; those without a spelling stay as they are and count as
    unmapped. What could not be listed is told of the Terraform types that would have come of it. An answer that
    has another form than the service describes costs that one resource."""
    given = list(resources)
    world = World(given)
    known = spellings()
    found = Spelled([], [_unread(each, known) for each in unread], [])
    for resource in given:
        spelling = known.get(resource.type)
        if spelling is None:
            found.resources.append(resource)
            continue
        try:
            made = [each for each in spelling.spell(Live(resource, world)) if each is not None]
        except Exception as fault:  # whatever the answer held, it is one resource
            found.diagnostics.append(_odd(resource, fault))
        else:
            found.resources.extend(made)
            found.unread.extend(_opened(resource, spelling))
    return found


def _opened(resource: Resource, spelling: Spelling) -> Iterator[Unread]:
    """What a detail that could not be read would have told of."""
    for detail, type_ in spelling.opens.items():
        why = resource.attributes.get(detail)
        if isinstance(why, Unknown):
            yield Unread(str(resource.scope.account), _region(resource.scope.region), (type_,), why)


def _region(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _odd(resource: Resource, fault: Exception) -> Diagnostic:
    summary = (
        f"{resource.address}: the answer of this {resource.type} has a form that is not known "
        f"({type(fault).__name__}: {fault}); it was not judged"
    )
    return Diagnostic(
        Level.ERROR, "read-answer", summary, resource.span, "please report it with the snapshot's line"
    )


def _unread(unread: Unread, known: dict[str, Spelling]) -> Unread:
    found = {name for type_ in unread.types if type_ in known for name in known[type_].types}
    if unread.types == ("AWS::*",):  # the account could not be entered: anything may be there
        found = {name for spelling in known.values() for name in spelling.types}
    return replace(unread, types=tuple(sorted(found)))
