"""Parameters and ARNs are made of what is known of an item: its fields, its parent, whose account it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_FIELD = re.compile(r"\{([@^]?)(\w*)([?/]?)\}")


class Whose(NamedTuple):
    """The partition, account and region that a unit asks about."""

    partition: str
    account: str
    region: str


class Context(NamedTuple):
    """What templates may name: fields of the item, `{^}` and `{^field}` of its parent, `{@region}` and its kin."""

    whose: Whose
    item: Mapping[str, Any]
    parent: str = ""
    parent_item: Mapping[str, Any] = {}

    def fill(self, template: Any) -> Any:
        """A template with its fields filled in. Raises KeyError for a field that the item lacks, unless it is
        marked as optional (`{SetIdentifier?}`); `{Name/}` leaves out a slash that the name begins with."""
        if isinstance(template, str):
            return _FIELD.sub(self._field, template) if "{" in template else template
        if isinstance(template, list):
            return [self.fill(each) for each in template]
        if isinstance(template, dict):
            return {name: self.fill(each) for name, each in template.items()}
        return template

    def _field(self, match: re.Match[str]) -> str:
        sign, name, mark = match.groups()
        if sign == "@":
            return str(getattr(self.whose, name))
        if sign == "^" and not name:
            return self.parent
        source = self.parent_item if sign == "^" else self.item
        value = source.get(name)
        if value is None:
            if mark == "?":
                return ""
            raise KeyError(name)
        return str(value).removeprefix("/") if mark == "/" else str(value)
