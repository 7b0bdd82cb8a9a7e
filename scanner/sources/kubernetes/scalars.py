"""Plain YAML scalars as the Kubernetes API server will see them.

kubectl and the API machinery read YAML through sigs.k8s.io/yaml, which decodes untyped with go-yaml v2 and then
writes JSON. So the words of YAML 1.1 (`yes`, `on`, `n`) are booleans, `0644` is octal, `1_000` a number, base
60 (`22:22`) and dates are text, and a float without fraction arrives as an integer.
(Read in kubernetes-sigs/yaml, yaml.go and goyaml.v2/resolve.go.)
"""

from __future__ import annotations

import re

from scanner.model.value import Value

_WORDS: dict[str, Value] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
# Whatever begins otherwise is text; most scalars of a manifest end here.
_SPECIAL = frozenset("yYnNtTfFoO~+-.0123456789")
_NUMERIC = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")
_LONGEST = 400  # digits; Python refuses to convert far longer ones, and no field holds them
_TAG = "tag:yaml.org,2002:"
_TEXTS = frozenset((f"{_TAG}str", f"{_TAG}binary", "!"))


def plain(text: str) -> Value:
    """The value of an unquoted scalar without a tag."""
    if text:
        head = text[0]
        if head not in _SPECIAL:
            return text
        if head in _NUMERIC:
            return _number(text)
    return _WORDS.get(text, text)


def tagged(text: str, tag: str, *, quoted: bool) -> Value:
    """The value of a scalar with an explicit tag; a tag that is not YAML's own leaves the text."""
    if tag in _TEXTS:
        return text
    if tag.startswith(_TAG):
        return plain(text)
    return text if quoted else plain(text)


def key(value: Value) -> str | None:
    """A mapping key as JSON has it: numbers and booleans become text; None for null, lists and mappings."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else None


def _number(text: str) -> Value:
    bare = text.replace("_", "")
    if len(bare) > _LONGEST:
        return text
    if _INTEGER.match(bare):
        return _integer(bare)
    if _FLOAT.match(bare):
        value = float(bare)
        if value in (float("inf"), float("-inf")):
            return text
        return int(value) if value.is_integer() and abs(value) < 1e21 else value
    return text


def _integer(bare: str) -> int:
    sign = -1 if bare[0] == "-" else 1
    digits = bare.lstrip("+-")
    prefix = digits[:2].lower()
    if prefix == "0x":
        return sign * int(digits, 16)
    if prefix == "0b":
        return sign * int(digits, 2)
    if len(digits) > 1 and digits[0] == "0":
        return sign * int(digits.lower().replace("o", ""), 8)
    return sign * int(digits)
