"""JSON, CSV, base64, URL and text encodings; YAML is in documents.py."""

from __future__ import annotations

import base64
import binascii
import json
from decimal import Decimal
from urllib.parse import quote_plus, unquote_plus

from scanner.hcl.errors import EvaluationError, limit_error
from scanner.hcl.functions.documents import yamldecode, yamlencode
from scanner.hcl.functions.signature import Function
from scanner.hcl.numeric import from_decimal
from scanner.hcl.partial import Document
from scanner.hcl.types import STRING, object_type
from scanner.hcl.values import (
    MAX_STRING,
    ListValue,
    SetValue,
    is_number,
    number_text,
    pairs,
    to_plain,
    unknown_of,
)
from scanner.model.value import Unknown, Value, first_unknown

_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
# The names of the IANA registry that Go's encodings know, as Python calls them.
_MAX_COMPRESSED = 1 << 20  # bytes that base64gzip() takes: some seconds
_CHARSETS = {
    "utf-8": "utf-8", "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
    "us-ascii": "ascii", "shift_jis": "shift_jis", "euc-jp": "euc_jp", "iso-2022-jp": "iso2022_jp", "gbk": "gbk",
    "gb18030": "gb18030", "gb2312": "gb2312", "big5": "big5", "euc-kr": "euc_kr", "koi8-r": "koi8_r",
    "koi8-u": "koi8_u", "macintosh": "mac_roman", "ibm037": "cp037", "ibm437": "cp437", "ibm850": "cp850",
    "ibm852": "cp852", "ibm855": "cp855", "ibm866": "cp866",
    **{f"iso-8859-{number}": f"iso8859_{number}" for number in (*range(1, 11), 13, 14, 15, 16)},
    **{f"windows-{number}": f"cp{number}" for number in range(1250, 1259)},
}  # fmt: skip


def json_text(value: Value) -> str:
    """A wholly known value as Terraform's jsonencode writes it."""
    pieces: list[str] = []
    blocked = _json(value, pieces)
    if blocked is not None:
        raise EvaluationError("a part of the value is unknown")
    return "".join(pieces)


def _json(value: Value, pieces: list[str]) -> Unknown | None:
    """Append the text of a value; stops at the first Unknown and returns it."""
    if isinstance(value, Unknown):
        if value.prefix:
            pieces.append(_json_string(value.prefix)[:-1])
        return value
    if value is None or isinstance(value, bool):
        pieces.append({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, str):
        pieces.append(_json_string(value))
    elif is_number(value):
        pieces.append(_json_number(value))
    elif isinstance(value, dict):
        return _json_object(value, pieces)
    elif isinstance(value, SetValue) and unknown_in(value) is not None:
        pieces.append("[")
        return unknown_in(value)
    else:
        pieces.append("[")
        for at, item in enumerate(value):
            if at:
                pieces.append(",")
            blocked = _json(item, pieces)
            if blocked is not None:
                return blocked
        pieces.append("]")
    return None


def unknown_in(value: SetValue) -> Unknown | None:
    """The first unknown element of a set."""
    return next((item for item in value if isinstance(item, Unknown)), None)


def _json_object(value: dict[str, Value], pieces: list[str]) -> Unknown | None:
    pieces.append("{")
    for at, (key, item) in enumerate(pairs(value)):
        pieces.append(("," if at else "") + _json_string(key) + ":")
        blocked = _json(item, pieces)
        if blocked is not None:
            return blocked
    pieces.append("}")
    return None


def _json_string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).translate(_ESCAPES)


def _json_number(value: Value) -> str:
    text = number_text(value)
    if "Inf" in text:
        raise EvaluationError("JSON cannot hold an infinity")
    return text


def _jsonencode(value: Value) -> Value:
    pieces: list[str] = []
    blocked = _json(value, pieces)
    text = "".join(pieces)
    if len(text) > MAX_STRING:
        raise limit_error(f"a string of more than {MAX_STRING} characters")
    return text if blocked is None else Document(unknown_of(STRING, value, prefix=text), to_plain(value))


def _yamlencode(value: Value) -> Value:
    plain = to_plain(value)
    return yamlencode(value) if first_unknown(plain) is None else Document(unknown_of(STRING, value), plain)


def _jsondecode(text: str) -> Value:
    try:
        return json.loads(text, parse_float=_json_float, parse_int=_json_int, parse_constant=_refuse)
    except RecursionError as fault:
        raise limit_error("JSON nested too deeply") from fault
    except ValueError as fault:
        raise EvaluationError(f"this is no JSON: {fault}") from fault


def _json_int(text: str) -> Value:
    return int(text) or from_decimal(Decimal(text))


def _json_float(text: str) -> Value:
    return from_decimal(Decimal(text))


def _refuse(word: str) -> Value:
    raise ValueError(f"unexpected {word}")


