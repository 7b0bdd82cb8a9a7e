"""A real OPA server as the Rego engine, through opa-python-client (extra `[opa]`).

Nothing is written unless pushing was asked for: then policies only, under `layerproof/RUN/` and in packages of
this run's own, and they are deleted at the end. The input is posted once, for all packages together.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import orjson

from scanner.engine.backend import Decision, Malformed, crash, denies, unloadable
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.rule import Rule

_PORTS = {"http": 8181, "https": 443}

# Builtin errors end the query, as they do in the embedded engine; OPA's default is to overlook them.
_STRICT = {"strict-builtin-errors": "true"}

# What a pushed policy could use to speak to others or to look at the server.
_REACHING_OUT = re.compile(r"\b(http|opa)\s*[.\[]|\bnet\s*(?:\[|\.\s*lookup_ip_addr)")
_TEXTS = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|#[^\n]*')


class OpaRefused(ValueError):
    """Options with which we do not talk to a server; the text is for the user."""


class _Fault(Exception):
    """What went wrong with one request, as one line; `all_rules` where it is not about one policy."""

    def __init__(self, message: str, *, all_rules: bool = False) -> None:
        super().__init__(message)
        self.all_rules = all_rules


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server is and how to speak to it. `timeout` is in seconds; paths name PEM files; `certificate`
    is the client's, with its key inside or in `key`."""

    url: str
    token: str = field(default="", repr=False)
    ca: str = ""
    certificate: str = ""
    key: str = ""
    timeout: float = 60.0
    push: bool = False


class Opa:
    """Policies on a server: its own (loaded from a bundle of ours), or pushed for the time of the run."""

    name = "opa"

    def __init__(self, server: Server) -> None:
        """Raises OpaRefused for an address or installation with which nothing can be asked."""
        self.server = server
        self._client = _connect(server)
        self._run = f"run_{secrets.token_hex(8)}"
        self._pushed: dict[str, str] = {}
        self._refused: dict[str, Diagnostic] = {}

    def load(self, rules: Sequence[Rule]) -> list[Diagnostic]:
        """Push the policies, where that was asked for; the server is expected to have them otherwise."""
        self._refused.clear()
        if not self.server.push:
            return []
        for rule in rules:
            if rule.id not in self._pushed:
                self._push(rule)
        return list({each.summary: each for each in self._refused.values()}.values())

    def decide(self, document: bytes, rules: Sequence[Rule]) -> Iterator[Decision]:
        asked = [rule for rule in rules if rule.id not in self._refused]
        answers = self._ask(orjson.loads(document), asked)
        for rule in rules:
            refused = self._refused.get(rule.id)
            yield rule, refused if refused is not None else answers[rule.id]

    def close(self) -> None:
        """Delete what was pushed. What the server refuses to delete stays named under `layerproof/`."""
        for endpoint in self._pushed.values():
            try:
                with _faults():
                    self._client.delete_policy(endpoint)
            except _Fault:
                continue
        self._pushed.clear()
        self._client.close_connection()

    # pushing

    def _push(self, rule: Rule) -> None:
        reaching = forbidden(rule.source)
        if reaching:
            said = f"uses {reaching}, which pushed policies may not"
            self._refused[rule.id] = unloadable(rule, said)
            return
        endpoint = f"layerproof/{self._run}/{rule.id}"
        try:
            with _faults():
                self._client.update_policy_from_string(self._own_package(rule), endpoint, rego_compat=False)
            self._pushed[rule.id] = endpoint
        except _Fault as fault:
            self._refused[rule.id] = self._told(rule, fault, unloadable)

    def _own_package(self, rule: Rule) -> str:
        """The policy in a package of this run, so that neither other runs nor the server's own mix in."""
        moved = f"layerproof.{self._run}.{rule.package.removeprefix('layerproof.')}"
        own = re.escape(rule.package)
        text = re.sub(rf"^package\s+{own}\b", f"package {moved}", rule.source, flags=re.MULTILINE)
        return re.sub(rf"\bdata\.{own}\b", f"data.{moved}", text)

    # asking

    def _ask(self, given: Any, rules: Sequence[Rule]) -> dict[str, Any]:
        """All packages in one request; one by one only where that request fails for a fault in one of them."""
        if not rules:
            return {}
        try:
            found = self._query(given, self._root())
        except _Fault as fault:
            if fault.all_rules:
                return {rule.id: self._told(rule, fault, crash) for rule in rules}
            return {rule.id: self._ask_one(given, rule) for rule in rules}
        return {rule.id: self._answer(rule, _inside(found, rule)) for rule in rules}

    def _ask_one(self, given: Any, rule: Rule) -> Any:
        path = f"{self._root()}.{rule.package.removeprefix('layerproof.')}"
        try:
            return self._answer(rule, self._query(given, path))
        except _Fault as fault:
            return self._told(rule, fault, crash)

    def _answer(self, rule: Rule, package: Any) -> Any:
        if not isinstance(package, dict) or "deny" not in package:
            lacking = f"OPA at {self.server.url} has no {rule.package}.deny"
            remedy = "load our policies there as a bundle, or use --opa-push"
            return Diagnostic(Level.ERROR, "rule-load", f"{rule.id}: {lacking}", remedy=remedy)
        try:
            return denies(package["deny"])
        except Malformed as malformed:
            return crash(rule, str(malformed))

    def _query(self, given: Any, path: str) -> Any:
        with _faults():
            return self._client.query_rule(given, path, query_params=_STRICT).get("result")

    def _root(self) -> str:
        return f"layerproof.{self._run}" if self.server.push else "layerproof"

    def _told(self, rule: Rule, fault: _Fault, about: Any) -> Diagnostic:
        if fault.all_rules:
            return Diagnostic(Level.ERROR, "rule-engine", f"OPA at {self.server.url}: {fault}")
        told: Diagnostic = about(rule, f"OPA: {fault}")
        return told


