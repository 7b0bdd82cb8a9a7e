"""Credentials that stand in clear text: in variables, settings and start-up scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scanner.hcl.partial import PartialText
from scanner.mapping.credential_names import PART, names_credential, names_object_by, says_other
from scanner.mapping.placeholders import is_placeholder, is_shown, is_stand_in
from scanner.mapping.reader import Reader
from scanner.model.value import Undetermined, Unknown, Value, unwrap

_REFERENCE = re.compile(
    r"^\s*(`|\$\{|\$\(|\$[A-Za-z_]|\{\{|\{[A-Z][A-Z0-9_]*\}|%\{|<[^<>]*>\s*$|@Microsoft\.KeyVault|\(\("
    r"|%[sdqv](?![A-Za-z0-9])|[A-Za-z_][A-Za-z0-9_.]*\([^()]*\)?$)"  # printf's; a call in a script: `json.loads(`
)
_PLACE = re.compile(
    r"^(arn:|@?/|@?\./|\.\./|~/|[A-Za-z]:\\|file://|ssm:|ssm://|vault:|secretsmanager:|op://|sm://"
    r"|gcp:///|azurekeyvault://|s3://|gs://|projects/[^/]+/secrets/|valueFrom:)"
)
# What a password was turned into: the modular crypt format (crypt(5)) and Argon2's, which hold no password.
_HASH = re.compile(r"^\$(?:1|2[abxy]?|5|6|7|apr1|y|gy|sha1|argon2(?:id?|d))\$\S+$")
# A file of htpasswd: names with hashes.
_HASHES = re.compile(r"^(?:[^:\s]+:(?:\$(?:2[abxy]?|5|6|apr1|y)\$|\{SHA\})\S+\s*)+$")
# What Argo CD keeps of the tokens it issued: which, when and for how long, not what they are.
_TOKENS = re.compile(r"""^\[(?:[\s,{}:]|"(?:id|iat|exp)"|(?<=:)"[\w-]*"|\d+)*\]$""")
_BLANK_KEY = re.compile(r"^-----BEGIN [A-Z0-9 ]+-----[A-Z\W_]*-----END [A-Z0-9 ]+-----$")
_MAIL = re.compile(r"^[\w.+-]{3,}@[\w-]+(?:\.[a-z][\w-]*)*\.[a-z]{2,}$")
# A public half, as OpenSSH writes it (sshd(8), "AUTHORIZED_KEYS FILE FORMAT").
_PUBLIC_KEY = re.compile(r"^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S+|sk-\S+@openssh\.com) AAAA")
# Days, alone or listed.
_DATES = re.compile(r"""^[\[\s"',]*(?:\d{4}-\d\d-\d\d[\s"',\]]*)+$""")
_EMPTY = frozenset(("[]", "{}", "[", "{", "|", "|-", "|+", ">", ">-", ">+"))  # signs of YAML: the value follows
_PLAIN = re.compile(r"[A-Za-z]?[a-z]{2,11}")
_RANDOM = re.compile(r"[!-~]{12,}")
BINARY = "(binary)"  # instead of bytes that are no text
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HARMLESS = (_HASH, _HASHES, _TOKENS, _BLANK_KEY, _MAIL, _PUBLIC_KEY, _DATES)

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
        re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?![A-Z\W_]*-----END |(?:\s|\\n|\.)*$)"),
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
# A line that sets nothing: what it says is how to, or what once was.
_REMARK = re.compile(r"[ \t]*(?:#(?!!)|//|;|--[ \t])")
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


def literal_secrets(pairs: Iterable[tuple[str, Value]], path: str = "") -> list[str]:
    """The names, in order, whose value is a credential in clear text. `path` is the file that says so: in
    documentation and examples `my-password` is none.

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
        elif isinstance(value, str) and is_literal_secret(name, value, path):
            found.append(name)
    if pending is not None and not found:
        raise Undetermined(pending)
    return list(dict.fromkeys(found))


def mapped_secrets(reader: Reader, path: str) -> list[str]:
    """The keys of a map of variables or settings at a path that hold a credential; the last is what is shown."""
    held = reader.get(path)
    if not isinstance(held, dict):
        return []
    found = literal_secrets(held.items(), reader.resource.span.path)
    if found:
        reader.peek(f"{path}.{found[-1]}")
    return found


def variable_secrets(blocks: Iterable[Reader]) -> list[Value]:
    """The names of the variables that hold a credential, each a block with `name` and `value`; the last of them
    is what is shown."""
    variables = [(str(each.get("name")), each) for each in blocks]
    found = literal_secrets((name, each.peek("value")) for name, each in variables)
    for name, each in variables:
        if found and name == found[-1]:
            each.peek("value")
    return [*found]


def is_literal_secret(name: str, value: str, path: str = "") -> bool:
    """Whether a value under this name is a credential in clear text (`changeme` is one: it opens the door)."""
    if _telltale(value) or _looks_like_secret_key(value):
        return True
    if not names_credential(name) or _SETTINGS.search(name):  # a file of settings names what it is about
        return False
    if _is_settings(value):
        return bool(secrets_in_text(value, name, path))
    return stands_for_itself(value) and not _names_secret(name, value) and not _only_shown(name, value, path)


_OBJECT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){2,}")
_HOLDS = ("cert", "certs", "certificate", "tls", "secret", "secrets", "credentials", "creds")


def _names_secret(name: str, value: str) -> bool:
    """Whether a variable such as WEBHOOK_SECRET says which Secret it is: `elastic-webhook-server-cert`."""
    words = PART.findall(name)
    said = value.strip()
    ends = said.rpartition("-")[2] in _HOLDS
    return ends and bool(words) and words[-1].lower() == "secret" and _OBJECT.fullmatch(said) is not None


def _only_shown(name: str, value: str, path: str) -> bool:
    return _repeats(name, value) or is_stand_in(name, value) or is_shown(value, path)


def stored_secrets(pairs: Iterable[tuple[str, Value]], path: str = "") -> list[str]:
    """The names whose value, kept in a store of secrets, stands in clear text: there every value is a credential,
    unless its name says what else it is (`username`, `host`, `ca.crt`, `AIRFLOW_ROLE`). What is computed does not
    stand there.
    """
    found: list[str] = []
    for name, raw in pairs:
        value = unwrap(raw)
        if isinstance(value, str) and _is_stored_secret(name, value, path):
            found.append(name)
    return list(dict.fromkeys(found))


def kept(named: Value, label: str, value: Value, path: str = "") -> bool:
    """Whether what is kept under a name in a store of secrets is a credential in clear text. A name that is not
    known gives way to the label of the resource."""
    try:
        name = written(named) or label
    except Undetermined:
        name = label
    return bool(stored_secrets([(name, value)], path))


_SETTINGS = re.compile(
    r"\.(?:ya?ml|json|toml|ini|conf|cfg|cnf|properties|env|hcl|xml|sh|py|js|lua|sql|db|md|txt|html?)$",
    re.IGNORECASE,
)
# One line of a file of settings, kept under its section (Gitea's chart: `security: INSTALL_LOCK=true`).
_SETTING = re.compile(r"\s*(?:[A-Z][A-Z0-9_]{2,}\s*=\s*[^=\s]|[\w.-]+\s*=\s*(?:true|false|[0-9]+)\s*$)")
_NOTES = frozenset(("note", "notes", "comment", "comments", "description", "readme"))
# Stores of keys, whose bytes are no text.
_KEY_STORE = re.compile(r"(?:p12|pfx|jks|jceks|keystore|keytab|key|pem|der)$", re.IGNORECASE)


def _is_stored_secret(name: str, value: str, path: str) -> bool:
    """A file of settings is judged by what it says: most of it is none, wherever it is kept. A note tells people
    what to do: in it only what is a credential by its form is one.
    """
    if name.lower() in _NOTES:
        return _telltale(value)
    if _SETTINGS.search(name) or _is_settings(value) or (_SETTING.match(value) and not names_credential(name)):
        return bool(secrets_in_text(value, name, path))
    if _telltale(value):
        return True
    if not stands_for_itself(value) or _only_shown(name, value, path):
        return False
    return names_credential(name) or not (says_other(name) or _says_more(name, value))


def _is_settings(value: str) -> bool:
    """Whether a text is a file that says several things: JSON, or lines with names."""
    said = value.strip()
    return (said[:1] == "{" and said[-1:] == "}" and ":" in said) or (
        "\n" in said and any(True for _ in _assignments(said)) and "-----BEGIN " not in said
    )


def _says_more(name: str, value: str) -> bool:
    """Whether a name of several words says something else (`PVCRetention`), and the value is no random text; or
    both name and value are plain words (`level: info`)."""
    if value == BINARY:
        return _KEY_STORE.search(name) is None
    plain = _PLAIN.fullmatch(value.strip()) is not None
    return plain or (len(PART.findall(name)) > 1 and not _random(value))


def _random(value: str) -> bool:
    """Whether a text is of one piece, long, and of letters mixed with digits."""
    said = value.strip()
    return _RANDOM.fullmatch(said) is not None and len(re.findall(r"[A-Za-z][0-9]|[0-9][A-Za-z]", said)) > 2


def _repeats(name: str, value: str) -> bool:
    """Whether a value only says its own name again in capitals (`API_KEY: API_KEY_VAL`): text for a tool to fill
    in. In small letters it is a weak password (`password: password1`)."""
    said = value.strip()
    return said.casefold().startswith(name.strip().casefold()) and re.fullmatch(r"[A-Z][A-Z_]*", said) is not None


def secrets_in_text(text: str, name: str = "", path: str = "") -> list[str]:
    """Names of the credentials in a script or settings text, `name` for one that is not assigned to a name."""
    found = [
        key
        for key, value, remark in _assignments(text)
        if is_literal_secret(key, value, path)
        and (not remark or _random(value))
        and not names_object_by(key, value)
        and not _names_a_secret(text, key)
    ]
    if not found and _telltale(text):
        found.append(name)
    return list(dict.fromkeys(found))


def _names_a_secret(script: str, name: str) -> bool:
    """Whether a script uses a variable as the name of a Secret: `kubectl create secret generic $name`."""
    if not name.isidentifier():
        return False
    kinds = r"(?:(?:generic|tls|docker-registry)\s+)?"
    return re.search(rf"""\bsecrets?["']?[\s,/]+{kinds}["']?(?:\$\{{?)?{name}\b""", script) is not None


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
    found = literal_secrets(((name, own[name]) for name in names), reader.resource.span.path)
    for name in found:
        reader.peek(name)
    return found


def _assignments(text: str) -> Iterator[tuple[str, str, bool]]:
    """(name, value, whether it stands in a remark)."""
    for match in _ASSIGNMENT.finditer(text):
        value = match.group(2)
        yield match.group(1), value[1:-1] if value[0] in "\"'" else value, _in_remark(text, match.start(1))
    for match in _CALL.finditer(text):
        yield match.group(2), match.group(3)[1:-1], _in_remark(text, match.start())


def _in_remark(text: str, at: int) -> bool:
    """Whether a position stands in a line that is a remark, of a text of several lines."""
    begin = text.rfind("\n", 0, at) + 1
    return "\n" in text and _REMARK.match(text, begin) is not None


def stands_for_itself(value: str) -> bool:
    """Whether a text is neither a reference, a place nor something to be filled in."""
    value = value.strip()
    if not value or _REFERENCE.match(value) or _PLACE.match(value) or is_placeholder(value):
        return False
    if value in _EMPTY or any(form.match(value) for form in _HARMLESS):
        return False
    return not _URL.match(value) and "${" not in value and "$(" not in value


def _telltale(value: str) -> bool:
    if len(value) < 8:
        return False
    if len(value) >= _SHORTEST and any(sign in value and form.search(value) for sign, form in _TELLTALE):
        return True
    if "@" not in value or "://" not in value:
        return False
    return any(
        stands_for_itself(login[1]) and (_random(login[1]) or not _in_remark(value, login.start()))
        for login in _LOGIN.finditer(value)
    )


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
