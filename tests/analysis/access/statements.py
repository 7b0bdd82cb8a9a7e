"""Statements for tests, in the normalized form of model/kinds.py, and policies from documents as AWS writes
them."""

from __future__ import annotations

from typing import Any

from scanner.analysis.access.normal import normal
from scanner.analysis.access.policy import Policy


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """A document of statements with capitalised elements; Effect is Allow where it is left out."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in statements]}


def policy(*statements: dict[str, Any]) -> Policy:
    """The policy that a document of these statements makes."""
    return Policy.of(normal(document(*statements), str))
