"""Texts that stand where a credential will stand: what says so itself, and words in documentation and examples.

A weak password is no placeholder: `changeme`, `admin` and `password` open the door of what is deployed with them.
What is told apart here nobody deploys as it stands: text that names what belongs there (`your-api-key`,
`ACCESS_SECRET_KEY`, `the secret of the app`), and, in documentation and examples, words such as `my-password`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from scanner.mapping.credential_names import NOUNS, PART
from scanner.model.showing import shows

# Zeros keep a place, and an identity has no secret (Azure Functions).
_BARE = re.compile(
    r"^(x{3,}|\*+|\.{3,}|-+|_+|n/?a|todo|tbd|tbc|placeholder|redacted|null|none|nil|true"
    r"|change[-_ ]me[-_ ].*|change me"
    r"|false|yes|no|on|off|enabled|disabled|replace[-_ ]?me|your[-_ ].*|insert[-_ ].*"
    r"|replace[-_ ].*|required|optional|auto|default|(mock|fake|dummy)[-_ ].*"
    r"|any[-_ ](value|string|text)([-_ ].*)?"
    r"|do[-_ ]?not[-_ ]?use|(not[-_ ]?|un)(used|needed|set|required)"
    r"|0[0-]{7,}|managedidentity|\[[a-z][a-z _-]+\])$",
    re.IGNORECASE,
)
# Encrypted where it stands: SOPS, Ansible Vault, age and PGP messages, vals references of helmfile.
_ENCRYPTED = re.compile(
    r"^\s*(ENC\[|\$ANSIBLE_VAULT;|-----BEGIN (AGE ENCRYPTED FILE|PGP MESSAGE)-----|ref\+[a-z]|AVP\b|vault:)"
)
_MADE_UP = re.compile(
    r"(mock|fake|dummy)(password|secret|token|key|apikey)|secret[-_ ](data|value|content|string|text)|x[x-]{2,}",
    re.IGNORECASE,
)
# In capitals, since in small letters it is the password of many a chart.
# What is to be done, and perhaps where: UPDATE_IN_CONSOLE, SET_MANUALLY.
_CHANGED = re.compile(
    r"_*(?:CHANGE|REPLACE|UPDATE|SET|FILL|POPULATE|ENTER|PROVIDE|MANAGED|EDIT|ADD)(?:[_ -][A-Z]+)+_*"
)
# The same in any letters: "to be set in the console", "managed-outside-terraform".
_DONE = frozenset(["set", "change", "changed", "update", "updated", "populate", "populated", "fill", "filled",
                   "managed", "configured", "added", "entered", "edit", "overwritten"])  # fmt: skip
_WHERE = frozenset(["console", "manually", "hand", "portal", "elsewhere", "later", "outside", "terraform"])
_LINKS = frozenset(["in", "via", "by", "through", "from", "the", "aws", "to", "be", "of", "will", "this", "value"])
# Tokens whose form is known, with words where a long random part belongs (NVIDIA, OpenAI, GitHub, GitLab, Hugging
# Face, Slack: documentation of their tokens).
_TOO_SHORT = re.compile(r"(nvapi-|sk-|gh[pousr]_|github_pat_|glpat-|hf_|xox[abp]-|dckr_pat_)[A-Za-z_.<>*-]{0,20}")
# The keys of Microsoft's emulators, which everyone's have (documentation of Azurite and of Cosmos DB's emulator).
_EMULATORS = ("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1", "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEH")
_NOUN = NOUNS | {"pass", "key"}
# Words beside them that name what belongs there.
_BESIDE = frozenset(
    [
        "api",
        "access",
        "auth",
        "private",
        "public",
        "client",
        "app",
        "user",
        "id",
        "value",
        "string",
        "account",
        "service",
        "admin",
        "root",
        "db",
        "database",
        "sql",
        "s3",
        "aws",
        "gcp",
        "azure",
        "git",
        "github",
        "gitlab",
        "oauth",
        "jwt",
        "session",
        "signing",
        "encryption",
        "cookie",
        "webhook",
        "bot",
        "val",
        "here",
        "the",
        "a",
        "an",
        "is",
        "it",
        "of",
        "in",
        "for",
        "to",
        "this",
        "with",
        "goes",
        "should",
        "be",
        "long",
        "and",
        "secure",
        "some",
        "name",
        "registry",
        "docker",
        "smtp",
        "redis",
        "mysql",
        "postgres",
        "mongo",
        "ssh",
    ]
)
_ASKING = frozenset(
    ["your", "yours", "insert", "replace", "placeholder", "fixme", "todo", "tobereplaced", "fillme", "redacted"]
)
# What stands for anything at all.
_MADE = frozenset(["example", "test", "dummy", "fake", "mock", "foo", "bar", "foobar"])
_SHOWN = _MADE | {"my", "mine", "sample", "some", "baz", "change", "changeme", "changethis", "me"}
_CAPITALS = re.compile(r"[A-Z]{2,}(?:[_-][A-Z0-9]{1,10})*")
# What the stand-ins of AWS's stores for development are given (LocalStack, DynamoDB local): they check nothing.
_ANY_KEY = _MADE | {"secret", "key", "local", "localstack", "anything", "value"}
_AWS_SECRET = re.compile(r"aws_?secret_?(?:access_?)?key$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def is_placeholder(value: str) -> bool:
    """Whether a text says by itself, wherever it stands, that the credential is put here later (or elsewhere)."""
    said = value.strip()
    if _BARE.match(said) or _ENCRYPTED.match(said):
        return True
    if _TOO_SHORT.fullmatch(said) or _MADE_UP.fullmatch(said) or said.startswith(_EMULATORS):
        return True
    words = _words(said)
    if _CHANGED.fullmatch(said) or _says_where(words):
        return True
    nouns = not _NOUN.isdisjoint(words)
    if not nouns and _ASKING.isdisjoint(words):
        return False
    if _CAPITALS.fullmatch(said) and nouns:  # SECRET, ACCESS_SECRET_KEY, UPDATE_AWS_SECRET_ACCESS_KEY
        return True
    if words[-1] == "here" and set(words) <= _NOUN | _BESIDE:  # api-key-here
        return True
    if not _ASKING.isdisjoint(words):  # yourSuperSecretToken, but not a random text in which `your` happens to be
        return len(re.findall(r"[0-9]", said)) <= 2
    return nouns and len(said.split()) > 2  # a sentence about a secret


def _says_where(words: tuple[str, ...]) -> bool:
    said = set(words)
    return not _DONE.isdisjoint(said) and not _WHERE.isdisjoint(said) and said <= _DONE | _WHERE | _LINKS


def is_stand_in(name: str, value: str) -> bool:
    """Whether a secret access key is a word that only simulators of AWS take: a real one has 40 characters (IAM
    User Guide, "Manage access keys for IAM users").
    """
    return _AWS_SECRET.search(name) is not None and is_word(value)


def is_word(value: str) -> bool:
    """Whether a text is a word that no service issues as a key or token: `test`, where nothing is asked of it."""
    return value.strip().lower() in _ANY_KEY


def is_wording(value: str) -> bool:
    """Whether a text is made of words that name a key (`api_key`, `my token` without `my`): no service issues
    such a one, though people choose such passwords."""
    words = _words(value)
    return bool(words) and set(words) <= _NOUN | _BESIDE and re.search(r"[0-9]", value) is None


@lru_cache(maxsize=4096)
def is_shown(value: str, path: str) -> bool:
    """Whether a text is made of words that show a credential (`my-password`), in a file that shows how."""
    words = _words(value)
    return (
        (len(words) > 1 or not _SHOWN.isdisjoint(words)) and set(words) <= _NOUN | _BESIDE | _SHOWN and shows(path)
    )


def _words(value: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in PART.findall(value) if not part.isdigit())
