"""String functions."""

from __future__ import annotations

import re
import unicodedata

from scanner.hcl.errors import EvaluationError, limit_error
from scanner.hcl.functions.signature import Function
from scanner.hcl.types import BOOL, STRING
from scanner.hcl.values import MAX_STRING, ListValue, exact, unknown_of
from scanner.model.value import Unknown, Value

_SPACE = "".join(map(chr, (*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029)))
_SPACE += "\u202f\u205f\u3000"


def graphemes(text: str) -> list[str]:
    """What people see as characters: a base with its combining marks, joined emoji, CR LF."""
    if text.isascii() and "\r" not in text:
        return list(text)
    found: list[str] = []
    for char in text:
        if found and _extends(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def _extends(cluster: str, char: str) -> bool:
    if char == "\n":
        return cluster == "\r"
    if char == "\u200d" or "\ufe00" <= char <= "\ufe0f" or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    if "\U0001f1e6" <= char <= "\U0001f1ff":
        return len(cluster) == 1 and "\U0001f1e6" <= cluster <= "\U0001f1ff"
    return cluster.endswith("\u200d") or unicodedata.category(char) in ("Mn", "Me", "Mc")


def whole(value: Value, what: str) -> int:
    """A number argument that must be whole."""
    found = exact(value)
    if not isinstance(found, int) or not -(2**63) <= found < 2**63:
        raise EvaluationError(f"{what} must be a whole number of 64 bits")
    return found


def _cased(text: str, *, upper: bool) -> str:
    if text.isascii():
        return text.upper() if upper else text.lower()
    changed = (char.upper() if upper else char.lower() for char in text)
    return "".join(
        new if len(new) == 1 else old if upper else new[0] for old, new in zip(text, changed, strict=True)
    )


def _upper(value: Value) -> Value:
    if isinstance(value, Unknown):
        return unknown_of(STRING, value, prefix=_cased(value.prefix, upper=True))
    return _cased(value, upper=True)


def _lower(value: Value) -> Value:
    if isinstance(value, Unknown):
        return unknown_of(STRING, value, prefix=_cased(value.prefix, upper=False))
    return _cased(value, upper=False)


def _title(text: str) -> str:
    previous = " "
    out = []
    for char in text:
        starts = not (previous.isalnum() or previous == "_") and (previous.isascii() or previous in _SPACE)
        out.append(_cased(char, upper=True) if starts else char)
        previous = char
    return "".join(out)


def _startswith(text: Value, prefix: Value) -> Value:
    if isinstance(prefix, Unknown):
        return unknown_of(BOOL, prefix)
    if isinstance(text, Unknown):
        shared = min(len(text.prefix), len(prefix))
        if text.prefix[:shared] != prefix[:shared]:
            return False
        return True if shared == len(prefix) else unknown_of(BOOL, text)
    return bool(text.startswith(prefix))


def _strcontains(text: Value, part: Value) -> Value:
    if isinstance(text, Unknown) or isinstance(part, Unknown):
        if isinstance(part, str) and isinstance(text, Unknown) and text.prefix and part in text.prefix:
            return True
        return unknown_of(BOOL, text, part)
    return part in text


def _join(separator: Value, *lists: Value) -> Value:
    if isinstance(separator, Unknown):
        return unknown_of(STRING, separator, *lists, prefix=_join_prefix(separator, lists))
    if not lists:
        raise EvaluationError("at least one list is required")
    items = [item for part in lists if not isinstance(part, Unknown) for item in part]
    if any(item is None for item in items):
        raise EvaluationError("an element is null; a null cannot be joined")
    if any(isinstance(part, Unknown) for part in (*lists, *items)):
        return unknown_of(STRING, separator, *lists, prefix=_join_prefix(separator, lists))
    if sum(map(len, items)) + len(separator) * len(items) > MAX_STRING:
        raise limit_error(f"a string of more than {MAX_STRING} characters")
    return separator.join(items)


def _join_prefix(separator: Value, lists: tuple[Value, ...]) -> str:
    """What the joined string begins with, up to the first unknown."""
    text = ""
    first = True
    for part in lists:
        if isinstance(part, Unknown):
            return text
        for item in part:
            if item is None:
                return text
            if not first:
                if isinstance(separator, Unknown):
                    return text + separator.prefix
                text += separator
            if isinstance(item, Unknown):
                return text + item.prefix
            text += item
            first = False
    return text


def _split(separator: str, text: str) -> Value:
    if not separator:
        return ListValue(list(text), STRING)
    return ListValue(text.split(separator), STRING)


def _substr(text: str, offset: Value, length: Value) -> str:
    characters = graphemes(text)
    start, count = whole(offset, "the offset"), whole(length, "the length")
    if start < 0:
        start = max(start + len(characters), 0)
        count = count or -1  # from the end, a length of 0 is all that is left
    return "".join(characters[start:] if count < 0 else characters[start : start + count])


def _indent(spaces: Value, text: str) -> str:
    count = whole(spaces, "the number of spaces")
    if count < 0 or count * (text.count("\n") + 1) > MAX_STRING:
        raise limit_error("an indentation out of bounds")
    return text.replace("\n", "\n" + " " * count)


def _trimprefix(text: Value, prefix: Value) -> Value:
    if isinstance(text, Unknown):
        known = isinstance(prefix, str) and text.prefix.startswith(prefix)
        rest = text.prefix[len(prefix) :] if known else ""
        if isinstance(prefix, str) and not prefix.startswith(text.prefix) and not known:
            rest = text.prefix
        return unknown_of(STRING, text, prefix, prefix=rest)
    if isinstance(prefix, Unknown):
        return unknown_of(STRING, prefix)
    return str(text).removeprefix(prefix)


def _strings(items: Value) -> Value:
    """The elements sorted; with unknown ones in it, a list of as many unknown strings, as in Terraform."""
    for item in items:
        if item is None:
            raise EvaluationError("an element is null; a null cannot be sorted")
    unknown = [item for item in items if isinstance(item, Unknown)]
    if unknown:
        return ListValue([unknown_of(STRING, *unknown) for _ in items], STRING)
    return ListValue(sorted(items), STRING)


FUNCTIONS: dict[str, Function] = {
    "chomp": Function(lambda text: re.sub(r"[\r\n]+\Z", "", text), "string -> string"),
    "endswith": Function(lambda text, end: text.endswith(end), "string, string -> bool"),
    "indent": Function(_indent, "number, string -> string"),
    "join": Function(_join, "string, *list(string) -> string", unknown="all"),
    "lower": Function(_lower, "string -> string", unknown="all"),
    "sort": Function(_strings, "list(string) -> list(string)", unknown="inside"),
    "split": Function(_split, "string, string -> list(string)"),
    "startswith": Function(_startswith, "string, string -> bool", unknown="all"),
    "strcontains": Function(_strcontains, "string, string -> bool", unknown="all"),
    "strrev": Function(lambda text: "".join(reversed(graphemes(text))), "string -> string"),
    "substr": Function(_substr, "string, number, number -> string"),
    "title": Function(_title, "string -> string"),
    "trim": Function(lambda text, cut: text.strip(cut) if cut else text, "string, string -> string"),
    "trimprefix": Function(_trimprefix, "string, string -> string", unknown="all"),
    "trimspace": Function(lambda text: text.strip(_SPACE), "string -> string"),
    "trimsuffix": Function(lambda text, end: text.removesuffix(end), "string, string -> string"),
    "upper": Function(_upper, "string -> string", unknown="all"),
}
