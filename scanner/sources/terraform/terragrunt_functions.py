"""Terragrunt's own functions, as far as the files of the tree decide them; what would run something is unknown."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Protocol

from scanner.hcl.errors import EvaluationError
from scanner.model.settings import Aws
from scanner.model.value import Cause, Unknown, Value, unwrap
from scanner.sources.terraform.files import TOP, within
from scanner.sources.tree import Tree

TerragruntFunction = Callable[[list[Value]], Value]
_DEFAULT_FILE = "terragrunt.hcl"
# What runs a program, asks a service or reads the environment (DESIGN section 4, Trust): never done.
_NEVER = {
    "run_cmd": "what a command prints is not asked for",
    "get_env": "the environment of who applies it is not known",
    "sops_decrypt_file": "an encrypted file is not opened",
    "get_aws_caller_identity_arn": "who applies it is not known",
    "get_aws_caller_identity_user_id": "who applies it is not known",
    "get_aws_account_alias": "the account is not asked",
    "get_terraform_command": "the command is not known",
    "get_terraform_cli_args": "the command is not known",
    "get_terragrunt_source_cli_flag": "the command is not known",
    "get_platform": "the machine is not known",
    "get_working_dir": "the cache of who applies it is not known",
}
_ACCOUNT = "whoever applies it decides; declare [aws] account in layerproof.toml"
_LISTS = (
    "get_terraform_commands_that_need_vars",
    "get_terraform_commands_that_need_locking",
    "get_terraform_commands_that_need_input",
    "get_terraform_commands_that_need_parallelism",
    "get_default_retryable_errors",
)


class Place(Protocol):
    """Where a Terragrunt file is evaluated: everything is a path in the tree.

    `origin` is the file whose directory counts (the unit's for what it includes), `unit` that of the unit that
    is read, `path` the file itself.
    """

    @property
    def tree(self) -> Tree: ...
    @property
    def aws(self) -> Aws: ...
    @property
    def path(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def unit(self) -> str: ...

    def included(self, name: str) -> str | None:
        """The file that a named include (the only one for "") leads to; for an included file itself, that file."""

    def configuration(self, path: str) -> Value:
        """What `read_terragrunt_config` gives of a file in the tree."""


def shown(path: str) -> str:
    """A path in the tree as Terragrunt's functions give it: absolute, below a stand-in for the tree's place."""
    return TOP if path in ("", ".") else f"{TOP}/{path}"


def functions(place: Place) -> Mapping[str, TerragruntFunction]:
    """The functions by name for one place."""
    found: dict[str, TerragruntFunction] = {name: _never(name, why) for name, why in _NEVER.items()}
    for name in _LISTS:
        found[name] = _never(name, "it is not needed to know what is built")
    here = _folder(place.origin)
    found.update(
        find_in_parent_folders=lambda args: _find_up(place, args),
        path_relative_to_include=lambda args: _relative(place, args, back=False),
        path_relative_from_include=lambda args: _relative(place, args, back=True),
        get_terragrunt_dir=lambda args: shown(here),
        get_original_terragrunt_dir=lambda args: shown(_folder(place.unit)),
        get_parent_terragrunt_dir=lambda args: shown(_folder(_include_of(place, args))),
        get_repo_root=lambda args: TOP,
        get_path_from_repo_root=lambda args: here,
        get_path_to_repo_root=lambda args: posixpath.relpath(".", here),
        read_terragrunt_config=lambda args: _read(place, args),
        get_aws_account_id=lambda args: place.aws.account or _unasked("get_aws_account_id()", _ACCOUNT),
        mark_as_read=lambda args: args[0],
    )
    return found


def _never(name: str, why: str) -> TerragruntFunction:
    return lambda args: _unasked(f"{name}({_first(args)})", why)


def _unasked(call: str, why: str) -> Unknown:
    return Unknown(f"{call}: {why}", Cause.OUTSIDE_SCAN, type="string")


def _first(args: list[Value]) -> str:
    first = unwrap(args[0]) if args else ""
    return f'"{first}"' if isinstance(first, str) and first else ""


def _folder(path: str) -> str:
    return posixpath.dirname(path) or "."


def _text(args: list[Value], at: int, default: str | None = None) -> str | Unknown:
    value = unwrap(args[at]) if len(args) > at else default
    if isinstance(value, (str, Unknown)):
        return value
    raise EvaluationError("a path is required here")


def _find_up(place: Place, args: list[Value]) -> Value:
    """The nearest file of a name in the folders above the one that is evaluated."""
    name = _text(args, 0, _DEFAULT_FILE)
    if isinstance(name, Unknown):
        return name
    folder = _folder(place.origin)
    while folder not in (".", ""):
        folder = _folder(folder)
        path = posixpath.normpath(posixpath.join(folder, name))
        if place.tree.exists(path) or (place.tree.inside(path) and (place.tree.root / path).is_dir()):
            return shown(path)
    if len(args) > 1:
        return args[1]
    raise EvaluationError(f'no "{name}" stands in the folders above, within the scanned tree')


def _include_of(place: Place, args: list[Value]) -> str:
    name = _text(args, 0, "")
    found = place.included(name) if isinstance(name, str) else None
    if found is None and name:
        raise EvaluationError(f'there is no include "{name}" here')
    return found or place.origin


def _relative(place: Place, args: list[Value], *, back: bool) -> str:
    parent, child = _folder(_include_of(place, args)), _folder(place.origin)
    return posixpath.relpath(parent, child) if back else posixpath.relpath(child, parent)


def _read(place: Place, args: list[Value]) -> Value:
    path = _text(args, 0)
    if isinstance(path, Unknown):
        return path
    name = within(path, _folder(place.origin))
    if name is not None and place.tree.exists(name):
        return place.configuration(name)
    if len(args) > 1:
        return args[1]
    raise EvaluationError(f"{path} is not in the scanned tree")
