"""What a configuration declares, entry by entry; `scanner.config` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.model.layer import Tier
from scanner.model.location import Span


@dataclass(frozen=True, slots=True)
class TierSelector:
    """One declaration of a tier: every given condition must hold (globs)."""

    tier: Tier
    address: str = "*"
    kind: str = "*"
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IgnoreEntry:
    """One `[[ignore]]`: a rule, an address glob, why, and until when (ISO date, or "")."""

    rule: str
    address: str = "*"
    reason: str = ""
    until: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class RootEntry:
    """One `[[roots]]`: a root module as it is applied once; a path has one entry per environment.

    `path` and `var_files` are relative to the scanned tree; `vars` are values as TOML gives them.
    """

    path: str
    name: str = ""
    workspace: str = ""
    var_files: tuple[str, ...] = ()
    vars: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChartEntry:
    """One `[[charts]]`: how a Helm chart of the tree is rendered; a path has one entry per environment. `values`
    are files of the tree, the last wins."""

    path: str
    name: str = ""
    values: tuple[str, ...] = ()
    release: str = "release"
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Aws:
    """`[aws]`: account and region where the provider block says nothing.

    `profiles` and `aliases` map a provider's `profile` or `alias` to the account id that stands behind it
    (`[[aws.accounts]]`).
    """

    account: str = ""
    region: str = ""
    profiles: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
