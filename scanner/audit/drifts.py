"""What a comparison of code with what is there tells: classes of drift, and who changed what."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from scanner.model.layer import Layer
from scanner.model.location import Span
from scanner.model.value import Value
from scanner.sources.aws.trail import Event


class Class(Enum):
    """What became of one thing."""

    UNMANAGED = "unmanaged"
    MISSING = "missing"
    CHANGED = "changed"
    GHOST = "ghost"
    UNKNOWN = "unknown"


# Whose an unmanaged thing is.
PROVIDER, CONTROLLER, OTHER_STATE, NOBODY = "provider default", "controller", "other state", "nobody"


class Author(NamedTuple):
    """Who wrote a field of an object last, as the API server noted it: name and operation (Apply, Update), when,
    and what it is (`person`, `autoscaler`, `controller`, `deployment`, `other`)."""

    name: str
    operation: str
    at: str
    what: str


@dataclass(frozen=True, slots=True)
class Change:
    """One attribute that is not as it is written. `direction` is weaker where live fails `rules` that the code
    passes, stronger for the reverse, neutral where no rule's verdict hangs on it. `manager` is known of fields of
    cluster objects alone."""

    attribute: str
    code: Value
    live: Value
    direction: str
    rules: tuple[str, ...]
    span: Span | None
    manager: Author | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that is not as the code says. `node` is the live address, or the code's where nothing is live;
    `owner` says whose an unmanaged thing is, or that a controller made all the changes; `by` names the
    controller or the state. `events` are what CloudTrail tells of it, `trail` why it tells nothing ("": it was not
    asked)."""

    kind_of: Class
    node: str
    kind: str
    layer: Layer | None
    twin: str = ""
    owner: str = ""
    by: str = ""
    span: Span | None = None
    changes: tuple[Change, ...] = ()
    confidence: str = ""
    reason: str = ""
    events: tuple[Event, ...] = ()
    trail: str = ""

    @property
    def order(self) -> tuple[object, ...]:
        return (list(Class).index(self.kind_of), self.owner, self.kind, self.node)

    @property
    def direction(self) -> str:
        """The worst of its changes."""
        told = {each.direction for each in self.changes}
        return next((each for each in ("weaker", "stronger", "neutral") if each in told), "")


@dataclass(slots=True)
class Result:
    """Everything that is not as written, and how many things are."""

    drifts: list[Drift] = field(default_factory=list)
    managed: int = 0
