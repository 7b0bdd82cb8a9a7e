# ruff: noqa: E501 - Terraform text and tables of it read better on one line
"""Programs of several files or with blocks about other blocks."""

from __future__ import annotations

from collections.abc import Callable

from tests.conformance.terraform.programs import Maker

TREES: tuple[str, ...] = ()


class Trees(Maker):
    """Further shapes of programs."""

    def shapes(self) -> dict[str, Callable[[], None]]:
        return super().shapes()
