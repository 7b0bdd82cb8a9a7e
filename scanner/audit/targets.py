"""Targets of exports as they are named on the command line: `KIND` or `KIND=WHERE`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from scanner.audit.writing import HUB, ExportError, NoObject, needed

__all__ = ["KINDS", "ExportError", "Target", "local", "parse"]

# Kind to the variable that may hold its address, so that a secret address need not stand in a list of processes.
# None: no address; "": the address must be given.
KINDS: Mapping[str, str | None] = {
    "asff": None,
    "ocsf": "",
    "webhook": "LAYERPROOF_WEBHOOK_URL",
    "slack": "LAYERPROOF_SLACK_URL",
    "mail": "LAYERPROOF_SMTP_URL",
}
_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Target:
    """One target: its kind, and where it is."""

    kind: str
    where: str = ""

    @property
    def key(self) -> str:
        """What the store knows the target by."""
        return hashlib.sha256(f"{self.kind}={self.where}".encode()).hexdigest()

    @property
    def actions(self) -> dict[str, list[str]]:
        """The IAM actions that telling it needs, each with its resources."""
        if self.kind == "asff":
            return dict(HUB)
        return needed(self.where) if self.where.startswith("s3://") else {}

    def __str__(self) -> str:
        """Its name without what may be secret in it: paths and queries of webhooks, users."""
        if self.kind == "ocsf" or not self.where:
            return f"{self.kind}={self.where}" if self.where else self.kind
        return f"{self.kind} at {urlsplit(self.where).hostname}"


def parse(text: str, environment: Mapping[str, str]) -> Target:
    """A target from its text. Raises ValueError, which says what is expected."""
    kind, _, where = text.partition("=")
    if kind not in KINDS:
        raise ValueError(f"there are {', '.join(KINDS)}; not {kind!r}")
    variable = KINDS[kind]
    if variable is None:
        if where:
            raise ValueError(f"{kind} takes no address: each finding goes to the account and region that it is of")
        return Target(kind)
    where = where or environment.get(variable, "")
    if not where:
        raise ValueError(f"{kind} needs an address ({kind}=...)" + (f", or {variable}" if variable else ""))
    if where.startswith("s3:"):
        _object(kind, where)
    if kind in ("webhook", "slack"):
        _web(kind, where)
    if kind == "mail" and (urlsplit(where).scheme not in ("smtp", "smtps") or "to=" not in urlsplit(where).query):
        raise ValueError("mail takes smtp://[USER@]HOST[:PORT]/?to=ADDRESS[&from=ADDRESS], or smtps://")
    return Target(kind, where)


def _object(kind: str, where: str) -> None:
    """Raises ValueError for what names no object of S3."""
    try:
        needed(where)
    except NoObject as error:
        raise ValueError(f"{kind}: {error}") from error


def _web(kind: str, where: str) -> None:
    parts = urlsplit(where)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError(f"{kind} takes an https:// address")
    if parts.scheme == "http" and parts.hostname not in _HERE:
        raise ValueError(f"{kind} goes by https:// beyond this machine")


def local(host: str) -> bool:
    """Whether a host is this machine."""
    return host in _HERE
