"""Parameter that keeps a secret in clear text."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Unknown, rule, text

_SECRET = re.compile(
    r"passw(or)?d|secret|(private|api|access)[-_]?key|credential|(auth|access|api|bearer)[-_]?token", re.IGNORECASE
)
# What is told of a secret without being one: its name, where it is kept, how it is made.
_ABOUT = re.compile(
    r"(arn|names?|ids?|url|uri|path|prefix|version|ttl|length|policy|enabled|days|age|date|endpoint|rotation)$",
    re.IGNORECASE,
)


@rule(
    severity=Severity.MEDIUM,
    selects="parameter",
    message="{node} is named like a secret and is not stored as one",
    controls={
        "reference-model": ["permissions/secrets"],
        "nist-800-53": ["SC-28", "IA-5(7)"],
        "nist-800-207": ["tenet-4"],
        "catalogue": ["ZT4-002"],
        "checkov": ["CKV2_AWS_34"],
    },
)
def check(parameter: Node) -> Iterator[Match]:
    """Whoever may list parameters reads it, and so does everyone who sees the state, the console or a build log.

    ## Remedy
    Store it as a secret string under a key of its own, or in a store for secrets, and change the value.
    """
    if parameter["encrypted"]:
        return
    if _secret(_thing(parameter)):
        yield Match(parameter, at=("encrypted", "name"))


def _thing(parameter: Node) -> str:
    """The last step of its name, which says what it is; known also where only the steps before it are not."""
    name = parameter.peek("name")
    if isinstance(name, Unknown) and "/" in (name.suffix or ""):
        return (name.suffix or "").rpartition("/")[2]
    return text(parameter["name"]).rpartition("/")[2]


def _secret(thing: str) -> bool:
    return bool(_SECRET.search(thing)) and not _ABOUT.search(thing)
