"""Names that say what they hold: a credential, or something about one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

# Words of a name that say "this holds a credential". Two-word names are matched as neighbours.
NOUNS = frozenset(
    {
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
        "secrets",
        "token",
        "credential",
        "credentials",
        "apikey",
        "accesskey",
        "secretkey",
        "privatekey",
        "passcode",
    }
)
_PAIRS = frozenset(
    {
        ("api", "key"),
        ("access", "key"),
        ("secret", "key"),
        ("private", "key"),
        ("auth", "key"),
        ("account", "key"),
        ("encryption", "key"),
        ("signing", "key"),
        ("pass", "word"),
    }
)
# Words that name the Secret that holds it, a key within that, or a store of public certificates.
_NAMING = frozenset(
    {
        ("existing", "secret"),
        ("from", "secret"),
        ("from", "secrets"),
        ("pull", "secret"),
        ("pull", "secrets"),
        ("credentials", "key"),
        ("password", "key"),
        ("token", "key"),
        ("trust", "store"),
        ("truststore", "password"),
    }
)
# A name that ends so tells something about a credential, not the credential.
_ABOUT = frozenset(
    {
        "file",
        "files",
        "mtime",
        "pattern",
        "regex",
        "name",
        "names",
        "arn",
        "arns",
        "path",
        "url",
        "uri",
        "endpoint",
        "host",
        "port",
        "id",
        "ids",
        "length",
        "ttl",
        "expiry",
        "expiration",
        "expires",
        "age",
        "type",
        "version",
        "enabled",
        "disabled",
        "required",
        "policy",
        "count",
        "size",
        "timeout",
        "days",
        "hours",
        "minutes",
        "seconds",
        "issuer",
        "audience",
        "limit",
        "limits",
        "threshold",
        "percent",
        "percentage",
        "bytes",
        "kb",
        "mb",
        "prefix",
        "header",
        "field",
        "selector",
        "selectors",
        "label",
        "labels",
        "annotation",
        "dir",
        "directory",
        "location",
        "ref",
        "reference",
        "region",
        "rotation",
        "interval",
        "period",
        "duration",
        "lifetime",
        "validity",
        "retention",
        "schedule",
        "attempts",
        "retries",
        "template",
        "provider",
        "plugin",
        "algorithm",
        "strategy",
        "complexity",
        "format",
        "mode",
        "scope",
        "store",
        "manager",
        "namespace",
        "class",
        "username",
        "user",
        "mount",
    }
)
# What stores of secrets hold beside credentials.
_OTHER = frozenset(
    [
        "crt",
        "cert",
        "certificate",
        "ca",
        "pub",
        "publickey",
        "email",
        "database",
        "db",
        "dbname",
        "namespace",
        "engine",
        "project",
        "tenant",
        "bucket",
        "domain",
        "server",
        "address",
        "login",
        "hostname",
        "hosts",
        "fqdn",
        "ini",
        "azurestorageaccountname",  # the key that Azure Files asks for (AKS documentation)
    ]
)
_COUNTING = frozenset(
    {
        "max",
        "min",
        "num",
        "number",
        "public",
        "enable",
        "use",
        "allow",
        "disable",
        "is",
        "has",
        "require",
        "automount",
        "skip",
        "no",
        "param",  # of a parameter store: its name
        "params",
        "parameter",
        "parameters",
    }
)


@lru_cache(maxsize=4096)
def names_credential(name: str) -> bool:
    """Whether a variable of this name holds a credential, and not the place, name or age of one."""
    words = [part.lower() for part in PART.findall(name.rpartition("/")[2])]  # a prefix names a tool
    if (
        not words
        or words[-1] in _ABOUT
        or not _COUNTING.isdisjoint(words)
        or not _NAMING.isdisjoint(pairwise(words))
    ):
        return False
    return words[-1] == "pass" or not NOUNS.isdisjoint(words) or any(pair in _PAIRS for pair in pairwise(words))


def says_other(name: str) -> bool:
    """Whether a name in a store of secrets says what else its value is (`username`, `ca.crt`)."""
    words = [part.lower() for part in PART.findall(name.removesuffix("_in"))]  # CHAP: the other direction's
    return bool(words) and (words[-1] in _ABOUT or words[-1] in _OTHER or words[-2:] == ["public", "key"])


# Secrets that are values themselves; what else ends so (`tlsSecret`, `configFileSecret`) names an object.
_OWN = frozenset(("api", "app", "auth", "client", "cookie", "hmac", "jwt", "oauth", "session", "webhook"))


def names_object(key: str) -> bool:
    """Whether a key among a chart's values names the Secret that holds a credential (`global.adminSecret`)."""
    *before, last = [each.lower() for each in PART.findall(key.rpartition(".")[2])] or [""]
    return last == "secret" and bool(before) and before[-1] not in _OWN


_SHARED = frozenset(
    ("http", "shared", "signing", "encryption", "token", "key", "rpc", "base", "master", "internal")
)
_NAMED = re.compile(r"[a-z][a-z0-9]*(?:-+[a-z0-9]+)+")


# What a vault calls its secrets (Azure Key Vault documentation, "Objects, identifiers, and versioning").
_IN_VAULT = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_OF_WORDS = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")


def lists_names(keys: Sequence[str], values: Sequence[object]) -> bool:
    """Whether a list below some keys of a chart's values names secrets and holds none (`keyVaultSecrets: [x-key]`,
    `keyVaults.NAME.secrets`)."""
    own = [each.lower() for each in PART.findall(keys[-1])] if keys else []
    in_vault = any("vault" in key.lower() for key in keys)
    if own[-1:] != ["secrets"] or not (in_vault or own[1:]):
        return False
    form = _IN_VAULT if in_vault else _OF_WORDS
    return all(isinstance(each, str) and form.fullmatch(each) for each in values)


def names_object_by(name: str, value: object) -> bool:
    """Whether a variable of a pod names a Secret by its value, a name of several words or its own word again
    (`CLUSTER_CA_SECRET: operator-ca`, `OPERATOR_SECRET: operator`)."""
    *before, _ = [each.lower() for each in PART.findall(name)] or [""]
    if not isinstance(value, str) or not names_object(name) or before[-1] in _SHARED:
        return False
    return _NAMED.fullmatch(value) is not None or value in before
