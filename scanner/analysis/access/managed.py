"""The policies that AWS manages, from a dated snapshot; one that it lacks is unknown, never empty."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import Any

from scanner.analysis.access.catalogue import _read

_NAME = re.compile(r"(?:^|:iam::aws:)policy/(.+)$")


class Managed:
    """Documents by path and name (`AdministratorAccess`, `service-role/AWSLambdaBasicExecutionRole`)."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.date: str = content["date"]
        self.source: str = content["source"]
        self.documents: dict[str, dict[str, Any]] = content["policies"]

    def find(self, name: str) -> dict[str, Any] | None:
        """The document of a policy by its ARN, or by its path and name; None where the snapshot lacks it."""
        found = _NAME.search(name)
        return self.documents.get(found.group(1) if found else self._whole.get(name, name))

    @cached_property
    def _whole(self) -> dict[str, str]:
        """Path and name by the name alone: AWS gives a name once."""
        return {each.rpartition("/")[2]: each for each in self.documents}


@cache
def managed() -> Managed:
    """The snapshot that is shipped."""
    return Managed(_read("managed.json.gz"))