def forbidden(source: str) -> str:
    """What a policy uses that a pushed one may not, or "". Strings and comments are not looked at, but any
    use of `http[...]` and its like is, since a reference may be written with brackets."""
    found = _REACHING_OUT.search(_TEXTS.sub(lambda text: '""' if text[0][0] != "#" else "", source))
    return re.sub(r"[.\[\s]+$", "", found[0]) if found else ""


def _inside(found: Any, rule: Rule) -> Any:
    for step in rule.package.removeprefix("layerproof.").split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _connect(server: Server) -> Any:
    """The client of opa-python-client (it ships no types)."""
    host, port, secure = address(server.url)
    if not secure and (server.ca or server.certificate):
        raise OpaRefused("a CA or client certificate needs an https:// URL")
    try:
        from opa_client.opa import OpaClient  # noqa: PLC0415 - half a second, and an extra
    except ImportError:
        raise OpaRefused("an OPA server needs the extra: pip install 'layerproof[opa]'") from None
    client = OpaClient(
        host=host,
        port=port,
        ssl=(server.ca or True) if secure else False,
        cert=(server.certificate, server.key) if server.key else server.certificate or None,
        token=server.token or None,
        timeout=server.timeout,
    )
    if _loopback(host):
        client._session.trust_env = False  # no proxy and no .netrc between us and this machine
    return client


def address(url: str) -> tuple[str, int, bool]:
    """Host, port and whether TLS is spoken, from `http(s)://HOST[:PORT]`. Raises OpaRefused."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise OpaRefused(f"--opa-url {url}: {error}") from None
    if parts.scheme not in _PORTS or not host:
        raise OpaRefused(f"--opa-url {url}: expected http://HOST:PORT or https://HOST:PORT")
    if parts.username or parts.password:
        raise OpaRefused("--opa-url holds credentials; give a token or client certificate instead")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise OpaRefused(f"--opa-url {url}: a path is not supported, only scheme, host and port")
    secure = parts.scheme == "https"
    if not secure and not _loopback(host):
        raise OpaRefused(f"--opa-url {url}: beyond this machine TLS is required (https://)")
    shown = f"[{host}]" if ":" in host else host
    return shown, port or _PORTS[parts.scheme], secure


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@contextmanager
def _faults() -> Iterator[None]:
    """Whatever the client raises, as a _Fault in OPA's own words where it said something."""
    import requests  # noqa: PLC0415 - comes with the client
    from opa_client import errors  # noqa: PLC0415 - comes with the client

    try:
        yield
    except requests.exceptions.HTTPError as error:
        raise _said_by_opa(error) from None
    except errors.RegoParseError as error:
        unauthorized = error.expression == "unauthorized"
        raise _Fault(_worded(error.message, error.errors), all_rules=unauthorized) from None
    except requests.exceptions.JSONDecodeError:
        raise _Fault("it answered with something that is not JSON; is this an OPA?", all_rules=True) from None
    except requests.exceptions.Timeout as error:
        raise _Fault(f"no answer in time ({error})", all_rules=True) from None
    except OSError as error:  # requests' own are OSErrors, and so is a CA file that is not there
        raise _Fault(_root_cause(error), all_rules=True) from None
    except errors.DeletePolicyError as error:
        raise _Fault(str(error.message)) from None


def _said_by_opa(error: Any) -> _Fault:
    """OPA's own message from an error response; 401, 403 and 413 are about the whole request."""
    status = error.response.status_code
    try:
        body = error.response.json()
        text = _worded(body.get("message"), body.get("errors"))
    except (ValueError, AttributeError):
        text = f"HTTP {status} {error.response.reason}"
    return _Fault(text, all_rules=status in (401, 403, 404, 413) or status in range(502, 505))


def _worded(message: Any, errors: Any) -> str:
    """`message: detail (file:row)` from OPA's error object."""
    details = []
    for each in errors if isinstance(errors, list) else []:
        if isinstance(each, dict):
            where = each.get("location")
            row = f" (line {where['row']})" if isinstance(where, dict) and "row" in where else ""
            details.append(f"{each.get('message', '')}{row}")
    said = str(message or "an error without a message")
    return f"{said}: {'; '.join(details)}" if details else said


def _root_cause(error: BaseException) -> str:
    """The innermost reason of a failed connection: the outer ones repeat the URL and object addresses."""
    inner: Any = error.args[0] if error.args else error
    while True:
        deeper = getattr(inner, "reason", None)
        if not isinstance(deeper, BaseException):
            break
        inner = deeper
    return re.sub(r"<[^>]*>:?\s*|^HTTPS?Connection\([^)]*\):\s*", "", str(inner)) or type(error).__name__
