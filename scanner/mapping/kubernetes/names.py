"""What the API server says of names: of ports, of labels and their values; and ranges as it reads them.

Source: Kubernetes, apimachinery, pkg/util/validation (IsQualifiedName, IsValidLabelValue, IsDNS1123Subdomain,
IsValidPortName); a running API server said the same of each (tests/mapping/kubernetes/test_refused_for_real.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE = rf"({_QUALIFIED})?"
_SUBDOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_OF_WORDS = "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
_REGEX = "regex used for validation is"
_NAMED = f"must {_OF_WORDS}character (e.g. 'MyName',  or 'my.name',  or '123-abc', {_REGEX} '{_QUALIFIED}')"
_VALUED = (
    f"a valid label must be an empty string or {_OF_WORDS}character "
    f"(e.g. 'MyValue',  or 'my_value',  or '12345', {_REGEX} '{_VALUE}')"
)
_PREFIXED = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    f"start and end with an alphanumeric character (e.g. 'example.com', {_REGEX} '{_SUBDOMAIN}')"
)
_DOMAIN = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
_LONGEST, _LONGEST_PREFIX, _LONGEST_PORT = 63, 253, 15
_ZEROS = re.compile(r"\b0+(?=\d)")


def label_key(key: str) -> Iterator[str]:
    """What is wrong with the key of a label."""
    prefix, slash, name = key.rpartition("/")
    if "/" in prefix:
        yield f"a qualified name {_NAMED} {_DOMAIN}"
        return
    if slash and not prefix:
        yield "prefix part must be non-empty"
    elif slash:
        if len(prefix) > _LONGEST_PREFIX:
            yield f"prefix part must be no more than {_LONGEST_PREFIX} characters"
        if not re.fullmatch(_SUBDOMAIN, prefix):
            yield f"prefix part {_PREFIXED}"
    if not name:
        yield "name part must be non-empty"
    elif len(name) > _LONGEST:
        yield f"name part must be no more than {_LONGEST} characters"
    if not re.fullmatch(_QUALIFIED, name):
        yield f"name part {_NAMED}"


def label_value(value: str) -> Iterator[str]:
    """What is wrong with the value of a label."""
    if len(value) > _LONGEST:
        yield f"must be no more than {_LONGEST} characters"
    if not re.fullmatch(_VALUE, value):
        yield _VALUED


def port_name(name: str) -> Iterator[str]:
    """What is wrong with the name of a port."""
    if len(name) > _LONGEST_PORT:
        yield f"must be no more than {_LONGEST_PORT} characters"
    if not re.fullmatch("[-a-z0-9]+", name):
        yield "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
    if not re.search("[a-z]", name):
        yield "must contain at least one letter (a-z)"
    if "--" in name:
        yield "must not contain consecutive hyphens"
    if name.startswith("-") or name.endswith("-"):
        yield "must not begin or end with a hyphen"


def sloppy(cidr: str) -> str:
    """A range of IPv4 without leading zeros, which the server reads as decimal (netutils.ParseCIDRSloppy)."""
    return cidr if ":" in cidr else _ZEROS.sub("", cidr)
