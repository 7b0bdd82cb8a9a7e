"""Terraform's own blocks: module calls, provider configurations, where state is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.mapping.extract import truth
from scanner.mapping.placeholders import is_word, is_wording
from scanner.mapping.reader import Reader
from scanner.mapping.secrets import stands_for_itself
from scanner.mapping.table import Entry, Fixed, Join, Part, Row, Table
from scanner.model.value import Cause, Undetermined, Unknown, Value

_COMMIT = re.compile(r"^[0-9a-f]{7,40}$")
# `v1.2.3`, and of a repository with several modules `network-1.2.3` or `network/v1.2.3`.
_RELEASE = re.compile(r"^v?\d+(\.\d+)+|^[\w./-]*[a-z][-_/@]v?\d+\.\d+\.\d+([-+.][\w.+-]*)?$")
_EXACT = re.compile(r"^\s*=?\s*v?\d+(\.\d+)*([-+].*)?\s*$")
_NO_VERSION = Unknown("Terraform refuses what is no version", Cause.OUTSIDE_SCAN)
_SECRETS = (
    "access_key",
    "secret_key",
    "token",
    "client_secret",
    "password",
    "api_key",
    "private_key",
    "credentials",
)
_CHOSEN = frozenset(["password", "client_secret"])  # by people, so that `test` may be one


def _local(reader: Reader) -> bool:
    source = reader.get("source", "")
    return source.startswith(("./", "../", "/")) or source in (".", "..")


def _on_disk(reader: Reader) -> bool:
    return not reader.get("absent", False)


def _pinned(reader: Reader) -> Value:
    """Registry modules by a version, or a range with an end; git and archive sources by a tag or commit."""
    source = reader.get("source", "")
    if _local(reader):
        return None
    if reader.has("version"):
        asked = str(reader.get("version"))
        if re.search(r"\d", asked) is None:  # `x.x.x`: the user of an example is to fill it in
            return _NO_VERSION
        return bool(_EXACT.match(asked)) or "~>" in asked or "<" in asked
    found = re.search(r"[?&]ref=([^&]+)", source)
    if found:
        named = found.group(1).removeprefix("refs/").removeprefix("tags/")
        return bool(_COMMIT.match(named) or _RELEASE.match(named))
    return False


def _literal_credentials(reader: Reader) -> bool:
    """Whether a credential stands in the text (a value from a variable or file is not written here)."""
    return any(True for _ in _credentials(reader))


def _credentials(reader: Reader) -> Iterator[str]:
    for name in _SECRETS:
        value = reader.peek(name)
        if isinstance(value, str) and stands_for_itself(value) and not reader.resource.references.get(name):
            if name == "credentials" and not value.lstrip().startswith("{"):
                continue
            if name not in _CHOSEN and (is_word(value) or is_wording(value)):
                continue
            yield name


def _backend(reader: Reader) -> str:
    if reader.has("cloud"):
        return "cloud"
    return str(reader.get("backend.name", "local"))


def _encrypted(reader: Reader) -> Value:
    """State at rest: encrypted by the service, except that S3 asks and local files never are."""
    backend = _backend(reader)
    if backend == "local":
        return False
    if backend == "s3":
        # New objects in S3 are encrypted by default since January 2023; `encrypt` only says it in the request.
        return True
    if backend in ("gcs", "azurerm", "remote", "cloud"):
        return True
    return Unknown(f"whoever runs the {backend} backend decides how it keeps state", Cause.OUTSIDE_SCAN)


_NEEDED = {"s3": ("bucket", "key"), "http": ("address",)}
_COMPLETED = Unknown("-backend-config completes this backend and may switch its lock on", Cause.OUTSIDE_SCAN)


def _complete(reader: Reader, backend: str) -> bool:
    """Whether a backend has all that it needs: what is missing is handed over by `terraform init`."""
    return all(reader.peek(f"backend.{name}") is not None for name in _NEEDED[backend])


def _locked(reader: Reader) -> Value:
    backend = _backend(reader)
    if backend == "s3":
        if reader.has("backend.dynamodb_table") or reader.has("backend.dynamodb_endpoint"):
            return True
        if reader.peek("backend.use_lockfile") is None and not _complete(reader, backend):
            return _COMPLETED
        return truth(reader.get("backend.use_lockfile", False))
    if backend == "http":
        if reader.has("backend.lock_address"):
            return True
        return False if _complete(reader, backend) else _COMPLETED
    if backend in ("gcs", "azurerm", "remote", "cloud", "consul", "local", "kubernetes", "pg", "cos", "oss"):
        return True
    return Unknown(f"whether the {backend} backend locks is not known to us", Cause.UNSUPPORTED)


def _unbounded(reader: Reader) -> Value:
    """Providers that are required by source alone; what the lock file holds is only what was chosen once."""
    found: list[str] = []
    for block in reader.blocks("required_providers"):
        for name, asked in (block.value if isinstance(block.value, dict) else {}).items():
            wanted = asked if isinstance(asked, (str, Unknown)) else (asked or {}).get("version")
            if isinstance(wanted, Unknown):
                raise Undetermined(wanted)
            if not wanted:
                reader.mark(len(found), block, name)
                found.append(name)
    return found


_MODULE = Row(
    kind="module",
    attributes={
        "source": "source",
        "pinned": _pinned,
        "local": _local,
        "on_disk": _on_disk,
        "reconciled": Fixed(None),
    },
    identity=(),
    name=lambda reader: reader.resource.address.name.rpartition("module.")[2],
    tags=lambda reader: {},
)

_BACKEND = Part(
    row=Row(
        kind="state_backend",
        attributes={"backend": _backend, "encrypted": _encrypted, "locked": _locked},
        relations={
            "keeps_state_in": (
                Join("backend.bucket", ("object_store",)),
                Join("backend.dynamodb_table", ("table",)),
            )
        },
        identity=(),
        name=_backend,
        tags=lambda reader: {},
    ),
    label="backend",
    when=lambda reader: reader.has("backend") or reader.has("cloud"),
)

PROVIDER = Row(
    kind="provider_config",
    attributes={"literal_credentials": _literal_credentials, "version": "version", "unbounded": Fixed([])},
    identity=(),
    name=lambda reader: reader.resource.type.removeprefix("provider."),
    tags=lambda reader: {},
)

SETTINGS = Row(
    kind="provider_config",
    attributes={"literal_credentials": Fixed(value=False), "version": "required_version", "unbounded": _unbounded},
    identity=(),
    name=lambda reader: "terraform",
    tags=lambda reader: {},
    parts=(_BACKEND,),
)

TABLE: Table = {"module": _MODULE, "terraform": SETTINGS}


def provider(type: str) -> Entry | None:
    """The row of any provider block."""
    return PROVIDER if type.startswith("provider.") else None