def _csvdecode(text: str) -> Value:
    """A list of objects whose attributes are the columns of the first line."""
    rows = _csv_rows(text)
    if not rows:
        raise EvaluationError("the first line with the names of the columns is missing")
    names = rows[0]
    if len(set(names)) != len(names):
        raise EvaluationError("two columns have the same name")
    for row in rows[1:]:
        if len(row) != len(names):
            raise EvaluationError(f"a row has {len(row)} fields, not {len(names)}")
    objects = [dict(zip(names, row, strict=True)) for row in rows[1:]]
    return ListValue(objects, object_type(dict.fromkeys(names, STRING)))


def _csv_rows(text: str) -> list[list[str]]:
    """RFC 4180 as Go reads it: blank lines are skipped, a bare quote is an error."""
    rows: list[list[str]] = []
    row: list[str] = []
    text = text.replace("\r\n", "\n")
    at, end = 0, len(text)
    while at < end:
        if not row and text[at] == "\n":
            at += 1
            continue
        field, at = _quoted_field(text, at + 1) if text[at] == '"' else _bare_field(text, at)
        row.append(field)
        if at < end and text[at] == ",":
            at += 1
            if at < end and text[at] != "\n":
                continue
            row.append("")
        if at < end and text[at] != "\n":
            raise EvaluationError("a quote stands within a CSV field")
        rows.append(row)
        row = []
        at += 1
    return rows


def _bare_field(text: str, at: int) -> tuple[str, int]:
    stop = at
    while stop < len(text) and text[stop] not in ",\n":
        stop += 1
    if '"' in text[at:stop]:
        raise EvaluationError("a quote stands within a CSV field")
    return text[at:stop], stop


def _quoted_field(text: str, at: int) -> tuple[str, int]:
    parts = []
    while True:
        stop = text.find('"', at)
        if stop < 0:
            raise EvaluationError("a quoted CSV field is not closed")
        parts.append(text[at:stop])
        at = stop + 1
        if text[at : at + 1] != '"':
            return "".join(parts), at
        parts.append('"')
        at += 1


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split("\n")), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise EvaluationError("this is no base64") from fault


def _base64decode(text: str) -> str:
    try:
        return _decoded(text).decode()
    except UnicodeDecodeError as fault:
        raise EvaluationError("the decoded bytes are not UTF-8 text") from fault


def _base64gzip(text: str) -> Value:
    from scanner.hcl.functions.deflate import gzip  # noqa: PLC0415 - rare

    raw = text.encode()
    if len(raw) > _MAX_COMPRESSED:
        raise limit_error(f"base64gzip() of more than {_MAX_COMPRESSED} bytes")
    return base64.b64encode(gzip(raw)).decode()


def _base64gunzip(text: str) -> str:
    import zlib  # noqa: PLC0415 - rare

    reader = zlib.decompressobj(wbits=31)
    try:
        found = reader.decompress(_decoded(text), MAX_STRING)
        if reader.unconsumed_tail:
            raise limit_error(f"a string of more than {MAX_STRING} bytes")
        return found.decode()
    except (zlib.error, UnicodeDecodeError) as fault:
        raise EvaluationError("this is no gzip of UTF-8 text") from fault


def _charset(name: str) -> str:
    if name.lower() not in _CHARSETS:
        raise EvaluationError(f'"{name}" is no encoding that the IANA registry names')
    return _CHARSETS[name.lower()]


def _textencode(text: str, name: str) -> str:
    try:
        return base64.b64encode(text.encode(_charset(name))).decode()
    except UnicodeEncodeError as fault:
        raise EvaluationError(f"a character does not exist in {name}") from fault


def _textdecode(text: str, name: str) -> str:
    charset = _charset(name)
    try:
        return _decoded(text).decode(charset)
    except UnicodeDecodeError as fault:
        raise EvaluationError(f"these bytes are no {name}") from fault


FUNCTIONS: dict[str, Function] = {
    "base64decode": Function(_base64decode, "string -> string"),
    "base64encode": Function(lambda text: base64.b64encode(text.encode()).decode(), "string -> string"),
    "base64gunzip": Function(_base64gunzip, "string -> string"),
    "base64gzip": Function(_base64gzip, "string -> string"),
    "csvdecode": Function(_csvdecode, "string -> any"),
    "jsondecode": Function(_jsondecode, "string -> any"),
    "jsonencode": Function(_jsonencode, "any? -> string", unknown="all"),
    "textdecodebase64": Function(_textdecode, "string, string -> string"),
    "textencodebase64": Function(_textencode, "string, string -> string"),
    "urldecode": Function(unquote_plus, "string -> string"),
    "urlencode": Function(lambda text: quote_plus(text, safe="~"), "string -> string"),
    "yamldecode": Function(yamldecode, "string -> any"),
    "yamlencode": Function(_yamlencode, "any? -> string", unknown="all"),
}
