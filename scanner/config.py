"""`layerproof.toml`, or `[tool.layerproof]` of a `pyproject.toml`: what the user has declared, strictly read.

A configuration inside the scanned tree may narrow and declare only; keys that load, run or send something count
from outside the tree alone (DESIGN section 4, Trust).
"""

from __future__ import annotations

import datetime
import posixpath
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from scanner.model.attestation import ATTESTATION_KEYS, AttestationEntry, read_attestation
from scanner.model.backup import USUAL, Backup, backup_of
from scanner.model.finding import Severity
from scanner.model.layer import Tier
from scanner.model.location import Span
from scanner.model.matrix import Matrix, read_matrix
from scanner.model.pod_security import minor
from scanner.model.settings import Aws, ChartEntry, IgnoreEntry, Registry, RootEntry, TierSelector, read_registry

_E = TypeVar("_E", RootEntry, ChartEntry)

NAMES = ("layerproof.toml", "pyproject.toml")


class ConfigError(Exception):
    """A configuration that cannot be used: exit 2. The text says where and what to write instead."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a configuration can say; the defaults are those of no configuration at all."""

    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore_rules: tuple[str, ...] = ()
    fail_on: Severity | None = Severity.HIGH
    fail_on_unknown: Severity | None = None
    tiers: tuple[TierSelector, ...] = ()
    matrix: Matrix = field(default_factory=Matrix)
    complete: tuple[str, ...] = ()
    ignores: tuple[IgnoreEntry, ...] = ()
    attestations: tuple[AttestationEntry, ...] = ()
    var_files: tuple[str, ...] = ()
    workspace: str = "default"
    kubernetes_version: str = ""
    roots: tuple[RootEntry, ...] = ()
    charts: tuple[ChartEntry, ...] = ()
    aws: Aws = field(default_factory=Aws)
    network_plugin: str = ""  # what carries out network policies in the clusters of the tree: calico, cilium, ...
    backup: Backup = USUAL
    registry: Registry = field(default_factory=Registry)
    rules: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    checkov: str = ""
    opa_url: str = ""
    store: str = ""
    exports: tuple[str, ...] = ()
    origin: str = "defaults"


COMPLETE = ("backup", "guardrails", "admission", "trust", "network")


def find(start: Path, root: Path) -> Path | None:
    """The configuration that governs a path: the nearest upward, not beyond the tree's root."""
    here = start if start.is_dir() else start.parent
    for folder in (here, *here.parents):
        for name in NAMES:
            path = folder / name
            if path.is_file() and (name == "layerproof.toml" or _section(path) is not None):
                return path
        if folder == root:
            break
    return None


