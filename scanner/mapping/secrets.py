"""Credentials that stand in clear text: in variables, settings and start-up scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from scanner.hcl.partial import PartialText
from scanner.mapping.reader import Reader
from scanner.model.value import Undetermined, Unknown, Value, unwrap

# Words of a name that say "this holds a credential". Two-word names are matched as neighbours.
_WORDS = frozenset(
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
        "provider",
        "algorithm",
        "format",
        "mode",
        "scope",
        "store",
        "manager",
        "class",
        "username",
        "user",
        "mount",
    }
)
# What stores of secrets hold beside credentials.
_BESIDE = frozenset(
    [
        "crt",
        "cert",
        "certificate",
        "ca",
        "pub",
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
    }
)

_REFERENCE = re.compile(r"^\s*(\$\{|\$\(|\$[A-Za-z_]|\{\{|%\{|<[^<>]*>\s*$|@Microsoft\.KeyVault|\(\()")
_PLACE = re.compile(
    r"^(arn:|/|\./|\.\./|~/|[A-Za-z]:\\|file://|ssm:|ssm://|vault:|secretsmanager:|op://|sm://"
    r"|gcp:///|azurekeyvault://|s3://|gs://|projects/[^/]+/secrets/|valueFrom:)"
)
_PLACEHOLDER = re.compile(
    r"^(x{3,}|\*+|\.{3,}|-+|_+|n/?a|todo|tbd|placeholder|redacted|null|none|nil|true"
    r"|false|yes|no|on|off|enabled|disabled|replace[-_ ]?me|your[-_ ].*|insert[-_ ].*"
    r"|replace[-_ ].*|required|optional|auto|default|(mock|fake|dummy)[-_ ].*)$",
    re.IGNORECASE,
)
# What a password was turned into: the modular crypt format (crypt(5)) and Argon2's, which hold no password.
_HASH = re.compile(r"^\$(?:1|2[abxy]?|5|6|7|apr1|y|gy|sha1|argon2(?:id?|d))\$\S+$")
# What Argo CD keeps of the tokens it issued: which, when and for how long, not what they are.
_TOKENS = re.compile(r"""^\[(?:[\s,{}:]|"(?:id|iat|exp)"|(?<=:)"[\w-]*"|\d+)*\]$""")
_BLANK_KEY = re.compile(r"^-----BEGIN [A-Z0-9 ]+-----\W*-----END [A-Z0-9 ]+-----$")
_EMPTY = frozenset(("[]", "{}", "[", "{"))
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)

_AWS_KEY = re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])")
# Forms that are credentials whatever they are called. Sources: AWS IAM unique identifiers; GitHub, GitLab,
# Slack, Stripe and Google documentation of their token formats.
# Each with a sign that a text must hold for it: looked for first, since most texts hold none.
_TELLTALE = (
    ("AKIA", _AWS_KEY),
    ("ASIA", _AWS_KEY),
    # not `-----BEGIN PRIVATE KEY----- ... -----END`, which documentation writes instead of a key
    (
        "PRIVATE KEY",
        re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?!\W*-----END |(?:\s|\\n|\.)*$)"),
    ),
    *(
        (sign, re.compile(rf"(?<![A-Za-z0-9_]){sign}[A-Za-z0-9]{{36}}"))
        for sign in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")
    ),
    ("github_pat_", re.compile(r"(?<![A-Za-z0-9_])github_pat_[A-Za-z0-9_]{60,}")),
    ("xox", re.compile(r"(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,}")),
    ("glpat-", re.compile(r"(?<![A-Za-z0-9_])glpat-[A-Za-z0-9_-]{20,}")),
    ("k_live_", re.compile(r"(?<![A-Za-z0-9_])[sr]k_live_[A-Za-z0-9]{16,}")),
    ("AIza", re.compile(r"(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])")),
)
_SHORTEST = 15  # characters of the shortest of them
_LOGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@'\"]*:([^\s/@'\"]+)@")
_KEY = 40  # characters of an AWS secret access key
_SECRET_KEY = re.compile(r"^[A-Za-z0-9/+]{40}$")
_ASSIGNMENT = re.compile(
    r"(?:^|[\s;&'\"{,])(?:export\s+|set\s+|-e\s+|--)?([A-Za-z][A-Za-z0-9_.-]*)['\"]?"
    r"\s?[=:]\s?(\"[^\"\n]*\"|'[^'\n]*'|[^\s;&'\",}]+)",
    re.MULTILINE,
)
# `define('DB_PASSWORD', 'x')`, `setenv("DB_PASSWORD", "x")`
_CALL = re.compile(r"\b[A-Za-z_]\w*\(\s*(['\"])([A-Za-z][A-Za-z0-9_.-]*)\1\s*,\s*(\"[^\"\n]*\"|'[^'\n]*')")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def literal_secrets(pairs: Iterable[tuple[str, Value]]) -> list[str]:
    """The names, in order, whose value is a credential in clear text.

    A value that is unknown does not stand in the text: it was computed, or is handed over at run time. Only
    where we failed to evaluate it, and its name says credential, is that undetermined (raised, unless another
    pair is certain: then the certain ones are returned).
    """
    found: list[str] = []
    pending: Unknown | None = None
    for name, raw in pairs:
        value = unwrap(raw)
        if isinstance(value, Unknown):
            if _telltale(value.prefix):
                found.append(name)
            elif value.cause.ours and names_credential(name):
                pending = value if pending is None else pending
        elif isinstance(value, str) and is_literal_secret(name, value):
            found.append(name)
    if pending is not None and not found:
        raise Undetermined(pending)
    return list(dict.fromkeys(found))


def is_literal_secret(name: str, value: str) -> bool:
    """Whether a value under this name is a credential in clear text (`changeme` is one: it opens the door)."""
    if _telltale(value) or _looks_like_secret_key(value):
        return True
    return names_credential(name) and stands_for_itself(value) and not _repeats(name, value)


def stored_secrets(pairs: Iterable[tuple[str, Value]]) -> list[str]:
    """The names whose value, kept in a store of secrets, stands in clear text: there every value is a credential,
    unless its name says what else it is (`username`, `host`, `ca.crt`). What is computed does not stand there.
    """
    found: list[str] = []
    for name, raw in pairs:
        value = unwrap(raw)
        if isinstance(value, str) and _is_stored_secret(name, value):
            found.append(name)
    return list(dict.fromkeys(found))


_SETTINGS = re.compile(r"\.(?:ya?ml|json|toml|ini|conf|cfg|cnf|properties|env|hcl|xml)$", re.IGNORECASE)


def _is_stored_secret(name: str, value: str) -> bool:
    """A file of settings is judged by what it says: most of it is none, wherever it is kept."""
    if _SETTINGS.search(name) and "\n" in value.strip():
        return bool(secrets_in_text(value, name))
    return _telltale(value) or (stands_for_itself(value) and not _says_other(name))


def _says_other(name: str) -> bool:
    words = [part.lower() for part in _PART.findall(name.removesuffix("_in"))]  # CHAP: the other direction's
    return bool(words) and (words[-1] in _ABOUT or words[-1] in _BESIDE) and not names_credential(name)


def _repeats(name: str, value: str) -> bool:
    """Whether a value only says its own name again in capitals (`API_KEY: API_KEY_VAL`): text for a tool to fill
    in. In small letters it is a weak password (`password: password1`)."""
    said = value.strip()
    return said.casefold().startswith(name.strip().casefold()) and re.fullmatch(r"[A-Z][A-Z_]*", said) is not None


def secrets_in_text(text: str, name: str = "") -> list[str]:
    """Names of the credentials in a script or settings text, `name` for one that is not assigned to a name."""
    found = [key for key, value in _assignments(text) if is_literal_secret(key, value)]
    if not found and _telltale(text):
        found.append(name)
    return list(dict.fromkeys(found))


def written(value: Value) -> str | None:
    """The text that stands in the configuration: of a partly known one the known pieces, since what is filled in
    later is a reference and no literal. Raises Undetermined where nothing is known of it."""
    value = unwrap(value)
    if isinstance(value, PartialText):
        return "".join(part if isinstance(part, str) else "${unknown}" for part in value.parts)
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return value if isinstance(value, str) else None


def written_secrets(reader: Reader) -> list[str]:
    """The resource's own arguments that hold a credential in clear text: what a row says where it says nothing
    else of it. An argument that refers to another resource holds none.
    """
    own = reader.resource.attributes
    names = [name for name in own if names_credential(name) and not reader.resource.references.get(name)]
    found = literal_secrets((name, own[name]) for name in names)
    for name in found:
        reader.peek(name)
    return found


@lru_cache(maxsize=4096)
def names_credential(name: str) -> bool:
    """Whether a variable of this name holds a credential, and not the place, name or age of one."""
    words = [part.lower() for part in _PART.findall(name)]
    if not words or words[-1] in _ABOUT or not _COUNTING.isdisjoint(words):
        return False
    return not _WORDS.isdisjoint(words) or any(pair in _PAIRS for pair in pairwise(words))


def _assignments(text: str) -> Iterator[tuple[str, str]]:
    for match in _ASSIGNMENT.finditer(text):
        value = match.group(2)
        yield match.group(1), value[1:-1] if value[0] in "\"'" else value
    for match in _CALL.finditer(text):
        yield match.group(2), match.group(3)[1:-1]


def stands_for_itself(value: str) -> bool:
    """Whether a text is neither a reference, a place nor something to be filled in."""
    value = value.strip()
    if not value or _REFERENCE.match(value) or _PLACE.match(value) or _PLACEHOLDER.match(value):
        return False
    if value in _EMPTY or any(form.match(value) for form in (_HASH, _TOKENS, _BLANK_KEY)):
        return False
    return not _URL.match(value) and "${" not in value and "$(" not in value


def _telltale(value: str) -> bool:
    if len(value) < 8:
        return False
    if len(value) >= _SHORTEST and any(sign in value and form.search(value) for sign, form in _TELLTALE):
        return True
    if "@" not in value or "://" not in value:
        return False
    return any(stands_for_itself(login.group(1)) for login in _LOGIN.finditer(value))


def _looks_like_secret_key(value: str) -> bool:
    """40 characters of base64 with all three classes, as AWS secret access keys are (a git hash has two)."""
    if len(value) < _KEY or not _SECRET_KEY.match(value) or value.count("/") > 4:
        return False
    return bool(
        re.search("[A-Z]", value)
        and re.search("[a-z]", value)
        and re.search("[0-9]", value)
        and len(set(value)) > 20
    )
