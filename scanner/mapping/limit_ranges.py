"""What a limit range gives to containers that ask for nothing.

Sources: Kubernetes documentation, "Limit Ranges"; API reference, LimitRangeItem; SetDefaults_LimitRangeItem of
pkg/apis/core/v1/defaults.go (a default limit is the maximum where none is written; a default request is the
default limit, else the minimum).
"""

from __future__ import annotations

from scanner.mapping.reader import Extract, Reader
from scanner.model.logic import some

_LIMITS = ("default", "max")
_REQUESTS = (*_LIMITS, "default_request", "defaultRequest", "min")  # Terraform's and the API's names


def attributes(items: str) -> dict[str, Extract]:
    """The attributes of a limit range whose items stand at a path."""
    return {
        "limits_memory": _gives(items, _LIMITS, "memory"),
        "requests_memory": _gives(items, _REQUESTS, "memory"),
        "requests_processor": _gives(items, _REQUESTS, "cpu"),
    }


def _gives(items: str, fields: tuple[str, ...], amount: str) -> Extract:
    def gives(item: Reader) -> bool:
        return item.get("type") == "Container" and some(fields, lambda field: item.has(f"{field}.{amount}"))

    return lambda reader: some(reader.blocks(items), gives)
