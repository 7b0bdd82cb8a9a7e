"""Credentials in source lines, hidden before they are shown.

A finding about a literal credential points at the line that holds it: the report must not spread it further.
What is hidden keeps its length, so that columns stay true.
"""

from __future__ import annotations

import re

_SIGN = "*"
# NAME = "value", NAME: value, "NAME": "value", export NAME=value, where the name tells a secret. Every part is
# bounded or cannot fail after a long run: the lines belong to strangers and must not cost more than their length.
_ASSIGNED = re.compile(
    r"""(?ix)
    ( (?: pass(?:word|wd|phrase) | secret(?!s?manager|s?_?name|_?id\b|_?arn|ref)
      | token(?!s?_required|_?ttl) | api_?-?key | access_?-?key(?!_?id\b) | private_?-?key | credential
      | auth_?-?string | connection_?-?string | (?<=^\s)\s{0,40}default(?=\s{0,60}=\s{0,60}["']) )
      [\w-]{0,40} ["']? \s{0,60} (?: =>? | : ) \s{0,60} )
    ( " (?:[^"\\]|\\.)* "? | ' [^']* '? | [^\s"'{\[\(,;=]+ )
    """
)
# Forms that are secret wherever they stand: cloud and forge tokens, key blocks, passwords in URLs.
_FORMS = re.compile(
    r"""(?x)
    \b(?:AKIA|ASIA)[0-9A-Z]{16}\b | \bgh[pousr]_[A-Za-z0-9]{20,} | \bglpat-[\w-]{20,} | \bxox[abprs]-[\w-]{10,}
    | \bAIza[\w-]{35} | \bsk_live_[A-Za-z0-9]{16,} | \beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+
    | (?<=://)[^\s:/@"']+:[^\s/@"']+(?=@)
    | (?<![\w/+=.-])(?=[\w/+]*[a-z])(?=[\w/+]*[A-Z])(?=[\w/+]*[0-9])(?![a-fA-F0-9]+\b)[A-Za-z0-9/+]{40,}={0,2}
    """
)
_REFERENCE = re.compile(r"^(?:var|local|module|data|each|path|self|aws|random|google|azurerm|kubernetes)[\w]*\.")
_HARMLESS = re.compile(
    r"""^["']?(?:true|false|null|none|nil|required|optional|enabled|disabled|\d{0,4}|[|>][-+]?)["']?$""",
    re.IGNORECASE,
)


def mask(line: str) -> str:
    """The line with what looks like a credential starred out; references and switches stay readable."""
    return _FORMS.sub(lambda found: _SIGN * len(found[0]), _ASSIGNED.sub(_assigned, line))


def _assigned(found: re.Match[str]) -> str:
    lead, value = found[1], found[2]
    if _HARMLESS.match(value) or _REFERENCE.match(value):
        return found[0]
    if value[0] in "\"'":
        inner = value[1:].removesuffix(value[0])
        if inner.startswith("${") and inner.endswith("}") and inner.count("${") == 1:
            return found[0]
        return lead + value[0] + _SIGN * len(inner) + value[1 + len(inner) :]
    return lead + _SIGN * len(value)
