"""What an extractor asks of other resources is folded into the type that asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import pytest

from scanner.mapping.azure import TABLE
from scanner.mapping.reader import Reader
from scanner.mapping.table import Fold, Row
from scanner.model.resource import Resource
from scanner.model.value import Undetermined
from tests.mapping.build import resource

ROWS = sorted(name for name, entry in TABLE.items() if isinstance(entry, Row))


class Asked(dict[str, Sequence[Resource]]):
    """No folds, and which were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.types: set[str] = set()

    def get(self, key: str, default: Any = ()) -> Any:
        self.types.add(key)
        return default


def _into(table: Mapping[str, Any], name: str) -> set[str]:
    found = set()
    for type_, entry in table.items():
        for each in entry if isinstance(entry, tuple) else (entry,):
            if isinstance(each, Fold) and name in each.into:
                found.add(type_)
    return found


@pytest.mark.parametrize("name", ROWS)
def test_what_is_asked_for_is_folded(name: str) -> None:
    row, asked = TABLE[name], Asked()
    assert isinstance(row, Row)
    for extract in row.attributes.values():
        if callable(extract):
            with suppress(Undetermined):
                extract(Reader(resource(f"{name}.x", {}), asked))
    # one auditing policy belongs to the newer of two types that share an extractor
    assert asked.types - _into(TABLE, name) <= {"azurerm_mssql_database_extended_auditing_policy"}
