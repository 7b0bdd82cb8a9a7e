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


MAX_AGE_DAYS = 7  # of what registries said


@dataclass(frozen=True, slots=True)
class Registry:
    """`[registry]`: files of RDAP answers and of validated ROA payloads, relative to `folder`, and the age in days
    from which they prove nothing. Only a trusted configuration names files outside the scanned tree."""

    rdap: tuple[str, ...] = ()
    vrps: tuple[str, ...] = ()
    max_age_days: int = MAX_AGE_DAYS
    trusted: bool = False
    folder: str = ""


def read_registry(table: Mapping[str, Any], *, trusted: bool) -> Registry:
    """`[registry]` of a configuration. ValueError says what is wrong with it."""
    for key in table:
        if key not in ("rdap", "vrps", "max_age_days"):
            raise ValueError(f"unknown key {key!r} in 'registry' (known: max_age_days, rdap, vrps)")
    days = table.get("max_age_days", MAX_AGE_DAYS)
    if not isinstance(days, int) or isinstance(days, bool) or days < 1:
        raise ValueError("registry.max_age_days must be a whole number of days, at least 1")
    return Registry(_names(table, "rdap", trusted), _names(table, "vrps", trusted), days, trusted)


def _names(table: Mapping[str, Any], key: str, trusted: bool) -> tuple[str, ...]:  # noqa: FBT001 - private
    given = table.get(key, [])
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list) or not all(isinstance(each, str) and each for each in names):
        raise ValueError(f"registry.{key} must be the path of a file, or a list of them")
    for name in names:
        if not trusted and name.startswith(("/", "~")):
            told = "leads out of the scanned tree, which a configuration inside it may not do"
            raise ValueError(f"registry.{key}: {name!r} {told}; name it in a --config outside the tree")
    return tuple(names)
