"""The copies of stores as an answer: what `ask copies` and reports write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from scanner.analysis.copies import LETTERS
from scanner.analysis.copies.advice import advice
from scanner.analysis.copies.assets import KINDS
from scanner.analysis.copies.estate import Estate
from scanner.analysis.copies.letters import Counted
from scanner.config import Config
from scanner.graph.choose import choose
from scanner.graph.columns import Graph
from scanner.model.report import Copied
from scanner.model.value import Unknown, Value

_SHOWN = ("kind", "location", "medium", "counts", "why", "evidence", "source")


@dataclass(frozen=True, slots=True)
class Asset:
    """One store: what was counted, the verdicts as words, why those that are unknown are, and every copy."""

    node: str
    name: str
    copies: int
    media: int
    offsite: bool
    verdict: dict[str, str]
    observations: list[dict[str, Any]]
    reasons: dict[str, str]
    change: str = ""

    def json(self) -> dict[str, Any]:
        """The form of the issue: node, copies, media, offsite, verdict, observations."""
        return {
            "node": self.node,
            "copies": self.copies,
            "media": self.media,
            "offsite": self.offsite,
            "verdict": self.verdict,
            "observations": [{name: each[name] for name in _SHOWN} for each in self.observations],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The stores that were counted, those that are exempt, and those that are no assets, with the reason."""

    assets: list[Asset]
    exempt: list[tuple[str, str]] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)


def answer(graph: Graph, config: Config, named: str | None = None) -> Answer | None:
    """Count every store, or those that a text names; None where it names none."""
    estate = Estate(graph, config)
    wanted = None if named is None else set(choose(graph, named))
    found = Answer([])
    for index in estate.assets.stores():
        if wanted is not None and index not in wanted:
            continue
        role, why = estate.assets.role(index)
        name = str(graph.addresses[index])
        if role == "exempt":
            found.exempt.append((name, why))
        elif role is None:
            found.aside.append((name, why))
        else:
            found.assets.append(_asset(estate, index))
    if wanted is not None and not any(graph.kind(index).name in KINDS for index in wanted):
        return None
    found.assets.sort(key=lambda each: each.node)
    if len({each.node.partition("#")[0] for each in found.assets}) > 1:  # several roots have like names
        found.assets[:] = [replace(each, name=each.node.partition(":")[2]) for each in found.assets]
    return found


def _asset(estate: Estate, index: int) -> Asset:
    counted = estate.count(index)
    address = estate.graph.addresses[index]
    letters = counted.letters
    return Asset(
        str(address),
        address.name,
        counted.copies,
        counted.media,
        counted.offsite,
        verdicts(counted),
        estate.observations(index),
        {name: told.reason for name, told in letters.items() if isinstance(told, Unknown) and name != "overall"},
        advice(counted),
    )


def verdicts(counted: Counted) -> dict[str, str]:
    """Letters as words."""
    return {name: _word(told) for name, told in counted.letters.items()}


def rows(graph: Graph) -> Iterator[Copied]:
    """What was counted of each store, from the derived attributes."""
    for kind in KINDS:
        for index in graph.nodes(kind):
            copies, media = graph.peek(index, "copies"), graph.peek(index, "media")
            if index not in graph.stand_ins and isinstance(copies, int) and isinstance(media, int):
                told = {letter: _word(graph.peek(index, name)) for letter, name in LETTERS.items()}
                yield Copied(str(graph.addresses[index]), copies, media, told)


def _word(told: Value) -> str:
    return "unknown" if isinstance(told, Unknown) else "pass" if told else "fail"
