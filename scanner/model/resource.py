"""A provider-native resource, evaluated: what sources yield and mapping reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, Protocol

from scanner.model.address import Address
from scanner.model.location import Span
from scanner.model.value import Unknown, Value


class Plane(Enum):
    """Which side of reality a resource was read from."""

    DECLARED = "declared"
    PLANNED = "planned"
    RECORDED = "recorded"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose resource it is: provider ("aws", "kubernetes", ...), account or cluster, region or namespace.

    None means that nothing names one (the default of whoever applies it); Unknown that something does, but
    not readably.
    """

    provider: str
    account: str | Unknown | None = None
    region: str | Unknown | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One module call on the way to a resource: its address (`module.a["x"]`) and its block's header."""

    address: str
    span: Span


class Link(NamedTuple):
    """One name on the way to an unknown, and where it is settled."""

    name: str
    span: Span


class Because(NamedTuple):
    """Why something is unknown: the names that lead to the cause, what it is, and what would tell."""

    links: tuple[Link, ...]
    reason: str
    remedy: str


class Explains(Protocol):
    """Can say why values of one resource are unknown; nothing is worked out before it is asked."""

    def why(self, path: str, reason: str) -> Because | None:
        """What leads from the attribute at a path to the unknown of that reason."""

    def why_at(self, span: Span, reason: str) -> Because | None:
        """The same, for what is written at a place."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource, data source, manifest or live object.

    `type` is the native type: `aws_s3_bucket`, `data.aws_ami`, `module`, `provider.aws`, `terraform`,
    `apps/Deployment`, `/Service`. Attributes hold nested blocks as lists of objects, as `terraform show -json`
    does. `references` maps an attribute path (`subnet_ids`, `ingress[0].security_groups`) to the instance
    addresses (within the root) that its expression names, directly or through locals, variables and outputs;
    kept also where the value is known. `origins` maps an attribute path to the syntax that produced it
    (module argument, dynamic block, override file); `span` is the header of the block. `calls` are the module
    calls that lead to it, outermost first. `presence` is set where it cannot be told whether the resource
    exists (count or for_each unknown): it is then read as if it did, once. `explains` says why its values are
    unknown, where the source can tell. `native` is the type to show, where `type` is another provider's word for
    it (a live resource that is mapped by Terraform's table). `identity` are names that a state knows of it, beyond
    what is written (id, ARN).
    """

    address: Address
    type: str
    attributes: dict[str, Value]
    span: Span
    plane: Plane
    scope: Scope
    origins: Mapping[str, Span] = field(default_factory=dict)
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    body: Span | None = None
    presence: Unknown | None = None
    unsettled: str = ""  # the argument that is new in every run, so that each plan shows a change
    explains: Explains | None = None
    native: str = ""
    identity: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """Things of these types may exist in an account (and region; None: in all), but could not be listed."""

    account: str
    region: str | None
    types: tuple[str, ...]
    why: Unknown
