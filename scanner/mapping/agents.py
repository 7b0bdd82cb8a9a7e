"""Agents of overlays that the start-up text of a machine starts: Tailscale, Netmaker, WireGuard.

Sources: Tailscale documentation, "tailscale up command"; wg-quick(8); Netmaker documentation, "netclient join".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from scanner.mapping.extract import EMPTY, FALSE, NONE, TRUE
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.secrets import written
from scanner.mapping.table import Fixed, Join, Part, Row
from scanner.model.value import Cause, Undetermined, Unknown, Value

_ELSEWHERE = "is known to the coordination server, not to the configuration"


def elsewhere(what: str) -> Extract:
    """What only the coordination server of an overlay knows."""
    return lambda _: Unknown(f"{what} {_ELSEWHERE}", Cause.OUTSIDE_SCAN)


def peer(dialect: str, attributes: dict[str, Any], relations: dict[str, Any] | None = None, **more: Any) -> Row:
    """A peer that says nothing of what is not given."""
    every: dict[str, Any] = {
        "dialect": Fixed(dialect),
        "agent_read": FALSE,
        "addresses": EMPTY,
        "marks": EMPTY,
        "user": NONE,
        "routes": EMPTY,
        "approved": NONE,
        "exit": FALSE,
        "key": NONE,
        "admits": NONE,
    }
    return Row("overlay_peer", {**every, **attributes}, relations or {}, **more)


# agents that the start-up text of a machine starts

_STARTS = (
    ("tailscale", re.compile(r"\btailscale\s+(?:up|set|login)\b|\btailscaled?\b.*TS_AUTHKEY", re.DOTALL)),
    ("netmaker", re.compile(r"\bnetclient\s+(?:join|register)\b")),
    ("wireguard", re.compile(r"\bwg-quick\s+up\b|wg-quick@|\[Interface\][^\[]*PrivateKey", re.DOTALL)),
)
_FLAG = re.compile(r"--(advertise-routes|advertise-tags)[= ]\"?([^\s\"]+)")
_DEFAULT = ("0.0.0.0/0", "::/0")
_EXIT = re.compile(r"--advertise-exit-node(?!=false)")
_SECTION = re.compile(r"\[(Interface|Peer)\]([^\[]*)")


def _text(reader: Reader) -> str:
    """The start-up text of a machine, as far as it is written; "" where nothing is known of it."""
    for path in ("user_data", "user_data_base64", "metadata_startup_script", "custom_data"):
        try:
            found = written(reader.peek(path))
        except Undetermined:
            continue
        if found:
            return found
    return ""


def _starts(dialect: str, form: re.Pattern[str]) -> Callable[[Reader], bool]:
    return lambda reader: form.search(_text(reader)) is not None


def _flagged(name: str) -> Extract:
    def extract(reader: Reader) -> Value:
        for key, value in _FLAG.findall(_text(reader)):
            if key == name:
                if "${unknown}" in value:
                    return Unknown(f"--{name} is filled in at run time", Cause.OUTSIDE_SCAN)
                return [each for each in value.split(",") if each and each not in _DEFAULT]
        return [] if name == "advertise-routes" else None

    return extract


def _sections(reader: Reader, wanted: str) -> Iterator[dict[str, str]]:
    for name, body in _SECTION.findall(_text(reader)):
        if name == wanted:
            pairs = (line.partition("=") for line in body.splitlines())
            yield {key.strip().lower(): value.strip() for key, sign, value in pairs if sign}


def _listed(value: str) -> list[str]:
    return [each.strip() for each in value.split(",") if each.strip()]


def _from_text(reader: Reader) -> Value:
    """The peers of a configuration in the start-up text (wg-quick(8))."""
    found = [
        {"key": each.get("publickey"), "ranges": _listed(each.get("allowedips", ""))}
        for each in _sections(reader, "Peer")
    ]
    return found or Unknown("its configuration is not part of the start-up text", Cause.OUTSIDE_SCAN)


_AGENTS: dict[str, dict[str, Any]] = {
    "tailscale": {
        "addresses": elsewhere("which addresses it has"),
        "marks": _flagged("advertise-tags"),
        "user": elsewhere("who owns it"),
        "routes": _flagged("advertise-routes"),
        "exit": lambda reader: _EXIT.search(_text(reader)) is not None,
    },
    "netmaker": {
        "addresses": elsewhere("which addresses it has"),
        "marks": elsewhere("to which networks it belongs"),
        "routes": elsewhere("for which ranges it is an egress gateway"),
    },
    "wireguard": {
        "addresses": lambda reader: [
            each for held in _sections(reader, "Interface") for each in _listed(held.get("address", ""))
        ],
        "admits": _from_text,
        "key": elsewhere("its public key"),
    },
}


def _called(dialect: str, _: Reader) -> Value:
    return dialect


def _is_netclient(reader: Reader) -> bool:
    image = reader.peek("image")
    return isinstance(image, str) and "netclient" in image


def netclient(pod: str) -> Part:
    """The agent of Netmaker that runs as a container of a pod (Netmaker documentation, "Kubernetes"): one for each
    such container of the pod spec at a path."""
    return Part(
        peer("netmaker", {**_AGENTS["netmaker"], "agent_read": TRUE}, name=partial(_called, "netmaker")),
        "netmaker",
        f"{pod}.containers",
        edge="runs_on",
        reverse=True,
        when=_is_netclient,
    )


def agents(path: str = "user_data") -> tuple[Part, ...]:
    """The agents of overlays that a machine's start-up text starts: peers that run on it."""
    return tuple(
        Part(
            peer(
                dialect,
                {**_AGENTS[dialect], "agent_read": TRUE},
                {"joins_by": Join(path, ("overlay_key",))},
                name=partial(_called, dialect),
            ),
            dialect,
            edge="runs_on",
            reverse=True,
            when=_starts(dialect, form),
        )
        for dialect, form in _STARTS
    )
