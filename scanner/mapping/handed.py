"""Security groups handed to what the graph does not show as a user of them: a module that is not on disk, a type
without a mapping, an argument that no mapping reads. Such a group may be in use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scanner.mapping.table import Edge, Entry, Fold, Row, Skip
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value, unwrap

_GROUP = "security_group"
_ID = re.compile(r"sg-[0-9a-f]+$")  # of a group of EC2, where states and plans write it out
_WRITTEN = ("aws_security_group", "aws_default_security_group", "azurerm_network_security_group")
# What names a group without standing behind it: statements about it, and other groups' rules.
_SPEAK = frozenset({"policy", "trust", "role", "security_group"})


def holds_groups(types: set[str]) -> bool:
    """Whether there is anything to hand on among these native types."""
    return any(_GROUP in each for each in types)


def handed(resource: Resource, entries: tuple[Entry, ...]) -> Iterator[str]:
    """The resources whose ids a resource holds, by reference or as text, where they may be groups that it uses."""
    if resource.type.startswith(("data.", "provider.")) or resource.type == "terraform" or _speaks(entries):
        return
    if resource.type == "module":  # one that is on disk shows its resources, which say themselves what they use
        absent = resource.attributes.get("absent") is True
        yield from (each for given in resource.references.values() for each in given if absent and _GROUP in each)
        return
    for reference in dict.fromkeys(_references(resource.attributes)):
        named, _, attribute = reference.rpartition(".")
        if _ID.match(reference):
            yield reference
        elif attribute in ("id", "arn", "name") and _GROUP in named:
            yield named


def _speaks(entries: tuple[Entry, ...]) -> bool:
    """Whether mappings show all that a type can say of a group: its rules and ties, or nothing."""
    for each in entries:
        if isinstance(each, Row):
            return each.kind in _SPEAK
        if isinstance(each, Fold) and not set(_WRITTEN).isdisjoint(each.into):
            return True
    return bool(entries) and all(isinstance(each, (Edge, Skip)) for each in entries)


def _references(value: Value) -> Iterator[str]:
    value = unwrap(value)
    if isinstance(value, Unknown):
        yield from value.references
    elif isinstance(value, str):
        yield from (value,) if _ID.match(value) else ()
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _references(each)
