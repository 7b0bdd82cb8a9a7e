"""Options for an OPA server become a connection to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scanner.engine.backend import RegoBackend


def connect(url: str, given: Mapping[str, Any]) -> RegoBackend:
    """The server as a Rego engine. Raises UsageError where it cannot be used."""
    from scanner.engine.opa import Opa, OpaRefused, Server  # noqa: PLC0415 - only for those who run a server

    token = given["opa_token_file"]
    try:
        return Opa(
            Server(
                url=url,
                token=token.read_text("utf-8").strip() if token else "",
                ca=str(given["opa_ca"] or ""),
                certificate=str(given["opa_cert"] or ""),
                key=str(given["opa_key"] or ""),
                push=given["opa_push"],
            )
        )
    except OpaRefused as refused:
        raise click.UsageError(str(refused)) from refused
