"""Groups of commands that import a command's module only when it is called or listed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group whose commands are the `command` of modules in one package: name to module."""

    def __init__(self, *args: Any, package: str, modules: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self._package = package
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._modules)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it; a command that there is not is told with the nearest that there is."""
        name = args[0]
        if name not in self._modules and not name.startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415 - only for a slip

            near = get_close_matches(name, self._modules, 1)
            ctx.fail(f"no command {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = self._modules.get(cmd_name)
        if module is None:
            return None
        command: click.Command = import_module(f"{self._package}.{module}").command
        return command
