"""The levels that a principal's permissions pass on their way down: guardrails of the organization, boundary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.analysis.access.estate import Estate
from scanner.analysis.access.policy import Policy


def levels(estate: Estate, index: int) -> list[str]:
    """What each level is called, from the root of the organization down; [] for who has no limits."""
    principal = estate.principals.get(index)
    if principal is None:
        return []
    told = [f"guardrails {shown}" for level in principal.guardrails if (shown := _named(estate, level))]
    if principal.boundary is not None:
        told.append(f"boundary {_named(estate, [principal.boundary]) or 'that is not known'}")
    return told


def _named(estate: Estate, policies: Iterable[Policy]) -> str:
    return ", ".join(dict.fromkeys(_names(estate, policies)))


def _names(estate: Estate, policies: Iterable[Policy]) -> Iterator[str]:
    for policy in policies:
        for statement in policy.statements[:1]:
            node = statement.source.node
            if statement.source.attribute in ("managed_policies", "boundary"):
                yield statement.source.label
            elif node is not None:
                yield estate.graph.addresses[node].name
