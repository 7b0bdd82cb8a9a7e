"""All tables as one, each provider's imported when a resource of it is met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from scanner.mapping import terraform
from scanner.mapping.table import Entry, Table

# The lead of a native type (without `data.`) and the module that holds its table.
_LEADS = (
    ("aws_", "scanner.mapping.aws"),
    ("google_", "scanner.mapping.google"),
    ("azurerm_", "scanner.mapping.azure"),
    ("azuread_", "scanner.mapping.azure"),
    ("azapi_", "scanner.mapping.azure"),
)
_KUBERNETES = "scanner.mapping.kubernetes"
_OTHERS = "scanner.mapping.others"


class Tables(Mapping[str, Entry | tuple[Entry, ...]]):
    """Native type to entry, over every provider; only the tables that are asked for are imported."""

    def __init__(self) -> None:
        self._loaded: dict[str, Table] = {"": terraform.TABLE}

    def __getitem__(self, type: str) -> Entry | tuple[Entry, ...]:
        entry = self._table(type).get(type) or terraform.provider(type)
        if entry is None:
            raise KeyError(type)
        return entry

    def __iter__(self) -> Iterator[str]:
        for table in self._loaded.values():
            yield from table

    def __len__(self) -> int:
        return sum(len(table) for table in self._loaded.values())

    def _table(self, type: str) -> Table:
        name = _module(type)
        table = self._loaded.get(name)
        if table is None:
            table = self._loaded[name] = import_module(name).TABLE
        return table


def _module(type: str) -> str:
    if "/" in type:
        return _KUBERNETES
    bare = type.removeprefix("data.")
    for lead, name in _LEADS:
        if bare.startswith(lead):
            return name
    return _OTHERS if "_" in bare or bare != type else ""
