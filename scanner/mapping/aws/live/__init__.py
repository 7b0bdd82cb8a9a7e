"""Live resources in the words of Terraform's tables, so that one table per service says what a thing means."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model.resource import Resource, Unread


def spell(resources: Iterable[Resource], unread: Iterable[Unread]) -> tuple[list[Resource], list[Unread]]:
    """Resources of CloudFormation types with the API's answers as resources of Terraform types."""
    return list(resources), list(unread)
