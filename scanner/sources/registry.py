"""Files that a user keeps of the registries: RDAP answers of domains, and validated ROA payloads.

Nothing is asked over the network. RDAP: RFC 9083, one domain object per file or a list of them. Payloads: the JSON
that Routinator (`--format json`) and rpki-client (`-j`) write, in which an AS number is a number or a text with or
without `AS`.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import orjson

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span
from scanner.model.registration import Network, Payload, Payloads, Registration, covers
from scanner.model.settings import Registry
from scanner.sources.tree import Tree

MOST_BYTES = 256 * 1024 * 1024  # of one file; the payloads of the whole Internet are about 80 MB
# RFC 8056 (statuses of EPP in RDAP) and RFC 9083, section 10.2.2
_LOCKS = {"clienttransferprohibited", "servertransferprohibited", "transferprohibited", "locked"}
_LAPSING = {"redemptionperiod", "pendingdelete"}
_UPDATED = "last update of RDAP database"  # RFC 9083, section 10.2.3


class Files:
    """The files of `[registry]`, each read when something is first asked of it; what is wrong with one is told in
    `diagnostics`."""

    def __init__(self, registry: Registry, tree: Tree, diagnostics: list[Diagnostic]) -> None:
        self._registry = registry
        self._tree = tree
        self._diagnostics = diagnostics
        self._now = datetime.now(UTC)
        self._domains: dict[str, Registration] | None = None

    def registration(self, name: str) -> Registration | None:
        """The answer of the registry for a domain; of several the newest file's, which is named last."""
        if self._domains is None:
            self._domains = {}
            for shown, text in self._read(self._registry.rdap):
                for each in self._answers(shown, text):
                    self._domains[each.name] = each
        return self._domains.get(name)

    def payloads(self, prefixes: Iterable[Network]) -> Payloads | None:
        """What covers any of the prefixes."""
        wanted = list(prefixes)
        found: list[Payload] = []
        stale, read = "", False
        for shown, text in self._read(self._registry.vrps):
            told = self._json(shown, text)
            if told is None:
                continue
            listed = told.get("roas") if isinstance(told, dict) else None
            if not isinstance(listed, list):
                self._odd(shown, 'has no list "roas"')
                continue
            read = True
            stale = stale or self._stale(shown, _generated(told))
            found.extend(_covering(listed, wanted))
        return Payloads(tuple(dict.fromkeys(found)), stale) if read else None

    def missing(self) -> Iterator[str]:
        """Names that lead nowhere, or out of the scanned tree where they may not."""
        for name in (*self._registry.rdap, *self._registry.vrps):
            path = self._path(name)
            if path is None:
                yield f"{name} leads out of the scanned tree"
            elif not path.exists():
                yield f"{name} does not exist"

    def _path(self, name: str) -> Path | None:
        """Where a name leads; None for what an untrusted configuration must not read."""
        path = Path(self._registry.folder) / Path(name).expanduser()
        if self._registry.trusted:
            return path
        try:
            return path if path.resolve().is_relative_to(self._tree.root) else None
        except (OSError, RuntimeError):
            return None

    def _read(self, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The files with the names that they are shown by; a directory stands for its *.json."""
        for name in names:
            path = self._path(name)
            if path is None:
                self._outside(name)
                continue
            for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
                shown = f"{name.rstrip('/')}/{file.name}" if path.is_dir() else name
                text = self._bytes(file, shown)
                if text is not None:
                    yield shown, text

    def _bytes(self, path: Path, shown: str) -> bytes | None:
        try:
            if not self._registry.trusted and not path.resolve().is_relative_to(self._tree.root):
                self._outside(shown)
                return None
            about = path.stat()
            if not stat.S_ISREG(about.st_mode):
                self._tell(Level.ERROR, "read-denied", f"{shown} is not a regular file", shown)
            elif about.st_size > MOST_BYTES:
                told = f"{shown} is larger than {MOST_BYTES // 1024**2} MiB; it was not read"
                self._tell(Level.ERROR, "limit-size", told, shown)
            else:
                return path.read_bytes()
        except OSError as error:
            self._tell(Level.ERROR, "read-denied", f"{shown} cannot be read: {error.strerror}", shown)
        return None

    def _outside(self, name: str) -> None:
        self._tell(Level.ERROR, "read-outside", f"{name} leads out of the scanned tree; it was not read", name)

    def _answers(self, shown: str, text: bytes) -> Iterator[Registration]:
        told = self._json(shown, text)
        for each in told if isinstance(told, list) else [] if told is None else [told]:
            found = _registration(each, shown) if isinstance(each, dict) else None
            if found is None:
                self._odd(shown, "is no RDAP answer of a domain")
                continue
            registration, updated = found
            yield replace(registration, stale=self._stale(shown, updated))

    def _json(self, shown: str, text: bytes) -> Any:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            self._tell(Level.ERROR, "parse-registry", f"{shown} is not JSON: {error}", shown)
            return None

    def _odd(self, shown: str, what: str) -> None:
        remedy = "[registry] names RDAP answers as rdap, and the JSON of Routinator or rpki-client as vrps"
        self._tell(Level.ERROR, "parse-registry", f"{shown} {what}", shown, remedy)

    def _stale(self, shown: str, made: datetime | None) -> str:
        """Why a file of that date proves nothing any more, or ""; said once as a warning."""
        if made is None or (days := (self._now - made).days) <= self._registry.max_age_days:
            return ""
        most = self._registry.max_age_days
        told = f"{shown} is of {made:%Y-%m-%d}, {days} days old; it proves nothing after {most}"
        remedy = "fetch it anew, or raise registry.max_age_days"
        self._tell(Level.WARNING, "registry-stale", told, shown, remedy)
        return told

    def _tell(self, level: Level, code: str, summary: str, name: str, remedy: str = "") -> None:
        told = Diagnostic(level, code, summary, Span(name, 0, 0), remedy)
        if told not in self._diagnostics:
            self._diagnostics.append(told)


def _registration(told: Mapping[str, Any], shown: str) -> tuple[Registration, datetime | None] | None:
    """An RDAP answer, and when its database was brought up to date; None for what is no domain."""
    name = told.get("ldhName") or told.get("unicodeName")
    if told.get("objectClassName") != "domain" or not isinstance(name, str):
        return None
    events = {str(each.get("eventAction")): each.get("eventDate") for each in _objects(told.get("events"))}
    statuses = told.get("status")
    words = {str(each).lower().replace(" ", "") for each in statuses} if isinstance(statuses, list) else None
    found = Registration(
        name=name.lower().rstrip("."),
        file=shown,
        expires=_moment(events.get("expiration")),
        locked=None if words is None else bool(words & _LOCKS),
        lapsing=bool((words or set()) & _LAPSING),
        anchored=_anchored(told.get("secureDNS")),
        registrar=_registrar(told.get("entities")),
    )
    return found, _moment(events.get(_UPDATED))


def _anchored(told: Any) -> bool | None:
    """Whether the zone above holds DS records; what keys the registry holds says it too (RFC 9083, 5.3)."""
    if not isinstance(told, dict):
        return None
    signed = told.get("delegationSigned")
    if isinstance(signed, bool):
        return signed
    return True if told.get("dsData") or told.get("keyData") else None


def _registrar(entities: Any) -> str | None:
    """The name of the entity that is the registrar, from its jCard (RFC 7095)."""
    for each in _objects(entities):
        if "registrar" in (each.get("roles") or ()):
            card = each.get("vcardArray")
            lines = card[1] if isinstance(card, list) and len(card) > 1 and isinstance(card[1], list) else []
            names = [line[3] for line in lines if isinstance(line, list) and len(line) > 3 and line[0] == "fn"]
            return str(names[0]) if names else str(each.get("handle") or "") or None
    return None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    for each in value if isinstance(value, list) else ():
        if isinstance(each, dict):
            yield each


def _generated(told: Mapping[str, Any]) -> datetime | None:
    """When payloads were validated: `generatedTime` or `generated` of Routinator, `buildtime` of rpki-client."""
    about = told.get("metadata")
    if not isinstance(about, dict):
        return None
    made = _moment(about.get("generatedTime")) or _moment(about.get("buildtime"))
    seconds = about.get("generated")
    if made is None and isinstance(seconds, (int, float)):
        return datetime.fromtimestamp(seconds, UTC)
    return made


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _covering(listed: Iterable[Any], wanted: Iterable[Network]) -> Iterator[Payload]:
    """The payloads that cover one of the prefixes. Most of half a million are passed over by their first part."""
    prefixes = list(wanted)
    heads = {head for each in prefixes for head in (_head(str(each)), "short")}
    for each in listed:
        if isinstance(each, dict) and _head(text := str(each.get("prefix"))) in heads:
            found = _payload(text, each)
            if found is not None and any(covers(found.prefix, prefix) for prefix in prefixes):
                yield found


def _head(text: str) -> str:
    """What a prefix begins with; "short" for one so short that it holds prefixes that begin otherwise."""
    address, _, length = text.partition("/")
    mark, bits = (":", 16) if ":" in address else (".", 8)
    if length.isdecimal() and int(length) < bits:
        return "short"
    return address.partition(mark)[0].lower()


def _payload(text: str, told: Mapping[str, Any]) -> Payload | None:
    try:
        prefix = ip_network(text)
        most = told.get("maxLength")
        longest = prefix.prefixlen if most is None else int(most)
        origin = int(str(told.get("asn")).upper().removeprefix("AS"))
    except (TypeError, ValueError):
        return None
    return Payload(prefix, longest, origin)
