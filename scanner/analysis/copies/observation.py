"""One observed or planned copy of a store's data."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.analysis.copies.places import Place
from scanner.model.value import Unknown

PRIMARY, REPLICA = "primary", "replica"
WITH_HISTORY, POINT_IN_TIME, HISTORY = "replica-with-history", "point-in-time", "history"

Told = bool | Unknown
Fault = str | Unknown  # why something never comes about; "" where nothing speaks against it
Amount = float | Unknown | None


def first(*reasons: Unknown | None) -> Unknown | None:
    """The first unknown of several, None where there is none (an Unknown has no truth value of its own)."""
    return next((each for each in reasons if each is not None), None)


def worst(*faults: Fault) -> Fault:
    """The first plain fault, else the first doubt, else ""."""
    plain = next((each for each in faults if isinstance(each, str) and each), None)
    return plain if plain is not None else next((each for each in faults if isinstance(each, Unknown)), "")


@dataclass(frozen=True, slots=True)
class Observation:
    """A thing that holds the data, or held it at some time.

    `counts` says whether it is a copy of its own, `why` the reason either way. `hours` is the age of its
    newest state, or the longest time between two (None: made once, never again); `keep_days` how long a state
    is kept (None: for ever). `lock` is "compliance", "governance", "grace" (compliance later) or "". `dies`:
    it is deleted with the primary. `sealed`: the primary's own administrators control neither it nor its key.
    `evidence` is planned, copy-job or observed. `source` is the node that makes it, `at` the attribute of that
    node.
    """

    kind: str
    place: Place
    medium: str | Unknown
    counts: Told
    why: str
    source: int
    at: str = ""
    hours: Amount = None
    keep_days: Amount = None
    lock: str | Unknown = ""
    dies: Told = False
    sealed: Told = False
    evidence: str = "planned"
