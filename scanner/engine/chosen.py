"""Findings of the part of a tree that was named."""

from __future__ import annotations

from collections.abc import Callable

from scanner.model.address import Address
from scanner.model.finding import Finding


def within(finding: Finding, chosen: Callable[[str], bool]) -> bool:
    """Whether a finding speaks of the directories that were named (`chosen` knows their files and theirs only), by
    its place, a step of its path or the root of something it was found in. An overlay elsewhere that builds on one
    of them may say things of its own."""
    if finding.location is None:
        return True
    places = [finding.location, *(step.location for step in finding.path if step.location is not None)]
    if any(chosen(place.path) for place in places):
        return True
    addresses = (Address.parse(node) for node in finding.instances)
    roots = {part for each in addresses if each.scheme in ("tf", "k8s") for part in each.root.split("@")}
    return any(map(chosen, roots))
