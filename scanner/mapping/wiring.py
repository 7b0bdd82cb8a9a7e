"""The `wiring` of a node: what the provider's own module of that name says of its native type."""

from __future__ import annotations

from scanner.mapping.reader import Reader
from scanner.model.value import Value


def wiring(reader: Reader) -> Value:
    """A list of one object, or [] where nothing is read of a type."""
    if not reader.resource.type.startswith("aws_"):
        return []
    from scanner.mapping.aws.wiring import wiring as of_aws  # noqa: PLC0415 - only where AWS is met

    return of_aws(reader)
