"""Hashes and identifiers."""

from __future__ import annotations

import base64
import hashlib
import uuid

from scanner.hcl.errors import EvaluationError
from scanner.hcl.functions.signature import Function
from scanner.model.value import Cause, Unknown, Value

_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS, "url": uuid.NAMESPACE_URL, "oid": uuid.NAMESPACE_OID, "x500": uuid.NAMESPACE_X500,
}  # fmt: skip


def digest(algorithm: str, data: bytes) -> bytes:
    """The digest of `data`; the algorithms are names, not our choice of a secure one."""
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def hexadecimal(algorithm: str, text: str) -> str:
    """The digest of a string, in hexadecimal."""
    return digest(algorithm, text.encode()).hex()


def in_base64(algorithm: str, text: str) -> str:
    """The digest of a string, in base64."""
    return base64.b64encode(digest(algorithm, text.encode())).decode()


def _uuidv5(namespace: str, name: str) -> str:
    try:
        space = _NAMESPACES[namespace] if namespace in _NAMESPACES else uuid.UUID(namespace)
    except ValueError as fault:
        raise EvaluationError("the namespace is neither dns, url, oid, x500 nor a UUID") from fault
    return str(uuid.uuid5(space, name))


def _at_apply(name: str) -> Value:
    return Unknown(f"{name}() differs with every run", Cause.PROVIDER_COMPUTED, type="string")


def _rsadecrypt(ciphertext: str, key: str) -> Value:
    """Never decrypted here: what a private key opens is not for a report."""
    try:
        base64.b64decode(ciphertext, validate=True)
    except ValueError as fault:
        raise EvaluationError("the ciphertext is no base64") from fault
    if "-----BEGIN" not in key:
        raise EvaluationError("the private key is no PEM block")
    return Unknown("rsadecrypt() needs a private key", Cause.UNSUPPORTED, type="string")


FUNCTIONS: dict[str, Function] = {
    "base64sha256": Function(lambda text: in_base64("sha256", text), "string -> string"),
    "base64sha512": Function(lambda text: in_base64("sha512", text), "string -> string"),
    "bcrypt": Function(lambda *_: _at_apply("bcrypt"), "string, *number -> string"),
    "md5": Function(lambda text: hexadecimal("md5", text), "string -> string"),
    "rsadecrypt": Function(_rsadecrypt, "string, string -> string"),
    "sha1": Function(lambda text: hexadecimal("sha1", text), "string -> string"),
    "sha256": Function(lambda text: hexadecimal("sha256", text), "string -> string"),
    "sha512": Function(lambda text: hexadecimal("sha512", text), "string -> string"),
    "uuid": Function(lambda: _at_apply("uuid"), "-> string"),
    "uuidv5": Function(_uuidv5, "string, string -> string"),
}