def load(path: Path, *, trusted: bool, shown: str = "") -> Config:
    """Read one file. `trusted` is whether it stands outside the scanned tree. Raises ConfigError."""
    try:
        text = path.read_bytes()
        data = tomllib.loads(text.decode("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{shown or path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{shown or path}: not valid TOML: {error}") from error
    if path.name == "pyproject.toml":
        data = data.get("tool", {}).get("layerproof", {})
    config = parse(data, shown or str(path), text, trusted=trusted)
    return replace(config, registry=replace(config.registry, folder=str(path.resolve().parent)))


def _section(path: Path) -> Any:
    try:
        return tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("layerproof")
    except (OSError, ValueError):
        return None


def parse(data: Mapping[str, Any], name: str, text: bytes = b"", *, trusted: bool = False) -> Config:
    """A Config from parsed TOML. Raises ConfigError for unknown keys, wrong types, or keys not allowed here."""
    config = Config(origin=name)
    for key, value in data.items():
        reader = _READERS.get(key)
        if reader is None:
            raise ConfigError(f"{name}: unknown key {key!r}{_nearest(key, _READERS)}")
        if key in _OUTSIDE_ONLY and not trusted:
            raise ConfigError(
                f"{name}: {key!r} loads, runs or sends something, so it does not count inside the scanned tree; "
                f"give it on the command line, in the user configuration or with --config FILE outside the tree"
            )
        config = reader(config, value, _Where(name, key, text, trusted))
    return config


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a value stands, for messages."""

    name: str
    key: str
    text: bytes
    trusted: bool = False

    def wrong(self, expected: str) -> ConfigError:
        return ConfigError(f"{self.name}: {self.key!r} must be {expected}")

    def texts(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong("a list of strings")
        return tuple(value)

    def known(self, table: Mapping[str, Any], allowed: Sequence[str]) -> None:
        for key in table:
            if key not in allowed:
                raise ConfigError(f"{self.name}: unknown key {key!r} in {self.key!r}{_nearest(key, allowed)}")


def _nearest(key: str, known: Any) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a fault

    close = get_close_matches(key, list(known), 1)
    return f"; did you mean {close[0]!r}?" if close else f" (known: {', '.join(sorted(known))})"


_Reader = Callable[[Config, Any, _Where], Config]


def _with(config: Config, name: str, value: Any) -> Config:
    changes: dict[str, Any] = {name: value}
    return replace(config, **changes)


def _texts_of(name: str) -> _Reader:
    return lambda config, value, where: _with(config, name, where.texts(value))


def _text_of(name: str) -> _Reader:
    def read(config: Config, value: Any, where: _Where) -> Config:
        if not isinstance(value, str):
            raise where.wrong("a string")
        return _with(config, name, value)

    return read


def _severity_of(name: str) -> _Reader:
    def read(config: Config, value: Any, where: _Where) -> Config:
        return _with(config, name, severity(value, where))

    return read


def severity(value: Any, where: _Where | None = None) -> Severity | None:
    """A threshold; None for `never`."""
    names = [each.value for each in Severity if each is not Severity.INFO]
    if value == "never":
        return None
    if value not in names:
        expected = f"one of {', '.join(names)}, never"
        raise where.wrong(expected) if where else ConfigError(f"a severity must be {expected}")
    return Severity(value)


def kubernetes_version(value: Any, name: str) -> str:
    """A version of Kubernetes as `1.N`. Raises ConfigError for what is none."""
    try:
        return f"1.{minor(str(value))}"
    except ValueError as error:
        raise ConfigError(f"{name}: kubernetes_version: {error}") from error


def _kubernetes_version(config: Config, value: Any, where: _Where) -> Config:
    return replace(config, kubernetes_version=kubernetes_version(value, where.name))


def _scope(config: Config, value: Any, where: _Where) -> Config:
    if not isinstance(value, dict):
        raise where.wrong("a table")
    where.known(value, ("complete",))
    complete = where.texts(value.get("complete", []))
    for each in complete:
        if each not in COMPLETE:
            raise ConfigError(f"{where.name}: scope.complete knows {', '.join(COMPLETE)}; not {each!r}")
    return replace(config, complete=complete)


def _tiers(config: Config, value: Any, where: _Where) -> Config:
    return replace(config, tiers=tuple(_selector(each, where) for each in _tables(value, where, "[[tiers]]")))


def _table_of(name: str, read: Callable[[dict[str, Any], _Where], Any]) -> _Reader:
    def reader(config: Config, value: Any, where: _Where) -> Config:
        if not isinstance(value, dict):
            raise where.wrong("a table")
        try:
            return _with(config, name, read(value, where))
        except ValueError as wrong:
            raise ConfigError(f"{where.name}: {wrong}") from None

    return reader


def _selector(table: Mapping[str, Any], where: _Where) -> TierSelector:
    where.known(table, ("tier", "address", "kind", "tags"))
    names = [tier.value for tier in Tier if tier is not Tier.UNDECLARED]
    if table.get("tier") not in names:
        raise ConfigError(f"{where.name}: tiers.tier must be one of {', '.join(names)}")
    tags = table.get("tags", {})
    if not isinstance(tags, dict):
        raise ConfigError(f"{where.name}: tiers.tags must be a table of tag to glob")
    shown = {str(key): str(glob) for key, glob in tags.items()}
    return TierSelector(Tier(table["tier"]), str(table.get("address", "*")), str(table.get("kind", "*")), shown)


def _ignores(config: Config, value: Any, where: _Where) -> Config:
    entries = enumerate(_tables(value, where, "[[ignore]]"))
    return replace(config, ignores=tuple(_entry(each, at, where) for at, each in entries))


def _entry(table: Mapping[str, Any], position: int, where: _Where) -> IgnoreEntry:
    where.known(table, ("rule", "address", "reason", "until"))
    if not isinstance(table.get("rule"), str):
        raise ConfigError(f"{where.name}: every [[ignore]] names a rule")
    until = table.get("until", "")
    shown = until.isoformat() if isinstance(until, datetime.date) else str(until)
    span = _nth(where, b"[[ignore]]", position)
    return IgnoreEntry(table["rule"], str(table.get("address", "*")), str(table.get("reason", "")), shown, span)


def _attestations(config: Config, value: Any, where: _Where) -> Config:
    entries = []
    for at, table in enumerate(_tables(value, where, "[[attestation]]")):
        where.known(table, ATTESTATION_KEYS)
        try:
            entries.append(read_attestation(table, _nth(where, b"[[attestation]]", at)))
        except ValueError as wrong:
            raise ConfigError(f"{where.name}: {wrong}") from None
    return replace(config, attestations=tuple(entries))


def _tables(value: Any, where: _Where, shown: str) -> Sequence[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise where.wrong(f"an array of tables ({shown})")
    return value


def _roots(config: Config, value: Any, where: _Where) -> Config:
    return replace(config, roots=_named(value, where, "roots", _root))


def _named(value: Any, where: _Where, key: str, read: Callable[[Mapping[str, Any], _Where], _E]) -> tuple[_E, ...]:
    """The entries of an array of tables. Raises ConfigError where two of one path have the same name."""
    entries = tuple(read(each, where) for each in _tables(value, where, f"[[{key}]]"))
    for at, entry in enumerate(entries):
        if any((entry.path, entry.name) == (other.path, other.name) for other in entries[:at]):
            told = f"{entry.path} has two entries named {entry.name!r}"
            raise ConfigError(f"{where.name}: {key}: {told}; give each environment a name of its own")
    return entries


def _root(table: Mapping[str, Any], where: _Where) -> RootEntry:
    where.known(table, ("path", "name", "workspace", "var_files", "vars"))
    texts = {key: table.get(key, "") for key in ("path", "name", "workspace")}
    if not all(isinstance(each, str) for each in texts.values()) or not texts["path"]:
        raise ConfigError(f"{where.name}: every [[roots]] has a path; path, name and workspace are strings")
    path, name = posixpath.normpath(texts["path"]), texts["name"] or texts["workspace"]
    if _leads_out(path):
        raise ConfigError(f"{where.name}: roots.path {texts['path']!r} leads out of the scanned tree")
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{where.name}: roots.name {name!r} may hold letters, digits and . _ - only")
    files = where.texts(table.get("var_files", []))
    outside = next((each for each in files if _leads_out(posixpath.normpath(each))), None)
    if outside is not None and not where.trusted:
        told = "leads out of the scanned tree, which a configuration inside it may not do; use --var-file"
        raise ConfigError(f"{where.name}: roots.var_files {outside!r} {told}")
    values = table.get("vars", {})
    if not isinstance(values, dict):
        raise ConfigError(f"{where.name}: roots.vars must be a table of variable to value")
    return RootEntry(path, name, texts["workspace"], files, values)


def _charts(config: Config, value: Any, where: _Where) -> Config:
    return replace(config, charts=_named(value, where, "charts", _chart))


def _chart(table: Mapping[str, Any], where: _Where) -> ChartEntry:
    where.known(table, ("path", "name", "values", "release", "namespace"))
    texts = {key: table.get(key, "") for key in ("path", "name", "release", "namespace")}
    if not all(isinstance(each, str) for each in texts.values()) or not texts["path"]:
        raise ConfigError(f"{where.name}: every [[charts]] has a path; path, name, release, namespace are strings")
    path = posixpath.normpath(texts["path"])
    files = where.texts(table.get("values", []))
    outside = next((each for each in (path, *map(posixpath.normpath, files)) if _leads_out(each)), None)
    if outside is not None:
        raise ConfigError(f"{where.name}: charts: {outside!r} leads out of the scanned tree; use --helm-values")
    for key in ("name", "release", "namespace"):
        if not _NAME.fullmatch(texts[key]):
            raise ConfigError(f"{where.name}: charts.{key} {texts[key]!r} may hold letters, digits and . _ - only")
    return ChartEntry(path, texts["name"], files, texts["release"] or "release", texts["namespace"])


def _leads_out(path: str) -> bool:
    return path == ".." or path.startswith(("/", "~", "../"))


def _aws(config: Config, value: Any, where: _Where) -> Config:
    if not isinstance(value, dict):
        raise where.wrong("a table")
    where.known(value, ("account", "region", "accounts"))
    region = value.get("region", "")
    if not isinstance(region, str):
        raise ConfigError(f"{where.name}: aws.region must be a string")
    profiles: dict[str, str] = {}
    aliases: dict[str, str] = {}
    for table in _tables(value.get("accounts", []), where, "[[aws.accounts]]"):
        where.known(table, ("id", "profile", "alias"))
        found = _account(table.get("id", ""), where)
        if not found or not (table.keys() & {"profile", "alias"}):
            raise ConfigError(f"{where.name}: every [[aws.accounts]] has an id, and a profile or an alias")
        for name, target in (("profile", profiles), ("alias", aliases)):
            if name in table:
                target[str(table[name])] = found
    return replace(config, aws=Aws(_account(value.get("account", ""), where), region, profiles, aliases))


def _account(value: Any, where: _Where) -> str:
    """An account id; TOML writes it as a string, since it may begin with 0."""
    if isinstance(value, str) and (not value or _ACCOUNT.fullmatch(value)):
        return value
    raise ConfigError(f"{where.name}: an AWS account is a string of 12 digits, not {value!r}")


_NAME = re.compile(r"[A-Za-z0-9._-]*")
_ACCOUNT = re.compile(r"\d{12}")


def _nth(where: _Where, header: bytes, position: int) -> Span | None:
    at = -1
    for _ in range(position + 1):
        at = where.text.find(header, at + 1)
    return Span(where.name, at, at + len(header)) if at >= 0 else None


_OUTSIDE_ONLY = frozenset({"rules", "policies", "checkov", "opa_url", "store", "exports"})
_READERS: dict[str, _Reader] = {
    "exclude": _texts_of("exclude"),
    "select": _texts_of("select"),
    "ignore_rules": _texts_of("ignore_rules"),
    "fail_on": _severity_of("fail_on"),
    "fail_on_unknown": _severity_of("fail_on_unknown"),
    "tiers": _tiers,
    "matrix": _table_of("matrix", lambda table, _where: read_matrix(table)),
    "scope": _scope,
    "ignore": _ignores,
    "attestation": _attestations,
    "var_files": _texts_of("var_files"),
    "workspace": _text_of("workspace"),
    "kubernetes_version": _kubernetes_version,
    "roots": _roots,
    "charts": _charts,
    "aws": _aws,
    "network_plugin": _text_of("network_plugin"),
    "backup": _table_of("backup", lambda table, _where: backup_of(table)),
    "registry": _table_of("registry", lambda table, where: read_registry(table, trusted=where.trusted)),
    "rules": _texts_of("rules"),
    "policies": _texts_of("policies"),
    "checkov": _text_of("checkov"),
    "opa_url": _text_of("opa_url"),
    "store": _text_of("store"),
    "exports": _texts_of("exports"),
}
